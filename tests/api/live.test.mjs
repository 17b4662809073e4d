// WebSockets: what is heard, what is said, and how one comes back.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { Actor } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { asProgram, found, hire, words, write } from "../support/world.mjs";

/** @typedef {import("../support/listener.mjs").Listener} Listener */
/** @typedef {import("../support/world.mjs").Conversation} Conversation */

const FRAME_BYTES = 65_536;

const desk = await startDesk();
/** @type {Listener[]} */
const opened = [];
after(async () => {
  for (const listener of opened) listener.close();
  await desk.stop();
});

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");

/** @param {Actor} actor @param {string} path */
async function listen(actor, path) {
  const listener = await actor.listen(path);
  opened.push(listener);
  return listener;
}

/** @param {Conversation} conversation @param {string} [query] */
const samAt = (conversation, query = "") => listen(sam, sam.at(conversation, `/live${query}`));

/** @param {import("../support/world.mjs").Customer} conversation @param {string} [query] */
const customerAt = (conversation, query = "") => listen(conversation, conversation.path(`/live${query}`));

/** @param {Listener} listener */
const seqs = (listener) => listener.events.map(({ seq }) => seq);

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** A message padded to a frame of exactly so many bytes. @param {{ client_id: string, body: string }} said @param {number} bytes */
const padded = (said, bytes) => JSON.stringify({ type: "message", ...said }).padEnd(bytes, " ");

test("the first frame says where the log is", async () => {
  const conversation = await write(lamps);
  await sam.comment(conversation, "Hm.");
  const [agent, customer] = [await samAt(conversation), await customerAt(conversation)];
  await agent.hears({ type: "hello", head: 3 });
  await customer.hears({ type: "hello", head: 2 });
  assert.deepEqual([agent.frames[0]?.type, customer.frames[0]?.type], ["hello", "hello"]);
});

test("what happens is heard live, by agents as it is and by the customer as it is for him", async () => {
  const conversation = await write(lamps);
  const nadia = await hire(lamps, "super_agent");
  const [agent, customer] = [await samAt(conversation), await customerAt(conversation)];
  const other = await listen(nadia, nadia.at(conversation, "/live"));
  await sam.take(conversation);
  await sam.comment(conversation, "between us");
  await sam.reply(conversation, "Good morning.");
  await conversation.write("Good morning!");
  (await sam.setStatus(conversation, "closed")).good();

  const inside = (await sam.events(conversation)).slice(2);
  const outside = (await conversation.read()).events.slice(2);
  for (const [listener, wanted] of /** @type {const} */ ([
    [agent, inside],
    [other, inside],
    [customer, outside],
  ])) {
    await until(() => listener.events.length >= wanted.length, "all is heard");
    assert.deepEqual(
      listener.events.map(({ event }) => event),
      wanted,
    );
    assert.deepEqual(
      seqs(listener),
      wanted.map((/** @type {any} */ event) => event.seq),
    );
  }
});

test("words said on a socket are acknowledged, heard by all and in the log; said twice they are one", async () => {
  const conversation = await write(lamps);
  const [agent, customer] = [await samAt(conversation), await customerAt(conversation)];
  const [reply, comment, question] = [words("By socket."), words("Inside."), words("From outside.")];
  agent.send({ type: "message", ...reply });
  assert.equal((await agent.hears({ type: "ack", client_id: reply.client_id })).seq, 3);
  agent.send({ type: "note", ...comment });
  const noted = await agent.hears({ type: "ack", client_id: comment.client_id });
  customer.send({ type: "message", ...question });
  const asked = await customer.hears({ type: "ack", client_id: question.client_id });
  await agent.hearsMessage(question.body);
  await customer.hearsMessage(reply.body);

  const inside = await sam.events(conversation);
  const outside = (await conversation.read()).events;
  assert.equal(inside[noted.seq - 1].body, comment.body);
  assert.equal(outside[asked.seq - 1].body, question.body);

  agent.send({ type: "message", ...reply });
  await until(
    () => agent.frames.filter(({ client_id }) => client_id === reply.client_id).length === 2,
    "a second ack",
  );
  const acks = agent.frames.filter(({ client_id }) => client_id === reply.client_id);
  assert.deepEqual(acks[0], acks[1]);
  const again = (await sam.post(sam.at(conversation, "/messages"), reply)).good(201);
  assert.equal(again.seq, acks[0].seq, "over HTTP it is the same words");
  assert.equal((await sam.events(conversation)).length, inside.length);
});

test("words that are refused are refused by name, and the socket goes on", async () => {
  const conversation = await write(lamps);
  const compliance = await hire(lamps, "compliance");
  const reader = await listen(compliance, compliance.at(conversation, "/live"));
  const agent = await samAt(conversation);
  const said = words("mine");
  agent.send({ type: "message", ...said });
  await agent.hears({ type: "ack", client_id: said.client_id });

  const [forbidden, empty] = [words("I may not"), words("  ")];
  reader.send({ type: "message", ...forbidden });
  const refusal = await reader.hears({ type: "refused", client_id: forbidden.client_id });
  assert.equal(refusal.code, "forbidden");
  assert.ok(refusal.detail);
  agent.send({ type: "message", ...empty });
  assert.equal((await agent.hears({ type: "refused", client_id: empty.client_id })).code, "required");
  agent.send({ type: "message", ...said, body: "something else" });
  assert.equal((await agent.hears({ type: "refused", client_id: said.client_id })).code, "client_id_reused");
  await conversation.write("Still there?");
  for (const listener of [agent, reader]) await listener.hearsMessage("Still there?");
});

test("59: a frame that is none is refused, and the socket goes on", async () => {
  const conversation = await write(lamps);
  for (const listener of [await samAt(conversation), await customerAt(conversation)]) {
    const malformed = [
      "{",
      "hello",
      "[]",
      "null",
      '{"type":"shout"}',
      '{"type":"message","body":"no name"}',
      '{"type":"message","client_id":"x","body":"x"}',
      JSON.stringify({ type: "message", ...words("x"), kind: "note" }),
      '{"type":"read","seq":-1}',
      `${"[".repeat(20_000)}`,
      new Uint8Array([0xff, 0xfe, 0x00]),
    ];
    for (const [n, frame] of malformed.entries()) {
      listener.send(frame);
      await until(
        () => listener.frames.filter(({ type }) => type === "refused").length === n + 1,
        `frame ${n} is refused`,
      );
    }
    const said = words("after all that");
    listener.send({ type: "message", ...said });
    await listener.hears({ type: "ack", client_id: said.client_id });
  }
  assert.equal(
    (await sam.events(conversation)).filter((/** @type {any} */ event) => event.kind === "message").length,
    3,
  );
});

test("52: a frame of 64 KiB is heard, one byte more closes the socket with 1009, and nobody else's", async () => {
  const conversation = await write(lamps);
  const witness = await samAt(conversation);
  for (const join of [samAt, customerAt]) {
    const listener = await join(conversation);
    const said = words("as long as may be");
    listener.send(padded(said, FRAME_BYTES));
    await listener.hears({ type: "ack", client_id: said.client_id });
    const { rev } = await sam.read(conversation);
    listener.send(padded(words("too long"), FRAME_BYTES + 1));
    assert.equal(await listener.closed(), 1009);
    assert.equal((await sam.read(conversation)).rev, rev);
  }
  const feed = await listen(sam, sam.path("/live"));
  feed.send("x".repeat(FRAME_BYTES + 1));
  assert.equal(await feed.closed(), 1009);
  await conversation.write("And the witness?");
  await witness.hearsMessage("And the witness?");
});

test("ping is answered pong", async () => {
  const conversation = await write(lamps);
  for (const listener of [
    await samAt(conversation),
    await customerAt(conversation),
    await listen(sam, sam.path("/live")),
  ]) {
    listener.send("ping");
    await until(() => listener.texts.includes("pong"), "pong is heard");
  }
});

test("who is writing is told to the others, by the name each knows, and leaves no trace", async () => {
  const conversation = await write(lamps);
  const shy = await hire(lamps, "supervisor", { first_name: "Inward", last_name: "Name" });
  (await shy.patch(lamps.path("/me"), { public_name: "Sunny" })).good();
  const [agent, colleague] = [await listen(shy, shy.at(conversation, "/live")), await samAt(conversation)];
  const customer = await customerAt(conversation);
  agent.send({ type: "typing" });
  assert.equal((await colleague.hears({ type: "typing" })).who, "Inward Name");
  assert.equal((await customer.hears({ type: "typing" })).who, "Sunny");
  customer.send({ type: "typing" });
  assert.equal((await agent.hears({ type: "typing" })).who, "Marta Lindholm");
  await until(
    () => colleague.frames.filter(({ type }) => type === "typing").length === 2,
    "the colleague hears both",
  );
  assert.equal(customer.frames.filter(({ type }) => type === "typing").length, 1, "not one's own");
  assert.equal((await sam.read(conversation)).rev, 2);
});

test("nothing is lost or doubled between what was missed and what comes, however busy it is", async () => {
  const conversation = await write(lamps);
  const senders = range(1, 4).map(async (sender) => {
    for (const n of range(1, 15)) await conversation.write(`sender ${sender}, ${n}`);
  });
  const listeners = [];
  for (const _ of range(1, 6)) {
    listeners.push(await samAt(conversation, "?after=0"), await customerAt(conversation, "?after=0"));
  }
  await Promise.all(senders);
  const { rev } = await sam.read(conversation);
  assert.equal(rev, 62);
  for (const listener of listeners) {
    await until(() => listener.events.length >= rev, "all is heard");
    assert.deepEqual(seqs(listener), range(1, rev));
    listener.close();
  }
});

test("open sockets survive a crash of the runtime as a reconnection, without loss", async () => {
  const conversation = await write(lamps);
  const listener = await samAt(conversation, "?after=0");
  await until(() => listener.events.length === 2, "the beginning is heard");
  await desk.runtime.crash();
  await conversation.write("After the crash.");
  const again = await samAt(conversation, `?after=${seqs(listener).at(-1)}`);
  await again.hearsMessage("After the crash.");
  assert.deepEqual(seqs(again), [3]);
});

test("the feed tells of each change of a conversation one sees, in the order of the list", async () => {
  const company = await found(desk);
  const nadia = await hire(company, "super_agent");
  const feed = await listen(nadia, nadia.path("/live"));
  await feed.hears({ type: "hello", head: 0 });
  const conversation = await write(company);
  await nadia.take(conversation);
  await nadia.reply(conversation, "Hello.");
  const now = await nadia.read(conversation);
  const last = await until(
    () => feed.events.find(({ event }) => event.conversation?.rev === now.rev),
    "the newest is told",
  );
  assert.deepEqual(last.event.conversation, now);
  const { items } = (await nadia.get(nadia.path("/conversations"))).good();
  assert.deepEqual(items[0], now, "the list is no older than the feed");
  assert.deepEqual(
    seqs(feed),
    [...seqs(feed)].sort((a, b) => a - b),
  );
});

test("the feed tells an agent nothing of what he does not see", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const feed = await listen(agent, agent.path("/live?after=0"));
  const hidden = await write(company, { subject: "Confidential subject" });
  const shown = await write(company);
  (await company.administrator.assign(shown, agent)).good();
  await until(() => feed.events.some(({ event }) => event.conversation?.id === shown.id), "his own is told");
  assert.ok(!feed.texts.join().includes(hidden.id) && !feed.texts.join().includes("Confidential"));
  const again = await listen(agent, agent.path("/live?after=0"));
  await until(
    () => again.events.some(({ event }) => event.conversation?.id === shown.id),
    "his own is told again",
  );
  assert.ok(!again.texts.join().includes(hidden.id) && !again.texts.join().includes("Confidential"));
});

test("the feed is resumed from a position, or started over where there is none such", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const feed = await listen(administrator, company.path("/live"));
  const [a, b] = [await write(company), await write(company)];
  await until(() => feed.events.some(({ event }) => event.conversation?.id === b.id), "both are told");
  const first = feed.events.find(({ event }) => event.conversation?.id === a.id);
  const resumed = await listen(administrator, company.path(`/live?after=${first?.seq}`));
  await until(() => resumed.events.length > 0, "what was missed is told");
  assert.deepEqual(
    resumed.events.map(({ event }) => event.conversation.id),
    [b.id],
  );
  const lost = await listen(administrator, company.path("/live?after=1000000"));
  await lost.hears({ type: "resync" });
});

test("an agent hears a conversation from when he has it", async () => {
  const company = await found(desk);
  const [brit, clara] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  await assert.rejects(brit.listen(brit.at(conversation, "/live")), { status: 404 });
  (await company.administrator.assign(conversation, brit)).good();
  const mine = await listen(brit, brit.at(conversation, "/live"));
  await conversation.write("For Brit.");
  await mine.hearsMessage("For Brit.");
  await assert.rejects(clara.listen(clara.at(conversation, "/live")), { status: 404 });
});

test("59: a socket by cookie comes from our own pages, one by bearer from anywhere", async () => {
  const conversation = await write(lamps);
  const token = await asProgram(sam);
  const customer = conversation.inBrowser();
  for (const [byCookie, byBearer, path] of /** @type {[Actor, Actor, string][]} */ ([
    [sam, token, sam.at(conversation, "/live")],
    [sam, token, sam.path("/live")],
    [customer, conversation, conversation.path("/live")],
  ])) {
    (await listen(byCookie, path)).close();
    (await listen(byBearer, path)).close();
    (await listen(byBearer.with({ origin: "https://evil.example" }), path)).close();
    for (const origin of [
      undefined,
      "https://evil.example",
      "null",
      `${desk.url}.evil.example`,
      desk.url.replace("127.0.0.1", "localhost"),
    ]) {
      await assert.rejects(byCookie.with({ origin }).listen(path), { status: 403 }, `${origin} at ${path}`);
    }
    await assert.rejects(new Actor(desk).listen(path), ({ status }) => status === 401 || status === 404);
  }
});

test("a live address without an upgrade says what it wants", async () => {
  const conversation = await write(lamps);
  (await sam.get(sam.at(conversation, "/live"))).refused(426, "upgrade_required");
  (await sam.get(sam.path("/live"))).refused(426, "upgrade_required");
  (await conversation.get(conversation.path("/live"))).refused(426, "upgrade_required");
});

test("59: a token is no part of an address", async () => {
  const conversation = await write(lamps);
  for (const name of ["token", "access_token", "secret", "key"]) {
    const path = conversation.path(`/live?${name}=${conversation.secret}`);
    await assert.rejects(new Actor(desk).listen(path), { status: 404 });
    (await new Actor(desk).get(`/api/companies?${name}=${sam.session}`)).refused(401);
  }
});

test("a socket that says much is heard in order", async () => {
  const conversation = await write(lamps);
  const agent = await samAt(conversation);
  const said = range(1, 40).map((n) => words(`line ${n} ${randomUUID()}`));
  for (const one of said) agent.send({ type: "message", ...one });
  for (const { client_id } of said) await agent.hears({ type: "ack", client_id });
  const events = await sam.events(conversation);
  const bodies = events.filter((/** @type {any} */ event) => event.by.kind === "agent" && event.body);
  assert.deepEqual(
    bodies.map((/** @type {any} */ event) => event.body),
    said.map(({ body }) => body),
  );
});
