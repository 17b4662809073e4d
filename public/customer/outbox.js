// What the customer wrote and the server does not have yet: kept over a reload, sent in order, and sent again until it is
// there. The name of each message makes repeats harmless.

import { storage } from "./storage.js";

/** @typedef {{ client_id: string, body: string, attachments: import("./files.js").Attachment[], at: string }} Outgoing */

/**
 * @typedef {object} Listener
 * @property {(one: Outgoing) => void} onWaiting it cannot be sent now
 * @property {(one: Outgoing, answer: { seq: number, event: any }) => void} onSent
 * @property {(one: Outgoing) => void} onRefused it never will be
 */

const LONGEST_WAIT = 15_000;

export class Outbox {
  #path;
  #key;
  #listener;
  /** @type {Outgoing[]} */
  #queue;
  #busy = false;
  #wake = () => {};

  /** @param {string} path @param {string} key @param {Listener} listener */
  constructor(path, key, listener) {
    this.#path = path;
    this.#key = key;
    this.#listener = listener;
    this.#queue = JSON.parse(storage.getItem(key) ?? "[]");
    addEventListener("online", () => this.#wake());
  }

  /** What is on its way. */
  get waiting() {
    return this.#queue;
  }

  /** @param {Outgoing} one */
  send(one) {
    this.#keep([...this.#queue, one]);
    this.run();
  }

  /** Goes on with what is there; no reason to wait any longer. */
  async run() {
    this.#wake();
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue[0], wait = 500; next; next = this.#queue[0]) {
      if (await this.#try(next)) {
        wait = 500;
        continue;
      }
      this.#listener.onWaiting(next);
      await this.#pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
    this.#busy = false;
  }

  /** Whether it is done with. @param {Outgoing} one */
  async #try(one) {
    const { client_id, body, attachments } = one;
    const response = await fetch(this.#path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_id, body, attachments: attachments.map(({ id }) => id) }),
    }).catch(() => undefined);
    if (!response || response.status >= 500 || response.status === 429) return false;
    const answer = await response.json().catch(() => ({}));
    this.#keep(this.#queue.filter((other) => other.client_id !== client_id));
    if (response.ok) this.#listener.onSent(one, answer);
    else this.#listener.onRefused(one);
    return true;
  }

  /** @param {number} wait */
  #pause(wait) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** @param {Outgoing[]} queue */
  #keep(queue) {
    this.#queue = queue;
    if (queue.length > 0) storage.setItem(this.#key, JSON.stringify(queue));
    else storage.removeItem(this.#key);
  }
}
