// A question that has to be answered before anything is destroyed.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/**
 * A native dialog that is open as long as it is there.
 * @param {{ title: string, onClose: () => void, children?: any }} props
 */
export function Dialog({ title, onClose, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    // A dialog that goes away without being closed gives the focus back to nobody.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" onClose=${onClose}>
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}

/**
 * Asks, names what will happen, and does it.
 * @param {{ title: string, action: string, onConfirm: () => unknown, onClose: () => void, children?: any, busy?: boolean }} props
 */
export function Confirm({ title, action, onConfirm, onClose, children, busy }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <div class="stack">${children}</div>
    <p class="dialog-actions">
      <button type="button" class="button" onClick=${onClose} autofocus>${t("cancel")}</button>
      <button type="button" class="button button-danger" disabled=${busy} onClick=${onConfirm}>${action}</button>
    </p>
  <//>`;
}
