// Giving conversations of an agent to a colleague or back to the queue; beyond a colleague's limit only in so many words.
import { useSignal } from "@preact/signals";
import { useProgress } from "../../bulk.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { may } from "../../session.js";
import { toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { LoadBar, PresenceWord } from "../presence.js";
import { Named, Refusals, Underway } from "./together.js";

/** @import { BoardAgent, BoardConversation } from "../../types.js" */
/** @import { Refused } from "../../bulk.js" */

const QUEUE = "queue";
/** From so many people on, they are easier to search than to read. */
const MANY = 8;

/**
 * @param {{ board: import("../../board.js").Board, from: BoardAgent, conversations: BoardConversation[],
 *   people: BoardAgent[], onClose: () => void }} props
 */
export function Transfer({ board, from, conversations, people, onClose }) {
  const left = useSignal(conversations);
  const refused = useSignal(/** @type {Refused<BoardConversation>[]} */ ([]));
  const to = useSignal("");
  const force = useSignal(false);
  /** What the server said of somebody's limit, where the page did not know. */
  const said = useSignal(/** @type {{ id: string, open: number, limit: number } | undefined} */ (undefined));
  const { progress, run, stop } = useProgress();
  const end = () => {
    stop();
    onClose();
  };
  const agent = people.find(({ id }) => id === to.value);
  const load = agent && said.value?.id === agent.id ? said.value : agent;
  const tooMany = load && load.open + left.value.length > load.limit;

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const target = to.value === QUEUE ? null : to.value;
    const beyond = Boolean(tooMany && force.value);
    const result = await run(left.value, (one) => board.transfer(from, one, target, beyond));
    left.value = left.value.filter((one) => !result.done.includes(one));
    const full = result.refused.find(({ problem }) => problem.code === "at_capacity")?.problem;
    refused.value = result.refused.filter(({ problem }) => problem.code !== "at_capacity");
    if (full && agent) said.value = { id: agent.id, open: full.body.open, limit: full.body.limit };
    const words = { count: result.done.length, to: agent?.name ?? "" };
    if (words.count > 0) toast(t(agent ? "were_transferred" : "were_queued", words));
    else if (result.refused.length > 0) toast(t("not_done", { count: result.refused.length }));
    if (left.value.length === 0) end();
  };
  return html`<${Dialog} title=${t("transfer_title", { count: conversations.length, name: from.name })} onClose=${end}>
    <form class="form stack transfer" onSubmit=${submit}>
      <${Named} conversations=${left.value} />
      <${Targets} people=${people} chosen=${to.value} onChoose=${(/** @type {string} */ id) => {
        to.value = id;
        force.value = false;
      }} />
      <div role="status">${agent && load && tooMany && html`<${TooMany} name=${agent.name} load=${load} count=${left.value.length} force=${force} />`}</div>
      <${Refusals} refused=${refused.value} />
      ${
        progress
          ? html`<${Underway} progress=${progress} onStop=${stop} />`
          : html`<p class="dialog-actions">
            <button type="button" class="button" onClick=${end}>${t("cancel")}</button>
            <button class="button button-primary" disabled=${!to.value}>${t("transfer_now")}</button>
          </p>`
      }
    </form>
  <//>`;
}

/**
 * @param {{ name: string, load: import("../../types.js").Load, count: number, force: { value: boolean } }} props
 */
function TooMany({ name, load, count, force }) {
  const free = Math.max(load.limit - load.open, 0);
  const words = { name, open: load.open, limit: load.limit, free, beyond: count - free };
  return html`<div class="notice notice-warn stack">
    <p>${t(free === 0 ? "is_full" : "is_nearly_full", words)}</p>
    ${
      may("status_board.act") &&
      html`<label class="switch"><input type="checkbox" checked=${force.value} onChange=${(
        /** @type {any} */ { target },
      ) => {
        force.value = target.checked;
      }} /> ${t("assign_beyond")}</label>`
    }
  </div>`;
}

/** Who can have them: whoever is there and has room comes first. @param {{ people: BoardAgent[], chosen: string, onChoose: (id: string) => void }} props */
function Targets({ people, chosen, onChoose }) {
  const wanted = useSignal("");
  const rank = (/** @type {BoardAgent} */ { presence, open, limit }) =>
    (open >= limit ? 1 : 0) + { online: 0, busy: 2, away: 2, offline: 4 }[presence];
  const found = people
    .filter(({ name, id }) => id === chosen || name.toLowerCase().includes(wanted.value.trim().toLowerCase()))
    .sort((a, b) => rank(a) - rank(b) || a.open - b.open);
  const choice = (/** @type {string} */ id, /** @type {any} */ words) =>
    html`<label key=${id} class="target"><input type="radio" name="to" value=${id} required checked=${chosen === id}
      onChange=${() => onChoose(id)} /> ${words}</label>`;
  return html`
    ${
      people.length > MANY &&
      html`<div class="field"><label for="search-targets">${t("search_agents")}</label>
        <input id="search-targets" type="search" value=${wanted.value} onInput=${(
          /** @type {any} */ event,
        ) => {
          wanted.value = event.target.value;
        }} /></div>`
    }
    <fieldset class="targets">
      <legend>${t("transfer_to_whom")}</legend>
      ${may("conversation.unassign") && choice(QUEUE, html`<span>${t("to_queue")}</span>`)}
      ${found.map((one) =>
        choice(
          one.id,
          html`<span class="who-target">${one.name}</span> <${PresenceWord} presence=${one.presence} />
            <${LoadBar} open=${one.open} limit=${one.limit} />`,
        ),
      )}
    </fieldset>`;
}
