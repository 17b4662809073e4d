// A step of an order's, in the log of a conversation.
import { html } from "../html.js";
import { may } from "../session.js";
import { describe } from "./happened.js";

/** @import { LogEvent } from "../types.js" */

/** Leads to the order, whoever may see it. @param {{ slug: string, event: Omit<LogEvent, "seq"> }} props */
export function OrderStep({ slug, event }) {
  if (!may("order.view")) return html`<span>${describe(event)}</span>`;
  return html`<a href=${`/app/${slug}/orders/${event.order?.id}`}>${describe(event)}</a>`;
}
