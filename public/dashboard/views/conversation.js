// The right pane: a conversation with what can be done to it, its log, and the panel beside it.
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { moment, t } from "../i18n.js";
import { may, mayTo, me } from "../session.js";
import { snoozes } from "../snoozes.js";
import { attempt } from "../toast.js";
import { AssigneePicker } from "./assignee.js";
import { Answering, Looking } from "./colleagues.js";
import { Composer } from "./composer.js";
import { Escalated } from "./escalated.js";
import { Log } from "./log.js";
import { Merge, MergedInto } from "./merge.js";
import { Panel } from "./panel.js";

/** @import { Thread } from "../thread.js" */

/** @param {{ thread?: Thread, back: string }} props `back` is where the list is */
export function Conversation({ thread, back: list }) {
  const panelOpen = useSignal(false);
  const conversation = thread?.conversation.value;
  if (!thread) {
    return html`<section class="conversation empty">
      <p><strong>${t("pick_conversation")}</strong></p>
      <p>${t("pick_conversation_hint")}</p>
    </section>`;
  }
  const back = html`<a class="button button-plain back" href=${list}>← ${t("back")}</a>`;
  if (thread.trouble.value) {
    return html`<section class="conversation empty">${back}<p role="alert">${t("not_found")}</p></section>`;
  }
  if (!conversation)
    return html`<section class="conversation empty">${back}<p role="status">${t("loading")}</p></section>`;
  return html`<section class="conversation" aria-labelledby="conversation-title">
    <header>
      ${back}
      <div class="titles">
        <h1 id="conversation-title">${conversation.subject}</h1>
        <p>
          <span class="status" data-status=${conversation.status}>${t(`status_${conversation.status}`)}</span>
          ${" "}<${Escalated} since=${conversation.escalated_at} />
          ${" "}<small>#${conversation.number} · ${conversation.contact.name}${timing(conversation)}</small>
        </p>
        <${Looking} thread=${thread} />
      </div>
      <${Actions} thread=${thread} conversation=${conversation} />
      <button class="button panel-toggle" aria-expanded=${panelOpen.value} aria-controls="panel"
        onClick=${() => {
          panelOpen.value = !panelOpen.value;
        }}>${t("details")}</button>
    </header>
    <${Log} thread=${thread} />
    <div class="writing">
      <${Answering} thread=${thread} />
      ${
        conversation.merged_into
          ? html`<${MergedInto} slug=${thread.slug} into=${conversation.merged_into} />`
          : html`<${Composer} key=${thread.id} thread=${thread} conversation=${conversation} />`
      }
    </div>
    <${Panel} thread=${thread} conversation=${conversation} open=${panelOpen.value} />
  </section>`;
}

/** @param {import("../types.js").Conversation} conversation */
function timing({ status, closes_at, snoozed_until }) {
  if (status === "pending" && closes_at) return ` · ${t("closes_at", { at: moment(closes_at) })}`;
  if (status === "snoozed" && snoozed_until) return ` · ${t("snoozed_until", { at: moment(snoozed_until) })}`;
  if (status === "open") return ` · ${t("open_hint")}`;
  return "";
}

/** @param {{ thread: Thread, conversation: import("../types.js").Conversation }} props */
function Actions({ thread, conversation }) {
  const { status, assignee } = conversation;
  const closed = status === "closed";
  const claimable = !assignee && !closed && me.value?.assignable && may("conversation.assign_self_pick");
  return html`<div class="actions">
    ${
      claimable &&
      html`<button class="button button-primary" title=${t("claim_hint")} onClick=${() => attempt(thread.claim())}>
        ${t("claim")}
      </button>`
    }
    ${!closed && html`<${AssigneePicker} thread=${thread} conversation=${conversation} />`}
    ${
      !closed &&
      mayTo("conversation.snooze", conversation) &&
      (status === "snoozed"
        ? html`<button class="button" onClick=${() => attempt(thread.setStatus("open"))}>${t("wake")}</button>`
        : html`<${SnoozeMenu} thread=${thread} />`)
    }
    ${
      !closed &&
      mayTo("conversation.close", conversation) &&
      html`<button class="button" onClick=${() => attempt(thread.setStatus("closed"))}>${t("close")}</button>`
    }
    ${
      closed &&
      mayTo("conversation.reopen", conversation) &&
      html`<button class="button" onClick=${() => attempt(thread.setStatus("open"))}>${t("reopen")}</button>`
    }
    ${mayTo("conversation.merge", conversation) && html`<${More} thread=${thread} conversation=${conversation} />`}
  </div>`;
}

/** What is done rarely. @param {{ thread: Thread, conversation: import("../types.js").Conversation }} props */
function More({ thread, conversation }) {
  const merging = useSignal(false);
  const open = () => {
    merging.value = true;
  };
  const close = () => {
    merging.value = false;
  };
  return html`<div>
    <button class="button" popovertarget="more" aria-label=${t("more_actions")}><span aria-hidden="true">⋯</span></button>
    <div id="more" popover class="menu">
      <button id="merge-into" class="item" popovertarget="more" onClick=${open}>${t("merge_into")}</button>
    </div>
    ${merging.value && html`<${Merge} slug=${thread.slug} conversation=${conversation} onClose=${close} />`}
  </div>`;
}

/** @param {{ thread: Thread }} props */
function SnoozeMenu({ thread }) {
  return html`<div>
    <button class="button" popovertarget="snooze">${t("snooze")}</button>
    <div id="snooze" popover class="menu">
      ${snoozes().map(
        ([key, until]) => html`<button class="item" key=${key} popovertarget="snooze"
          onClick=${() => attempt(thread.setStatus("snoozed", until))}>${t(key)}</button>`,
      )}
    </div>
  </div>`;
}
