// Reports: what conversations, agents and payments came to, as figures, pictures and rows.
import { at } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import {
  asked,
  attended,
  lasting,
  monthName,
  readWanted,
  rowName,
  SUBJECTS,
  shortDay,
  shortWeekday,
  writeWanted,
} from "../../reports.js";
import { useResource } from "../../resource.js";
import { replace, search } from "../../router.js";
import { company, may } from "../../session.js";
import { explain } from "../../toast.js";
import { Figures } from "./figures.js";
import { ReportFilters } from "./filters.js";
import { Payments } from "./payments.js";
import { Bars, Heat, Lines } from "./pictures.js";
import { Schedules } from "./schedules.js";
import { Rows } from "./table.js";

/** @import { Report, ReportRow, Wanted } from "../../reports.js" */

const CAPABILITIES = {
  conversations: "report.conversations",
  agents: "report.conversations",
  payments: "report.payments",
};

/** The reports that somebody may see at all. */
export const reportsOf = () => SUBJECTS.filter((subject) => may(CAPABILITIES[subject]));

/** @param {{ slug: string, subject?: string }} props */
export function Reports({ slug, subject }) {
  document.title = `${t("reports")} · ${company.value?.name}`;
  const known = reportsOf();
  const shown = known.find((one) => one === subject) ?? known[0];
  return html`<main class="screen report-screen" id="main">
    <header class="screen-head"><h1>${t("reports")}</h1></header>
    ${
      shown
        ? html`<nav class="tabs" aria-label=${t("report_kinds")}>${known.map(
            (one) =>
              html`<a href=${`/app/${slug}/reports/${one}${search.value}`} aria-current=${one === shown ? "page" : undefined}>${t(`report_${one}`)}</a>`,
          )}</nav>
          <${OneReport} key=${shown} slug=${slug} subject=${shown} />`
        : html`<p role="alert">${t("no_permission")}</p>`
    }
  </main>`;
}

/** @param {{ slug: string, subject: keyof typeof CAPABILITIES }} props */
function OneReport({ slug, subject }) {
  const wanted = readWanted(search.value);
  const { data: settings } = useResource(at(slug));
  const zone = settings?.time_zone;
  const path = `${at(slug)}/reports/${subject}`;
  const query = zone && asked(wanted, zone, subject);
  const { data, problem, reload } = useResource(query ? `${path}?${query}` : undefined);
  const onChange = (/** @type {Partial<Wanted>} */ change) =>
    replace(`/app/${slug}/reports/${subject}${writeWanted({ ...wanted, ...change })}`);
  if (!zone) return html`<p role="status">${t("loading")}</p>`;
  return html`
    <${ReportFilters} wanted=${wanted} zone=${zone} subject=${subject} onChange=${onChange} />
    ${problem && html`<div class="empty" role="alert"><p>${explain(problem)}</p><button class="button" onClick=${reload}>${t("try_again")}</button></div>`}
    <div aria-live="polite" aria-busy=${!data && !problem}>
      ${!data && !problem && html`<p role="status">${t("loading")}</p>`}
      ${data && (subject === "payments" ? html`<${Paid} report=${data} path=${path} wanted=${wanted} zone=${zone} />` : html`<${Told} report=${data} path=${path} wanted=${wanted} zone=${zone} reload=${reload} />`)}
    </div>
  `;
}

/** @param {{ report: Report, path: string, wanted: Wanted, zone: string, reload: () => void }} props */
function Told({ report, path, wanted, zone, reload }) {
  const { totals, series, heat, outstanding } = report;
  const { attendance, rating, ...others } = totals;
  const told = [...Object.values(others), rating.count, ...Object.values(attendance ?? {})];
  const empty = told.every((value) => (typeof value === "object" ? value.count === 0 : !value));
  const days = `${shortDay(report.from, true)} – ${shortDay(report.to, true)}`;
  const part = (/** @type {ReportRow} */ { key }) =>
    series.interval === "month" ? monthName(key ?? "") : shortDay(key ?? "");
  return html`
    <div class="report-head">
      <p class="report-days">${days}</p>
      <${Export} slug=${company.value?.slug} subject=${report.report} path=${path} wanted=${wanted} zone=${zone} />
    </div>
    ${outstanding > 0 && html`<p class="notice notice-warn" role="status">${t("report_outstanding", { count: outstanding })} <button class="link" onClick=${reload}>${t("try_again")}</button></p>`}
    <${Figures} report=${report} />
    ${empty && html`<p class="empty" role="status">${t("report_empty")}</p>`}
    ${
      !empty &&
      html`<div class="pictures">
        ${
          report.report === "agents"
            ? html`<${Bars} title=${t("report_bars", { group: t("group_agent").toLocaleLowerCase() })} first=${t("group_agent")} measure=${t("measure_replies")}
                bars=${report.rows.map((row) => [rowName("agent", row), row.replies])} />
              ${
                attendance &&
                html`<${Bars} title=${t("report_attendance", { group: t("group_agent").toLocaleLowerCase() })} first=${t("group_agent")} measure=${t("measure_online")}
                  bars=${report.rows.map((row) => [rowName("agent", row), row.attendance?.online_seconds ?? 0])} write=${attended} />`
              }`
            : html`<${Lines} title=${t("report_over_time")} first=${t(`part_${series.interval}`)} labels=${series.rows.map(part)}
                lines=${["opened", "closed"].map((name) => ({
                  name: t(/** @type {any} */ (`measure_${name}`)),
                  values: series.rows.map((row) => row[/** @type {"opened" | "closed"} */ (name)]),
                }))} />`
        }
        <${Lines} title=${t("report_response_over_time")} first=${t(`part_${series.interval}`)} labels=${series.rows.map(part)} spans write=${lasting}
          lines=${[{ name: t("measure_first_response"), values: series.rows.map((row) => row.first_response.median_seconds) }]} />
        <${Heat} title=${t("report_heat")} first=${t("group_weekday")} days=${[1, 2, 3, 4, 5, 6, 7].map(shortWeekday)} cells=${heat} />
      </div>
      <${Rows} report=${report} />`
    }
    <details class="definitions">
      <summary>${t("report_definitions")}</summary>
      <ul>
        ${
          /** @type {const} */ ([
            "first_response",
            "waiting",
            "resolution",
            "reopened",
            "business",
            "place",
            ...(report.report === "agents" ? /** @type {const} */ (["online"]) : []),
          ]).map((name) => html`<li>${t(`definition_${name}`)}</li>`)
        }
        <li>${t("report_clock_note", { zone: report.time_zone })}</li>
      </ul>
    </details>
  `;
}

/** @param {{ report: import("./payments.js").PaymentReport, path: string, wanted: Wanted, zone: string }} props */
function Paid({ report, path, wanted, zone }) {
  return html`
    <div class="report-head">
      <p class="report-days">${shortDay(report.from, true)} – ${shortDay(report.to, true)}</p>
      <${Export} slug=${company.value?.slug} subject="payments" path=${path} wanted=${wanted} zone=${zone} />
    </div>
    <${Payments} report=${report} />`;
}

/** @param {{ slug: string, subject: string, path: string, wanted: Wanted, zone: string }} props */
function Export({ slug, subject, path, wanted, zone }) {
  const to = (/** @type {string} */ format) => `${path}?${asked(wanted, zone, subject, format)}`;
  return html`<div class="report-actions">
    ${
      may("report.export") &&
      html`<${Schedules} slug=${slug} subject=${subject} wanted=${wanted} />
      <a class="button" href=${to("xlsx")} download target="_self">${t("export_xlsx")}</a>
      <a class="button" href=${to("csv")} download target="_self">${t("export_csv_file")}</a>`
    }
    <button type="button" class="button" onClick=${() => print()}>${t("print")}</button>
  </div>`;
}
