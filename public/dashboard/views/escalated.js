// The mark of a conversation whose customer has waited longer than the company promises.
import { html } from "../html.js";
import { inFull, t } from "../i18n.js";

/** @param {{ since?: string }} props */
export function Escalated({ since }) {
  if (!since) return null;
  return html`<span class="status" data-status="escalated" title=${t("escalated_since", { at: inFull(since) })}>${t("escalated")}</span>`;
}
