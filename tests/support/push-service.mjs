// A push service, and browsers subscribed to it: what they are sent, decrypted by a library that is not ours.

import assert from "node:assert/strict";
import { createECDH, createPublicKey, randomBytes, verify } from "node:crypto";
import { createRequire } from "node:module";
import { until } from "./desk.mjs";
import { Outside } from "./outside.mjs";

/** Not imported, for its source is no concern of our type checker's. */
const ece = createRequire(import.meta.url)("http_ece");

/**
 * @typedef {{ path: string, headers: import("node:http").IncomingHttpHeaders, body: Buffer }} Received
 */

export class PushService extends Outside {
  /** @type {Received[]} */
  received = [];
  /** What it answers for a path: a status with headers, or nothing ever. @type {Map<string, { status?: number, headers?: Record<string, string> }>} */
  answers = new Map();
  constructor() {
    super(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const path = request.url ?? "";
      this.received.push({ path, headers: request.headers, body });
      const { status, headers } = this.answers.get(path) ?? { status: 201 };
      if (status) response.writeHead(status, headers).end();
    });
  }

  static started() {
    return new PushService().start();
  }

  /** @param {string} path */
  at(path) {
    return this.received.filter((one) => one.path === path);
  }
}

/** A browser that can be pushed to. */
export class PushedBrowser {
  #keys = createECDH("prime256v1");
  #auth = randomBytes(16);

  /** @param {PushService} service */
  constructor(service) {
    this.service = service;
    this.path = `/push/${randomBytes(6).toString("hex")}`;
    this.#keys.generateKeys();
  }

  /** What the browser tells the desk. */
  get subscription() {
    const keys = {
      p256dh: this.#keys.getPublicKey("base64url"),
      auth: this.#auth.toString("base64url"),
    };
    return { endpoint: this.service.url + this.path, keys };
  }

  /** What it was sent, oldest first. @returns {any[]} */
  get messages() {
    return this.service.at(this.path).map(({ body }) => this.decrypt(body));
  }

  /** @param {number} count @returns {Promise<any>} the newest of so many */
  async gets(count) {
    await until(() => this.messages.length >= count, `${count} messages are there`);
    assert.equal(this.messages.length, count);
    return this.messages.at(-1);
  }

  /** @param {Buffer} body @returns {any} */
  decrypt(body) {
    const authSecret = this.#auth.toString("base64url");
    const text = ece.decrypt(body, { version: "aes128gcm", privateKey: this.#keys, authSecret });
    return JSON.parse(text.toString("utf8"));
  }
}

/**
 * Who says to have sent a request, if the signature is right (RFC 8292).
 *
 * @param {Received} request
 * @returns {{ key: string, claims: { aud: string, exp: number, sub: string } }}
 */
export function sender({ headers }) {
  const [, token = "", key = ""] = /^vapid t=([^,]+), k=(.+)$/.exec(String(headers.authorization)) ?? [];
  const [header = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(key, "base64url");
  assert.equal(point.length, 65);
  const jwk = {
    ...{ kty: "EC", crv: "P-256" },
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const signed = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  assert.ok(signed, "the signature is right");
  const read = (/** @type {string} */ part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  assert.deepEqual(read(header), { typ: "JWT", alg: "ES256" });
  return { key, claims: read(claims) };
}
