import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

const KEYS = /** @type {const} */ ([
  ["/", "key_search"],
  ["j / k", "key_move"],
  ["x", "key_select"],
  ["Shift + j / k", "key_select_more"],
  ["Esc", "key_select_none"],
  ["z", "key_undo"],
  ["u", "key_back"],
  ["g", "key_next"],
  ["c", "key_claim"],
  ["r", "key_reply"],
  ["n", "key_comment"],
  ["e", "key_close"],
  ["?", "key_help"],
]);

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
      ${KEYS.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(what)}</dd></div>`)}
    </dl>
    <form method="dialog"><button class="button">${t("close_dialog")}</button></form>
  </dialog>`;
}
