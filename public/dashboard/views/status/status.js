// Agent Status: who is there, what everybody has, and the conversations and customers that can be taken off them.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Board } from "../../board.js";
import { html } from "../../html.js";
import { inFull, span, t } from "../../i18n.js";
import { isFull } from "../../presence.js";
import { company, may } from "../../session.js";
import { explain } from "../../toast.js";
import { useNow } from "../now.js";
import { Agent } from "./agent.js";

/** @import { BoardAgent } from "../../types.js" */
/** @typedef {keyof typeof SHOWN} Shown */

/** Also what is just being taken from him: his card stays until it is gone. */
const hasSomething = (/** @type {BoardAgent} */ { had }) => had !== undefined && had > 0;
const works = (/** @type {BoardAgent} */ { status, assignable }) => status === "active" && assignable;

/** Whom the page can show. */
const SHOWN = {
  /** @param {BoardAgent} agent */
  working: (agent) => works(agent) || hasSomething(agent),
  /** @param {BoardAgent} agent */
  available: (agent) => works(agent) && agent.presence === "online",
  /** @param {BoardAgent} agent */
  full: (agent) => works(agent) && isFull(agent),
  /** @param {BoardAgent} agent */
  with_conversations: hasSomething,
  everybody: () => true,
};

/** @param {{ inbox: import("../../inbox.js").Inbox, id?: string }} props */
export function AgentStatus({ inbox, id }) {
  document.title = `${t("agent_status")} · ${company.value?.name}`;
  return html`<main class="screen status-screen">
    <p><a href=${`/app/${inbox.slug}`}>← ${t("conversations")}</a></p>
    <header class="screen-head"><h1>${t("agent_status")}</h1></header>
    ${
      may("status_board.view")
        ? html`<${Everybody} key=${id} inbox=${inbox} id=${id} />`
        : html`<p role="alert">${t("no_permission")}</p>`
    }
  </main>`;
}

/** @param {{ inbox: import("../../inbox.js").Inbox, id?: string }} props */
function Everybody({ inbox, id }) {
  const board = useMemo(() => new Board(inbox), [inbox]);
  useEffect(() => () => board.end(), [board]);
  const wanted = useSignal("");
  const now = useNow();
  const shown = useSignal(/** @type {Shown} */ ("working"));
  const [items, problem] = [board.items.value, board.trouble.value];
  if (problem && (!items || problem.status === 403)) {
    return html`<div class="empty" role="alert">
      <p>${problem.status === 403 ? t("no_permission") : explain(problem)}</p>
      <button class="button" onClick=${() => board.load()}>${t("try_again")}</button>
    </div>`;
  }
  if (!items) return html`<p role="status">${t("loading")}</p>`;
  const named = items.filter((one) => one.name.toLowerCase().includes(wanted.value.trim().toLowerCase()));
  const chosen = named.filter((one) => one.id === id || SHOWN[shown.value](one));
  return html`
    ${
      problem &&
      html`<p class="notice notice-error" role="alert">${t("board_is_old")} ${explain(problem)}
        ${" "}<button class="link" onClick=${() => board.load()}>${t("try_again")}</button></p>`
    }
    <${Figures} board=${board} items=${items} now=${now} />
    <div class="filters">
      <div class="field">
        <label for="search-agents">${t("search_agents")}</label>
        <input id="search-agents" type="search" value=${wanted.value} onInput=${(
          /** @type {any} */ event,
        ) => {
          wanted.value = event.target.value;
        }} />
      </div>
      <div class="field">
        <label for="shown">${t("show")}</label>
        <select id="shown" value=${shown.value} onChange=${(/** @type {any} */ event) => {
          shown.value = event.target.value;
        }}>
          ${
            /** @type {Shown[]} */ (Object.keys(SHOWN)).map(
              (name) =>
                html`<option key=${name} value=${name}>${t(`show_${name}`)} (${named.filter(SHOWN[name]).length})</option>`,
            )
          }
        </select>
      </div>
    </div>
    <p class="visually-hidden" role="status">${t("users_found", { count: chosen.length })}</p>
    ${chosen.length === 0 && html`<p class="empty">${t(items.length === 0 ? "nobody_here" : "nobody_such")}</p>`}
    <ul class="cards">
      ${chosen.map((agent) => html`<li key=${agent.id}><${Agent} board=${board} agent=${agent} all=${items} now=${now} open=${agent.id === id} /></li>`)}
    </ul>
  `;
}

/** What is to be compared at a glance. @param {{ board: Board, items: BoardAgent[], now: number }} props */
function Figures({ board, items, now }) {
  const { waiting, longest } = board.queue.value;
  const available = items.filter(SHOWN.available);
  const free = available.reduce((sum, { open, limit }) => sum + Math.max(limit - open, 0), 0);
  return html`<dl class="figures">
    <div data-warn=${waiting > 0 && free === 0}><dt>${t("waiting")}</dt><dd>${waiting > 0 ? html`<a href=${`/app/${board.slug}/unassigned`}>${waiting}</a>` : waiting}</dd></div>
    <div><dt>${t("longest_wait")}</dt><dd>${longest ? html`<time datetime=${longest} title=${inFull(longest)}>${span(longest, now)}</time>` : "–"}</dd></div>
    <div><dt>${t("agents_available")}</dt><dd>${t("load_of", { open: available.length, limit: items.filter(works).length })}</dd></div>
    <div><dt>${t("free_places")}</dt><dd>${free}</dd></div>
  </dl>`;
}
