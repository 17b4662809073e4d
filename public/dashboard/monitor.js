// What goes on right now: asked for once, and again when the company's feed says that something happened.
import { signal } from "@preact/signals";
import { at, get, Problem } from "./api.js";
import { Coalesced } from "./coalesced.js";
import { leave } from "./session.js";

/**
 * @typedef {{ id: string, name: string, presence: import("./types.js").AgentRecord["presence"], open: number, limit: number,
 *   closed: number, replies: number, orders: number }} AgentNow
 * @typedef {object} Monitoring
 * @property {string} at
 * @property {string} time_zone
 * @property {number} waiting
 * @property {string | null} longest_waiting_since
 * @property {number} running
 * @property {{ opened: number, closed: number, replies: number,
 *   service_level: { target: string | null, within: number, count: number },
 *   hours: { hour: number, opened: number, closed: number }[] }} today
 * @property {AgentNow[]} agents
 */

/** However much happens, this often at most, in milliseconds. */
const EVERY = 2_000;
/** What changes by the clock alone is looked at this often. */
const ANYHOW = 60_000;

export class Monitor {
  told = signal(/** @type {Monitoring | undefined} */ (undefined));
  trouble = signal(/** @type {Problem | undefined} */ (undefined));

  #unlisten;
  #ended = false;
  #loading = new Coalesced(() => this.load(), EVERY);
  #anyhow;

  /** @param {import("./inbox.js").Inbox} inbox */
  constructor(inbox) {
    this.slug = inbox.slug;
    this.#unlisten = inbox.listen((frame) => {
      // Who looks at what is no figure.
      if (frame.type !== "viewing") this.#loading.soon();
    });
    this.#anyhow = setInterval(() => this.load(), ANYHOW);
    this.load();
  }

  end() {
    this.#ended = true;
    this.#unlisten();
    this.#loading.end();
    clearInterval(this.#anyhow);
  }

  async load() {
    this.#loading.begins();
    try {
      const told = await get(`${at(this.slug)}/monitoring`);
      if (this.#ended) return;
      this.trouble.value = undefined;
      this.told.value = told;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) leave();
      else if (!this.#ended) this.trouble.value = error;
    }
  }
}
