// The orders that I may see, newest first.
import { at } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { money } from "../../money.js";
import { usePages } from "../../paged.js";
import { search } from "../../router.js";
import { explain } from "../../toast.js";
import { useNow } from "../now.js";
import { OrderFilters, readFilters, writeFilters } from "./filters.js";
import { useNews } from "./news.js";
import { StateOf } from "./words.js";

/** @import { Order } from "../../types.js" */

/** @param {{ inbox: import("../../inbox.js").Inbox }} props */
export function OrderList({ inbox }) {
  const { slug } = inbox;
  const filters = readFilters(search.value);
  const { items, next, problem, more, reload } = usePages(`${at(slug)}/orders${writeFilters(filters)}`);
  useNews(inbox, reload);
  const path = `/app/${slug}/orders`;
  const narrowed = Object.keys(filters).length > 0;
  return html`
    <${OrderFilters} path=${path} filters=${filters} />
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${!items && !problem && html`<p role="status">${t("loading")}</p>`}
    ${items && items.length > 0 && html`<${Table} slug=${slug} items=${items} />`}
    ${
      items?.length === 0 &&
      html`<div class="empty" role="status">
        <p><strong>${t(narrowed ? "orders_none_such" : "orders_none")}</strong></p>
        <p>${narrowed ? html`<a href=${path}>${t("clear_filters")}</a>` : t("orders_none_hint")}</p>
      </div>`
    }
    ${next && html`<p><button class="button" onClick=${more}>${t("load_more")}</button></p>`}
  `;
}

/** @param {{ slug: string, items: Order[] }} props */
function Table({ slug, items }) {
  const now = useNow();
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("orders")}>
    <table class="sales-table">
      <thead><tr>
        <th scope="col">${t("order_number")}</th><th scope="col">${t("customer")}</th><th scope="col">${t("order_state")}</th>
        <th scope="col" class="number">${t("order_total")}</th><th scope="col" class="far">${t("order_agent")}</th>
        <th scope="col" class="far">${t("order_age")}</th>
      </tr></thead>
      <tbody>${items.map((order) => html`<${Row} key=${order.id} slug=${slug} order=${order} now=${now} />`)}</tbody>
    </table>
  </div>`;
}

/** @param {{ slug: string, order: Order, now: number }} props */
function Row({ slug, order, now }) {
  const { id, number, contact, total, agent, created_at, lines } = order;
  return html`<tr>
    <th scope="row"><a href=${`/app/${slug}/orders/${id}`}>#${number}</a></th>
    <td class="wide"><span class="clip">${contact.name}</span><small class="clip">${lines.map(({ name }) => name).join(", ")}</small></td>
    <td><${StateOf} order=${order} /></td>
    <td class="number">${money(total)}</td>
    <td class="far">${agent?.name ?? t("order_by_customer")}</td>
    <td class="far"><time datetime=${created_at} title=${inFull(created_at)}>${age(created_at, now)}</time></td>
  </tr>`;
}
