// What became of each line of a bank's file, or would.
import { html } from "../../html.js";
import { language, t } from "../../i18n.js";
import { money } from "../../money.js";

/** @import { Money } from "../../types.js" */
/**
 * @typedef {{ row: number, date: string, money: Money, text: string }} Entry
 * @typedef {Entry & { payment_id: string, order: { id: string, number: number } }} Matched
 * @typedef {Entry & { why: "unknown" | "amount_differs" | "already" | "not_expected", payment_id: string | null }} Unmatched
 * @typedef {{ dry_run: boolean, matched: Matched[], ambiguous: (Entry & { payments: string[] })[], unmatched: Unmatched[],
 *   unreadable: { row: number, field: "amount" | "currency" }[], ignored: number, remaining?: number }} StatementReport
 */

/** @param {{ slug: string, report: StatementReport, children?: any }} props */
export function Report({ slug, report, children }) {
  const { dry_run, matched, ambiguous, unmatched, unreadable, ignored } = report;
  const figures = /** @type {const} */ ([
    [dry_run ? "statement_matched" : "statement_reconciled", matched.length],
    ["statement_ambiguous", ambiguous.length],
    ["statement_unmatched", unmatched.length],
    ["statement_unreadable", unreadable.length],
    ["statement_ignored", ignored],
  ]);
  return html`<section class="card" aria-labelledby="report-title">
    <h2 id="report-title" tabindex="-1" ref=${(/** @type {HTMLElement | null} */ title) => title?.focus()}>${t(dry_run ? "statement_would" : "statement_did")}</h2>
    <dl class="figures">${figures.map(
      ([name, count]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${count}</dd></div>`,
    )}</dl>
    ${children}
    <${Entries} title=${t(dry_run ? "statement_matched" : "statement_reconciled")} entries=${matched} last=${t("order")}
      cell=${(/** @type {Matched} */ { order }) => html`<a href=${`/app/${slug}/orders/${order.id}`}>#${order.number}</a>`} />
    <${Entries} title=${t("statement_ambiguous")} entries=${ambiguous} last=${t("statement_why")}
      cell=${(/** @type {{ payments: string[] }} */ { payments }) => t("statement_may_be", { count: payments.length })} />
    <${Entries} title=${t("statement_unmatched")} entries=${unmatched} last=${t("statement_why")}
      cell=${(/** @type {Unmatched} */ { why }) => t(`statement_${why}`)} />
    ${
      unreadable.length > 0 &&
      html`<h3>${t("statement_unreadable")}</h3>
        <ul>${unreadable.map(
          ({ row, field }) =>
            html`<li key=${`${row}-${field}`}>${t(`statement_unreadable_${field}`, { row })}</li>`,
        )}</ul>`
    }
  </section>`;
}

/** @param {{ title: string, entries: Entry[], last: string, cell: (entry: any) => unknown }} props */
function Entries({ title, entries, last, cell }) {
  if (entries.length === 0) return null;
  return html`<h3>${title}</h3>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="sales-table">
        <thead><tr>
          <th scope="col">${t("statement_row")}</th><th scope="col">${t("statement_date")}</th>
          <th scope="col" class="number">${t("payment_amount")}</th><th scope="col">${t("statement_text")}</th>
          <th scope="col">${last}</th>
        </tr></thead>
        <tbody>${entries.map(
          (entry) => html`<tr key=${entry.row}>
            <th scope="row">${entry.row}</th><td>${dayOf(entry.date)}</td><td class="number">${money(entry.money)}</td>
            <td class="detail">${entry.text}</td><td>${cell(entry)}</td>
          </tr>`,
        )}</tbody>
      </table>
    </div>`;
}

const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });

/** As the reader writes days, where it is one. @param {string} date */
const dayOf = (date) => (/^\d{4}-\d{2}-\d{2}$/.test(date) ? day.format(new Date(date)) : date);
