// Orders as they change: open dashboards of those who may see one hear of it, and nobody else does.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { until } from "../support/desk.mjs";
import { Floor } from "../support/floor.mjs";
import { ask, line, order, pay } from "../support/shop.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/listener.mjs").Listener} Listener */

const { desk, floor } = await Floor.open();
after(() => floor.close());

/** What a dashboard heard of an order. @param {Listener} dashboard @param {{ id: string }} order @returns {any[]} */
const heard = (dashboard, { id }) =>
  dashboard.frames.filter((frame) => frame.type === "order" && frame.order.id === id);

/** @param {Member} member @param {string} order */
const sees = async (member, order) =>
  (await member.get(member.path(`/orders/${order}`))).status === 200 &&
  (await member.get(member.path("/orders"))).status === 200;

// spec: J1 J3 J7 N10
test("whoever may see an order hears that it changed; others hear nothing, and a confined role nothing else", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const elsewhere = await found(desk);
  const people = {
    administrator,
    independent: await hire(company, "supervisor", { add_ons: ["independent_orders"] }),
    supervisor: await hire(company, "supervisor"),
    maker: await hire(company, "agent", { add_ons: ["independent_orders"] }),
    agent: await hire(company, "agent"),
    stakeholder: await hire(company, "stakeholder"),
    marketing: await hire(company, "marketing"),
    confined: await hire(company, "order_payment_admin"),
    stranger: elsewhere.administrator,
  };
  const dashboards = new Map();
  for (const [name, person] of Object.entries(people)) dashboards.set(name, await floor.comes(person));

  const made = await order(people.maker);
  const expected = new Map();
  for (const [name, person] of Object.entries(people)) expected.set(name, await sees(person, made.id));
  assert.equal(expected.get("maker"), true);
  assert.equal(expected.get("confined"), true);
  assert.equal(expected.get("agent"), false);
  /** @param {{ id: string }} one @param {number} times @param {(name: string) => boolean} [who] */
  const everybodyHeard = async (one, times, who = (name) => expected.get(name)) => {
    for (const [name, dashboard] of dashboards) {
      if (who(name)) await until(() => heard(dashboard, one).length >= times, `${name} hears ${times}`);
    }
    for (const [name, dashboard] of dashboards)
      assert.equal(heard(dashboard, one).length, who(name) ? times : 0, name);
  };
  await everybodyHeard(made, 1);
  const [{ order: told }] = heard(dashboards.get("confined"), made);
  assert.deepEqual(told, { id: made.id, rev: made.rev, conversation_id: null }, "which, and nothing of it");

  (await people.maker.post(company.path(`/orders/${made.id}/confirmation`))).good(200);
  await everybodyHeard(made, 2);
  const payment = await ask(people.maker, made);
  (await pay(people.maker, payment, "receipt")).good(200);
  await everybodyHeard(made, 4);
  const comments = company.path(`/orders/${made.id}/comments`);
  (await people.maker.post(comments, { body: "He calls tomorrow." })).good(201);
  await everybodyHeard(made, 5);

  // One that belongs to a conversation: those who see the conversation hear of it, too.
  const customer = await write(company);
  (await administrator.assign(customer, people.agent)).good(200);
  await until(
    async () =>
      (await desk.sql(`SELECT 1 FROM conversations WHERE assignee_id = '${people.agent.id}'`)).length,
    "the index knows whose it is",
  );
  const theirs = await order(administrator, { conversation_id: customer.id, lines: [line(500)] });
  const seen = new Map();
  for (const [name, person] of Object.entries(people)) seen.set(name, await sees(person, theirs.id));
  assert.equal(seen.get("agent"), true);
  assert.equal(seen.get("maker"), false);
  await everybodyHeard(theirs, 1, (name) => seen.get(name));
  (await administrator.delete(company.path(`/orders/${theirs.id}`))).good(204);
  await until(() => heard(dashboards.get("agent"), theirs).length === 2, "that it is gone");

  const { frames } = dashboards.get("confined");
  const kinds = new Set(frames.map((/** @type {any} */ { type }) => type));
  for (const kind of ["event", "viewing", "resync"]) assert.ok(!kinds.has(kind), kind);
  assert.equal(frames.find((/** @type {any} */ { type }) => type === "hello").head, 0);
  const others = frames.filter((/** @type {any} */ frame) => frame.type === "presence");
  assert.ok(
    others.every((/** @type {any} */ { agent }) => agent.id === people.confined.id),
    "nor who else is there",
  );
  // What is missed is asked for anew: there is nothing to resume.
  const again = await people.confined.listen(company.path("/live?after=1"));
  await again.hears({ type: "hello" });
  floor.others.push(again);
  const last = await order(administrator);
  await until(() => heard(again, last).length === 1, "she hears of the next one");
  assert.ok(again.frames.every((frame) => ["hello", "order", "presence"].includes(frame.type)));
});

// spec: J7
test("who may not see orders any more hears of none", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const confined = await hire(company, "order_payment_admin");
  const dashboard = await floor.comes(confined);
  (await administrator.patch(company.path(`/agents/${confined.id}`), { roles: ["marketing"] })).good(200);
  assert.equal(await dashboard.closed(), 1012);
  const again = await floor.comes(confined);
  const witness = await floor.comes(administrator);
  const made = await order(administrator);
  await until(() => heard(witness, made).length === 1, "the administrator hears of it");
  const visible = await sees(confined, made.id);
  assert.equal(heard(again, made).length, visible ? 1 : 0);
});
