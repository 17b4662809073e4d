// What happens to the machine while people work: it dies, and it puts objects to sleep.

import { until } from "../desk.mjs";

/**
 * @typedef {import("../desk.mjs").Desk} Desk
 * @typedef {import("./chance.mjs").Chance} Chance
 */

const CONVERSATIONS = "ConversationObject";
const DESKS = "DeskObject";
/** Requests between one trouble and the next. */
const BETWEEN = /** @type {const} */ ([20, 80]);
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
    /** @type {Promise<unknown>} settled while it runs */
    this.up = Promise.resolve();
  }

  /** Kills it in the middle of whatever it does; it is up again when this is settled. */
  async crash() {
    this.crashes += 1;
    this.up = this.desk.runtime.crash();
    await this.up;
  }

  /** @param {Chance} chance @param {string} className @param {number} count */
  async evict(chance, className, count) {
    const { mf, config } = this.desk.runtime;
    const ids = await mf.listDurableObjectIds(className === DESKS ? "DESKS" : "CONVERSATIONS");
    const chosen = Array.from({ length: count }, () => chance.of(ids));
    const webSockets = chance.happens(0.5) ? "hibernate" : "close";
    await Promise.all(
      chosen.map(async (id) => {
        if (!id) return;
        await mf.unsafeEvictDurableObject(config.name, className, { id, webSockets });
        this.evictions += 1;
      }),
    );
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
      if (kind < 0.45) await this.crash();
      // An object that is busy is evicted when it is not; one that has died meanwhile, never.
      else if (kind < 0.75) void this.evict(chance, CONVERSATIONS, amount).catch(() => {});
      else void this.evict(chance, DESKS, amount).catch(() => {});
    }
  }

  /** Kills it for good: what is stored stays as it is. */
  async end() {
    const { pid } = this.desk.runtime;
    if (pid) process.kill(pid, "SIGKILL");
    await this.desk.stop();
  }
}
