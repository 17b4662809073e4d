// What orders and payments are called where they stand.
import { html } from "../../html.js";
import { t } from "../../i18n.js";

/** @import { Order, OrderState, Payment, PaymentState } from "../../types.js" */

export const ORDER_STATES = /** @type {OrderState[]} */ ([
  "requested",
  "draft",
  "offered",
  "awaiting_payment",
  "paid",
  "reconciled",
  "rejected",
  "declined",
  "expired",
  "cancelled",
]);
export const PAYMENT_STATES = /** @type {PaymentState[]} */ ([
  "awaiting",
  "paid",
  "reconciled",
  "rejected",
  "reopened",
  "failed",
  "cancelled",
]);

/** @param {{ order: Pick<Order, "state" | "deleted_at"> }} props */
export const StateOf = ({ order: { state, deleted_at } }) =>
  deleted_at
    ? html`<span class="sale-state" data-state="deleted">${t("order_deleted")}</span>`
    : html`<span class="sale-state" data-state=${state}>${t(`order_state_${state}`)}</span>`;

/** @param {{ payment: Pick<Payment, "state"> }} props */
export const PaymentStateOf = ({ payment: { state } }) =>
  html`<span class="sale-state" data-state=${state}>${t(`payment_state_${state}`)}</span>`;
