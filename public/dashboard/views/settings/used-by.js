// Which rules name something that is about to be deleted.
import { at } from "../../api.js";
import { html } from "../../html.js";
import { list, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { may } from "../../session.js";

/** @param {{ slug: string, id: string }} props */
export function UsedBy({ slug, id }) {
  const { data } = useResource(may("automation.manage") ? `${at(slug)}/automations` : undefined);
  /** @type {{ name: string }[]} */
  const rules = (data?.items ?? []).filter((/** @type {object} */ rule) => JSON.stringify(rule).includes(id));
  if (rules.length === 0) return null;
  return html`<p class="fault">${t("used_by_rules", { rules: list(rules.map(({ name }) => `“${name}”`)) })}</p>`;
}
