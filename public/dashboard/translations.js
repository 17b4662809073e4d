// Messages of one conversation in other languages: for the reader, as they come on the screen, and for the customer, as the
// server tells. One is asked for after the other, so that a service that hangs holds up nothing else.
import { computed, signal } from "@preact/signals";
import { get, Problem } from "./api.js";
import { me } from "./session.js";

/** @import { Translation } from "./types.js" */

/** After a failure, the others wait for as long, in seconds, where the server does not say. */
const PAUSE = 3;

export class Translations {
  /** In the reader's language, by number; none where it failed. @type {import("@preact/signals").Signal<Map<number, Translation | undefined>>} */
  read = signal(new Map());
  /** What the customer reads of answers. @type {import("@preact/signals").Signal<Map<number, Translation>>} */
  told = signal(new Map());
  /** Those of which the reader wants to see what was written. @type {import("@preact/signals").Signal<Set<number>>} */
  original = signal(new Set());
  /** Which language the customer writes, as far as it was told by what he wrote. */
  customers = signal("");
  /** A sum of everything that changes how tall messages are. */
  shown = computed(() => [this.read.value, this.told.value, this.original.value]);

  #path;
  /** @type {{ seq: number, byCustomer: boolean }[]} */
  #queue = [];
  /** @type {Set<number>} */
  #asked = new Set();
  #newest = 0;
  #busy = false;
  #ended = false;

  /** @param {string} path of the conversation */
  constructor(path) {
    this.#path = path;
  }

  end() {
    this.#ended = true;
    this.#queue = [];
  }

  /** Wants a message in the reader's language. @param {number} seq @param {boolean} byCustomer */
  want(seq, byCustomer) {
    if (this.#asked.has(seq)) return;
    this.#asked.add(seq);
    // What came last is what is being read.
    this.#queue.unshift({ seq, byCustomer });
    this.#run();
  }

  /** Wants once more what failed. @param {number} seq @param {boolean} byCustomer */
  retry(seq, byCustomer) {
    const known = new Map(this.read.peek());
    known.delete(seq);
    this.read.value = known;
    this.#asked.delete(seq);
    this.want(seq, byCustomer);
  }

  /** What the customer reads. @param {Translation[]} translations */
  hear(translations) {
    if (translations.length === 0) return;
    this.told.value = new Map([
      ...this.told.peek(),
      ...translations.map((one) => /** @type {const} */ ([one.seq, one])),
    ]);
  }

  /** Shows what was written, or the translation again. @param {number} seq */
  toggle(seq) {
    const shown = new Set(this.original.peek());
    if (!shown.delete(seq)) shown.add(seq);
    this.original.value = shown;
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const pause = await this.#ask(next);
      if (pause) await new Promise((resolve) => setTimeout(resolve, pause * 1_000));
    }
    this.#busy = false;
  }

  /** Seconds for which the service wants to be left alone. @param {{ seq: number, byCustomer: boolean }} one */
  async #ask({ seq, byCustomer }) {
    try {
      const translation = await get(
        `${this.#path}/events/${seq}/translation?to=${me.peek()?.translates_to ?? ""}`,
      );
      if (this.#ended) return 0;
      this.#keep(seq, translation);
      if (byCustomer && seq > this.#newest) {
        this.#newest = seq;
        this.customers.value = translation.from;
      }
      return 0;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.#ended) return 0;
      // Switched off, or no longer to be seen: nothing is missing.
      if (error.status !== 503 && error.status !== 0) return 0;
      this.#keep(seq, undefined);
      return Number(error.body.retry_after ?? PAUSE);
    }
  }

  /** @param {number} seq @param {Translation | undefined} translation */
  #keep(seq, translation) {
    this.read.value = new Map(this.read.peek()).set(seq, translation);
  }
}
