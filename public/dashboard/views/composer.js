// Where agents write: an answer, or an internal comment, never by accident the one for the other.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { draft, keepDraft } from "../drafts.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { mayTo } from "../session.js";
import { uploadsOf } from "../uploads.js";
import { AttachButton, Attachments } from "./attachments.js";

/** @import { Mode, Thread } from "../thread.js" */

/** @param {{ thread: Thread, conversation: import("../types.js").Conversation }} props */
export function Composer({ thread, conversation }) {
  const mayReply = mayTo("conversation.reply", conversation);
  const mayComment = mayTo("conversation.comment_internal", conversation);
  // Who may only comment stays with commenting, also when he may reply from now on: what is typed keeps its meaning.
  const chosen = useSignal(/** @type {Mode} */ (mayReply ? "message" : "note"));
  const mode = !mayReply ? "note" : mayComment ? chosen.value : "message";
  const text = useSignal(draft(thread.id, mode));
  const uploads = uploadsOf(thread.id, mode);
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  if (!mayReply && !mayComment) return html`<p class="composer hint">${t("may_not_reply")}</p>`;

  /** @param {Mode} next */
  const choose = (next) => {
    keepDraft(thread.id, mode, text.value);
    chosen.value = next;
    text.value = draft(thread.id, next);
    // At once: the next key is a letter of the answer, not a shortcut.
    field.current?.focus();
  };
  /** @param {any} event */
  const typed = (event) => {
    text.value = event.target.value;
    keepDraft(thread.id, mode, text.value);
    if (mode === "message") thread.typed();
  };
  const send = () => {
    if (!text.value.trim() && uploads.isEmpty.value) return;
    uploads.whenReady(() => {
      thread.say(mode, text.value, { attachments: uploads.take() });
      text.value = "";
      keepDraft(thread.id, mode, "");
      field.current?.focus();
    });
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      field.current?.blur();
    }
  };
  const name = conversation.contact.name;
  return html`<form class="composer" data-mode=${mode}
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    }}>
    <div class="modes" role="group" aria-label=${t("reply")}>
      ${mayReply && html`<${ModeButton} mode="message" label=${t("reply")} pressed=${mode === "message"} choose=${choose} />`}
      ${mayComment && html`<${ModeButton} mode="note" label=${t("comment")} pressed=${mode === "note"} choose=${choose} />`}
    </div>
    <label class="visually-hidden" for="composer">${t(mode === "note" ? "comment" : "reply")}</label>
    <textarea id="composer" ref=${field} rows="3" maxlength="20000" value=${text.value} onInput=${typed} onKeyDown=${onKey}
      placeholder=${t(mode === "note" ? "comment_placeholder" : "reply_placeholder", { name })}></textarea>
    <${Attachments} uploads=${uploads} />
    <div class="line">
      <${AttachButton} uploads=${uploads} />
      <small>${mode === "message" && conversation.status === "closed" ? t("reply_reopens") : t("send_hint")}</small>
      <button class="button button-primary" disabled=${!text.value.trim() && uploads.isEmpty.value}>
        ${t(mode === "note" ? "send_comment" : "send")}
      </button>
    </div>
  </form>`;
}

/** @param {{ mode: Mode, label: string, pressed: boolean, choose: (mode: Mode) => void }} props */
function ModeButton({ mode, label, pressed, choose }) {
  return html`<button type="button" id=${`mode-${mode}`} aria-pressed=${pressed} onClick=${() => choose(mode)}>${label}</button>`;
}
