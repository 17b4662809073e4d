// The customers who are stuck to an agent: their new conversations go to him first, until they are unstuck.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { may } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { keepFocus } from "./focus.js";

/** @param {{ board: import("../../board.js").Board, agent: import("../../types.js").BoardAgent }} props */
export function Sticky({ board, agent }) {
  const mayUnstick = may("status_board.act") && may("contact.unstick");
  const unstick = (/** @type {{ id: string, name: string }} */ contact) => {
    const words = t("was_unstuck", { who: contact.name, name: agent.name });
    attempt(board.unstick(agent, contact).then(() => toast(words)));
    keepFocus(agent.id);
  };
  return html`<section aria-label=${`${t("sticky_customers")}: ${agent.name}`}>
    <h3>${t("sticky_customers")}</h3>
    <p class="hint">${t("sticky_hint", { name: agent.name })}</p>
    <ul class="rows">
      ${agent.sticky_contacts.map(
        (contact) => html`<li key=${contact.id} class="board-row">
          <div class="about"><strong>${contact.name}</strong><p><small>${contact.email}</small></p></div>
          ${
            mayUnstick &&
            html`<div class="row-actions"><button class="button" aria-label=${`${t("unstick_one")}: ${contact.name}`}
              onClick=${() => unstick(contact)}>${t("unstick_one")}</button></div>`
          }
        </li>`,
      )}
    </ul>
  </section>`;
}
