// Monitoring: what goes on right now, and what today came to so far.
import { useEffect, useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { inFull, moment, span, t } from "../../i18n.js";
import { Monitor } from "../../monitor.js";
import { lasting, number } from "../../reports.js";
import { company, may } from "../../session.js";
import { explain } from "../../toast.js";
import { useNow } from "../now.js";
import { LoadBar, PresenceWord } from "../presence.js";
import { Lines, Sparkline } from "../reports/pictures.js";

/** @import { AgentNow, Monitoring as Told } from "../../monitor.js" */

/** @param {{ inbox: import("../../inbox.js").Inbox }} props */
export function Monitoring({ inbox }) {
  document.title = `${t("monitoring")} · ${company.value?.name}`;
  return html`<main class="screen report-screen" id="main">
    <header class="screen-head"><h1>${t("monitoring")}</h1></header>
    ${may("monitor.view") ? html`<${Live} inbox=${inbox} />` : html`<p role="alert">${t("no_permission")}</p>`}
  </main>`;
}

/** @param {{ inbox: import("../../inbox.js").Inbox }} props */
function Live({ inbox }) {
  const monitor = useMemo(() => new Monitor(inbox), [inbox]);
  useEffect(() => () => monitor.end(), [monitor]);
  const [told, problem] = [monitor.told.value, monitor.trouble.value];
  if (problem && !told) {
    return html`<div class="empty" role="alert"><p>${explain(problem)}</p>
      <button class="button" onClick=${() => monitor.load()}>${t("try_again")}</button></div>`;
  }
  if (!told) return html`<p role="status">${t("loading")}</p>`;
  const hours = told.today.hours.map(({ hour }) => `${String(hour).padStart(2, "0")}:00`);
  return html`<div>
    ${problem && html`<p class="notice notice-error" role="alert">${t("board_is_old")} ${explain(problem)}</p>`}
    <p class="hint">${t("monitor_live", { time: moment(told.at) })}</p>
    <${Figures} told=${told} slug=${inbox.slug} />
    <${Agents} agents=${told.agents} slug=${inbox.slug} />
    <${Lines} title=${t("monitor_by_hour")} first=${t("hour")} labels=${hours}
      lines=${
        /** @type {const} */ (["opened", "closed"]).map((name) => ({
          name: t(`measure_${name}`),
          values: told.today.hours.map((hour) => hour[name]),
        }))
      } />
  </div>`;
}

/** @param {{ told: Told, slug: string }} props */
function Figures({ told, slug }) {
  const now = useNow();
  const { waiting, longest_waiting_since: longest, running, today } = told;
  const { target, within, count } = today.service_level;
  const time = target ? lasting(seconds(target)) : "";
  return html`<dl class="figures report-figures">
    <div data-warn=${waiting > 0}><dt>${t("waiting")}</dt><dd>${waiting > 0 ? html`<a href=${`/app/${slug}/unassigned`}>${number(waiting)}</a>` : 0}</dd></div>
    <div><dt>${t("longest_wait")}</dt><dd>${longest ? html`<time datetime=${longest} title=${inFull(longest)}>${span(longest, now)}</time>` : "–"}</dd></div>
    <div><dt>${t("monitor_running")}</dt><dd>${number(running)}</dd></div>
    <div><dt>${t("monitor_level")}</dt><dd>${target && count > 0 ? percent(within / count) : "–"}
      <small>${target ? t("monitor_level_of", { within: number(within), count: number(count), target: time }) : t("monitor_no_target")}</small></dd></div>
    ${
      /** @type {const} */ (["opened", "closed"]).map(
        (name) => html`<div><dt>${t(`monitor_${name}`)}</dt><dd>${number(today[name])}
          <${Sparkline} values=${today.hours.map((hour) => hour[name])} /></dd></div>`,
      )
    }
    <div><dt>${t("measure_replies")}</dt><dd>${number(today.replies)}</dd></div>
  </dl>`;
}

/** @param {{ agents: AgentNow[], slug: string }} props */
function Agents({ agents, slug }) {
  const title = t("monitor_load");
  if (agents.length === 0) return html`<p class="empty">${t("monitor_none")}</p>`;
  return html`<div class="card">
    <h2>${title}</h2>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="report-table">
        <thead><tr><th scope="col">${t("monitor_agent")}</th><th scope="col">${t("monitor_presence")}</th><th scope="col">${t("conversations")}</th>
          <th scope="col" class="number">${t("measure_replies")}</th><th scope="col" class="number">${t("measure_closed")}</th>
          <th scope="col" class="number">${t("monitor_orders")}</th></tr></thead>
        <tbody>${agents.map(
          ({ id, name, presence, open, limit, replies, closed, orders }) => html`<tr key=${id}>
            <th scope="row">${may("status_board.view") ? html`<a href=${`/app/${slug}/status/${id}`}>${name}</a>` : name}</th>
            <td><${PresenceWord} presence=${presence} /></td>
            <td><${LoadBar} open=${open} limit=${limit} /></td>
            <td class="number">${number(replies)}</td><td class="number">${number(closed)}</td><td class="number">${number(orders)}</td>
          </tr>`,
        )}</tbody>
      </table>
    </div>
  </div>`;
}

/** @param {number} share */
const percent = (share) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: "percent",
    maximumFractionDigits: 0,
  }).format(share);

/** @param {string} duration as `PT1H30M` */
function seconds(duration) {
  const [, hours, minutes, rest] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
}
