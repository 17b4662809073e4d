// By what a list is narrowed, and its order: everything leads to an address.
import { CHANNELS, givenBy, narrowing, PRIORITIES, SORTS, STATUSES } from "../filters.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { agents, folders, me, tags, teams } from "../session.js";
import { Popover } from "./pick-menu.js";

/** @import { FilterName, Sort } from "../filters.js" */
/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */

/** @param {{ inbox: Inbox, place: Place }} props */
export function Filters({ inbox, place }) {
  const { filters, view } = place;
  const active = narrowing(view, filters);
  const given = givenBy(view);
  const offered = /** @type {FilterName[]} */ (Object.keys(CHOICES)).filter((name) => !(name in given));
  return html`<div class="list-tools">
      <label class="picker"><span class="visually-hidden">${t("sort")}</span>
        <select class="input input-small" value=${filters.sort}
          onChange=${(/** @type {any} */ { target }) => go(place.with({ sort: /** @type {Sort} */ (target.value) }))}>
          ${SORTS.map((sort) => html`<option key=${sort} value=${sort}>${t(`sort_${sort}`)}</option>`)}
        </select>
      </label>
      <${Popover} id="narrow" label=${html`${t("filter")}${active.length > 0 && html` <span class="count">${active.length}</span>`}`} kind="narrow-by">
        ${offered.map((name) => html`<${Narrow} key=${name} name=${name} place=${place} />`)}
      <//>
    </div>
    ${
      active.length > 0 &&
      html`<ul class="chips" aria-label=${t("filters")}>
        ${active.map((name) => {
          const words = wordsOf(name, String(filters[name]), inbox);
          return html`<li key=${name}><span class="tag">${t(`filter_${name}`)}: ${words}
            <a class="chip-off" href=${place.with({ [name]: undefined })} aria-label=${t("without_filter", { name: `${t(`filter_${name}`)}: ${words}` })}>×</a></span></li>`;
        })}
        <li><a href=${place.unfiltered}>${t("clear_filters")}</a></li>
      </ul>`
    }`;
}

/** What each filter offers. @type {Partial<Record<FilterName, () => { id: string, name: string }[]>>} */
const CHOICES = {
  status: () => STATUSES.map((id) => ({ id, name: t(`status_${id}`) })),
  priority: () => PRIORITIES.map((id) => ({ id, name: t(`priority_${id}`) })),
  assignee: () => [
    { id: "me", name: t("assigned_to_me") },
    { id: "none", name: t("unassigned") },
    ...agents.value.filter(({ id, assignable }) => assignable && id !== me.value?.id),
  ],
  folder: () => folders.value,
  team: () => teams.value,
  tag: () => tags.value,
  channel: () => CHANNELS.map((id) => ({ id, name: t(`channel_${id}`) })),
};

/** @param {{ name: FilterName, place: Place }} props */
function Narrow({ name, place }) {
  const choices = CHOICES[name]?.() ?? [];
  const value = place.filters[name] ?? "";
  if (choices.length === 0 && !value) return null;
  // What came with the address may be several, or nothing that is offered.
  const other = value && !choices.some(({ id }) => id === value);
  return html`<label class="picker">${t(`filter_${name}`)}
    <select class="input input-small" value=${value}
      onChange=${(/** @type {any} */ { target }) => go(place.with({ [name]: target.value || undefined }))}>
      <option value="">${t("any")}</option>
      ${other && html`<option value=${value}>${wordsOf(name, value)}</option>`}
      ${choices.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}
    </select></label>`;
}

/** What a filter asks for, in words. @param {FilterName} name @param {string} value @param {Inbox} [inbox] */
function wordsOf(name, value, inbox) {
  if (name === "contact") {
    const one = inbox?.items.value?.find(({ contact }) => contact.id === value);
    return one?.contact.name ?? "…";
  }
  const choices = CHOICES[name]?.() ?? [];
  const named = (/** @type {string} */ id) => choices.find((one) => one.id === id)?.name ?? "…";
  return value.split(",").map(named).join(", ");
}
