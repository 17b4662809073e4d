// Automated responses: whose they are, what becomes of their placeholders, and how often they are sent.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, unique, words, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 */

const desk = await startDesk();
after(() => desk.stop());

/** @param {Member} member @param {Record<string, unknown>} [more] @returns {Promise<any>} */
const compose = async (member, more = {}) =>
  (
    await member.post(member.path("/responses"), { name: unique("Hours"), body: "We open at nine.", ...more })
  ).good(201);

/** @param {Member} member @param {string} [query] @returns {Promise<string[]>} ids */
const listed = async (member, query = "?limit=100") =>
  (await member.get(member.path(`/responses${query}`)))
    .good(200)
    .items.map((/** @type {{ id: string }} */ { id }) => id);

/** @param {Member} member @param {{ id: string }} response @param {string} [rest] */
const at = (member, { id }, rest = "") => member.path(`/responses/${id}${rest}`);

/** @param {Company} company @param {Member[]} members @returns {Promise<string>} a group's id */
const group = async ({ administrator }, members) =>
  (
    await administrator.post(administrator.path("/teams"), {
      name: unique("Night"),
      agents: members.map(({ id }) => id),
    })
  ).good(201).id;

// spec: C12
test("a response is its writer's, until he shares it", async () => {
  const company = await found(desk);
  const [ana, ben] = await Promise.all([hire(company, "agent"), hire(company, "agent")]);
  const own = await compose(ana, { shortcut: "/Hours".slice(1), language: "en" });
  assert.deepEqual(
    [own.scope, own.shortcut, own.language, own.team, own.uses, own.owner.id, own.may_edit, own.may_delete],
    ["private", "hours", "en", null, 0, ana.id, true, true],
  );
  assert.deepEqual(await listed(ana), [own.id]);
  for (const other of [ben, company.administrator]) {
    assert.deepEqual(await listed(other), []);
    const absent = (await other.get(other.path(`/responses/${randomUUID()}`))).refused(404);
    assert.deepEqual((await other.get(at(other, own))).refused(404), absent);
    (await other.patch(at(other, own), { name: "Mine" })).refused(404);
    (await other.delete(at(other, own))).refused(404);
    (await other.post(at(other, own, "/rendering"), { conversation_id: randomUUID() })).refused(404);
  }

  const shared = (await ana.patch(at(ana, own), { scope: "company" })).good(200);
  assert.equal(shared.scope, "company");
  assert.deepEqual(await listed(ben), [own.id]);
  (await ben.patch(at(ben, own), { body: "We open at ten." })).good(200);
  assert.equal((await ana.get(at(ana, own))).good(200).body, "We open at ten.");
  (await ben.patch(at(ben, own), { scope: "private" })).refused(409, "not_the_writer");
  (await ana.patch(at(ana, own), { scope: "private", language: null })).good(200);
  (await ben.get(at(ben, own))).refused(404);
  (await ana.delete(at(ana, own))).good(204);
  assert.deepEqual(await listed(ana), []);
});

// spec: C12
test("a team's response is for the team", async () => {
  const company = await found(desk);
  const [ana, ben, eve] = await Promise.all([
    hire(company, "agent"),
    hire(company, "agent"),
    hire(company, "agent"),
  ]);
  const night = await group(company, [ana, ben]);
  const response = await compose(ana, { scope: "team", team_id: night, shortcut: "late" });
  assert.equal(response.team.id, night);
  assert.deepEqual(await listed(ben), [response.id]);
  (await ben.patch(at(ben, response), { body: "We are asleep." })).good(200);
  assert.deepEqual(await listed(eve), []);
  (await eve.patch(at(eve, response), { body: "Ha." })).refused(404);
  assert.deepEqual(
    await listed(company.administrator),
    [response.id],
    "who manages every team sees its words",
  );

  (await eve.post(eve.path("/responses"), { name: "x", body: "x", scope: "team", team_id: night })).refused(
    403,
  );
  (await ana.post(ana.path("/responses"), { name: "x", body: "x", scope: "team" })).refusedField(
    "team_id",
    "required",
  );
  const nowhere = { name: "x", body: "x", scope: "team", team_id: randomUUID() };
  (await ana.post(ana.path("/responses"), nowhere)).refusedField("team_id", "unknown_team");
  const both = { name: "x", body: "x", scope: "company", team_id: night };
  (await ana.post(ana.path("/responses"), both)).refusedField("team_id", "not_expected");

  // One shortcut means one text, of each owner.
  const again = { name: "Later", body: "x", shortcut: "late" };
  (await ben.post(ben.path("/responses"), { ...again, scope: "team", team_id: night })).refused(
    409,
    "shortcut_taken",
  );
  await compose(ben, again);

  // Without the team it is its writer's again.
  (await company.administrator.delete(company.path(`/teams/${night}`))).good(204);
  const left = (await ana.get(at(ana, response))).good(200);
  assert.deepEqual([left.scope, left.team], ["private", null]);
  (await ben.get(at(ben, response))).refused(404);
});

test("whoever has templates for his teams only shares with no more than them", async () => {
  const company = await found(desk);
  const [manager, compliance, marketing, clerk] = await Promise.all([
    hire(company, "agent_manager"),
    hire(company, "compliance"),
    hire(company, "marketing"),
    hire(company, "order_payment_admin"),
  ]);
  const night = await group(company, [manager]);
  const everybody = await compose(company.administrator, { scope: "company" });
  (await manager.post(manager.path("/responses"), { name: "x", body: "x", scope: "company" })).refused(403);
  const problem = (await manager.patch(at(manager, everybody), { body: "x" })).refused(403);
  assert.equal(problem.missing, "template.edit");
  assert.equal((await manager.delete(at(manager, everybody))).refused(403).missing, "template.delete");
  assert.equal((await manager.get(at(manager, everybody))).good(200).may_edit, false);
  const own = await compose(manager);
  assert.equal(
    (await manager.patch(at(manager, own), { scope: "company" })).refused(403).missing,
    "template.create",
  );
  (await manager.patch(at(manager, own), { scope: "team", team_id: night })).good(200);

  assert.equal((await compliance.get(compliance.path("/responses"))).refused(403).missing, "template.use");
  (await compliance.post(at(compliance, everybody, "/rendering"), { conversation_id: randomUUID() })).refused(
    403,
  );
  assert.deepEqual(await listed(marketing), [everybody.id]);
  (await clerk.get(clerk.path("/responses"))).refused(404);
});

// spec: C13
test("placeholders are filled in for one conversation, and what a customer wrote never is one", async () => {
  const company = await found(desk, { company: "Harbour Lights" });
  const ana = await hire(company, "super_agent");
  (await ana.patch(ana.path("/me"), { public_name: "Ana from Harbour", signature: "Ana\nNight desk" })).good(
    200,
  );
  const name = "{{agent.signature}} Lindholm";
  const conversation = await write(company, { name, subject: "{{company.name}}" });
  const { number } = await ana.read(conversation);
  const body =
    "Dear {{contact.first_name|customer}} ({{contact.name}}),\n#{{conversation.number}} {{conversation.subject}}\n{{agent.name}}, {{company.name}}\n{{agent.signature}}";
  const response = await compose(ana, { body });
  const path = at(ana, response, "/rendering");
  assert.equal(
    (await ana.post(path, { conversation_id: conversation.id })).good(200).body,
    `Dear {{agent.signature}} (${name}),\n#${number} {{company.name}}\nAna from Harbour, Harbour Lights\nAna\nNight desk`,
  );
  assert.equal((await ana.get(at(ana, response))).good(200).body, body, "what is kept is as it was written");

  for (const wrong of ["{{contact.nme}}", "Hi {{conversation.url}}", "{{}}"]) {
    const unknown = { name: "x", body: wrong };
    (await ana.post(ana.path("/responses"), unknown)).refusedField("body", "unknown_placeholder");
    (await ana.patch(at(ana, response), { body: wrong })).refusedField("body", "unknown_placeholder");
    (await ana.post(ana.path("/responses/rendering"), { body: wrong })).refusedField(
      "body",
      "unknown_placeholder",
    );
  }
  const draft = { body: "Hi {{contact.first_name}}, {{agent.name}}" };
  assert.match(
    (await ana.post(ana.path("/responses/rendering"), draft)).good(200).body,
    /^Hi \w+, Ana from Harbour$/,
  );

  // Nobody reads a conversation this way that he does not see.
  const other = await found(desk);
  const foreign = await write(other);
  const hidden = await hire(company, "agent");
  (await ana.post(path, { conversation_id: foreign.id })).refusedField(
    "conversation_id",
    "unknown_conversation",
  );
  (await ana.post(path, { conversation_id: randomUUID() })).refusedField(
    "conversation_id",
    "unknown_conversation",
  );
  const mine = await compose(hidden);
  const unseen = await hidden.post(at(hidden, mine, "/rendering"), { conversation_id: conversation.id });
  unseen.refusedField("conversation_id", "unknown_conversation");
});

// spec: C13
test("what is sent is counted, once however often it is sent again", async () => {
  const company = await found(desk);
  const ana = await hire(company, "super_agent");
  const ben = await hire(company, "agent");
  const conversation = await write(company);
  const [used, other, secret] = [await compose(ana), await compose(ana), await compose(ben)];
  const uses = async (/** @type {{ id: string }} */ response) =>
    (await ana.get(at(ana, response))).good(200).uses;
  const path = ana.at(conversation, "/messages");

  const message = { ...words("We open at nine."), responses: [used.id, used.id, secret.id, randomUUID()] };
  (await ana.post(path, message)).good(201);
  await until(async () => (await uses(used)) === 1, "the message is counted");
  (await ana.post(path, message)).good(201);
  (await ana.post(ana.at(conversation, "/notes"), { ...words("As always."), responses: [used.id] })).good(
    201,
  );
  await until(async () => (await uses(used)) === 2, "the comment is counted");
  assert.equal((await ana.get(at(ana, used))).good(200).last_used_at !== null, true);
  assert.equal(await uses(other), 0);
  assert.equal((await ben.get(at(ben, secret))).good(200).uses, 0, "somebody else's own is not counted");

  const many = { ...words("x"), responses: Array.from({ length: 21 }, () => randomUUID()) };
  (await ana.post(path, many)).refusedField("responses", "too_long");
  (await conversation.post(conversation.path("/messages"), { ...words("Mine"), responses: [] })).refusedField(
    "responses",
    "unknown_field",
  );
  (await ana.delete(at(ana, used))).good(204);
});

test("they are found by any of their words, and listed in parts", async () => {
  const company = await found(desk);
  const ana = await hire(company, "agent");
  const lamp = await compose(ana, { name: "Été: lamps", shortcut: "lamp", body: "The bulb is loose." });
  const refund = await compose(ana, {
    name: "refund",
    body: "100 % of it {{contact.name}}",
    scope: "company",
  });
  const long = "a".repeat(80);
  const hours = await compose(ana, { name: "Hours", body: `Nine to five, ${long}.` });
  assert.deepEqual(await listed(ana, "?q=BULB"), [lamp.id]);
  assert.deepEqual(await listed(ana, "?q=bulb%20%C3%A9t%C3%A9"), [lamp.id]);
  assert.deepEqual(await listed(ana, "?q=bulb%20nine"), []);
  assert.deepEqual(await listed(ana, "?q=%25"), [refund.id], "a sign of the pattern is a letter");
  assert.deepEqual(await listed(ana, `?q=${long}`), [hours.id]);
  assert.deepEqual(await listed(ana, "?scope=company"), [refund.id]);
  (await ana.get(ana.path("/responses?scope=mine"))).refused(422);
  (await ana.get(ana.path("/responses?limit=0"))).refusedField("limit");
  (await ana.get(ana.path("/responses?cursor=x"))).refusedField("cursor");

  const parts = [];
  for (let cursor = ""; ; ) {
    const part = (await ana.get(ana.path(`/responses?limit=2${cursor}`))).good(200);
    parts.push(part.items.map((/** @type {{ name: string }} */ { name }) => name));
    if (!part.next) break;
    cursor = `&cursor=${part.next}`;
  }
  assert.deepEqual(parts, [["Hours", "refund"], ["Été: lamps"]]);
});

test("a response is well written, made once, and in the audit trail once it is shared", async () => {
  const company = await found(desk);
  const ana = await hire(company, "agent");
  const path = ana.path("/responses");
  (await ana.post(path, { name: " ", body: "x" })).refusedField("name", "required");
  (await ana.post(path, { name: "x", body: " \n" })).refusedField("body", "required");
  (await ana.post(path, { name: "x", body: "x".repeat(20_001) })).refusedField("body", "too_long");
  (await ana.post(path, { name: "x", body: "x", shortcut: "two words" })).refusedField("shortcut");
  (await ana.post(path, { name: "x", body: "x", shortcut: "x".repeat(41) })).refusedField("shortcut");
  (await ana.post(path, { name: "x", body: "x", language: "English" })).refusedField("language");
  (await ana.post(path, { name: "x", body: "x", scope: "world" })).refused(422);

  const once = { name: "Hours", body: "Nine.", client_id: randomUUID() };
  const first = (await ana.post(path, once)).good(201);
  assert.equal((await ana.post(path, once)).good(201).id, first.id);
  (await ana.post(path, { ...once, body: "Ten." })).refused(409, "client_id_reused");
  assert.deepEqual(await listed(ana), [first.id]);

  await ana.patch(at(ana, first), { scope: "company" });
  await ana.delete(at(ana, first));
  const trail = (await company.administrator.get(company.path(`/audit?target=${first.id}`))).good(200).items;
  assert.deepEqual(
    trail.map((/** @type {{ action: string }} */ { action }) => action),
    ["response.deleted", "response.updated"],
    "what was private is nobody's business",
  );
});
