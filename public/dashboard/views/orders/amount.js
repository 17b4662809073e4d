// An amount to be typed, with how it is paid where that is to be said.
import { useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { readAmount, typed } from "../../money.js";
import { text, useForm } from "../../resource.js";
import { Dialog } from "../dialog.js";
import { Field, Select } from "../fields.js";

/** @import { Money } from "../../types.js" */

/**
 * @param {{ title: string, hint?: string, action: string, initial: Money, methods?: [string, string][], onClose: () => void,
 *   onAmount: (said: { amount: number, method: string, client_id: string }) => Promise<boolean> }} props `onAmount` answers
 *   whether it is settled: what is not can be tried again, as the same deed
 */
export function AmountDialog({ title, hint, action, initial, methods, onAmount, onClose }) {
  const { currency } = initial;
  const [fault, setFault] = useState("");
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const { busy, onSubmit } = useForm(async (form, element) => {
    const amount = readAmount(text(form, "amount"), currency);
    if (!amount) {
      setFault(t("amount_unreadable", { example: typed({ amount: 4990, currency }) }));
      requestAnimationFrame(() => element.querySelector("input")?.focus());
      return;
    }
    if (await onAmount({ amount, method: text(form, "method"), client_id })) onClose();
  });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="form form-wide" onSubmit=${onSubmit} novalidate>
      ${methods && html`<${Select} name="method" label=${t("payment_method")} options=${methods} />`}
      <${Field} name="amount" label=${t("amount_in", { currency })} initial=${typed(initial)} hint=${hint} fault=${fault}
        autocomplete="off" inputmode="decimal" />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${busy}>${action}</button>
      </p>
    </form>
  <//>`;
}
