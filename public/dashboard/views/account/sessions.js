// Where I am signed in.
import { ask } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { leave } from "../../session.js";
import { attempt } from "../../toast.js";

/** @typedef {{ id: string, created_at: string, user_agent: string, current: boolean }} OpenSession */

export function Sessions() {
  const { data, reload } = useResource("/api/sessions");
  if (!data) return null;
  const end = (/** @type {string} */ id) => attempt(ask("DELETE", `/api/sessions/${id}`).then(reload));
  return html`<section class="card" aria-labelledby="sessions-title">
    <h2 id="sessions-title">${t("open_sessions")}</h2>
    <ul class="rows">
      ${data.items.map(
        (/** @type {OpenSession} */ one) => html`<li key=${one.id} class="row">
          <div><strong>${device(one.user_agent)}</strong>${one.current && html` <span class="tag">${t("this_session")}</span>`}
            <br /><small>${t("signed_in_since")} <time datetime=${one.created_at} title=${inFull(one.created_at)}>${age(one.created_at, Date.now())}</time></small></div>
          ${
            !one.current &&
            html`<button class="button" onClick=${() => end(one.id)} aria-label=${`${t("end_session")}: ${device(one.user_agent)}, ${inFull(one.created_at)}`}>${t("end_session")}</button>`
          }
        </li>`,
      )}
    </ul>
    <p class="form-actions"><button class="button" onClick=${() => attempt(ask("DELETE", "/api/sessions").then(leave))}>${t("sign_out_everywhere")}</button></p>
  </section>`;
}

/** A browser's name for itself, in a few words. @param {string} agent */
function device(agent) {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux|CrOS)/.exec(agent)?.[1];
  const names = /** @type {Record<string, string>} */ ({
    Edg: "Edge",
    OPR: "Opera",
    "Mac OS X": "macOS",
    CrOS: "ChromeOS",
  });
  const known = [browser, system].filter((name) => name !== undefined).map((name) => names[name] ?? name);
  return known.join(", ") || agent.slice(0, 60) || t("a_program");
}
