// Colleagues in internal comments, and those who follow a conversation without having had it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { Floor } from "../support/floor.mjs";
import { found, hire, words, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 */

const { desk, floor } = await Floor.open();

/** @param {Member} by @param {Conversation} conversation @param {Member[]} named @param {string} [body] */
const mention = (by, conversation, named, body = "Have a look.") =>
  by.post(by.at(conversation, "/notes"), { ...words(body), mentions: named.map(({ id }) => id) });

/** @param {Member} by @param {Conversation} conversation @param {Member} who */
const follower = (by, conversation, who) => by.at(conversation, `/followers/${who.id}`);

/** @param {Member} by @param {Conversation} conversation @returns {Promise<string[]>} ids */
const followers = async (by, conversation) =>
  (await by.read(conversation)).followers.map((/** @type {{ id: string }} */ { id }) => id);

test("whoever is named in a comment sees the conversation from then on", async () => {
  const company = await found(desk);
  const [ana, ben, cleo] = await Promise.all([
    hire(company, "super_agent"),
    hire(company, "agent"),
    hire(company, "supervisor"),
  ]);
  const conversation = await write(company);
  (await ben.get(ben.at(conversation))).refused(404);
  const client_id = randomUUID();
  const comment = {
    client_id,
    body: `@${ben.name} and @${cleo.name}, look.`,
    mentions: [ben.id, cleo.id, ben.id],
  };
  const { seq, event } = (await ana.post(ana.at(conversation, "/notes"), comment)).good(201);
  assert.equal(event.kind, "note");
  assert.deepEqual(
    event.mentions.toSorted((/** @type {any} */ a, /** @type {any} */ b) => a.id.localeCompare(b.id)),
    [ben, cleo].map(({ id, name }) => ({ id, name })).toSorted((a, b) => a.id.localeCompare(b.id)),
  );
  assert.deepEqual(await followers(ben, conversation), [ben.id], "he did not see it before; she did");
  const after = (await ana.post(ana.at(conversation, "/notes"), comment)).good(201);
  assert.equal(after.seq, seq, "sent again, it is said once");
  (await ana.post(ana.at(conversation, "/notes"), { ...comment, mentions: [cleo.id] })).refused(
    409,
    "client_id_reused",
  );

  const customer = JSON.stringify(await conversation.read());
  assert.ok(!customer.includes(ben.id) && !customer.includes(ben.name), "the customer knows nothing of it");
});

test("nobody is shown a conversation by whoever may not give it away", async () => {
  const company = await found(desk);
  const [clerk, hidden, marketing, boss] = await Promise.all([
    hire(company, "agent"),
    hire(company, "agent"),
    hire(company, "marketing"),
    hire(company, "supervisor"),
  ]);
  const conversation = await write(company);
  (await boss.assign(conversation, clerk)).good(200);
  const before = (await clerk.events(conversation)).length;
  (await mention(clerk, conversation, [hidden])).refused(422, "may_not_see");
  assert.equal((await clerk.events(conversation)).length, before, "nothing was said");
  (await hidden.get(hidden.at(conversation))).refused(404);
  (await mention(clerk, conversation, [boss])).good(201);
  (await clerk.put(follower(clerk, conversation, hidden), {})).refused(422, "may_not_see");
  // Some never see conversations, whoever asks them in.
  (await mention(boss, conversation, [marketing])).refused(422, "may_not_see");
  (await mention(boss, conversation, [hidden])).good(201);
  (await hidden.get(hidden.at(conversation))).good(200);
});

test("only those who work here can be named, and not too many", async () => {
  const [company, other] = await Promise.all([found(desk), found(desk)]);
  const [ana, gone, stranger] = await Promise.all([
    hire(company, "super_agent"),
    hire(company, "agent"),
    hire(other, "agent"),
  ]);
  const conversation = await write(company);
  (
    await company.administrator.put(company.path(`/agents/${gone.id}/disabled`), { transfer_to: "queue" })
  ).good(200);
  for (const nobody of [gone, stranger, /** @type {any} */ ({ id: randomUUID() })])
    (await mention(ana, conversation, [ana, nobody])).refusedField("mentions", "unknown_agent");
  const many = Array.from({ length: 21 }, () => /** @type {any} */ ({ id: randomUUID() }));
  (await mention(ana, conversation, many)).refusedField("mentions", "too_long");
  (await mention(ana, conversation, [ana])).good(201);
  const message = { ...words("Hello"), mentions: [ana.id] };
  (await ana.post(ana.at(conversation, "/messages"), message)).refusedField("mentions", "unknown_field");
});

test("one follows and stops by oneself; others are let in and out by whoever gives conversations away", async () => {
  const company = await found(desk);
  const [ana, ben, clerk] = await Promise.all([
    hire(company, "super_agent"),
    hire(company, "agent"),
    hire(company, "agent"),
  ]);
  const conversation = await write(company);
  assert.deepEqual((await ana.put(follower(ana, conversation, ana), {})).good(200).followers, [
    { id: ana.id, name: ana.name },
  ]);
  (await ana.put(follower(ana, conversation, ana), {})).good(200);
  (await ben.put(follower(ben, conversation, ben), {})).refused(404);
  (await ana.put(follower(ana, conversation, ben), {})).good(200);
  assert.deepEqual((await followers(ben, conversation)).toSorted(), [ana.id, ben.id].toSorted());
  (await ana.put(follower(ana, conversation, clerk), {})).good(200);
  (await ben.delete(follower(ben, conversation, clerk))).refused(403);
  (await ana.delete(follower(ana, conversation, clerk))).good(200);
  (await clerk.get(clerk.at(conversation))).refused(404);
  const left = await ben.delete(follower(ben, conversation, ben));
  left.good(200);
  (await ben.get(ben.at(conversation))).refused(404);
  (await ana.put(ana.at(conversation, `/followers/${randomUUID()}`), {})).refused(404);
  (await ana.put(ana.at(conversation, "/followers/nobody"), {})).refused(404);

  const kinds = (await ana.events(conversation)).filter(
    (/** @type {any} */ { kind }) => kind === "participant",
  );
  assert.deepEqual(
    kinds.map((/** @type {any} */ { agent, on }) => [agent.id, on]),
    [
      [ana.id, true],
      [ben.id, true],
      [clerk.id, true],
      [clerk.id, false],
      [ben.id, false],
    ],
  );
});

test("one is offered whom one may name", async () => {
  const company = await found(desk);
  const [boss, clerk, hidden, marketing] = await Promise.all([
    hire(company, "supervisor"),
    hire(company, "agent"),
    hire(company, "agent"),
    hire(company, "marketing"),
  ]);
  const conversation = await write(company);
  (await boss.assign(conversation, clerk)).good(200);
  /** @param {Member} member */
  const offered = async (member) => {
    const { items } = (await member.get(member.at(conversation, "/colleagues"))).good(200);
    return new Map(items.map((/** @type {any} */ { id, sees }) => [id, sees]));
  };
  const byBoss = await offered(boss);
  assert.deepEqual(
    [boss, clerk, hidden, marketing, company.administrator].map(({ id }) => byBoss.get(id)),
    [true, true, false, undefined, true],
  );
  const byClerk = await offered(clerk);
  assert.deepEqual(
    [boss, clerk, hidden].map(({ id }) => byClerk.get(id)),
    [true, true, undefined],
  );
  (await hidden.get(hidden.at(conversation, "/colleagues"))).refused(404);
});

test("a comment over the socket names colleagues as well", async () => {
  const company = await found(desk);
  const [ana, ben] = await Promise.all([hire(company, "super_agent"), hire(company, "agent")]);
  const conversation = await write(company);
  const line = await ana.listen(ana.at(conversation, "/live"));
  floor.others.push(line);
  await line.hears({ type: "hello" });
  const nobody = randomUUID();
  line.send({ type: "note", client_id: nobody, body: "Look", mentions: [randomUUID()] });
  const refused = await line.hears({ type: "refused", client_id: nobody });
  assert.equal(refused.code, "unknown_agent");
  const client_id = randomUUID();
  line.send({ type: "note", client_id, body: "Look", mentions: [ben.id] });
  await line.hears({ type: "ack", client_id });
  assert.deepEqual(await followers(ben, conversation), [ben.id]);
});
