// What an agent has on the board: each to be closed or given to somebody else, or several together.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { age, inFull, span, t } from "../../i18n.js";
import { may } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Escalated } from "../escalated.js";
import { Closing } from "./closing.js";
import { keepFocus } from "./focus.js";
import { Transfer } from "./transfer.js";

/** @import { BoardAgent, BoardConversation } from "../../types.js" */
/** @import { Board } from "../../board.js" */

/** @param {{ board: Board, agent: BoardAgent, all: BoardAgent[], now: number }} props */
export function Conversations({ board, agent, all, now }) {
  const chosen = useSignal(/** @type {string[]} */ ([]));
  const closing = useSignal(/** @type {BoardConversation[]} */ ([]));
  const transferring = useSignal(/** @type {BoardConversation[]} */ ([]));
  const mayAct = may("status_board.act");
  const mayClose = mayAct && may("conversation.close");
  const mayTransfer = mayAct && may("conversation.assign_other");
  const { conversations, id } = agent;
  const those = conversations.filter((one) => chosen.value.includes(one.id));
  /** @param {boolean} on @param {string} [one] all without it */
  const choose = (on, one) => {
    const rest = one ? chosen.value.filter((known) => known !== one) : [];
    chosen.value = on ? (one ? [...rest, one] : conversations.map((each) => each.id)) : rest;
  };
  const close = (/** @type {BoardConversation} */ one) => {
    attempt(board.close(agent, one).then(() => toast(t("was_closed", { subject: one.subject }))));
    keepFocus(id);
  };
  /** @param {{ value: BoardConversation[] }} dialog */
  const end = (dialog) => {
    dialog.value = [];
    keepFocus(id);
  };
  // The questions stay while the last conversation goes.
  return html`
    ${
      conversations.length > 0 &&
      html`<section aria-label=${`${t("conversations")}: ${agent.name}`}>
        <div class="row">
          <h3>${t("conversations")}</h3>
          ${
            (mayClose || mayTransfer) &&
            html`<div class="together">
              <${SelectAll} some=${those.length > 0} all=${those.length === conversations.length} onChange=${choose} />
              ${
                mayClose &&
                html`<button class="button" disabled=${those.length === 0} onClick=${() => {
                  closing.value = those;
                }}>${t("close_chosen", { count: those.length })}</button>`
              }
              ${
                mayTransfer &&
                html`<button class="button" disabled=${those.length === 0} onClick=${() => {
                  transferring.value = those;
                }}>${t("transfer_chosen", { count: those.length })}</button>`
              }
            </div>`
          }
        </div>
        <ul class="rows">
          ${conversations.map(
            (one) => html`<li key=${one.id} class="board-row">
              ${
                (mayClose || mayTransfer) &&
                html`<input type="checkbox" aria-label=${t("select", { what: one.subject })} checked=${chosen.value.includes(one.id)}
                  onChange=${(/** @type {any} */ { target }) => choose(target.checked, one.id)} />`
              }
              <${About} slug=${board.slug} conversation=${one} now=${now} />
              <div class="row-actions">
                ${mayClose && html`<button class="button" aria-label=${`${t("close")}: ${one.subject}`} onClick=${() => close(one)}>${t("close")}</button>`}
                ${
                  mayTransfer &&
                  html`<button class="button" aria-label=${`${t("transfer")}: ${one.subject}`} onClick=${() => {
                    transferring.value = [one];
                  }}>${t("transfer")}</button>`
                }
              </div>
            </li>`,
          )}
        </ul>
      </section>`
    }
    ${closing.value.length > 0 && html`<${Closing} board=${board} agent=${agent} conversations=${closing.value} onClose=${() => end(closing)} />`}
    ${
      transferring.value.length > 0 &&
      html`<${Transfer} board=${board} from=${agent} conversations=${transferring.value} onClose=${() => end(transferring)}
        people=${all.filter((one) => one.id !== id && one.assignable && one.status === "active")} />`
    }`;
}

/** @param {{ some: boolean, all: boolean, onChange: (on: boolean) => void }} props */
function SelectAll({ some, all, onChange }) {
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = some && !all;
  }, [some, all]);
  return html`<label><input type="checkbox" ref=${box} checked=${all}
    onChange=${(/** @type {any} */ { target }) => onChange(target.checked)} /> ${t("select_all")}</label>`;
}

/** @param {{ slug: string, conversation: BoardConversation, now: number }} props */
function About({ slug, conversation, now }) {
  const { id, number, subject, status, contact, waiting_since, escalated_at, last_event_at } = conversation;
  return html`<div class="about">
    <a href=${`/app/${slug}/all/${id}`}>${subject}</a>
    <p><small>#${number} · ${contact.name}</small>
      <span class="status" data-status=${status}>${t(`status_${status}`)}</span>
      <${Escalated} since=${escalated_at ?? undefined} />
      <small>${
        waiting_since
          ? html`<time datetime=${waiting_since} title=${inFull(waiting_since)}>${t("waits_for", { span: span(waiting_since, now) })}</time>`
          : html`<time datetime=${last_event_at} title=${inFull(last_event_at)}>${age(last_event_at, now)}</time>`
      }</small></p>
  </div>`;
}
