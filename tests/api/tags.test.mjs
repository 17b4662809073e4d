// Tags as managed objects, on conversations, and what lists and counters make of them and of priorities.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 */

/** @param {Company} company @param {string} [name] @param {string} [colour] @returns {Promise<any>} */
const makeTag = async (company, name = unique("Tag"), colour = undefined) =>
  (await company.administrator.post(company.path("/tags"), { name, colour })).good(201);

/** @param {Member} member @returns {Promise<any[]>} */
const tagsOf = async (member) => (await member.get(member.path("/tags"))).good(200).items;

/** @param {Member} member @param {Conversation} conversation @param {{ id: string }} tag */
const tag = (member, conversation, { id }) => member.put(member.at(conversation, `/tags/${id}`), undefined);

/** @param {Member} member @param {Conversation} conversation @param {{ id: string }} tag */
const untag = (member, conversation, { id }) => member.delete(member.at(conversation, `/tags/${id}`));

/** @param {Member} member @param {Conversation} conversation @param {string} priority */
const prioritise = (member, conversation, priority) =>
  member.put(member.at(conversation, "/priority"), { priority });

/** @param {Member} member @param {string} query @returns {Promise<string[]>} the ids, in order */
const listed = async (member, query) =>
  (await member.get(member.path(`/conversations?${query}`)))
    .good(200)
    .items.map((/** @type {any} */ { id }) => id);

/** @param {Member} member @returns {Promise<any>} */
const counters = async (member) => (await member.get(member.path("/conversations/counters"))).good(200);

/** Waits until a list is exactly so. @param {Member} member @param {string} query @param {Conversation[]} wanted */
const lists = (member, query, wanted) =>
  until(async () => {
    assert.deepEqual(
      await listed(member, query),
      wanted.map(({ id }) => id),
      query,
    );
    return true;
  }, `${query} is listed`);

// spec: C12
test("a tag is made, named, coloured, listed and changed; its name is the company's only one", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const urgent = await makeTag(company, "Refund", "red");
  assert.deepEqual([urgent.name, urgent.colour], ["Refund", "red"]);
  assert.equal((await makeTag(company, "Late")).colour, "grey");
  assert.deepEqual(
    (await tagsOf(administrator)).map(({ name, conversations }) => [name, conversations]),
    [
      ["Late", 0],
      ["Refund", 0],
    ],
  );
  const path = company.path("/tags");
  (await administrator.post(path, { name: "REFUND" })).refused(409, "name_taken");
  (await administrator.post(path, { name: "" })).refusedField("name", "required");
  (await administrator.post(path, { name: "Mauve", colour: "mauve" })).refusedField(
    "colour",
    "unknown_value",
  );
  (await administrator.post(path, { name: "X", shade: 1 })).refusedField("shade", "unknown_field");
  const at = `${path}/${urgent.id}`;
  (await administrator.patch(at, { name: "late" })).refused(409, "name_taken");
  assert.deepEqual((await administrator.patch(at, { colour: "teal" })).good(200), {
    ...urgent,
    colour: "teal",
  });
  (await administrator.patch(`${path}/${randomUUID()}`, { name: "Y" })).refused(404, "not_found");
});

test("the making of a tag, repeated under its name, makes one", async () => {
  const company = await found(desk);
  const body = { client_id: randomUUID(), name: unique("Tag") };
  const send = (/** @type {object} */ change = {}) =>
    company.administrator.post(company.path("/tags"), { ...body, ...change });
  const [first, second] = [(await send()).good(201), (await send()).good(201)];
  assert.equal(first.id, second.id);
  (await send({ name: "Another" })).refused(409, "client_id_reused");
});

// spec: C10 C11
test("a conversation is tagged and untagged, and says who did it; the customer never hears of it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const customer = await write(company);
  const [refund, late] = [await makeTag(company, "Refund", "red"), await makeTag(company, "Late")];
  const { tags } = (await tag(administrator, customer, refund)).good(200);
  assert.deepEqual(tags, [{ id: refund.id, name: "Refund", colour: "red" }]);
  (await tag(administrator, customer, refund)).good(200);
  (await tag(administrator, customer, late)).good(200);
  await lists(administrator, `tag=${refund.id},${late.id}`, [customer]);
  (await untag(administrator, customer, refund)).good(200);
  const events = (await administrator.events(customer)).filter(
    (/** @type {any} */ { kind }) => kind === "tag",
  );
  assert.deepEqual(
    events.map((/** @type {any} */ event) => [event.tag.name, event.on, event.by.name]),
    [
      ["Refund", true, administrator.name],
      ["Late", true, administrator.name],
      ["Refund", false, administrator.name],
    ],
  );
  await lists(administrator, `tag=${refund.id}`, []);
  await lists(administrator, `tag=${late.id}`, [customer]);
  const seen = await customer.read();
  assert.ok(!JSON.stringify(seen).includes("Refund") && !JSON.stringify(seen).includes("Late"));
  (await tag(administrator, customer, { id: randomUUID() })).refused(404, "not_found");
  (await tag(administrator, customer, { id: "Refund" })).refused(404, "not_found");
});

test("who may tag, and who may make and delete tags", async () => {
  const company = await found(desk);
  const [agent, auditor] = [await hire(company, "agent"), await hire(company, "compliance")];
  const [own, other] = [await write(company), await write(company)];
  (await company.administrator.assign(own, agent)).good(200);
  const one = await makeTag(company);
  (await tag(agent, own, one)).good(200);
  (await tag(agent, other, one)).refused(404, "not_found");
  assert.equal((await tag(auditor, own, one)).refused(403, "forbidden").missing, "conversation.tag");
  assert.equal((await prioritise(auditor, own, "high")).refused(403).missing, "conversation.tag");
  const path = company.path("/tags");
  assert.equal((await auditor.post(path, { name: "Mine" })).refused(403).missing, "tag.create");
  assert.equal(
    (await auditor.patch(`${path}/${one.id}`, { name: "Mine" })).refused(403).missing,
    "tag.create",
  );
  assert.equal((await auditor.delete(`${path}/${one.id}`)).refused(403).missing, "tag.delete");
  // How many have it is for those to know who see them all.
  await until(async () => (await tagsOf(auditor))[0].conversations === 1, "it is counted");
  assert.equal("conversations" in (await tagsOf(agent))[0], false);
});

// spec: C11 C12
test("a tag that is renamed is so on its conversations; deleted, it is on none", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [first, second, bare] = [await write(company), await write(company), await write(company)];
  const [one, kept] = [await makeTag(company, "Lampp"), await makeTag(company, "Kept")];
  for (const conversation of [first, second]) (await tag(administrator, conversation, one)).good(200);
  (await tag(administrator, second, kept)).good(200);
  await lists(administrator, `tag=${one.id}&sort=oldest`, [first, second]);
  (await administrator.patch(company.path(`/tags/${one.id}`), { name: "Lamp", colour: "blue" })).good(200);
  const namesOf = async (/** @type {Conversation} */ conversation) =>
    (await administrator.read(conversation)).tags.map((/** @type {any} */ { name }) => name).sort();
  await until(async () => (await namesOf(first))[0] === "Lamp", "the first knows");
  await until(async () => (await namesOf(second)).join() === "Kept,Lamp", "the second knows");
  assert.deepEqual(await namesOf(bare), []);

  (await administrator.delete(company.path(`/tags/${one.id}`))).good(204);
  assert.deepEqual([await namesOf(first), await namesOf(second)], [[], ["Kept"]]);
  await lists(administrator, `tag=${one.id}`, []);
  assert.deepEqual(
    (await tagsOf(administrator)).map(({ name }) => name),
    ["Kept"],
  );
  (await administrator.delete(company.path(`/tags/${one.id}`))).refused(404);
  const audit = (await administrator.get(company.path("/audit"))).good(200).items;
  const deeds = audit.map((/** @type {any} */ { action }) => action);
  for (const deed of ["tag.created", "tag.changed", "tag.deleted"]) assert.ok(deeds.includes(deed), deed);
});

test("another company's tags are nobody's here", async () => {
  const [lamps, shoes] = [await found(desk), await found(desk)];
  const [theirs, conversation] = [await makeTag(shoes), await write(lamps)];
  const path = lamps.path(`/tags/${theirs.id}`);
  const none = lamps.path(`/tags/${randomUUID()}`);
  const { administrator } = lamps;
  for (const answers of [
    [await administrator.patch(path, { name: "X" }), await administrator.patch(none, { name: "X" })],
    [await administrator.delete(path), await administrator.delete(none)],
    [
      await tag(administrator, conversation, theirs),
      await tag(administrator, conversation, { id: randomUUID() }),
    ],
  ]) {
    for (const answer of answers) answer.refused(404, "not_found");
    assert.equal(answers[0]?.text, answers[1]?.text);
  }
  assert.deepEqual(await listed(administrator, `tag=${theirs.id}`), []);
});

test("lists are narrowed by tag, priority, channel and whatever else, all at once, and ordered", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [a, b, c, d] = [
    await write(company),
    await write(company),
    await write(company),
    await write(company),
  ];
  const [one, two] = [await makeTag(company), await makeTag(company)];
  for (const conversation of [a, b, c]) (await tag(administrator, conversation, one)).good(200);
  (await tag(administrator, b, two)).good(200);
  (await prioritise(administrator, a, "urgent")).good(200);
  (await prioritise(administrator, c, "urgent")).good(200);
  (await prioritise(administrator, d, "low")).good(200);
  assert.equal((await prioritise(administrator, d, "low")).good(200).priority, "low");
  (await prioritise(administrator, d, "burning")).refused(422);
  await lists(administrator, "sort=priority", [c, a, b, d]);
  await lists(administrator, `sort=priority&tag=${one.id}`, [c, a, b]);
  await lists(administrator, `tag=${one.id},${two.id}`, [b]);
  await lists(administrator, "priority=urgent,low&sort=waiting", [a, c, d]);
  await lists(administrator, `priority=urgent&tag=${two.id}`, []);
  await lists(administrator, "channel=web&sort=oldest&status=new&assignee=none&limit=2", [b, a]);
  await lists(administrator, "channel=agent", []);
  const first = (await administrator.get(company.path("/conversations?sort=priority&limit=2"))).good(200);
  await lists(administrator, `sort=priority&limit=2&cursor=${first.next}`, [b, d]);
  for (const query of [
    "tag=x",
    "priority=burning",
    "channel=pigeon",
    "sort=colour",
    `cursor=${first.next}`,
  ]) {
    (await administrator.get(company.path(`/conversations?${query}`))).refused(422);
  }
});

test("counters count folders, teams and tags, of what is under way and may be seen", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const [mine, other, closed] = [await write(company), await write(company), await write(company)];
  const one = await makeTag(company);
  const folder = (await administrator.post(company.path("/folders"), { name: "Code" })).good(201);
  const team = (await administrator.post(company.path("/teams"), { name: "Sales" })).good(201);
  for (const conversation of [mine, other, closed]) {
    (await tag(administrator, conversation, one)).good(200);
    (await administrator.put(administrator.at(conversation, "/folder"), { folder_id: folder.id })).good(200);
    (await administrator.put(administrator.at(conversation, "/team"), { team_id: team.id })).good(200);
  }
  (await administrator.assign(mine, agent)).good(200);
  (await administrator.setStatus(closed, "closed")).good(200);
  const places = (/** @type {any} */ { folders, teams, tags }) => [folders, teams, tags];
  const all = (/** @type {number} */ count) => [
    { [folder.id]: count },
    { [team.id]: count },
    { [one.id]: count },
  ];
  await until(async () => {
    const counted = await counters(administrator);
    assert.deepEqual(places(counted), all(2));
    assert.equal(counted.closed, 1);
    return true;
  }, "all are counted");
  assert.deepEqual(places(await counters(agent)), all(1));
});
