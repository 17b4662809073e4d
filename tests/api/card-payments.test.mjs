// Payments by card: the provider's page, what the provider tells, and what becomes of a page that nobody wants any more.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { ask, askFor, confirmed, line, money, pay, read, states } from "../support/shop.mjs";
import { Stripe } from "../support/stripe.mjs";
import { found, write } from "../support/world.mjs";

const stripe = await Stripe.started();
const paid = await startDesk({ vars: stripe.vars });
after(() => Promise.all([paid.stop(), stripe.stop()]));

/** An order on the desk that Stripe serves, with a card payment. @param {Record<string, unknown>} [more] */
async function byCard(more) {
  const shop = await found(paid);
  const made = await confirmed(shop.administrator, more);
  return { boss: shop.administrator, made, payment: await ask(shop.administrator, made, "card") };
}

// spec: J13
test("Stripe is asked for a page with everything it wants, once, whoever repeats", async () => {
  const shop = await found(paid);
  const made = await confirmed(shop.administrator, { lines: [line(2_500, "JPY")], currency: "JPY" });
  const body = { method: "card", client_id: randomUUID() };
  const payment = (await askFor(shop.administrator, made, body)).good(201);
  assert.deepEqual((await askFor(shop.administrator, made, body)).good(201), payment);
  assert.ok(payment.url.startsWith("https://checkout.stripe.example/"));
  const { path, headers, form: asked } = stripe.sessionOf(payment);
  assert.equal(path, "/v1/checkout/sessions");
  assert.equal(headers["idempotency-key"], payment.id);
  assert.equal(headers["content-type"], "application/x-www-form-urlencoded");
  assert.deepEqual(
    [asked.get("line_items[0][price_data][unit_amount]"), asked.get("line_items[0][price_data][currency]")],
    ["2500", "jpy"],
  );
  assert.deepEqual(
    [asked.get("metadata[payment_id]"), asked.get("mode"), asked.get("customer_email")],
    [payment.id, "payment", made.contact.email],
  );
  assert.equal(
    stripe.asked.filter(({ form: one }) => one.get("client_reference_id") === payment.id).length,
    1,
  );
  (await shop.administrator.post(shop.path(`/orders/${made.id}/cancellation`))).good(200);
  assert.ok(
    stripe.asked.some((one) => one.path === `/v1/checkout/sessions/cs_test_${payment.id}/expire`),
    "nobody pays on it any more",
  );
});

// spec: J13
test("an event counts once, whoever plays it back, and only when Stripe signed it, and just now", async () => {
  const { boss, made, payment } = await byCard();
  const body = stripe.event(payment);
  const at = Math.floor(Date.now() / 1_000);
  for (const signature of [
    "",
    "t=1,v1=00",
    stripe.signature(body, { secret: "whsec_other" }),
    stripe.signature(body, { at: at - 301 }),
    stripe.signature(body, { at: at + 400 }),
    stripe.signature(stripe.event(payment)),
    stripe.signature(body).replace("v1=", "v0="),
  ]) {
    (await stripe.tells(paid, body, signature)).refused(400, "bad_signature");
  }
  assert.equal((await read(boss, made)).state, "awaiting_payment");
  const signature = stripe.signature(body);
  const answers = await Promise.all(Array.from({ length: 10 }, () => stripe.tells(paid, body, signature)));
  for (const answer of answers) answer.good(204);
  // Another event of the same payment changes nothing either.
  (
    await stripe.tells(paid, stripe.event(payment, { type: "checkout.session.async_payment_succeeded" }))
  ).good(204);
  const now = await read(boss, made);
  assert.deepEqual([now.state, now.paid, now.overpaid], ["paid", money(1_000), money(0)]);
  const history = (await boss.get(boss.path(`/orders/${made.id}/history`))).good(200).items;
  assert.equal(history.filter((/** @type {any} */ { what }) => what === "payment_received").length, 1);
});

// spec: J13
test("what Stripe tells otherwise: not yet paid, failed, expired, late, given back, unknown", async () => {
  const { boss, made, payment } = await byCard();
  const tell = async (/** @type {any} */ event) =>
    (await stripe.tells(paid, stripe.event(payment, event))).good(204);
  await tell({ payment_status: "unpaid" });
  assert.equal((await read(boss, made)).state, "awaiting_payment", "it is not paid yet");
  await tell({ type: "checkout.session.expired" });
  assert.deepEqual(states(await read(boss, made)), ["awaiting_payment", ["failed"]]);
  await tell({ type: "checkout.session.async_payment_succeeded" });
  assert.deepEqual(states(await read(boss, made)), ["paid", ["paid"]], "money that comes late has come");
  await tell({ type: "charge.refunded", amount_refunded: 300 });
  const history = (await boss.get(boss.path(`/orders/${made.id}/history`))).good(200).items;
  assert.deepEqual(history.at(-1).detail, { refunded: money(300) });
  assert.equal(history.at(-1).what, "payment_refunded");
  for (const body of [
    "{}",
    "[]",
    "x",
    stripe.event({ ...payment, id: NOBODY }),
    stripe.event(payment, { type: "x" }),
  ]) {
    (await stripe.tells(paid, body)).good(204);
  }
  assert.equal((await stripe.tells(paid, "x".repeat(70_000))).status, 413);
});

// spec: J13
test("money that comes for what was called off is not lost, and is said to be too much", async () => {
  const { boss, made, payment } = await byCard();
  (await boss.post(boss.path(`/orders/${made.id}/cancellation`))).good(200);
  (await stripe.tells(paid, stripe.event(payment))).good(204);
  const now = await read(boss, made);
  assert.deepEqual([now.state, now.paid, now.overpaid], ["cancelled", money(1_000), money(1_000)]);
  const deleted = await byCard();
  (await deleted.boss.delete(deleted.boss.path(`/orders/${deleted.made.id}`))).good(204);
  assert.ok(stripe.asked.some(({ path }) => path.endsWith(`cs_test_${deleted.payment.id}/expire`)));
  (await stripe.tells(paid, stripe.event(deleted.payment))).good(204);
  const back = await read(deleted.boss, deleted.made);
  assert.deepEqual(
    [back.state, back.deleted_at],
    ["paid", null],
    "it is there for whoever sees to the money",
  );
});

// spec: J13
test("nobody pays on a page that is not wanted any more: paid otherwise, rejected, run out", async () => {
  const { boss, made, payment } = await byCard();
  const transfer = await ask(boss, made);
  assert.deepEqual(states((await pay(boss, transfer, "receipt")).good(200)), ["paid", ["cancelled", "paid"]]);
  assert.ok(stripe.closed(payment), "paid otherwise");
  const rejected = await byCard();
  (await pay(rejected.boss, rejected.payment, "rejection")).good(200);
  assert.ok(stripe.closed(rejected.payment), "rejected");
  (await pay(rejected.boss, rejected.payment, "reopening")).refused(409, "wrong_state");
  const late = await byCard({ expires_at: new Date(Date.now() + 2_500).toISOString() });
  await until(async () => stripe.closed(late.payment), "its page is closed", 20);
  assert.deepEqual(states(await read(late.boss, late.made)), ["expired", ["cancelled"]]);
});

// spec: J13
test("a page that was opened for what was called off meanwhile is closed, and shown to nobody", async () => {
  const shop = await found(paid);
  const boss = shop.administrator;
  const made = await confirmed(boss);
  const release = stripe.hold();
  const asked = stripe.asked.length;
  const asking = askFor(boss, made, { method: "card" });
  await until(async () => stripe.asked.length > asked, "Stripe was asked");
  (await boss.post(boss.path(`/orders/${made.id}/cancellation`))).good(200);
  release();
  const payment = (await asking).good(201);
  assert.deepEqual([payment.state, payment.url], ["cancelled", null]);
  assert.ok(stripe.closed(payment));
  assert.deepEqual(states(await read(boss, made)), ["cancelled", ["cancelled"]]);
});

// spec: J13
test("who clicks twice gets one page, and nothing has failed", async () => {
  const shop = await found(paid);
  const customer = await write(shop);
  const made = await confirmed(shop.administrator, { conversation_id: customer.id });
  const path = customer.path(`/orders/${made.id}/payments`);
  const release = stripe.hold();
  const asked = stripe.asked.length;
  const first = customer.post(path, { method: "card" });
  await until(async () => stripe.asked.length > asked, "Stripe was asked");
  const busy = stripe.busy;
  const second = customer.post(path, { method: "card" });
  await until(async () => stripe.busy > busy, "Stripe was asked again");
  release();
  const [one, other] = [(await first).good(201), (await second).good(201)];
  assert.ok(one.url);
  assert.deepEqual(other, one);
  assert.deepEqual(states(await read(shop.administrator, made)), ["awaiting_payment", ["awaiting"]]);
  assert.deepEqual(
    Object.keys(one).sort(),
    ["amount", "id", "method", "reference", "state", "url"],
    "nothing of what the company keeps",
  );
});

// spec: J13
test("what Stripe cannot take is not offered by card", async () => {
  const shop = await found(paid);
  const boss = shop.administrator;
  const card = { method: "card" };
  for (const [amount, currency] of /** @type {const} */ ([
    [49, "EUR"],
    [100_000_000, "EUR"],
    [5_124, "KWD"],
    [5_000, "IQD"],
  ])) {
    const made = await confirmed(boss, { lines: [line(amount, currency)], currency });
    (await askFor(boss, made, card)).refusedField("method", "not_offered");
    assert.equal((await read(boss, made)).payments.length, 0);
  }
  const customer = await write(shop);
  const made = await confirmed(boss, { conversation_id: customer.id, lines: [line(49)] });
  const path = customer.path(`/orders/${made.id}/payments`);
  (await customer.post(path, card)).refusedField("method", "not_offered");
  const page = (await customer.inBrowser().get(customer.page())).good(200);
  assert.ok(page.includes(`order-${made.id}`) && !page.includes('value="card"'), "nor on his page");
});

// spec: J13
test("what went back in full does not count, also where it was reconciled", async () => {
  const { boss, made, payment } = await byCard();
  (await stripe.tells(paid, stripe.event(payment))).good(204);
  (await pay(boss, payment, "reconciliation")).good(200);
  const back = (/** @type {number} */ amount_refunded) =>
    stripe.tells(paid, stripe.event(payment, { type: "charge.refunded", amount_refunded }));
  (await back(400)).good(204);
  assert.deepEqual(states(await read(boss, made)), ["reconciled", ["reconciled"]], "a part is noted");
  (await back(1_000)).good(204);
  const now = await read(boss, made);
  assert.deepEqual(
    [...states(now), now.paid, now.reconciled],
    ["rejected", ["rejected"], money(0), money(0)],
  );
  (await boss.post(boss.path(`/orders/${made.id}/cancellation`))).good(200);
});

// spec: J13
test("where Stripe is not there, the payment has failed and can be asked for again", async () => {
  const shop = await found(paid);
  const made = await confirmed(shop.administrator);
  stripe.fails = true;
  const failed = await askFor(shop.administrator, made, { method: "card" });
  stripe.fails = false;
  failed.refused(502, "provider_failed");
  assert.ok(!failed.text.includes(stripe.key));
  assert.equal((await ask(shop.administrator, made, "card")).state, "awaiting");
});

// spec: J13
test("where nobody takes cards, nobody asks for one, and nobody tells of one", async () => {
  const production = await startDesk({ vars: { ENVIRONMENT: "production" } });
  try {
    const shop = await found(production);
    const made = await confirmed(shop.administrator);
    (await askFor(shop.administrator, made, { method: "card" })).refusedField("method", "no_provider");
    (await stripe.tells(production, "{}")).refused(404);
    assert.equal((await anonymous(production).get("/dev/pay/local_x")).status, 404);
  } finally {
    await production.stop();
  }
});
