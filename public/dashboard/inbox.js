// The live store of lists and counters: filled by requests, kept by the company's feed.
import { computed, signal } from "@preact/signals";
import { LiveSocket } from "../live/socket.js";
import { at, get, Problem } from "./api.js";
import { notifyOf } from "./notify.js";
import { hearPresence } from "./presence.js";
import { enter, leave, me, refreshPeople } from "./session.js";

/** @import { Conversation, Counters } from "./types.js" */
/** @typedef {"new" | "mine" | "unassigned" | "all" | "snoozed" | "closed"} PlainView */
/** A view, or what is in a folder or with a team. @typedef {PlainView | `folder-${string}` | `team-${string}`} View */

const UNDER_WAY = ["new", "open", "pending"];

/**
 * Each view: what it asks the server for, and which conversations belong to it. Both say the same.
 * @typedef {{ query: string, has: (conversation: Conversation) => boolean }} Contents
 * @type {Record<PlainView, Contents>}
 */
const VIEWS = {
  new: { query: "status=new", has: ({ status }) => status === "new" },
  mine: {
    query: "status=new,open,pending&assignee=me",
    has: ({ status, assignee }) => UNDER_WAY.includes(status) && assignee?.id === me.peek()?.id,
  },
  unassigned: {
    query: "status=new,open,pending&assignee=none",
    has: ({ status, assignee }) => UNDER_WAY.includes(status) && !assignee,
  },
  all: { query: "status=new,open,pending", has: ({ status }) => UNDER_WAY.includes(status) },
  snoozed: { query: "status=snoozed", has: ({ status }) => status === "snoozed" },
  closed: { query: "status=closed", has: ({ status }) => status === "closed" },
};

export const VIEW_NAMES = /** @type {PlainView[]} */ (Object.keys(VIEWS));

/** What a view shows. @param {View} view @returns {Contents} */
function contents(view) {
  const [, kind, id] = /^(folder|team)-(.+)$/.exec(view) ?? [];
  if (!kind) return VIEWS[/** @type {PlainView} */ (view)];
  const query = `status=new,open,pending&${kind}=${id}`;
  const of = (/** @type {Conversation} */ { folder, team, business_unit }) =>
    kind === "folder" ? [folder] : [team, business_unit];
  return { query, has: (one) => UNDER_WAY.includes(one.status) && of(one).some((place) => place?.id === id) };
}

/** With which the server closes sockets when something changed about what I may see and do. */
const RIGHTS_CHANGED = 1012;
/** Several changes within this time cause one request. */
const GATHER = 150;

export class Inbox {
  /** The company. */
  slug;
  view = signal(/** @type {View} */ ("all"));
  counters = signal(/** @type {Counters | undefined} */ (undefined));
  connection = signal("connecting");
  /** Since when nothing can have been heard; none while the line is good. */
  lostAt = signal(/** @type {Date | undefined} */ (undefined));
  /** Why the list could not be had. */
  trouble = signal(/** @type {Problem | undefined} */ (undefined));
  /** Where the list goes on. */
  next = signal(/** @type {string | null} */ (null));
  /** The conversations of the view, newest first; none until they are known. */
  items = computed(() => {
    if (!this.#loaded.value) return undefined;
    const { has } = contents(this.view.value);
    const known = [...this.#known.value.values()].filter(has);
    const oldest = this.next.value ? this.#oldestListed : "";
    return known.filter((one) => one.last_event_at >= oldest).sort(newestFirst);
  });

  /** Everything that was seen, by id: the list is a view of it. */
  #known = signal(/** @type {Map<string, Conversation>} */ (new Map()));
  /** Every conversation that was seen, newest first. */
  all = computed(() => [...this.#known.value.values()].sort(newestFirst));
  /** What was heard of since the last list was asked for. */
  #heard = new Set();
  #loaded = signal(false);
  #oldestListed = "";
  #head = /** @type {number | undefined} */ (undefined);
  #live;
  /** @type {Set<(frame: any) => void>} */
  #listeners = new Set();
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #gathering = {};

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    this.#live = new LiveSocket({
      path: () => `${at(slug)}/live${this.#head === undefined ? "" : `?after=${this.#head}`}`,
      onFrame: (frame) => this.#hear(frame),
      onState: (state, code) => {
        this.connection.value = state;
        if (state === "open") this.lostAt.value = undefined;
        if (state === "waiting") this.lostAt.value ??= new Date();
        if (code === 4401) leave();
        if (code === RIGHTS_CHANGED) enter().then(() => this.reload());
      },
    });
  }

  end() {
    this.#live.end();
    for (const timer of Object.values(this.#gathering)) clearTimeout(timer);
  }

  /** Comes back now, rather than after the next pause. */
  again() {
    this.#live.again();
  }

  /**
   * Tells somebody of each frame of the feed.
   * @param {(frame: any) => void} listener
   * @returns {() => void} ends it
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {View} view */
  show(view) {
    if (this.view.peek() === view && this.#loaded.peek()) return;
    this.view.value = view;
    this.#loaded.value = false;
    this.reload();
  }

  async reload() {
    const view = this.view.peek();
    const heard = new Set();
    this.#heard = heard;
    try {
      const [page] = await Promise.all([get(this.#list(view)), this.#count()]);
      if (view !== this.view.peek()) return;
      this.trouble.value = undefined;
      this.next.value = page.next;
      this.#oldestListed = page.items.at(-1)?.last_event_at ?? "";
      this.#replace(view, page.items, heard);
      this.#loaded.value = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  async more() {
    const [view, cursor] = [this.view.peek(), this.next.peek()];
    if (!cursor) return;
    try {
      const page = await get(`${this.#list(view)}&cursor=${cursor}`);
      if (view !== this.view.peek() || cursor !== this.next.peek()) return;
      this.#oldestListed = page.items.at(-1)?.last_event_at ?? this.#oldestListed;
      this.#merge(page.items);
      this.next.value = page.next;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What somebody knows of a conversation, if it is newer than what is known here. @param {Conversation} one */
  learn(one) {
    this.#merge([one]);
  }

  /** @param {View} view */
  #list(view) {
    return `${at(this.slug)}/conversations?limit=50&${contents(view).query}`;
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.type === "hello") {
      const first = this.#head === undefined;
      this.#head ??= frame.head;
      // What happened between the first list and the feed's beginning is in the list fetched now.
      if (first) this.reload();
      else this.#soon("list", () => this.reload());
      // Who came and went while nothing was heard is told to nobody again.
      this.#soon("people", refreshPeople);
    } else if (frame.type === "presence") {
      hearPresence(frame);
    } else if (frame.type === "resync") {
      this.#head = frame.head;
      this.reload();
    } else if (frame.type === "event") {
      this.#head = frame.seq;
      if (frame.event.kind === "conversation") {
        const one = frame.event.conversation;
        notifyOf(this.slug, one, this.#known.peek().get(one.id));
        this.#merge([one]);
      } else this.#soon("list", () => this.reload());
      this.#soon("counters", () => this.#count());
    }
    for (const listener of this.#listeners) listener(frame);
  }

  async #count() {
    this.counters.value = await get(`${at(this.slug)}/conversations/counters`).catch(() =>
      this.counters.peek(),
    );
  }

  /** @param {View} view @param {Conversation[]} items @param {Set<string>} heard of while the list was on its way */
  #replace(view, items, heard) {
    const known = new Map(
      [...this.#known.peek()].filter(([id, one]) => heard.has(id) || !contents(view).has(one)),
    );
    for (const one of items) keepNewer(known, this.#known.peek().get(one.id), one);
    this.#known.value = known;
  }

  /** @param {Conversation[]} items */
  #merge(items) {
    const known = new Map(this.#known.peek());
    for (const one of items) {
      this.#heard.add(one.id);
      keepNewer(known, known.get(one.id), one);
    }
    this.#known.value = known;
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave();
    else this.trouble.value = error;
  }

  /** @param {string} what @param {() => void} work */
  #soon(what, work) {
    // Not put off by what follows: a steady stream must not keep it waiting for ever.
    this.#gathering[what] ??= setTimeout(() => {
      delete this.#gathering[what];
      work();
    }, GATHER);
  }
}

/** @param {Map<string, Conversation>} into @param {Conversation | undefined} known @param {Conversation} other */
function keepNewer(into, known, other) {
  into.set(other.id, known && known.rev > other.rev ? known : other);
}

/** @param {Conversation} a @param {Conversation} b */
function newestFirst(a, b) {
  return a.last_event_at < b.last_event_at || (a.last_event_at === b.last_event_at && a.id < b.id) ? 1 : -1;
}
