// The middle pane: conversations in the order asked for, live, and what is done to several at once.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { explain } from "../toast.js";
import { BulkBar } from "./bulk-bar.js";
import { Filters } from "./filters.js";
import { Rows } from "./rows.js";
import { viewName } from "./sidebar.js";

/** @import { Inbox } from "../inbox.js" */
/** @import { Selection } from "../selection.js" */
/** @import { Place } from "../places.js" */

/** @param {{ inbox: Inbox, selection: Selection, place: Place }} props */
export function List({ inbox, selection, place }) {
  const items = inbox.items.value;
  const problem = inbox.trouble.value;
  return html`<section class="list" id="list" tabindex="-1" aria-labelledby="list-title">
    <header class="list-head">
      <h1 id="list-title">${viewName(place.view)}</h1>
      <${Filters} inbox=${inbox} place=${place} />
    </header>
    <${BulkBar} inbox=${inbox} selection=${selection} place=${place} />
    ${
      problem &&
      html`<div class="empty" role="alert">
        <p>${explain(problem)}</p>
        <button class="button" onClick=${() => inbox.reload()}>${t("try_again")}</button>
      </div>`
    }
    ${!items && !problem && html`<p class="empty" role="status">${t("loading")}</p>`}
    ${items?.length === 0 && html`<${Empty} inbox=${inbox} place=${place} />`}
    ${items && items.length > 0 && html`<${Rows} inbox=${inbox} items=${items} selection=${selection} place=${place} />`}
  </section>`;
}

/** @param {{ inbox: Inbox, place: Place }} props */
function Empty({ inbox, place }) {
  const counters = inbox.counters.value;
  const nothingYet = counters && counters.all + counters.closed + counters.snoozed === 0;
  if (place.narrowed) {
    return html`<div class="empty">
      <p><strong>${t("empty_view")}</strong></p>
      <p>${t("empty_filtered_hint")}</p>
      <p><a class="button" href=${place.unfiltered}>${t("clear_filters")}</a></p>
    </div>`;
  }
  return html`<div class="empty">
    <p><strong>${t("empty_view")}</strong></p>
    <p>${t(nothingYet ? "empty_first_hint" : "empty_view_hint")}</p>
    ${nothingYet && html`<p><a class="button" href=${`/${inbox.slug}`} target="_blank">${t("contact_page")}</a></p>`}
  </div>`;
}
