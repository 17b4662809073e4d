// One history: several people at one company, all at once, on a machine that has its troubles.

import { Chance } from "./chance.mjs";
import { DEEDS, SETTINGS } from "./deeds.mjs";
import { Notes } from "./notes.mjs";
import { setScene, signIn } from "./scene.mjs";

/**
 * @typedef {import("./scene.mjs").Scene} Scene
 * @typedef {import("./trouble.mjs").Machine} Machine
 * @typedef {import("./notes.mjs").Note} Note
 * @typedef {import("./notes.mjs").Request} Request
 * @typedef {import("./deeds.mjs").Deed} Deed
 */

/** People who act at the same time. */
const HANDS = 6;
/** How long the least patient client waits, in milliseconds. */
const PATIENCE = /** @type {const} */ ([1, 60]);

export class History {
  /**
   * @param {number} seed
   * @param {Scene} scene
   * @param {Machine} machine
   * @param {Chance} chance
   */
  constructor(seed, scene, machine, chance) {
    this.seed = seed;
    this.scene = scene;
    this.machine = machine;
    this.chance = chance;
    this.notes = new Notes();
  }

  /**
   * A company before anything happens there.
   *
   * @param {number} seed
   * @param {Machine} machine
   */
  static async begin(seed, machine) {
    const chance = new Chance(seed);
    return new History(seed, await setScene(machine.desk, chance), machine, chance);
  }

  /** @param {number} operations */
  async run(operations) {
    let left = operations;
    const hand = async (/** @type {Chance} */ chance) => {
      while (left > 0) {
        left -= 1;
        await this.#act(chance);
        await this.machine.up;
      }
    };
    await Promise.all(Array.from({ length: HANDS }, (_, n) => hand(this.chance.branch(n))));
  }

  /** What is begun just before the end, all at once. */
  lastWords() {
    const deeds = Array.from({ length: HANDS }, (_, n) => {
      return this.chance.weighed(n % 2 === 0 ? SETTINGS : DEEDS)(this.scene, this.chance);
    });
    return deeds.map((deed) => deed && this.#send(deed));
  }

  /** @param {Chance} chance */
  async #act(chance) {
    if (chance.happens(0.06)) return this.#comesOrGoes(chance);
    const deed = chance.weighed(DEEDS)(this.scene, chance);
    if (!deed) return;
    const manner = chance.next();
    if (manner < 0.08) await Promise.all([this.#send(deed), this.#send(deed)]);
    else if (manner < 0.2) await this.#sendInHaste(deed, chance);
    else await this.#send(deed);
  }

  /** Somebody who gives up, and perhaps tries again. @param {Deed} deed @param {Chance} chance */
  async #sendInHaste(deed, chance) {
    const [patience, repeats] = [chance.between(...PATIENCE), chance.happens(0.7)];
    const note = await this.#send(deed, AbortSignal.timeout(patience));
    if (note.status === undefined && repeats) await this.#send(deed);
  }

  /** @param {Deed} deed @param {AbortSignal} [signal] */
  async #send({ learn, ...request }, signal) {
    this.machine.expects(this.scene.id, request.conversation);
    const note = await this.notes.send(request, signal);
    learn?.(note);
    const { status, answer } = note;
    if (status === 200 && answer?.assignment_epoch) this.scene.holders.set(answer.id, answer.assignee?.id);
    return note;
  }

  /** @param {Chance} chance */
  async #comesOrGoes(chance) {
    const member = chance.of(this.scene.staff);
    if (!member) return;
    if (this.scene.present.has(member) && chance.happens(0.4)) return this.scene.leaves(member);
    await this.scene.comes(member);
    if (!this.scene.isThere(member)) await signIn(member);
  }
}
