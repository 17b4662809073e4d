// Which conversations of a list are chosen for what is done to several at once.
import { computed, signal } from "@preact/signals";

/** @import { Conversation } from "./types.js" */

/** Most that are chosen, and changed by one request. */
export const MOST_SELECTED = 100;

export class Selection {
  /** The ids that were chosen, in whatever list. */
  #chosen = signal(/** @type {Set<string>} */ (new Set()));
  /** From which one a range goes. @type {string | undefined} */
  #anchor;

  /** @param {{ value: Conversation[] | undefined }} listed */
  constructor(listed) {
    this.listed = listed;
  }

  /** Those of the list that are chosen: what has left the list is not. */
  conversations = computed(() => {
    const chosen = this.#chosen.value;
    return chosen.size === 0 ? [] : (this.listed.value ?? []).filter(({ id }) => chosen.has(id));
  });

  /** @param {string} id */
  has(id) {
    return this.#chosen.value.has(id);
  }

  /** One more, or one less. @param {string} id */
  toggle(id) {
    const chosen = new Set(this.#chosen.peek());
    if (!chosen.delete(id) && !this.#isFull()) chosen.add(id);
    this.#anchor = id;
    this.#chosen.value = chosen;
  }

  /** Everything from where the last one was chosen to here. @param {string} id */
  extendTo(id) {
    const ids = (this.listed.value ?? []).map((one) => one.id);
    const [from, to] = [ids.indexOf(this.#anchor ?? id), ids.indexOf(id)];
    if (from === -1 || to === -1) return this.toggle(id);
    const range = from <= to ? ids.slice(from, to + 1) : ids.slice(to, from + 1).reverse();
    this.#chosen.value = new Set([...this.#chosen.peek(), ...range].slice(0, MOST_SELECTED));
  }

  /** As many as one may choose, from the top of the list. */
  all() {
    this.#chosen.value = new Set((this.listed.value ?? []).slice(0, MOST_SELECTED).map(({ id }) => id));
  }

  clear() {
    this.#anchor = undefined;
    if (this.#chosen.peek().size > 0) this.#chosen.value = new Set();
  }

  #isFull() {
    return this.conversations.peek().length >= MOST_SELECTED;
  }
}
