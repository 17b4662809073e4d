// Somebody has all the conversations that he may have: whoever may gives him one more all the same.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { may } from "../session.js";
import { Dialog } from "./dialog.js";

/**
 * @param {{ name: string, load: import("../types.js").Load, onForce: () => void, onClose: () => void }} props
 */
export function Beyond({ name, load, onForce, onClose }) {
  const mayForce = may("status_board.act");
  return html`<${Dialog} title=${t("is_full_title", { name })} onClose=${onClose}>
    <div class="stack">
      <p>${t("is_full", { name, ...load })}</p>
      ${!mayForce && html`<p class="hint">${t("may_not_force")}</p>`}
    </div>
    <p class="dialog-actions">
      <button type="button" class="button" onClick=${onClose} autofocus>${t(mayForce ? "cancel" : "close_dialog")}</button>
      ${mayForce && html`<button type="button" class="button button-warn" onClick=${onForce}>${t("assign_beyond")}</button>`}
    </p>
  <//>`;
}
