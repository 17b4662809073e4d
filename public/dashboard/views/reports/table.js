// The rows of a report.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { attended, lasting, number, rowName, score } from "../../reports.js";

/** @import { Measures, Report } from "../../reports.js" */

const COUNTS = /** @type {const} */ (["opened", "closed", "reopened", "customer_messages", "replies"]);
const ATTENDED = /** @type {const} */ (["online", "away", "busy"]);
const TIMES = /** @type {const} */ (["first_response", "waiting", "resolution"]);

/** @param {{ report: Report }} props */
export function Rows({ report }) {
  const { group, rows, totals } = report;
  const title = t("report_rows", { group: t(/** @type {any} */ (`group_${group}`)).toLocaleLowerCase() });
  const handled = totals.conversations !== undefined;
  const cells = (/** @type {Measures} */ measures) => html`
    ${handled && html`<td class="number">${number(measures.conversations ?? 0)}</td>`}
    ${measures.attendance && ATTENDED.map((name) => html`<td class="number">${attended(measures.attendance?.[`${name}_seconds`])}</td>`)}
    ${COUNTS.map((name) => html`<td class="number">${number(measures[name])}</td>`)}
    ${TIMES.map((name) => html`<td class="number">${lasting(measures[name].median_seconds)}</td>`)}
    <td class="number">${score(measures.rating.mean_hundredths)}</td>`;
  return html`<div class="card">
    <h2>${title}</h2>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="report-table">
        <thead><tr>
          <th scope="col">${t(/** @type {any} */ (`group_${group}`))}</th>
          ${handled && html`<th scope="col" class="number">${t("measure_conversations")}</th>`}
          ${totals.attendance && ATTENDED.map((name) => html`<th scope="col" class="number">${t(`measure_${name}`)}</th>`)}
          ${COUNTS.map((name) => html`<th scope="col" class="number">${t(`measure_${name}`)}</th>`)}
          ${TIMES.map((name) => html`<th scope="col" class="number">${t(`measure_${name}`)} <small>${t("median")}</small></th>`)}
          <th scope="col" class="number">${t("measure_rating")}</th>
        </tr></thead>
        <tbody>${rows.map((row) => html`<tr key=${row.key ?? ""}><th scope="row">${rowName(group, row)}</th>${cells(row)}</tr>`)}</tbody>
        <tfoot><tr><th scope="row">${t("report_total")}</th>${cells(totals)}</tr></tfoot>
      </table>
    </div>
  </div>`;
}
