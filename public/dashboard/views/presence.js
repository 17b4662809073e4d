// Whether somebody is there, in a word, and how full his hands are, in numbers.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { isFull } from "../presence.js";

/** @param {{ presence: import("../types.js").Presence }} props */
export const PresenceWord = ({ presence }) =>
  html`<span class="presence" data-presence=${presence}>${t(`presence_${presence}`)}</span>`;

/** "3 of 10", and a bar that says the same. @param {Partial<import("../types.js").Load>} props */
export function LoadBar({ open, limit }) {
  if (open === undefined || limit === undefined) return null;
  const part = limit === 0 ? 1 : Math.min(open / limit, 1);
  return html`<span class="load" data-full=${isFull({ open, limit })}>
    <span class="load-words">${t(isFull({ open, limit }) ? "load_full" : "load_of", { open, limit })}</span>
    <span class="load-bar" aria-hidden="true"><span style=${{ inlineSize: `${part * 100}%` }}></span></span>
  </span>`;
}
