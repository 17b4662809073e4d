// A place in an order of priority, moved up and down by buttons: by mouse, finger or keyboard alike.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { toast } from "../../toast.js";

/**
 * @param {{ id: string, name: string, place: number, of: number, onMove: (to: number) => Promise<unknown> }} props `place`
 *   and `to` count from 0
 */
export function Order({ id, name, place, of, onMove }) {
  const move = async (/** @type {"up" | "down"} */ way) => {
    const to = way === "up" ? place - 1 : place + 1;
    await onMove(to);
    toast(t("now_at", { name, place: to + 1, of }));
    requestAnimationFrame(() => focusOn(id, way));
  };
  const button = (
    /** @type {"up" | "down"} */ way,
    /** @type {string} */ arrow,
    /** @type {boolean} */ end,
  ) =>
    html`<button class="button" id=${`${way}-${id}`} disabled=${end} onClick=${() => move(way)}
      aria-label=${t(`move_${way}`, { name })} title=${t(`move_${way}`, { name })}>${arrow}</button>`;
  return html`<span class="order">
    <span class="place" aria-hidden="true">${place + 1}</span>
    ${button("up", "↑", place === 0)} ${button("down", "↓", place === of - 1)}
  </span>`;
}

/** The button that was pressed goes with its line; at the end it cannot be pressed again, but the other one can. @param {string} id @param {string} way */
function focusOn(id, way) {
  for (const one of [way, way === "up" ? "down" : "up"]) {
    const button = document.getElementById(`${one}-${id}`);
    if (!(button instanceof HTMLButtonElement) || button.disabled) continue;
    return button.focus();
  }
}
