// What colleagues say of an order, and everything that happened to it.
import { useEffect, useRef } from "preact/hooks";
import { post } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { money } from "../../money.js";
import { usePages } from "../../paged.js";
import { text, useForm } from "../../resource.js";
import { Fault, Field, Select } from "../fields.js";
import { deedsOf, orderAt } from "./deeds.js";

/** @import { Order, OrderWhat } from "../../types.js" */
/**
 * @typedef {{ id: string, at: string, by: { kind: string, id: string | null, name: string }, what: OrderWhat | "comment",
 *   payment_id: string | null, detail: { body?: string, reason?: string } }} HistoryLine
 */

/** @param {{ slug: string, order: Order }} props */
export function Talk({ slug, order }) {
  const path = orderAt(slug, order.id);
  const { items, next, more, reload } = usePages(`${path}/history`);
  // Whatever changed the order is in its history.
  const seen = useRef(order);
  useEffect(() => {
    if (seen.current !== order) reload();
    seen.current = order;
  }, [order]);
  const can = deedsOf(order);
  return html`<section class="card" aria-label=${t("history")}>
    <h2>${t("history")}</h2>
    ${!items && html`<p role="status">${t("loading")}</p>`}
    <ol class="sale-history">
      ${(items ?? []).map((line) => html`<${Line} key=${line.id} order=${order} line=${line} />`)}
    </ol>
    ${next && html`<p><button class="button" onClick=${more}>${t("load_more")}</button></p>`}
    ${(can.comment || can.commentPayment) && html`<${Write} path=${path} order=${order} reload=${reload} />`}
  </section>`;
}

/** @param {{ order: Order, line: HistoryLine }} props */
function Line({ order, line: { at, by, what, payment_id, detail } }) {
  const who = by.name || t("by_itself");
  const time = html`<time datetime=${at} title=${inFull(at)}>${moment(at)}</time>`;
  const payment = order.payments?.find(({ id }) => id === payment_id);
  const about = payment && `${money(payment.amount)}, ${t(`payment_method_${payment.method}`)}`;
  if (what === "comment") {
    return html`<li class="sale-comment">
      <p class="who"><strong>${who}</strong> <span class="tag">${t("internal_comment")}</span> ${time}</p>
      ${about && html`<p class="hint">${t("comment_on", { what: about })}</p>`}
      <p class="text">${detail.body}</p>
    </li>`;
  }
  return html`<li>
    <span>${t(`order_did_${what}`, { who })}${about && ` (${about})`}${detail.reason && html`: <q>${detail.reason}</q>`}</span> ${time}
  </li>`;
}

/** @param {{ path: string, order: Order, reload: () => Promise<void> }} props */
function Write({ path, order, reload }) {
  const can = deedsOf(order);
  // One name for this comment, however often it is sent.
  const client_id = useRef(crypto.randomUUID());
  const { problem, busy, onSubmit } = useForm(async (form, element) => {
    const comment = { body: text(form, "comment"), payment_id: text(form, "about") || null };
    await post(`${path}/comments`, { client_id: client_id.current, ...comment });
    client_id.current = crypto.randomUUID();
    element.reset();
    await reload();
  });
  const payments = can.commentPayment ? (order.payments ?? []) : [];
  /** @type {[string, string][]} */
  const about = [
    ...(can.comment ? [/** @type {[string, string]} */ (["", t("comment_on_order")])] : []),
    ...payments.map(
      ({ id, amount, method }) =>
        /** @type {[string, string]} */ ([id, `${money(amount)}, ${t(`payment_method_${method}`)}`]),
    ),
  ];
  if (about.length === 0) return null;
  return html`<form class="form form-wide" onSubmit=${onSubmit} novalidate>
    <${Fault} problem=${problem} fields=${["body"]} />
    <${Field} name="comment" label=${t("internal_comment")} rows=${2} hint=${t("order_comment_hint")} fault=${problem?.of("body")} />
    ${about.length > 1 && html`<${Select} name="about" label=${t("comment_about")} options=${about} />`}
    ${about.length === 1 && about[0]?.[0] && html`<input type="hidden" name="about" value=${about[0][0]} />`}
    <p class="form-actions"><button class="button" disabled=${busy}>${t("send_comment")}</button></p>
  </form>`;
}
