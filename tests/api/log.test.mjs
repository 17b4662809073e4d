// The log of a conversation: its numbers, its repeats, and what of it stays inside.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
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

test("the numbers stay without gaps when many write at once; the customer's skip internal comments", async () => {
  const conversation = await write(lamps);
  const texts = upTo(12);
  const answers = await Promise.all(
    texts.flatMap((n) => [
      conversation.post(conversation.path("/messages"), words(`customer ${n}`)),
      sam.post(sam.at(conversation, "/messages"), words(`agent ${n}`)),
      nadia.post(nadia.at(conversation, "/notes"), words(`inside ${n}`)),
    ]),
  );
  for (const answer of answers) answer.good(201);

  const events = await sam.events(conversation);
  assert.deepEqual(seqs(events), upTo(events.length));
  const publicly = (await conversation.read()).events;
  assert.deepEqual(seqs(publicly), upTo(publicly.length));
  const visible = events.filter((/** @type {any} */ event) => event.kind !== "note");
  assert.deepEqual(
    publicly.map((/** @type {any} */ event) => [event.kind, event.body]),
    visible.map((/** @type {any} */ event) => [event.kind, event.body]),
  );
  const bodies = events.map((/** @type {any} */ event) => event.body);
  for (const n of texts) {
    for (const body of [`customer ${n}`, `agent ${n}`, `inside ${n}`]) {
      assert.equal(bodies.filter((/** @type {string} */ one) => one === body).length, 1, body);
    }
  }
  for (const answer of answers.filter(({ request }) => request.includes("/companies/"))) {
    const { seq, event } = answer.body;
    assert.deepEqual(events[seq - 1], event, "the answer is the event");
  }
});

test("the same words sent twice are one event, and get the same answer", async () => {
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

test("a repeat at once is one event too", async () => {
  const conversation = await write(lamps);
  const said = words("all at once");
  const answers = await Promise.all(upTo(10).map(() => sam.post(sam.at(conversation, "/messages"), said)));
  for (const answer of answers) assert.deepEqual(answer.good(201), answers[0]?.body);
  const events = await sam.events(conversation);
  assert.equal(events.filter((/** @type {any} */ event) => event.body === said.body).length, 1);
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

// spec: B8 C17
test("an internal comment reaches colleagues, and no byte of it a customer", async () => {
  const canary = `canary${randomUUID()}`;
  const company = await found(desk);
  const [nina, otto] = [await hire(company, "super_agent"), await hire(company, "agent")];
  const conversation = await write(company);
  const listener = await conversation.listen(conversation.path("/live?after=0"));
  const colleague = await nina.listen(nina.at(conversation, "/live?after=0"));
  await nina.take(conversation);
  (await nina.post(nina.at(conversation, "/notes"), words(`${canary} by HTTP`))).good(201);
  const spoken = words(`${canary} by socket`);
  colleague.send({ type: "note", ...spoken });
  await colleague.hears({ type: "ack", client_id: spoken.client_id });
  (await nina.assign(conversation, otto)).good(200);
  await otto.comment(conversation, `${canary} by the next one`);
  await conversation.write("Is anybody there?");
  await otto.reply(conversation, "Yes.");
  await otto.comment(conversation, `${canary} as the last word`);
  (await otto.setStatus(conversation, "closed")).good(200);
  await listener.hears({ type: "event", seq: (await conversation.read()).head });

  const comments = (await nina.events(conversation)).filter(
    (/** @type {any} */ event) => event.kind === "note",
  );
  assert.equal(comments.length, 4, "colleagues have them");
  assert.equal(colleague.events.filter(({ event }) => event.body?.includes(canary)).length, 4);
  await mailTo(desk, conversation.email, "conversation");
  const again = await conversation.listen(conversation.path("/live?after=0"));
  await again.hears({ type: "event", seq: (await conversation.read()).head });
  const customers = [
    (await conversation.inBrowser().get(conversation.page())).text,
    (await conversation.get(conversation.path())).text,
    (await conversation.get(conversation.path("/events"))).text,
    (await conversation.get(conversation.path("/events?after=3&limit=1"))).text,
    listener.texts.join(),
    again.texts.join(),
    JSON.stringify(await mailsTo(desk, conversation.email)),
  ];
  for (const bytes of customers) assert.ok(bytes.length > 2 && !bytes.includes(canary));

  const previews = async () => (await nina.get(nina.path("/conversations"))).good();
  await until(async () => (await previews()).items[0]?.status === "closed", "the list is up to date");
  assert.ok(!JSON.stringify(await previews()).includes(canary), "nor a preview");
  for (const open of [listener, colleague, again]) open.close();
});

test("the customer cannot tell from numbers that there are comments", async () => {
  const [with_, without] = [await write(lamps), await write(lamps)];
  for (const conversation of [with_, without]) {
    await sam.take(conversation);
    if (conversation === with_) await sam.comment(conversation, "between us");
    await sam.reply(conversation, "Hello.");
    if (conversation === with_) await sam.comment(conversation, "between us");
    await conversation.write("Hello!");
  }
  const seen = async (/** @type {typeof with_} */ conversation) => {
    const { head, events } = await conversation.read();
    return { head, events: events.map((/** @type {any} */ { at, ...event }) => event) };
  };
  assert.deepEqual(await seen(with_), await seen(without));
});

test("a customer writes no internal comments and reads no colleagues' page", async () => {
  const conversation = await write(lamps);
  (await conversation.post(conversation.path("/notes"), words("x"))).refused(404, "not_found");
  const listener = await conversation.listen(conversation.path("/live"));
  const note = words("a comment of mine");
  listener.send({ type: "note", ...note });
  await listener.hears({ type: "refused", client_id: note.client_id });
  assert.equal((await sam.read(conversation)).rev, 2);
  listener.close();
});

test("internal comments change neither status, preview nor what waits", async () => {
  const conversation = await write(lamps);
  const { rev, last_event_at, ...before } = await sam.read(conversation);
  await sam.comment(conversation, "Hm.");
  const { rev: later, last_event_at: at, ...after } = await sam.read(conversation);
  assert.deepEqual(after, before);
  assert.ok(later === rev + 1 && at >= last_event_at);
});
