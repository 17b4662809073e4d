// What is offered while somebody types: a list under the cursor's control, the focus stays in the text.
import { useSignal } from "@preact/signals";
import { html } from "../../html.js";
import { t } from "../../i18n.js";

/**
 * @typedef {{ id: string, label: string, hint?: string, detail?: string }} Suggestion
 * @typedef {object} Suggestions
 * @property {boolean} open
 * @property {Record<string, unknown>} field what the text field says of the list
 * @property {(event: KeyboardEvent) => boolean} onKey whether the key was for the list
 * @property {unknown} list
 */

const LIST = "suggestions";

/**
 * @param {{ label: string, items: Suggestion[], onChoose: (id: string) => void, onClose: () => void, footer?: unknown,
 *   preview?: boolean }} props
 * @returns {Suggestions}
 */
export function useSuggestions({ label, items, onChoose, onClose, footer, preview }) {
  const at = useSignal(/** @type {string | undefined} */ (undefined));
  const open = items.length > 0;
  const place = Math.max(
    0,
    items.findIndex(({ id }) => id === at.value),
  );
  const active = items[place];

  /** @param {number} step */
  const move = (step) => {
    at.value = items[(place + step + items.length) % items.length]?.id;
    requestAnimationFrame(() =>
      document.getElementById(`${LIST}-${at.value}`)?.scrollIntoView({ block: "nearest" }),
    );
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (!open || !active || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const keys = /** @type {Record<string, () => void>} */ ({
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => onChoose(active.id),
      Tab: () => onChoose(active.id),
      Escape: onClose,
    });
    const act = event.shiftKey ? undefined : keys[event.key];
    if (!act) return false;
    event.preventDefault();
    act();
    return true;
  };
  const field = {
    "aria-autocomplete": "list",
    "aria-controls": open ? LIST : undefined,
    "aria-activedescendant": open ? `${LIST}-${active?.id}` : undefined,
  };
  const list =
    open &&
    html`<div class="suggestions">
      <ul id=${LIST} role="listbox" aria-label=${label}>
        ${items.map(
          ({ id, label, hint, detail }) => html`<li key=${id} id=${`${LIST}-${id}`} role="option"
            aria-selected=${id === active?.id ? "true" : "false"}
            onPointerMove=${() => {
              at.value = id;
            }}
            onPointerDown=${(/** @type {PointerEvent} */ event) => event.preventDefault()}
            onClick=${() => onChoose(id)}>
            <span class="line"><strong>${label}</strong>${hint && html` <small>${hint}</small>`}</span>
            ${detail && html`<span class="detail">${detail.slice(0, 120)}</span>`}
          </li>`,
        )}
      </ul>
      ${preview && html`<p class="preview-text" aria-hidden="true">${active?.detail}</p>`}
      <p class="visually-hidden" role="status">${t("suggestions_count", { count: items.length })}</p>
      ${footer && html`<div class="footer">${footer}</div>`}
    </div>`;
  return { open, field, onKey, list };
}
