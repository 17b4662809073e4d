// How many assignments a second one Desk keeps up with.
import { claims, confirmAssignments, MOST_CHATS, TAKERS, views } from "./company.mjs";
import { confirm, generatorWasTheLimit, scaled } from "./comparing.mjs";
import { percentile } from "./report.mjs";
import { rest, sidesOf } from "./turns.mjs";

/** One at a time, for the p99 to compare with. */
const UNHURRIED = { edgedesk: 100, floor: 2000 };
/** For how long a rate is offered, and how many assignments that has to be at least. */
const STEP_SECONDS = 1;
const STEP_LEAST = 60;
/** A rate is kept up with as long as p99 is at most so many times the unhurried one, … */
const SLOWER_AT_MOST = 5;
/** … and as this share of it is achieved. */
const ACHIEVED_AT_LEAST = 0.95;
/** The first rate that is offered, and the last one. */
const FIRST = { edgedesk: 50, floor: 800 };
const LAST = { edgedesk: 1600, floor: 12_800 };
/** Where that is too much already, it is halved down to this. */
const LEAST = 5;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./turns.mjs").Side} Side
 *
 * @typedef {object} Ground
 * @property {Side} side
 * @property {(count: number) => Promise<LoadRequest[]>} requests that have not been sent yet
 *
 * @typedef {{ rate: number, p99: number, limited: boolean }} Knee
 */

/** @param {Bench} bench */
export async function knee(bench) {
  const { edgedesk, floor } = bench;
  const company = await edgedesk.found({ max_chats: MOST_CHATS });
  const supervisors = await company.hire(TAKERS, "supervisor");
  const opened = /** @type {import("./company.mjs").Conversation[]} */ ([]);
  const all = /** @type {Map<string, string>} */ (new Map());
  let inserted = 0;
  const requests = {
    edgedesk: async (/** @type {number} */ count) => {
      const waiting = await company.open(count);
      const { requests, promised } = claims(company, waiting, supervisors);
      opened.push(...waiting);
      for (const [id, agent] of promised) all.set(id, agent);
      return requests;
    },
    floor: async (/** @type {number} */ count) => {
      inserted += count;
      return Array(count).fill(floor.insert("knee"));
    },
  };
  const found = /** @type {Record<Side, Knee>} */ ({});
  for (const side of sidesOf(0)) found[side] = await findKnee(bench, { side, requests: requests[side] });

  const limited = found.edgedesk.limited || found.floor.limited;
  const row = (/** @type {"rate" | "p99"} */ figure) => ({
    edgedesk: found.edgedesk[figure],
    floor: found.floor[figure],
    ...(limited && { limited }),
  });
  bench.report({ what: "the knee of claims, one Desk | object insert: offered/s", ...row("rate") });
  bench.report({ what: "the knee of claims, one Desk | object insert: p99 ms there", ...row("p99") });
  await confirmAssignments(company, all, await views(bench, company, opened));
  confirm("the floor", inserted, await floor.messages(["knee"]));
}

/**
 * Doubles the rate as long as it is kept up with, or halves it until it is; then tries the middle.
 *
 * @param {Bench} bench
 * @param {Ground} ground
 * @returns {Promise<Knee>}
 */
async function findKnee(bench, ground) {
  const { side } = ground;
  const { origin, pid } = bench[side];
  const calm = await bench.load.call("draw", {
    origin,
    requests: await ground.requests(Math.max(STEP_LEAST, scaled(bench, UNHURRIED[side]))),
    inFlight: 1,
  });
  await rest(pid());
  const most = SLOWER_AT_MOST * percentile(calm.milliseconds, 0.99);

  /** @type {(rate: number) => Promise<Knee | undefined>} once more where it fails: something else may have come between */
  const kept = async (rate) => (await offer(bench, ground, rate, most)) ?? offer(bench, ground, rate, most);

  let rate = FIRST[side];
  let best = await kept(rate);
  const falls = !best;
  while (falls && !best && rate > LEAST) {
    rate /= 2;
    best = await kept(rate);
  }
  if (!best) throw new Error(`${side} does not keep up with ${rate} a second`);
  while (!falls && rate < LAST[side]) {
    const next = await kept(rate * 2);
    if (!next) break;
    rate *= 2;
    best = next;
  }
  return rate < LAST[side] ? ((await kept(rate * 1.5)) ?? best) : best;
}

/**
 * Offers a rate: what came of it, if it was kept up with.
 *
 * @param {Bench} bench
 * @param {Ground} ground
 * @param {number} rate
 * @param {number} most milliseconds of the p99
 * @returns {Promise<Knee | undefined>}
 */
async function offer(bench, { side, requests }, rate, most) {
  const { origin, pid } = bench[side];
  const count = Math.max(STEP_LEAST, Math.round((rate * scaled(bench, STEP_SECONDS * 100)) / 100));
  const job = { origin, requests: await requests(count), perSecond: rate };
  const { milliseconds, seconds, busy, queued } = await bench.load.call("pace", job);
  await rest(pid());
  const p99 = percentile(milliseconds, 0.99);
  const achieved = (count - 1) / seconds;
  if (queued || p99 > most || achieved < ACHIEVED_AT_LEAST * rate) return undefined;
  return { rate, p99, limited: generatorWasTheLimit(busy) };
}
