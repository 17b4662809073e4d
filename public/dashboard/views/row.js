// A conversation in a list: who, about what, where it stands, whose it is, and what it waits for.
import { drafted } from "../drafts.js";
import { html } from "../html.js";
import { age, inFull, list, span, t } from "../i18n.js";
import { MOST_SELECTED } from "../selection.js";
import { viewersOf } from "../viewing.js";
import { Escalated } from "./escalated.js";
import { Priority, Tags } from "./marks.js";

/** @import { Conversation } from "../types.js" */
/** @import { Selection } from "../selection.js" */

/** @param {{ conversation: Conversation, now: number, open: boolean, href: string, selection: Selection }} props */
export function Row({ conversation, now, open, href, selection }) {
  const { id, contact, subject, preview, assignee, status, channel, unread, folder } = conversation;
  const { last_event_at, waiting_since, escalated_at, priority, tags } = conversation;
  const selected = selection.has(id);
  /** A range, where Shift is held. @param {MouseEvent} event */
  const onClick = (event) => (event.shiftKey ? selection.extendTo(id) : selection.toggle(id));
  const full = !selected && selection.conversations.value.length >= MOST_SELECTED;
  const viewers = viewersOf(id);
  const opened = viewers.length > 0 ? t("opened_by", { who: list(viewers) }) : undefined;
  return html`<div class="list-row" data-selected=${selected} data-viewed=${viewers.length > 0} title=${opened}>
    <label class="row-check"><input type="checkbox" checked=${selected} disabled=${full} onClick=${onClick}
      aria-label=${t("select", { what: `${contact.name}, ${subject}` })} /></label>
    <a class="conversation-item" href=${href} aria-current=${open ? "true" : undefined} data-unread=${unread > 0}>
      ${opened && html`<span class="visually-hidden">${opened}</span>`}
      <span class="line"><strong>${contact.name}</strong>
        <span class="when">${channel !== "web" && html`<small>${t(`channel_${channel}`)}</small> `}<time datetime=${last_event_at} title=${inFull(last_event_at)}>${age(last_event_at, now)}</time></span></span>
      <span class="line"><span class="subject">${subject}</span>
        ${unread > 0 && html`<span class="badge" title=${t("unanswered", { count: unread })}>${unread}</span>`}</span>
      <span class="line"><span class="preview">${preview}</span>
        <small class="whose">${assignee?.name ?? t("unassigned")}</small></span>
      <span class="marks"><span class="status" data-status=${status}>${t(`status_${status}`)}</span>
        ${drafted.value.has(id) && html`<span class="tag draft">${t("draft")}</span>`}
        <${Escalated} since=${escalated_at} /><${Priority} priority=${priority} />
        ${
          waiting_since &&
          html`<small class="waits" title=${t("waits_since", { at: inFull(waiting_since) })}>${t("waits_for", { span: span(waiting_since, now) })}</small>`
        }
        <${Tags} tags=${tags} />
        ${folder && html`<span class="tag in-folder">${folder.name}</span>`}</span>
    </a>
  </div>`;
}
