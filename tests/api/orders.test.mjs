// Orders: how they add up, who may do what with them, and what their conversations are told.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { NOBODY } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { form } from "../support/forms.mjs";
import { confirmed, line, money, order, read, sell, someone, steps } from "../support/shop.mjs";
import { found, hire, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const { administrator } = company;
const orders = company.path("/orders");

/** @typedef {import("../support/world.mjs").Member} Member */

/** Something done to an order. @param {Member} member @param {{ id: string }} order @param {string} what @param {unknown} [body] */
const act = (member, { id }, what, body) => member.post(member.path(`/orders/${id}/${what}`), body);

/** @param {any[]} told @returns {string[]} */
const whats = (told) => told.map(({ what }) => what);

// spec: J3 J12
test("an order adds up to the last unit in every currency", async () => {
  for (const [currency, unit, quantity, rate, net, tax] of /** @type {const} */ ([
    ["EUR", 1_999, 3, 1_900, 5_997, 1_139],
    ["JPY", 333, 7, 1_000, 2_331, 233],
    ["KWD", 1_125, 3, 500, 3_375, 169],
    ["EUR", 50, 1, 100, 50, 1],
  ])) {
    const lines = [
      { name: "Lamp", quantity, unit_price: money(unit, currency), tax_rate: rate },
      { name: "Cord", quantity: 1, unit_price: 1 },
    ];
    const made = await order(administrator, { lines, currency });
    assert.deepEqual(
      [made.net, made.tax, made.total],
      [money(net + 1, currency), money(tax, currency), money(net + tax + 1, currency)],
    );
    assert.deepEqual(made.lines[0].total, money(net + tax, currency));
  }
});

// spec: J3 J12
test("an order is refused for what is wrong with it", async () => {
  const good = { contact: { email: someone() }, lines: [line(1)] };
  const refused = async (
    /** @type {any} */ change,
    /** @type {string} */ field,
    /** @type {string} */ code,
  ) => (await administrator.post(orders, { ...good, ...change })).refusedField(field, code);
  await refused({ lines: [] }, "lines", "required");
  await refused({ lines: Array(101).fill(line(1)) }, "lines", "too_long");
  await refused({ lines: [{ ...line(1), quantity: 0 }] }, "lines[0].quantity", "out_of_range");
  await refused({ lines: [{ ...line(1), unit_price: -1 }] }, "lines[0].unit_price", "out_of_range");
  await refused({ lines: [{ quantity: 1, unit_price: 1 }] }, "lines[0].name", "required");
  await refused({ lines: [{ name: "Lamp", quantity: 1 }] }, "lines[0].unit_price", "required");
  await refused({ lines: [{ item_id: NOBODY, quantity: 1 }] }, "lines[0].item_id", "unknown_item");
  await refused({ lines: [line(1), line(1, "USD")] }, "lines[1].unit_price", "other_currency");
  await refused({ lines: [line(1_000_000_000_000), line(1)] }, "lines", "too_much");
  await refused({ contact: { email: "nobody" } }, "contact.email", "email");
  await refused({ contact: undefined }, "contact_id", "required");
  await refused({ contact: undefined, contact_id: NOBODY }, "contact_id", "unknown_contact");
  await refused({ conversation_id: NOBODY }, "conversation_id", "unknown_conversation");
  await refused({ expires_at: "2020-01-01T00:00:00Z" }, "expires_at", "in_the_future");
  await refused({ state: "paid" }, "state", "unknown_field");
  for (const quantity of [1.5, "1", -1, 1e30]) {
    const lines = [{ ...line(1), quantity }];
    assert.equal((await administrator.post(orders, { ...good, lines })).status, 422, String(quantity));
  }
  const foreign = await found(desk);
  const theirs = await write(foreign);
  await refused(
    { contact: undefined, conversation_id: theirs.id },
    "conversation_id",
    "unknown_conversation",
  );
  (await administrator.post(orders, { ...good, send: true })).refused(409, "no_conversation");
});

// spec: J2 J3
test("what comes from the catalogue has its name, price and tax; a repeat is the same order", async () => {
  const item = await sell(company, { tax_rate: 700 });
  const body = {
    client_id: randomUUID(),
    contact: { email: someone(), name: "Marta" },
    lines: [{ item_id: item.id, quantity: 2 }],
  };
  const made = (await administrator.post(orders, body)).good(201);
  assert.deepEqual([made.lines[0].name, made.net, made.tax], [item.name, money(3_998), money(280)]);
  assert.deepEqual((await administrator.post(orders, body)).good(201), made);
  (await administrator.post(orders, { ...body, note: "x" })).refused(409, "client_id_reused");
  (await administrator.patch(company.path(`/catalog/${item.id}`), { price: 1 })).good(200);
  assert.deepEqual((await read(administrator, made)).net, money(3_998), "what was ordered stays as it was");
});

// spec: J1 J12
test("an order is offered, and its customer confirms it on his page without JavaScript", async () => {
  const customer = await write(company);
  const made = await order(administrator, { conversation_id: customer.id, note: "Two weeks" });
  assert.equal(made.state, "draft");
  assert.deepEqual(
    (await customer.get(customer.path("/orders"))).good(200).items,
    [],
    "a draft is no concern of his",
  );
  const offered = (await act(administrator, made, "offer")).good(200);
  assert.deepEqual([offered.state, offered.known], ["offered", true]);
  assert.equal((await administrator.read(customer)).status, "pending");
  const browser = customer.inBrowser();
  const page = (await browser.get(customer.page())).good(200);
  assert.ok(page.includes(`Order #${made.number}`) && page.includes("Two weeks"));
  const answer = customer.page(`/orders/${made.id}/answer`);
  const fields = form(page, answer);
  fields.set("answer", "confirmed");
  const back = await browser.post(answer, fields);
  assert.deepEqual([back.status, back.header("location")], [303, `${customer.page()}#order-${made.id}`]);
  assert.equal((await browser.post(answer, fields)).status, 303, "sent twice, it is confirmed once");
  const now = await read(administrator, made);
  assert.deepEqual([now.state, now.due], ["awaiting_payment", money(1_000)]);
  assert.deepEqual(whats(await steps(administrator, customer)), ["created", "offered", "confirmed"]);
  const seen = (await customer.read()).events.filter((/** @type {any} */ { kind }) => kind === "order");
  assert.deepEqual(whats(seen), ["offered", "confirmed"]);
  await until(
    async () => (await desk.runtime.emails).some(({ to }) => to === customer.email),
    "he got a mail",
  );
});

// spec: J12
test("what changed since he looked is not confirmed; what is changed is asked anew", async () => {
  const customer = await write(company);
  const made = await order(administrator, { conversation_id: customer.id, send: true });
  const answer = customer.path(`/orders/${made.id}/answer`);
  const changed = (await administrator.patch(`${orders}/${made.id}`, { lines: [line(5_000)] })).good(200);
  assert.deepEqual([changed.state, changed.total], ["draft", money(5_000)]);
  const [hidden] = (await customer.get(customer.path("/orders"))).good(200).items;
  assert.deepEqual(
    [hidden.state, hidden.lines, hidden.total.amount],
    ["requested", [], 0],
    "drafts are not shown",
  );
  (await customer.put(answer, { answer: "confirmed", rev: made.rev })).refused(409, "changed_meanwhile");
  const { rev } = (await act(administrator, made, "offer", { if_rev: changed.rev })).good(200);
  (await act(administrator, made, "offer", { if_rev: changed.rev })).refused(409, "changed_meanwhile");
  (await customer.put(answer, { answer: "maybe", rev })).refusedField("answer", "invalid");
  (await customer.put(answer, { answer: "declined", rev })).good(200);
  (await customer.put(answer, { answer: "declined", rev })).good(200);
  (await customer.put(answer, { answer: "confirmed", rev: rev + 1 })).refused(409, "wrong_state");
  const refused = (await administrator.patch(`${orders}/${made.id}`, { note: "x" })).refused(
    409,
    "wrong_state",
  );
  assert.equal(refused.order.state, "declined", "the answer says how it stands");
});

// spec: J12
test("what the company is changing can be declined; what it comes to meanwhile is told to nobody outside", async () => {
  const customer = await write(company);
  const [declined, cancelled] = [
    await order(administrator, { conversation_id: customer.id, send: true }),
    await order(administrator, { conversation_id: customer.id, send: true }),
  ];
  for (const { id } of [declined, cancelled]) {
    (await administrator.patch(`${orders}/${id}`, { lines: [line(54_321)] })).good(200);
  }
  const browser = customer.inBrowser();
  const answer = customer.page(`/orders/${declined.id}/answer`);
  const fields = form((await browser.get(customer.page())).good(200), answer);
  fields.set("answer", "declined");
  assert.equal((await browser.post(answer, fields)).status, 303);
  assert.equal((await read(administrator, declined)).state, "declined");
  (await act(administrator, cancelled, "cancellation")).good(200);
  await until(
    async () => whats(await steps(administrator, customer)).includes("cancelled"),
    "the conversation was told",
  );
  const { events } = await customer.read();
  const told = events.filter((/** @type {any} */ { kind }) => kind === "order");
  assert.deepEqual(whats(told), ["offered", "offered", "declined", "cancelled"]);
  assert.ok(!JSON.stringify(events).includes("54321"));
});

// spec: J3 J4
test("equal requests at the same moment have one answer", async () => {
  const body = { client_id: randomUUID(), contact: { email: someone() }, lines: [line(1)] };
  const made = await Promise.all(Array.from({ length: 8 }, () => administrator.post(orders, body)));
  assert.equal(new Set(made.map((answer) => answer.good(201).id)).size, 1);
  const comments = `${orders}/${made[0]?.good(201).id}/comments`;
  const said = { client_id: randomUUID(), body: "Hm." };
  const kept = await Promise.all(Array.from({ length: 8 }, () => administrator.post(comments, said)));
  for (const answer of kept) assert.deepEqual(answer.good(201), kept[0]?.good(201));
  assert.equal((await administrator.get(comments)).good(200).items.length, 1);
});

// spec: J12
test("the customer of another conversation finds nothing, whatever he tries", async () => {
  const [his, other] = [await write(company), await write(company)];
  const made = await order(administrator, { conversation_id: his.id, send: true });
  const answer = { answer: "confirmed", rev: made.rev };
  (await other.put(other.path(`/orders/${made.id}/answer`), answer)).refused(404);
  (await other.put(his.path(`/orders/${made.id}/answer`), answer)).refused(404);
  (await other.post(other.path(`/orders/${made.id}/payments`), { method: "card" })).refused(404);
  (await other.get(his.path("/orders"))).refused(404);
  assert.deepEqual((await other.get(other.path("/orders"))).good(200).items, []);
  (await administrator.post(administrator.at(his, "/link"), {})).good(200);
  (await his.get(his.path("/orders"))).refused(404);
  assert.equal((await read(administrator, made)).state, "offered");
});

// spec: J4 J12
test("comments are colleagues' own: nothing of them is in what any customer gets", async () => {
  const canary = unique("canary");
  const customer = await write(company);
  const made = await order(administrator, { conversation_id: customer.id, send: true });
  const comments = `${orders}/${made.id}/comments`;
  const said = { client_id: randomUUID(), body: `${canary} He is furious.` };
  const comment = (await administrator.post(comments, said)).good(201);
  assert.deepEqual((await administrator.post(comments, said)).good(201), comment);
  assert.equal((await administrator.get(comments)).good(200).items.length, 1);
  (await act(administrator, made, "cancellation", { reason: `${canary} again` })).good(200);
  const history = (await administrator.get(`${orders}/${made.id}/history`)).good(200).items;
  assert.deepEqual(whats(history), ["created", "offered", "comment", "cancelled"]);
  assert.ok(JSON.stringify(history).includes(canary));
  for (const path of ["", "/events", "/orders"]) {
    const answer = await customer.get(customer.path(path));
    assert.ok(!answer.text.includes(canary), path);
  }
  assert.ok(!(await customer.inBrowser().get(customer.page())).text.includes(canary));
  assert.ok(
    !JSON.stringify(await administrator.events(customer)).includes(canary),
    "nor in the conversation",
  );
  assert.ok(!JSON.stringify(desk.runtime.emails).includes(canary), "nor in a mail");
  (await administrator.post(comments, { body: " " })).refusedField("body", "required");
  (await administrator.post(comments, { body: "x", payment_id: NOBODY })).refusedField(
    "payment_id",
    "unknown_payment",
  );
});

// spec: J4 J6 J12
test("an order is deleted, is gone for those who may not delete, and comes back as it was", async () => {
  const customer = await write(company);
  const viewer = await hire(company, "stakeholder");
  const made = await order(administrator, { conversation_id: customer.id, send: true });
  (await viewer.delete(`${orders}/${made.id}`)).refused(403, "forbidden");
  (await administrator.delete(`${orders}/${made.id}`)).good(204);
  (await viewer.get(`${orders}/${made.id}`)).refused(404);
  assert.ok((await read(administrator, made)).deleted_at);
  assert.equal((await customer.get(customer.path("/orders"))).good(200).items[0].state, "cancelled");
  for (const [what, body] of /** @type {const} */ ([
    ["offer"],
    ["cancellation"],
    ["comments", { body: "x" }],
  ])) {
    (await act(administrator, made, what, body)).refused(409, "order_deleted");
  }
  (await administrator.delete(`${orders}/${made.id}`)).refused(409, "order_deleted");
  const ids = async (/** @type {string} */ query) =>
    (await administrator.get(`${orders}?${query}`)).good(200).items.map((/** @type {any} */ { id }) => id);
  assert.ok((await ids("deleted=true")).includes(made.id) && !(await ids("")).includes(made.id));
  (await viewer.get(`${orders}?deleted=true`)).refused(403, "forbidden");
  assert.equal((await act(administrator, made, "restoration")).good(200).state, "offered");
  (await act(administrator, made, "restoration")).refused(409, "wrong_state");
  const log = (await administrator.get(company.path(`/audit?target=${made.id}`))).good(200).items;
  assert.deepEqual(log.map((/** @type {any} */ { action }) => action).sort(), [
    "order.deleted",
    "order.restored",
  ]);
});

// spec: J12
test("deleting against commenting: whatever comes first, nothing is said on what is gone", async () => {
  for (let round = 0; round < 5; round += 1) {
    const made = await order(administrator);
    const [gone, ...said] = await Promise.all([
      administrator.delete(`${orders}/${made.id}`),
      ...Array.from({ length: 5 }, () => act(administrator, made, "comments", { body: "Hm." })),
    ]);
    gone.good(204);
    const kept = said.filter(({ status }) => status === 201).length;
    assert.ok(said.every(({ status }) => status === 201 || status === 409));
    const history = (await administrator.get(`${orders}/${made.id}/history`)).good(200).items;
    assert.equal(history.filter((/** @type {any} */ { what }) => what === "comment").length, kept);
    assert.equal(history.at(-1).what, "deleted", "the log ends with it");
  }
});

// spec: J12 J13
test("an order runs out by itself, and nothing is confirmed or paid any more", async () => {
  const customer = await write(company);
  const soon = new Date(Date.now() + 1_500).toISOString();
  const made = await order(administrator, { conversation_id: customer.id, send: true, expires_at: soon });
  await until(async () => (await read(administrator, made)).state === "expired", "it has run out", 15);
  const answer = customer.path(`/orders/${made.id}/answer`);
  (await customer.put(answer, { answer: "confirmed", rev: made.rev })).refused(409);
  (await act(administrator, made, "offer")).refused(409, "wrong_state");
  assert.deepEqual(whats(await steps(administrator, customer)), ["created", "offered", "expired"]);
  const [seen] = (await customer.get(customer.path("/orders"))).good(200).items;
  assert.equal(seen.state, "expired");
});

// spec: J1 J2 J3 J4 J6 J7 J8 J11 N10
test("who makes, sees, changes, calls off, deletes and comments: by role and add-on", async () => {
  const with_ = (/** @type {string} */ role, /** @type {string[]} */ ...add_ons) =>
    hire(company, role, { add_ons });
  const agent = await with_("agent");
  const independent = await with_("agent", "independent_orders");
  const supervisor = await with_("supervisor");
  const selling = await with_("supervisor", "independent_orders");
  const admin = await with_("supervisor", "order_admin");
  const confined = await with_("order_payment_admin");
  const confinedSelling = await with_("order_payment_admin", "independent_orders");
  const everybody = { agent, independent, supervisor, selling, admin, confined, confinedSelling };
  const alone = () => ({ contact: { email: someone() }, lines: [line(1)] });
  for (const [name, status] of /** @type {const} */ ([
    ["agent", 403],
    ["independent", 201],
    ["supervisor", 403],
    ["selling", 201],
    ["admin", 403],
    ["confined", 403],
    ["confinedSelling", 201],
  ])) {
    assert.equal(
      (await everybody[name].post(orders, alone())).status,
      status,
      `${name} makes an independent one`,
    );
  }
  const customer = await write(company);
  (await administrator.assign(customer, agent)).good(200);
  const of = { conversation_id: customer.id, lines: [line(1)] };
  assert.equal((await confinedSelling.post(orders, of)).status, 422, "the confined know of no conversation");
  assert.equal((await supervisor.post(orders, of)).status, 403);
  (await admin.post(orders, of)).good(201);
  const made = (await agent.post(orders, of)).good(201);
  assert.deepEqual(made.may, [
    "order.view",
    "order.create_from_conversation",
    "order.edit",
    "order.cancel",
    "order.comment",
  ]);
  for (const [name, get, patch, remove, comment] of /** @type {const} */ ([
    ["agent", 200, 200, 403, 201],
    ["independent", 404, 404, 404, 404],
    ["supervisor", 404, 404, 404, 404],
    ["selling", 200, 403, 204, 201],
    ["admin", 200, 403, 204, 201],
    ["confined", 200, 200, 403, 201],
    ["confinedSelling", 200, 200, 403, 201],
  ])) {
    const member = everybody[name];
    const { id } = (await agent.post(orders, of)).good(201);
    const at = `${orders}/${id}`;
    assert.equal((await member.get(at)).status, get, `${name} sees it`);
    assert.equal((await member.patch(at, { note: "x" })).status, patch, `${name} changes it`);
    assert.equal((await member.post(`${at}/comments`, { body: "x" })).status, comment, `${name} comments`);
    assert.equal((await member.delete(at)).status, remove, `${name} deletes it`);
  }
});

// spec: J1 J7 J11
test("lists have what one may see, part by part, by state, contact, words and time", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const [agent, other, confined] = [
    await hire(own, "agent"),
    await hire(own, "agent", { add_ons: ["independent_orders"] }),
    await hire(own, "order_payment_admin"),
  ];
  const customer = await write(own);
  (await boss.assign(customer, agent)).good(200);
  const his = await order(agent, {
    conversation_id: customer.id,
    lines: [{ ...line(7), name: "Chandelier" }],
  });
  const email = someone();
  const theirs = await order(other, { contact: { email } });
  const cancelled = await order(boss);
  (await act(boss, cancelled, "cancellation")).good(200);
  const listed = async (/** @type {Member} */ member, query = "") =>
    (await member.get(own.path(`/orders?${query}`))).good(200).items.map((/** @type {any} */ { id }) => id);
  const all = [cancelled.id, theirs.id, his.id];
  await until(async () => (await listed(agent)).length === 1, "the index knows whose conversation it is");
  assert.deepEqual(await listed(agent), [his.id]);
  assert.deepEqual(await listed(other), [theirs.id]);
  for (const member of [boss, confined]) assert.deepEqual(await listed(member), all);
  assert.equal(
    (await (await hire(own, "supervisor")).get(own.path("/orders"))).refused(403).missing,
    "order.view",
  );
  for (const [query, wanted] of /** @type {const} */ ([
    ["state=cancelled", [cancelled.id]],
    ["state=draft,cancelled", all],
    [`contact=${theirs.contact.id}`, [theirs.id]],
    [`agent=${agent.id}`, [his.id]],
    ["agent=me", [cancelled.id]],
    [`conversation=${customer.id}`, [his.id]],
    ["q=CHANDEL", [his.id]],
    [`q=${email}`, [theirs.id]],
    [`q=%23${his.number}`, [his.id]],
    ["q=%25", []],
    ["from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z", []],
    ["from=2020-01-01T00:00:00Z", all],
  ])) {
    assert.deepEqual(await listed(boss, query), wanted, query);
  }
  const first = (await boss.get(own.path("/orders?limit=2"))).good(200);
  const second = (await boss.get(own.path(`/orders?limit=2&cursor=${first.next}`))).good(200);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    all,
  );
  assert.equal(second.next, null);
  for (const query of ["state=open", "sort=x", "limit=101", "cursor=x", "from=x", `q=${"x".repeat(101)}`]) {
    assert.equal((await boss.get(own.path(`/orders?${query}`))).status, 422, query);
  }
});

// spec: J3 J8
test("orders and payments of some days, by the company's clock, also where it sets its clocks", async () => {
  const own = await found(desk);
  const { administrator: boss } = own;
  await set(own, { time_zone: "Europe/Paris" });
  // Summer time begins on the 29th: that day has 23 hours.
  const instants = {
    late: "2026-03-28T22:59:59.999Z",
    first: "2026-03-28T23:00:00.000Z",
    last: "2026-03-29T21:59:59.999Z",
    next: "2026-03-29T22:00:00.000Z",
  };
  /** @type {Record<string, { id: string, payment: string }>} */
  const made = {};
  for (const [name, at] of Object.entries(instants)) {
    const { id } = await confirmed(boss);
    const payment = (await boss.post(own.path(`/orders/${id}/payments`), { method: "transfer" })).good(201);
    await desk.sql(`UPDATE orders SET created_at = ${Date.parse(at)} WHERE id = '${id}'`);
    await desk.sql(`UPDATE order_payments SET created_at = ${Date.parse(at)} WHERE id = '${payment.id}'`);
    made[name] = { id, payment: payment.id };
  }
  for (const [query, wanted] of /** @type {[string, string[]][]} */ ([
    ["from=2026-03-29&to=2026-03-29", ["last", "first"]],
    ["from=2026-03-29", ["next", "last", "first"]],
    ["to=2026-03-28", ["late"]],
    ["to=2026-03-29", ["last", "first", "late"]],
    ["from=2026-03-30&to=2026-03-31", ["next"]],
    [`from=2026-03-29&to=${instants.last}`, ["first"]],
    [`from=${instants.last}`, ["next", "last"]],
  ])) {
    const ids = async (/** @type {string} */ what) =>
      (await boss.get(own.path(`/${what}?${query}`))).good(200).items.map((/** @type {any} */ { id }) => id);
    assert.deepEqual(
      await ids("orders"),
      wanted.map((name) => made[name]?.id),
      query,
    );
    assert.deepEqual(
      await ids("payments"),
      wanted.map((name) => made[name]?.payment),
      query,
    );
  }
  for (const what of ["orders", "payments"]) {
    for (const [query, field, code] of /** @type {const} */ ([
      ["from=2026-02-30", "from", "date"],
      ["to=yesterday", "to", "date"],
      ["from=2026-03-30&to=2026-03-29", "to", "out_of_range"],
    ]))
      (await boss.get(own.path(`/${what}?${query}`))).refusedField(field, code);
  }
});

// spec: J3
test("an order of another company is not there", async () => {
  const foreign = await found(desk);
  const theirs = await order(foreign.administrator);
  const nothing = (await administrator.get(`${orders}/${NOBODY}`)).text;
  for (const answer of [
    await administrator.get(`${orders}/${theirs.id}`),
    await administrator.patch(`${orders}/${theirs.id}`, { note: "x" }),
    await administrator.delete(`${orders}/${theirs.id}`),
    await act(administrator, theirs, "cancellation"),
    await administrator.get(`${orders}/${theirs.id}/comments`),
  ]) {
    assert.deepEqual([answer.status, answer.text], [404, nothing]);
  }
  assert.equal((await read(foreign.administrator, theirs)).state, "draft");
  assert.equal(theirs.number, 1, "each company counts its own");
});

// spec: J3 J12
test("orders made at once have a number each", async () => {
  const own = await found(desk);
  const made = await Promise.all(Array.from({ length: 12 }, () => order(own.administrator)));
  const numbers = made.map(({ number }) => number).sort((a, b) => a - b);
  assert.deepEqual(
    numbers,
    Array.from({ length: 12 }, (_, at) => at + 1),
  );
});

// spec: J12
test("the log of orders is only ever added to, by the database's own word", async () => {
  await confirmed(administrator);
  for (const statement of [
    "UPDATE order_log SET what = 'x'",
    "DELETE FROM order_log",
    "INSERT OR REPLACE INTO order_log SELECT * FROM order_log LIMIT 1",
  ]) {
    await assert.rejects(desk.sql(statement), /only ever added to/, statement);
  }
});

// spec: J12 J13
test("what cannot be told keeps no order from running out, and no other conversation waiting", async () => {
  const own = await found(desk);
  const boss = own.administrator;
  const customer = await write(own);
  const made = await order(boss, { conversation_id: customer.id });
  const owed = (/** @type {string} */ id, /** @type {string} */ step) =>
    desk.sql(
      `INSERT INTO order_outbox (id, company_id, order_id, conversation_id, step) SELECT '${id}', company_id, id, ` +
        `conversation_id, '${step}' FROM orders WHERE id = '${made.id}'`,
    );
  const broken = randomUUID();
  await owed(broken, "{}");
  const [by, amount] = [{ kind: "system" }, money(1)];
  await owed(randomUUID(), JSON.stringify({ by, what: "edited", amount, method: null, known: false }));
  const alone = await order(boss, { expires_at: new Date(Date.now() + 1_500).toISOString() });
  await until(async () => (await read(boss, alone)).state === "expired", "it has run out", 15);
  await until(
    async () => whats(await steps(boss, customer)).includes("edited"),
    "its conversation was told",
    15,
  );
  await desk.sql(`DELETE FROM order_outbox WHERE id = '${broken}'`);
});

// spec: J12
test("what conversations are owed is told even where the telling failed", async () => {
  // A company of its own: nobody else has its Desk look before the step is owed.
  const own = await found(desk);
  const boss = own.administrator;
  const customer = await write(own);
  const made = await order(boss, { conversation_id: customer.id });
  // As a crash between the commit and the telling leaves it: the step is owed, under its own name.
  const id = (await desk.sql(`SELECT id FROM order_log WHERE order_id = '${made.id}'`))[0]?.id;
  const told = JSON.stringify({
    by: { kind: "system" },
    what: "edited",
    amount: money(1),
    method: null,
    known: false,
  });
  await desk.sql(
    `INSERT INTO order_outbox (id, company_id, order_id, conversation_id, step) SELECT '${randomUUID()}', company_id, ` +
      `id, conversation_id, '${told}' FROM orders WHERE id = '${made.id}'`,
  );
  assert.ok(id);
  await until(
    async () => whats(await steps(boss, customer)).includes("edited"),
    "the Desk looked after it",
    20,
  );
  assert.deepEqual(await desk.sql("SELECT id FROM order_outbox"), []);
});
