// Something that is sold, to be typed: what it is, what it costs, how it looks.
import { useMemo, useState } from "preact/hooks";
import { ask, at, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { CURRENCIES, readAmount, readRate, typed, typedRate } from "../../money.js";
import { shrink, upload } from "../../pictures.js";
import { text, useForm, useResource } from "../../resource.js";
import { complain, explain, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field, Select } from "../fields.js";

/** @import { CatalogItem } from "../../types.js" */

/** Pixels of a picture's longer side, at most. */
const SIDE = 800;
const FIELDS = ["name", "description", "price", "tax_rate"];

/** @param {{ slug: string, item?: CatalogItem, onClose: () => void, onSaved: () => Promise<void> }} props without an item, a new one */
export function ItemDialog({ slug, item, onClose, onSaved }) {
  const settings = useResource(item ? undefined : `${at(slug)}/order-settings`);
  // Whoever may not know the company's currency says one himself.
  const ready = item ?? settings.data ?? settings.problem;
  return html`<${Dialog} title=${item ? t("item_edit") : t("item_new")} onClose=${onClose}>
    ${
      ready
        ? html`<${Form} slug=${slug} item=${item} initial=${item?.price.currency ?? settings.data?.currency ?? "EUR"}
            onClose=${onClose} onSaved=${onSaved} />`
        : html`<p role="status">${t("loading")}</p>`
    }
  <//>`;
}

/** @param {{ slug: string, item?: CatalogItem, initial: string, onClose: () => void, onSaved: () => Promise<void> }} props */
function Form({ slug, item, initial, onClose, onSaved }) {
  const [currency, setCurrency] = useState(initial);
  const [picture, setPicture] = useState(/** @type {File | null | undefined} */ (undefined));
  const [faults, setFaults] = useState(/** @type {{ price?: string, tax_rate?: string }} */ ({}));
  // One name for this item, however often it is sent.
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const { problem, busy, onSubmit } = useForm(async (form, element) => {
    const [amount, rate] = [
      readAmount(text(form, "price"), currency),
      readRate(text(form, "tax_rate") || "0"),
    ];
    const found = {
      ...(amount === undefined
        ? { price: t("amount_unreadable", { example: typed({ amount: 4990, currency }) }) }
        : {}),
      ...(rate === undefined ? { tax_rate: t("line_tax_unreadable") } : {}),
    };
    setFaults(found);
    if (amount === undefined || rate === undefined) return focusFault(element);
    const body = {
      name: text(form, "name"),
      description: text(form, "description"),
      price: { amount, currency },
      tax_rate: rate,
    };
    const path = `${at(slug)}/catalog`;
    const saved = await (item ? patch(`${path}/${item.id}`, body) : post(path, { client_id, ...body }));
    try {
      if (picture) await upload(`${path}/${saved.id}/picture`, await shrink(picture, SIDE));
      if (picture === null && item?.picture_url) await ask("DELETE", `${path}/${saved.id}/picture`);
      toast(t("saved"));
    } catch (error) {
      // The item is saved; only its picture is not.
      complain(error);
    }
    await onSaved();
    onClose();
  });
  const taken = problem?.code === "name_taken" ? explain(problem) : undefined;
  const fault = (/** @type {string} */ field) => problem?.of(field);
  return html`<form class="form form-wide" onSubmit=${onSubmit} novalidate>
    <${Fault} problem=${taken ? undefined : problem} fields=${FIELDS} />
    <${Field} name="name" label=${t("name")} initial=${item?.name} fault=${taken ?? fault("name")} autocomplete="off" />
    <${Field} name="description" label=${t("description")} rows=${3} initial=${item?.description} optional fault=${fault("description")} />
    <div class="price-pair">
      <${Field} name="price" label=${t("item_price")} initial=${item && typed(item.price)} hint=${t("item_price_hint")}
        fault=${faults.price ?? fault("price")} autocomplete="off" inputmode="decimal" />
      <${Select} name="currency" label=${t("currency")} initial=${currency} options=${CURRENCIES.map((code) => [code, code])}
        onChange=${(/** @type {any} */ { target }) => setCurrency(target.value)} />
      <${Field} name="tax_rate" label=${t("line_tax_percent")} initial=${item ? typedRate(item.tax_rate) : "0"}
        fault=${faults.tax_rate ?? fault("tax_rate")} autocomplete="off" inputmode="decimal" />
    </div>
    <${Picture} shown=${item?.picture_url} picture=${picture} onChange=${setPicture} />
    <p class="dialog-actions">
      <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
      <button class="button button-primary" disabled=${busy}>${t("save")}</button>
    </p>
  </form>`;
}

/** @param {{ shown?: string | null, picture: File | null | undefined, onChange: (picture: File | null) => void }} props null takes away what is there */
function Picture({ shown, picture, onChange }) {
  const there = picture === null ? undefined : shown;
  const choose = (/** @type {any} */ { target }) => {
    const [file] = target.files;
    if (file) onChange(file);
    target.value = "";
  };
  return html`<div class="picture">
    ${there && !picture ? html`<img src=${there} alt=${t("item_picture")} class="item-picture" />` : html`<span class="item-picture no-picture" aria-hidden="true"></span>`}
    <div class="stack">
      ${picture && html`<p role="status">${t("item_picture_chosen", { name: picture.name })}</p>`}
      <label class="button">${t("item_choose_picture")}<input type="file" accept="image/png,image/jpeg,image/gif,image/webp" class="visually-hidden" onChange=${choose} /></label>
      ${(there || picture) && html`<button type="button" class="link" onClick=${() => onChange(null)}>${t("remove_picture")}</button>`}
      <small>${t("picture_hint")}</small>
    </div>
  </div>`;
}

/** @param {HTMLFormElement} element */
function focusFault(element) {
  requestAnimationFrame(() => {
    const fault = element.querySelector("[aria-invalid=true]");
    if (fault instanceof HTMLElement) fault.focus();
  });
}
