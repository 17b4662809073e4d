// What the clients of a history know of it: what they asked, when, and what they were answered.

/**
 * @typedef {object} Request one thing that somebody asks
 * @property {string} deed
 * @property {import("../actors.mjs").Actor} actor
 * @property {string} method
 * @property {string} path
 * @property {unknown} [body]
 * @property {string} [conversation] which it is about
 * @property {string} [agent] who asks, if an agent does
 * @property {string | null} [wants] who is to have the conversation when it is carried out
 * @property {string} [said] words that are to be in its log
 * @property {string} [name] under which it can be repeated
 *
 * @typedef {Request & Sending} Note
 *
 * @typedef {object} Sending
 * @property {number} began milliseconds since 1970, with fractions
 * @property {number} ended
 * @property {boolean} again whether it had been sent before under this name
 * @property {number} [status] none when no answer came
 * @property {any} [answer]
 */

/** Milliseconds since 1970, by a clock that never jumps. */
export const now = () => performance.timeOrigin + performance.now();

export class Notes {
  constructor() {
    /** @type {Note[]} */
    this.all = [];
    /** @type {Set<string>} */
    this.names = new Set();
    /** @type {string | undefined} an address by which the desk is asked instead of its own */
    this.way = undefined;
  }

  /**
   * Sends a request and notes what became of it.
   *
   * @param {Request} request
   * @param {AbortSignal} [signal]
   * @returns {Promise<Note>}
   */
  async send(request, signal) {
    const { actor, method, path, body, name } = request;
    const again = name !== undefined && this.names.has(name);
    if (name) this.names.add(name);
    /** @type {Note} */
    const note = { ...request, began: now(), ended: Number.POSITIVE_INFINITY, again };
    this.all.push(note);
    const headers = /** @type {Record<string, string>} */ ({ ...actor.headers });
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const response = await fetch((this.way ?? actor.desk.url) + path, {
        method,
        headers,
        body: sent,
        signal,
      });
      const text = await response.text();
      note.ended = now();
      note.status = response.status;
      note.answer = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
    } catch {
      // The desk died, or the client lost patience: whether it was carried out is not known.
    }
    return note;
  }

  /** Those that were carried out, as far as is known. */
  get acknowledged() {
    return this.all.filter(({ status }) => status !== undefined && status >= 200 && status < 300);
  }
}
