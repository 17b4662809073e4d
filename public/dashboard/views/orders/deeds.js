// What can be done to an order as it stands, by whoever looks at it. The server has the last word.
import { at, Problem, post } from "../../api.js";
import { t } from "../../i18n.js";
import { complain, explain, toast } from "../../toast.js";

/** @import { Order, Payment } from "../../types.js" */

const OPEN = ["requested", "draft", "offered"];
/** Any of these lets one work on an order that one sees. */
const WORK = ["order.edit", "order.create_from_conversation", "order.create_independent"];

/** @param {Order} order */
export function deedsOf({ state, may = [], deleted_at, conversation, paid }) {
  const open = OPEN.includes(state);
  const works = WORK.some((capability) => may.includes(capability));
  const there = deleted_at === null;
  const callable = open || state === "awaiting_payment" || state === "rejected";
  return {
    edit: there && open && may.includes("order.edit"),
    offer: there && open && works && conversation !== null,
    confirm: there && open && works,
    askPayment: there && works && (state === "awaiting_payment" || state === "rejected"),
    cancel: there && callable && may.includes("order.cancel") && paid.amount === 0,
    /** Why it cannot be called off or deleted, to whoever could otherwise. */
    moneyHasCome:
      there &&
      paid.amount > 0 &&
      (may.includes("order.delete") || (callable && may.includes("order.cancel"))),
    remove: there && may.includes("order.delete") && paid.amount === 0,
    restore: !there && may.includes("order.delete"),
    comment: there && may.includes("order.comment"),
    commentPayment: there && may.includes("payment.comment"),
  };
}

/** @param {Order} order @param {Payment} payment */
export function deedsOfPayment({ may = [], deleted_at }, { state, method, received }) {
  const there = deleted_at === null;
  const works = WORK.some((capability) => may.includes(capability));
  const byHand = method !== "card";
  const unpaid = ["awaiting", "failed", "cancelled"].includes(state);
  return {
    receive: there && works && byHand && (unpaid || (state === "rejected" && received.amount === 0)),
    reconcile:
      there &&
      may.includes("payment.reconcile") &&
      (state === "paid" || state === "reopened" || (state === "awaiting" && byHand)),
    reject:
      there &&
      may.includes("payment.reject") &&
      (state === "awaiting" || state === "paid" || state === "reopened"),
    reopen:
      there && may.includes("payment.reopen") && state === "rejected" && (byHand || received.amount > 0),
  };
}

/** Where an order is. @param {string} slug @param {string} id */
export const orderAt = (slug, id) => `${at(slug)}/orders/${id}`;

/**
 * Does something to an order; where it cannot be done any more, says how the order stands now.
 * @param {string} path
 * @param {object} body with a `client_id` where it may be tried again: then it is the same deed
 * @param {string} done what is said when it worked
 * @param {() => Promise<void>} reload
 * @returns {Promise<boolean>} whether it was answered; what was not may have been done, and is tried again under its name
 */
export async function take(path, body, done, reload) {
  try {
    await post(path, { client_id: crypto.randomUUID(), ...body });
    toast(done);
    return true;
  } catch (error) {
    complainOf(error);
    if (!(error instanceof Problem)) return false;
    return (error.status >= 400 && error.status < 500) || error.code === "provider_failed";
  } finally {
    await reload();
  }
}

/** Says why it did not work and, where the order has moved on, how it stands. @param {unknown} error */
export function complainOf(error) {
  const now = standsNow(error);
  if (now) toast(now);
  else complain(error);
}

/** How the order stands, by a refusal that says it. @param {unknown} error @returns {string | undefined} */
export function standsNow(error) {
  const order = error instanceof Problem && error.status === 409 ? error.body.order : undefined;
  if (!order) return undefined;
  const state = order.deleted_at
    ? t("order_deleted")
    : t(`order_state_${/** @type {Order} */ (order).state}`);
  return `${explain(/** @type {Problem} */ (error))} ${t("order_is_now", { number: order.number, state })}`;
}
