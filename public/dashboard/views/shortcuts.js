// The list of the dashboard's keys.
import { useEffect, useRef } from "preact/hooks";
import { SHORTCUTS } from "../commands/shortcuts.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{ open: { value: boolean } }} props */
export function Shortcuts({ open }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
  }, [open.value]);
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="shortcuts-title"
    onClose=${() => {
      open.value = false;
    }}>
    <h2 id="shortcuts-title">${t("shortcuts")}</h2>
    <dl>
      ${SHORTCUTS.map(({ key, words }) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}
    </dl>
    <form method="dialog"><button class="button">${t("close_dialog")}</button></form>
  </dialog>`;
}
