// What the company sells.
import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money, percent } from "../../money.js";
import { usePages } from "../../paged.js";
import { replace, search } from "../../router.js";
import { company } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { ItemDialog } from "./item.js";

/** @import { CatalogItem } from "../../types.js" */

const STATES = /** @type {const} */ (["active", "archived", "all"]);
/** Keys that follow each other closely are one search. */
const PAUSE = 200;

/** @param {{ slug: string }} props */
export function Catalog({ slug }) {
  document.title = `${t("catalog")} · ${company.value?.name}`;
  const asked = new URLSearchParams(search.value);
  const state = STATES.find((name) => name === asked.get("state")) ?? "active";
  const q = asked.get("q") ?? "";
  const query = new URLSearchParams({ ...(q ? { q } : {}), state });
  const { items, next, problem, more, reload } = usePages(`${at(slug)}/catalog?${query}`);
  const editing = useSignal(/** @type {CatalogItem | "new" | undefined} */ (undefined));
  const close = () => {
    editing.value = undefined;
  };
  const edit = (/** @type {CatalogItem | "new"} */ item) => {
    editing.value = item;
  };
  return html`<main class="screen sales" id="main">
    <header class="screen-head">
      <h1>${t("catalog")}</h1>
      <button class="button button-primary" onClick=${() => edit("new")}>${t("item_new")}</button>
    </header>
    <${Narrow} path=${`/app/${slug}/catalog`} state=${state} q=${q} />
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${!items && !problem && html`<p role="status">${t("loading")}</p>`}
    ${
      items?.length === 0 &&
      html`<div class="empty" role="status">
        <p><strong>${t(q || state !== "active" ? "catalog_none_such" : "catalog_none")}</strong></p>
        ${!q && state === "active" && html`<p>${t("catalog_none_hint")}</p>`}
      </div>`
    }
    <ul class="catalog">
      ${(items ?? []).map((item) => html`<${Item} key=${item.id} slug=${slug} item=${item} onEdit=${() => edit(item)} reload=${reload} />`)}
    </ul>
    ${next && html`<p><button class="button" onClick=${more}>${t("load_more")}</button></p>`}
    ${editing.value && html`<${ItemDialog} slug=${slug} item=${editing.value === "new" ? undefined : editing.value} onClose=${close} onSaved=${reload} />`}
  </main>`;
}

/** @param {{ path: string, state: string, q: string }} props */
function Narrow({ path, state, q }) {
  const [typed, setTyped] = useState(q);
  const to = (/** @type {string} */ words, /** @type {string} */ shown) => {
    const query = new URLSearchParams({
      ...(words.trim() ? { q: words.trim() } : {}),
      ...(shown === "active" ? {} : { state: shown }),
    });
    return path + (query.size > 0 ? `?${query}` : "");
  };
  useEffect(() => {
    const timer = setTimeout(() => replace(to(typed, state)), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<div class="filters">
    <div class="field">
      <label for="search-catalog">${t("catalog_search")}</label>
      <input id="search-catalog" type="search" maxlength="100" value=${typed}
        onInput=${(/** @type {any} */ { target }) => setTyped(target.value)} />
    </div>
    <div class="field">
      <label for="catalog-state">${t("show")}</label>
      <select id="catalog-state" onChange=${(/** @type {any} */ { target }) => replace(to(typed, target.value))}>
        ${STATES.map((name) => html`<option key=${name} value=${name} selected=${name === state}>${t(`catalog_${name}`)}</option>`)}
      </select>
    </div>
  </div>`;
}

/** @param {{ slug: string, item: CatalogItem, onEdit: () => void, reload: () => Promise<void> }} props */
function Item({ slug, item, onEdit, reload }) {
  const { id, name, description, price, tax_rate, picture_url, archived } = item;
  const set = (/** @type {boolean} */ archived) =>
    attempt(
      patch(`${at(slug)}/catalog/${id}`, { archived }).then(async () => {
        toast(t(archived ? "item_was_archived" : "item_was_brought_back", { name }), {
          words: t("undo"),
          run: () => set(!archived),
        });
        await reload();
      }),
    );
  return html`<li class="card catalog-item" data-archived=${archived}>
    ${picture_url ? html`<img src=${picture_url} alt="" loading="lazy" />` : html`<span class="no-picture" aria-hidden="true">${[...name][0]}</span>`}
    <div class="catalog-words">
      <h2>${name}</h2>
      <p><strong>${money(price)}</strong> <small>${tax_rate > 0 ? t("item_plus_tax", { rate: percent(tax_rate) }) : t("item_no_tax")}</small>
        ${archived && html` <span class="tag">${t("catalog_archived")}</span>`}</p>
      ${description && html`<p class="hint">${description}</p>`}
    </div>
    <div class="actions">
      <button class="button" onClick=${onEdit} aria-label=${`${t("edit")}: ${name}`}>${t("edit")}</button>
      <button class="button" onClick=${() => set(!archived)} aria-label=${`${t(archived ? "item_bring_back" : "item_archive")}: ${name}`}>${t(archived ? "item_bring_back" : "item_archive")}</button>
    </div>
  </li>`;
}
