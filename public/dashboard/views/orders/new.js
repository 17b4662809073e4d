// A new order: of a conversation's customer, or of anybody.
import { useMemo, useState } from "preact/hooks";
import { at, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { CURRENCIES } from "../../money.js";
import { text, useResource } from "../../resource.js";
import { go } from "../../router.js";
import { company } from "../../session.js";
import { explain, toast } from "../../toast.js";
import { Select } from "../fields.js";
import { OrderForm } from "./form.js";
import { Whose } from "./whose.js";

/** @import { Conversation, OrderSettings } from "../../types.js" */
/** @import { Written } from "./form.js" */

/** @param {{ slug: string, conversation?: string }} props */
export function NewOrder({ slug, conversation }) {
  const { data: settings, problem } = useResource(`${at(slug)}/order-settings`);
  const of = useResource(conversation && `${at(slug)}/conversations/${conversation}`);
  document.title = `${t("new_order")} · ${company.value?.name}`;
  const trouble = problem ?? of.problem;
  const list = `/app/${slug}/orders`;
  const back = conversation ? `/app/${slug}/all/${conversation}` : list;
  const link = html`<p><a href=${back}>← ${t(conversation ? "order_back_to_conversation" : "orders")}</a></p>`;
  if (trouble) return html`${link}<p role="alert">${explain(trouble)}</p>`;
  if (!settings || (conversation && !of.data)) return html`${link}<p role="status">${t("loading")}</p>`;
  return html`${link}
    <header class="screen-head"><h1>${t("new_order")}</h1></header>
    <div class="card"><${Form} slug=${slug} settings=${settings} conversation=${of.data} back=${back} /></div>`;
}

/** @param {{ slug: string, settings: OrderSettings, conversation?: Conversation, back: string }} props */
function Form({ slug, settings, conversation, back }) {
  const [currency, setCurrency] = useState(settings.currency);
  // One name for this order, however often it is sent.
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const create = async (
    /** @type {Written} */ written,
    /** @type {FormData} */ form,
    /** @type {string} */ pressed,
  ) => {
    const { expires_at, ...rest } = written;
    const order = await post(`${at(slug)}/orders`, {
      client_id,
      ...whose(conversation, form),
      currency,
      ...rest,
      ...(expires_at ? { expires_at } : {}),
      send: pressed === "send",
    });
    toast(
      pressed === "send"
        ? t("order_was_offered", { name: order.contact.name })
        : t("order_created", { number: order.number }),
    );
    go(`/app/${slug}/orders/${order.id}`);
  };
  // The draft comes first: the Enter key must not send anything to anybody.
  const before = (/** @type {(field: string) => string | undefined} */ fault) => html`
    ${
      conversation
        ? html`<p>${t("customer")}: <strong>${conversation.contact.name}</strong> <small>${conversation.contact.email} · #${conversation.number} ${conversation.subject}</small></p>`
        : html`<${Whose} slug=${slug} fault=${fault} />`
    }
    <div class="narrow"><${Select} name="currency" label=${t("currency")} initial=${currency}
      options=${CURRENCIES.map((code) => [code, code])} onChange=${(/** @type {any} */ { target }) => setCurrency(target.value)} /></div>`;
  return html`<${OrderForm} slug=${slug} currency=${currency} before=${before} onWritten=${create}
    fields=${["contact.email", "contact.name", "contact_id"]}
    actions=${(/** @type {boolean} */ busy) => html`
      <button class=${`button ${conversation ? "" : "button-primary"}`} value="draft" disabled=${busy}>${t("order_save_draft")}</button>
      ${conversation && html`<button class="button button-primary" value="send" disabled=${busy}>${t("order_offer")}</button>`}
      <a class="button" href=${back}>${t("cancel")}</a>`} />`;
}

/** @param {Conversation | undefined} conversation @param {FormData} form */
function whose(conversation, form) {
  if (conversation) return { conversation_id: conversation.id };
  return { contact: { email: text(form, "contact.email"), name: text(form, "contact.name") || undefined } };
}
