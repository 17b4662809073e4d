// Statuses: new → pending → open → closed, by hand and by themselves.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, words, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Customer} Customer */

const STATUSES = ["new", "pending", "open", "closed", "snoozed"];
const FAR = "2999-01-01T00:00:00.000Z";

const desk = await startDesk();
after(() => desk.stop());

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const hasty = await found(desk);
const hastySam = await hire(hasty, "supervisor");
(await hasty.administrator.patch(hasty.path(), { pending_close_after: "PT1S" })).good(200);

/** @type {Record<string, (conversation: Customer) => Promise<unknown>>} */
const BRING_TO = {
  new: async () => {},
  pending: (conversation) => sam.reply(conversation, "Good morning."),
  open: async (conversation) => {
    await sam.reply(conversation, "Good morning.");
    await conversation.write("And now?");
  },
  closed: async (conversation) => (await sam.setStatus(conversation, "closed")).good(),
  snoozed: async (conversation) => (await sam.setStatus(conversation, "snoozed", FAR)).good(),
};

/** @param {string} status */
async function conversationThatIs(status) {
  const conversation = await write(lamps);
  await BRING_TO[status]?.(conversation);
  assert.equal((await sam.read(conversation)).status, status);
  return conversation;
}

/** @param {Customer} conversation */
const statusOf = async (conversation) => (await sam.read(conversation)).status;

// spec: C14
test("a conversation is new, pending once an agent replied, open once the customer did, and each step is in its log", async () => {
  const conversation = await write(lamps);
  const steps = [await statusOf(conversation)];
  await sam.reply(conversation, "Good morning.");
  steps.push(await statusOf(conversation));
  await conversation.write("And now?");
  steps.push(await statusOf(conversation));
  (await sam.setStatus(conversation, "closed")).good(200);
  steps.push(await statusOf(conversation));
  assert.deepEqual(steps, ["new", "pending", "open", "closed"]);

  const changes = (await sam.events(conversation)).filter(
    (/** @type {any} */ event) => event.kind === "status",
  );
  assert.deepEqual(
    changes.map((/** @type {any} */ event) => event.to),
    steps.slice(1),
  );
  assert.deepEqual(
    changes.map((/** @type {any} */ event) => event.by.kind),
    ["agent", "customer", "agent"],
  );
});

test("the customer's next words leave a new conversation new, and wait since the first", async () => {
  const conversation = await write(lamps);
  const before = await sam.read(conversation);
  await conversation.write("One more thing.");
  const after = await sam.read(conversation);
  assert.equal(after.status, "new");
  assert.equal(after.waiting_since, before.waiting_since);
  assert.deepEqual([before.unread, after.unread], [1, 2]);
  await sam.reply(conversation, "Yes?");
  const answered = await sam.read(conversation);
  assert.deepEqual([answered.waiting_since, answered.unread], [null, 0]);
});

// What an agent may set by hand: back to new never, reopening always.
/** @type {Record<string, string[]>} */
const ALLOWED = {
  new: ["pending", "closed", "snoozed"],
  pending: ["open", "closed", "snoozed"],
  open: ["pending", "closed", "snoozed"],
  closed: ["open"],
  snoozed: ["open", "pending", "closed"],
};

for (const from of STATUSES) {
  test(`an agent sets what may follow ${from}, and nothing else`, async () => {
    for (const to of STATUSES.filter((status) => status !== from)) {
      const conversation = await conversationThatIs(from);
      const { rev } = await sam.read(conversation);
      const answer = await sam.setStatus(conversation, to, to === "snoozed" ? FAR : undefined);
      const legal = ALLOWED[from]?.includes(to);
      if (legal) assert.equal(answer.good(200).status, to);
      else answer.refused(409, "illegal_transition");
      const now = await sam.read(conversation);
      assert.deepEqual([now.status, now.rev], legal ? [to, rev + 1] : [from, rev], `${from} → ${to}`);
    }
  });

  test(`setting ${from} where it is so already changes nothing`, async () => {
    const conversation = await conversationThatIs(from);
    const { rev } = await sam.read(conversation);
    const answer = await sam.setStatus(conversation, from, from === "snoozed" ? FAR : undefined);
    assert.equal(answer.good(200).status, from);
    assert.equal((await sam.read(conversation)).rev, rev);
  });

  test(`the customer's words open what is ${from}, unless nobody answered yet`, async () => {
    const conversation = await conversationThatIs(from);
    await conversation.write("Hello again.");
    // The snoozed one was put aside before anybody answered.
    assert.equal(await statusOf(conversation), ["new", "snoozed"].includes(from) ? "new" : "open");
  });

  test(`an agent's words make pending what is ${from}`, async () => {
    const conversation = await conversationThatIs(from);
    await sam.reply(conversation, "Good evening.");
    assert.equal(await statusOf(conversation), "pending");
  });
}

// spec: C5
test("customers and agents close a conversation, and open it again at any time", async () => {
  for (const from of ["new", "pending", "open"]) {
    const conversation = await conversationThatIs(from);
    assert.equal((await conversation.setStatus("closed")).good(200).status, "closed");
    assert.equal(await statusOf(conversation), "closed");
    assert.equal((await conversation.setStatus("closed")).good(200).status, "closed");
    assert.equal((await conversation.setStatus("open")).good(200).status, "open");
    assert.equal(await statusOf(conversation), "open");
    (await sam.setStatus(conversation, "closed")).good(200);
    assert.equal((await conversation.read()).status, "closed");
    (await sam.setStatus(conversation, "open")).good(200);
    assert.equal((await conversation.read()).status, "open");
  }
});

test("a customer sets nothing but closed and open again", async () => {
  for (const from of ["new", "pending"]) {
    const conversation = await conversationThatIs(from);
    for (const to of STATUSES.filter((status) => status !== from && status !== "closed")) {
      assert.ok([409, 422].includes((await conversation.setStatus(to)).status), `${from} → ${to}`);
    }
    assert.equal(await statusOf(conversation), from);
  }
  (await (await conversationThatIs("new")).setStatus("done")).refusedField("status");
});

test("closing and opening again moves the assignment's epoch", async () => {
  const conversation = await write(lamps);
  const taken = await sam.take(conversation);
  const closed = (await sam.setStatus(conversation, "closed")).good(200);
  assert.ok(closed.assignment_epoch > taken.assignment_epoch);
  const opened = (await sam.setStatus(conversation, "open")).good(200);
  assert.ok(opened.assignment_epoch > closed.assignment_epoch);
});

test("who may not close, does not", async () => {
  const conversation = await write(lamps);
  const compliance = await hire(lamps, "compliance");
  assert.equal(
    (await compliance.setStatus(conversation, "closed")).refused(403).missing,
    "conversation.close",
  );
  assert.equal(
    (await compliance.post(compliance.at(conversation, "/messages"), words("x"))).refused(403).missing,
    "conversation.reply",
  );
  const agent = await hire(lamps, "agent");
  (await agent.setStatus(conversation, "closed")).refused(404);
  (await lamps.administrator.assign(conversation, agent)).good(200);
  (await agent.setStatus(conversation, "closed")).good(200);
  (await compliance.setStatus(conversation, "open")).refused(403);
  (await agent.setStatus(conversation, "open")).good(200);
});

// spec: A18 H7
test("a pending conversation closes by itself after the company's time, and tells whom it concerns", async () => {
  const conversation = await write(hasty);
  const patient = await conversationThatIs("pending");
  const [agents, customers] = [
    await hastySam.listen(hastySam.at(conversation, "/live")),
    await conversation.listen(conversation.path("/live")),
  ];
  await hastySam.reply(conversation, "Does it work now?");
  const pending = await hastySam.read(conversation);
  assert.equal(pending.status, "pending");
  assert.ok(Date.parse(pending.closes_at) - Date.parse(pending.last_event_at) === 1_000);

  await until(async () => (await hastySam.read(conversation)).status === "closed", "it is closed");
  const last = (await hastySam.events(conversation)).at(-1);
  assert.deepEqual([last.kind, last.to, last.by.kind], ["status", "closed", "system"]);
  assert.ok(Date.parse(last.at) - Date.parse(pending.last_event_at) >= 1_000, "not too early");
  assert.equal((await conversation.read()).status, "closed");
  for (const listener of [agents, customers]) {
    await until(() => listener.events.some(({ event }) => event.to === "closed"), "the listeners are told");
    listener.close();
  }
  const listed = async () =>
    (await hasty.administrator.get(hasty.path("/conversations?status=closed"))).good().items;
  await until(
    async () => (await listed()).some((/** @type {any} */ one) => one.id === conversation.id),
    "the list has it",
  );
  assert.equal(await statusOf(patient), "pending", "another company's time is its own");

  await conversation.write("No, it does not.");
  assert.equal((await hastySam.read(conversation)).status, "open");
});

test("only what is pending closes by itself, and each answer starts the time anew", async () => {
  const [answered, fresh] = [await write(hasty), await write(hasty)];
  await hastySam.reply(answered, "Does it work now?");
  await answered.write("No.");
  const doomed = await write(hasty);
  await hastySam.reply(doomed, "Does it work now?");
  const { closes_at } = await hastySam.read(doomed);
  await hastySam.reply(doomed, "Hello?");
  assert.ok((await hastySam.read(doomed)).closes_at > closes_at);
  await until(async () => (await hastySam.read(doomed)).status === "closed", "it is closed");
  assert.equal((await hastySam.read(answered)).status, "open");
  assert.equal((await hastySam.read(fresh)).status, "new");
  const closings = (await hastySam.events(doomed)).filter(
    (/** @type {any} */ event) => event.to === "closed",
  );
  assert.equal(closings.length, 1);
});

test("a snooze ends at its instant, with what was before", async () => {
  const [fresh, answered] = [await write(lamps), await conversationThatIs("open")];
  const at = new Date(Date.now() + 1_000).toISOString();
  for (const conversation of [fresh, answered]) {
    const snoozed = (await sam.setStatus(conversation, "snoozed", at)).good(200);
    assert.deepEqual([snoozed.status, snoozed.snoozed_until], ["snoozed", at]);
  }
  await until(async () => (await statusOf(fresh)) === "new", "the new one wakes up");
  await until(async () => (await statusOf(answered)) === "open", "the open one wakes up");
  const last = (await sam.events(fresh)).at(-1);
  assert.equal(last.by.kind, "system");
  assert.ok(last.at >= at, "not too early");
});

test("a snooze needs an instant to come, nothing else has one", async () => {
  const conversation = await write(lamps);
  (await sam.setStatus(conversation, "snoozed")).refusedField("until");
  (await sam.setStatus(conversation, "snoozed", "2001-01-01T00:00:00Z")).refusedField("until");
  (await sam.setStatus(conversation, "snoozed", "tomorrow")).refusedField("until");
  (await sam.setStatus(conversation, "closed", FAR)).refusedField("until");
  (await sam.setStatus(conversation, "snoozed", FAR)).good(200);
});

test("a snooze is our own affair: the customer sees what he saw before", async () => {
  const conversation = await conversationThatIs("pending");
  // By reading it is read.
  await conversation.read();
  const before = await conversation.read();
  (await sam.setStatus(conversation, "snoozed", FAR)).good(200);
  assert.deepEqual(await conversation.read(), before);
  const page = (await conversation.inBrowser().get(conversation.page())).good(200);
  assert.ok(!page.toLowerCase().includes("snooze"));
});
