// Who sends requests. Each actor differs from the others in what he shows of himself: nothing, a cookie, a bearer.

import assert from "node:assert/strict";
import { Listener } from "./listener.mjs";

/**
 * @typedef {import("./desk.mjs").Desk} Desk
 * @typedef {Record<string, string | undefined>} Headers
 */

/** What came back. */
export class Answer {
  /**
   * @param {string} request method and path, for messages
   * @param {number} status
   * @param {globalThis.Headers} headers
   * @param {string} text
   */
  constructor(request, status, headers, text) {
    this.request = request;
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  /** @returns {any} the JSON */
  get body() {
    return JSON.parse(this.text);
  }

  /** The headers, but for the id that each answer has for itself. */
  get plainHeaders() {
    return [...this.headers].filter(([name]) => name !== "x-request-id");
  }

  /** @param {string} name */
  header(name) {
    return this.headers.get(name);
  }

  /**
   * The value of a cookie that was set, with its attributes.
   *
   * @param {string} name
   */
  cookie(name) {
    const line = this.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`));
    if (!line) return undefined;
    const [pair = "", ...attributes] = line.split(/; */);
    return { value: pair.slice(name.length + 1), attributes, line };
  }

  /**
   * That it succeeded.
   *
   * @param {number} [status]
   * @returns {any} the JSON, if there is any
   */
  good(status) {
    const good = status ? this.status === status : this.status >= 200 && this.status < 300;
    assert.ok(
      good,
      `${this.request}: ${this.status} instead of ${status ?? "2xx"}: ${this.text.slice(0, 600)}`,
    );
    return /[/+]json/.test(this.header("content-type") ?? "") ? this.body : this.text;
  }

  /**
   * That it was refused, for this reason.
   *
   * @param {number} status
   * @param {string} [code]
   * @returns {any} the problem
   */
  refused(status, code) {
    assert.equal(this.status, status, `${this.request}: ${this.text.slice(0, 600)}`);
    assert.equal(this.header("content-type"), "application/problem+json", this.request);
    if (code) assert.equal(this.body.code, code, `${this.request}: ${this.text}`);
    return this.body;
  }

  /**
   * That it was refused because of this field alone.
   *
   * @param {string} field
   * @param {string} [code]
   * @returns {any} the problem
   */
  refusedField(field, code) {
    const problem = this.refused(422);
    assert.deepEqual(
      problem.errors?.map((/** @type {any} */ error) => error.field),
      [field],
      this.text,
    );
    if (code) assert.equal(problem.errors[0].code, code, this.text);
    return problem;
  }
}

/** Somebody who sends requests. */
export class Actor {
  /**
   * @param {Desk} desk
   * @param {Headers} [headers] what each of his requests carries
   */
  constructor(desk, headers = {}) {
    this.desk = desk;
    this.headers = headers;
  }

  /**
   * The same one, but for these headers; undefined takes one away.
   *
   * @param {Headers} headers
   */
  with(headers) {
    return new Actor(this.desk, { ...this.headers, ...headers });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body] JSON; a string or bytes go as they are, URLSearchParams and FormData as forms
   * @param {Headers} [headers]
   * @returns {Promise<Answer>}
   */
  async request(method, path, body, headers = {}) {
    const typed = { "content-type": typeOf(body), ...this.headers, ...headers };
    const response = await fetch(this.desk.url + path, {
      method,
      redirect: "manual",
      headers: present(typed),
      body: written(body),
    });
    return new Answer(`${method} ${path}`, response.status, response.headers, await response.text());
  }

  /** @param {string} path */
  get(path) {
    return this.request("GET", path);
  }

  /** @param {string} path @param {unknown} [body] */
  post(path, body) {
    return this.request("POST", path, body);
  }

  /** @param {string} path @param {unknown} body */
  put(path, body) {
    return this.request("PUT", path, body);
  }

  /** @param {string} path @param {unknown} body */
  patch(path, body) {
    return this.request("PATCH", path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.request("DELETE", path);
  }

  /**
   * Opens a WebSocket and waits until it is open.
   *
   * @param {string} path
   */
  async listen(path) {
    const listener = new Listener(this.desk.url + path, present(this.headers));
    await listener.opened;
    return listener;
  }
}

/**
 * Nobody in particular.
 *
 * @param {Desk} desk
 */
export function anonymous(desk) {
  return new Actor(desk);
}

/**
 * A browser at one of our own pages, with a cookie.
 *
 * @param {Desk} desk
 * @param {string} name
 * @param {string} value
 */
export function browser(desk, name, value) {
  return new Actor(desk, { cookie: `${name}=${value}`, origin: desk.url });
}

/**
 * A program.
 *
 * @param {Desk} desk
 * @param {string} token
 */
export function program(desk, token) {
  return new Actor(desk, { authorization: `Bearer ${token}` });
}

/** @param {unknown} body */
function typeOf(body) {
  if (body === undefined || body instanceof FormData) return undefined;
  return body instanceof URLSearchParams ? "application/x-www-form-urlencoded" : "application/json";
}

/**
 * @param {unknown} body
 * @returns {string | Uint8Array<ArrayBuffer> | FormData | undefined}
 */
function written(body) {
  if (body === undefined || typeof body === "string" || body instanceof FormData) return body;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
}

/**
 * @param {Headers} headers
 * @returns {Record<string, string>}
 */
function present(headers) {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return /** @type {Record<string, string>} */ (Object.fromEntries(entries));
}
