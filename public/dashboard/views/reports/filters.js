// What a report is to be about; each choice goes into the address.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { daysOf, GROUPS, PAYMENT_GROUPS, PERIODS } from "../../reports.js";
import { agents, folders, tags, teams } from "../../session.js";

/** @import { Wanted } from "../../reports.js" */
/** @import { Key } from "../../i18n.js" */

/**
 * @param {{ wanted: Wanted, zone: string, subject: string, onChange: (change: Partial<Wanted>) => void }} props
 */
export function ReportFilters({ wanted, zone, subject, onChange }) {
  const choose = (/** @type {keyof Wanted} */ name) => (/** @type {any} */ event) =>
    onChange({ [name]: event.target.value });
  const period = (/** @type {any} */ event) => {
    const { value } = event.target;
    const days =
      wanted.period === "custom" ? { from: wanted.from, to: wanted.to } : daysOf(wanted.period, zone);
    onChange(value === "custom" ? { period: value, ...days } : { period: value, from: "", to: "" });
  };
  const named = (/** @type {{ id: string, name: string }[]} */ items) =>
    items.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]));
  const channels = ["web", "chat", "agent"].map(
    (name) => /** @type {[string, string]} */ ([name, t(/** @type {Key} */ (`channel_${name}`))]),
  );
  return html`<form class="filters report-filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${Pick} id="period" label=${t("period")} value=${wanted.period} onChange=${period}
      options=${[...PERIODS, "custom"].map((name) => [name, t(/** @type {Key} */ (`period_${name}`))])} />
    ${
      wanted.period === "custom" &&
      ["from", "to"].map(
        (
          name,
        ) => html`<div class="field"><label for=${name}>${t(/** @type {Key} */ (`period_${name}`))}</label>
          <input id=${name} type="date" value=${wanted[/** @type {"from" | "to"} */ (name)]} required
            onChange=${(/** @type {any} */ event) => event.target.value && choose(/** @type {"from" | "to"} */ (name))(event)} /></div>`,
      )
    }
    ${
      subject !== "agents" &&
      html`<${Pick} id="group" label=${t("group_by")} value=${wanted.group} onChange=${choose("group")}
        options=${(subject === "payments" ? PAYMENT_GROUPS : GROUPS).map((name) => [name, t(`group_${name}`)])} />`
    }
    ${
      subject !== "payments" &&
      html`<${Pick} id="clock" label=${t("report_clock")} value=${wanted.clock} onChange=${choose("clock")}
      options=${["calendar", "business"].map((name) => [name, t(/** @type {Key} */ (`clock_${name}`))])} />
    <details class="narrowed" open=${Boolean(wanted.agent || wanted.team || wanted.folder || wanted.tag || wanted.channel)}>
      <summary>${t("report_narrow")}</summary>
      <div class="filters">
        <${Pick} id="agent" label=${t("group_agent")} value=${wanted.agent} onChange=${choose("agent")}
          options=${[["", t("all_agents")], ...named(agents.value)]} />
        <${Pick} id="team" label=${t("group_team")} value=${wanted.team} onChange=${choose("team")}
          options=${[["", t("all_teams")], ...named(teams.value)]} />
        <${Pick} id="folder" label=${t("group_folder")} value=${wanted.folder} onChange=${choose("folder")}
          options=${[["", t("all_folders")], ...named(folders.value)]} />
        <${Pick} id="tag" label=${t("group_tag")} value=${wanted.tag} onChange=${choose("tag")}
          options=${[["", t("all_tags")], ...named(tags.value)]} />
        <${Pick} id="channel" label=${t("group_channel")} value=${wanted.channel} onChange=${choose("channel")}
          options=${[["", t("all_channels")], ...channels]} />
      </div>
    </details>`
    }
    <label class="check"><input type="checkbox" checked=${wanted.compare}
      onChange=${(/** @type {any} */ event) => onChange({ compare: event.target.checked })} /> ${t("report_compare")}</label>
  </form>`;
}

/** @param {{ id: string, label: string, value: string, options: [string, string][], onChange: (event: Event) => void }} props */
function Pick({ id, label, value, options, onChange }) {
  return html`<div class="field"><label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${onChange}>
      ${options.map(([name, words]) => html`<option key=${name} value=${name} selected=${name === value}>${words}</option>`)}
    </select></div>`;
}
