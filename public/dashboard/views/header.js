// The bar on top: the company, the Dispenser, and the person's own menu.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { isFull } from "../presence.js";
import { company, may, me } from "../session.js";
import { Connection } from "./connection.js";
import { ownLoad, ProfileMenu } from "./profile-menu.js";

/** @param {{ inbox: import("../inbox.js").Inbox, onNext: () => void }} props */
export function Header({ inbox, onNext }) {
  const dispenses = may("conversation.assign_self") && me.value?.assignable;
  return html`<header class="bar">
    <a class="brand" href=${`/app/${inbox.slug}`}>${company.value?.name}</a>
    <span class="space"></span>
    ${dispenses && html`<${Dispenser} waiting=${inbox.counters.value?.unassigned ?? 0} onNext=${onNext} />`}
    <${ProfileMenu} />
    </header>
    <${Connection} inbox=${inbox} />`;
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
