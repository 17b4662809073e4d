// Whose a conversation is, and whose it becomes: with who is there, and how much each has.
import { useSignal } from "@preact/signals";
import { Problem } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { agentWords } from "../presence.js";
import { agents, mayTo } from "../session.js";
import { attempt, complain } from "../toast.js";
import { Beyond } from "./beyond.js";

/** @import { AgentRecord, Load } from "../types.js" */

/** @param {{ thread: import("../thread.js").Thread, conversation: import("../types.js").Conversation }} props */
export function AssigneePicker({ thread, conversation }) {
  const full = useSignal(/** @type {{ agent: AgentRecord, load: Load } | undefined} */ (undefined));
  const { assignee } = conversation;
  const mayGive = mayTo("conversation.assign_other", conversation);
  const mayFree = mayTo("conversation.unassign", conversation);
  if (!mayGive && !mayFree) return assignee && html`<small>${t("assigned_to")} ${assignee.name}</small>`;
  const others = agents.value.filter(({ assignable, id }) => assignable && id !== assignee?.id);

  /** @param {string} id @param {HTMLSelectElement} picker */
  const give = async (id, picker) => {
    const agent = others.find((one) => one.id === id);
    try {
      await thread.assign(id || null);
    } catch (error) {
      // The conversation is still whose it was, and the picker says so.
      picker.value = assignee?.id ?? "";
      if (!agent || !(error instanceof Problem) || error.code !== "at_capacity") return complain(error);
      full.value = { agent, load: { open: error.body.open, limit: error.body.limit } };
    }
  };
  const close = () => {
    full.value = undefined;
  };
  /** @param {AgentRecord} agent */
  const force = ({ id }) => {
    close();
    attempt(thread.assign(id, true));
  };
  return html`<label class="picker"><span class="visually-hidden">${t("assigned_to")}</span>
      <select class="input" value=${assignee?.id ?? ""} onChange=${(/** @type {any} */ { target }) => give(target.value, target)}>
        <option value="" disabled=${!mayFree && Boolean(assignee)}>${assignee ? t("assign_to_nobody") : t("unassigned")}</option>
        ${assignee && html`<option value=${assignee.id}>${assignee.name}</option>`}
        ${mayGive && others.map((one) => html`<option key=${one.id} value=${one.id}>${agentWords(one)}</option>`)}
      </select>
    </label>
    ${
      full.value &&
      html`<${Beyond} name=${full.value.agent.name} load=${full.value.load} onClose=${close}
        onForce=${() => full.value && force(full.value.agent)} />`
    }`;
}
