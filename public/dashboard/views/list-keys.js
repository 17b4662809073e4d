// The keys of the list: going up and down, and selecting on the way.
import { useEffect } from "preact/hooks";
import { go } from "../router.js";
import { takeOffer } from "../toast.js";
import { rowOf } from "./rows.js";

/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */
/** @import { Selection } from "../selection.js" */

/** @param {Inbox} inbox @param {Selection} selection @param {Place} place @param {boolean} inDesk */
export function useListKeys(inbox, selection, place, inDesk) {
  useEffect(() => {
    if (!inDesk) return;
    const keys = /** @type {Record<string, () => unknown>} */ ({
      j: () => open(beside(inbox, place, 1), place),
      k: () => open(beside(inbox, place, -1), place),
      J: () => selectTo(beside(inbox, place, 1), selection, place),
      K: () => selectTo(beside(inbox, place, -1), selection, place),
      x: () => {
        const id = rowOf(document.activeElement) ?? place.id;
        if (id && inbox.items.peek()?.some((one) => one.id === id)) selection.toggle(id);
      },
      // With a menu open, it is the menu that it closes.
      Escape: () => document.querySelector(":popover-open") ?? selection.clear(),
      z: takeOffer,
    });
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const elsewhere = target.closest(
        "input:not([type=checkbox]), textarea, select, dialog[open], [popover]",
      );
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || elsewhere) return;
      const act = keys[event.key];
      if (!act) return;
      if (event.key !== "Escape") event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [inbox, selection, place.to(place.id), inDesk]);
}

/** The conversation above or below the one that is open; at first the first. @param {Inbox} inbox @param {Place} place @param {1 | -1} step */
export function beside(inbox, { id }, step) {
  const items = inbox.items.peek() ?? [];
  const now = items.findIndex((one) => one.id === id);
  return items[now === -1 ? 0 : Math.min(Math.max(now + step, 0), items.length - 1)];
}

/** @param {{ id: string } | undefined} one @param {Place} place */
function open(one, place) {
  if (one) go(place.to(one.id));
}

/** Selects from where one is to the next. @param {{ id: string } | undefined} next @param {Selection} selection @param {Place} place */
function selectTo(next, selection, place) {
  if (!next) return;
  if (place.id && !selection.has(place.id)) selection.toggle(place.id);
  selection.extendTo(next.id);
  open(next, place);
}
