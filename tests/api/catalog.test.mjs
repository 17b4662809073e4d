// The catalogue: what is sold, its pictures, and sending it into conversations.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY, PNG } from "../support/body.mjs";
import { startDesk } from "../support/desk.mjs";
import { filled, form } from "../support/forms.mjs";
import { money, sell, show, steps } from "../support/shop.mjs";
import { found, hire, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const { administrator } = company;
const catalog = company.path("/catalog");

/** @param {string} query @returns {Promise<string[]>} */
const named = async (query) =>
  (await administrator.get(`${catalog}?limit=100&${query}`))
    .good(200)
    .items.map((/** @type {any} */ { name }) => name);

// spec: B13
test("what is sold is made, listed, found, changed, archived and deleted", async () => {
  const name = unique("Reading lamp");
  const item = { name, description: "Brass", price: money(4_950), tax_rate: 1_900, client_id: randomUUID() };
  const made = (await administrator.post(catalog, item)).good(201);
  assert.deepEqual((await administrator.post(catalog, item)).good(201), made, "a repeat is the same item");
  assert.deepEqual([made.price, made.archived, made.picture_url], [money(4_950), false, null]);
  (await administrator.post(catalog, { ...item, price: money(1) })).refused(409, "client_id_reused");
  (await administrator.post(catalog, { ...item, client_id: undefined })).refused(409, "name_taken");
  assert.ok((await named("q=BRASS")).includes(name));
  assert.deepEqual(await named("q=%25"), [], "a per cent sign is itself");
  const at = `${catalog}/${made.id}`;
  const dearer = (await administrator.patch(at, { price: 5_000 })).good(200);
  assert.deepEqual(dearer.price, money(5_000), "a plain number is of the item's currency");
  (await administrator.patch(at, { archived: true })).good(200);
  assert.deepEqual(
    [(await named("")).includes(name), (await named("state=archived")).includes(name)],
    [false, true],
  );
  (await administrator.delete(at)).good(204);
  (await administrator.get(at)).refused(404);
});

// spec: B13
test("two who change different things at the same moment both have their way; equal requests have one answer", async () => {
  for (let round = 0; round < 4; round += 1) {
    const item = { name: unique("Lamp"), price: money(1), client_id: randomUUID() };
    const made = await Promise.all([1, 2, 3].map(() => administrator.post(catalog, item)));
    assert.equal(new Set(made.map((answer) => answer.good(201).id)).size, 1);
    const at = `${catalog}/${made[0]?.good(201).id}`;
    const changes = { price: money(2), description: "Brass", tax_rate: 700, archived: true };
    const answers = await Promise.all(
      Object.entries(changes).map(([name, value]) => administrator.patch(at, { [name]: value })),
    );
    for (const answer of answers) answer.good(200);
    const { price, description, tax_rate, archived } = (await administrator.get(at)).good(200);
    assert.deepEqual({ price, description, tax_rate, archived }, changes);
  }
});

// spec: B13
test("an item is refused for what is wrong with it", async () => {
  const good = { name: unique("Lamp"), price: money(1) };
  for (const [field, code, change] of /** @type {const} */ ([
    ["name", "required", { name: " " }],
    ["price", "out_of_range", { price: money(-1) }],
    ["price", "out_of_range", { price: money(1_000_000_000_001) }],
    ["tax_rate", "out_of_range", { tax_rate: 10_001 }],
    ["description", "too_long", { description: "x".repeat(2_001) }],
    ["colour", "unknown_field", { colour: "red" }],
  ])) {
    (await administrator.post(catalog, { ...good, ...change })).refusedField(field, code);
  }
  for (const price of [1.5, "1", { amount: 1 }, { amount: 1, currency: "XXX" }, null]) {
    assert.equal((await administrator.post(catalog, { ...good, price })).status, 422, JSON.stringify(price));
  }
  (await administrator.get(`${catalog}?state=sold`)).refusedField("state", "unknown_value");
  (await administrator.get(`${catalog}?limit=0`)).refusedField("limit", "out_of_range");
});

// spec: B13
test("the list goes on where it stopped", async () => {
  const own = await found(desk);
  for (const name of ["Cord", "Arm", "Bulb"]) await sell(own, { name });
  const first = (await own.administrator.get(own.path("/catalog?limit=2"))).good(200);
  assert.deepEqual(
    first.items.map((/** @type {any} */ { name }) => name),
    ["Arm", "Bulb"],
  );
  const second = (await own.administrator.get(own.path(`/catalog?limit=2&cursor=${first.next}`))).good(200);
  assert.deepEqual([second.items.length, second.items[0].name, second.next], [1, "Cord", null]);
});

// spec: B13
test("a picture is a picture; what was sent keeps its own", async () => {
  const item = await sell(company);
  const at = `${catalog}/${item.id}/picture`;
  (await administrator.put(at, Buffer.from("<svg onload=alert(1)>"))).refused(415, "no_image");
  const shown = (await administrator.put(at, PNG)).good(200);
  const stranger = anonymous(desk);
  const picture = await stranger.get(shown.picture_url);
  assert.equal(picture.header("content-type"), "image/png");
  const customer = await write(company);
  (await show(administrator, customer, [item])).good(201);
  (await administrator.delete(at)).good(204);
  assert.equal((await administrator.get(`${catalog}/${item.id}`)).good(200).picture_url, null);
  (await stranger.get(shown.picture_url)).good(200);
});

// spec: B13
test("items are sent into a conversation: the customer sees cards and asks for one without JavaScript", async () => {
  const [lamp, cord] = [await sell(company), await sell(company, { price: money(500, "JPY") })];
  const customer = await write(company);
  const said = (await show(administrator, customer, [cord, lamp], "Have a look")).good(201);
  assert.deepEqual([said.event.kind, said.event.body], ["catalog", "Have a look"]);
  const seen = (await customer.read()).events.at(-2);
  assert.deepEqual(
    [seen.kind, seen.items.map((/** @type {any} */ { name }) => name)],
    ["catalog", [cord.name, lamp.name]],
  );
  const browser = customer.inBrowser();
  const page = (await browser.get(customer.page())).good(200);
  assert.ok(
    page.includes(lamp.name) && page.includes("€19.99") && page.includes("¥500"),
    "prices are readable",
  );
  const orders = customer.page("/orders");
  const asked = filled(form(page, orders), { quantity: "2" });
  assert.equal((await browser.post(orders, asked)).status, 303);
  assert.equal((await browser.post(orders, asked)).status, 303, "sent twice, it is asked for once");
  const { items } = (await customer.get(customer.path("/orders"))).good(200);
  assert.equal(items.length, 1);
  assert.deepEqual([items[0].state, items[0].lines[0].quantity], ["requested", 2]);
  const told = await steps(administrator, customer);
  assert.deepEqual(
    told.map(({ what, by }) => [what, by.kind]),
    [["requested", "customer"]],
  );
  const conversation = await administrator.read(customer);
  assert.deepEqual([conversation.unread, conversation.status], [1, "open"], "it is the agents' turn");
  assert.ok((await browser.get(customer.page())).good(200).includes("Order #1"));
});

// spec: B13
test("a customer asks only for what was sent to him, and only so often", async () => {
  const [sent, other] = [await sell(company), await sell(company)];
  const customer = await write(company);
  (await show(administrator, customer, [sent])).good(201);
  const path = customer.path("/orders");
  const wish = (/** @type {any} */ change) => ({
    client_id: randomUUID(),
    item_id: sent.id,
    quantity: 1,
    ...change,
  });
  (await customer.post(path, wish({ item_id: other.id }))).refusedField("item_id", "unknown_item");
  for (const quantity of [0, 10_000]) {
    (await customer.post(path, wish({ quantity }))).refusedField("quantity", "out_of_range");
  }
  const once = wish({});
  const first = (await customer.post(path, once)).good(201);
  assert.equal((await customer.post(path, once)).good(201).id, first.id);
  (await customer.post(path, { ...once, quantity: 3 })).refused(409, "client_id_reused");
  (await administrator.patch(`${catalog}/${sent.id}`, { archived: true })).good(200);
  (await customer.post(path, wish({}))).refusedField("item_id", "archived");
  const stranger = await write(company);
  (await stranger.post(path, wish({}))).refused(404);
});

// spec: B13
test("who may send sends; who manages the catalogue manages it", async () => {
  const item = await sell(company);
  const [agent, marketing, stakeholder] = [
    await hire(company, "agent"),
    await hire(company, "marketing"),
    await hire(company, "stakeholder"),
  ];
  const customer = await write(company);
  (await administrator.assign(customer, agent)).good(200);
  (await show(agent, customer, [item])).good(201);
  const refused = (await show(stakeholder, customer, [item])).refused(403, "forbidden");
  assert.equal(refused.missing, "catalog.send");
  (await show(marketing, customer, [item])).refused(404);
  (await show(agent, customer, [])).refusedField("item_ids", "out_of_range");
  (await show(agent, customer, [{ id: NOBODY }])).refusedField("item_ids[0]", "unknown_item");
  (await marketing.patch(`${catalog}/${item.id}`, { archived: true })).good(200);
  (await show(agent, customer, [item])).refusedField("item_ids[0]", "archived");
  assert.equal(
    (await agent.post(catalog, { name: unique("x"), price: 1 })).refused(403).missing,
    "catalog.manage",
  );
  const other = await found(desk);
  const foreign = await sell(other);
  (await administrator.get(`${catalog}/${foreign.id}`)).refused(404);
  (await show(administrator, customer, [foreign])).refusedField("item_ids[0]", "unknown_item");
});
