// Merging a conversation into another one of its contact, and what is shown of it afterwards.
import { useState } from "preact/hooks";
import { at, Problem, put } from "../api.js";
import { html } from "../html.js";
import { inFull, moment, t } from "../i18n.js";
import { useResource } from "../resource.js";
import { go } from "../router.js";
import { me } from "../session.js";
import { complain, explain, toast } from "../toast.js";
import { Files } from "./attachments.js";
import { CatalogCards } from "./catalog/cards.js";
import { Dialog } from "./dialog.js";
import { isNews } from "./happened.js";
import { OrderStep } from "./order-step.js";
import { Told } from "./translated.js";

/** @import { Thread } from "../thread.js" */
/** @import { Conversation, LogEvent, Other, Saying } from "../types.js" */

/** More of one contact's conversations are found by search. */
const OFFERED = 50;

/** Offers the contact's other conversations, and says what will happen. @param {{ slug: string, conversation: Conversation, onClose: () => void }} props */
export function Merge({ slug, conversation, onClose }) {
  const path = `${at(slug)}/conversations`;
  const { data, problem } = useResource(`${path}?contact=${conversation.contact.id}&limit=${OFFERED}`);
  const [into, setInto] = useState(/** @type {string | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const others = data?.items.filter(
    (/** @type {Conversation} */ one) => one.id !== conversation.id && !one.merged_into,
  );
  const target = others?.find((/** @type {Conversation} */ one) => one.id === into);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!target) return;
    setBusy(true);
    setFault("");
    try {
      await put(`${path}/${conversation.id}/merger`, { into, client_id: crypto.randomUUID() });
      onClose();
      toast(t("merged", { from: conversation.number, into: target.number }));
      go(`/app/${slug}/all/${target.id}`);
    } catch (error) {
      setBusy(false);
      if (error instanceof Problem && error.code === "too_many_tags") setFault(t("merge_too_many_tags"));
      else complain(error);
    }
  };
  return html`<${Dialog} title=${t("merge_title", { number: conversation.number })} onClose=${onClose}>
    <form class="form merge" onSubmit=${submit}>
      ${problem && html`<p role="alert">${explain(problem)}</p>`}
      ${!data && !problem && html`<p role="status">${t("loading")}</p>`}
      ${others?.length === 0 && html`<p>${t("merge_none", { who: conversation.contact.name })}</p>`}
      ${
        others?.length > 0 &&
        html`<fieldset class="merge-choices">
          <legend>${t("merge_choose", { who: conversation.contact.name })}</legend>
          ${others.map(
            (/** @type {Conversation} */ one) => html`<label key=${one.id}>
              <input type="radio" name="into" value=${one.id} checked=${one.id === into} onChange=${() => setInto(one.id)} />
              <span><strong>#${one.number}</strong> ${one.subject}
                <small><span class="status" data-status=${one.status}>${t(`status_${one.status}`)}</span>
                  ${" "}<time datetime=${one.last_event_at} title=${inFull(one.last_event_at)}>${moment(one.last_event_at)}</time></small></span>
            </label>`,
          )}
        </fieldset>
        <p class="hint">${t("merge_consequence", { number: conversation.number })}</p>
        <p class="hint">${t("merge_links", { who: conversation.contact.name })}</p>`
      }
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${busy || !target}>
          ${target ? t("merge_into_number", { number: target.number }) : t("merge")}</button>
      </p>
    </form>
  <//>`;
}

/** Where the conversation goes on. @param {{ slug: string, into: Other }} props */
export function MergedInto({ slug, into }) {
  return html`<p class="composer merged-into">${t("merged_into")}
    ${" "}<a href=${`/app/${slug}/all/${into.id}`}>#${into.number} ${into.subject}</a></p>`;
}

/** What was said in a conversation that was merged into this one. @param {{ thread: Thread, event: LogEvent }} props */
export function Absorbed({ thread, event }) {
  const { from, items = [], continued, by, at: merged_at } = event;
  const time = html`<time datetime=${merged_at} title=${inFull(merged_at)}>${moment(merged_at)}</time>`;
  return html`<li class="absorbed" data-seq=${event.seq}>
    <p class="happened">${t(continued ? "absorbed_continued" : "absorbed", { who: by.name ?? t("by_itself"), number: from.number, subject: from.subject })} ${time}</p>
    <ol>${items.filter(isNews).map((item, index) => html`<${Item} key=${index} thread=${thread} item=${item} />`)}</ol>
  </li>`;
}

/** @param {{ thread: Thread, item: Saying }} props */
function Item({ thread, item }) {
  const { kind, at: said_at, by, body, attachments, items, translation } = item;
  const time = html`<time datetime=${said_at} title=${inFull(said_at)}>${moment(said_at)}</time>`;
  if (kind === "order")
    return html`<li class="happened"><${OrderStep} slug=${thread.slug} event=${item} /> ${time}</li>`;
  const mine = by.id !== undefined && by.id === me.value?.id;
  return html`<li class="said" data-by=${by.kind} data-kind=${kind}>
    <p class="who"><strong>${mine ? t("you") : (by.name ?? t("by_itself"))}</strong>
      ${kind === "note" && html`<span class="tag">${t("internal_comment")}</span>`}
      ${" "}${time}</p>
    ${body && html`<p class="text" lang=${translation?.from}>${body}</p>`}
    ${translation && html`<${Told} thread=${thread} translation=${translation} />`}
    ${kind === "catalog" && html`<${CatalogCards} items=${items} />`}
    <${Files} conversation=${thread.id} files=${attachments} />
  </li>`;
}
