// The payments of all orders that I may see, newest first.
import { at } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { money } from "../../money.js";
import { usePages } from "../../paged.js";
import { replace, search } from "../../router.js";
import { explain } from "../../toast.js";
import { useNow } from "../now.js";
import { Days, Words } from "./filters.js";
import { useNews } from "./news.js";
import { StateChips } from "./state-chips.js";
import { PAYMENT_STATES, PaymentStateOf } from "./words.js";

/** @import { Named, Payment } from "../../types.js" */

const METHODS = /** @type {const} */ (["card", "transfer", "cash_on_delivery"]);
const NAMES = ["state", "method", "q", "from", "to"];

/** @param {{ inbox: import("../../inbox.js").Inbox }} props */
export function Payments({ inbox }) {
  const { slug } = inbox;
  const asked = new URLSearchParams(search.value);
  const filters = Object.fromEntries(
    NAMES.map((name) => [name, asked.get(name) ?? ""]).filter(([, value]) => value),
  );
  const query = new URLSearchParams(filters).toString().replaceAll("%2C", ",");
  const { items, next, problem, more, reload } = usePages(`${at(slug)}/payments${query && `?${query}`}`);
  useNews(inbox, reload);
  const path = `/app/${slug}/orders/payments`;
  return html`
    <${Filters} path=${path} filters=${filters} />
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${!items && !problem && html`<p role="status">${t("loading")}</p>`}
    ${items && items.length > 0 && html`<${Table} slug=${slug} items=${items} />`}
    ${
      items?.length === 0 &&
      html`<div class="empty" role="status">
        <p><strong>${t(query ? "payments_none_such" : "payments_none")}</strong></p>
        ${query && html`<p><a href=${path}>${t("clear_filters")}</a></p>`}
      </div>`
    }
    ${next && html`<p><button class="button" onClick=${more}>${t("load_more")}</button></p>`}
  `;
}

/** @param {{ path: string, filters: Record<string, string | undefined> }} props */
function Filters({ path, filters }) {
  const to = (/** @type {Record<string, string | undefined>} */ change) => {
    const all = Object.entries({ ...filters, ...change }).filter(([, value]) => value);
    const query = new URLSearchParams(/** @type {[string, string][]} */ (all)).toString();
    return path + (query && `?${query.replaceAll("%2C", ",")}`);
  };
  return html`
    <${StateChips} all=${PAYMENT_STATES} chosen=${filters.state} to=${(/** @type {string | undefined} */ state) => to({ state })}
      nameOf=${(/** @type {(typeof PAYMENT_STATES)[number]} */ state) => t(`payment_state_${state}`)} />
    <div class="filters">
      <${Words} label=${t("payments_search")} words=${filters.q ?? ""} to=${(/** @type {string | undefined} */ q) => to({ q })} />
      <div class="field">
        <label for="payment-method">${t("payment_method")}</label>
        <select id="payment-method" onChange=${(/** @type {any} */ { target }) => replace(to({ method: target.value || undefined }))}>
          <option value="">${t("any")}</option>
          ${METHODS.map(
            (method) =>
              html`<option key=${method} value=${method} selected=${method === filters.method}>${t(`payment_method_${method}`)}</option>`,
          )}
        </select>
      </div>
      <${Days} filters=${filters} to=${to} />
    </div>
  `;
}

/** @param {{ slug: string, items: (Payment & { contact: Named })[] }} props */
function Table({ slug, items }) {
  const now = useNow();
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("payments")}>
    <table class="sales-table">
      <thead><tr>
        <th scope="col">${t("order_number")}</th><th scope="col">${t("customer")}</th><th scope="col">${t("order_state")}</th>
        <th scope="col" class="number">${t("payment_amount")}</th><th scope="col" class="far">${t("payment_method")}</th>
        <th scope="col">${t("payment_reference")}</th><th scope="col" class="far">${t("order_age")}</th>
      </tr></thead>
      <tbody>${items.map(
        ({ id, order, contact, state, amount, method, reference, created_at }) => html`<tr key=${id}>
          <th scope="row"><a href=${`/app/${slug}/orders/${order.id}`}>#${order.number}</a></th>
          <td class="wide"><span class="clip">${contact.name}</span></td>
          <td><${PaymentStateOf} payment=${{ state }} /></td>
          <td class="number">${money(amount)}</td>
          <td class="far">${t(`payment_method_${method}`)}</td>
          <td><code>${reference || "–"}</code></td>
          <td class="far"><time datetime=${created_at} title=${inFull(created_at)}>${age(created_at, now)}</time></td>
        </tr>`,
      )}</tbody>
    </table>
  </div>`;
}
