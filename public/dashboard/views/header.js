// The bar on top: the company, the Dispenser, and the person's own menu.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { isFull } from "../presence.js";
import { company, may, me } from "../session.js";
import { Bell } from "./bell.js";
import { Connection } from "./connection.js";
import { lazily, nothing } from "./lazy.js";
import { ownLoad, ProfileMenu } from "./profile-menu.js";
import { Screens } from "./screens.js";

const StartConversation = lazily(
  async () => (await import("./contacts/start.js")).StartConversation,
  nothing,
);

/** @param {{ inbox: import("../inbox.js").Inbox, notices?: import("../notices.js").Notices, onNext: () => void }} props */
export function Header({ inbox, notices, onNext }) {
  const dispenses = may("conversation.assign_self") && me.value?.assignable;
  return html`<header class="bar">
    <a class="brand" href=${`/app/${inbox.slug}`}>${company.value?.name}</a>
    <${Screens} slug=${inbox.slug} />
    <span class="space"></span>
    <${Start} inbox=${inbox} />
    ${dispenses && html`<${Dispenser} waiting=${inbox.counters.value?.dealt ?? 0} onNext=${onNext} />`}
    ${notices && html`<${Bell} notices=${notices} />`}
    <${ProfileMenu} />
    </header>
    <${Connection} inbox=${inbox} />`;
}

/** Writing to a customer first. @param {{ inbox: import("../inbox.js").Inbox }} props */
function Start({ inbox }) {
  const open = useSignal(false);
  useEffect(StartConversation.ahead, []);
  if (!may("conversation.reply")) return null;
  const close = () => {
    open.value = false;
  };
  return html`<button class="button" aria-label=${t("new_conversation")} onClick=${() => {
    open.value = true;
  }}><span aria-hidden="true">+</span> <span class="long">${t("new_conversation")}</span></button>
    ${open.value && html`<${StartConversation} inbox=${inbox} onClose=${close} />`}`;
}

/** It can be pressed at the limit as well: the server knows best, and says why not. @param {{ waiting: number, onNext: () => void }} props */
function Dispenser({ waiting, onNext }) {
  const load = me.value && ownLoad(me.value);
  const why = load && isFull(load) ? t("i_am_full", load) : undefined;
  return html`<button class=${`button ${why ? "" : "button-primary"}`} onClick=${onNext} title=${why}
      aria-describedby=${why && "why-none"}>
      <span class="long">${t("next_waiting")}</span><span class="short">${t("next_waiting_short")}</span> <span class="count">${waiting}</span>
    </button>
    ${why && html`<span id="why-none" hidden>${why}</span>`}`;
}
