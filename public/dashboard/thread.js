// The live store of one conversation: its log, who is writing, and what was typed but is not there yet.
import { computed, signal } from "@preact/signals";
import { LiveSocket } from "../live/socket.js";
import { ask, at, get, Problem, post, put } from "./api.js";
import { discard, follow, heard, outgoingIn, retry, say } from "./outbox.js";
import { leave, me } from "./session.js";
import { Translations } from "./translations.js";

/** @import { Conversation, LogEvent, Named } from "./types.js" */
/** @typedef {import("./outbox.js").Mode} Mode */
/** @typedef {import("./outbox.js").More} More */

const TYPING_LASTS = 5_000;
/** Who stops to think while he answers is answering still. */
const ANSWERING_LASTS = 12_000;
const TYPING_EVERY = 2_000;

export class Thread {
  id;
  conversation = signal(/** @type {Conversation | undefined} */ (undefined));
  events = signal(/** @type {LogEvent[]} */ ([]));
  /** Words that are on their way, or were refused. @type {ReturnType<typeof outgoingIn>} */
  outgoing;
  /** How far the customer has read. */
  readByCustomer = signal(0);
  /** The customer, while he is writing. */
  typing = signal("");
  /** Colleagues who are writing an answer. */
  answering = signal(/** @type {string[]} */ ([]));
  /** Colleagues who have it open as well. */
  looking = signal(/** @type {Named[]} */ ([]));
  trouble = signal(/** @type {Problem | undefined} */ (undefined));
  /** Messages in other languages. @type {Translations} */
  translations;
  /** What is said, as opposed to what is done. */
  words = computed(() => this.events.value.filter(({ kind }) => kind === "message" || kind === "note"));

  #path;
  #learn;
  #unfollow;
  #head = 0;
  /** @type {LiveSocket | undefined} */
  #live;
  #ended = false;
  #typingSentAt = 0;
  #readSent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingEnds;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #answeringEnds = new Map();

  /**
   * @param {string} slug
   * @param {string} id
   * @param {(conversation: Conversation) => void} learn told of each newer state, so that lists need not wait
   */
  constructor(slug, id, learn) {
    this.id = id;
    this.slug = slug;
    this.#path = `${at(slug)}/conversations/${id}`;
    this.#learn = learn;
    this.translations = new Translations(this.#path);
    this.outgoing = outgoingIn(id);
    this.#unfollow = follow(id, (event) => this.#add([event]));
    document.addEventListener("visibilitychange", this.#tellRead);
    this.load();
  }

  end() {
    this.#ended = true;
    this.#unfollow();
    this.translations.end();
    document.removeEventListener("visibilitychange", this.#tellRead);
    clearTimeout(this.#typingEnds);
    for (const timer of this.#answeringEnds.values()) clearTimeout(timer);
    this.#live?.end();
  }

  async load() {
    this.trouble.value = undefined;
    try {
      const [conversation, events] = await Promise.all([get(this.#path), this.#allEvents()]);
      if (this.#ended) return;
      this.#see(conversation);
      this.#add(events);
      this.#live ??= this.#listen();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Says something; it is in the log as soon as it can be.
   * @param {Mode} mode
   * @param {string} body
   * @param {More} [more] files that were brought for it, and other members of the request
   */
  say(mode, body, more) {
    say(this.id, mode, body, more);
  }

  /** @param {string} client_id */
  retry(client_id) {
    retry(client_id);
  }

  /** @param {string} client_id */
  discard(client_id) {
    discard(client_id);
  }

  /** @param {string} agent_id @param {boolean} on */
  follow(agent_id, on) {
    return this.#do(ask(on ? "PUT" : "DELETE", `${this.#path}/followers/${agent_id}`));
  }

  claim() {
    return this.#do(post(`${this.#path}/claim`));
  }

  /** @param {string | null} agent_id @param {boolean} [force] also beyond his limit */
  assign(agent_id, force) {
    const if_epoch = this.conversation.peek()?.assignment_epoch;
    return this.#do(put(`${this.#path}/assignee`, { agent_id, if_epoch, ...(force ? { force } : {}) }));
  }

  /** @param {string | null} folder_id */
  sort(folder_id) {
    return this.#do(put(`${this.#path}/folder`, { folder_id }));
  }

  /** @param {string | null} team_id */
  giveToTeam(team_id) {
    return this.#do(put(`${this.#path}/team`, { team_id }));
  }

  /** @param {string} tag_id @param {boolean} on */
  tag(tag_id, on) {
    return this.#do(ask(on ? "PUT" : "DELETE", `${this.#path}/tags/${tag_id}`));
  }

  /** @param {Conversation["priority"]} priority */
  prioritise(priority) {
    return this.#do(put(`${this.#path}/priority`, { priority }));
  }

  /** @param {string} status @param {Date} [until] */
  setStatus(status, until) {
    return this.#do(put(`${this.#path}/status`, { status, until: until?.toISOString() }));
  }

  /** Makes a new link for the customer, and kills those that are out. */
  replaceLink() {
    return this.#do(post(`${this.#path}/link`));
  }

  typed() {
    if (Date.now() - this.#typingSentAt < TYPING_EVERY) return;
    if (this.#live?.send({ type: "typing" })) this.#typingSentAt = Date.now();
  }

  async #refresh() {
    try {
      const conversation = await get(this.#path);
      if (!this.#ended) this.#see(conversation);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #allEvents() {
    /** @type {LogEvent[]} */
    const all = [];
    for (let after = this.#head, more = true; more; ) {
      const page = await get(`${this.#path}/events?after=${after}&limit=1000`);
      all.push(...page.items);
      this.translations.hear(page.translations ?? []);
      more = page.next !== null;
      after = Number(page.next);
    }
    return all;
  }

  #listen() {
    return new LiveSocket({
      path: () => `${this.#path}/live?after=${this.#head}`,
      onFrame: (frame) => this.#hear(frame),
      onState: (state, code) => {
        // Nobody is told again what was missed; who is here is said anew when the line is back.
        if (state === "open") this.#tellRead();
        else this.looking.value = [];
        if (state !== "closed") return;
        if (code === 4401) leave();
        else this.trouble.value = new Problem(404, {});
      },
    });
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.type === "event") {
      this.#add([frame.event]);
      if (frame.conversation) this.#see(frame.conversation);
      const { by, kind } = frame.event;
      // Who follows is not said with the event.
      if (kind === "participant" && !frame.conversation) this.#refresh();
      if (by.kind === "customer") this.#showTyping("");
      if (by.kind === "agent" && kind === "message") this.#showAnswering(by.name, false);
    } else if (frame.type === "typing") {
      if (frame.by === "agent") this.#showAnswering(frame.who, true);
      else this.#showTyping(frame.who);
    } else if (frame.type === "read") {
      if (frame.who === "customer") this.readByCustomer.value = frame.seq;
    } else if (frame.type === "translation") {
      this.translations.hear([frame.translation]);
    } else if (frame.type === "viewing") {
      this.looking.value = frame.agents.filter((/** @type {Named} */ { id }) => id !== me.peek()?.id);
    } else if (frame.type === "hello") {
      // Events that were missed come again, but without what became of the conversation.
      if (frame.head > (this.conversation.peek()?.rev ?? 0)) this.#refresh();
    } else if (frame.type === "resync") {
      this.#head = 0;
      this.events.value = [];
      this.load();
    }
  }

  /** @param {LogEvent[]} events */
  #add(events) {
    const known = this.events.peek();
    const fresh = events.filter(({ seq }) => !known.some((event) => event.seq === seq));
    if (fresh.length === 0) return;
    const all = [...known, ...fresh].sort((a, b) => a.seq - b.seq);
    this.events.value = all;
    // A gap is filled by the socket, from the last event before it.
    while (all[this.#head]?.seq === this.#head + 1) this.#head += 1;
    for (const { by, kind, body } of fresh) {
      const said = kind === "message" || kind === "note";
      if (said && by.id === me.peek()?.id) heard(this.id, kind, body ?? "");
    }
    this.#tellRead();
  }

  /** What the customer wrote is read when it is on the screen of somebody who looks. */
  #tellRead = () => {
    const last = this.events.peek().findLast(({ by, kind }) => kind === "message" && by.kind === "customer");
    if (!last || document.hidden || last.seq <= this.#readSent) return;
    if (this.#live?.send({ type: "read", seq: last.seq })) this.#readSent = last.seq;
  };

  /** @param {Conversation} conversation */
  #see(conversation) {
    if ((this.conversation.peek()?.rev ?? 0) > conversation.rev) return;
    this.conversation.value = conversation;
    this.#learn(conversation);
  }

  /** @param {Promise<Conversation>} request */
  async #do(request) {
    this.#see(await request);
  }

  /** @param {string} who */
  #showTyping(who) {
    clearTimeout(this.#typingEnds);
    this.typing.value = who;
    if (who) this.#typingEnds = setTimeout(() => this.#showTyping(""), TYPING_LASTS);
  }

  /** @param {string} who @param {boolean} now */
  #showAnswering(who, now) {
    // It may be me, in another window.
    if (who === me.peek()?.name) return;
    clearTimeout(this.#answeringEnds.get(who));
    const known = this.answering.peek();
    if (known.includes(who) !== now)
      this.answering.value = now ? [...known, who] : known.filter((name) => name !== who);
    const end = () => this.#showAnswering(who, false);
    if (now) this.#answeringEnds.set(who, setTimeout(end, ANSWERING_LASTS));
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave();
    else this.trouble.value = error;
  }
}
