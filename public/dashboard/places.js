// Where in the dashboard an address leads: a view, what it is narrowed by, and the conversation that is open.
import { narrowing, readFilters, viewOf, writeFilters } from "./filters.js";

/** @import { Filters, View } from "./filters.js" */

export class Place {
  /** @param {string} slug @param {View} view @param {Filters} filters @param {string} [id] of the conversation that is open */
  constructor(slug, view, filters, id) {
    this.slug = slug;
    this.view = view;
    this.filters = filters;
    this.id = id;
  }

  /** `/app/{company}/{view}/{conversation}?{filters}`. @param {string} slug @param {string} pathname @param {string} query */
  static of(slug, pathname, query) {
    const [, , , name, id] = pathname.split("/");
    const view = viewOf(name);
    return new Place(slug, view ?? "all", readFilters(query), (view && id) || undefined);
  }

  /** Whether less is shown than the view has. */
  get narrowed() {
    return narrowing(this.view, this.filters).length > 0 || this.filters.sort === "waiting";
  }

  /** The list, with nothing open. */
  get list() {
    return this.to();
  }

  /** The same view with everything in it, in the same order. */
  get unfiltered() {
    const { sort } = this.filters;
    return new Place(this.slug, this.view, { sort: sort === "waiting" ? "recent" : sort }).list;
  }

  /** A conversation in this list. @param {string} [id] none: the list */
  to(id) {
    return `/app/${this.slug}/${this.view}${id ? `/${id}` : ""}${writeFilters(this.filters)}`;
  }

  /** The same with something changed in the filters, and nothing open. @param {Partial<Filters>} change */
  with(change) {
    return new Place(this.slug, this.view, { ...this.filters, ...change }).list;
  }
}
