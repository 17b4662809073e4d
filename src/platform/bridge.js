// The runtime's side of src/platform/bridge.rs. Each call between WebAssembly and the runtime costs, and so does each
// object that is handed over: what belongs together crosses at once, as text.

/** @typedef {any} Platform workerd's own objects; their types are no dependency of this repository */

/**
 * A request without its body: method, URL, then names and values of its headers, a line each.
 *
 * @param {Request} request
 */
export function requestHead(request) {
  let head = `${request.method}\n${request.url}`;
  for (const [name, value] of request.headers) head += `\n${name}\n${value}`;
  return head;
}

/**
 * @param {number} status
 * @param {string} head names and values of headers, a line each
 * @param {string} id of the request
 * @param {Uint8Array} bytes of WebAssembly's memory
 */
export function response(status, head, id, bytes) {
  // What lies there is overwritten before it is sent.
  const body = bytes.length > 0 ? bytes.slice() : null;
  return new Response(body, { status, headers: headers(head, id) });
}

/**
 * @param {number} status
 * @param {string} head names and values of headers, a line each
 * @param {string} id of the request
 * @param {ReadableStream} body
 */
export function streamed(status, head, id, body) {
  return new Response(body, { status, headers: headers(head, id) });
}

/** Headers that went out before: nearly all answers have the same ones, and the runtime copies them quickly. */
const known = /** @type {Map<string, Headers>} */ (new Map());
const MOST_KNOWN = 64;

/** @param {string} head @param {string} id */
function headers(head, id) {
  let headers = known.get(head);
  if (!headers) {
    headers = new Headers();
    const lines = head.split("\n");
    for (let at = 0; at + 1 < lines.length; at += 2) headers.append(lines[at] ?? "", lines[at + 1] ?? "");
    if (known.size === MOST_KNOWN) known.clear();
    // A session is nobody's business once it went out.
    if (!headers.has("set-cookie")) known.set(head, headers);
  }
  headers.set("x-request-id", id);
  return headers;
}

/**
 * Asks a Durable Object: three digits of its status, then what it said.
 *
 * @param {Platform} env
 * @param {string} binding
 * @param {string} name
 * @param {string} body
 * @returns {Promise<string>}
 */
export async function askObject(env, binding, name, body) {
  const answer = await env[binding].getByName(name).fetch("https://object/", { method: "POST", body });
  return `${answer.status}${await answer.text()}`;
}

/**
 * The first row of a query, as JSON; undefined where there is none.
 *
 * @param {Platform} database D1
 * @param {string} query
 * @param {string} values an array, as JSON
 * @returns {Promise<string | undefined>}
 */
export async function firstRow(database, query, values) {
  const row = await bound(database, query, values).first();
  return row === null ? undefined : JSON.stringify(row);
}

/**
 * All rows of a query, as JSON.
 *
 * @param {Platform} database D1
 * @param {string} query
 * @param {string} values an array, as JSON
 * @returns {Promise<string>}
 */
export async function allRows(database, query, values) {
  const { results } = await bound(database, query, values).all();
  return JSON.stringify(results);
}

/**
 * @param {Platform} database D1
 * @param {string} query
 * @param {string} values an array, as JSON
 */
export function bound(database, query, values) {
  return database.prepare(query).bind(...JSON.parse(values));
}

/**
 * Runs a statement in a Durable Object: its rows, as JSON; undefined where there are none.
 *
 * @param {Platform} sql
 * @param {string} query
 * @param {string} values an array, as JSON; empty where there are none
 */
export function execute(sql, query, values) {
  const cursor = values === "" ? sql.exec(query) : sql.exec(query, ...JSON.parse(values));
  const rows = cursor.toArray();
  return rows.length === 0 ? undefined : JSON.stringify(rows);
}
