// Edgedesk and the floor, measured in turns.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "./report.mjs";

/** Each side is measured this often, so that what else the machine does strikes both. */
export const ROUNDS = 5;
/** Until then V8 compiles WebAssembly again, and better: a tenth of what a short run would measure. */
const WARM_UP_SECONDS = 1;
/** After each turn: what one side still does for its last answers must not cost the other. */
const PAUSE_MILLISECONDS = 100;
/** Work that does not end by then is not left over from a turn. */
const PATIENCE = 10_000;
/** Kernel ticks are hundredths of a second on every Linux that Node runs on. */
const TICK_MICROSECONDS = 10_000;

/**
 * @typedef {"edgedesk" | "floor"} Side
 *
 * @typedef {object} Round
 * @property {number} count of requests or deliveries
 * @property {number} seconds
 * @property {ArrayLike<number>} milliseconds of each
 * @property {number} busy the generator's share
 * @property {number} [processor] microseconds that workerd used
 *
 * @typedef {Record<Side, Round[]>} Rounds
 */

/**
 * Who goes first changes from round to round, so that neither profits from a machine that warms up.
 *
 * @param {number} round
 * @returns {Side[]}
 */
export function sidesOf(round) {
  return round % 2 === 0 ? ["floor", "edgedesk"] : ["edgedesk", "floor"];
}

/**
 * Measures each side ROUNDS times, after a warm-up that does not count.
 *
 * @template {Round} R
 * @param {number} seconds for each side, in all
 * @param {(side: Side, seconds: number) => Promise<R>} measure
 * @param {Side[]} [sides]
 * @returns {Promise<Record<Side, R[]>>}
 */
export async function inTurns(seconds, measure, sides = ["edgedesk", "floor"]) {
  /** @type {Record<Side, R[]>} */
  const rounds = { edgedesk: [], floor: [] };
  for (const side of sides) await measure(side, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sidesOf(round).filter((one) => sides.includes(one))) {
      rounds[side].push(await measure(side, seconds / ROUNDS));
    }
  }
  return rounds;
}

/**
 * Adds what workerd used of the processor, also for what it does after its answers.
 *
 * @template {Round} R
 * @param {number | undefined} pid
 * @param {() => Promise<R>} measure
 * @returns {Promise<R>}
 */
export async function withProcessor(pid, measure) {
  const before = processorTicks(pid);
  const round = await measure();
  await rest(pid);
  const ticks = processorTicks(pid) - before;
  return { ...round, processor: ticks * TICK_MICROSECONDS };
}

/**
 * Waits until a process has done what it still had to do: index, feed, mail.
 *
 * @param {number | undefined} pid
 */
export async function rest(pid) {
  const deadline = performance.now() + PATIENCE;
  for (let ticks = processorTicks(pid); ; ) {
    await sleep(PAUSE_MILLISECONDS);
    const now = processorTicks(pid);
    // Where the system does not tell, the pause has to do.
    if (!(now - ticks > 1) || performance.now() > deadline) return;
    ticks = now;
  }
}

/**
 * User and system time of a process; not a number where the system does not tell.
 *
 * @param {number | undefined} pid
 */
function processorTicks(pid) {
  if (process.platform !== "linux" || pid === undefined) return Number.NaN;
  // The name, in parentheses, may itself have blanks and parentheses.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/**
 * All rounds of each side as one.
 *
 * @type {(rounds: Rounds) => Rounds}
 */
export function together({ edgedesk, floor }) {
  return { edgedesk: [pooled(edgedesk)], floor: floor.length > 0 ? [pooled(floor)] : [] };
}

/** @type {(rounds: Round[]) => Round} */
function pooled(rounds) {
  const sum = (/** @type {(round: Round) => number} */ of) =>
    rounds.reduce((all, round) => all + of(round), 0);
  return {
    count: sum((round) => round.count),
    seconds: sum((round) => round.seconds),
    milliseconds: rounds.flatMap((round) => Array.from(round.milliseconds)),
    busy: median(rounds.map((round) => round.busy)),
    processor: sum((round) => round.processor ?? Number.NaN),
  };
}
