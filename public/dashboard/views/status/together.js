// The parts of doing one thing to several conversations: which they are, how far it is, and what was refused.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { explain } from "../../toast.js";

/** @import { BoardConversation } from "../../types.js" */

/** More names than these are counted, not read. */
const NAMED = 5;

/** @param {{ conversations: BoardConversation[] }} props */
export function Named({ conversations }) {
  const more = conversations.length - NAMED;
  return html`<ul class="named">
    ${conversations.slice(0, NAMED).map(({ id, subject, contact }) => html`<li key=${id}>${subject} <small>${contact.name}</small></li>`)}
    ${more > 0 && html`<li><small>${t("and_more", { count: more })}</small></li>`}
  </ul>`;
}

/** @param {{ refused: import("../../bulk.js").Refused<BoardConversation>[] }} props */
export function Refusals({ refused }) {
  if (refused.length === 0) return null;
  return html`<div class="notice notice-error" role="alert">
    <p>${t("not_done", { count: refused.length })}</p>
    <ul>${refused.slice(0, NAMED).map(({ thing, problem }) => html`<li key=${thing.id}>${thing.subject}: ${explain(problem)}</li>`)}</ul>
  </div>`;
}

/** @param {{ progress: { done: number, of: number }, onStop: () => void }} props */
export function Underway({ progress: { done, of }, onStop }) {
  const words = t("load_of", { open: done, limit: of });
  return html`<p class="dialog-actions underway" role="status">
    <progress value=${done} max=${of} aria-label=${words}></progress> <span>${words}</span>
    <button type="button" class="button" onClick=${onStop}>${t("stop")}</button>
  </p>`;
}
