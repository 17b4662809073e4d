// A Stripe, as far as a shop talks to it: Checkout Sessions are opened and expired, and events are sent, signed.

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { anonymous } from "./actors.mjs";
import { Outside } from "./outside.mjs";

/** @typedef {{ path: string, headers: import("node:http").IncomingHttpHeaders, form: URLSearchParams }} Asked */

export class Stripe extends Outside {
  key = `sk_test_${randomBytes(8).toString("hex")}`;
  secret = `whsec_${randomBytes(8).toString("hex")}`;
  /** @type {Asked[]} */
  asked = [];
  /** Whether it answers as it does when something is wrong on its side. */
  fails = false;
  /** What it waits for before it answers. @type {Promise<unknown> | undefined} */
  held;
  /** How often it was asked for what it was answering already. */
  busy = 0;
  #underway = new Set();
  constructor() {
    super(async (request, response) => {
      const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
      this.asked.push({ path: request.url ?? "", headers: request.headers, form });
      const isKnown = request.headers.authorization === `Bearer ${this.key}`;
      const key = request.headers["idempotency-key"];
      if (key && this.#underway.has(key)) {
        this.busy += 1;
        response.writeHead(409, { "content-type": "application/json" });
        response.end(
          JSON.stringify({ error: { type: "idempotency_error", code: "idempotency_key_in_use" } }),
        );
        return;
      }
      this.#underway.add(key);
      await this.held;
      this.#underway.delete(key);
      const status = this.fails ? 500 : isKnown ? 200 : 401;
      response.writeHead(status, { "content-type": "application/json" });
      const id = `cs_test_${form.get("client_reference_id")}`;
      const session = { id, object: "checkout.session", url: `https://checkout.stripe.example/c/${id}` };
      response.end(JSON.stringify(status === 200 ? session : { error: { type: "api_error" } }));
    });
  }

  static started() {
    return new Stripe().start();
  }

  /** What a desk has to know to be paid by it. */
  get vars() {
    return { STRIPE_SECRET_KEY: this.key, STRIPE_WEBHOOK_SECRET: this.secret, STRIPE_API: this.url };
  }

  /** The session that was opened for a payment. @param {{ id: string }} payment */
  sessionOf({ id }) {
    const session = this.asked.find(({ form }) => form.get("client_reference_id") === id);
    assert.ok(session, "a session was opened");
    return session;
  }

  /** Whether the page of a payment was closed. @param {{ id: string }} payment */
  closed({ id }) {
    return this.asked.some(({ path }) => path === `/v1/checkout/sessions/cs_test_${id}/expire`);
  }

  /** Holds its answers back. @returns {() => void} lets them go */
  hold() {
    let release = () => {};
    this.held = new Promise((resolve) => {
      release = () => resolve(undefined);
    });
    return () => {
      this.held = undefined;
      release();
    };
  }

  /**
   * An event about a payment.
   *
   * @param {{ id: string, amount: { amount: number, currency: string } }} payment
   * @param {Record<string, any>} [more]
   */
  event(
    payment,
    { type = "checkout.session.completed", id = `evt_${randomBytes(8).toString("hex")}`, ...object } = {},
  ) {
    const { amount, currency } = payment.amount;
    const about = {
      metadata: { payment_id: payment.id },
      payment_status: "paid",
      amount_total: amount,
      currency: currency.toLowerCase(),
    };
    return JSON.stringify({ id, object: "event", type, data: { object: { ...about, ...object } } });
  }

  /** @param {string} body @param {{ secret?: string, at?: number }} [how] */
  signature(body, { secret = this.secret, at = Math.floor(Date.now() / 1_000) } = {}) {
    return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
  }

  /** @param {import("./desk.mjs").Desk} desk @param {string} body @param {string} [signature] */
  tells(desk, body, signature = this.signature(body)) {
    return anonymous(desk)
      .with({ "stripe-signature": signature })
      .post("/api/webhooks/stripe", Buffer.from(body));
  }
}
