// The HTTP load, in a thread of its own: over keep-alive connections, one request in flight on each.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection, prepare } from "./http.mjs";
import { serve, stopwatch } from "./thread.mjs";

/** Connections beyond which a steady rate has become a queue. */
const MOST_CONNECTIONS = 512;

/**
 * @typedef {import("./http.mjs").Connection} Connection
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./http.mjs").Prepared} Prepared
 *
 * @typedef {object} Load
 * @property {string} origin
 * @property {LoadRequest[]} requests dealt to the connections in turn
 * @property {number} inFlight
 * @property {number} seconds no request starts later; those that have started are waited for
 * @property {number} first the number of the first request
 *
 * @typedef {object} LoadResult
 * @property {number} acknowledged requests, each answered with 2xx: anything else is an error
 * @property {number} seconds until the last answer
 * @property {Float64Array} milliseconds of each request
 * @property {number} busy the share of the time in which this thread was not idle: near 1, it was the limit
 *
 * @typedef {object} Kept
 * @property {string[]} answers in the order of the requests, as bytes
 *
 * @typedef {typeof handlers} LoadHandlers
 */

const handlers = { run, draw, pace };

serve(handlers);

/**
 * The same requests again and again.
 *
 * @param {Load} load
 * @returns {Promise<LoadResult>}
 */
async function run({ origin, requests, inFlight, seconds, first }) {
  const prepared = requests.map((request) => prepare(origin, request));
  const connections = await open(origin, inFlight);
  const milliseconds = /** @type {number[]} */ ([]);
  let number = first;
  const watch = stopwatch();
  const deadline = performance.now() + seconds * 1000;
  await together(connections, async (connection, place) => {
    const request = /** @type {Prepared} */ (prepared[place % prepared.length]);
    let sent = performance.now();
    while (sent < deadline) {
      await connection.ask(request, number++);
      const now = performance.now();
      milliseconds.push(now - sent);
      sent = now;
    }
  });
  return { acknowledged: milliseconds.length, ...watch(), milliseconds: Float64Array.from(milliseconds) };
}

/**
 * Each request once, by whichever connection is free.
 *
 * @param {{ origin: string, requests: LoadRequest[], inFlight: number }} argument
 * @returns {Promise<LoadResult & Kept>}
 */
async function draw({ origin, requests, inFlight }) {
  const prepared = requests.map((request) => prepare(origin, request));
  const connections = await open(origin, Math.min(inFlight, requests.length));
  const milliseconds = new Float64Array(requests.length);
  const answers = /** @type {string[]} */ ([]);
  let next = 0;
  const watch = stopwatch();
  await together(connections, async (connection) => {
    for (let at = next++; at < prepared.length; at = next++) {
      const sent = performance.now();
      answers[at] = await connection.ask(/** @type {Prepared} */ (prepared[at]), at);
      milliseconds[at] = performance.now() - sent;
    }
  });
  return { acknowledged: requests.length, ...watch(), milliseconds, answers };
}

/**
 * Each request once, at a steady rate, whatever becomes of it. Time counts from when a request was due. `seconds` are
 * those from the first answer to the last.
 *
 * @param {{ origin: string, requests: LoadRequest[], perSecond: number }} argument
 * @returns {Promise<LoadResult & Kept & { queued: boolean }>} queued: every connection was taken for a while
 */
async function pace({ origin, requests, perSecond }) {
  const prepared = requests.map((request) => prepare(origin, request));
  const all = await open(origin, Math.min(MOST_CONNECTIONS, requests.length));
  const free = [...all];
  const milliseconds = new Float64Array(requests.length);
  const answers = /** @type {string[]} */ ([]);
  const ends = /** @type {number[]} */ ([]);
  let queued = false;
  const watch = stopwatch();
  const started = performance.now();
  const send = async (/** @type {number} */ at, /** @type {number} */ due) => {
    for (; free.length === 0; await sleep(1)) queued = true;
    const connection = /** @type {Connection} */ (free.pop());
    answers[at] = await connection.ask(/** @type {Prepared} */ (prepared[at]), at);
    const now = performance.now();
    milliseconds[at] = now - due;
    ends.push(now);
    free.push(connection);
  };
  try {
    const sent = /** @type {Promise<void>[]} */ ([]);
    for (let at = 0; at < prepared.length; at++) {
      const due = started + (at * 1000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      const one = send(at, due);
      // Whoever waits for all of them hears of it.
      one.catch(() => {});
      sent.push(one);
    }
    await Promise.all(sent);
  } finally {
    for (const connection of all) connection.close();
  }
  const { busy } = watch();
  const seconds = ((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / 1000;
  return { acknowledged: requests.length, seconds, busy, milliseconds, answers, queued };
}

/** @param {string} origin @param {number} count */
function open(origin, count) {
  return Promise.all(Array.from({ length: count }, () => openConnection(origin)));
}

/**
 * @param {Connection[]} connections
 * @param {(connection: Connection, place: number) => Promise<void>} each
 */
async function together(connections, each) {
  try {
    await Promise.all(connections.map(each));
  } finally {
    for (const connection of connections) connection.close();
  }
}
