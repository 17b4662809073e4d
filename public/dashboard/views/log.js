// What was said and done, oldest first; the end stays in sight unless somebody reads further up.
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { inFull, moment, t } from "../i18n.js";
import { me } from "../session.js";
import { Files } from "./attachments.js";
import { CatalogCards } from "./catalog/cards.js";
import { describe, isNews } from "./happened.js";
import { Absorbed } from "./merge.js";
import { OrderStep } from "./order-step.js";
import { Words } from "./translated.js";

/** @import { LogEvent } from "../types.js" */
/** @import { Outgoing } from "../outbox.js" */
/** @import { Thread } from "../thread.js" */

/** What stands under somebody's name; the rest is a line of its own. */
const SAID = ["message", "note", "catalog"];

/** @param {{ thread: Thread }} props */
export function Log({ thread }) {
  const pane = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const { events, outgoing, typing, answering } = thread;
  const lastRead = events.value.findLast(
    ({ seq, kind, by }) =>
      (kind === "message" || kind === "catalog") && by.kind === "agent" && seq <= thread.readByCustomer.value,
  )?.seq;
  useLayoutEffect(() => {
    if (pane.current && atEnd.current) pane.current.scrollTop = pane.current.scrollHeight;
  }, [events.value, outgoing.value, typing.value, answering.value, thread.translations.shown.value]);
  // Also where the composer grows, by a line or by a file.
  useLayoutEffect(() => {
    const { current } = pane;
    if (!current) return;
    const follow = new ResizeObserver(() => {
      if (atEnd.current) current.scrollTop = current.scrollHeight;
    });
    follow.observe(current);
    return () => follow.disconnect();
  }, []);
  const onScroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = /** @type {HTMLElement} */ (pane.current);
    atEnd.current = scrollTop + clientHeight >= scrollHeight - 48;
  };
  return html`<div class="log" ref=${pane} onScroll=${onScroll} tabindex="0" role="log" aria-labelledby="conversation-title">
    <ol>
      ${events.value.filter(isNews).map((event) => html`<${Line} key=${event.seq} thread=${thread} event=${event} read=${event.seq === lastRead} />`)}
      ${outgoing.value.map((one) => html`<${Pending} key=${one.client_id} thread=${thread} one=${one} />`)}
    </ol>
    <p class="typing" aria-live="polite">${typing.value && t("is_typing", { who: typing.value })}</p>
  </div>`;
}

/** @param {{ thread: Thread, event: LogEvent, read: boolean }} props */
function Line({ thread, event, read }) {
  const time = html`<time datetime=${event.at} title=${inFull(event.at)}>${moment(event.at)}</time>`;
  if (event.kind === "absorbed") return html`<${Absorbed} thread=${thread} event=${event} />`;
  if (event.kind === "order")
    return html`<li class="happened"><${OrderStep} slug=${thread.slug} event=${event} /> ${time}</li>`;
  if (!SAID.includes(event.kind)) return html`<li class="happened">${describe(event)} ${time}</li>`;
  const mine = event.by.id !== undefined && event.by.id === me.value?.id;
  return html`<li class="said" data-seq=${event.seq} data-by=${event.by.kind} data-kind=${event.kind}>
    <p class="who"><strong>${mine ? t("you") : (event.by.name ?? t("by_itself"))}</strong>
      ${event.kind === "note" && html`<span class="tag">${t("internal_comment")}</span>`} ${time}</p>
    <${Words} thread=${thread} event=${event} />
    ${event.kind === "catalog" && html`<${CatalogCards} items=${event.items} />`}
    <${Files} conversation=${thread.id} files=${event.attachments} />
    ${read && html`<small class="receipt">${t("read_by_customer")}</small>`}
  </li>`;
}

/** @param {{ thread: Thread, one: Outgoing }} props */
function Pending({ thread, one }) {
  const refused = one.refused !== undefined;
  const state = refused
    ? t("not_sent", { reason: one.refused || t("something_wrong") })
    : t(one.waiting ? "waits_for_network" : "sending");
  return html`<li class="said" data-by="agent" data-kind=${one.mode} data-state=${refused ? "failed" : one.waiting ? "waiting" : "sending"}>
    <p class="who"><strong>${t("you")}</strong>
      ${one.mode === "note" && html`<span class="tag">${t("internal_comment")}</span>`}
      <small role="status">${state}</small></p>
    ${one.body && html`<p class="text">${one.body}</p>`}
    <${Files} conversation=${thread.id} files=${one.attachments} />
    ${
      (refused || one.waiting) &&
      html`<p class="pending-actions">
        ${refused && html`<button class="link" onClick=${() => thread.retry(one.client_id)}>${t("try_again")}</button>`}
        <button class="link" onClick=${() => thread.discard(one.client_id)}>${t("discard")}</button>
      </p>`
    }
  </li>`;
}
