// A report on orders and payments: how many, how much in each currency, and what has become of them.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money } from "../../money.js";
import { change, lasting, number, rowName, shortDay } from "../../reports.js";
import { Bars } from "./pictures.js";

/** @import { Key } from "../../i18n.js" */
/** @import { Spread } from "../../reports.js" */

/**
 * @typedef {{ currency: string, ordered: number, received: number, reconciled: number, rejected: number }} Sum
 * @typedef {{ orders: number, states: Record<string, number>, payments: number, reconciled: number, rejected: number,
 *   money: Sum[], time_to_pay: Spread, time_to_reconcile: Spread }} OrderMeasures
 * @typedef {OrderMeasures & { key: string | null, name?: string }} PaymentRow
 * @typedef {{ from: string, to: string, group: string, totals: OrderMeasures, rows: PaymentRow[],
 *   before: { from: string, to: string, totals: OrderMeasures } | null }} PaymentReport
 */

const AMOUNTS = /** @type {const} */ (["ordered", "received", "reconciled", "rejected"]);

/** @param {Sum} sum @param {typeof AMOUNTS[number]} name */
const amount = (sum, name) => money({ amount: sum[name], currency: sum.currency });

/** @param {{ report: PaymentReport }} props */
export function Payments({ report }) {
  const { totals, before, rows, group } = report;
  if (totals.orders === 0) return html`<p class="empty" role="status">${t("report_empty")}</p>`;
  const against = before && change(totals.orders, before.totals.orders);
  return html`
    <dl class="figures report-figures">
      <div><dt>${t("measure_orders")}</dt><dd>${number(totals.orders)}
        ${before && against && html`<small>${t("before_period", { change: against, from: shortDay(before.from), to: shortDay(before.to) })}</small>`}</dd></div>
      ${totals.money.map(
        (sum) => html`<div key=${sum.currency}><dt>${t("amount_received")}</dt><dd>${amount(sum, "received")}
          <small>${t("amount_of", { ordered: amount(sum, "ordered"), reconciled: amount(sum, "reconciled") })}</small></dd></div>`,
      )}
      <div><dt>${t("measure_reconciled")}</dt><dd>${number(totals.reconciled)}</dd></div>
      <div><dt>${t("measure_rejected")}</dt><dd>${number(totals.rejected)}</dd></div>
      <div><dt>${t("time_to_pay")} (${t("median")})</dt><dd>${lasting(totals.time_to_pay.median_seconds)}</dd></div>
      <div><dt>${t("time_to_reconcile")} (${t("median")})</dt><dd>${lasting(totals.time_to_reconcile.median_seconds)}</dd></div>
    </dl>
    <div class="pictures">
      <${Bars} title=${t("orders_by_state")} first=${t("group_state")} measure=${t("measure_orders")}
        bars=${Object.entries(totals.states).map(([state, count]) => [t(/** @type {Key} */ (`order_state_${state}`)), count])} />
    </div>
    <${Rows} group=${group} rows=${rows} />`;
}

/** @param {{ group: string, rows: PaymentRow[] }} props */
function Rows({ group, rows }) {
  const words = t(/** @type {Key} */ (`group_${group}`));
  const title = t("report_rows", { group: words.toLocaleLowerCase() });
  return html`<div class="card">
    <h2>${title}</h2>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="report-table">
        <thead><tr><th scope="col">${words}</th><th scope="col" class="number">${t("measure_orders")}</th>
          <th scope="col" class="number">${t("measure_paid")}</th>
          ${AMOUNTS.map((name) => html`<th scope="col" class="number">${t(`amount_${name}`)}</th>`)}</tr></thead>
        <tbody>${rows.map(
          (row) => html`<tr key=${row.key ?? ""}><th scope="row">${rowName(group, row)}</th>
            <td class="number">${number(row.orders)}</td><td class="number">${number(row.payments)}</td>
            ${AMOUNTS.map((name) => html`<td class="number">${row.money.map((sum) => amount(sum, name)).join(" · ") || "–"}</td>`)}</tr>`,
        )}</tbody>
      </table>
    </div>
  </div>`;
}
