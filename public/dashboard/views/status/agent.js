// One agent on the board: his presence and load at a glance, what he has when it is opened.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { isFull } from "../../presence.js";
import { may } from "../../session.js";
import { Face } from "../face.js";
import { LoadBar, PresenceWord } from "../presence.js";
import { Conversations } from "./conversations.js";
import { Sticky } from "./sticky.js";

/** @import { BoardAgent } from "../../types.js" */
/** @import { Board } from "../../board.js" */

/** @param {{ board: Board, agent: BoardAgent, all: BoardAgent[], now: number, open: boolean }} props */
export function Agent({ board, agent, all, now, open }) {
  const isOpen = useSignal(open);
  const card = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    if (!open || !card.current) return;
    card.current.open = true;
    card.current.scrollIntoView({ block: "start" });
    card.current.querySelector("summary")?.focus();
  }, [open]);
  const { name, photo_url, sticky_contacts } = agent;
  return html`<details class="card agent" ref=${card} onToggle=${(/** @type {any} */ { target }) => {
    if (target === card.current) isOpen.value = target.open;
  }}>
    <summary id=${`agent-${agent.id}`}>
      <h2 class="person"><${Face} name=${name} photo=${photo_url} /> <span>${name}</span></h2>
      <${Standing} agent=${agent} />
      ${agent.assignable ? html`<${LoadBar} open=${agent.open} limit=${agent.limit} />` : html`<small>${t("is_never_assigned")}</small>`}
      <${LastSeen} agent=${agent} now=${now} />
      ${sticky_contacts.length > 0 && html`<small class="tag">${t("sticky_count", { count: sticky_contacts.length })}</small>`}
    </summary>
    ${isOpen.value && html`<${Has} board=${board} agent=${agent} all=${all} now=${now} />`}
  </details>`;
}

/** @param {{ board: Board, agent: BoardAgent, all: BoardAgent[], now: number }} props */
function Has({ board, agent, all, now }) {
  const { id, name, conversations, sticky_contacts } = agent;
  return html`<div class="has">
    ${conversations.length === 0 && sticky_contacts.length === 0 && html`<p class="hint">${t("has_nothing", { name })}</p>`}
    <${Conversations} board=${board} agent=${agent} all=${all} now=${now} />
    ${sticky_contacts.length > 0 && html`<${Sticky} board=${board} agent=${agent} />`}
    ${may("agent.list") && html`<p><a href=${`/app/${board.slug}/settings/users/${id}`}>${t("about_person", { name })}</a></p>`}
  </div>`;
}

/** Online, away, busy, offline: and why, where it is not by his own word. @param {{ agent: BoardAgent }} props */
function Standing({ agent }) {
  const { status, presence, availability, assignable } = agent;
  if (status !== "active") return html`<span class="tag">${t(`standing_${status}`)}</span>`;
  const byLoad = presence === "busy" && availability !== "busy" && assignable && isFull(agent);
  return html`<span class="standing"><${PresenceWord} presence=${presence} />${byLoad && html` <small>${t("at_the_limit")}</small>`}</span>`;
}

/** @param {{ agent: BoardAgent, now: number }} props */
function LastSeen({ agent: { presence, last_seen_at, status }, now }) {
  if (status === "active" && presence !== "offline")
    return html`<small class="seen">${t("here_now")}</small>`;
  if (!last_seen_at) return html`<small class="seen">${t("never_seen")}</small>`;
  return html`<small class="seen">${t("last_seen")} <time datetime=${last_seen_at} title=${inFull(last_seen_at)}>${age(last_seen_at, now)}</time></small>`;
}
