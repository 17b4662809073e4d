// A button that opens a short list to pick from; a long one can be narrowed by typing.
import { useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** More than this are narrowed by typing. */
const SHORT = 8;
/** Between a button and its menu, and between a menu and the edge of the window, in pixels. */
const GAP = 4;

/** @typedef {{ key: string, words: string, look?: unknown, checked?: boolean | "mixed", onPick: () => unknown }} Choice */

/** @param {{ id: string, label: string, choices: Choice[], none?: string, disabled?: boolean }} props `none` is said where there is nothing to pick */
export function PickMenu({ id, label, choices, none, disabled }) {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim().toLocaleLowerCase();
  const shown = choices.filter(({ words }) => words.toLocaleLowerCase().includes(wanted));
  return html`<${Popover} id=${id} label=${label} kind="pick-menu" disabled=${disabled} onClose=${() => setTyped("")}>
    ${
      choices.length > SHORT &&
      html`<input class="input" type="search" value=${typed} aria-label=${t("narrow_choices")} placeholder=${t("narrow_choices")}
        onInput=${(/** @type {any} */ { target }) => setTyped(target.value)} />`
    }
    ${shown.length === 0 && html`<p class="hint">${none ?? t("no_choices")}</p>`}
    ${shown.map(
      ({ key, words, look, checked, onPick }) => html`<button type="button" class="item" key=${key}
        role=${checked === undefined ? undefined : "checkbox"} aria-checked=${checked === undefined ? undefined : String(checked)}
        onClick=${() => {
          document.getElementById(id)?.hidePopover();
          onPick();
        }}>${look ?? words}</button>`,
    )}
  <//>`;
}

/** A button, and what it opens beneath itself. @param {{ id: string, label: unknown, kind: string, disabled?: boolean, onClose?: () => void, children?: any }} props */
export function Popover({ id, label, kind, disabled, onClose, children }) {
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  /** @param {ToggleEvent} event */
  const onToggle = ({ newState }) => {
    if (newState !== "open" || !button.current || !menu.current) return onClose?.();
    placeBelow(menu.current, button.current);
    menu.current.querySelector("input")?.focus();
  };
  return html`<button type="button" class="button button-small" ref=${button} popovertarget=${id} disabled=${disabled}>${label}</button>
    <div id=${id} ref=${menu} popover class=${`menu beneath ${kind}`} onToggle=${onToggle}>${children}</div>`;
}

/** @param {HTMLElement} menu @param {HTMLElement} button */
function placeBelow(menu, button) {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + GAP + height <= innerHeight;
  menu.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  menu.style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height)}px`;
}
