// Beside the conversation: whose it is, who is in it, and what was done.
import { html } from "../html.js";
import { inFull, moment, t } from "../i18n.js";
import { describe } from "./happened.js";

/** @param {{ thread: import("../thread.js").Thread, conversation: import("../types.js").Conversation, open: boolean }} props */
export function Panel({ thread, conversation, open }) {
  const { contact, participants, assignee } = conversation;
  const actions = thread.events.value.filter(({ kind }) => kind !== "message" && kind !== "note");
  return html`<aside class="panel" id="panel" data-open=${open} aria-label=${t("details")}>
    <section>
      <h2>${t("contact")}</h2>
      <p><strong>${contact.name}</strong></p>
      <p><a href=${`mailto:${contact.email}`}>${contact.email}</a></p>
    </section>
    ${
      participants.length > 0 &&
      html`<section>
        <h2>${t("agents_involved")}</h2>
        <ul>
          ${participants.map(
            ({ id, name }) =>
              html`<li key=${id}>${name}${id === assignee?.id && html` <span class="tag">${t("in_charge")}</span>`}</li>`,
          )}
        </ul>
      </section>`
    }
    <section>
      <h2>${t("history")}</h2>
      <ol class="history">
        ${actions.map(
          (event) => html`<li key=${event.seq}>
            <span>${describe(event)}</span>
            <time datetime=${event.at} title=${inFull(event.at)}>${moment(event.at)}</time>
          </li>`,
        )}
      </ol>
    </section>
  </aside>`;
}
