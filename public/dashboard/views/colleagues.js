// Who else has the conversation open, and who is answering it already: two answers to one question help nobody.
import { html } from "../html.js";
import { list, t } from "../i18n.js";

/** @import { Thread } from "../thread.js" */

/** @param {{ thread: Thread }} props */
export function Looking({ thread }) {
  const names = thread.looking.value.map(({ name }) => name);
  return html`<p class="looking" role="status">${
    names.length > 0 && t(names.length === 1 ? "is_looking" : "are_looking", { who: list(names) })
  }</p>`;
}

/** @param {{ thread: Thread }} props */
export function Answering({ thread }) {
  const names = thread.answering.value;
  return html`<p class="answering" role="status">${
    names.length > 0 && t(names.length === 1 ? "is_answering" : "are_answering", { who: list(names) })
  }</p>`;
}
