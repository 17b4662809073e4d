// The log of a conversation: its numbers, its repeats, and what of it stays inside.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startDesk } from "../support/desk.mjs";
import { found, hire, words, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const nadia = await hire(lamps, "super_agent");

/** @param {any[]} events */
const seqs = (events) => events.map((event) => event.seq);

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, n) => n + 1);

// spec: C15 C16
test("everything that happened is in the log, in order, numbered without gaps, with who did it and when", async () => {
  const conversation = await write(lamps);
  await sam.take(conversation);
  await sam.comment(conversation, "Is that the old model?");
  await sam.reply(conversation, "Which model is it?");
  await conversation.write("The old one.");
  (await sam.assign(conversation, nadia)).good();
  (await nadia.setStatus(conversation, "closed")).good();

  const events = await sam.events(conversation);
  assert.deepEqual(seqs(events), upTo(events.length));
  assert.deepEqual(
    events.map((/** @type {any} */ { kind, by }) => `${kind} by ${by.name ?? by.kind}`),
    [
      "system by Marta Lindholm",
      "message by Marta Lindholm",
      `assignment by ${sam.name}`,
      `note by ${sam.name}`,
      `message by ${sam.name}`,
      `status by ${sam.name}`,
      "message by Marta Lindholm",
      "status by Marta Lindholm",
      `assignment by ${sam.name}`,
      `status by ${nadia.name}`,
    ],
  );
  for (const [n, { at, by }] of events.entries()) {
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(n === 0 || at >= events[n - 1].at);
    assert.ok(["customer", "agent", "system"].includes(by.kind));
  }
  assert.equal(events[3].by.id, sam.id);
  const { rev, last_event_at } = await sam.read(conversation);
  assert.deepEqual([rev, last_event_at], [events.length, events.at(-1).at]);
});

test("a message's name is the sender's own, and a comment's is not a message's", async () => {
  const conversation = await write(lamps);
  const said = words("mine");
  (await sam.post(sam.at(conversation, "/messages"), said)).good(201);
  (await nadia.post(nadia.at(conversation, "/messages"), { ...said, body: "Nadia's" })).good(201);
  (await conversation.post(conversation.path("/messages"), { ...said, body: "customer's" })).good(201);
  (await sam.post(sam.at(conversation, "/notes"), said)).refused(409, "client_id_reused");
});

test("claiming under a name may be repeated, and the name is used up", async () => {
  const conversation = await write(lamps);
  const path = sam.at(conversation, "/claim");
  const client_id = randomUUID();
  const first = (await sam.post(path, { client_id })).good(200);
  assert.deepEqual((await sam.post(path, { client_id })).good(200), first);
  (await sam.post(sam.at(conversation, "/messages"), { client_id, body: "x" })).refused(
    409,
    "client_id_reused",
  );
});

test("a repeat of a claim gets its first answer, even when another has the conversation meanwhile", async () => {
  const conversation = await write(lamps);
  const path = sam.at(conversation, "/claim");
  const client_id = randomUUID();
  const first = (await sam.post(path, { client_id })).good(200);
  (await sam.assign(conversation, nadia)).good(200);
  assert.deepEqual((await sam.post(path, { client_id })).good(200), first);
  assert.equal((await sam.read(conversation)).assignee.id, nadia.id);
});

test("words need a name and something to read, at most 20,000 characters", async () => {
  const conversation = await write(lamps);
  for (const [who, path] of /** @type {const} */ ([
    [sam, sam.at(conversation, "/messages")],
    [sam, sam.at(conversation, "/notes")],
    [conversation, conversation.path("/messages")],
  ])) {
    (await who.post(path, { body: "x" })).refusedField("client_id", "required");
    (await who.post(path, { ...words("x"), client_id: "x" })).refusedField("client_id");
    (await who.post(path, { client_id: randomUUID() })).refusedField("body", "required");
    for (const body of ["", " \n ", "a\0b", "é".repeat(20_001)])
      (await who.post(path, words(body))).refusedField("body");
    assert.equal((await who.post(path, words("é".repeat(20_000)))).good(201).event.body.length, 20_000);
  }
});

test("words come out as they went in, whatever they are", async () => {
  const conversation = await write(lamps);
  for (const body of [
    "<script>alert(1)</script>",
    "'; DROP TABLE users; --",
    "‮right to left‬ 👩‍👩‍👧‍👦 Z̸͇̈a̶l̷g̵o̷",
    "{{7*7}} #{7*7} %s %00 \\u0000",
    "a\n\n\tb",
    '"quoted" & <b>bold</b>',
  ]) {
    assert.equal((await conversation.write(body)).event.body, body);
    assert.equal(
      (await sam.events(conversation)).findLast((/** @type {any} */ event) => event.kind === "message").body,
      body,
    );
  }
});

test("events are read in parts, from any position", async () => {
  const conversation = await write(lamps);
  for (const n of upTo(8)) await conversation.write(`words ${n}`);
  const all = await sam.events(conversation);
  assert.equal(all.length, 10);
  for (const limit of [1, 3, 9, 10]) {
    const parts = [];
    for (let after = "0"; after !== null; ) {
      const part = (await sam.get(sam.at(conversation, `/events?after=${after}&limit=${limit}`))).good();
      assert.ok(part.items.length <= limit);
      assert.equal(part.head, 10);
      parts.push(...part.items);
      after = part.next;
    }
    assert.deepEqual(parts, all);
  }
  assert.deepEqual(await sam.events(conversation, "?after=7"), all.slice(7));
  assert.deepEqual(await sam.events(conversation, "?after=10"), []);
  assert.deepEqual(await sam.events(conversation, "?after=9007199254740991"), []);
  for (const query of [
    "after=-1",
    "after=x",
    "limit=0",
    "limit=1001",
    "limit=x",
    "before=3",
    "after=99999999999999999999",
  ]) {
    (await sam.get(sam.at(conversation, `/events?${query}`))).refused(422);
  }
});

test("what is acknowledged can be read at once, also right after a conversation was opened", async () => {
  for (const n of upTo(20)) {
    const conversation = await write(lamps);
    assert.equal((await sam.read(conversation)).rev, 2);
    assert.equal((await sam.events(conversation)).length, 2);
    const { seq } = await sam.comment(conversation, `comment ${n}`);
    assert.equal((await sam.events(conversation)).at(-1).seq, seq);
    assert.equal((await sam.read(conversation)).rev, seq);
  }
});
