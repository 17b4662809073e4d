// Payments: by card, by transfer, on delivery; reconciled once, rejected, opened again; and what a bank's file tells.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY } from "../support/body.mjs";
import { startDesk } from "../support/desk.mjs";
import { form } from "../support/forms.mjs";
import { ask, askFor, confirmed, money, order, pay, read, states, steps } from "../support/shop.mjs";
import { found, hire, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const { administrator } = company;

/** @typedef {import("../support/world.mjs").Member} Member */

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
