// Where agents write: an answer, or an internal comment, never by accident the one for the other.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { may, mayTo, me } from "../session.js";
import { uploadsOf } from "../uploads.js";
import { AttachButton, Attachments } from "./attachments.js";
import { linesFor } from "./composer/editing.js";
import { mentionedIn, useMentions } from "./composer/mentions.js";
import { useResponses } from "./composer/responses.js";
import { Signature, signed } from "./composer/signature.js";
import { useDraft } from "./composer/text.js";
import { Translates } from "./composer/translates.js";
import { lazily, nothing } from "./lazy.js";

/** @import { Mode, Thread } from "../thread.js" */

const CHARACTERS = 20_000;

const SendCatalog = lazily(async () => (await import("./catalog/send.js")).SendCatalog, nothing);
const SaveResponse = lazily(async () => (await import("./composer/save-response.js")).SaveResponse, nothing);

/** @param {{ thread: Thread, conversation: import("../types.js").Conversation }} props */
export function Composer({ thread, conversation }) {
  const mayReply = mayTo("conversation.reply", conversation);
  const mayComment = mayTo("conversation.comment_internal", conversation);
  // Who may only comment stays with commenting, also when he may reply from now on: what is typed keeps its meaning.
  const chosen = useSignal(/** @type {Mode} */ (mayReply ? "message" : "note"));
  const mode = !mayReply ? "note" : mayComment ? chosen.value : "message";
  const draft = useDraft(thread.id, mode);
  const { text } = draft.current;
  const uploads = uploadsOf(thread.id, mode);
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const signs = useSignal(me.value?.append_signature ?? false);
  const saving = useSignal(false);
  const selling = useSignal(false);
  const conversationAndField = { conversation: thread.id, field };
  const picked = useResponses({
    ...conversationAndField,
    onInserted: (id) => draft.change({ responses: [...new Set([...draft.now().responses, id])] }),
  });
  const named = useMentions({
    ...conversationAndField,
    onMentioned: (one) => draft.change({ mentions: [...draft.now().mentions, one] }),
  });
  if (!mayReply && !mayComment) return html`<p class="composer hint">${t("may_not_reply")}</p>`;

  const signature = mode === "message" ? (me.value?.signature ?? "") : "";
  const offered = picked.suggestions.list ? picked : named;
  const look = () => {
    picked.look();
    if (mode === "note") named.look();
  };
  const stopLooking = () => {
    picked.close();
    named.close();
  };
  /** @param {Mode} next */
  const choose = (next) => {
    stopLooking();
    chosen.value = next;
    // At once: the next key is a letter of the answer, not a shortcut.
    field.current?.focus();
  };
  /** @param {any} event */
  const typed = (event) => {
    draft.change({ text: event.target.value });
    if (mode === "message") thread.typed();
    look();
  };
  const send = () => {
    if (!text.trim() && uploads.isEmpty.value) return;
    stopLooking();
    uploads.whenReady(() => {
      const written = draft.now();
      const ids = mode === "note" ? mentionedIn(written.text, written.mentions, named.colleagues.peek()) : [];
      thread.say(mode, signed(written.text, signs.value ? signature : ""), {
        ...(written.responses.length > 0 ? { responses: written.responses } : {}),
        ...(ids.length > 0 ? { mentions: ids } : {}),
        attachments: uploads.take(),
      });
      draft.change({ text: "" });
      signs.value = me.value?.append_signature ?? false;
      field.current?.focus();
    });
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (offered.suggestions.onKey(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      field.current?.blur();
    }
  };
  /** @param {KeyboardEvent} event */
  const onMoved = ({ key }) => {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) look();
  };
  /** @param {FocusEvent} event */
  const onBlur = ({ relatedTarget }) => {
    const within = relatedTarget instanceof Element && relatedTarget.closest(".suggestions, .top");
    if (!within) stopLooking();
  };
  const { name } = conversation.contact;
  const room = CHARACTERS - (signs.value && signature ? signature.length + 2 : 0);
  return html`<form class="composer" data-mode=${mode}
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    }}>
    <div class="top">
      <div class="modes" role="group" aria-label=${t("reply")}>
        ${mayReply && html`<${ModeButton} mode="message" label=${t("reply")} pressed=${mode === "message"} choose=${choose} />`}
        ${mayComment && html`<${ModeButton} mode="note" label=${t("comment")} pressed=${mode === "note"} choose=${choose} />`}
      </div>
      ${
        may("template.use") &&
        html`<button type="button" class="tool" title=${t("responses_key")} onClick=${picked.open}><kbd aria-hidden="true">/</kbd> ${t("automated_responses")}</button>`
      }
    </div>
    <label class="visually-hidden" for="composer">${t(mode === "note" ? "comment" : "reply")}</label>
    <div class="editor">
      ${offered.suggestions.list}
      <textarea id="composer" ref=${field} rows=${linesFor(text)} maxlength=${room} value=${text} onInput=${typed}
        onKeyDown=${onKey} onKeyUp=${onMoved} onClick=${look} onBlur=${onBlur} ...${offered.suggestions.field}
        placeholder=${t(mode === "note" ? "comment_placeholder" : "reply_placeholder", { name })}></textarea>
    </div>
    <${Attachments} uploads=${uploads} />
    <${Signature} signature=${signature} on=${signs.value}
      toggle=${() => {
        signs.value = !signs.value;
        field.current?.focus();
      }} />
    ${mode === "message" && html`<${Translates} thread=${thread} conversation=${conversation} />`}
    <div class="line">
      <div class="tools">
        <${AttachButton} uploads=${uploads} />
        ${
          mode === "message" &&
          mayTo("catalog.send", conversation) &&
          html`<button type="button" class="tool" onClick=${() => {
            selling.value = true;
          }}>${t("catalog_pick")}</button>`
        }
        ${
          may("template.create") &&
          text.trim() &&
          html`<button type="button" class="tool" onClick=${() => {
            saving.value = true;
          }}>${t("save_as_response")}</button>`
        }
      </div>
      <small>${mode === "message" && conversation.status === "closed" ? t("reply_reopens") : t("send_hint")}</small>
      <button class="button button-primary" disabled=${!text.trim() && uploads.isEmpty.value}>
        ${t(mode === "note" ? "send_comment" : "send")}
      </button>
    </div>
  </form>
  ${
    selling.value &&
    html`<${SendCatalog} slug=${thread.slug} conversation=${conversation}
      onClose=${() => {
        selling.value = false;
      }} />`
  }
  ${
    saving.value &&
    html`<${SaveResponse} text=${text} contact=${name}
      onClose=${() => {
        saving.value = false;
      }} />`
  }`;
}

/** @param {{ mode: Mode, label: string, pressed: boolean, choose: (mode: Mode) => void }} props */
function ModeButton({ mode, label, pressed, choose }) {
  return html`<button type="button" id=${`mode-${mode}`} aria-pressed=${pressed} onClick=${() => choose(mode)}>${label}</button>`;
}
