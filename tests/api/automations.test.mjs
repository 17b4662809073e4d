// Automation rules: when something happens, if conditions hold, then actions are taken; once, in order, and never round in
// circles.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { until } from "../support/desk.mjs";
import { Floor, isWith, set } from "../support/floor.mjs";
import { byRules, condition, makeRule, ran, ruleOf, runsOf } from "../support/rules.mjs";
import { found, hire, unique, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Company} Company */

const { desk, floor } = await Floor.open();

/** @param {Company} company @param {string} name */
const makeFolder = async ({ administrator, ...company }, name) =>
  (await administrator.post(`/api/companies/${company.slug}/folders`, { name })).good(201);

/** @param {Company} company @param {Record<string, any>} rule @param {number} [limit] */
const dryRun = async (company, { name, ...rule }, limit) =>
  (await company.administrator.post(company.path("/automations/dry-run"), { rule, limit })).good(200);

test("a rule sorts, marks and answers what is opened, once, and in its own name", async () => {
  const company = await found(desk, { company: "Sorting Office" });
  const { administrator } = company;
  const folder = await makeFolder(company, "Refunds");
  const rule = await makeRule(company, {
    name: "Refunds first",
    conditions: { all: [condition("subject", "has_word", "refund", "money back")], any: [] },
    actions: [
      { kind: "folder", folder_id: folder.id },
      { kind: "priority", priority: "urgent" },
      { kind: "note", body: "Mind the 30 days." },
      {
        kind: "message",
        body: "Dear {{contact.first_name}}, number {{conversation.number}} is in good hands.",
      },
    ],
  });
  const other = await write(company, { subject: "Refunds are fine" });
  const customer = await write(company, { subject: "I want my MONEY BACK!", name: "Marta Lindholm" });
  const [run] = await ran(company, rule);
  assert.equal(run.conversation_id, customer.id);
  assert.equal(run.failed, false);
  const events = await byRules(company, customer);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["folder", "priority", "note", "message"],
  );
  for (const { by } of events) assert.deepEqual(by, { kind: "automation", name: "Refunds first" });
  const conversation = await administrator.read(customer);
  assert.equal(conversation.folder.id, folder.id);
  assert.equal(conversation.priority, "urgent");
  // What a rule says answers nobody.
  assert.equal(conversation.status, "new");
  assert.equal(conversation.unread, 1);
  assert.ok(conversation.waiting_since);
  assert.equal(events[3].body, `Dear Marta, number ${conversation.number} is in good hands.`);
  const seen = (await customer.read()).events;
  assert.deepEqual(seen.at(-1).by, { kind: "automation" });
  assert.doesNotMatch(JSON.stringify(seen), /Refunds first|30 days/);
  assert.deepEqual(await byRules(company, other), []);
  // Of the list, too.
  const listed = (await administrator.get(company.path("/automations"))).good(200).items[0];
  assert.equal(listed.failures, 0);
  assert.ok(listed.last_run_at);
});

test("rules are looked at in their order, each on what those before it do, until one says stop", async () => {
  const company = await found(desk, { company: "Order Order" });
  const { administrator } = company;
  const [first, second] = [await makeFolder(company, "First"), await makeFolder(company, "Second")];
  const into = (/** @type {{ id: string }} */ { id }) => ({ kind: "folder", folder_id: id });
  const a = await makeRule(company, { name: "A", actions: [into(first)] });
  const b = await makeRule(company, {
    name: "B",
    conditions: { all: [condition("folder", "is", first.id)], any: [] },
    actions: [into(second)],
    stop: true,
  });
  const c = await makeRule(company, { name: "C", actions: [{ kind: "priority", priority: "low" }] });
  const one = await write(company);
  await ran(company, b);
  const conversation = await administrator.read(one);
  assert.equal(conversation.folder.name, "Second");
  assert.equal(conversation.priority, "normal");
  assert.deepEqual(await runsOf(company, c), []);

  // In another order B finds nothing in the first folder, and C has its turn.
  const path = company.path("/automations/order");
  const turned = (await administrator.put(path, { ids: [b.id, c.id, a.id] })).good(200);
  assert.deepEqual(
    turned.items.map((/** @type {any} */ { name, position }) => [name, position]),
    [
      ["B", 1],
      ["C", 2],
      ["A", 3],
    ],
  );
  const two = await write(company);
  await ran(company, a, 2);
  assert.equal((await administrator.read(two)).folder.name, "First");
  assert.equal((await administrator.read(two)).priority, "low");
  (await administrator.put(path, { ids: [a.id, b.id] })).refused(409, "changed_meanwhile");
  (await administrator.put(path, { ids: [a.id, a.id, b.id] })).refusedField("ids", "twice");
  // Switched off, a rule does nothing.
  (await administrator.patch(company.path(`/automations/${a.id}`), { enabled: false })).good(200);
  const three = await write(company);
  await ran(company, c, 2);
  assert.equal((await administrator.read(three)).folder, null);
});

test("what rules do triggers no rule, what people do does", async () => {
  const company = await found(desk, { company: "No Echo" });
  const { administrator } = company;
  const close = await makeRule(company, {
    trigger: { kind: "customer_wrote" },
    conditions: {
      all: [condition("first_message", "is", "no"), condition("body", "starts_with", "thank")],
      any: [],
    },
    actions: [{ kind: "close" }],
  });
  const closed = await makeRule(company, {
    trigger: { kind: "status_changed", to: "closed" },
    actions: [{ kind: "note", body: "It is closed." }],
  });
  const answered = await makeRule(company, {
    trigger: { kind: "agent_answered" },
    actions: [{ kind: "message", body: "How are we doing?" }],
  });
  const agent = await hire(company, "super_agent");
  const assigned = await makeRule(company, {
    trigger: { kind: "assigned" },
    conditions: { all: [condition("assignee", "is", agent.id)], any: [] },
    actions: [{ kind: "priority", priority: "high" }],
  });
  const customer = await write(company, { body: "Thanks in advance" });
  await agent.take(customer);
  await ran(company, assigned);
  await agent.reply(customer, "It is mended.");
  await ran(company, answered);
  assert.equal((await administrator.read(customer)).status, "pending");
  await customer.write("Thank you!");
  await ran(company, close);
  await until(async () => (await administrator.read(customer)).status === "closed", "it is closed");
  // The rule closed it: nothing follows from that. An agent closes another: something does.
  const other = await write(company);
  (await administrator.setStatus(other, "closed")).good();
  const [run, ...more] = await ran(company, closed);
  assert.equal(run.conversation_id, other.id);
  assert.deepEqual(more, []);
  assert.deepEqual((await byRules(company, customer)).map(({ kind }) => kind).sort(), [
    "message",
    "priority",
    "status",
  ]);
});

test("an agent who is full gets nothing from a rule; that is recorded, and the rest is done", async () => {
  const company = await found(desk, { company: "Full House" });
  await set(company, { max_chats: 1 });
  const agent = await hire(company, "agent");
  const rule = await makeRule(company, {
    actions: [
      { kind: "assign", agent_id: agent.id },
      { kind: "note", body: "For our expert." },
    ],
  });
  const one = await write(company);
  const [given] = await ran(company, rule);
  assert.equal(given.failed, false);
  assert.equal((await company.administrator.read(one)).assignee.id, agent.id);
  const two = await write(company);
  const [refused] = await ran(company, rule, 2);
  assert.equal(refused.conversation_id, two.id);
  assert.deepEqual(
    refused.steps.map((/** @type {any} */ { action, outcome }) => [action.kind, outcome]),
    [
      ["assign", { kind: "refused", code: "at_capacity" }],
      ["note", { kind: "done" }],
    ],
  );
  assert.equal((await company.administrator.read(two)).assignee, null);
  const shown = (await company.administrator.get(company.path(`/automations/${rule.id}`))).good(200);
  assert.equal(shown.failures, 1);
  // It was mailed and listed all the same.
  const list = (await company.administrator.get(company.path("/conversations"))).good(200).items;
  assert.ok(list.some((/** @type {any} */ { id }) => id === two.id));
});

test("what a rule gives to a team, the Desk deals to that team and to nobody before", async () => {
  const company = await found(desk, { company: "Two Teams" });
  await set(company, { assignment_policy: "balanced", max_chats: 50 });
  const [general, expert] = [await hire(company, "agent"), await hire(company, "agent")];
  const team = (
    await company.administrator.post(company.path("/teams"), { name: "Experts", agents: [expert.id] })
  ).good(201);
  const rule = await makeRule(company, { actions: [{ kind: "team", team_id: team.id }] });
  await floor.comes(general);
  await floor.comes(expert);
  for (let n = 1; n <= 4; n += 1) {
    const customer = await write(company);
    await ran(company, rule, n);
    await isWith(customer, expert);
    const given = (await company.administrator.events(customer)).filter(
      (/** @type {any} */ { kind }) => kind === "assignment",
    );
    assert.equal(given.length, 1, "it was dealt once, to the right one");
  }
});

test("a rule about waiting acts once on a wait, and not on one that is over", async () => {
  const company = await found(desk, { company: "Waiting Room" });
  const agent = await hire(company, "super_agent");
  // One waits already when the rule is made.
  const before = await write(company);
  const rule = await makeRule(company, {
    trigger: { kind: "waited", after: "PT1S" },
    actions: [
      { kind: "priority", priority: "urgent" },
      { kind: "note", body: "Hurry." },
    ],
  });
  const [waits, served] = [await write(company), await write(company)];
  await agent.take(served);
  await agent.reply(served, "Here I am.");
  const acted = await ran(company, rule, 2);
  assert.deepEqual(new Set(acted.map(({ conversation_id: id }) => id)), new Set([before.id, waits.id]));
  assert.equal((await company.administrator.read(waits)).priority, "urgent");
  // He writes once more and waits on: it is the same wait. Answered and asking again, he begins another.
  await waits.write("Anybody there?");
  await agent.take(waits);
  await agent.reply(waits, "Yes.");
  await waits.write("And now?");
  const again = await ran(company, rule, 3);
  assert.equal(again[0]?.conversation_id, waits.id);
  assert.deepEqual(await byRules(company, served), []);
});

test("a rule that names what is gone is shown as broken and skipped, which is recorded", async () => {
  const company = await found(desk, { company: "Broken Things" });
  const { administrator } = company;
  const folder = await makeFolder(company, "Gone soon");
  const rule = await makeRule(company, {
    conditions: { all: [condition("folder", "is_not", folder.id)], any: [] },
    actions: [{ kind: "note", body: "Nobody should read this." }],
  });
  (await administrator.delete(company.path(`/folders/${folder.id}`))).good(204);
  const shown = (await administrator.get(company.path(`/automations/${rule.id}`))).good(200);
  assert.deepEqual(shown.broken, [{ kind: "folder", id: folder.id }]);
  const customer = await write(company);
  const [run] = await ran(company, rule);
  assert.deepEqual(run.steps[0].outcome, { kind: "broken" });
  assert.equal(run.failed, true);
  assert.deepEqual(await byRules(company, customer), []);
  // It may be switched off without being mended; mended, it works again.
  const path = company.path(`/automations/${rule.id}`);
  (await administrator.patch(path, { enabled: false })).good(200);
  const mended = (await administrator.patch(path, { enabled: true, conditions: { all: [], any: [] } })).good(
    200,
  );
  assert.deepEqual(mended.broken, []);
  await write(company);
  const [good] = await ran(company, rule, 2);
  assert.equal(good.failed, false);
});

test("a dry run says what a rule would have done and why not, and changes nothing", async () => {
  const company = await found(desk, { company: "Dry Run" });
  const { administrator } = company;
  const agent = await hire(company, "super_agent");
  const match = await write(company, {
    subject: "My invoice",
    body: "It is too high",
    email: "a@corp.example",
  });
  const miss = await write(company, { subject: "My lamp" });
  await agent.take(match);
  await agent.reply(match, "Let me see.");
  const everything = async () => {
    const found = await Promise.all([match, miss].map((one) => administrator.events(one)));
    const index = await desk.sql("SELECT id, rev, view FROM conversations ORDER BY id");
    const runs = await desk.sql("SELECT COUNT(*) AS count FROM automation_runs");
    const rules = await desk.sql(`SELECT COUNT(*) AS count FROM automations a
      JOIN companies c ON c.id = a.company_id WHERE c.slug = '${company.slug}'`);
    return { found, index, runs, rules };
  };
  await until(async () => {
    const row = (await everything()).index.find(({ id }) => id === match.id);
    return row?.rev === (await administrator.read(match)).rev;
  }, "the index is up to date");
  const before = await everything();
  const rule = ruleOf({
    conditions: {
      // It had no agent when it was opened, whoever has it now.
      all: [condition("subject", "contains", "INVOICE"), condition("assignee", "none")],
      any: [condition("contact_domain", "is", "corp.example"), condition("language", "is", "fr")],
    },
    actions: [{ kind: "message", body: "Never sent" }, { kind: "close" }],
  });
  const { items, applies_to } = await dryRun(company, rule, 5);
  assert.equal(applies_to, 1);
  assert.equal(items.length, 2);
  const of = (/** @type {{ id: string }} */ { id }) =>
    items.find((/** @type {any} */ { conversation }) => conversation.id === id);
  assert.equal(of(match).applies, true);
  assert.deepEqual(of(match).actions, rule.actions);
  assert.deepEqual(
    of(match).explanation.any.map((/** @type {any} */ { holds }) => holds),
    [true, false],
  );
  assert.equal(of(miss).applies, false);
  assert.deepEqual(of(miss).actions, []);
  assert.deepEqual(
    of(miss).explanation.all.map((/** @type {any} */ { holds, found }) => [holds, found]),
    [
      [false, ["My lamp"]],
      [true, []],
    ],
  );
  const never = await dryRun(company, { ...rule, trigger: { kind: "status_changed", to: "closed" } });
  assert.deepEqual([never.applies_to, never.items[0].triggered_at], [0, null]);
  assert.deepEqual(await everything(), before);
  (await administrator.post(company.path("/automations/dry-run"), { rule: {}, limit: 5 })).refused(422);
  const { name, ...bare } = rule;
  const path = company.path("/automations/dry-run");
  (await administrator.post(path, { rule: bare, limit: 26 })).refusedField("limit", "out_of_range");
});

test("whoever tries a rule out learns nothing of what he may not see", async () => {
  const company = await found(desk, { company: "Narrow Sight" });
  const grants = { "automation.manage": ["all"], "conversation.view": ["own"] };
  const role = (
    await company.administrator.post(company.path("/roles"), { name: unique("Clerk"), base: "agent", grants })
  ).good(201);
  const clerk = await hire(company, [role.id]);
  const [his, secret] = [await write(company), await write(company, { subject: "Top secret" })];
  (await company.administrator.assign(his, clerk)).good();
  const { name, ...rule } = ruleOf({
    conditions: { all: [condition("subject", "contains", "secret")], any: [] },
  });
  const path = company.path("/automations/dry-run");
  await until(async () => {
    const { items } = (await clerk.post(path, { rule })).good(200);
    assert.deepEqual(
      items.map((/** @type {any} */ { conversation }) => conversation.id),
      [his.id],
    );
    assert.doesNotMatch(JSON.stringify(items), new RegExp(secret.id));
    return true;
  }, "he sees what is his");
});

test("rules are for those who may, and are checked", async () => {
  const [company, elsewhere] = [await found(desk), await found(desk)];
  const { administrator } = company;
  const path = company.path("/automations");
  const rule = await makeRule(company, { name: "Mine" });
  const foreign = await makeFolder(elsewhere, "Theirs");
  const [agent, supervisor] = [await hire(company, "agent"), await hire(company, "supervisor")];
  (await supervisor.get(path)).good(200);
  for (const refused of [
    await agent.get(path),
    await agent.post(path, ruleOf()),
    await agent.patch(`${path}/${rule.id}`, { enabled: false }),
    await agent.delete(`${path}/${rule.id}`),
    await agent.get(`${path}/${rule.id}/runs`),
    await agent.put(`${path}/order`, { ids: [rule.id] }),
    await agent.post(`${path}/dry-run`, { rule: (({ name, ...rest }) => rest)(ruleOf()) }),
  ]) {
    assert.equal(refused.refused(403).missing, "automation.manage");
  }
  (await anonymous(desk).get(path)).refused(401);
  (await elsewhere.administrator.get(path)).refused(404);
  (await elsewhere.administrator.get(elsewhere.path(`/automations/${rule.id}`))).refused(404);
  (await elsewhere.administrator.patch(elsewhere.path(`/automations/${rule.id}`), { name: "x" })).refused(
    404,
  );
  const refuse = async (
    /** @type {object} */ changes,
    /** @type {string} */ field,
    /** @type {string} */ code,
  ) => (await administrator.post(path, ruleOf(changes))).refusedField(field, code);
  await refuse({ name: " " }, "name", "required");
  await refuse({ actions: [] }, "actions", "required");
  await refuse({ actions: Array(11).fill({ kind: "close" }) }, "actions", "too_long");
  await refuse({ actions: [{ kind: "message", body: " " }] }, "actions[0].body", "required");
  await refuse({ trigger: { kind: "waited", after: "PT0S" } }, "trigger.after", "out_of_range");
  await refuse({ trigger: { kind: "waited", after: "P91D" } }, "trigger.after", "out_of_range");
  const all = (/** @type {any[]} */ ...conditions) => ({ conditions: { all: conditions, any: [] } });
  await refuse(all(condition("subject", "contains")), "conditions.all[0].values", "required");
  await refuse(all(condition("subject", "none")), "conditions.all[0].is", "unknown_value");
  await refuse(all(condition("status", "is", "opened")), "conditions.all[0].values[0]", "unknown_value");
  await refuse(all(...Array(21).fill(condition("folder", "none"))), "conditions", "too_long");
  // What is another company's is as unknown as what nobody has.
  for (const id of [foreign.id, crypto.randomUUID()]) {
    await refuse(all(condition("folder", "is", id)), "conditions.all[0].values", "unknown_value");
    await refuse({ actions: [{ kind: "folder", folder_id: id }] }, "actions[0]", "unknown_value");
  }
  (await administrator.post(path, ruleOf({ colour: "red" }))).refused(422);
  (await administrator.post(path, ruleOf({ actions: [{ kind: "close", at: 1 }] }))).refused(422);
  (await administrator.post(path, ruleOf({ name: "mine" }))).refused(409, "name_taken");
  // A repeat finds what it made.
  const named = ruleOf({ client_id: crypto.randomUUID() });
  const [once, twice] = [await administrator.post(path, named), await administrator.post(path, named)];
  assert.equal(once.good(201).id, twice.good(201).id);
  (await administrator.delete(`${path}/${rule.id}`)).good(204);
  (await administrator.get(`${path}/${rule.id}`)).refused(404);
  const audit = (await administrator.get(company.path("/audit"))).good(200).items;
  const deeds = audit.map((/** @type {any} */ { action }) => action);
  assert.deepEqual(deeds.slice(0, 2), ["automation.deleted", "automation.created"]);
});

test("a rule that is fed again and again ends, and says so", async () => {
  const company = await found(desk, { company: "Merry Go Round" });
  const rule = await makeRule(company, {
    trigger: { kind: "customer_wrote" },
    actions: [{ kind: "note", body: "Again." }],
  });
  const customer = await write(company);
  for (let n = 0; n < 32; n += 1) await customer.write(`Word ${n}`);
  const runs = await until(async () => {
    const { items } = (
      await company.administrator.get(company.path(`/automations/${rule.id}/runs?limit=100`))
    ).good(200);
    return items.length === 33 && items;
  }, "all have been looked at");
  const stopped = runs.filter((/** @type {any} */ { failed }) => failed);
  assert.deepEqual(
    stopped.map((/** @type {any} */ { steps }) => steps[0].outcome.kind),
    ["stopped", "stopped", "stopped"],
  );
  assert.equal((await byRules(company, customer)).length, 30);
});
