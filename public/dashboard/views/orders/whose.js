// Whose an order is: somebody who is known, found by name or address, or anybody with an e-mail address.
import { useSignal } from "@preact/signals";
import { at, get } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { isConfined } from "../../session.js";
import { attempt } from "../../toast.js";
import { Field } from "../fields.js";

/** @import { ContactRecord } from "../../types.js" */

/** @param {{ slug: string, fault: (field: string) => string | undefined }} props */
export function Whose({ slug, fault }) {
  const known = useSignal(/** @type {ContactRecord[]} */ ([]));
  const suggest = (/** @type {string} */ words) => {
    if (isConfined() || words.trim().length < 2) return;
    const path = `${at(slug)}/contacts?limit=8&q=${encodeURIComponent(words.trim().slice(0, 100))}`;
    attempt(
      get(path).then(({ items }) => {
        known.value = items;
      }),
    );
  };
  return html`<div class="pair">
    <${Field} name="contact.email" type="email" label=${t("customers_email")} autocomplete="off" list="order-contacts"
      fault=${fault("contact.email")} onInput=${(/** @type {any} */ { target }) => suggest(target.value)} />
    <datalist id="order-contacts">
      ${known.value.map(({ id, name, email }) => html`<option key=${id} value=${email}>${name}</option>`)}
    </datalist>
    <${Field} name="contact.name" label=${t("customers_name")} hint=${t("customers_name_hint")} autocomplete="off" optional
      fault=${fault("contact.name")} />
  </div>`;
}
