// The rows of a list, of which only those in sight are there: a list of ten thousand costs what a short one costs. What
// happens meanwhile does not move what somebody reads.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { useNow } from "./now.js";
import { Row } from "./row.js";

/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */
/** @import { Selection } from "../selection.js" */
/** @import { Conversation } from "../types.js" */

/** Rows that are there above and below those in sight, so that scrolling a little shows no gap. */
const BEYOND_SIGHT = 4;
/** With fewer rows than this below those in sight, more are asked for. */
const AHEAD = 60;
/** What a row takes until one has been measured, in pixels. */
const GUESSED_HEIGHT = 112;

/** @param {{ inbox: Inbox, items: Conversation[], selection: Selection, place: Place }} props */
export function Rows({ inbox, items, selection, place }) {
  const pane = useRef(/** @type {HTMLElement | null} */ (null));
  const measure = useRef(/** @type {HTMLElement | null} */ (null));
  const height = useRowHeight(measure);
  const draw = useDrawn(selection);
  const [first, last] = useSight(pane, height, items.length);
  const focused = useFocusedRow(pane);
  useStillness(pane, items, height);
  useOpenInSight(pane, items, height, place.id);
  const now = useNow();
  useEffect(() => {
    inbox.readTo = last;
    if (items.length - last < AHEAD) inbox.more();
  }, [inbox, last, items.length]);

  const size = inbox.total.value ?? -1;
  const there = indexes(items, first, last, focused);
  return html`<div class="list-rows" ref=${pane} tabindex="-1">
    <div class="row-height" ref=${measure} aria-hidden="true"></div>
    <ol style=${{ blockSize: `${items.length * height}px` }} data-items=${items.length}>
      ${there.map((at) => {
        const one = /** @type {Conversation} */ (items[at]);
        return html`<li key=${one.id} data-id=${one.id} aria-setsize=${size} aria-posinset=${at + 1}
            style=${{ transform: `translateY(${at * height}px)` }}>
          ${draw(one, now, one.id === place.id, place.to(one.id))}
        </li>`;
      })}
    </ol>
    ${inbox.next.value && html`<p class="more" role="status">${t("loading")}</p>`}
  </div>`;
}

/** Which rows are there: those in sight, and the one with the focus wherever it is, or it would lose it. @param {Conversation[]} items @param {number} first @param {number} last @param {string | undefined} focused */
function indexes(items, first, last, focused) {
  const [from, to] = [Math.max(0, first - BEYOND_SIGHT), Math.min(items.length, last + BEYOND_SIGHT)];
  const there = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  const away = focused ? items.findIndex(({ id }) => id === focused) : -1;
  if (away === -1 || (away >= from && away < to)) return there;
  return away < from ? [away, ...there] : [...there, away];
}

/** What one row takes, in pixels: all take the same, and more where the letters are larger. @param {{ current: HTMLElement | null }} measure something as high as a row */
function useRowHeight(measure) {
  const [height, setHeight] = useState(GUESSED_HEIGHT);
  useLayoutEffect(() => {
    const element = measure.current;
    if (!element) return;
    const look = () => setHeight(element.getBoundingClientRect().height || GUESSED_HEIGHT);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return height;
}

/** Rows as they were drawn, so that only those are drawn again of which something changed. @param {Selection} selection */
function useDrawn(selection) {
  const drawn = useRef(/** @type {Map<string, { key: unknown[], row: unknown }>} */ (new Map()));
  const before = drawn.current;
  drawn.current = new Map();
  return (
    /** @type {Conversation} */ conversation,
    /** @type {number} */ now,
    /** @type {boolean} */ open,
    /** @type {string} */ href,
  ) => {
    const key = [conversation, now, open, href, selection];
    const known = before.get(conversation.id);
    const same = known?.key.every((part, at) => part === key[at]);
    const row = same
      ? known?.row
      : html`<${Row} conversation=${conversation} now=${now} open=${open} href=${href} selection=${selection} />`;
    drawn.current.set(conversation.id, { key, row });
    return row;
  };
}

/** The rows in sight: from the first to the one after the last. @param {{ current: HTMLElement | null }} pane @param {number} height @param {number} count */
function useSight(pane, height, count) {
  const [sight, setSight] = useState([0, 12]);
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    const look = () => {
      const from = Math.floor(element.scrollTop / height);
      const to = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / height));
      setSight((before) => (before[0] === from && before[1] === to ? before : [from, to]));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [height, count]);
  return /** @type {[number, number]} */ (sight);
}

/** The row with the focus. @param {{ current: HTMLElement | null }} pane */
function useFocusedRow(pane) {
  const [focused, setFocused] = useState(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    const element = pane.current;
    const onFocus = (/** @type {FocusEvent} */ { target }) =>
      setFocused(rowOf(/** @type {Element} */ (target)));
    const onBlur = () => setFocused(undefined);
    element?.addEventListener("focusin", onFocus);
    element?.addEventListener("focusout", onBlur);
    return () => {
      element?.removeEventListener("focusin", onFocus);
      element?.removeEventListener("focusout", onBlur);
    };
  }, []);
  return focused;
}

/**
 * What comes, goes or moves above does not move what is in sight: of the rows that were, the first that stayed where it
 * was among the others stays where it was on the screen. At the very top the newest is what one looks at.
 * @param {{ current: HTMLElement | null }} pane @param {Conversation[]} items @param {number} height
 */
function useStillness(pane, items, height) {
  const before = useRef(/** @type {{ items: Conversation[], height: number }} */ ({ items, height }));
  useLayoutEffect(() => {
    const [was, element] = [before.current, pane.current];
    before.current = { items, height };
    if (!element || (was.items === items && was.height === height)) return;
    const top = element.scrollTop / was.height;
    if (top < 1) return;
    const from = Math.floor(top);
    const inSight = was.items.slice(from, from + Math.ceil(element.clientHeight / was.height) + 1);
    const still = inSight.find((one) => items[indexOf(items, one)] === one) ?? inSight[0];
    const to = still ? indexOf(items, still) : -1;
    if (!still || to === -1) return;
    const offset = top - was.items.indexOf(still);
    element.scrollTop = (to + offset) * height;
  }, [items, height]);
}

/** The conversation that is opened comes into sight, by as little as it takes. @param {{ current: HTMLElement | null }} pane @param {Conversation[]} items @param {number} height @param {string | undefined} id */
function useOpenInSight(pane, items, height, id) {
  useLayoutEffect(() => {
    const [at, element] = [items.findIndex((one) => one.id === id), pane.current];
    if (at === -1 || !element) return;
    const { scrollTop, clientHeight } = element;
    if (at * height < scrollTop) element.scrollTop = at * height;
    else if ((at + 1) * height > scrollTop + clientHeight)
      element.scrollTop = (at + 1) * height - clientHeight;
  }, [id]);
}

/** @param {Conversation[]} items @param {Conversation} one */
const indexOf = (items, { id }) => items.findIndex((other) => other.id === id);

/** The id of the conversation whose row something is in. @param {Element | null} element */
export const rowOf = (element) => element?.closest("[data-id]")?.getAttribute("data-id") ?? undefined;
