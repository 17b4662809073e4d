// How two sides are put under the same load, and what is reported of it.
import { setTimeout as sleep } from "node:timers/promises";
import { median, percentile } from "./report.mjs";
import { inTurns, ROUNDS, together, withProcessor } from "./turns.mjs";

export const IN_FLIGHT = 16;
/** Above this share of its time the load generator counts as the limit. */
const GENERATOR_IS_THE_LIMIT = 0.95;
/** Lists have to have every conversation by then. */
const PATIENCE = 30_000;
const POLL_MILLISECONDS = 5;
/** The seconds for which counts are given. */
const USUAL_SECONDS = 3;

/**
 * @template {import("./thread.mjs").Handlers} H
 * @typedef {import("./thread.mjs").Thread<H>} Thread
 */

/**
 * @typedef {import("./report.mjs").Row} Row
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./turns.mjs").Rounds} Rounds
 * @typedef {import("./turns.mjs").Side} Side
 * @typedef {{ origin: string, pid: () => number | undefined }} Server
 *
 * @typedef {object} Bench what every measure works with
 * @property {number} seconds for each side of a comparison
 * @property {import("./edgedesk.mjs").Edgedesk} edgedesk
 * @property {import("./floor.mjs").Floor} floor
 * @property {Thread<import("./load.mjs").LoadHandlers>} load
 * @property {Thread<import("./sockets.mjs").SocketHandlers>} sockets
 * @property {Thread<import("./dashboards.mjs").DashboardHandlers>} dashboards
 * @property {(row: Row) => void} report
 *
 * @typedef {object} Target one side of a comparison over HTTP
 * @property {Server} server
 * @property {LoadRequest[]} requests
 * @property {(acknowledged: number) => Promise<number>} [stored] for writes: how many of them are there
 *
 * @typedef {object} Draw a comparison of requests that can be sent once only
 * @property {number} inFlight
 * @property {Record<Side, () => LoadRequest[]>} next those of the next turn
 */

/**
 * Puts both sides under the same load and reports them; writes are then counted.
 *
 * @param {Bench} bench
 * @param {string} what
 * @param {Target} ours
 * @param {Target} [bare]
 */
export async function compare(bench, what, ours, bare) {
  const targets = { edgedesk: ours, floor: bare };
  const acknowledged = { edgedesk: 0, floor: 0 };
  const rounds = await inTurns(
    bench.seconds,
    async (side, length) => {
      const { server, requests } = /** @type {Target} */ (targets[side]);
      return withProcessor(server.pid(), async () => {
        const { origin } = server;
        const first = acknowledged[side] + 1;
        const job = { origin, requests, inFlight: IN_FLIGHT, seconds: length, first };
        const result = await bench.load.call("run", job);
        acknowledged[side] += result.acknowledged;
        return { ...result, count: result.acknowledged };
      });
    },
    bare ? undefined : ["edgedesk"],
  );
  reportRate(bench, `${what}: requests/s`, rounds);
  reportLatency(bench, `${what}: ms`, rounds);
  reportProcessor(bench, `${what}: processor µs`, rounds);
  for (const [side, who] of /** @type {const} */ ([
    ["edgedesk", "Edgedesk"],
    ["floor", "the floor"],
  ])) {
    const stored = targets[side]?.stored;
    if (stored) confirm(who, acknowledged[side], await stored(acknowledged[side]));
  }
  return acknowledged;
}

/**
 * As many requests a turn as there are for it, each sent once. Answers what each side answered, in order.
 *
 * @param {Bench} bench
 * @param {Draw} draw
 */
export async function drawInTurns(bench, { inFlight, next }) {
  const answers = { edgedesk: /** @type {string[]} */ ([]), floor: /** @type {string[]} */ ([]) };
  const rounds = await inTurns(bench.seconds, async (side) => {
    const { origin, pid } = bench[side];
    const requests = next[side]();
    return withProcessor(pid(), async () => {
      const result = await bench.load.call("draw", { origin, requests, inFlight });
      answers[side].push(...result.answers);
      return { ...result, count: result.acknowledged };
    });
  });
  return { rounds, answers };
}

/**
 * How many of something, where `--seconds` says nothing else.
 *
 * @param {Bench} bench
 * @param {number} usual
 */
export function scaled({ seconds }, usual) {
  return Math.max(1, Math.round((usual * seconds) / USUAL_SECONDS));
}

/** So many in all, when so many are used in each turn and in the warm-up. @param {number} count */
export function forAllTurns(count) {
  return count * (ROUNDS + 1);
}

/**
 * Asks until there are as many as expected, or patience ends; answers how many there are then.
 *
 * @param {number} expected
 * @param {() => Promise<number>} count
 */
export async function reached(expected, count) {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const found = await count();
    if (found >= expected || performance.now() > deadline) return found;
    await sleep(POLL_MILLISECONDS);
  }
}

/**
 * Every acknowledged write has to be there.
 *
 * @param {string} who
 * @param {number} acknowledged
 * @param {number} stored
 */
export function confirm(who, acknowledged, stored) {
  if (acknowledged === stored) return;
  throw new Error(`${who} acknowledged ${acknowledged} writes and has ${stored}`);
}

/** @type {(bench: Bench, what: string, rounds: Rounds) => void} */
export function reportRate(bench, what, rounds) {
  reportMedians(bench, what, rounds, (round) => round.count / round.seconds);
}

/**
 * How long Edgedesk takes over one question after the other.
 *
 * @param {Bench} bench
 * @param {string} what
 * @param {{ path: string, bearer: string | undefined }} question
 */
export async function reportAnswering(bench, what, { path, bearer }) {
  const { origin } = bench.edgedesk;
  const job = { origin, requests: [{ method: "GET", path, bearer }], inFlight: 1, first: 1 };
  const rounds = await inTurns(
    bench.seconds,
    async (_, seconds) => {
      const result = await bench.load.call("run", { ...job, seconds });
      return { ...result, count: result.acknowledged };
    },
    ["edgedesk"],
  );
  reportLatency(bench, what, rounds);
}

/** @type {(bench: Bench, what: string, rounds: Rounds) => void} */
export function reportLatency(bench, what, rounds) {
  for (const [name, share] of /** @type {const} */ ([
    ["p50", 0.5],
    ["p99", 0.99],
  ])) {
    reportMedians(bench, what.replace(/: ms/, `: ${name} ms`), rounds, (round) =>
      percentile(round.milliseconds, share),
    );
  }
}

/**
 * Over all rounds: the system counts in hundredths of a second, and lets nobody else's time in.
 *
 * @type {(bench: Bench, what: string, rounds: Rounds) => void}
 */
export function reportProcessor(bench, what, rounds) {
  if (process.platform !== "linux") return;
  reportMedians(bench, what, together(rounds), (round) => (round.processor ?? Number.NaN) / round.count);
}

/** @type {(bench: Bench, what: string, rounds: Rounds, figure: (round: import("./turns.mjs").Round) => number) => void} */
function reportMedians({ report }, what, rounds, figure) {
  const limited = [rounds.edgedesk, rounds.floor].some(
    (side) => side.length > 0 && generatorWasTheLimit(median(side.map((round) => round.busy))),
  );
  const bare = rounds.floor.length > 0 ? { floor: median(rounds.floor.map(figure)) } : {};
  report({ what, edgedesk: median(rounds.edgedesk.map(figure)), ...bare, ...(limited && { limited }) });
}

/** @param {number} busy the share of its time in which the load generator was not idle */
export function generatorWasTheLimit(busy) {
  return busy > GENERATOR_IS_THE_LIMIT;
}
