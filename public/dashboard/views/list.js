// The middle pane: conversations, newest first, live.
import { drafted } from "../drafts.js";
import { html } from "../html.js";
import { age, inFull, t } from "../i18n.js";
import { explain } from "../toast.js";
import { Escalated } from "./escalated.js";
import { useNow } from "./now.js";
import { viewName } from "./sidebar.js";

/** @import { Conversation } from "../types.js" */
/** @import { Inbox, View } from "../inbox.js" */

/** @param {{ inbox: Inbox, view: View, selected?: string }} props */
export function List({ inbox, view, selected }) {
  const items = inbox.items.value;
  const problem = inbox.trouble.value;
  const now = useNow();
  return html`<section class="list" id="list" tabindex="-1" aria-labelledby="list-title">
    <h1 id="list-title">${viewName(view)}</h1>
    ${
      problem &&
      html`<div class="empty" role="alert">
        <p>${explain(problem)}</p>
        <button class="button" onClick=${() => inbox.reload()}>${t("try_again")}</button>
      </div>`
    }
    ${!items && !problem && html`<p class="empty" role="status">${t("loading")}</p>`}
    ${items?.length === 0 && html`<${Empty} inbox=${inbox} />`}
    ${
      items &&
      items.length > 0 &&
      html`<ol>
        ${items.map(
          (one) => html`<${Item} key=${one.id} conversation=${one} now=${now} selected=${one.id === selected}
            href=${`/app/${inbox.slug}/${view}/${one.id}`} />`,
        )}
      </ol>`
    }
    ${inbox.next.value && html`<button class="button more" onClick=${() => inbox.more()}>${t("load_more")}</button>`}
  </section>`;
}

/** @param {{ conversation: Conversation, now: number, selected: boolean, href: string }} props */
function Item({ conversation, now, selected, href }) {
  const { contact, subject, preview, assignee, status, unread, last_event_at, escalated_at } = conversation;
  return html`<li>
    <a class="conversation-item" href=${href} aria-current=${selected ? "true" : undefined} data-unread=${unread > 0}>
      <span class="line"><strong>${contact.name}</strong>
        <time datetime=${last_event_at} title=${inFull(last_event_at)}>${age(last_event_at, now)}</time></span>
      <span class="line"><span class="subject">${subject}</span>
        ${unread > 0 && html`<span class="badge" title=${t("unanswered", { count: unread })}>${unread}</span>`}</span>
      <span class="preview">${preview}</span>
      <span class="line"><span class="marks"><span class="status" data-status=${status}>${t(`status_${status}`)}</span>
        <${Escalated} since=${escalated_at} />
        ${drafted.value.has(conversation.id) && html`<span class="tag draft">${t("draft")}</span>`}</span>
        <small>${assignee?.name ?? t("unassigned")}</small></span>
    </a>
  </li>`;
}

/** @param {{ inbox: Inbox }} props */
function Empty({ inbox }) {
  const counters = inbox.counters.value;
  const nothingYet = counters && counters.all + counters.closed + counters.snoozed === 0;
  return html`<div class="empty">
    <p><strong>${t("empty_view")}</strong></p>
    <p>${t(nothingYet ? "empty_first_hint" : "empty_view_hint")}</p>
    ${nothingYet && html`<p><a class="button" href=${`/${inbox.slug}`} target="_blank">${t("contact_page")}</a></p>`}
  </div>`;
}
