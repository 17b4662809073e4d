// The command palette: everything that can be done, found by a few letters, chosen without leaving the field (the ARIA
// pattern of a combobox with a list).
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { commands } from "../commands/commands.js";
import { score } from "../commands/find.js";
import { recent, used } from "../commands/recent.js";
import { keyOf } from "../commands/shortcuts.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @import { Command, Group, Situation } from "../commands/commands.js" */
/** @import { Signal } from "@preact/signals" */

const MOST = 40;

/** @param {{ situation: Situation, group?: Group, query: Signal<string>, onClose: () => void }} props */
export function Palette({ situation, group, query, onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const chosen = useSignal(0);
  useEffect(() => dialog.current?.showModal(), []);
  const found = find(commands(situation), query.value, group);
  const at = Math.min(chosen.value, found.length - 1);

  const run = (/** @type {Command | undefined} */ command) => {
    if (!command) return;
    used(command.id);
    // Closed first: what the command brings the focus to keeps it.
    dialog.current?.close();
    command.run();
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: at + 1,
      ArrowUp: at - 1 + found.length,
      PageDown: Math.min(at + 8, found.length - 1),
      PageUp: Math.max(at - 8, 0),
    });
    const step = steps[event.key];
    if (event.key === "Enter" && !event.isComposing) run(found[at]);
    else if (step === undefined || found.length === 0) return;
    else choose(step % found.length);
    event.preventDefault();
  };
  const choose = (/** @type {number} */ to) => {
    chosen.value = to;
    document.getElementById(`command-${to}`)?.scrollIntoView({ block: "nearest" });
  };
  return html`<dialog ref=${dialog} class="palette" aria-label=${t("palette")} onClose=${onClose}
    onClick=${(/** @type {MouseEvent} */ { target }) => target === dialog.current && dialog.current?.close()}>
    <input class="input" role="combobox" aria-expanded="true" aria-controls="commands" aria-autocomplete="list"
      aria-activedescendant=${found.length > 0 ? `command-${at}` : undefined} aria-label=${t(group ? `palette_${group}` : "palette")}
      placeholder=${t(group ? `palette_${group}` : "palette_placeholder")} autocomplete="off" spellcheck=${false} autofocus
      value=${query.value} onKeyDown=${onKey}
      onInput=${(/** @type {any} */ { target }) => {
        query.value = target.value;
        chosen.value = 0;
      }} />
    <ul id="commands" role="listbox" aria-label=${t("commands")}>
      ${found.map(
        (
          command,
          index,
        ) => html`<li key=${command.id} id=${`command-${index}`} role="option" aria-selected=${index === at}
          onClick=${() => run(command)}>
          <span>${command.words}</span>
          ${keyOf(command.id) ? html`<kbd>${keyOf(command.id)}</kbd>` : html`<small>${t(`group_${command.group}`)}</small>`}
        </li>`,
      )}
    </ul>
    <p class="hint" role="status">${found.length === 0 ? t("nothing_found") : ""}</p>
  </dialog>`;
}

/**
 * The best first; as long as nothing is asked for, what was used last.
 * @param {Command[]} all
 * @param {string} query
 * @param {Group} [group]
 */
function find(all, query, group) {
  const open = group ? all.filter((one) => one.group === group) : all;
  if (!query.trim()) {
    const last = recent();
    const place = (/** @type {Command} */ { id }) => (last.indexOf(id) + 1 || MOST) - 1;
    return [...open].sort((one, other) => place(one) - place(other)).slice(0, MOST);
  }
  return open
    .map((command) => ({ command, points: points(query, command) }))
    .filter(({ points }) => points !== undefined)
    .sort((one, other) => Number(other.points) - Number(one.points))
    .slice(0, MOST)
    .map(({ command }) => command);
}

/** @param {string} query @param {Command} command */
function points(query, { words, about }) {
  const [inWords, inAll] = [score(query, words), about ? score(query, `${words} ${about}`) : undefined];
  if (inWords === undefined) return inAll === undefined ? undefined : inAll - 5;
  return inWords;
}
