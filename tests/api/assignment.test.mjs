// Who gets a conversation, and how many: limits, the queue, routing, and what comes back.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import {
  board,
  Floor,
  hireMany,
  holder,
  isWith,
  onBoard,
  set,
  waitFor,
  writeMany,
} from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Company} Company */

const { desk, floor } = await Floor.open();

/** @param {Member} member @param {string} availability */
const says = async (member, availability) =>
  (await member.patch(member.path("/me"), { availability })).good(200);

/** @param {Company} company @param {Member} member @param {Record<string, unknown>} change */
const change = async (company, member, change) =>
  (await company.administrator.patch(company.path(`/agents/${member.id}`), change)).good(200);

/** @param {string[]} ids */
const tally = (ids) => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
};

// spec: C20
test("the Dispenser stops at the limit, and a repeat is answered as before", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", { add_ons: ["dispenser"], max_chats: 1 });
  const [first] = await writeMany(company, 2);
  await waitFor(company, 2);
  const client_id = randomUUID();
  const path = company.path("/conversations/next");
  assert.equal((await clara.post(path, { client_id })).good(200).id, first?.id);
  assert.equal((await clara.post(path, { client_id })).good(200).id, first?.id);
  const { open, limit } = (await clara.post(path)).refused(409, "at_capacity");
  assert.deepEqual([open, limit], [1, 1]);
});

// spec: C19
test("balanced: whoever has the fewest gets the next one", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced" });
  const agents = await hireMany(company, 3);
  const [burdened, ...others] = agents;
  assert.ok(burdened);
  for (const one of await writeMany(company, 2)) {
    (await company.administrator.assign(one, burdened)).good(200);
  }
  for (const agent of agents) await floor.comes(agent);
  const customers = await writeMany(company, 4);
  await waitFor(company, 0);
  const holders = await Promise.all(customers.map((customer) => holder(customer)));
  assert.deepEqual(tally(holders.map(String)), Object.fromEntries(others.map(({ id }) => [id, 2])));
});

test("round robin: each in turn, whatever they have", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "round_robin" });
  const agents = await hireMany(company, 3);
  for (const agent of agents) await floor.comes(agent);
  const customers = await writeMany(company, 6);
  await waitFor(company, 0);
  const holders = (await Promise.all(customers.map((customer) => holder(customer)))).map(String);
  assert.deepEqual(tally(holders), Object.fromEntries(agents.map(({ id }) => [id, 2])));
  assert.deepEqual(new Set(holders.slice(0, 3)).size, 3, "nobody twice before everybody once");
});

test("off: nobody is given anything unasked", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent", { add_ons: ["dispenser"] });
  await floor.comes(agent);
  await writeMany(company, 2);
  await waitFor(company, 2);
  (await agent.post(company.path("/conversations/next"))).good(200);
  await waitFor(company, 1);
});

test("with nobody there they wait, and whoever comes is given what he may have, the oldest first", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced", max_chats: 2 });
  const agent = await hire(company, "agent");
  const [first, second, third] = await writeMany(company, 3);
  assert.ok(first && second && third);
  await waitFor(company, 3);
  await floor.comes(agent);
  await isWith(first, agent);
  await isWith(second, agent);
  await waitFor(company, 1);
  assert.equal(await holder(third), undefined);
});

test("whatever frees a place deals the next one: closing, snoozing, handing back, a higher limit, a policy, a word", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced", max_chats: 1 });
  const agent = await hire(company, "agent");
  const { administrator } = company;
  await floor.comes(agent);
  const customers = await writeMany(company, 9);
  let at = 0;
  const current = () => customers[at] ?? assert.fail();
  const isNext = async () => {
    at += 1;
    await isWith(current(), agent);
  };
  await isWith(current(), agent);
  assert.equal((await onBoard(agent)).presence, "busy", "he has what he may have");

  (await administrator.setStatus(current(), "closed")).good(200);
  await isNext();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  (await administrator.setStatus(current(), "snoozed", later)).good(200);
  await isNext();
  await change(company, agent, { max_chats: 2 });
  await isNext();
  // Whoever's rights or limits change comes again.
  await floor.comes(agent);
  await set(company, { max_chats: 1 });
  await change(company, agent, { max_chats: null });
  await floor.comes(agent);
  assert.equal((await onBoard(agent)).open, 2, "a lower limit takes nothing away");
  (await administrator.setStatus(customers[2] ?? assert.fail(), "closed")).good(200);
  await until(
    async () => (await onBoard(agent)).open === 1,
    "one place is free, below a limit that is reached",
  );
  assert.equal(await holder(customers[4] ?? assert.fail()), undefined);

  await says(agent, "away");
  (await administrator.setStatus(current(), "closed")).good(200);
  await until(async () => (await onBoard(agent)).open === 0, "he has none");
  assert.equal((await onBoard(agent)).presence, "away");
  assert.equal((await board(company)).waiting, 5, "who is away is given nothing");
  await says(agent, "online");
  await isNext();
  await set(company, { assignment_policy: "off" });
  (await administrator.setStatus(current(), "closed")).good(200);
  await until(async () => (await onBoard(agent)).open === 0, "he has none, and gets none");
  await set(company, { assignment_policy: "round_robin" });
  await isNext();
  await set(company, { max_chats: 2 });
  await isNext();
  await says(agent, "busy");
  (await administrator.assign(current(), null)).good(200);
  await until(async () => (await onBoard(agent)).open === 1, "handed back");
  assert.equal(await holder(current()), undefined);
});

// spec: C26
test("an administrator who is there is given nothing, nor is who does not answer customers", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced" });
  const never = [
    company.administrator,
    await hire(company, ["administrator", "agent"]),
    await hire(company, "stakeholder"),
    await hire(company, "marketing"),
  ];
  for (const one of never) await floor.comes(one);
  const customer = await write(company);
  await waitFor(company, 1);
  const agent = await hire(company, "agent");
  await floor.comes(agent);
  await isWith(customer, agent);
});

test("a conversation that is taken up again goes back to its agent, if he can take it", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const [ana, eva] = [await hire(company, "agent"), await hire(company, "agent")];
  const { administrator } = company;
  await floor.comes(ana);
  const [first, second] = await writeMany(company, 2);
  assert.ok(first && second);
  (await administrator.assign(first, ana)).good(200);
  (await administrator.setStatus(first, "closed")).good(200);
  await first.write("It is dark again.");
  await isWith(first, ana);
  const kinds = (await administrator.events(first)).map((/** @type {any} */ event) => event.kind);
  assert.deepEqual(kinds.slice(-3), ["message", "status", "assignment"]);

  // He has one already: the other one waits, and is his as soon as he has none.
  (await administrator.assign(second, eva)).good(200);
  (await administrator.setStatus(second, "closed")).good(200);
  (await second.setStatus("open")).good(200);
  await isWith(second, undefined);
  await floor.comes(eva);
  await isWith(second, eva);

  // Who takes it up again himself has it at once; his agent is not asked whether he is there.
  (await administrator.setStatus(first, "closed")).good(200);
  const reopened = (await administrator.setStatus(first, "open")).good(200);
  assert.equal(reopened.assignee.id, ana.id);
  (await administrator.setStatus(first, "closed")).good(200);
  floor.leaves(ana);
  await until(async () => !(await onBoard(ana)).last_seen_at.startsWith("9"), "he is gone");
  const left = async () => (await administrator.setStatus(first, "open")).good(200).assignee;
  await until(async () => {
    const assignee = await left();
    if (assignee) (await administrator.setStatus(first, "closed")).good(200);
    return assignee === null;
  }, "whoever is gone gets nothing back");
});

test("a snooze that ends gives it back, or to the queue", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const ana = await hire(company, "agent");
  const { administrator } = company;
  await floor.comes(ana);
  const [first, second] = await writeMany(company, 2);
  assert.ok(first && second);
  (await administrator.assign(first, ana)).good(200);
  const soon = () => new Date(Date.now() + 1_000).toISOString();
  (await administrator.setStatus(first, "snoozed", soon())).good(200);
  assert.equal(await holder(first), ana.id, "it is remembered whose it is");
  await until(async () => (await onBoard(ana)).open === 0, "it takes no place of his");
  (await administrator.assign(second, ana)).good(200);
  await isWith(first, undefined);
  await waitFor(company, 1);
  (await administrator.setStatus(second, "closed")).good(200);
  await isWith(first, ana);
});

// spec: B11
test("who is stuck to an agent gets him, even where nothing is dealt; only if he is there and has room", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const ana = await hire(company, "agent");
  const { administrator } = company;
  const email = "marta@sticky.example";
  const first = await write(company, { email });
  const { contact } = await administrator.read(first);
  (await administrator.put(company.path(`/contacts/${contact.id}/sticky`), { agent_id: ana.id })).good(200);
  const second = await write(company, { email });
  await waitFor(company, 2);
  assert.equal(await holder(second), undefined, "he is not there");
  await floor.comes(ana);
  await isWith(second, ana);
  const third = await write(company, { email });
  await waitFor(company, 2);
  assert.equal(await holder(third), undefined, "he has no room");
  (await administrator.setStatus(second, "closed")).good(200);
  await isWith(third, ana);
});

// spec: D7 C28
test("what is with a team goes to the team, what is in a folder to who sees into it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [ana, eva, ida] = await hireMany(company, 3);
  assert.ok(ana && eva && ida);
  const team = (await administrator.post(company.path("/teams"), { name: "Lamps", agents: [eva.id] })).good(
    201,
  );
  const folder = (await administrator.post(company.path("/folders"), { name: "Code" })).good(201);
  const rights = [{ agent_id: ida.id, see_incoming: true, assign: false }];
  (await administrator.put(company.path(`/folders/${folder.id}/rights`), rights)).good(200);
  const [forTeam, forFolder, forAnybody] = await writeMany(company, 3);
  assert.ok(forTeam && forFolder && forAnybody);
  (await administrator.put(administrator.at(forTeam, "/team"), { team_id: team.id })).good(200);
  (await administrator.put(administrator.at(forFolder, "/folder"), { folder_id: folder.id })).good(200);
  await floor.comes(ana);
  await set(company, { assignment_policy: "balanced" });
  await isWith(forAnybody, ana);
  await waitFor(company, 2);
  await floor.comes(eva);
  await isWith(forTeam, eva);
  assert.equal(await holder(forFolder), undefined);
  await floor.comes(ida);
  await isWith(forFolder, ida);
});

test("a team that nobody belongs to any more holds nothing up", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [ana, eva] = await hireMany(company, 2);
  assert.ok(ana && eva);
  const team = (await administrator.post(company.path("/teams"), { name: "Lamps", agents: [eva.id] })).good(
    201,
  );
  const customer = await write(company);
  (await administrator.put(administrator.at(customer, "/team"), { team_id: team.id })).good(200);
  await set(company, { assignment_policy: "balanced" });
  await floor.comes(ana);
  await waitFor(company, 1);
  (await administrator.delete(company.path(`/teams/${team.id}`))).good(204);
  await isWith(customer, ana);
});

test("business units are asked in the company's order", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const units = company.path("/business-units");
  const general = (await administrator.get(units)).good().items[0];
  const sales = (await administrator.post(units, { name: "Sales" })).good(201);
  const first = await hire(company, "agent", { business_units: [sales.id], max_chats: 1 });
  const second = await hire(company, "agent", { business_units: [general.id] });
  assert.equal((await administrator.patch(`${units}/${general.id}`, { priority: 1 })).good(200).priority, 1);
  const listed = (await administrator.get(units)).good().items;
  assert.deepEqual(
    listed.map((/** @type {any} */ unit) => [unit.name, unit.priority]),
    [
      ["Sales", 0],
      ["General", 1],
    ],
  );
  (await administrator.patch(`${units}/${sales.id}`, { priority: -1 })).refusedField("priority");
  (await administrator.patch(`${units}/${sales.id}`, { priority: 1001 })).refusedField("priority");
  await set(company, { assignment_policy: "balanced" });
  for (const one of [second, first]) await floor.comes(one);
  const [one, other] = await writeMany(company, 2);
  assert.ok(one && other);
  await isWith(one, first);
  await isWith(other, second);
});

// spec: E14
test("a customer gets somebody who speaks his language, if such a one is free", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "round_robin" });
  const english = await hire(company, "agent", { language: "en" });
  const french = await hire(company, "agent", { language: "fr", max_chats: 1 });
  for (const one of [english, french]) await floor.comes(one);
  const [first, second] = [
    await write(company, { language: "fr-CA" }),
    await write(company, { language: "fr-CA" }),
  ];
  await isWith(first, french);
  await isWith(second, english);
});

// spec: I4 I6 I7
test("whoever leaves hands over as far as there is room; the rest waits, and nothing more becomes his", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [leaving, heir] = [await hire(company, "agent"), await hire(company, "agent", { max_chats: 2 })];
  const customers = await writeMany(company, 4);
  for (const customer of customers) (await administrator.assign(customer, leaving)).good(200);
  const later = new Date(Date.now() + 3_600_000).toISOString();
  (await administrator.setStatus(customers[3] ?? assert.fail(), "snoozed", later)).good(200);
  await until(async () => {
    const { items } = (await administrator.get(company.path("/conversations?status=snoozed"))).good();
    return items.length === 1;
  }, "the index knows");
  const disabled = company.path(`/agents/${leaving.id}/disabled`);
  const plan = { transfer_to: heir.id, unstick: true };
  assert.equal((await administrator.put(disabled, plan)).good(200).handed_over, 4);
  const holders = await Promise.all(customers.map((customer) => holder(customer)));
  assert.deepEqual(tally(holders.slice(0, 3).map(String)), { [heir.id]: 2, undefined: 1 });
  assert.equal(holders[3], heir.id, "what was put aside takes no place");
  await waitFor(company, 1);
  const orphan = customers[holders.indexOf(undefined)] ?? assert.fail();
  (await administrator.assign(orphan, leaving)).refused(422, "not_assignable");
  await until(async () => (await onBoard(leaving)).open === 0, "he has none");
});

test("everybody who is given something while he leaves hands it over", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const leaving = await hire(company, "agent");
  const customers = await writeMany(company, 12);
  const given = customers.map((customer) => administrator.assign(customer, leaving));
  const disabled = company.path(`/agents/${leaving.id}/disabled`);
  (await administrator.put(disabled, { transfer_to: "queue", unstick: true })).good(200);
  await Promise.all(given);
  await until(async () => {
    const holders = await Promise.all(customers.map((customer) => holder(customer)));
    return holders.every((id) => id === undefined);
  }, "nothing is his");
  await waitFor(company, 12);
});

test("settings of assignment are checked, and each is what it was set to", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const initial = (await administrator.get(company.path())).good(200);
  assert.deepEqual([initial.response_time, initial.escalation], [null, "notify"]);
  for (const change of [
    { response_time: "PT2H" },
    { escalation: "queue" },
    { response_time: null },
    { assignment_policy: "round_robin" },
  ]) {
    const after = await set(company, change);
    for (const [name, value] of Object.entries(change)) assert.equal(after[name], value, name);
  }
  for (const [name, wrong] of [
    ["response_time", "PT0S"],
    ["response_time", "P100D"],
    ["response_time", "soon"],
    ["escalation", "shout"],
    ["assignment_policy", "chance"],
  ]) {
    (await administrator.patch(company.path(), { [String(name)]: wrong })).refusedField(String(name));
  }
});
