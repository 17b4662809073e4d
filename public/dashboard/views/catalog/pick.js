// Finding something of the catalogue: one thing for a line of an order, or several to be sent.
import { useEffect, useState } from "preact/hooks";
import { at } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money } from "../../money.js";
import { usePages } from "../../paged.js";
import { explain } from "../../toast.js";
import { Dialog } from "../dialog.js";

/** @import { CatalogCard, CatalogItem } from "../../types.js" */

/** Keys that follow each other closely are one search. */
const PAUSE = 200;

/** @param {{ slug: string, currency: string, onPick: (item: CatalogItem) => void, onClose: () => void }} props */
export function PickItem({ slug, currency, onPick, onClose }) {
  const pick = (/** @type {CatalogItem} */ item) => {
    onPick(item);
    onClose();
  };
  return html`<${Dialog} title=${t("line_add_item")} onClose=${onClose}>
    <${Items} slug=${slug} row=${(/** @type {CatalogItem} */ item) => {
      const other = item.price.currency !== currency;
      return html`<button type="button" class="item catalog-choice" disabled=${other} onClick=${() => pick(item)}>
        <${Glance} item=${item} />${other && html`<small>${t("item_other_currency", { currency })}</small>`}
      </button>`;
    }} />
    <p class="dialog-actions"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button></p>
  <//>`;
}

/** What is sold, narrowed by typing. @param {{ slug: string, row: (item: CatalogItem) => unknown }} props */
export function Items({ slug, row }) {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const { items, next, more, problem } = usePages(
    `${at(slug)}/catalog${words && `?q=${encodeURIComponent(words)}`}`,
  );
  return html`<div class="catalog-choices">
    <div class="field">
      <label for="search-catalog">${t("catalog_search")}</label>
      <input id="search-catalog" type="search" maxlength="100" value=${typed} autofocus
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Enter") event.preventDefault();
        }}
        onInput=${(/** @type {any} */ { target }) => setTyped(target.value)} />
    </div>
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${!items && !problem && html`<p role="status">${t("loading")}</p>`}
    ${items?.length === 0 && html`<p class="hint" role="status">${t(words ? "catalog_none_such" : "catalog_none")}</p>`}
    <ul>${(items ?? []).map((item) => html`<li key=${item.id}>${row(item)}</li>`)}</ul>
    ${next && html`<p><button type="button" class="button" onClick=${more}>${t("load_more")}</button></p>`}
  </div>`;
}

/** @param {{ item: CatalogCard }} props */
export const Glance = ({ item: { name, price, picture_url } }) => html`<span class="glance">
  ${picture_url ? html`<img src=${picture_url} alt="" loading="lazy" />` : html`<span class="no-picture" aria-hidden="true"></span>`}
  <span class="glance-name">${name}</span> <span class="glance-price">${money(price)}</span>
</span>`;
