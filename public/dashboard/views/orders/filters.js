// By what the orders are narrowed: it stands in the address, so that a list can be shared, reloaded and gone back from.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { replace } from "../../router.js";
import { agents, may, me } from "../../session.js";
import { StateChips } from "./state-chips.js";
import { ORDER_STATES } from "./words.js";

/** @typedef {"state" | "q" | "agent" | "contact" | "from" | "to" | "deleted"} FilterName */
/** @typedef {Partial<Record<FilterName, string>>} Filters */

const NAMES = /** @type {FilterName[]} */ (["state", "q", "agent", "contact", "from", "to", "deleted"]);
/** Keys that follow each other closely are one search. */
const PAUSE = 250;

/** What an address asks for. @param {string} query @returns {Filters} */
export function readFilters(query) {
  const asked = new URLSearchParams(query);
  return Object.fromEntries(NAMES.map((name) => [name, asked.get(name)]).filter(([, value]) => value));
}

/** The query of an address or of a request, with its question mark; nothing where nothing is narrowed. @param {Filters} filters */
export function writeFilters(filters) {
  const asked = NAMES.filter((name) => filters[name]).map((name) => [name, String(filters[name])]);
  return asked.length > 0 ? `?${new URLSearchParams(asked).toString().replaceAll("%2C", ",")}` : "";
}

/** @param {{ path: string, filters: Filters }} props `path` of the screen */
export function OrderFilters({ path, filters }) {
  const to = (/** @type {Filters} */ change) => path + writeFilters({ ...filters, ...change });
  return html`
    <${StateChips} all=${ORDER_STATES} chosen=${filters.state} to=${(/** @type {string | undefined} */ state) => to({ state })}
      nameOf=${(/** @type {(typeof ORDER_STATES)[number]} */ state) => t(`order_state_${state}`)} />
    <div class="filters">
      <${Words} label=${t("orders_search")} words=${filters.q ?? ""} to=${(/** @type {string | undefined} */ q) => to({ q })} />
      <div class="field">
        <label for="order-agent">${t("order_agent")}</label>
        <select id="order-agent" onChange=${(/** @type {any} */ { target }) => replace(to({ agent: target.value || undefined }))}>
          ${agentChoices(filters.agent).map(
            ([id, name]) =>
              html`<option key=${id} value=${id} selected=${id === (filters.agent ?? "")}>${name}</option>`,
          )}
        </select>
      </div>
      <${Days} filters=${filters} to=${to} />
      ${
        may("order.delete") &&
        html`<label class="switch"><input type="checkbox" checked=${filters.deleted === "true"}
          onChange=${(/** @type {any} */ { target }) => replace(to({ deleted: target.checked ? "true" : undefined }))} />
          ${t("orders_deleted")}</label>`
      }
    </div>
    ${
      filters.contact &&
      html`<p class="chips"><span class="tag">${t("orders_of_one")}
        <a class="chip-off" href=${to({ contact: undefined })} aria-label=${t("orders_of_all")}>×</a></span></p>`
    }
  `;
}

/**
 * From which day until which, by the company's clock.
 * @param {{ filters: { from?: string, to?: string }, to: (change: { from?: string, to?: string }) => string }} props
 */
export function Days({ filters, to }) {
  const { from, to: until } = filters;
  const day = (/** @type {"from" | "to"} */ name, /** @type {Record<string, string | undefined>} */ edges) =>
    html`<div class="field day">
      <label for=${`orders-${name}`}>${t(`orders_${name}`)}</label>
      <input id=${`orders-${name}`} type="date" value=${filters[name] ?? ""} ...${edges}
        onChange=${(/** @type {any} */ { target }) => replace(to({ [name]: target.value || undefined }))} />
    </div>`;
  return html`${day("from", { max: until })}${day("to", { min: from })}`;
}

/** What is looked for; the address follows the keys. @param {{ label: string, words: string, to: (words: string | undefined) => string }} props */
export function Words({ label, words, to }) {
  const [typed, setTyped] = useState(words);
  useEffect(() => {
    if (typed.trim() === words) return undefined;
    const timer = setTimeout(() => replace(to(typed.trim() || undefined)), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<div class="field">
    <label for="search-orders">${label}</label>
    <input id="search-orders" type="search" maxlength="100" value=${typed}
      onInput=${(/** @type {any} */ { target }) => setTyped(target.value)} />
  </div>`;
}

/** @param {string | undefined} chosen @returns {[string, string][]} */
function agentChoices(chosen) {
  const others = agents.value.filter(({ id }) => id !== me.value?.id);
  /** @type {[string, string][]} */
  const all = [
    ["", t("order_any_agent")],
    ["me", t("order_my_own")],
    ...others.map(({ id, name }) => /** @type {[string, string]} */ ([id, name])),
  ];
  // What came with the address may be somebody who is not here any more.
  const known = !chosen || all.some(([id]) => id === chosen);
  return known ? all : [...all, [chosen, "…"]];
}
