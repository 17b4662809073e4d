// The audit trail: who did what to whom, from where.
import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { at, get } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { agents, folders, may, teams } from "../../session.js";
import { attempt, explain } from "../../toast.js";

/**
 * @typedef {{ id: string, at: string, by: { id: string | null, name: string }, action: string,
 *   target: { kind: string, id: string, name: string }, detail: any, address: string, user_agent: string }} AuditLine
 */

const ACTIONS = [
  "agent.invited",
  "agent.invited_again",
  "agent.joined",
  "agent.updated",
  "agent.profile_changed",
  "agent.disabled",
  "agent.enabled",
  "agent.removed",
  "agent.password_reset",
  "agent.password_change_forced",
  "password.changed",
  "password.reset",
  "second_factor.enabled",
  "second_factor.disabled",
  "role.created",
  "role.updated",
  "role.deleted",
  "team.created",
  "team.updated",
  "team.deleted",
  "folder.created",
  "folder.renamed",
  "folder.deleted",
  "folder.rights_set",
  "tag.created",
  "tag.changed",
  "tag.deleted",
  "tag.merged",
  "response.created",
  "response.updated",
  "response.deleted",
  "company.settings_changed",
  "company.index_rebuilt",
  "company.logo_set",
  "company.logo_removed",
  "contact.stuck",
  "contact.unstuck",
  "contact.exported",
  "contact.erased",
  "company.exported",
  "erasures.reapplied",
];

/** @param {{ slug: string }} props */
export function Audit({ slug }) {
  const action = useSignal("");
  const actor = useSignal("");
  const day = useSignal("");
  const query = new URLSearchParams();
  if (action.value) query.set("action", action.value);
  if (actor.value) query.set("actor", actor.value);
  if (day.value) {
    const from = new Date(`${day.value}T00:00:00`);
    query.set("from", from.toISOString());
    query.set("until", new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1).toISOString());
  }
  const path = `${at(slug)}/audit?${query}`;
  const { data, problem } = useResource(path);
  const [more, setMore] = useState(
    /** @type {{ items: AuditLine[], next: string | null }} */ ({ items: [], next: null }),
  );
  useEffect(() => setMore({ items: [], next: data?.next ?? null }), [data]);
  const load = () =>
    attempt(
      get(`${path}${query.size ? "&" : ""}cursor=${more.next}`).then((page) =>
        setMore({ items: [...more.items, ...page.items], next: page.next }),
      ),
    );
  const lines = /** @type {AuditLine[]} */ ([...(data?.items ?? []), ...more.items]);
  const exported = new URLSearchParams(query);
  exported.set("format", "csv");
  return html`
    <header class="screen-head">
      <h1>${t("settings_audit")}</h1>
      ${may("tenant.audit_export") && html`<a class="button" href=${`${at(slug)}/audit?${exported}`} download="audit.csv" target="_self">${t("export_csv")}</a>`}
    </header>
    <form class="filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <div class="field"><label for="by-action">${t("action")}</label>
        <select id="by-action" onChange=${(/** @type {any} */ { target }) => {
          action.value = target.value;
        }}>
          <option value="">${t("any")}</option>${ACTIONS.map((name) => html`<option value=${name}>${name}</option>`)}
        </select></div>
      <div class="field"><label for="by-actor">${t("who")}</label>
        <select id="by-actor" onChange=${(/** @type {any} */ { target }) => {
          actor.value = target.value;
        }}>
          <option value="">${t("anybody")}</option>${agents.value.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select></div>
      <div class="field"><label for="by-day">${t("on_day")}</label>
        <input id="by-day" type="date" onInput=${(/** @type {any} */ { target }) => {
          day.value = target.value;
        }} /></div>
    </form>
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${!data && !problem && html`<p role="status">${t("loading")}</p>`}
    ${data && lines.length === 0 && html`<p class="hint">${t("no_lines")}</p>`}
    ${
      lines.length > 0 &&
      html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("settings_audit")}><table>
        <thead><tr><th scope="col">${t("when")}</th><th scope="col">${t("who")}</th><th scope="col">${t("action")}</th>
          <th scope="col">${t("target")}</th><th scope="col">${t("details")}</th><th scope="col">${t("from_where")}</th></tr></thead>
        <tbody>${lines.map(
          (line) => html`<tr key=${line.id}>
            <td><time datetime=${line.at} title=${inFull(line.at)}>${moment(line.at)}</time></td>
            <td>${line.by.name || t("nobody_signed_in")}</td>
            <td><code>${line.action}</code></td>
            <td>${line.target.name || (line.target.kind === "contact" ? t("erased_contact") : "")}</td>
            <td class="detail">${words(line.detail)}</td>
            <td title=${line.user_agent}>${line.address || t("this_machine")}</td>
          </tr>`,
        )}</tbody>
      </table></div>`
    }
    ${more.next && html`<p><button class="button" onClick=${load}>${t("load_more")}</button></p>`}
  `;
}

/** What exactly was done, on a line. @param {any} detail @returns {string} */
function words(detail) {
  if (detail === null || detail === "" || detail === false) return "–";
  if (detail === true) return "✓";
  if (Array.isArray(detail)) return detail.map(words).join("; ") || "–";
  if (typeof detail !== "object") return nameOf(String(detail));
  const { from, to, ...rest } = detail;
  const change = "from" in detail && "to" in detail ? [`${words(from)} → ${words(to)}`] : [];
  return [...change, ...Object.entries(rest).map(([name, value]) => `${name}: ${words(value)}`)].join(", ");
}

/** The name of what an id stands for; anything else as it is. @param {string} text */
const nameOf = (text) =>
  [...agents.value, ...teams.value, ...folders.value].find(({ id }) => id === text)?.name ?? text;
