// The orders of a conversation, beside it.
import { useEffect, useRef } from "preact/hooks";
import { at } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money } from "../../money.js";
import { useResource } from "../../resource.js";
import { may, mayTo } from "../../session.js";
import { StateOf } from "./words.js";

/** @import { Conversation, Order } from "../../types.js" */

const SHOWN = 20;

/** @param {{ thread: import("../../thread.js").Thread, conversation: Conversation }} props */
export function OrdersOf({ thread, conversation }) {
  const { slug, id } = thread;
  const sees = may("order.view");
  const makes = sees && mayTo("order.create_from_conversation", conversation);
  const { data, reload } = useResource(
    sees ? `${at(slug)}/orders?conversation=${id}&limit=${SHOWN}` : undefined,
  );
  // Each step of an order is told in the conversation.
  const steps = thread.events.value.filter(({ kind }) => kind === "order").length;
  const seen = useRef(steps);
  useEffect(() => {
    if (seen.current !== steps) reload();
    seen.current = steps;
  }, [steps]);
  const orders = /** @type {Order[]} */ (data?.items ?? []);
  if (orders.length === 0 && !makes) return null;
  return html`<section class="orders-of" aria-labelledby="orders-of-title">
    <h2 id="orders-of-title">${t("orders")}</h2>
    <ul>
      ${orders.map(
        (order) => html`<li key=${order.id}>
          <a href=${`/app/${slug}/orders/${order.id}`}>#${order.number} · ${money(order.total)}</a> <${StateOf} order=${order} />
        </li>`,
      )}
    </ul>
    ${data?.next && html`<p><a href=${`/app/${slug}/orders?contact=${conversation.contact.id}`}>${t("orders_of_contact")}</a></p>`}
    ${makes && html`<p><a class="button" href=${`/app/${slug}/orders/new?conversation=${id}`}>${t("new_order")}</a></p>`}
  </section>`;
}
