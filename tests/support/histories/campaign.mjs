// Many histories at once on one machine: what they share is its troubles, and the wait for leases at the end.

import { setTimeout as pause } from "node:timers/promises";
import { startDesk, stateFolder } from "../desk.mjs";
import { Chance } from "./chance.mjs";
import { gather } from "./evidence.mjs";
import { History } from "./history.mjs";
import { broken } from "./promises.mjs";
import { readStored } from "./stored.mjs";
import { Machine } from "./trouble.mjs";

/**
 * @typedef {import("./evidence.mjs").Evidence} Evidence
 * @typedef {import("../desk.mjs").Desk} Desk
 *
 * @typedef {object} Verdict
 * @property {number} seed
 * @property {string[]} faults
 * @property {Evidence} evidence
 *
 * @typedef {object} Outcome
 * @property {Verdict[]} verdicts
 * @property {number} requests
 * @property {number} crashes
 * @property {number} evictions
 *
 * @typedef {object} Mishaps what goes wrong beside the machine's own troubles
 * @property {string} [scriptDir] another build than the one that is there
 * @property {(desk: Desk) => Promise<void>} [begin] once people are at work, and whenever the machine is up again
 * @property {(desk: Desk) => Promise<void>} [end] once they are not any more
 * @property {string} [way] an address by which the desk is asked instead of its own; `found` says which that is
 * @property {(url: string) => void} [found]
 */

/** Companies that are at work at the same time. */
const AT_ONCE = 4;
/** A lease, what is settled after it, and some patience. */
const QUIET_WITHIN_SECONDS = 90;
const LOOKS_EVERY_MILLISECONDS = 500;

/**
 * @param {number[]} seeds
 * @param {number} operations of each
 * @param {Mishaps} [mishaps]
 * @returns {Promise<Outcome>}
 */
export async function campaign(seeds, operations, mishaps = {}) {
  const state = stateFolder();
  const machine = new Machine(await startDesk({ state: state.folder, scriptDir: mishaps.scriptDir }));
  mishaps.found?.(machine.desk.url);
  /** @type {History[]} */
  let histories = [];
  try {
    histories = await atOnce(seeds, (seed) => History.begin(seed, machine));
    await work(histories, machine, operations, mishaps);
    await quiet(histories, state.folder);
    const there = histories.map(({ scene }) => scene.whoIsThere());
    await Promise.all(histories.map(({ scene }) => scene.lookAround()));
    const at = Date.now();
    await machine.end();
    const stored = readStored(state.folder);
    const verdicts = histories.map((history, n) => judge(history, stored, there[n] ?? new Set(), at));
    const { requests, crashes, evictions } = machine;
    return { verdicts, requests, crashes, evictions };
  } finally {
    for (const { scene } of histories) scene.close();
    await machine.desk.stop().catch(() => {});
    state.remove();
  }
}

/**
 * Lets everybody work while the machine has its troubles, of which the last strikes in the middle of something.
 *
 * @param {History[]} histories
 * @param {Machine} machine
 * @param {number} operations
 * @param {Mishaps} mishaps
 */
async function work(histories, machine, operations, { begin, end, way }) {
  for (const { notes } of histories) notes.way = way;
  machine.afterwards = () => begin?.(machine.desk);
  await machine.afterwards();
  const stop = new AbortController();
  const troubles = machine.trouble(new Chance(histories[0]?.seed ?? 0), stop.signal);
  await atOnce(histories, (history) => history.run(operations));
  stop.abort();
  await troubles;
  const words = histories.flatMap((history) => history.lastWords());
  await Promise.race(words.filter(Boolean));
  machine.afterwards = undefined;
  await machine.crash();
  await Promise.all(words);
  await end?.(machine.desk);
}

/**
 * Waits until nothing is under way any more: until everything is kept, or it is plain that it will not be.
 *
 * @param {History[]} histories
 * @param {string} folder
 */
export async function quiet(histories, folder) {
  const deadline = performance.now() + QUIET_WITHIN_SECONDS * 1_000;
  for (;;) {
    await Promise.all(histories.map(({ scene }) => scene.assemble()));
    const [at, stored] = [Date.now(), readStored(folder)];
    const judged = histories.map((history) => judge(history, stored, history.scene.whoIsThere(), at));
    if (judged.every(({ faults }) => faults.length === 0) || performance.now() > deadline) return;
    await pause(LOOKS_EVERY_MILLISECONDS);
  }
}

/**
 * @param {History} history
 * @param {Map<string, import("./stored.mjs").StoredCompany>} stored
 * @param {Set<string>} there
 * @param {number} at
 * @returns {Verdict}
 */
export function judge(history, stored, there, at) {
  const { seed, scene } = history;
  const company = stored.get(scene.id);
  if (!company) throw new Error(`seed ${seed}: its company is gone`);
  const evidence = gather(history, company, there, at);
  return { seed, evidence, faults: broken(evidence) };
}

/**
 * Does the same to all, a few at once.
 *
 * @template T, R
 * @param {T[]} things
 * @param {(thing: T) => Promise<R>} act
 * @returns {Promise<R[]>}
 */
async function atOnce(things, act) {
  /** @type {R[]} */
  const results = [];
  const left = [...things.entries()];
  const hand = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  return results;
}
