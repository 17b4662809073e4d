// The people of the company: who they are, what they may do, who is there, and how many seats are left.
import { useSignal } from "@preact/signals";
import { at } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { may } from "../../session.js";
import { explain } from "../../toast.js";
import { Face } from "../face.js";
import { useRoleNames } from "./role-names.js";

/** @import { AgentRecord } from "../../types.js" */

/** @param {{ slug: string }} props */
export function Users({ slug }) {
  const wanted = useSignal("");
  const { data, problem, reload } = useResource(`${at(slug)}/agents`);
  const nameOf = useRoleNames(slug);
  const matches = (/** @type {AgentRecord} */ { name, email, first_name, last_name }) =>
    [name, email, `${first_name} ${last_name}`].some((text) =>
      text.toLowerCase().includes(wanted.value.trim().toLowerCase()),
    );
  if (problem) {
    return html`<p role="alert">${explain(problem)}</p><button class="button" onClick=${reload}>${t("try_again")}</button>`;
  }
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  const shown = /** @type {AgentRecord[]} */ (data.items).filter(matches);
  return html`
    <header class="screen-head">
      <h1>${t("settings_users")}</h1>
      ${may("agent.invite") && html`<a class="button button-primary" href=${`/app/${slug}/settings/users/new`}>${t("add_agent")}</a>`}
    </header>
    <dl class="figures">
      <div><dt>${t("seats_used")}</dt><dd>${data.seats.used} / ${data.seats.total}</dd></div>
      <div><dt>${t("seats_free")}</dt><dd>${data.seats.total - data.seats.used}</dd></div>
      <div><dt>${t("agents_available")}</dt><dd>${data.available}</dd></div>
      <div><dt>${t("agents_offline")}</dt><dd>${data.offline}</dd></div>
    </dl>
    <div class="field narrow">
      <label for="search-users">${t("search_users")}</label>
      <input id="search-users" type="search" value=${wanted.value} onInput=${(/** @type {any} */ event) => {
        wanted.value = event.target.value;
      }} />
    </div>
    <p class="visually-hidden" role="status">${t("users_found", { count: shown.length })}</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${t("settings_users")}>
      <table>
        <thead><tr>
          <th scope="col">${t("name")}</th><th scope="col">${t("email")}</th><th scope="col">${t("role")}</th>
          <th scope="col">${t("presence")}</th><th scope="col">${t("last_seen")}</th>
        </tr></thead>
        <tbody>
          ${shown.map((one) => html`<${Row} key=${one.id} slug=${slug} agent=${one} nameOf=${nameOf} />`)}
        </tbody>
      </table>
    </div>
    ${shown.length === 0 && html`<p class="hint">${t("nobody_found")}</p>`}
  `;
}

/** @param {{ slug: string, agent: AgentRecord, nameOf: (id: string) => string }} props */
function Row({ slug, agent, nameOf }) {
  const { status, presence, last_seen_at } = agent;
  return html`<tr>
    <th scope="row">
      <a class="person" href=${`/app/${slug}/settings/users/${agent.id}`}>
        <${Face} name=${agent.name} photo=${agent.photo_url} />
        <span>${agent.name}</span>
      </a>${agent.owner && html` <span class="tag">${t("owner")}</span>`}
    </th>
    <td>${agent.email}</td>
    <td>${agent.roles.map(nameOf).join(", ")}</td>
    <td>${
      status === "active"
        ? html`<span class="presence" data-presence=${presence}>${t(`presence_${presence}`)}</span>`
        : html`<span class="tag">${t(`standing_${status}`)}</span>`
    }</td>
    <td>${last_seen_at ? html`<time datetime=${last_seen_at} title=${inFull(last_seen_at)}>${age(last_seen_at, Date.now())}</time>` : "–"}</td>
  </tr>`;
}
