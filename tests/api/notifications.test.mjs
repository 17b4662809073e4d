// What agents are told of under the bell: who, of what, as long as they may know; and what they have not read, by mail.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { key, mailsTo, mailTo, startDesk, stateFolder, until } from "../support/desk.mjs";
import { CLASSES, filesOf } from "../support/histories/stored.mjs";
import { found, hire, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/** @typedef {import("../support/world.mjs").Member} Member */

/** @param {Member} member @param {string} [query] @returns {Promise<any>} */
const told = async (member, query = "") =>
  (await member.get(member.path(`/notifications${query}`))).good(200);

/** The kinds that somebody was told of, newest first. @param {Member} member */
const kinds = async (member) => (await told(member)).items.map((/** @type {any} */ one) => one.kind);

/** @param {Member} member @param {string[]} expected */
const isTold = (member, expected) =>
  until(async () => {
    assert.deepEqual(await kinds(member), expected);
    return true;
  }, `${member.name} is told of ${expected}`);

/** @param {Member} member @param {object} reading */
const reads = (member, reading) => member.put(member.path("/notifications/read"), reading);

test("an agent is told of what becomes his, of its customer's answers, and of words where he takes part", async () => {
  const company = await found(desk);
  const [first, second] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  const customer = await write(company, { subject: "Broken lamp" });
  (await company.administrator.assign(customer, first)).good(200);
  await isTold(first, ["assigned"]);
  const [item] = (await told(first)).items;
  const { id, number, subject, contact } = item.conversation;
  assert.deepEqual([id, subject, contact], [customer.id, "Broken lamp", "Marta Lindholm"]);
  assert.deepEqual([item.count, item.read, typeof number], [1, false, "number"]);
  assert.equal((await told(first)).unread, 1);

  // What is not read yet is one line, however often it happens.
  await first.reply(customer, "What is it?");
  await customer.write("It does not light.");
  await customer.write("Not at all.");
  await until(async () => (await told(first)).items[0].count === 2, "both answers are one line");
  assert.deepEqual(await kinds(first), ["answered", "assigned"]);

  // A colleague's comment is told to whoever has the conversation, and his own words to nobody.
  await second.comment(customer, "I know this lamp.");
  await isTold(first, ["followed", "answered", "assigned"]);
  (await company.administrator.assign(customer, second)).good(200);
  await isTold(second, ["assigned"]);
  await customer.write("Hello?");
  await isTold(second, ["answered", "assigned"]);
  await until(async () => (await told(first)).items[0].count === 2, "who took part is told of words");
  assert.deepEqual(await kinds(company.administrator), []);
});

test("what is read is read: some, all of a conversation, everything; each on every dashboard of his", async () => {
  const company = await found(desk);
  const [agent, other] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  const feed = await agent.listen(agent.path("/live"));
  const stranger = await other.listen(other.path("/live"));
  const conversations = [];
  for (const subject of ["One", "Two", "Three"]) {
    const customer = await write(company, { subject });
    (await company.administrator.assign(customer, agent)).good(200);
    conversations.push(customer);
  }
  const frame = await feed.hears({ type: "notification" });
  assert.deepEqual(Object.keys(frame).sort(), ["conversation", "kind", "type"]);
  assert.deepEqual([frame.kind, frame.conversation.id], ["assigned", conversations[0]?.id]);
  await isTold(agent, ["assigned", "assigned", "assigned"]);

  // In parts.
  const part = await told(agent, "?limit=2");
  assert.deepEqual([part.items.length, part.unread], [2, 3]);
  const rest = await told(agent, `?limit=2&cursor=${part.next}`);
  assert.deepEqual([rest.items.length, rest.next], [1, null]);
  assert.equal(rest.items[0].conversation.subject, "One");

  assert.deepEqual((await reads(agent, { ids: [part.items[0].id] })).good(200), { unread: 2 });
  await feed.hears({ type: "notifications_read" });
  assert.deepEqual((await reads(agent, { conversation_id: conversations[0]?.id })).good(200), { unread: 1 });
  assert.equal((await told(agent, "?unread=true")).items.length, 1);
  // Nobody reads for somebody else.
  (await reads(other, { ids: [rest.items[0].id, part.items[1].id] })).good(200);
  assert.equal((await told(agent)).unread, 1);
  assert.deepEqual((await reads(agent, { all: true })).good(200), { unread: 0 });
  assert.deepEqual(
    (await told(agent)).items.map((/** @type {any} */ one) => one.read),
    [true, true, true],
  );
  assert.ok(!stranger.frames.some((/** @type {any} */ one) => one.type.startsWith("notification")));
  feed.socket.close();
  stranger.socket.close();

  (await reads(agent, {})).refusedField("ids", "required");
  (await reads(agent, { all: false })).refusedField("ids", "required");
  (await reads(agent, { all: true, ids: [] })).refusedField("ids", "required");
  (await agent.get(agent.path("/notifications?limit=0"))).refusedField("limit", "out_of_range");
  (await agent.get(agent.path("/notifications?cursor=x"))).refusedField("cursor", "unknown_value");
  (await agent.get(agent.path("/notifications?colour=red"))).refusedField("colour", "unknown_field");
});

test("what somebody may not see any more disappears, and is not counted", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const dealt = await hire(company, "agent", { add_ons: ["dispenser"] });
  const wishes = { page: { new_conversation: true } };
  for (const one of [agent, dealt]) (await one.patch(one.path("/me"), { notifications: wishes })).good(200);
  const { id: folder } = (await administrator.post(company.path("/folders"), { name: "Closed" })).good(201);
  const rights = company.path(`/folders/${folder}/rights`);
  const right = { agent_id: agent.id, see_incoming: true, assign: false };
  (await administrator.put(rights, [right])).good(200);
  const customer = await write(company);
  // Who may be dealt it knows that it exists, and no more; who may not is told nothing.
  await isTold(dealt, ["new_conversation"]);
  assert.equal((await told(dealt)).items[0].conversation, null);
  assert.deepEqual(await kinds(agent), []);

  (await administrator.assign(customer, agent)).good(200);
  await isTold(agent, ["assigned"]);
  assert.deepEqual(await kinds(dealt), [], "it waits for nobody any more");
  (await administrator.put(administrator.at(customer, "/folder"), { folder_id: folder })).good(200);
  await administrator.assign(customer, null);
  await isTold(agent, ["assigned"]);
  (await administrator.put(rights, [])).good(200);
  const role = (await administrator.get(agent.at(customer))).good(200);
  assert.equal(role.assignee, null);
  // He took part in it, which an agent goes on seeing; a role that sees only what is its own does not.
  const narrow = (
    await administrator.post(company.path("/roles"), {
      name: "Narrow",
      base: "agent",
      grants: { "conversation.view": ["own"] },
    })
  ).good(201);
  (await administrator.patch(company.path(`/agents/${agent.id}`), { roles: [narrow.id] })).good(200);
  const now = await told(agent);
  assert.deepEqual([now.items, now.unread], [[], 0]);
});

test("the customers who wait too long are for those who supervise", async () => {
  const company = await found(desk);
  (await company.administrator.patch(company.path(), { response_time: "PT1S" })).good(200);
  const [supervisor, agent] = [await hire(company, "supervisor"), await hire(company, "agent")];
  const customer = await write(company);
  (await company.administrator.assign(customer, agent)).good(200);
  await until(async () => (await kinds(supervisor)).includes("escalated"), "the supervisor is told", 15);
  assert.ok(!(await kinds(agent)).includes("escalated"));
});

test("each chooses the ways; what he leaves out stays", async () => {
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const change = async (/** @type {object} */ notifications) =>
    (await agent.patch(agent.path("/me"), { notifications })).good(200).notifications;
  const before = (await agent.get(agent.path("/me"))).good(200).notifications;
  assert.deepEqual(before.digest, { every: "off", hour: 9 });
  assert.deepEqual([before.show_content, before.sound, before.page.followed], [false, false, true]);
  const after = await change({ page: { assigned: false }, digest: { hour: 17 }, sound: true });
  assert.deepEqual(after, {
    ...before,
    page: { ...before.page, assigned: false },
    digest: { every: "off", hour: 17 },
    sound: true,
  });
  const wrong = (/** @type {object} */ notifications) => agent.patch(agent.path("/me"), { notifications });
  (await wrong({ digest: { hour: 24 } })).refusedField("notifications.digest.hour", "out_of_range");
  (await wrong({ page: { birthdays: true } })).refusedField("notifications.page.birthdays", "unknown_field");

  const customer = await write(company);
  (await company.administrator.assign(customer, agent)).good(200);
  await customer.write("Are you there?");
  await isTold(agent, ["answered"]);
});

test("the list is each one's own, of one company", async () => {
  const [company, elsewhere] = [await found(desk), await found(desk)];
  (await company.administrator.get(elsewhere.path("/notifications"))).refused(404);
  (await company.administrator.put(elsewhere.path("/notifications/read"), { all: true })).refused(404);
  const nobody = company.administrator.with({ cookie: undefined });
  (await nobody.get(company.path("/notifications"))).refused(401);
  const confined = await hire(company, "order_payment_admin");
  (await confined.get(company.path("/notifications"))).refused(404);
});

test("a digest sums up what is not read, with nothing that anybody typed; then it is silent", async () => {
  const { folder, remove } = stateFolder();
  const rings = { sessionKeys: key("a"), linkKeys: key("a"), vapidKeys: key("a") };
  let own = await startDesk({ state: folder, ...rings });
  const settings = { state: folder, port: Number(new URL(own.url).port), ...rings };
  after(async () => {
    await own.stop();
    remove();
  });
  const company = await found(own, { company: "Lamps by Night" });
  const [reader, away] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  for (const one of [reader, away]) {
    const wanted = { digest: { every: "hour" }, email: { answered: false } };
    (await one.patch(one.path("/me"), { notifications: wanted })).good(200);
    const customer = await write(company, { subject: "Secret subject", body: "Secret body" });
    (await company.administrator.assign(customer, one)).good(200);
    await customer.write("Secret again");
    await customer.write("And again");
    await isTold(one, ["answered", "assigned"]);
  }
  (await reads(reader, { all: true })).good(200);

  /** An hour later. */
  const anHourLater = async () => {
    await own.stop();
    for (const file of filesOf(folder, CLASSES.desk)) {
      const database = new DatabaseSync(file);
      const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'digests'").all().length > 0;
      if (has) database.exec("UPDATE digests SET due_at = due_at - 3600000");
      database.close();
    }
    own = await startDesk(settings);
    // Whatever is asked of the Desk has it look at what is due.
    (await company.administrator.patch(company.path("/me"), { availability: "away" })).good(200);
  };
  await anHourLater();
  const mail = await mailTo(own, away.email, "What you have not read");
  assert.match(mail.text, /#2: is yours/);
  assert.match(mail.text, /#2: the customer answered \(2 times\)/);
  assert.match(mail.text, new RegExp(`/app/${company.slug}/all/[0-9a-f-]{36}`));
  assert.doesNotMatch(mail.text + mail.html + mail.subject, /Secret|Marta|#1/);
  await anHourLater();
  assert.equal(
    (await mailsTo(own, reader.email)).filter(({ subject }) => subject.includes("not read")).length,
    0,
  );
  assert.equal(
    (await mailsTo(own, away.email)).filter(({ subject }) => subject.includes("not read")).length,
    1,
  );
});
