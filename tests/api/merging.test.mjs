// Two conversations of a customer become one: what moves, what stays, who may, and what happens in between.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { brought, carrying, fetched } from "../support/files.mjs";
import { Floor, isWith, onBoard } from "../support/floor.mjs";
import { form } from "../support/forms.mjs";
import { byMail } from "../support/mailbox.mjs";
import { mortalDesk } from "../support/mortal.mjs";
import { makeRule } from "../support/rules.mjs";
import { order, read, sell, show, steps } from "../support/shop.mjs";
import { address, found, hire, words, write } from "../support/world.mjs";

const { desk, floor } = await Floor.open();

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Customer} Customer
 * @typedef {import("../support/desk.mjs").Desk} Desk
 */

/** @param {Member} member @param {Customer} from @param {{ id: string }} into @param {string} [client_id] */
const merge = (member, from, into, client_id = undefined) =>
  member.put(member.at(from, "/merger"), { into: into.id, client_id });

/** Two conversations of one customer. @param {Company} company @param {number} [count] */
async function several(company, count = 2) {
  const email = address("marta");
  const customers = [];
  for (let n = 1; n <= count; n += 1) {
    customers.push(await write(company, { email, subject: `Matter ${n}`, body: `First words ${n}` }));
  }
  return /** @type {[Customer, Customer, ...Customer[]]} */ (customers);
}

/** What a conversation has taken in. @param {Member} member @param {Customer} customer @returns {Promise<any[]>} */
const absorbed = async (member, customer) =>
  (await member.events(customer)).filter((/** @type {any} */ { kind }) => kind === "absorbed");

/** All that was said, wherever. @param {any[]} events @returns {string[]} */
const said = (events) =>
  events.flatMap(({ kind, body, items }) =>
    kind === "absorbed" ? items.map((/** @type {any} */ one) => one.body) : kind === "message" ? [body] : [],
  );

test("what was said stands in the target with its time, author and files; comments are for agents alone", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  await floor.comes(agent);
  const [into, from] = await several(company);
  for (const one of [into, from]) (await administrator.assign(one, agent)).good(200);
  const picture = await brought(from, from.path(), "a broken lamp");
  (await from.post(from.path("/messages"), carrying([picture.id], "Look at it"))).good(201);
  const secret = await brought(agent, agent.at(from), "an invoice", "secret.txt");
  (await agent.post(agent.at(from, "/notes"), carrying([secret.id], "He is furious."))).good(201);
  await agent.reply(from, "We are looking at it");
  await from.write("And?");
  const before = await administrator.events(from);
  const held = await onBoard(agent);

  const merged = (await merge(agent, from, into)).good(200);
  assert.equal(merged.status, "closed");
  assert.deepEqual(merged.merged_into, { id: into.id, number: 1, subject: "Matter 1" });

  const [event, ...others] = await absorbed(agent, into);
  assert.equal(others.length, 0);
  assert.deepEqual(event.from, { id: from.id, number: 2, subject: "Matter 2" });
  assert.equal(event.by.id, agent.id);
  const words = before.filter((/** @type {any} */ { kind }) => ["message", "note"].includes(kind));
  assert.deepEqual(
    event.items.map((/** @type {any} */ { kind, at, by, body, attachments }) => ({
      kind,
      at,
      by,
      body,
      attachments,
    })),
    words.map((/** @type {any} */ { kind, at, by, body, attachments }) => ({
      kind,
      at,
      by,
      body,
      attachments,
    })),
  );
  assert.deepEqual(
    event.items.map((/** @type {any} */ { kind, body }) => `${kind}: ${body}`),
    [
      "message: First words 2",
      "message: Look at it",
      "note: He is furious.",
      "message: We are looking at it",
      "message: And?",
    ],
  );

  const owner = await byMail(into);
  const page = await owner.read();
  const [shown] = page.events.filter((/** @type {any} */ { kind }) => kind === "absorbed");
  assert.deepEqual(
    shown.items.map((/** @type {any} */ { by, body }) => `${by.kind}: ${body}`),
    ["customer: First words 2", "customer: Look at it", "agent: We are looking at it", "customer: And?"],
  );
  for (const text of [JSON.stringify(page), (await owner.inBrowser().get(owner.page())).good()]) {
    assert.ok(text.includes("Look at it") && text.includes("Matter 2"));
    assert.ok(!/furious|secret\.txt|an invoice/.test(text), "no comment");
    assert.ok(!text.includes(secret.id));
  }
  assert.deepEqual(
    page.events.map((/** @type {any} */ { seq }) => seq),
    page.events.map((/** @type {any} */ _, /** @type {number} */ at) => at + 1),
    "no gap",
  );

  assert.equal((await fetched(owner, owner.path(`/files/${picture.id}`))).bytes.toString(), "a broken lamp");
  (await owner.get(owner.path(`/files/${secret.id}`))).refused(404);
  assert.equal((await fetched(agent, agent.at(into, `/files/${secret.id}`))).bytes.toString(), "an invoice");

  const now = await agent.read(into);
  assert.deepEqual([now.status, now.unread], ["new", 2]);
  assert.deepEqual(now.merged_from, [{ id: from.id, number: 2, subject: "Matter 2" }]);
  await until(async () => (await onBoard(agent)).open === held.open - 1, "its slot is free");
  const last = (await agent.events(from)).at(-1);
  assert.deepEqual([last.kind, last.into.id, last.by.id], ["merged", into.id, agent.id]);
});

// spec: J1 J12
test("orders go on where their customer does, and are told of there", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [into, from] = await several(company);
  const made = await order(administrator, { conversation_id: from.id, send: true });
  (await merge(administrator, from, into)).good(200);
  const where = async (/** @type {any} */ one) => (await read(administrator, one)).conversation?.id;
  await until(async () => (await where(made)) === into.id, "it has moved");
  assert.equal(
    await where(await order(administrator, { conversation_id: from.id })),
    into.id,
    "also one that is made there by whoever has not noticed",
  );
  const { rev } = (await administrator.post(company.path(`/orders/${made.id}/offer`))).good(200);
  const whats = async (/** @type {Customer} */ one) =>
    (await steps(administrator, one)).map(({ what }) => what);
  assert.deepEqual(
    [await whats(from), await whats(into)],
    [
      ["created", "offered"],
      ["created", "offered"],
    ],
  );
  const owner = await byMail(into);
  const [seen] = (await owner.get(owner.path("/orders"))).good(200).items;
  assert.deepEqual([seen.id, seen.state], [made.id, "offered"]);
  const answer = owner.path(`/orders/${made.id}/answer`);
  assert.equal((await owner.put(answer, { answer: "confirmed", rev })).good(200).state, "awaiting_payment");
});

test("tags, followers, participants, the rating and the wait come along; lists, counters and search follow", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [into, from] = await several(company);
  const [agent, other, follower] = [
    await hire(company, "super_agent"),
    await hire(company, "agent"),
    await hire(company, "supervisor"),
  ];
  const tag = async (/** @type {string} */ name) =>
    (await administrator.post(company.path("/tags"), { name })).good(201);
  const [common, own] = [await tag("Common"), await tag("Own")];
  for (const [one, { id }] of /** @type {const} */ ([
    [into, common],
    [from, common],
    [from, own],
  ])) {
    (await administrator.put(administrator.at(one, `/tags/${id}`), {})).good(200);
  }
  (await administrator.assign(from, other)).good(200);
  await other.reply(from, "Sesquipedalian greetings");
  (await follower.put(follower.at(from, `/followers/${follower.id}`), {})).good(200);
  (await from.put(from.path("/rating"), { score: 4 })).good(200);
  await from.write("Still here");
  await agent.reply(into, "Answered here");
  const waiting = (await administrator.read(from)).waiting_since;
  assert.equal((await administrator.read(into)).status, "pending");
  const found_ = async () =>
    (await administrator.get(company.path("/search?q=sesquipedalian")))
      .good(200)
      .items.map((/** @type {any} */ hit) => hit.conversation.id);
  await until(async () => (await found_()).includes(from.id), "it is found in the source");

  (await merge(agent, from, into)).good(200);
  const now = await administrator.read(into);
  const names = (/** @type {any[]} */ all) => all.map(({ name }) => name).toSorted();
  assert.deepEqual(names(now.tags), ["Common", "Own"]);
  assert.ok(now.participants.some((/** @type {any} */ { id }) => id === other.id));
  assert.deepEqual(
    now.followers.map((/** @type {any} */ { id }) => id),
    [follower.id],
  );
  assert.equal(now.rating.score, 4);
  assert.deepEqual(
    [now.status, now.waiting_since],
    ["open", waiting],
    "what he waits for there, he waits for here",
  );
  (await other.get(other.at(into))).good(200);
  await until(async () => {
    assert.deepEqual(await found_(), [into.id]);
    return true;
  }, "it is found in the target alone");
  await until(async () => {
    const list = async (/** @type {string} */ query) =>
      (await administrator.get(company.path(`/conversations?${query}`))).good(200).items;
    assert.deepEqual(
      (await list("status=open")).map((/** @type {any} */ { id }) => id),
      [into.id],
    );
    const [closed] = await list("status=closed");
    assert.deepEqual([closed.id, closed.merged_into.id], [from.id, into.id]);
    assert.deepEqual(
      (await list(`tag=${own.id}&status=open`)).map((/** @type {any} */ { id }) => id),
      [into.id],
    );
    return true;
  }, "lists follow");
});

test("cards and steps of orders stand in the target, its customer orders and answers there", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [into, from] = await several(company);
  const item = await sell(company, { description: "Brass" });
  (await show(administrator, from, [item], "This one?")).good(201);
  const draft = await order(administrator, { conversation_id: from.id });
  const offered = await order(administrator, { conversation_id: from.id, send: true });
  (await merge(administrator, from, into)).good(200);
  const [event] = await absorbed(administrator, into);
  const inside = event.items.map((/** @type {any} */ { kind, what, order }) => [kind, what, order?.number]);
  assert.deepEqual(inside, [
    ["message", undefined, undefined],
    ["catalog", undefined, undefined],
    ["order", "created", draft.number],
    ["order", "created", offered.number],
    ["order", "offered", offered.number],
  ]);
  assert.deepEqual([event.items[1].body, event.items[1].items[0].name], ["This one?", item.name]);
  const owner = await byMail(into);
  const [shown] = (await owner.read()).events.filter((/** @type {any} */ { kind }) => kind === "absorbed");
  assert.deepEqual(
    shown.items.map((/** @type {any} */ { kind, what }) => [kind, what]),
    [
      ["message", undefined],
      ["catalog", undefined],
      ["order", "offered"],
    ],
  );
  await until(
    async () => (await owner.get(owner.path("/orders"))).good(200).items.length === 1,
    "his order is here",
  );
  const page = (await owner.inBrowser().get(owner.page())).good();
  const ask = form(page, owner.page("/orders"));
  assert.ok(page.includes("Brass") && page.includes(`${offered.number}`));
  const posted = await owner.inBrowser().post(owner.page("/orders"), ask);
  assert.equal(posted.status, 303);
});

test("who merges may do so on both sides; what is not there, not his, or somebody else's is refused", async () => {
  const [company, elsewhere] = [await found(desk), await found(desk)];
  const { administrator } = company;
  const [one, two] = await several(company);
  const other = await write(company);
  const foreign = await write(elsewhere);
  (await merge(administrator, one, foreign)).refused(404);
  (await merge(administrator, one, { id: randomUUID() })).refused(404);
  (await administrator.put(administrator.at(one, "/merger"), { into: "x" })).refused(422);
  (await administrator.put(administrator.at(one, "/merger"), {})).refusedField("into", "required");
  (await administrator.put(administrator.at(one, "/merger"), { into: two.id, force: true })).refusedField(
    "force",
    "unknown_field",
  );
  (await merge(administrator, one, one)).refusedField("into", "itself");
  (await merge(administrator, one, other)).refusedField("into", "another_contact");
  const agent = await hire(company, "agent");
  (await merge(agent, one, two)).refused(404);
  (await administrator.assign(one, agent)).good(200);
  (await merge(agent, one, two)).refused(404, "not_found");
  const reader = await hire(company, "compliance");
  assert.equal((await merge(reader, one, two)).refused(403, "forbidden").missing, "conversation.merge");
  // May see the target, by a folder, and not merge there.
  const folder = (await administrator.post(company.path("/folders"), { name: "Open" })).good(201);
  (
    await administrator.put(company.path(`/folders/${folder.id}/rights`), [
      { role: "agent", see_incoming: true, assign: false },
    ])
  ).good(200);
  (await administrator.put(administrator.at(two, "/folder"), { folder_id: folder.id })).good(200);
  assert.equal((await merge(agent, one, two)).refused(403, "forbidden").missing, "conversation.merge");
  assert.equal((await administrator.read(one)).status, "new", "nothing has happened");
  await one.write("Hello?");
  await agent.reply(one, "Yes?");
  assert.deepEqual(await absorbed(administrator, two), []);
  (await administrator.assign(two, agent)).good(200);
  (await merge(agent, one, two)).good(200);
});

test("a repeat is answered as the first; merged is merged", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [one, two, three] = /** @type {[Customer, Customer, Customer]} */ (await several(company, 3));
  const name = randomUUID();
  const first = (await merge(administrator, one, two, name)).good(200);
  assert.deepEqual((await merge(administrator, one, two, name)).good(200), first);
  (await merge(administrator, one, two)).good(200);
  (await merge(administrator, one, three, name)).refused(409, "client_id_reused");
  assert.equal((await merge(administrator, one, three)).refused(409, "merged").into.id, two.id);
  (await merge(administrator, three, one)).refusedField("into", "already_merged");
  assert.equal((await absorbed(administrator, two)).length, 1);
  for (const attempt of [
    administrator.post(administrator.at(one, "/messages"), words("Hello?")),
    administrator.post(administrator.at(one, "/notes"), words("Hm.")),
    administrator.setStatus(one, "open"),
    administrator.put(administrator.at(one, "/priority"), { priority: "high" }),
    administrator.assign(one, await hire(company, "agent")),
    administrator.post(administrator.at(one, "/link"), {}),
  ]) {
    assert.equal((await attempt).refused(409, "merged").into.id, two.id);
  }
  const stranger = await hire(company, "agent");
  (await stranger.post(stranger.at(one, "/messages"), words("Hello?"))).refused(404);
  // A closed one may be merged, and into a closed one: it stays closed where nobody waits.
  (await administrator.setStatus(two, "closed")).good(200);
  (await administrator.setStatus(three, "closed")).good(200);
  (await merge(administrator, two, three)).good(200);
  assert.equal((await administrator.read(three)).status, "closed");
  assert.deepEqual(said(await administrator.events(three)), [
    "First words 3",
    "First words 2",
    "First words 1",
  ]);
});

test("no tag is lost on the way: where two have more than one may have, some are to go first", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [into, from] = await several(company);
  const tags = [];
  for (let n = 1; n <= 21; n += 1)
    tags.push((await administrator.post(company.path("/tags"), { name: `Tag ${n}` })).good(201));
  const put = (/** @type {Customer} */ customer, /** @type {any[]} */ some) =>
    Promise.all(some.map(({ id }) => administrator.put(administrator.at(customer, `/tags/${id}`), {})));
  await put(into, tags.slice(0, 20));
  await put(from, tags.slice(19));
  (await merge(administrator, from, into)).refusedField("into", "too_many_tags");
  assert.deepEqual(await absorbed(administrator, into), []);
  await into.write("Still by my link");
  (await administrator.delete(administrator.at(into, `/tags/${tags[0].id}`))).good();
  (await merge(administrator, from, into)).good(200);
  assert.equal((await administrator.read(into)).tags.length, 20);
});

test("of those who merge at once, one wins, and nothing is lost or twice", async () => {
  const company = await found(desk);
  const { administrator } = company;
  for (let round = 0; round < 4; round += 1) {
    const [one, two, three] = /** @type {[Customer, Customer, Customer]} */ (await several(company, 3));
    // Into each other.
    const each = await Promise.all([merge(administrator, one, two), merge(administrator, two, one)]);
    const statuses = each.map(({ status }) => status).toSorted();
    assert.ok(statuses[0] === 200 && [409, 422].includes(Number(statuses[1])), `one wins: ${statuses}`);
    const [left, gone] = each[0]?.status === 200 ? [two, one] : [one, two];
    assert.equal((await administrator.read(gone)).merged_into.id, left.id);
    assert.equal((await administrator.read(left)).merged_into, undefined);
    assert.deepEqual(said(await administrator.events(left)).toSorted(), ["First words 1", "First words 2"]);
    // One into two others, while its customer writes.
    const source = three;
    const fourth = await write(company, { email: source.email, body: "First words 4" });
    const [first, second, ...written] = await Promise.all([
      merge(administrator, source, left),
      merge(administrator, source, fourth),
      ...Array.from({ length: 5 }, (_, n) => source.post(source.path("/messages"), words(`Line ${n}`))),
    ]);
    assert.deepEqual([first.status, second.status].toSorted(), [200, 409]);
    const target = first.status === 200 ? left : fourth;
    const kept = said(await administrator.events(target));
    for (const [n, { status, body }] of written.entries()) {
      if (status === 201)
        assert.equal(kept.filter((line) => line === `Line ${n}`).length, 1, "what was acknowledged is there");
      else assert.deepEqual([status, body.code], [410, "joined"]);
    }
    const total = [...said(await administrator.events(left)), ...said(await administrator.events(fourth))];
    assert.equal(total.filter((line) => line === "First words 3").length, 1);
  }
});

test("what is merged into a closed conversation, and waits, opens it again and goes back to its agent", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  await floor.comes(agent);
  const [into, from] = await several(company);
  (await administrator.assign(into, agent)).good(200);
  (await administrator.setStatus(into, "closed")).good(200);
  (await merge(administrator, from, into)).good(200);
  assert.equal((await administrator.read(into)).status, "open");
  await isWith(into, agent);
  // A rule that answers what is closed says nothing any more in what was merged.
  assert.equal((await administrator.events(from)).at(-1).kind, "merged");
});

test("much that was said comes along as well", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [into, from] = await several(company);
  const long = "lamp ".repeat(3_900);
  for (let n = 0; n < 25; n += 1) await from.write(`${n} ${long}`);
  (await merge(administrator, from, into)).good(200);
  const events = await absorbed(administrator, into);
  assert.ok(events.length > 1 && events.slice(1).every(({ continued }) => continued));
  assert.equal(said(events).length, 26);
  assert.equal((await administrator.read(into)).merged_from.length, 1);
});

// spec: C12
test("a tag is merged into another one: conversations and rules have that one instead", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const make = async (/** @type {string} */ name) =>
    (await administrator.post(company.path("/tags"), { name })).good(201);
  const [refund, repay] = [await make("Refund"), await make("Repay")];
  const [one, two, three] = /** @type {[Customer, Customer, Customer]} */ (await several(company, 3));
  const put = (/** @type {Customer} */ customer, /** @type {{ id: string }} */ { id }) =>
    administrator.put(administrator.at(customer, `/tags/${id}`), {});
  for (const customer of [one, two]) (await put(customer, repay)).good(200);
  for (const customer of [two, three]) (await put(customer, refund)).good(200);
  const rule = await makeRule(company, {
    trigger: { kind: "tag_added", tag_id: repay.id },
    actions: [
      { kind: "tag", tag_id: repay.id },
      { kind: "note", body: "Tagged." },
    ],
  });
  const tags = async () => (await administrator.get(company.path("/tags"))).good(200).items;
  await until(async () => {
    const counted = (await tags()).map((/** @type {any} */ tag) => [tag.name, tag.conversations]);
    assert.deepEqual(counted, [
      ["Refund", 2],
      ["Repay", 2],
    ]);
    return true;
  }, "they are counted");
  const merge = (/** @type {Member} */ who, /** @type {string} */ id, /** @type {unknown} */ into) =>
    who.put(company.path(`/tags/${id}/merger`), { into });
  (await merge(administrator, repay.id, repay.id)).refusedField("into", "itself");
  (await merge(administrator, repay.id, randomUUID())).refusedField("into", "unknown_tag");
  const elsewhere = await found(desk);
  const foreign = (await elsewhere.administrator.post(elsewhere.path("/tags"), { name: "Refund" })).good(201);
  (await merge(administrator, repay.id, foreign.id)).refusedField("into", "unknown_tag");
  (await merge(administrator, foreign.id, refund.id)).refused(404);
  const reader = await hire(company, "compliance");
  (await merge(reader, repay.id, refund.id)).refused(403, "forbidden");
  (await merge(reader, repay.id, randomUUID())).refused(403, "forbidden");
  const before = (await administrator.events(one)).length;
  assert.equal((await merge(administrator, repay.id, refund.id)).good(200).name, "Refund");
  for (const customer of [one, two, three]) {
    const names = (await administrator.read(customer)).tags.map((/** @type {any} */ { name }) => name);
    assert.deepEqual(names, ["Refund"]);
  }
  const since = (await administrator.events(one)).slice(before);
  assert.deepEqual(
    since.map((/** @type {any} */ { kind, tag, on }) => [kind, tag?.name, on]),
    [
      ["tag", "Repay", false],
      ["tag", "Refund", true],
    ],
    "and no rule is set off by it",
  );
  const named = (await administrator.get(company.path(`/automations/${rule.id}`))).good(200);
  assert.deepEqual([named.trigger.tag_id, named.actions[0].tag_id], [refund.id, refund.id]);
  (await merge(administrator, repay.id, refund.id)).refused(404);
  await until(async () => {
    assert.deepEqual(
      (await tags()).map((/** @type {any} */ tag) => [tag.name, tag.conversations]),
      [["Refund", 3]],
    );
    return true;
  }, "there is one tag");
  const [line] = (await administrator.get(company.path("/audit?limit=1"))).good(200).items;
  assert.deepEqual([line.action, line.target.name, line.detail.into.name], ["tag.merged", "Repay", "Refund"]);
});

test("whatever the machine does in between, both sides say the same in the end", async () => {
  const mortal = await mortalDesk();
  try {
    const fragile = /** @type {Desk} */ (/** @type {unknown} */ ({ url: mortal.url }));
    await mortal.start();
    const company = await found(fragile, { company: "Nine Lives" });
    const { administrator } = company;
    for (let round = 0; round < 2; round += 1) {
      const [into, ...sources] = await several(company, 4);
      const attempts = sources.map((source) => merge(administrator, source, into).catch(() => undefined));
      // It dies while they are at it: some are through by now, some are not.
      await until(async () => (await absorbed(administrator, into)).length > round, "it has begun");
      await mortal.kill();
      await Promise.all(attempts);
      await mortal.start();
      for (const source of sources) {
        // Any request finds out how it ended; what has not begun is begun now.
        (await merge(administrator, source, into)).good(200);
      }
      const lines = said(await administrator.events(into)).toSorted();
      assert.deepEqual(
        lines,
        [1, 2, 3, 4].map((n) => `First words ${n}`),
      );
    }
  } finally {
    await mortal.kill();
    mortal.bury();
  }
});
