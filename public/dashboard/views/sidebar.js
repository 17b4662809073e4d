// The left pane: views with their live counters.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { VIEW_NAMES } from "../inbox.js";

/** @param {{ inbox: import("../inbox.js").Inbox, view: string }} props */
export function Sidebar({ inbox, view }) {
  const counters = inbox.counters.value;
  return html`<nav class="sidebar" aria-label=${t("views")}>
    <ul>
      ${VIEW_NAMES.map(
        (name) => html`<li key=${name}>
          <a href=${`/app/${inbox.slug}/${name}`} aria-current=${name === view ? "page" : undefined}>
            <span>${t(`view_${name}`)}</span> <span class="count">${counters?.[name] ?? ""}</span>
          </a>
        </li>`,
      )}
    </ul>
  </nav>`;
}
