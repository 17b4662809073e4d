// Changing an order that its customer has not confirmed yet.
import { useState } from "preact/hooks";
import { patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { go } from "../../router.js";
import { explain, toast } from "../../toast.js";
import { deedsOf, orderAt, standsNow } from "./deeds.js";
import { OrderForm } from "./form.js";

/** @import { Order } from "../../types.js" */
/** @import { Written } from "./form.js" */

/** @param {{ slug: string, id: string }} props */
export function EditOrder({ slug, id }) {
  const { data, problem } = useResource(orderAt(slug, id));
  const [refused, setRefused] = useState("");
  const order = /** @type {Order | undefined} */ (data);
  const page = `/app/${slug}/orders/${id}`;
  if (problem)
    return html`<p role="alert">${problem.status === 404 ? t("order_not_found") : explain(problem)}</p>`;
  if (!order) return html`<p role="status">${t("loading")}</p>`;
  const title = t("order_edit_titled", { number: order.number });
  const back = html`<p><a href=${page}>← ${t("order_titled", { number: order.number })}</a></p>`;
  if (!deedsOf(order).edit)
    return html`${back}<h1>${title}</h1><p role="alert">${t("order_not_editable")}</p>`;
  const save = async (/** @type {Written} */ written) => {
    setRefused("");
    try {
      await patch(orderAt(slug, id), { ...written, if_rev: order.rev });
    } catch (error) {
      const now = standsNow(error);
      if (!now) throw error;
      return setRefused(now);
    }
    toast(t(order.state === "offered" ? "order_saved_ask_anew" : "saved"));
    go(page);
  };
  return html`${back}
    <header class="screen-head"><h1>${title}</h1></header>
    ${order.state === "offered" && html`<p class="notice">${t("order_edit_offered")}</p>`}
    ${refused && html`<p class="notice notice-error" role="alert">${refused} <a href=${page}>${t("order_look_again")}</a></p>`}
    <div class="card">
      <${OrderForm} slug=${slug} currency=${order.currency} order=${order} onWritten=${save}
        actions=${(
          /** @type {boolean} */ busy,
        ) => html`<button class="button button-primary" disabled=${busy}>${t("save")}</button>
          <a class="button" href=${page}>${t("cancel")}</a>`} />
    </div>`;
}
