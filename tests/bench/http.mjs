// HTTP as the bench speaks it: one comfortable request while things are prepared and checked, and connections that
// cost next to nothing while something is measured.
//
// A connection writes prepared bytes and looks at no more of an answer than its status and its end: node:http takes
// four times the processor for a request, is saturated before a bare Worker is, and makes any two Workers look
// alike.
import { connect } from "node:net";

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
 * @typedef {object} Connection
 * @property {(request: Prepared, number?: number) => Promise<string>} ask the answer's bytes, once they are complete;
 *   anything but the status that is expected is an error
 * @property {() => void} close
 *
 * @typedef {object} Prepared
 * @property {LoadRequest} request
 * @property {string[]} parts its bytes, around its number
 */

/** @type {(origin: string, request: LoadRequest) => Promise<any>} */
export async function ask(origin, { method, path, bearer, body }) {
  const headers = {
    "content-type": "application/json",
    ...(bearer && { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(origin + path, { method, headers, body: body ?? null });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/**
 * @param {string} origin
 * @param {LoadRequest} request
 * @returns {Prepared}
 */
export function prepare(origin, request) {
  const { method, path, bearer, body } = request;
  const head = [`${method} ${path} HTTP/1.1`, `host: ${new URL(origin).host}`];
  if (bearer) head.push(`authorization: Bearer ${bearer}`);
  if (body) {
    const length = body.replaceAll(PLACEHOLDER, "0".repeat(DIGITS)).length;
    head.push("content-type: application/json", `content-length: ${length}`);
  }
  return { request, parts: `${head.join("\r\n")}\r\n\r\n${body ?? ""}`.split(PLACEHOLDER) };
}

/**
 * The JSON of an answer that a connection has got.
 *
 * @param {string} answer
 */
export function json(answer) {
  // Also of one in chunks: whole answers of this size are one chunk.
  const start = answer.indexOf("{", answer.indexOf("\r\n\r\n"));
  return JSON.parse(answer.slice(start, answer.lastIndexOf("}") + 1));
}

/**
 * @param {string} origin
 * @returns {Promise<Connection>}
 */
export function openConnection(origin) {
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
    const send = (/** @type {string} */ bytes) =>
      new Promise((/** @type {(answer: string) => void} */ resolve, reject) => {
        done = resolve;
        broken = reject;
        socket.write(bytes, "latin1");
      });
    socket.on("connect", () => {
      opened({
        ask: async ({ request, parts }, number = 0) => {
          const answer = await send(parts.join(String(number).padStart(DIGITS, "0")));
          if (answer.startsWith(`HTTP/1.1 ${request.status ?? 2}`)) return answer;
          throw new Error(`${request.method} ${request.path}: ${answer}`);
        },
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
