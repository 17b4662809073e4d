// Calling off or rejecting, with a reason for colleagues.
import { useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { Dialog } from "../dialog.js";
import { Field } from "../fields.js";

/**
 * @param {{ title: string, consequence: string, action: string, onClose: () => void,
 *   onReason: (said: { reason: string, client_id: string }) => Promise<boolean> }} props `onReason` answers whether it is
 *   settled: what is not can be tried again, as the same deed
 */
export function Reason({ title, consequence, action, onReason, onClose }) {
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const { busy, onSubmit } = useForm(async (form) => {
    if (await onReason({ reason: text(form, "reason"), client_id })) onClose();
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
