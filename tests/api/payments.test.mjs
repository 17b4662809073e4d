// Payments: by card, by transfer, on delivery; reconciled once, rejected, opened again; and what a bank's file tells.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { form } from "../support/forms.mjs";
import { ask, confirmed, line, money, order, pay, read, steps } from "../support/shop.mjs";
import { Stripe } from "../support/stripe.mjs";
import { found, hire, write } from "../support/world.mjs";

const stripe = await Stripe.started();
const [desk, paid] = await Promise.all([startDesk(), startDesk({ vars: stripe.vars })]);
after(() => Promise.all([desk.stop(), paid.stop(), stripe.stop()]));

const company = await found(desk);
const { administrator } = company;

/** @typedef {import("../support/world.mjs").Member} Member */

/** @param {any} order @returns {[string, string[]]} */
const states = ({ state, payments }) => [state, payments.map((/** @type {any} */ one) => one.state)];

/** @param {Member} member @param {any} order @param {unknown} body */
const askFor = (member, { id }, body) => member.post(member.path(`/orders/${id}/payments`), body);

// spec: J5 J12 J13
test("a transfer is awaited, received, reconciled; rejected, opened again, reconciled", async () => {
  const made = await confirmed(administrator);
  const payment = await ask(administrator, made);
  assert.deepEqual([payment.state, payment.amount, payment.url], ["awaiting", money(1_000), null]);
  assert.match(payment.reference, /^RF\d{10}$/);
  assert.deepEqual(states((await pay(administrator, payment, "receipt")).good(200)), ["paid", ["paid"]]);
  assert.deepEqual(
    states((await pay(administrator, payment, "rejection", { reason: "Bounced" })).good(200)),
    ["rejected", ["rejected"]],
  );
  assert.deepEqual(states((await pay(administrator, payment, "reopening")).good(200)), [
    "paid",
    ["reopened"],
  ]);
  const done = (await pay(administrator, payment, "reconciliation")).good(200);
  assert.deepEqual(states(done), ["reconciled", ["reconciled"]]);
  assert.deepEqual([done.paid, done.reconciled, done.due], [money(1_000), money(1_000), money(0)]);
  for (const what of ["receipt", "reconciliation", "rejection", "reopening"]) {
    const refused = (await pay(administrator, payment, what)).refused(409, "wrong_state");
    assert.equal(refused.order.state, "reconciled", "the answer says how it stands");
  }
  const log = (await administrator.get(company.path(`/audit?target=${made.id}`))).good(200).items;
  assert.deepEqual(
    log.map((/** @type {any} */ { action }) => action),
    ["payment.reconciled", "payment.reopened", "payment.rejected"],
  );
});

// spec: J12 J13
test("less and more than was asked for are said, and nothing more than due is asked for", async () => {
  const made = await confirmed(administrator);
  (await askFor(administrator, made, { method: "transfer", amount: money(1_001) })).refused(
    409,
    "more_than_due",
  );
  for (const amount of [0, -1, 1.5, money(1, "USD")]) {
    assert.equal((await askFor(administrator, made, { method: "transfer", amount })).status, 422);
  }
  (await askFor(administrator, made, { method: "barter" })).refusedField("method", "invalid");
  const part = await ask(administrator, made, "cash_on_delivery", 400);
  const partly = (await pay(administrator, part, "receipt")).good(200);
  assert.deepEqual([partly.state, partly.paid, partly.due], ["awaiting_payment", money(400), money(600)]);
  const rest = await ask(administrator, made);
  assert.deepEqual(rest.amount, money(600), "what is due");
  const over = (await pay(administrator, rest, "receipt", { amount: money(700) })).good(200);
  assert.deepEqual([over.state, over.due, over.overpaid], ["paid", money(0), money(100)]);
  (await askFor(administrator, made, { method: "transfer" })).refused(409, "wrong_state");
  (await pay(administrator, part, "reconciliation")).good(200);
  const done = (await pay(administrator, rest, "reconciliation")).good(200);
  assert.deepEqual([done.state, done.reconciled], ["reconciled", money(1_100)]);
  const draft = await order(administrator);
  (await askFor(administrator, draft, { method: "transfer" })).refused(409, "wrong_state");
});

// spec: J5 J13
test("what is found at the bank has come: its customer is told, though nobody had noted it before", async () => {
  const customer = await write(company);
  const made = await confirmed(administrator, { conversation_id: customer.id });
  const payment = await ask(administrator, made);
  (await pay(administrator, payment, "reconciliation")).good(200);
  const told = (await steps(administrator, customer)).map(({ what }) => what);
  assert.deepEqual(told.slice(-3), ["payment_asked", "payment_received", "payment_reconciled"]);
  const seen = (await customer.read()).events.filter((/** @type {any} */ { kind }) => kind === "order");
  assert.equal(seen.at(-1).what, "payment_received");
  const other = await ask(administrator, await confirmed(administrator));
  (await pay(administrator, other, "receipt")).good(200);
  (await pay(administrator, other, "reconciliation")).good(200);
  const path = company.path(`/orders/${other.order.id}/history`);
  const history = (await administrator.get(path)).good(200).items;
  const received = history.filter((/** @type {any} */ { what }) => what === "payment_received");
  assert.equal(received.length, 1, "what was noted is not noted again");
});

// spec: J5 J12
test("equal requests at the same moment have one answer", async () => {
  const made = await confirmed(administrator);
  const body = { method: "transfer", amount: 100, client_id: randomUUID() };
  const asked = await Promise.all(Array.from({ length: 8 }, () => askFor(administrator, made, body)));
  assert.equal(new Set(asked.map((answer) => answer.good(201).id)).size, 1);
  assert.equal((await read(administrator, made)).payments.length, 1);
  const csv = `date,amount,currency,reference\n2026-11-02,1.00,EUR,${asked[0]?.good(201).reference}\n`;
  const client_id = randomUUID();
  const told = await Promise.all(Array.from({ length: 4 }, () => tells(administrator, csv, { client_id })));
  for (const answer of told) assert.deepEqual(answer.good(200), told[0]?.good(200));
});

// spec: J5 J12
test("of fifty reconciliations at once, one is done and forty-nine are told how it stands", async () => {
  const made = await confirmed(administrator);
  const payment = await ask(administrator, made);
  (await pay(administrator, payment, "receipt")).good(200);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => pay(administrator, payment, "reconciliation")),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) answer.refused(409);
  const history = (await administrator.get(company.path(`/orders/${made.id}/history?limit=100`))).good(
    200,
  ).items;
  const reconciled = history.filter((/** @type {any} */ { what }) => what === "payment_reconciled");
  assert.equal(reconciled.length, 1);
  assert.deepEqual((await read(administrator, made)).reconciled, money(1_000));
  const again = await confirmed(administrator);
  const one = await ask(administrator, again);
  const client_id = randomUUID();
  const repeats = await Promise.all(
    Array.from({ length: 8 }, () => pay(administrator, one, "reconciliation", { client_id })),
  );
  for (const answer of repeats)
    assert.equal(answer.good(200).state, "reconciled", "a repeat is the same answer");
});

// spec: J12 J13
test("calling off against paying: either the money came first, or nothing was called off that was paid", async () => {
  for (let round = 0; round < 6; round += 1) {
    const made = await confirmed(administrator);
    const payment = await ask(administrator, made);
    const [cancelled, received] = await Promise.all([
      administrator.post(company.path(`/orders/${made.id}/cancellation`)),
      pay(administrator, payment, "receipt"),
    ]);
    const now = await read(administrator, made);
    if (cancelled.status === 200) {
      // Money that comes for what was called off has come all the same, and is said to be too much.
      assert.equal(now.state, "cancelled");
      assert.deepEqual(now.overpaid, money(received.status === 200 ? 1_000 : 0));
    } else {
      cancelled.refused(409, "money_has_come");
      assert.deepEqual([now.state, now.paid], ["paid", money(1_000)]);
    }
  }
});

// spec: J5 J9 N10 N11
test("who reconciles, rejects, opens again and comments: by role and add-on", async () => {
  const reconciler = await hire(company, "order_payment_admin", { add_ons: ["payment_reconciler"] });
  const plain = await hire(company, "order_payment_admin");
  const supervisor = await hire(company, "supervisor", { add_ons: ["payment_reconciler"] });
  const stakeholder = await hire(company, "stakeholder");
  for (const member of [reconciler, supervisor]) {
    const made = await confirmed(administrator);
    const payment = await ask(administrator, made);
    (await pay(member, payment, "rejection")).good(200);
    (await pay(member, payment, "reopening")).good(200);
    (await pay(member, payment, "reconciliation")).good(200);
    const body = { body: "Seen at the bank", payment_id: payment.id };
    (await member.post(company.path(`/orders/${made.id}/comments`), body)).good(201);
  }
  const made = await confirmed(administrator);
  const payment = await ask(administrator, made);
  for (const [what, capability] of [
    ["reconciliation", "payment.reconcile"],
    ["rejection", "payment.reject"],
    ["reopening", "payment.reopen"],
  ]) {
    for (const member of [plain, stakeholder]) {
      assert.equal((await pay(member, payment, String(what))).refused(403, "forbidden").missing, capability);
    }
  }
  const comment = { body: "Hm.", payment_id: payment.id };
  const refused = (await plain.post(company.path(`/orders/${made.id}/comments`), comment)).refused(403);
  assert.equal(refused.missing, "payment.comment");
  const csv = "Date;Reference;Amount\n";
  (await plain.post(company.path("/payments/reconciliations"), { csv })).refused(403, "forbidden");
  const foreign = (await found(desk)).administrator;
  (await pay(foreign, payment, "reconciliation")).refused(404);
  (await pay(administrator, { ...payment, id: NOBODY }, "reconciliation")).refused(404);
});

// spec: J13
test("a customer pays by card on the local page, and fails to; his conversation is told", async () => {
  const customer = await write(company);
  const made = await confirmed(administrator, { conversation_id: customer.id });
  const browser = customer.inBrowser();
  const path = customer.page(`/orders/${made.id}/payments`);
  const fields = form((await browser.get(customer.page())).good(200), path);
  fields.set("method", "card");
  assert.equal((await browser.post(path, fields)).status, 303);
  const [payment] = (await read(administrator, made)).payments;
  assert.deepEqual([payment.method, payment.state], ["card", "awaiting"]);
  assert.ok((await browser.get(customer.page())).good(200).includes(payment.url), "the page leads there");
  (await pay(administrator, payment, "receipt")).refused(409, "not_by_hand");
  (await pay(administrator, payment, "reconciliation")).refused(409, "not_by_hand");
  const local = new URL(payment.url).pathname;
  const payer = anonymous(desk).with({ origin: desk.url, accept: "text/html" });
  assert.ok((await payer.get(local)).good(200).includes("10.00 EUR"));
  assert.equal((await payer.post(local, new URLSearchParams({ outcome: "fail" }))).status, 303);
  assert.deepEqual(states(await read(administrator, made)), ["awaiting_payment", ["failed"]]);
  (await customer.post(customer.path(`/orders/${made.id}/payments`), { method: "card" })).good(201);
  const [, second] = (await read(administrator, made)).payments;
  const where = new URL(second.url).pathname;
  assert.equal((await payer.post(where, new URLSearchParams({ outcome: "pay" }))).status, 303);
  assert.deepEqual(states(await read(administrator, made)), ["paid", ["failed", "paid"]]);
  const told = (await steps(administrator, customer)).map(({ what }) => what);
  assert.deepEqual(told.slice(-4), ["payment_asked", "payment_failed", "payment_asked", "payment_received"]);
  assert.ok((await browser.get(customer.page())).good(200).includes("Paid"));
});

// spec: J13
test("bank details and a reference are shown to whoever pays by transfer, once they are set", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const customer = await write(own);
  const made = await confirmed(boss, { conversation_id: customer.id });
  const path = customer.path(`/orders/${made.id}/payments`);
  (await customer.post(path, { method: "transfer" })).refusedField("method", "not_offered");
  (await customer.post(path, { method: "cash_on_delivery" })).refusedField("method", "not_offered");
  const settings = { currency: "CHF", bank_details: "IBAN CH93 0076 2011 6238 5295 7", expires_after: "P7D" };
  const set = (await boss.put(own.path("/order-settings"), settings)).good(200);
  assert.deepEqual(set, { ...settings, expires_after: "PT168H", card: true });
  const first = (await customer.post(path, { method: "transfer" })).good(201);
  assert.deepEqual((await customer.post(path, { method: "transfer" })).good(201), first, "asked for once");
  const page = (await customer.inBrowser().get(customer.page())).good(200);
  assert.ok(page.includes("CH93 0076") && page.includes(first.reference));
  const next = await order(boss, { lines: [{ name: "Lamp", quantity: 1, unit_price: 5 }] });
  assert.equal(next.currency, "CHF");
  assert.ok(Date.parse(next.expires_at) - Date.now() > 6.9 * 86_400_000);
  const agent = await hire(own, "agent");
  (await agent.put(own.path("/order-settings"), settings)).refused(403, "forbidden");
});

// Stripe

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

// A bank's file

/** @param {Member} member @param {string} csv @param {Record<string, unknown>} [more] */
const tells = (member, csv, more = {}) =>
  member.post(member.path("/payments/reconciliations"), { csv, ...more });

// spec: J5 J12
test("a bank's file reconciles what it names, tells what it does not, and does it once", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const orders = [];
  for (let n = 0; n < 5; n += 1) orders.push(await confirmed(boss));
  const [first, second, third, fourth, fifth] = await Promise.all(orders.map((one) => ask(boss, one)));
  const twice = await ask(boss, orders[3]);
  const csv = [
    "\ufeffBank of Lamps;;;",
    "Buchungstag;Verwendungszweck;Betrag;Währung",
    `02.11.2026;"Lampe, ${first.reference.toLowerCase()}; danke";10,00;EUR`,
    `02.11.2026;Order #${second.order.number};10,00;EUR`,
    `03.11.2026;${third.reference};9,99;EUR`,
    `03.11.2026;Order ${fourth.order.number};10,00;EUR`,
    `03.11.2026;${first.reference};10,00;EUR`,
    `04.11.2026;${fifth.reference};10,00;USD`,
    "04.11.2026;Miete;-800,00;EUR",
    "04.11.2026;Grüße von Oma;50,00;EUR",
    "05.11.2026;?;zehn;EUR",
  ].join("\r\n");
  const rehearsed = (await tells(boss, csv, { dry_run: true })).good(200);
  assert.deepEqual(
    rehearsed.matched.map((/** @type {any} */ { payment_id }) => payment_id),
    [first.id, second.id],
  );
  assert.equal((await read(boss, first.order)).state, "awaiting_payment", "a rehearsal changes nothing");
  const body = { client_id: randomUUID() };
  const report = (await tells(boss, csv, body)).good(200);
  assert.deepEqual(report, { ...rehearsed, dry_run: false });
  assert.deepEqual(
    report.unmatched.map((/** @type {any} */ { why, payment_id }) => [why, payment_id]),
    [
      ["amount_differs", third.id],
      ["already", first.id],
      ["amount_differs", fifth.id],
      ["unknown", null],
    ],
  );
  assert.deepEqual([...report.ambiguous[0].payments].sort(), [fourth.id, twice.id].sort());
  assert.deepEqual([report.ignored, report.unreadable.length, report.remaining], [1, 1, 0]);
  for (const one of [first, second]) assert.equal((await read(boss, one.order)).state, "reconciled");
  assert.deepEqual((await tells(boss, csv, body)).good(200), report, "a repeat is the same answer");
  (await tells(boss, `${csv}\r\n`, body)).refused(409, "client_id_reused");
  const again = (await tells(boss, csv)).good(200);
  assert.deepEqual(
    [again.matched, again.unmatched.length],
    [[], 6],
    "the same file again finds them reconciled",
  );
});

// spec: J5 J12
test("a number is an order's where that is said, and nobody finds at the bank what is paid by card", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const transfer = await ask(boss, await confirmed(boss));
  const card = await ask(boss, await confirmed(boss), "card");
  const csv = [
    "date,amount,currency,reference",
    `2026-11-02,10.00,EUR,Invoice ${transfer.order.number} of Marta`,
    `2026-11-02,10.00,EUR,order ${card.order.number}`,
    `2026-11-02,10.00,EUR,Bestellung Nr. ${transfer.order.number}`,
  ].join("\n");
  const { matched, unmatched } = (await tells(boss, csv, { dry_run: true })).good(200);
  assert.deepEqual(
    matched.map((/** @type {any} */ { row, payment_id }) => [row, payment_id]),
    [[4, transfer.id]],
  );
  assert.deepEqual(
    unmatched.map((/** @type {any} */ { why, payment_id }) => [why, payment_id]),
    [
      ["unknown", null],
      ["not_expected", card.id],
    ],
  );
});

// spec: J5
test("a file without a header, too long or too large is refused; one upload twice at once reconciles once", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  for (const csv of ["", "hello", "1;2;3\n4;5;6"]) (await tells(boss, csv)).refusedField("csv", "no_header");
  const long = `Amount;Reference\n${"1;x\n".repeat(2_001)}`;
  (await tells(boss, long, { currency: "EUR" })).refusedField("csv", "too_long");
  assert.equal((await tells(boss, "x".repeat(66_000))).status, 413);
  const made = await confirmed(boss);
  const payment = await ask(boss, made);
  const csv = `date,amount,currency,reference\n2026-11-02,10.00,EUR,${payment.reference}\n`;
  const reports = (await Promise.all([1, 2, 3].map(() => tells(boss, csv)))).map((answer) =>
    answer.good(200),
  );
  assert.equal(reports.flatMap(({ matched }) => matched).length, 1);
  assert.deepEqual((await read(boss, made)).reconciled, money(1_000));
});

// spec: J5
test("payments are listed for whoever reconciles: by state, method, reference, part by part", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const made = await confirmed(boss);
  const [cash, transfer] = [
    await ask(boss, made, "cash_on_delivery", 300),
    await ask(boss, made, "transfer", 700),
  ];
  (await pay(boss, cash, "receipt")).good(200);
  const listed = async (/** @type {string} */ query) =>
    (await boss.get(own.path(`/payments?${query}`))).good(200).items.map((/** @type {any} */ { id }) => id);
  assert.deepEqual(await listed(""), [transfer.id, cash.id]);
  assert.deepEqual(await listed("state=paid,reopened"), [cash.id]);
  assert.deepEqual(await listed("method=transfer"), [transfer.id]);
  assert.deepEqual(await listed(`q=${transfer.reference.toLowerCase()}`), [transfer.id]);
  assert.deepEqual(await listed("q=1"), [transfer.id, cash.id]);
  const part = (await boss.get(own.path("/payments?limit=1"))).good(200);
  assert.deepEqual([part.items[0].contact.name, part.next], [made.contact.name, transfer.id]);
  assert.deepEqual(await listed(`limit=1&cursor=${part.next}`), [cash.id]);
  (await boss.get(own.path("/payments?state=gone"))).refusedField("state", "unknown_value");
  const agent = await hire(own, "agent");
  assert.deepEqual((await agent.get(own.path("/payments"))).good(200).items, [], "not his");
  (await (await hire(own, "supervisor")).get(own.path("/payments"))).refused(403, "forbidden");
});
