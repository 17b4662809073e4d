// The orders section: orders, one of them, a new one, the payments, and what the bank says of them.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { search } from "../../router.js";
import { company, may } from "../../session.js";
import { EditOrder } from "./edit.js";
import { OrderList } from "./list.js";
import { NewOrder } from "./new.js";
import { OneOrder } from "./order.js";
import { Payments } from "./payments.js";
import { Statement } from "./statement.js";

/** @import { Inbox } from "../../inbox.js" */

/** The parts that show what there is; without a name, the orders. */
const LISTS = ["", "payments", "reconciliation"];

/**
 * @param {{ inbox: Inbox, section?: string, part?: string }} props `section` is an order's id, or a part of the section;
 *   `part` says what is done to the order
 */
export function Orders({ inbox, section, part }) {
  document.title = `${t("orders")} · ${company.value?.name}`;
  return html`<main class="screen sales" id="main">${screen(inbox, section, part)}</main>`;
}

/** @param {Inbox} inbox @param {string} [section] @param {string} [part] */
function screen(inbox, section, part) {
  const { slug } = inbox;
  if (LISTS.includes(section ?? "") && !may("order.view")) {
    return html`<header class="screen-head"><h1>${t("orders")}</h1></header><p role="alert">${t("no_permission")}</p>`;
  }
  switch (section) {
    case undefined:
    case "":
      return html`<${Tabs} slug=${slug} current="" /><${OrderList} inbox=${inbox} />`;
    case "payments":
      return html`<${Tabs} slug=${slug} current="payments" /><${Payments} inbox=${inbox} />`;
    case "reconciliation":
      return html`<${Tabs} slug=${slug} current="reconciliation" />
        ${may("payment.reconcile") ? html`<${Statement} slug=${slug} />` : html`<p role="alert">${t("no_permission")}</p>`}`;
    case "new": {
      const conversation = new URLSearchParams(search.value).get("conversation") ?? undefined;
      return html`<${NewOrder} key=${conversation} slug=${slug} conversation=${conversation} />`;
    }
    default:
      return part === "edit"
        ? html`<${EditOrder} key=${section} slug=${slug} id=${section} />`
        : html`<${OneOrder} key=${section} inbox=${inbox} id=${section} />`;
  }
}

/** @param {{ slug: string, current: string }} props */
function Tabs({ slug, current }) {
  const tabs = /** @type {const} */ ([
    ["", "orders", true],
    ["payments", "payments", true],
    ["reconciliation", "reconciliation", may("payment.reconcile")],
  ]);
  return html`
    <header class="screen-head">
      <h1>${t(current === "reconciliation" ? "reconciliation" : current === "payments" ? "payments" : "orders")}</h1>
      ${
        may("order.create_independent") &&
        html`<a class="button button-primary" href=${`/app/${slug}/orders/new`}>${t("new_order")}</a>`
      }
    </header>
    <nav class="tabs" aria-label=${t("orders")}>
      ${tabs
        .filter(([, , open]) => open)
        .map(
          ([path, name]) => html`<a key=${path} class="tab" href=${`/app/${slug}/orders${path && `/${path}`}`}
            aria-current=${path === current ? "page" : undefined}>${t(name)}</a>`,
        )}
    </nav>
  `;
}
