// Lists and counters: what each sees of them, in which order, in which parts.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */

const desk = await startDesk();
after(() => desk.stop());

/** @param {Member} member @param {string} [query] */
async function listed(member, query = "") {
  const { items, next } = (await member.get(member.path(`/conversations${query}`))).good(200);
  assert.equal(next, null);
  return items.map((/** @type {any} */ item) => item.id);
}

/** @param {Member} member @param {string} query @param {{ id: string }[]} wanted */
const lists = (member, query, wanted) =>
  until(async () => {
    assert.deepEqual(
      await listed(member, query),
      wanted.map(({ id }) => id),
    );
    return true;
  }, `${member.name} sees ${wanted.length} at "${query}"`);

// spec: C6
test("a list shows the company's conversations by status, assignee and order; counters agree", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const [a, b, c, d] = [
    await write(company),
    await write(company),
    await write(company),
    await write(company),
  ];
  await sam.take(b);
  await sam.reply(b, "Good morning.");
  await sam.take(c);
  await c.write("Anybody?");
  (await sam.setStatus(d, "closed")).good();

  await lists(sam, "", [d, c, b, a]);
  await lists(sam, "?sort=recent", [d, c, b, a]);
  await lists(sam, "?sort=oldest", [a, b, c, d]);
  await lists(sam, "?sort=waiting", [a, c]);
  await lists(sam, "?status=new", [c, a]);
  await lists(sam, "?status=pending,closed", [d, b]);
  await lists(sam, "?status=open", []);
  await lists(sam, "?assignee=none", [d, a]);
  await lists(sam, "?assignee=me", [c, b]);
  await lists(company.administrator, `?assignee=${sam.id}`, [c, b]);
  await lists(company.administrator, "?assignee=me", []);
  await lists(sam, `?assignee=${sam.id}&status=pending`, [b]);
  const counters = (await sam.get(sam.path("/conversations/counters"))).good(200);
  const places = { folders: {}, teams: {}, tags: {} };
  assert.deepEqual(counters, {
    new: 2,
    mine: 2,
    unassigned: 1,
    all: 3,
    snoozed: 0,
    closed: 1,
    dealt: 1,
    ...places,
  });
});

// spec: C20
test("the number beside the Dispenser is what it deals to whoever asks", async () => {
  const company = await found(desk);
  const { administrator } = company;
  (await administrator.patch(company.path(), { assignment_policy: "off", max_chats: 20 })).good();
  const make = async (/** @type {string} */ path, /** @type {object} */ body) =>
    (await administrator.post(company.path(path), body)).good(201);
  const [mine, other] = [await make("/folders", { name: "Mine" }), await make("/folders", { name: "Other" })];
  const [ours, theirs] = [await make("/teams", { name: "Ours" }), await make("/teams", { name: "Theirs" })];
  const sam = await hire(company, "supervisor");
  const agent = await hire(company, "agent", { add_ons: ["dispenser"], teams: [ours.id] });
  const plain = await hire(company, "agent");
  const rights = [{ agent_id: agent.id, see_incoming: true, assign: false }];
  (await administrator.put(company.path(`/folders/${mine.id}/rights`), rights)).good();
  const placed = async (/** @type {string} */ path, /** @type {object} */ body) =>
    (await sam.put(sam.at(await write(company), path), body)).good();
  await write(company);
  await placed("/folder", { folder_id: mine.id });
  await placed("/folder", { folder_id: other.id });
  await placed("/team", { team_id: ours.id });
  await placed("/team", { team_id: theirs.id });
  // Nobody's, but waiting for the customer, or put aside.
  const pending = await write(company);
  await sam.take(pending);
  await sam.reply(pending, "Which one is it?");
  (await sam.put(sam.at(pending, "/assignee"), { agent_id: null })).good();
  await placed("/status", { status: "snoozed", until: new Date(Date.now() + 3_600_000).toISOString() });

  const counted = async (/** @type {import("../support/world.mjs").Member} */ member) =>
    (await member.get(member.path("/conversations/counters"))).good(200);
  await until(async () => {
    const { dealt, unassigned, snoozed } = await counted(sam);
    assert.deepEqual({ dealt, unassigned, snoozed }, { dealt: 5, unassigned: 6, snoozed: 1 });
    return true;
  }, "all are counted");
  assert.equal((await counted(plain)).dealt, 0, "he has no Dispenser");
  assert.equal((await counted(administrator)).dealt, 0, "nothing is assigned to him");
  for (let left = 3; left > 0; left -= 1) {
    await until(async () => (await counted(agent)).dealt === left, `${left} are left`);
    (await agent.post(agent.path("/conversations/next"), {})).good(200);
  }
  (await agent.post(agent.path("/conversations/next"), {})).good(204);
  await until(async () => (await counted(agent)).dealt === 0, "none is left");
});

test("an item of a list is the conversation itself", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const conversation = await write(company, { body: "The first line.\n\nAnd another." });
  await sam.take(conversation);
  await sam.comment(conversation, "Hm.");
  const now = await sam.read(conversation);
  const item = async () => (await sam.get(sam.path("/conversations"))).good().items[0];
  await until(async () => (await item())?.rev === now.rev, "the list has the newest");
  assert.deepEqual(await item(), now);
});

test("lists and counters follow within a second", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const conversation = await write(company);
  const counters = async () => (await administrator.get(company.path("/conversations/counters"))).good();
  await until(async () => (await counters()).new === 1, "it is counted", 1);
  (await administrator.setStatus(conversation, "closed")).good();
  await until(async () => (await counters()).closed === 1, "it is counted as closed", 1);
  await until(
    async () => (await listed(administrator, "?status=closed")).length === 1,
    "it is listed as closed",
    1,
  );
});

test("a list comes in parts, each conversation once, also while others move", async () => {
  const company = await found(desk);
  const { administrator } = company;
  /** @type {{ id: string }[]} */
  const opened = [];
  for (let n = 0; n < 7; n += 1) opened.push(await write(company));
  const path = company.path("/conversations");
  await until(async () => (await listed(administrator)).length === 7, "all are listed");
  for (const sort of ["recent", "oldest", "waiting"]) {
    /** @type {string[]} */
    const seen = [];
    for (let cursor = ""; ; ) {
      const part = (await administrator.get(`${path}?sort=${sort}&limit=3${cursor}`)).good();
      assert.ok(part.items.length <= 3);
      seen.push(...part.items.map((/** @type {any} */ item) => item.id));
      if (!part.next) break;
      cursor = `&cursor=${encodeURIComponent(part.next)}`;
    }
    const wanted = sort === "recent" ? [...opened].reverse() : opened;
    assert.deepEqual(
      seen,
      wanted.map(({ id }) => id),
      sort,
    );
  }
  const first = (await administrator.get(`${path}?limit=3`)).good();
  await write(company);
  await until(async () => (await listed(administrator)).length === 8, "one more came");
  const second = (await administrator.get(`${path}?limit=3&cursor=${first.next}`)).good();
  const ids = [...first.items, ...second.items].map((item) => item.id);
  assert.deepEqual(
    ids,
    [...opened]
      .reverse()
      .slice(0, 6)
      .map(({ id }) => id),
  );
});

test("55: filters are enumerated: what is unknown is refused", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const ask = (/** @type {string} */ query) => administrator.get(company.path(`/conversations?${query}`));
  (await ask("status=new&sort=recent&limit=100")).good(200);
  for (const query of [
    "colour=red",
    "status=odd",
    "status=new,odd",
    "status=",
    "sort=alphabetical",
    "assignee=everybody",
    "contact=x",
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=x",
    "cursor=x",
    "cursor=%00",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTp4",
    "status=new&status=open",
    "assignee=' OR 1=1 --",
  ]) {
    const { errors } = (await ask(query)).refused(422);
    assert.ok(errors[0].field, query);
  }
});

test("the filter that is wrong is named", async () => {
  const company = await found(desk);
  for (const [query, field] of Object.entries({
    "colour=red": "colour",
    "limit=x": "limit",
    "limit=0": "limit",
    "sort=alphabetical": "sort",
    "status=odd": "status",
    "assignee=everybody": "assignee",
    "cursor=x": "cursor",
  })) {
    (await company.administrator.get(company.path(`/conversations?${query}`))).refusedField(field);
  }
});

test("all conversations are the supervisor's and the administrator's to see, an agent sees his own", async () => {
  const company = await found(desk);
  const [supervisor, agent] = [await hire(company, "supervisor"), await hire(company, "agent")];
  const marketing = await hire(company, "marketing");
  const [a, b] = [await write(company), await write(company)];
  (await supervisor.assign(a, agent)).good();
  await lists(supervisor, "", [a, b]);
  await lists(company.administrator, "", [a, b]);
  await lists(agent, "", [a]);
  await lists(agent, "?assignee=none", []);
  const shown = await marketing.get(marketing.path("/conversations"));
  for (const { id } of [a, b]) assert.ok(!shown.text.includes(id), "marketing sees none");
  const counted = async (/** @type {Member} */ one) =>
    (await one.get(one.path("/conversations/counters"))).good().all;
  assert.deepEqual([await counted(supervisor), await counted(agent)], [2, 1]);
  for (const one of [supervisor, company.administrator]) await one.read(b);
  (await agent.get(agent.at(b))).refused(404, "not_found");

  (await supervisor.assign(a, null)).good();
  await lists(agent, "", [a]);
  (await agent.get(agent.at(a))).good(200);
});
