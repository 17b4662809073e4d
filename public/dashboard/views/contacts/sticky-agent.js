// The agent to whom a customer is stuck: his new conversations go there first (specification B11).
import { ask, at, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { agents, may } from "../../session.js";
import { attempt } from "../../toast.js";

/** @param {{ slug: string, contact: import("../../types.js").ContactRecord, reload: () => Promise<void> }} props */
export function StickyAgent({ slug, contact, reload }) {
  const { sticky_agent_id, sticky_agent_name } = contact;
  const mayStick = may("contact.stick");
  if (!mayStick && !sticky_agent_id) return null;
  if (!mayStick) return html`<p>${t("sticky_to", { name: sticky_agent_name ?? "" })}</p>`;
  const path = `${at(slug)}/contacts/${contact.id}/sticky`;
  const choose = (/** @type {string} */ agent_id) =>
    attempt((agent_id ? put(path, { agent_id }) : ask("DELETE", path)).finally(reload));
  const others = agents.value.filter(({ id, assignable }) => assignable && id !== sticky_agent_id);
  return html`<label class="picker">${t("sticky_agent")}
    <select class="input" value=${sticky_agent_id ?? ""} onChange=${(/** @type {any} */ { target }) => choose(target.value)}>
      <option value="">${t("sticky_nobody")}</option>
      ${sticky_agent_id && html`<option value=${sticky_agent_id}>${sticky_agent_name}</option>`}
      ${others.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
    </select></label>`;
}
