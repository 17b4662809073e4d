// What I am told of under the bell: fetched, kept by word on the feed, and read.
import { signal } from "@preact/signals";
import { at, get, Problem, put } from "./api.js";
import { notify, words } from "./notify.js";
import { closeShown } from "./push.js";
import { leave } from "./session.js";

/** @import { Notice } from "./types.js" */

/** Several words within this time cause one request. */
const GATHER = 100;

export class Notices {
  /** Newest first; none until they are known. */
  items = signal(/** @type {Notice[] | undefined} */ (undefined));
  unread = signal(0);
  /** Where the list goes on. */
  next = signal(/** @type {string | null} */ (null));
  /** What came last, for those who listen to the screen. */
  last = signal("");
  /** The conversation that is open. @type {string | undefined} */
  #open;
  #path;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gathering;

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    this.#path = `${at(slug)}/notifications`;
    document.addEventListener("visibilitychange", this.#looked);
  }

  end() {
    clearTimeout(this.#gathering);
    document.removeEventListener("visibilitychange", this.#looked);
  }

  /** A frame of the company's feed. @param {any} frame */
  hear(frame) {
    if (frame.type === "notification") {
      notify(this.slug, frame);
      this.last.value = words(frame.kind, frame.conversation?.number);
    }
    if (!["hello", "notification", "notifications_read"].includes(frame.type)) return;
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.load(), GATHER);
  }

  async load() {
    await this.#attempt(async () => {
      const page = await get(this.#path);
      this.items.value = page.items;
      this.next.value = page.next;
      this.unread.value = page.unread;
      this.#looked();
    });
  }

  async more() {
    const cursor = this.next.peek();
    if (!cursor) return;
    await this.#attempt(async () => {
      const page = await get(`${this.#path}?cursor=${cursor}`);
      if (cursor !== this.next.peek()) return;
      this.items.value = [...(this.items.peek() ?? []), ...page.items];
      this.next.value = page.next;
    });
  }

  /** A conversation is open now, or none: what it is about is read. @param {string | undefined} id */
  opens(id) {
    this.#open = id;
    this.#looked();
  }

  readAll() {
    return this.#read({ all: true }, () => true);
  }

  #looked = () => {
    const id = this.#open;
    if (!id || document.hidden || this.unread.peek() === 0) return;
    const about = (/** @type {Notice} */ one) => one.conversation?.id === id;
    const listed = this.items.peek()?.some((one) => !one.read && about(one));
    // What is not listed here yet may be further down.
    if (!listed && !this.next.peek()) return;
    if (this.#asked === id && !listed) return;
    this.#asked = id;
    this.#read({ conversation_id: id }, about);
    closeShown(id);
  };

  /** Of which conversation was said that it is read, though nothing of it is listed. @type {string | undefined} */
  #asked;

  /** @param {object} reading @param {(one: Notice) => boolean} which */
  async #read(reading, which) {
    this.items.value = this.items.peek()?.map((one) => (which(one) ? { ...one, read: true } : one));
    await this.#attempt(async () => {
      this.unread.value = (await put(`${this.#path}/read`, reading)).unread;
    });
  }

  /** What cannot be had now is had with the next word. @param {() => Promise<void>} work */
  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) leave();
    }
  }
}
