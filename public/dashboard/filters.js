// What a list shows and in which order: the view, narrowed by filters. Both stand in the address, so that a list can be
// shared, reloaded and gone back from.
import { me } from "./session.js";

/** @import { Channel, Conversation, Priority, Status } from "./types.js" */
/** @typedef {"new" | "mine" | "unassigned" | "all" | "snoozed" | "closed"} PlainView */
/** A view, or what is in a folder, with a team or has a tag. @typedef {PlainView | `${"folder" | "team" | "tag"}-${string}`} View */
/** @typedef {"recent" | "oldest" | "waiting" | "priority"} Sort */
/** By which one may narrow. @typedef {"status" | "priority" | "assignee" | "folder" | "team" | "tag" | "channel" | "contact"} FilterName */
/** What stands in the address, each several values at most where several make sense. @typedef {{ sort: Sort } & Partial<Record<FilterName, string>>} Filters */
/** By which conversations are ordered. @typedef {Pick<Conversation, "id" | "last_event_at" | "waiting_since" | "priority">} Ranked */
/** @typedef {{ query: string, has: (conversation: Conversation) => boolean, order: (a: Ranked, b: Ranked) => number }} Contents */

const UNDER_WAY = /** @type {Status[]} */ (["new", "open", "pending"]);
export const STATUSES = /** @type {Status[]} */ (["new", "open", "pending", "snoozed", "closed"]);
/** The most pressing first. */
export const PRIORITIES = /** @type {Priority[]} */ (["urgent", "high", "normal", "low"]);
export const CHANNELS = /** @type {Channel[]} */ (["web", "chat", "agent"]);
export const SORTS = /** @type {Sort[]} */ (["recent", "oldest", "waiting", "priority"]);

const FILTERS = /** @type {FilterName[]} */ ([
  "status",
  "priority",
  "assignee",
  "folder",
  "team",
  "tag",
  "channel",
  "contact",
]);

/** What each plain view narrows by itself. @type {Record<PlainView, Partial<Record<FilterName, string>>>} */
const VIEWS = {
  new: { status: "new" },
  mine: { assignee: "me" },
  unassigned: { assignee: "none" },
  all: {},
  snoozed: { status: "snoozed" },
  closed: { status: "closed" },
};

export const VIEW_NAMES = /** @type {PlainView[]} */ (Object.keys(VIEWS));

/** The view of an address, if it names one. @param {string | undefined} name @returns {View | undefined} */
export function viewOf(name) {
  if (/^(folder|team|tag)-[\w-]+$/.test(name ?? "")) return /** @type {View} */ (name);
  return VIEW_NAMES.find((known) => known === name);
}

/** The kind and the id of what a view is the contents of; nothing for plain views. @param {View} view */
export function placeOf(view) {
  const [, kind, id] = /^(folder|team|tag)-(.+)$/.exec(view) ?? [];
  return kind ? { kind: /** @type {"folder" | "team" | "tag"} */ (kind), id: String(id) } : undefined;
}

/** What a view narrows by itself, and so cannot be narrowed by. @param {View} view */
export function givenBy(view) {
  const place = placeOf(view);
  return place ? { [place.kind]: place.id } : VIEWS[/** @type {PlainView} */ (view)];
}

/** What an address asks for; what it does not understand, it leaves out. @param {string} query @returns {Filters} */
export function readFilters(query) {
  const asked = new URLSearchParams(query);
  const sort = SORTS.find((name) => name === asked.get("sort")) ?? "recent";
  const entries = FILTERS.map((name) => [name, understood(name, asked.get(name))]);
  return { sort, ...Object.fromEntries(entries.filter(([, value]) => value)) };
}

/** The query of an address, with its question mark; nothing where nothing is narrowed. @param {Filters} filters */
export function writeFilters(filters) {
  const asked = FILTERS.filter((name) => filters[name]).map((name) => [name, String(filters[name])]);
  if (filters.sort !== "recent") asked.push(["sort", filters.sort]);
  return asked.length > 0 ? `?${new URLSearchParams(asked).toString().replaceAll("%2C", ",")}` : "";
}

/** Which filters narrow a view further. @param {View} view @param {Filters} filters @returns {FilterName[]} */
export function narrowing(view, filters) {
  const given = givenBy(view);
  return FILTERS.filter((name) => filters[name] && !(name in given));
}

/** What is listed: what the server is asked for, and which conversations belong to it in which order. All say the same. @param {View} view @param {Filters} filters @returns {Contents} */
export function contents(view, filters) {
  const wanted = { status: UNDER_WAY.join(","), ...without(filters, "sort"), ...givenBy(view) };
  const query = new URLSearchParams({ ...wanted, sort: filters.sort }).toString();
  const tests = Object.entries(wanted).map(([name, value]) =>
    BELONGS[/** @type {FilterName} */ (name)](value),
  );
  if (filters.sort === "waiting") tests.push(({ waiting_since }) => waiting_since !== null);
  return { query, has: (one) => tests.every((belongs) => belongs(one)), order: ORDERS[filters.sort] };
}

/**
 * Whether a conversation belongs to what a filter asks for.
 * @type {Record<FilterName, (value: string) => (conversation: Conversation) => boolean>}
 */
const BELONGS = {
  status: (value) => among(value, ({ status }) => status),
  priority: (value) => among(value, ({ priority }) => priority),
  channel: (value) => among(value, ({ channel }) => channel),
  assignee: (value) => {
    if (value === "none") return ({ assignee }) => !assignee;
    return ({ assignee }) => assignee?.id === (value === "me" ? me.peek()?.id : value);
  },
  contact: (value) => (one) => one.contact.id === value,
  folder: (value) => (one) => one.folder?.id === value,
  team: (value) => (one) => (one.team ?? one.business_unit)?.id === value,
  tag: (value) => {
    const wanted = value.split(",");
    return ({ tags }) => wanted.every((id) => tags.some((tag) => tag.id === id));
  },
};

/** @param {string} values @param {(conversation: Conversation) => string} of */
function among(values, of) {
  const wanted = new Set(values.split(","));
  return (/** @type {Conversation} */ one) => wanted.has(of(one));
}

/** How the server orders, too. @type {Record<Sort, Contents["order"]>} */
const ORDERS = {
  recent: newestFirst,
  oldest: (a, b) => -newestFirst(a, b),
  waiting: (a, b) => compare(a.waiting_since ?? "", b.waiting_since ?? "") || compare(a.id, b.id),
  priority: (a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || newestFirst(a, b),
};

/** @param {Ranked} a @param {Ranked} b */
export function newestFirst(a, b) {
  return compare(b.last_event_at, a.last_event_at) || compare(b.id, a.id);
}

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {FilterName} name @param {string | null} value */
function understood(name, value) {
  if (!value) return undefined;
  const values = value.split(",");
  const known = { status: STATUSES, priority: PRIORITIES, channel: CHANNELS }[/** @type {string} */ (name)];
  if (known) return values.filter((one) => known.some((two) => two === one)).join(",");
  return values.every((one) => /^[\w-]+$/.test(one)) ? value : undefined;
}

/** @param {Record<string, any>} object @param {string} name @returns {Record<string, string>} */
function without(object, name) {
  const { [name]: _, ...rest } = object;
  return rest;
}
