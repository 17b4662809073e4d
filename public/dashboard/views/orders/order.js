// One order: what it is about, how it stands, and what can be done to it.
import { useSignal } from "@preact/signals";
import { ask } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { money } from "../../money.js";
import { useResource } from "../../resource.js";
import { company, may } from "../../session.js";
import { explain, toast } from "../../toast.js";
import { complainOf, deedsOf, orderAt, take } from "./deeds.js";
import { Lines } from "./lines.js";
import { useNews } from "./news.js";
import { PaymentsOf } from "./payments-of.js";
import { Reason } from "./reason.js";
import { Talk } from "./talk.js";
import { StateOf } from "./words.js";

/** @import { Order } from "../../types.js" */

/** @param {{ inbox: import("../../inbox.js").Inbox, id: string }} props */
export function OneOrder({ inbox, id }) {
  const { slug } = inbox;
  const { data, problem, reload } = useResource(orderAt(slug, id));
  const order = /** @type {Order | undefined} */ (data);
  useNews(inbox, reload, () => order ?? { id });
  const back = html`<p><a href=${`/app/${slug}/orders`}>← ${t("orders")}</a></p>`;
  if (problem)
    return html`${back}<p role="alert">${problem.status === 404 ? t("order_not_found") : explain(problem)}</p>`;
  if (!order) return html`${back}<p role="status">${t("loading")}</p>`;
  document.title = `${t("order_titled", { number: order.number })} · ${company.value?.name}`;
  return html`${back}
    <header class="screen-head">
      <div>
        <h1>${t("order_titled", { number: order.number })}</h1>
        <p class="sale-facts"><${StateOf} order=${order} /> <${Facts} order=${order} /></p>
      </div>
      <${Actions} slug=${slug} order=${order} reload=${reload} />
    </header>
    <div class="sale">
      <div class="cards">
        <div class="card">
          <${Lines} order=${order} />
          ${order.note && html`<p class="sale-note"><strong>${t("order_note")}</strong> ${order.note}</p>`}
        </div>
        <${PaymentsOf} slug=${slug} order=${order} reload=${reload} />
        <${Talk} slug=${slug} order=${order} />
      </div>
      <${Customer} slug=${slug} order=${order} />
    </div>`;
}

/** @param {{ order: Order }} props */
function Facts({ order: { total, agent, created_at, expires_at, state } }) {
  const open = ["requested", "draft", "offered", "awaiting_payment"].includes(state);
  return html`<strong>${money(total)}</strong>
    <small>${agent ? t("order_made_by", { name: agent.name }) : t("order_by_customer")} · <time datetime=${created_at} title=${inFull(created_at)}>${moment(created_at)}</time></small>
    ${expires_at && open && html`<small>${t("order_expires_at", { at: moment(expires_at) })}</small>`}`;
}

/** @param {{ slug: string, order: Order, reload: () => Promise<void> }} props */
function Actions({ slug, order, reload }) {
  const cancelling = useSignal(false);
  const busy = useSignal(false);
  const { id, number, rev, state, contact } = order;
  const path = orderAt(slug, id);
  const can = deedsOf(order);
  /** @param {string} step @param {string} done @param {object} [body] */
  const step = async (step, done, body = {}) => {
    busy.value = true;
    const settled = await take(`${path}/${step}`, body, done, reload);
    busy.value = false;
    return settled;
  };
  const restore = () => step("restoration", t("order_restored", { number }));
  const remove = async () => {
    try {
      await ask("DELETE", path);
      toast(t("order_was_deleted", { number }), { words: t("undo"), run: restore });
    } catch (error) {
      complainOf(error);
    }
    await reload();
  };
  return html`<div class="actions">
    ${
      can.offer &&
      html`<button class="button button-primary" disabled=${busy.value}
        onClick=${() => step("offer", t("order_was_offered", { name: contact.name }), { if_rev: rev })}>
        ${t(state === "offered" ? "order_offer_again" : "order_offer")}</button>`
    }
    ${
      can.confirm &&
      html`<button class=${`button ${can.offer ? "" : "button-primary"}`} disabled=${busy.value} title=${t("order_confirm_hint")}
        onClick=${() => step("confirmation", t("order_was_confirmed"), { if_rev: rev })}>${t("order_confirm")}</button>`
    }
    ${can.edit && html`<a class="button" href=${`/app/${slug}/orders/${id}/edit`}>${t("edit")}</a>`}
    ${
      can.cancel &&
      html`<button class="button" onClick=${() => {
        cancelling.value = true;
      }}>${t("order_cancel")}</button>`
    }
    ${can.remove && html`<button class="button button-danger" disabled=${busy.value} onClick=${remove}>${t("delete")}</button>`}
    ${can.restore && html`<button class="button button-primary" disabled=${busy.value} onClick=${restore}>${t("order_restore")}</button>`}
    ${can.moneyHasCome && html`<small>${t("order_money_has_come")}</small>`}
    ${
      cancelling.value &&
      html`<${Reason} title=${t("order_cancel_question", { number })} consequence=${t("order_cancel_consequence")} action=${t("order_cancel")}
        onReason=${(/** @type {object} */ said) => step("cancellation", t("order_was_cancelled", { number }), said)}
        onClose=${() => {
          cancelling.value = false;
        }} />`
    }
  </div>`;
}

/** Whose it is, and to whom it is invoiced. @param {{ slug: string, order: Order }} props */
function Customer({ slug, order: { contact, conversation, billing, known } }) {
  const { name, address, country, vat_id } = billing;
  const invoiced = [name, address, country].filter(Boolean).join("\n");
  const sees = may("conversation.view");
  return html`<aside class="cards" aria-label=${t("customer")}>
    <section class="card">
      <h2>${t("customer")}</h2>
      <div class="contact">
        ${
          contact.email
            ? html`<p><strong>${sees ? html`<a href=${`/app/${slug}/contacts/${contact.id}`}>${contact.name}</a>` : contact.name}</strong></p>
              <p><a href=${`mailto:${contact.email}`}>${contact.email}</a></p>`
            : html`<p>${t("customer_erased")}</p>`
        }
        ${
          conversation &&
          html`<p>${
            sees
              ? html`<a href=${`/app/${slug}/all/${conversation.id}`}>${t("order_conversation", { number: conversation.number })}</a>`
              : t("order_conversation", { number: conversation.number })
          }</p>`
        }
        ${!known && html`<p class="hint">${t("order_unknown_to_customer")}</p>`}
        <p><a href=${`/app/${slug}/orders?contact=${contact.id}`}>${t("orders_of_contact")}</a></p>
      </div>
    </section>
    <section class="card">
      <h2>${t("billing")}</h2>
      ${invoiced ? html`<p class="sale-address">${invoiced}</p>` : html`<p class="hint">${t("billing_none")}</p>`}
      ${vat_id && html`<p>${t("billing_vat_id")}: ${vat_id}</p>`}
    </section>
  </aside>`;
}
