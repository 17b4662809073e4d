// What happens to the machine while people work: it dies, and it puts objects to sleep.

import { until } from "../desk.mjs";

/**
 * @typedef {import("../desk.mjs").Desk} Desk
 * @typedef {import("./chance.mjs").Chance} Chance
 */

const CONVERSATIONS = "ConversationObject";
const DESKS = "DeskObject";
/** Requests between one trouble and the next. */
const BETWEEN = /** @type {const} */ ([8, 50]);
/** Objects that are kept in mind. */
const AWAKE = 40;
const LONGEST_WAIT_SECONDS = 600;

/** The state of the machine, as its users meet it. */
export class Machine {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.crashes = 0;
    this.evictions = 0;
    /** Requests that were sent so far. */
    this.requests = 0;
    /** Names of objects that were asked something lately. @type {string[]} */
    this.companies = [];
    /** @type {string[]} */
    this.conversations = [];
    /** @type {Promise<unknown>} settled while it runs */
    this.up = Promise.resolve();
    /** @type {(() => Promise<void> | undefined) | undefined} what is done once it is up again */
    this.afterwards = undefined;
  }

  /** Kills it in the middle of whatever it does; it is up again when this is settled. */
  async crash() {
    this.crashes += 1;
    this.up = this.desk.runtime.crash().then(() => this.afterwards?.());
    await this.up;
  }

  /**
   * A request is about to be sent.
   *
   * @param {string} company
   * @param {string | undefined} conversation
   */
  expects(company, conversation) {
    this.requests += 1;
    this.companies.push(company);
    if (conversation) this.conversations.push(conversation);
    for (const names of [this.companies, this.conversations]) if (names.length > AWAKE) names.shift();
  }

  /**
   * Puts some of the objects to sleep that are awake. One that is busy is waited for; one that died meanwhile, forgotten.
   *
   * @param {Chance} chance
   * @param {string} className
   * @param {string[]} awake
   * @param {number} count
   */
  async evict(chance, className, awake, count) {
    const { mf, config } = this.desk.runtime;
    const names = new Set(Array.from({ length: count }, () => chance.of(awake) ?? ""));
    const webSockets = chance.happens(0.5) ? "hibernate" : "close";
    const evictions = [...names].map((name) =>
      mf.unsafeEvictDurableObject(config.name, className, { name, webSockets }),
    );
    const outcomes = await Promise.allSettled(evictions);
    this.evictions += outcomes.filter(({ status }) => status === "fulfilled").length;
  }

  /**
   * Troubles until it is told to stop.
   *
   * @param {Chance} chance
   * @param {AbortSignal} stop
   */
  async trouble(chance, stop) {
    while (!stop.aborted) {
      const due = this.requests + chance.between(...BETWEEN);
      await until(() => stop.aborted || this.requests >= due, "work is done", LONGEST_WAIT_SECONDS);
      if (stop.aborted) return;
      const [kind, amount] = [chance.next(), chance.between(1, 12)];
      if (kind < 0.3) await this.crash();
      else if (kind < 0.7) void this.evict(chance, CONVERSATIONS, this.conversations, amount);
      else void this.evict(chance, DESKS, this.companies, amount);
    }
  }

  /** Kills it for good: what is stored stays as it is. */
  async end() {
    const { pid } = this.desk.runtime;
    if (pid) process.kill(pid, "SIGKILL");
    await this.desk.stop();
  }
}
