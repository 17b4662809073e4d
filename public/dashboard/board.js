// The live store of the Agent Status page: fetched, kept by the company's feed, fetched again when conversations change.
import { computed, signal } from "@preact/signals";
import { ask, at, get, Problem, put } from "./api.js";
import { Coalesced } from "./coalesced.js";
import { leave } from "./session.js";

/** @import { BoardAgent, BoardConversation, Named } from "./types.js" */
/** @import { Inbox } from "./inbox.js" */

/** However much happens, the board is asked for no more often. */
const EVERY = 1_000;
/** The board follows what was done within a second; until then what was taken away stays away. */
const FOLLOWS_WITHIN = 3_000;

export class Board {
  /** The company. */
  slug;
  /** How many conversations wait for an agent, and the oldest of them. */
  queue = signal({ waiting: 0, longest: /** @type {string | null} */ (null) });
  /** Why the board could not be had. */
  trouble = signal(/** @type {Problem | undefined} */ (undefined));
  /** Everybody with what he has, without what is just being taken from him; none until it is known. */
  items = computed(() => this.#said.value?.map((agent) => this.#withoutLeaving(agent)));

  #said = signal(/** @type {BoardAgent[] | undefined} */ (undefined));
  /** What is being taken from whom. */
  #leaving = signal(/** @type {Set<string>} */ (new Set()));
  /** Who was heard of since the board was asked for: the feed is newer than the answer. */
  #heard = /** @type {Set<string>} */ (new Set());
  #unlisten;
  #ended = false;
  #loading = new Coalesced(() => this.load(), EVERY);

  /** @param {Inbox} inbox */
  constructor(inbox) {
    this.slug = inbox.slug;
    this.#unlisten = inbox.listen((frame) => this.#hear(frame));
    this.load();
  }

  end() {
    this.#ended = true;
    this.#unlisten();
    this.#loading.end();
  }

  async load() {
    this.#loading.begins();
    this.#heard = new Set();
    const heard = this.#heard;
    try {
      const board = await get(`${at(this.slug)}/status-board`);
      if (this.#ended) return;
      this.trouble.value = undefined;
      this.queue.value = { waiting: board.waiting, longest: board.longest_waiting_since };
      const known = new Map(this.#said.peek()?.map((agent) => [agent.id, agent]));
      this.#said.value = board.items.map((/** @type {BoardAgent} */ agent) => {
        const { presence, open, limit, last_seen_at } = (heard.has(agent.id) && known.get(agent.id)) || agent;
        return { ...agent, presence, open, limit, last_seen_at };
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) leave();
      else if (!this.#ended) this.trouble.value = error;
    }
  }

  /** @param {BoardAgent} of @param {BoardConversation} conversation */
  close(of, { id }) {
    return this.#take(of, id, () => put(this.#conversation(id, "status"), { status: "closed" }));
  }

  /**
   * @param {BoardAgent} from
   * @param {BoardConversation} conversation
   * @param {string | null} agent_id null: back to the queue
   * @param {boolean} force also beyond the limit
   */
  transfer(from, { id, assignment_epoch: if_epoch }, agent_id, force) {
    const body = force ? { agent_id, if_epoch, force } : { agent_id, if_epoch };
    return this.#take(from, id, () => put(this.#conversation(id, "assignee"), body));
  }

  /** @param {BoardAgent} from @param {Named} contact */
  unstick(from, { id }) {
    return this.#take(from, id, () => ask("DELETE", `${at(this.slug)}/contacts/${id}/sticky`));
  }

  /** @param {BoardAgent} agent */
  #withoutLeaving(agent) {
    const stays = (/** @type {{ id: string }} */ { id }) => !this.#leaving.value.has(`${agent.id} ${id}`);
    const conversations = agent.conversations.filter(stays);
    const sticky_contacts = agent.sticky_contacts.filter(stays);
    const had = agent.conversations.length + agent.sticky_contacts.length;
    return { ...agent, conversations, sticky_contacts, had };
  }

  /** @param {string} id @param {string} what */
  #conversation(id, what) {
    return `${at(this.slug)}/conversations/${id}/${what}`;
  }

  /** Off the screen at once, back where it is refused. @param {BoardAgent} agent @param {string} id @param {() => Promise<unknown>} work */
  async #take(agent, id, work) {
    const key = `${agent.id} ${id}`;
    const back = () => {
      this.#leaving.value = new Set([...this.#leaving.peek()].filter((one) => one !== key));
    };
    this.#leaving.value = new Set([...this.#leaving.peek(), key]);
    try {
      await work();
    } catch (error) {
      back();
      throw error;
    }
    this.#loading.soon();
    setTimeout(back, FOLLOWS_WITHIN);
  }

  /** @param {any} frame */
  #hear(frame) {
    // Who looks at what changes nothing on the board.
    if (frame.type === "viewing") return;
    if (frame.type !== "presence") return this.#loading.soon();
    const { id } = frame.agent;
    if (!this.#said.peek()?.some((agent) => agent.id === id)) return this.#loading.soon();
    this.#heard.add(id);
    const { presence, open, limit } = frame;
    this.#said.value = this.#said.peek()?.map((agent) => {
      if (agent.id !== id) return agent;
      const left = presence === "offline" && agent.presence !== "offline";
      return {
        ...agent,
        presence,
        open,
        limit,
        last_seen_at: left ? new Date().toISOString() : agent.last_seen_at,
      };
    });
  }
}
