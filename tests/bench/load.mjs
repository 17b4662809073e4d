// The HTTP load, in a thread of its own: a closed loop over keep-alive connections, one request in flight on
// each.
//
// It writes prepared bytes and looks at no more of an answer than its status and its end: node:http takes
// four times the processor for a request, is saturated before a bare Worker is, and makes any two Workers look
// alike.
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { serve } from "./thread.mjs";

/** What stands in a request for its number, and how many digits that has. */
const PLACEHOLDER = "{number}";
const DIGITS = 12;

/**
 * @typedef {object} LoadRequest `{number}` in path and body becomes the request's number, in twelve digits
 * @property {string} method
 * @property {string} path
 * @property {string} [bearer]
 * @property {string} [body] JSON
 * @property {number} [status] expected instead of any 2xx
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
 * @typedef {typeof handlers} LoadHandlers
 */

const handlers = { run };

serve(handlers);

/**
 * @param {Load} load
 * @returns {Promise<LoadResult>}
 */
async function run({ origin, requests, inFlight, seconds, first }) {
  const places = Array.from({ length: inFlight }, (_, place) => place);
  const connections = await Promise.all(places.map(() => openConnection(origin)));
  const milliseconds = /** @type {number[]} */ ([]);
  let number = first;
  const idle = performance.eventLoopUtilization();
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const loop = async (/** @type {number} */ place) => {
    const request = /** @type {LoadRequest} */ (requests[place % requests.length]);
    const parts = text(origin, request).split(PLACEHOLDER);
    const connection = /** @type {Connection} */ (connections[place]);
    let sent = performance.now();
    while (sent < deadline) {
      const answer = await connection.ask(parts.join(String(number++).padStart(DIGITS, "0")));
      const now = performance.now();
      if (!answer.startsWith(`HTTP/1.1 ${request.status ?? 2}`))
        throw new Error(`${request.method} ${request.path}: ${answer}`);
      milliseconds.push(now - sent);
      sent = now;
    }
  };
  try {
    await Promise.all(places.map(loop));
  } finally {
    for (const connection of connections) connection.close();
  }
  return {
    acknowledged: milliseconds.length,
    seconds: (performance.now() - started) / 1000,
    milliseconds: Float64Array.from(milliseconds),
    busy: performance.eventLoopUtilization(idle).utilization,
  };
}

/**
 * @param {string} origin
 * @param {LoadRequest} request
 */
function text(origin, { method, path, bearer, body }) {
  const head = [`${method} ${path} HTTP/1.1`, `host: ${new URL(origin).host}`];
  if (bearer) head.push(`authorization: Bearer ${bearer}`);
  if (body) {
    const length = body.replaceAll(PLACEHOLDER, "0".repeat(DIGITS)).length;
    head.push("content-type: application/json", `content-length: ${length}`);
  }
  return `${head.join("\r\n")}\r\n\r\n${body ?? ""}`;
}

/**
 * @typedef {object} Connection
 * @property {(request: string) => Promise<string>} ask the answer's bytes, once they are complete
 * @property {() => void} close
 */

/**
 * @param {string} origin
 * @returns {Promise<Connection>}
 */
function openConnection(origin) {
  const { hostname, port } = new URL(origin);
  return new Promise((opened, failed) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let received = "";
    let done = (/** @type {string} */ _answer) => {};
    let broken = (/** @type {Error} */ error) => failed(error);
    socket.on("error", (error) => broken(error));
    socket.on("close", () => broken(new Error(`${origin} closed the connection`)));
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (!isComplete(received)) return;
      const answer = received;
      received = "";
      done(answer);
    });
    socket.on("connect", () => {
      opened({
        ask: (request) =>
          new Promise((resolve, reject) => {
            done = resolve;
            broken = reject;
            socket.write(request, "latin1");
          }),
        close: () => socket.destroy(),
      });
    });
  });
}

/**
 * Enough of HTTP/1.1 for one answer at a time: JSON has no line breaks that could look like the last chunk.
 *
 * @param {string} received
 */
function isComplete(received) {
  const head = received.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1];
  if (length !== undefined) return received.length >= head + 4 + Number(length);
  return received.endsWith("\r\n0\r\n\r\n");
}
