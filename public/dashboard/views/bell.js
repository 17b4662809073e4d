// The bell: how much I have not read, and what it is.
import { html } from "../html.js";
import { age, inFull, t } from "../i18n.js";
import { words } from "../notify.js";
import { useNow } from "./now.js";

/** @import { Notice } from "../types.js" */
/** @import { Notices } from "../notices.js" */

/** More are not counted on so little room. */
const MOST = 99;

/** @param {{ notices: Notices }} props */
export function Bell({ notices }) {
  const unread = notices.unread.value;
  const shown = unread > MOST ? `${MOST}+` : String(unread);
  return html`<div class="bell">
    <button class="bell-button" popovertarget="notices">
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="none" stroke="currentColor"
        stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
        <path d="M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9" /><path d="M10 20a2.2 2.2 0 0 0 4 0" />
      </svg>
      <span class="visually-hidden">${t("bell", { unread: shown })}</span>
      ${unread > 0 && html`<span class="bell-count" aria-hidden="true">${shown}</span>`}
    </button>
    <p class="visually-hidden" role="status">${notices.last.value}</p>
    <section id="notices" popover class="menu notices" aria-labelledby="notices-title">
      <header>
        <h2 id="notices-title">${t("notifications")}</h2>
        ${unread > 0 && html`<button class="link" onClick=${() => notices.readAll()}>${t("read_all")}</button>`}
      </header>
      <${List} notices=${notices} />
      <footer><a class="item" href=${`/app/${notices.slug}/account/notifications`} onClick=${close}>${t("choose_notifications")}</a></footer>
    </section>
  </div>`;
}

/** @param {{ notices: Notices }} props */
function List({ notices }) {
  const now = useNow();
  const items = notices.items.value;
  if (!items) return html`<p role="status">${t("loading")}</p>`;
  if (items.length === 0)
    return html`<p><strong>${t("no_notifications")}</strong><small>${t("no_notifications_hint")}</small></p>`;
  return html`<ul>
      ${items.map((one) => html`<${Line} key=${one.id} slug=${notices.slug} one=${one} now=${now} />`)}
    </ul>
    ${notices.next.value && html`<button class="item" onClick=${() => notices.more()}>${t("load_more")}</button>`}`;
}

/** @param {{ slug: string, one: Notice, now: number }} props */
function Line({ slug, one, now }) {
  const about = one.conversation;
  const place = about ? `all/${about.id}` : "unassigned";
  return html`<li>
    <a class="notice-line" data-read=${one.read} href=${`/app/${slug}/${place}`} onClick=${close}>
      <strong>${!one.read && html`<span class="visually-hidden">${t("not_read")}: </span>`}${words(one.kind, about?.number)}${one.count > 1 && html` <span class="times">×${one.count}</span>`}</strong>
      <time datetime=${one.at} title=${inFull(one.at)}>${age(one.at, now)}</time>
      ${about && html`<small>${about.contact} · ${about.subject}</small>`}
    </a>
  </li>`;
}

function close() {
  document.getElementById("notices")?.hidePopover();
}
