// The security checklist, items 44 to 51: nothing is lost, doubled or given twice, whatever is repeated, interrupted or
// done at once. Item 46, a machine that is killed, is in tests/faults/F01-durability.test.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { mailsTo, startDesk, until } from "../support/desk.mjs";
import { buildWithBell, ring } from "../support/faulty.mjs";
import { Floor, holder, isWith, onBoard, set, waitFor, writeMany } from "../support/floor.mjs";
import { found, hire, invite, words, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Conversation} Conversation */

const { desk, floor } = await Floor.open();

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const _nadia = await hire(lamps, "super_agent");

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** @param {number} count */
const upTo = (count) => range(1, count);

/** @param {number} count @param {() => Promise<any>} make */
const times = (count, make) => Promise.all(Array.from({ length: count }, make));

/** @param {any[]} heard */
const seqsOf = (heard) => heard.map(({ seq }) => seq);

/** @param {import("../support/listener.mjs").Listener} listener */
const seqs = (listener) => seqsOf(listener.events);

/** @param {Conversation} conversation @param {string} [query] */
const samAt = (conversation, query = "") => sam.listen(sam.at(conversation, `/live${query}`));

/** @param {import("../support/world.mjs").Customer} conversation @param {string} [query] */
const customerAt = (conversation, query = "") => conversation.listen(conversation.path(`/live${query}`));

test("44: the same words sent twice are one event, and get the same answer", async () => {
  const conversation = await write(lamps);
  for (const [who, path] of /** @type {const} */ ([
    [sam, sam.at(conversation, "/messages")],
    [sam, sam.at(conversation, "/notes")],
    [conversation, conversation.path("/messages")],
  ])) {
    const said = words(`once only ${path}`);
    const first = (await who.post(path, said)).good(201);
    await sam.comment(conversation, "in between");
    const { rev } = await sam.read(conversation);
    for (const answer of await Promise.all(upTo(5).map(() => who.post(path, said)))) {
      assert.deepEqual(answer.good(201), first);
    }
    assert.equal((await sam.read(conversation)).rev, rev);
    (await who.post(path, { ...said, body: "something else" })).refused(409, "client_id_reused");
    (await who.post(path, { ...said, client_id: randomUUID() })).good(201);
    const twice = (await sam.events(conversation)).filter(
      (/** @type {any} */ event) => event.body === said.body,
    );
    assert.equal(twice.length, 2, "sent under two names");
  }
});

test("44: a repeat at once is one event too", async () => {
  const conversation = await write(lamps);
  const said = words("all at once");
  const answers = await Promise.all(upTo(10).map(() => sam.post(sam.at(conversation, "/messages"), said)));
  for (const answer of answers) assert.deepEqual(answer.good(201), answers[0]?.body);
  const events = await sam.events(conversation);
  assert.equal(events.filter((/** @type {any} */ event) => event.body === said.body).length, 1);
});

test("45: coming back with the last number heard, one hears exactly what was missed, in order", async () => {
  const conversation = await write(lamps);
  await sam.take(conversation);
  for (const n of range(1, 4)) {
    await sam.comment(conversation, `inside ${n}`);
    await conversation.write(`outside ${n}`);
  }
  const inside = await sam.events(conversation);
  const outside = (await conversation.read()).events;
  for (const [join, all] of /** @type {const} */ ([
    [samAt, inside],
    [customerAt, outside],
  ])) {
    for (const after of range(0, all.length)) {
      const listener = await join(conversation, `?after=${after}`);
      await listener.hears({ type: "hello", head: all.length });
      listener.send("ping");
      await until(() => listener.texts.includes("pong"), "it was all said");
      assert.deepEqual(
        listener.events.map(({ event }) => event),
        all.slice(after),
      );
      assert.deepEqual(seqs(listener), range(after + 1, all.length));
      listener.close();
    }
  }
});

test("45: who asks for a number that the log does not have starts over", async () => {
  const conversation = await write(lamps);
  for (const after of [3, 1_000_000, Number.MAX_SAFE_INTEGER]) {
    for (const join of [samAt, customerAt]) {
      const listener = await join(conversation, `?after=${after}`);
      assert.equal((await listener.hears({ type: "resync" })).head, 2);
      assert.deepEqual(listener.events, []);
      listener.close();
    }
  }
  for (const query of ["?after=-1", "?after=x", "?since=1", "?after=1e3", "?after=99999999999999999999"]) {
    await assert.rejects(samAt(conversation, query), { status: 422 });
    await assert.rejects(customerAt(conversation, query), { status: 422 });
  }
});

// spec: C1
test("47: of fifty who take a conversation at once one gets it, and the others are told who", async () => {
  const company = await found(desk);
  const people = await times(50, () => hire(company, "super_agent"));
  const conversation = await write(company);
  const answers = await Promise.all(people.map((one) => one.post(one.at(conversation, "/claim"))));

  const won = answers.filter((answer) => answer.status === 200);
  assert.equal(won.length, 1, answers.map((answer) => answer.status).join());
  const winner = people[answers.findIndex((answer) => answer.status === 200)];
  const { assignee, assignment_epoch } = won[0]?.body ?? {};
  assert.deepEqual(assignee, { id: winner?.id, name: winner?.name });
  for (const answer of answers.filter((one) => one !== won[0])) {
    assert.deepEqual(answer.refused(409, "already_assigned").assignee, assignee);
  }
  const now = await company.administrator.read(conversation);
  assert.deepEqual([now.assignee, now.assignment_epoch], [assignee, assignment_epoch]);
  const events = await company.administrator.events(conversation);
  assert.equal(events.filter((/** @type {any} */ event) => event.kind === "assignment").length, 1);
});

// spec: H1 H2 C29
test("48: nobody takes more than he may have: the company's number, or his own", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 2 });
  const [sam, eva] = [await hire(company, "supervisor"), await hire(company, "supervisor", { max_chats: 3 })];
  const customers = await writeMany(company, 6);
  for (const [member, limit] of /** @type {[Member, number][]} */ ([
    [sam, 2],
    [eva, 3],
  ])) {
    const answers = await Promise.all(
      customers.map((customer) => member.post(member.at(customer, "/claim"))),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, limit);
    const refused = answers.filter(({ status, body }) => status === 409 && body.code !== "already_assigned");
    for (const answer of refused) {
      const { open, limit: may } = answer.refused(409, "at_capacity");
      assert.deepEqual([open, may], [limit, limit]);
    }
    assert.deepEqual([(await onBoard(member)).open, (await onBoard(member)).limit], [limit, limit]);
  }
  const mine = customers[0] ?? assert.fail();
  const his = (await holder(mine)) === sam.id ? sam : eva;
  (await his.setStatus(mine, "closed")).good(200);
  await until(async () => (await onBoard(his)).open < (his === sam ? 2 : 3), "the slot is free");
});

test("48: a full agent is given nothing by hand, unless by who may and says so; that is recorded", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const [sam, full] = [await hire(company, "supervisor"), await hire(company, "agent")];
  const passer = await hire(company, "agent", { add_ons: ["transfer"] });
  const [first, second, third] = await writeMany(company, 3);
  assert.ok(first && second && third);
  (await sam.assign(first, full)).good(200);
  const refusal = (await sam.assign(second, full)).refused(409, "at_capacity");
  assert.deepEqual([refusal.open, refusal.limit], [1, 1]);
  (await sam.assign(third, passer)).good(200);
  const forced = { agent_id: full.id, force: true };
  const missing = (await passer.put(passer.at(third, "/assignee"), forced)).refused(403, "forbidden");
  assert.equal(missing.missing, "status_board.act");
  (await passer.assign(third, full)).refused(409, "at_capacity");

  const given = (await sam.put(sam.at(second, "/assignee"), forced)).good(200);
  assert.equal(given.assignee.id, full.id);
  const events = await sam.events(second);
  const assignment = events.find((/** @type {any} */ event) => event.kind === "assignment");
  assert.deepEqual([assignment.forced, assignment.by.id], [true, sam.id]);
  assert.equal((await onBoard(full)).open, 2);
  const ordinary = (await sam.events(first)).find((/** @type {any} */ event) => event.kind === "assignment");
  assert.equal("forced" in ordinary, false);
});

test("48: taken, dealt and given at once, nobody has more than he may have", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced" });
  const { administrator } = company;
  const limits = [1, 2, 3];
  const people = await Promise.all(
    limits.map((max_chats) => hire(company, "super_agent", { max_chats, add_ons: ["dispenser"] })),
  );
  for (const person of people) await floor.comes(person);
  const customers = await times(12, () => write(company));
  const answers = await Promise.all(
    people.flatMap((person) => [
      ...customers.map((customer) => person.post(person.at(customer, "/claim"))),
      ...customers.map((customer) => administrator.assign(customer, person)),
      ...upTo(4).map(() => person.post(company.path("/conversations/next"))),
    ]),
  );
  for (const { status, text } of answers) assert.ok([200, 204, 409].includes(status), text);
  await until(
    async () => (await Promise.all(people.map(onBoard))).every(({ open, limit }) => open === limit),
    "all are full",
  );
  const holders = await Promise.all(customers.map(holder));
  const had = people.map(({ id }) => holders.filter((one) => one === id).length);
  assert.deepEqual(had, limits, "by the conversations' own word");
  await waitFor(company, customers.length - 6);
});

test("49: only who works here and may be assigned is", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  const { administrator } = company;
  const conversation = await write(company);
  const invited = await invite(company, ["agent"]);
  const path = administrator.at(conversation, "/assignee");
  const foreign = await hire(other, "agent");
  const never = await Promise.all(
    ["stakeholder", "marketing", "compliance", "order_payment_admin"].map((role) => hire(company, role)),
  );
  for (const agent_id of [invited.agent.id, foreign.id, conversation.id, ...never.map((one) => one.id)]) {
    (await administrator.put(path, { agent_id })).refused(422, "not_assignable");
  }
  (await administrator.put(path, { agent_id: "nobody" })).refusedField("agent_id");
  (await administrator.put(path, {})).refusedField("agent_id", "required");
  assert.equal((await administrator.read(conversation)).rev, 2);
  (await administrator.assign(conversation, await hire(company, "agent"))).good(200);
});

test("49: nor is an administrator, or who is disabled or removed", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const supervisor = await hire(company, "supervisor");
  const both = await hire(company, ["administrator", "agent"]);
  const [disabled, removed] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  (await administrator.put(company.path(`/agents/${disabled.id}/disabled`), {})).good(200);
  (await administrator.delete(company.path(`/agents/${removed.id}`))).good();
  const { rev } = await supervisor.read(conversation);
  for (const one of [administrator, both, disabled, removed]) {
    (await supervisor.assign(conversation, one)).refused(422, "not_assignable");
    const forced = { agent_id: one.id, force: true };
    (await supervisor.put(supervisor.at(conversation, "/assignee"), forced)).refused(422, "not_assignable");
  }
  assert.equal((await supervisor.read(conversation)).rev, rev);
  (await administrator.delete(company.path(`/agents/${disabled.id}/disabled`))).good();
  (await supervisor.assign(conversation, disabled)).good(200);
});

test("50: whoever gets room is dealt what waited longest, within two seconds", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced", max_chats: 1 });
  const agent = await hire(company, "agent");
  await floor.comes(agent);
  const customers = await writeMany(company, 5);
  const [first] = customers;
  assert.ok(first);
  await isWith(first, agent);
  for (const [at, waited] of customers.slice(1).entries()) {
    const before = customers[at] ?? assert.fail();
    const freed = performance.now();
    (await company.administrator.setStatus(before, "closed")).good(200);
    await isWith(waited, agent);
    assert.ok(performance.now() - freed < 2_000, "within two seconds");
    await waitFor(company, customers.length - 2 - at);
  }
});

test("50: while nobody is there everything waits, and is dealt to whoever comes", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "balanced", max_chats: 2 });
  const agent = await hire(company, "agent");
  const customers = await writeMany(company, 4);
  await waitFor(company, 4);
  assert.deepEqual(await Promise.all(customers.map(holder)), [undefined, undefined, undefined, undefined]);
  const came = performance.now();
  await floor.comes(agent);
  const [first, second, ...rest] = customers;
  assert.ok(first && second);
  await isWith(first, agent);
  await isWith(second, agent);
  assert.ok(performance.now() - came < 2_000, "within two seconds");
  await waitFor(company, 2);
  assert.deepEqual(await Promise.all(rest.map(holder)), [undefined, undefined]);
});

test("51: an alarm that rings early, twice at once or late closes once, and tells the customer once", async () => {
  const build = buildWithBell();
  const ringing = await startDesk({ scriptDir: build.scriptDir });
  after(async () => {
    await ringing.stop();
    build.remove();
  });
  const company = await found(ringing);
  const agent = await hire(company, "supervisor");
  await set(company, { pending_close_after: "PT2S" });
  const conversation = await write(company);
  await agent.reply(conversation, "Does it work now?");
  const seen = async () =>
    (await agent.events(conversation)).map((/** @type {any} */ { what, to, kind }) => what ?? to ?? kind);
  const mails = async (/** @type {string} */ subject) =>
    (await mailsTo(ringing, conversation.email)).filter((mail) => mail.subject.includes(subject)).length;

  const pending = await seen();
  await ring(ringing, conversation, 5);
  assert.deepEqual(await seen(), pending, "early, nothing is due");

  await until(
    async () => {
      await ring(ringing, conversation, 3);
      return (await agent.read(conversation)).status === "closed";
    },
    "it closes",
    10,
  );
  assert.deepEqual(await seen(), [...pending, "reminded", "closed"]);

  await until(async () => (await mails("solved")) > 0, "he was asked whether it is solved");
  const { rev } = await agent.read(conversation);
  await ring(ringing, conversation, 5);
  assert.equal((await agent.read(conversation)).rev, rev, "late, nothing is left to do");
  assert.equal(await mails("solved"), 1);
  const other = await write(company);
  await ring(ringing, other, 3);
  await until(async () => (await mailsTo(ringing, other.email)).length > 0, "the link is mailed");
  await ring(ringing, other, 3);
  assert.equal((await mailsTo(ringing, other.email)).length, 1, "and mailed once");
});
