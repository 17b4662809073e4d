// Merging several conversations of one customer that were selected: which of them stays, and what becomes of the others.
import { useState } from "preact/hooks";
import { at, Problem, put } from "../api.js";
import { html } from "../html.js";
import { inFull, list, moment, t } from "../i18n.js";
import { go } from "../router.js";
import { mayTo } from "../session.js";
import { explain, toast } from "../toast.js";
import { Dialog } from "./dialog.js";

/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */
/** @import { Selection } from "../selection.js" */
/** @import { Conversation } from "../types.js" */
/** @typedef {{ one: Conversation, why: string }} Refused */

/** The first to begin comes first. @param {Conversation} one @param {Conversation} other */
const byNumber = (one, other) => one.number - other.number;

/** What is said of a conversation by its number. @param {Conversation} one */
const number = ({ number }) => t("conversation_number", { number });

/**
 * @param {{ inbox: Inbox, selection: Selection, place: Place, conversations: Conversation[], onClose: () => void }} props
 * `conversations`: those that were selected when it was opened
 */
export function MergeSelected({ inbox, selection, place, conversations, onClose }) {
  const [into, setInto] = useState(() => offered(conversations));
  const [merged, setMerged] = useState(/** @type {string[]} */ ([]));
  const [refused, setRefused] = useState(/** @type {Refused[]} */ ([]));
  const [under, setUnder] = useState(/** @type {Conversation | undefined} */ (undefined));
  const left = conversations.filter(({ id }) => !merged.includes(id));
  const sources = into ? left.filter((one) => one !== into && !whyNot(one, into)).sort(byNumber) : [];
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!into || sources.length === 0 || under) return;
    setRefused([]);
    const faults = [];
    // One after the other: the one that stays takes in one at a time.
    for (const one of sources) {
      setUnder(one);
      const why = await merge(inbox, one, into);
      if (why) faults.push({ one, why });
      else setMerged((before) => [...before, one.id]);
    }
    setUnder(undefined);
    setRefused(faults);
    if (faults.length > 0) return;
    onClose();
    selection.clear();
    toast(t("merged_several", { count: merged.length + sources.length, into: into.number }));
    go(place.to(into.id));
  };
  return html`<${Dialog} title=${t("merge_selected_title", { count: conversations.length })} onClose=${onClose}>
    <form class="form merge" onSubmit=${submit}>
      <fieldset class="merge-choices" disabled=${under !== undefined}>
        <legend>${t("merge_which_stays")}</legend>
        ${left.map((one) => html`<${Choice} key=${one.id} one=${one} into=${into} onPick=${() => setInto(one)} />`)}
      </fieldset>
      ${
        into &&
        sources.length > 0 &&
        html`<p class="hint">${t("merge_selected_consequence", { count: sources.length, numbers: list(sources.map(number)), into: into.number })}</p>
        <p class="hint">${t("merge_links", { who: into.contact.name })}</p>`
      }
      ${sources.length === 0 && html`<p role="status">${t("merge_selected_none")}</p>`}
      ${under && html`<p role="status">${t("merge_under_way", { number: under.number })}</p>`}
      ${refused.length > 0 && html`<div class="fault" role="alert"><p>${t("merge_refused")}</p><ul>${refused.map(tellRefused)}</ul></div>`}
      <p class="dialog-actions">
        <button type="button" class="button" disabled=${under !== undefined} onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${sources.length === 0 || under !== undefined}>
          ${into && sources.length > 0 ? t("merge_count_into", { count: sources.length, number: into.number }) : t("merge")}</button>
      </p>
    </form>
  <//>`;
}

/** @param {{ one: Conversation, into: Conversation | undefined, onPick: () => void }} props */
function Choice({ one, into, onPick }) {
  const why = whyNever(one) ?? (into && one !== into ? whyNot(one, into) : undefined);
  return html`<label>
    <input type="radio" name="into" value=${one.id} checked=${one === into} disabled=${Boolean(whyNever(one))} onChange=${onPick} />
    <span><strong>${number(one)}</strong> ${one.subject}
      <small>${one.contact.name}${" · "}<span class="status" data-status=${one.status}>${t(`status_${one.status}`)}</span>
        ${" "}<time datetime=${one.last_event_at} title=${inFull(one.last_event_at)}>${moment(one.last_event_at)}</time></small>
      ${why && html`<small>${why}</small>`}</span>
  </label>`;
}

/** @param {Refused} refused */
const tellRefused = ({ one, why }) =>
  html`<li key=${one.id}>${t("refused_one", { name: `${number(one)} ${one.subject}`, why })}</li>`;

/** The first one of the customer of whom most were selected: where it all began. @param {Conversation[]} conversations */
function offered(conversations) {
  const able = conversations.filter((one) => !whyNever(one)).sort(byNumber);
  const alike = (/** @type {Conversation} */ one) =>
    able.filter(({ contact }) => contact.id === one.contact.id).length;
  return able.reduce(
    (best, one) => (best && alike(best) >= alike(one) ? best : one),
    /** @type {Conversation | undefined} */ (undefined),
  );
}

/** Why a conversation neither goes into another nor takes one in. @param {Conversation} one */
function whyNever(one) {
  if (one.merged_into) return t("merge_not_again", { number: one.merged_into.number });
  return mayTo("conversation.merge", one) ? undefined : t("merge_not_allowed");
}

/** Why a conversation cannot go into that one. @param {Conversation} one @param {Conversation} into */
function whyNot(one, into) {
  const another = one.contact.id !== into.contact.id;
  return whyNever(one) ?? (another ? t("merge_not_his", { who: into.contact.name }) : undefined);
}

/** Merges one into another, or says why that was refused. @param {Inbox} inbox @param {Conversation} one @param {Conversation} into */
async function merge(inbox, one, into) {
  try {
    const path = `${at(inbox.slug)}/conversations/${one.id}/merger`;
    inbox.learn(await put(path, { into: into.id, client_id: crypto.randomUUID() }));
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code === "too_many_tags" ? t("merge_too_many_tags") : explain(error);
  }
}
