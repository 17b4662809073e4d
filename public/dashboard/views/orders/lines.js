// What an order is about and what it comes to, to be read.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money, percent } from "../../money.js";

/** @import { Order } from "../../types.js" */

/** @param {{ order: Order }} props */
export function Lines({ order }) {
  const { lines, net, tax, total, paid, due, overpaid } = order;
  const sums = /** @type {const} */ ([
    ["order_net", net, true],
    ["order_tax", tax, true],
    ["order_total", total, true],
    ["order_paid", paid, paid.amount > 0],
    ["order_due", due, due.amount > 0],
    ["order_overpaid", overpaid, overpaid.amount > 0],
  ]);
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("order_lines")}>
    <table class="sales-table">
      <thead><tr>
        <th scope="col">${t("line_name")}</th><th scope="col" class="number">${t("line_quantity")}</th>
        <th scope="col" class="number far">${t("line_price")}</th><th scope="col" class="number far">${t("line_tax")}</th>
        <th scope="col" class="number">${t("line_total")}</th>
      </tr></thead>
      <tbody>${lines.map(
        (line, place) => html`<tr key=${place}>
          <th scope="row" class="wide">${line.name} <small class="near">${money(line.unit_price)} · ${percent(line.tax_rate)}</small></th><td class="number">${line.quantity}</td>
          <td class="number far">${money(line.unit_price)}</td><td class="number far">${percent(line.tax_rate)}</td>
          <td class="number">${money(line.total)}</td>
        </tr>`,
      )}</tbody>
      <tfoot>${sums
        .filter(([, , shown]) => shown)
        .map(
          ([name, sum]) => html`<tr key=${name} data-sum=${name}>
            <td class="far" colspan="2"></td><th scope="row" colspan="2">${t(name)}</th><td class="number">${money(sum)}</td>
          </tr>`,
        )}</tfoot>
    </table>
  </div>`;
}
