// What happened, in words.
import { t } from "../i18n.js";
import { money } from "../money.js";

/** @import { Priority } from "../types.js" */

const TURNS = ["new", "pending", "open"];

/** Before an order is sent, nobody but its agent is concerned. */
const DRAFTING = ["created", "edited"];

/**
 * Whether something deserves a line between the messages. Whose turn it is follows from who spoke last, and what an agent
 * writes into an order from what is sent of it; the history of actions has it all the same.
 * @param {Pick<import("../types.js").LogEvent, "kind" | "what"> & { from?: any, to?: any }} event
 */
export const isNews = ({ kind, from, to, what }) =>
  kind === "order"
    ? !DRAFTING.includes(String(what))
    : kind !== "status" || !TURNS.includes(from) || !TURNS.includes(to);

/** @param {Omit<import("../types.js").LogEvent, "seq">} event */
export function describe(event) {
  const { kind, by, from, to, into, forced, what, tag, agent, on, score = 0 } = event;
  const who = by.name ?? t("by_itself");
  if (kind === "assignment") {
    if (!to) return t("happened_unassigned", { who });
    if (forced) return t("happened_forced", { who, to: to.name });
    return to.id === by.id ? t("happened_taken", { who }) : t("happened_assigned", { who, to: to.name });
  }
  if (kind === "status") {
    const name = (/** @type {import("../types.js").Status} */ status) => t(`status_${status}`);
    return t("happened_status", { who, from: name(from), to: name(to) });
  }
  if (kind === "folder") {
    return to
      ? t("happened_sorted", { who, to: to.name })
      : t("happened_unsorted", { who, from: from?.name ?? "" });
  }
  if (kind === "team") {
    return to
      ? t("happened_team", { who, to: to.name })
      : t("happened_no_team", { who, from: from?.name ?? "" });
  }
  if (kind === "tag") return t(on ? "happened_tagged" : "happened_untagged", { who, tag: tag?.name ?? "" });
  if (kind === "priority")
    return t("happened_priority", { who, to: t(`priority_${/** @type {Priority} */ (to)}`) });
  if (kind === "participant") {
    const self = agent?.id === by.id;
    const key = self ? (on ? "follows" : "unfollows") : on ? "adds_follower" : "removes_follower";
    return t(`happened_${key}`, { who, agent: agent?.name ?? "" });
  }
  if (kind === "contact") return t("happened_contact", { name: to.name, email: to.email });
  if (kind === "merged") return t("happened_merged", { who, number: into?.number ?? "" });
  if (kind === "absorbed") return t("absorbed", { who, number: from.number, subject: from.subject });
  if (kind === "rating") return t("happened_rating", { who, score });
  if (kind === "order") return describeOrder(event, who);
  return what === "escalated" || what === "reminded" || what === "link_replaced"
    ? t(`happened_${what}`, { who })
    : t("happened_opened", { who });
}

/** A step of an order's, or of its payment's. @param {Omit<import("../types.js").LogEvent, "seq">} event @param {string} who */
function describeOrder({ what, order, amount, method }, who) {
  const step = /** @type {import("../types.js").OrderWhat} */ (what);
  return t(`happened_order_${step}`, {
    who,
    number: order?.number ?? "",
    amount: amount ? money(amount) : "",
    method: method ? t(`payment_method_${method}`) : "",
  });
}
