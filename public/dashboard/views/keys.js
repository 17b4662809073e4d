// The dashboard's keys at work, and the palette and the list of shortcuts that they open.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { commands } from "../commands/commands.js";
import { SHORTCUTS } from "../commands/shortcuts.js";
import { html } from "../html.js";
import { Palette } from "./palette.js";
import { Shortcuts } from "./shortcuts.js";

/** @import { Group, Situation } from "../commands/commands.js" */
/** @import { Signal } from "@preact/signals" */

/** In these, letters are letters. */
const FIELDS =
  "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open], [popover]:popover-open";

/** @param {Omit<Situation, "help">} props */
export function Keys({ inbox, selection, thread, place, back, inDesk, searching }) {
  const help = useSignal(false);
  const palette = useSignal(
    /** @type {{ opening: number, group?: Group, query: Signal<string> } | undefined} */ (undefined),
  );
  const opened = useRef(0);
  const situation = {
    inbox,
    selection,
    thread,
    place,
    back,
    inDesk,
    searching,
    help: () => {
      help.value = true;
    },
  };
  useEffect(() => {
    const open = (/** @type {Group | undefined} */ group = undefined) => {
      opened.current += 1;
      palette.value = { opening: opened.current, group, query: signal("") };
    };
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (isPaletteKey(event)) {
        event.preventDefault();
        if (!document.querySelector("dialog[open]")) open();
        return;
      }
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (palette.value && !document.querySelector("dialog[open]")) {
        // It is on its way: what is typed meanwhile is for it.
        if (event.key.length === 1 && !modified) palette.value.query.value += event.key;
        event.preventDefault();
        return;
      }
      if (event.defaultPrevented || modified || event.isComposing || target.closest(FIELDS)) return;
      const shortcut = SHORTCUTS.find(({ key }) => key === event.key);
      if (!shortcut) return;
      const { command, group } = shortcut;
      const possible = commands(situation).filter((one) =>
        group ? one.group === group : one.id === command,
      );
      if (possible.length === 0) return;
      event.preventDefault();
      if (group) open(group);
      else possible[0]?.run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [inbox, selection, thread, place.view, place.id, back, inDesk, searching]);
  const current = palette.value;
  // A dialog says that it closed a moment later; by then the next one may be open, and stays so.
  const close = () => {
    if (palette.peek() === current) palette.value = undefined;
  };
  return html`
    <${Shortcuts} open=${help} />
    ${
      current &&
      html`<${Palette} key=${current.opening} situation=${situation} group=${current.group} query=${current.query}
        onClose=${close} />`
    }
  `;
}

/** Ctrl or ⌘ with K, also within fields. @param {KeyboardEvent} event */
function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key.toLowerCase() === "k" && ctrlKey !== metaKey && !altKey && !shiftKey;
}
