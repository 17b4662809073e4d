// The figures of a report at a glance, and against the days before.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { attended, change, lasting, number, score, shortDay } from "../../reports.js";

/** @import { Attendance, Measures, Report, Spread } from "../../reports.js" */

/** @param {{ report: Report }} props */
export function Figures({ report }) {
  const { totals, before } = report;
  const count = (/** @type {keyof Measures} */ name) => {
    const of = (/** @type {Measures} */ measures) => Number(measures[name] ?? 0);
    return html`<${Figure} title=${t(/** @type {any} */ (`measure_${name}`))} value=${number(of(totals))}
      now=${of(totals)} then=${before ? of(before.totals) : undefined} before=${before} />`;
  };
  const time = (/** @type {"first_response" | "resolution" | "waiting"} */ name) => {
    const spread = totals[name];
    return html`<${Figure} title=${`${t(`measure_${name}`)} (${t("median")})`} value=${lasting(spread.median_seconds)} more=${ofSpread(spread)}
      now=${spread.median_seconds} then=${before ? before.totals[name].median_seconds : undefined} before=${before} />`;
  };
  const { rating } = totals;
  return html`<dl class="figures report-figures">
    ${report.report === "agents" ? count("conversations") : count("opened")}
    ${count("closed")} ${count("replies")} ${count("customer_messages")} ${count("reopened")}
    ${totals.attendance && html`<${Attended} attendance=${totals.attendance} before=${before} />`}
    ${time("first_response")} ${time("waiting")} ${time("resolution")}
    <${Figure} title=${t("measure_rating")} value=${rating.count ? t("rating_of", { score: score(rating.mean_hundredths) }) : "–"}
      more=${rating.count ? t("ratings_count", { count: number(rating.count) }) : ""}
      now=${rating.mean_hundredths} then=${before?.totals.rating.mean_hundredths} before=${before} />
  </dl>`;
}

/** For how long agents were there. @param {{ attendance: Attendance, before: Report["before"] }} props */
function Attended({ attendance, before }) {
  const { online_seconds, away_seconds, busy_seconds } = attendance;
  return html`<${Figure} title=${t("measure_online")} value=${attended(online_seconds)}
    more=${t("attendance_besides", { away: attended(away_seconds), busy: attended(busy_seconds) })}
    now=${online_seconds} then=${before?.totals.attendance?.online_seconds} before=${before} />`;
}

/** @param {Spread} spread */
const ofSpread = ({ mean_seconds, p90_seconds }) =>
  mean_seconds === null ? "" : t("mean_of", { mean: lasting(mean_seconds), p90: lasting(p90_seconds) });

/**
 * @param {{ title: string, value: string, more?: string, now: number | null, then?: number | null,
 *   before: Report["before"] }} props
 */
function Figure({ title, value, more, now, then, before }) {
  return html`<div>
    <dt>${title}</dt>
    <dd>${value}${more && html`<small>${more}</small>`}
      ${before && now !== null && html`<small class="change">${against(now, then ?? 0, before)}</small>`}</dd>
  </div>`;
}

/** @param {number} now @param {number} then @param {{ from: string, to: string }} days */
function against(now, then, { from, to }) {
  const days = { from: shortDay(from), to: shortDay(to) };
  if (now === then) return t("before_same", days);
  const by = change(now, then);
  return by ? t("before_period", { change: by, ...days }) : t("before_none", days);
}
