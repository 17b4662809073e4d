// The payments of an order: how each stands, and what can be done to it.
import { useSignal } from "@preact/signals";
import { at } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { money } from "../../money.js";
import { useResource } from "../../resource.js";
import { toast } from "../../toast.js";
import { AmountDialog } from "./amount.js";
import { deedsOf, deedsOfPayment, orderAt, take } from "./deeds.js";
import { Reason } from "./reason.js";
import { PaymentStateOf } from "./words.js";

/** @import { Order, Payment } from "../../types.js" */

/** @param {{ slug: string, order: Order, reload: () => Promise<void> }} props */
export function PaymentsOf({ slug, order, reload }) {
  const asking = useSignal(false);
  const { payments = [] } = order;
  const can = deedsOf(order);
  if (payments.length === 0 && !can.askPayment) return null;
  return html`<section class="card" aria-label=${t("payments")}>
    <header class="screen-head">
      <h2>${t("payments")}</h2>
      ${
        can.askPayment &&
        order.due.amount > 0 &&
        html`<button class="button" onClick=${() => {
          asking.value = true;
        }}>${t("payment_ask")}</button>`
      }
    </header>
    ${payments.length === 0 && html`<p class="hint">${t("payments_none_yet")}</p>`}
    <ul class="rows">
      ${payments.map((payment) => html`<${One} key=${payment.id} slug=${slug} order=${order} payment=${payment} reload=${reload} />`)}
    </ul>
    ${
      asking.value &&
      html`<${Ask} slug=${slug} order=${order} reload=${reload} onClose=${() => {
        asking.value = false;
      }} />`
    }
  </section>`;
}

/** @param {{ slug: string, order: Order, payment: Payment, reload: () => Promise<void> }} props */
function One({ slug, order, payment, reload }) {
  const open = useSignal(/** @type {"receive" | "reject" | undefined} */ (undefined));
  const busy = useSignal(false);
  const { id, method, amount, received, reference, url, state, updated_at } = payment;
  const can = deedsOfPayment(order, payment);
  /** @param {string} name @param {string} done @param {object} [body] */
  const step = async (name, done, body = {}) => {
    busy.value = true;
    const settled = await take(`${orderAt(slug, order.id)}/payments/${id}/${name}`, body, done, reload);
    busy.value = false;
    return settled;
  };
  const close = () => {
    open.value = undefined;
  };
  const differs = received.amount > 0 && received.amount !== amount.amount;
  return html`<li class="row payment">
    <div>
      <p><strong>${money(amount)}</strong> ${t(`payment_method_${method}`)} <${PaymentStateOf} payment=${payment} /></p>
      <p class="hint">
        ${differs && html`<strong>${t("payment_received_amount", { amount: money(received) })}</strong> · `}
        ${reference && html`${t("payment_reference")} <code>${reference}</code> · `}
        <time datetime=${updated_at} title=${inFull(updated_at)}>${moment(updated_at)}</time>
      </p>
      ${url && state === "awaiting" && html`<p><button class="link" onClick=${() => copy(url)}>${t("payment_copy_link")}</button></p>`}
    </div>
    <div class="actions">
      ${
        can.receive &&
        html`<button class="button" disabled=${busy.value} onClick=${() => {
          open.value = "receive";
        }}>${t("payment_receive")}</button>`
      }
      ${
        can.reconcile &&
        html`<button class="button" disabled=${busy.value}
          onClick=${() => step("reconciliation", t("payment_was_reconciled"))}>${t("payment_reconcile")}</button>`
      }
      ${
        can.reject &&
        html`<button class="button button-danger" disabled=${busy.value} onClick=${() => {
          open.value = "reject";
        }}>${t("payment_reject")}</button>`
      }
      ${
        can.reopen &&
        html`<button class="button" disabled=${busy.value}
          onClick=${() => step("reopening", t("payment_was_reopened"))}>${t("payment_reopen")}</button>`
      }
    </div>
    ${
      open.value === "receive" &&
      html`<${AmountDialog} title=${t("payment_receive_title")} hint=${t("payment_receive_hint")} action=${t("payment_receive")}
        initial=${amount} onClose=${close}
        onAmount=${({ amount = 0, client_id = "" }) => step("receipt", t("payment_was_received"), { amount, client_id })} />`
    }
    ${
      open.value === "reject" &&
      html`<${Reason} title=${t("payment_reject_question", { amount: money(amount) })} consequence=${t("payment_reject_consequence")}
        action=${t("payment_reject")} onClose=${close}
        onReason=${(/** @type {object} */ said) => step("rejection", t("payment_was_rejected"), said)} />`
    }
  </li>`;
}

/** Asking the customer for money. @param {{ slug: string, order: Order, reload: () => Promise<void>, onClose: () => void }} props */
function Ask({ slug, order, reload, onClose }) {
  const { data } = useResource(`${at(slug)}/order-settings`);
  const methods = /** @type {const} */ (["card", "transfer", "cash_on_delivery"]).filter(
    (method) => method !== "card" || data?.card,
  );
  return html`<${AmountDialog} key=${Boolean(data)} title=${t("payment_ask_title")} action=${t("payment_ask_now")} initial=${order.due}
    methods=${methods.map((method) => [method, t(`payment_method_${method}`)])} onClose=${onClose}
    onAmount=${(/** @type {object} */ said) =>
      take(`${orderAt(slug, order.id)}/payments`, said, t("payment_was_asked"), reload)} />`;
}

/** @param {string} url */
async function copy(url) {
  await navigator.clipboard.writeText(url);
  toast(t("payment_link_copied"));
}
