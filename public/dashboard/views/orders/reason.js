// Calling off or rejecting, with a reason for colleagues.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { Dialog } from "../dialog.js";
import { Field } from "../fields.js";

/**
 * @param {{ title: string, consequence: string, action: string, onReason: (reason: string) => Promise<unknown>,
 *   onClose: () => void }} props
 */
export function Reason({ title, consequence, action, onReason, onClose }) {
  const { busy, onSubmit } = useForm(async (form) => {
    await onReason(text(form, "reason"));
    onClose();
  });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="form form-wide" onSubmit=${onSubmit} novalidate>
      <p>${consequence}</p>
      <${Field} name="reason" label=${t("reason")} hint=${t("reason_hint")} optional />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${busy}>${action}</button>
      </p>
    </form>
  <//>`;
}
