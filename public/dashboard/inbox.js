// The live store of lists and counters: filled by requests, kept by the company's feed.
import { batch, computed, signal } from "@preact/signals";
import { LiveSocket } from "../live/socket.js";
import { at, get, Problem } from "./api.js";
import { contents, narrowing, newestFirst, placeOf, writeFilters } from "./filters.js";
import { hearPresence } from "./presence.js";
import { enter, leave, refreshPeople, refreshTags, tags } from "./session.js";
import { forgetViewing, hearViewing } from "./viewing.js";

/** @import { Conversation, Counters } from "./types.js" */
/** @import { Filters, PlainView, Ranked, View } from "./filters.js" */

/** With which the server closes sockets when something changed about what I may see and do. */
const RIGHTS_CHANGED = 1012;
/** Several changes within this time cause one request. */
const GATHER = 150;
/** Counting costs more, and is looked at less closely. */
const GATHER_TO_COUNT = 400;
/** Conversations of the first part of a list, and of those that follow. */
const [FIRST_PART, PART] = [50, 100];

export class Inbox {
  /** The company. */
  slug;
  view = signal(/** @type {View} */ ("all"));
  filters = signal(/** @type {Filters} */ ({ sort: "recent" }));
  counters = signal(/** @type {Counters | undefined} */ (undefined));
  connection = signal("connecting");
  /** Since when nothing can have been heard; none while the line is good. */
  lostAt = signal(/** @type {Date | undefined} */ (undefined));
  /** Why the list could not be had. */
  trouble = signal(/** @type {Problem | undefined} */ (undefined));
  /** Where the list goes on. */
  next = signal(/** @type {string | null} */ (null));
  /** The conversations of the view, in its order; none until they are known. */
  items = computed(() => {
    if (!this.#loaded.value) return undefined;
    const { has, order } = this.#contents.value;
    const known = [...this.#known.value.values()].filter(has);
    const last = this.next.value ? this.#last : undefined;
    return (last ? known.filter((one) => order(one, last) <= 0) : known).sort(order);
  });
  /** How many the view has, listed or not; none where nobody has counted. */
  total = computed(() => {
    const { length } = this.items.value ?? [];
    if (!this.next.value) return length;
    const [view, filters] = [this.view.value, this.filters.value];
    const counted = narrowing(view, filters).length === 0 && filters.sort !== "waiting";
    const count = this.count(view) ?? 0;
    return counted && count > length ? count : undefined;
  });
  /** Up to which of the list somebody has looked. */
  readTo = 0;

  #contents = computed(() => contents(this.view.value, this.filters.value));
  /** Everything that was seen, by id: the list is a view of it. */
  #known = signal(/** @type {Map<string, Conversation>} */ (new Map()));
  /** Every conversation that was seen, newest first. */
  all = computed(() => [...this.#known.value.values()].sort(newestFirst));
  /** What was heard of since the last list was asked for. */
  #heard = new Set();
  #loaded = signal(false);
  /** Where the part of the list that was asked for ends. @type {Ranked | undefined} */
  #last;
  #fetching = false;
  #conversations = true;
  #head = /** @type {number | undefined} */ (undefined);
  #live = /** @type {LiveSocket | undefined} */ (undefined);
  /** @type {Set<(frame: any) => void>} */
  #listeners = new Set();
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #gathering = {};

  /** @param {string} slug @param {boolean} [conversations] whether he sees any: else he hears of orders only */
  constructor(slug, conversations = true) {
    this.slug = slug;
    this.#conversations = conversations;
    this.#live = new LiveSocket({
      path: () => `${at(slug)}/live${this.#head === undefined ? "" : `?after=${this.#head}`}`,
      onFrame: (frame) => this.#hear(frame),
      onState: (state, code) => {
        this.connection.value = state;
        if (state === "open") this.lostAt.value = undefined;
        if (state === "waiting") this.lostAt.value ??= new Date();
        if (code === 4401) leave();
        if (code === RIGHTS_CHANGED) enter().then(() => (this.#conversations ? this.reload() : undefined));
      },
    });
  }

  end() {
    this.#live?.end();
    for (const timer of Object.values(this.#gathering)) clearTimeout(timer);
  }

  /** Comes back now, rather than after the next pause. */
  again() {
    this.#live?.again();
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

  /** @param {View} view @param {Filters} filters */
  show(view, filters) {
    const same = this.view.peek() === view && writeFilters(this.filters.peek()) === writeFilters(filters);
    if (same && this.#loaded.peek()) return;
    batch(() => {
      this.view.value = view;
      this.filters.value = filters;
      this.#loaded.value = false;
    });
    this.readTo = 0;
    this.reload();
  }

  /** Asks for the list again, as far as somebody has looked: what he reads stays where it is. */
  async reload() {
    const list = this.#contents.peek();
    const heard = new Set();
    this.#heard = heard;
    try {
      const [{ items, next }] = await Promise.all([this.#parts(list.query, this.readTo), this.#count()]);
      if (list !== this.#contents.peek()) return;
      batch(() => {
        this.trouble.value = undefined;
        this.next.value = next;
        this.#last = items.at(-1);
        this.#replace(list.has, items, heard);
        this.#loaded.value = true;
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  async more() {
    const [list, cursor] = [this.#contents.peek(), this.next.peek()];
    if (!cursor || this.#fetching) return;
    this.#fetching = true;
    try {
      const page = await this.#part(list.query, PART, cursor);
      if (list !== this.#contents.peek() || cursor !== this.next.peek()) return;
      batch(() => {
        this.#last = page.items.at(-1) ?? this.#last;
        this.#merge(page.items);
        this.next.value = page.next;
      });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#fetching = false;
    }
  }

  /** How many a view has, once they are counted. @param {View} view @returns {number | undefined} */
  count(view) {
    const counters = this.counters.value;
    const place = placeOf(view);
    if (!counters || !place) return counters?.[/** @type {PlainView} */ (view)];
    return counters[/** @type {const} */ (`${place.kind}s`)][place.id] ?? 0;
  }

  /** What somebody knows of a conversation, if it is newer than what is known here. @param {Conversation} one */
  learn(one) {
    this.#merge([one]);
  }

  /** @param {string} id @returns {Conversation | undefined} what is known of it here */
  known(id) {
    return this.#known.peek().get(id);
  }

  /** The parts of a list, at least so many. @param {string} query @param {number} wanted @returns {Promise<{ items: Conversation[], next: string | null }>} */
  async #parts(query, wanted) {
    const all = await this.#part(query, wanted > FIRST_PART ? PART : FIRST_PART);
    while (all.next && all.items.length < wanted) {
      const { items, next } = await this.#part(query, PART, all.next);
      all.items.push(...items);
      all.next = next;
    }
    return all;
  }

  /** @param {string} query @param {number} limit @param {string} [cursor] @returns {Promise<{ items: Conversation[], next: string | null }>} */
  #part(query, limit, cursor) {
    return get(`${at(this.slug)}/conversations?limit=${limit}&${query}${cursor ? `&cursor=${cursor}` : ""}`);
  }

  /** @param {any} frame */
  #hear(frame) {
    if (this.#conversations) this.#learn(frame);
    for (const listener of this.#listeners) listener(frame);
  }

  /** @param {any} frame */
  #learn(frame) {
    if (frame.type === "hello") {
      const first = this.#head === undefined;
      this.#head ??= frame.head;
      // Everything that is open is told after this.
      forgetViewing();
      // What happened between the first list and the feed's beginning is in the list fetched now.
      if (first) this.reload();
      else this.#soon("list", () => this.reload());
      // Who came and went while nothing was heard is told to nobody again.
      this.#soon("people", refreshPeople);
    } else if (frame.type === "viewing") {
      hearViewing(frame);
    } else if (frame.type === "presence") {
      hearPresence(frame);
    } else if (frame.type === "resync") {
      this.#head = frame.head;
      this.reload();
    } else if (frame.type === "event") {
      this.#head = frame.seq;
      if (frame.event.kind === "conversation") {
        this.#merge([frame.event.conversation]);
      } else this.#soon("list", () => this.reload());
      this.#soon("counters", () => this.#count(), GATHER_TO_COUNT);
    }
  }

  async #count() {
    const counters = await get(`${at(this.slug)}/conversations/counters`).catch(() => undefined);
    if (!counters) return;
    this.counters.value = counters;
    // A tag that was made meanwhile.
    const unknown = Object.keys(counters.tags).some((id) => !tags.peek().some((tag) => tag.id === id));
    if (unknown) refreshTags();
  }

  /** @param {(one: Conversation) => boolean} has @param {Conversation[]} items @param {Set<string>} heard of while the list was on its way */
  #replace(has, items, heard) {
    const known = new Map([...this.#known.peek()].filter(([id, one]) => heard.has(id) || !has(one)));
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

  /** @param {string} what @param {() => void} work @param {number} [within] milliseconds */
  #soon(what, work, within = GATHER) {
    // Not put off by what follows: a steady stream must not keep it waiting for ever.
    this.#gathering[what] ??= setTimeout(() => {
      delete this.#gathering[what];
      work();
    }, within);
  }
}

/** @param {Map<string, Conversation>} into @param {Conversation | undefined} known @param {Conversation} other */
function keepNewer(into, known, other) {
  into.set(other.id, known && known.rev > other.rev ? known : other);
}
