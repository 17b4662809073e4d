// Changing people: what they are called, where they belong, what they may do; and who may change whom.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { address, asProgram, found, hire, member, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/** @typedef {import("../support/world.mjs").Company} Company */

/** @param {Company} company @param {string} id @returns {Promise<any>} */
const agentOf = async (company, id) =>
  (await company.administrator.get(company.path(`/agents/${id}`))).good(200);

/** @param {Company} company @param {string} id @param {Record<string, unknown>} body */
const change = (company, id, body) => company.administrator.patch(company.path(`/agents/${id}`), body);

// spec: E12 F10 F11 D9 D10 H5
test("an administrator changes name, language, business units, chats, telephones and function", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const before = await agentOf(company, agent.id);
  const unit = (await administrator.post(company.path("/business-units"), { name: "West" })).good(201);
  const group = (await administrator.post(company.path("/teams"), { name: "Sales" })).good(201);
  const [first] = before.business_units;
  const body = {
    name: "Robin",
    public_name: "Robin of Lamps",
    first_name: "Robin",
    last_name: "Hale",
    function: "Repairs",
    language: "fr",
    business_units: [first.id, unit.id],
    teams: [group.id],
    phones: { landline: "020 7946 0000", mobile: "" },
    max_chats: 7,
  };
  const changed = (await change(company, agent.id, body)).good(200);
  const named = (/** @type {any[]} */ teams) => teams.map((team) => team.id).sort();
  assert.deepEqual(named(changed.business_units), body.business_units.toSorted());
  assert.deepEqual(named(changed.teams), body.teams);
  const { business_units: _units, teams: _teams, ...rest } = body;
  for (const [field, value] of Object.entries(rest)) assert.deepEqual(changed[field], value, field);
  assert.deepEqual(await agentOf(company, agent.id), changed);
  assert.equal((await agent.get(company.path("/me"))).good(200).name, "Robin", "his session goes on");

  // Null and empty fall back to the company's.
  const fallen = (await change(company, agent.id, { language: null, max_chats: null, public_name: "" })).good(
    200,
  );
  assert.deepEqual([fallen.language, fallen.max_chats, fallen.public_name], [null, null, null]);
  assert.equal(fallen.name, "Robin");
});

// spec: H1 H2
test("a person's number of chats overrides the company's, and null takes it back", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  assert.equal((await administrator.patch(company.path(), { max_chats: 5 })).good(200).max_chats, 5);
  assert.equal((await agentOf(company, agent.id)).max_chats, null);
  assert.equal((await change(company, agent.id, { max_chats: 9 })).good(200).max_chats, 9);
  for (const wrong of [0, -1, 1_001, 1.5, "3"]) {
    (await change(company, agent.id, { max_chats: wrong })).refusedField("max_chats");
  }
  assert.equal((await agentOf(company, agent.id)).max_chats, 9);
  assert.equal((await change(company, agent.id, { max_chats: null })).good(200).max_chats, null);
});

// spec: D8 E14 H4 H5
test("nobody is without a business unit, nobody has two languages", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const before = await agentOf(company, agent.id);
  assert.equal(before.business_units.length, 1);
  (await change(company, agent.id, { business_units: [] })).refusedField("business_units");
  (await change(company, agent.id, { language: ["en", "fr"] })).refusedField("language");
  (await change(company, agent.id, { language: "en,fr" })).refusedField("language");
  assert.deepEqual(await agentOf(company, agent.id), before);
});

// spec: A3 E21 I9
test("updating access takes effect at once", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const conversation = await write(company);
  (await agent.get(agent.at(conversation))).refused(404);
  const promoted = (
    await change(company, agent.id, { roles: ["supervisor"], add_ons: ["payment_reports"] })
  ).good(200);
  assert.deepEqual([promoted.roles, promoted.add_ons], [["supervisor"], ["payment_reports"]]);
  (await agent.get(agent.at(conversation))).good(200);
  (await agent.patch(company.path(), { description: "Mine now" })).good(200);
  (await change(company, agent.id, { roles: ["agent"], add_ons: [] })).good(200);
  (await agent.get(agent.at(conversation))).refused(404);
  assert.equal(
    (await agent.patch(company.path(), { description: "Mine" })).refused(403).missing,
    "tenant.settings",
  );
  (await change(company, agent.id, { roles: [] })).refusedField("roles");
  (await change(company, agent.id, { roles: ["boss"] })).refusedField("roles[0]");
  assert.deepEqual((await agentOf(company, agent.id)).roles, ["agent"]);
});

test("whoever loses rights hears nothing more of what he may not see", async () => {
  const company = await found(desk);
  const agent = await hire(company, "supervisor");
  const feed = await agent.listen(company.path("/live"));
  await feed.hears({ type: "hello" });
  (await change(company, agent.id, { roles: ["agent"] })).good(200);
  const conversation = await write(company);
  await until(async () => {
    const { items } = (await company.administrator.get(company.path("/conversations"))).good(200);
    return items.length > 0;
  }, "the list has it");
  assert.ok(!feed.texts.join().includes(conversation.id));
  feed.close();
});

// spec: C26 N3
test("who has conversations and becomes somebody who has none says where they go", async () => {
  const company = await found(desk);
  const [agent, next] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  (await company.administrator.assign(conversation, agent)).good(200);
  const promote = (/** @type {Record<string, unknown>} */ plan) =>
    change(company, agent.id, { roles: ["administrator"], ...plan });
  await until(async () => {
    const refusal = (await promote({})).refused(409, "has_open_conversations");
    return refusal.open_conversations === 1;
  }, "the conversation counts");
  (await promote({ transfer_to: company.administrator.id })).refused(422, "not_assignable");
  (await promote({ transfer_to: agent.id })).refused(422, "not_assignable");
  assert.deepEqual((await promote({ transfer_to: next.id })).good(200).roles, ["administrator"]);
  assert.equal((await company.administrator.read(conversation)).assignee.id, next.id);
});

// spec: N2 I2
test("the last owner stays one, and owners alone make owners", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const second = await hire(company, "administrator");
  assert.deepEqual(
    [(await agentOf(company, administrator.id)).owner, (await agentOf(company, second.id)).owner],
    [true, false],
  );
  (await second.patch(company.path(`/agents/${second.id}`), { owner: true })).refused(403);
  (await second.patch(company.path(`/agents/${administrator.id}`), { owner: false })).refused(403);
  (await second.delete(company.path(`/agents/${administrator.id}`))).refused(403);
  for (const body of [{ owner: false }, { roles: ["agent"] }]) {
    (await change(company, administrator.id, body)).refused(409, "last_owner");
  }
  (await administrator.put(company.path(`/agents/${administrator.id}/disabled`), {})).refused(
    409,
    "last_owner",
  );
  (await administrator.delete(company.path(`/agents/${administrator.id}`))).refused(409, "last_owner");
  (await change(company, second.id, { owner: true })).good(200);
  assert.equal((await change(company, administrator.id, { owner: false })).good(200).owner, false);
  (await second.delete(company.path(`/agents/${administrator.id}`))).good(204);
});

// spec: I2 E21
test("nobody manages his equals or betters, nor gives what is not his", async () => {
  const company = await found(desk);
  const supervisor = await asProgram(await hire(company, "supervisor"));
  const equal = await hire(company, "supervisor");
  const agent = await hire(company, "agent");
  const at = (/** @type {string} */ id) => company.path(`/agents/${id}`);
  for (const id of [equal.id, company.administrator.id]) {
    (await supervisor.patch(at(id), { name: "Mine" })).refused(403);
    (await supervisor.delete(at(id))).refused(403);
    (await supervisor.put(`${at(id)}/disabled`, {})).refused(403);
  }
  for (const roles of [["supervisor"], ["administrator"], ["agent", "administrator"]]) {
    (await supervisor.patch(at(agent.id), { roles })).refused(403);
    const email = address(unique("not"));
    (await supervisor.post(company.path("/agents"), { email, roles, send_email: false })).refused(403);
  }
  (await supervisor.patch(at(agent.id), { roles: ["super_agent"] })).good(200);
});

/**
 * An owner who was removed, invited again as a supervisor by another owner, or by somebody who is none.
 *
 * @param {"owner" | "administrator"} inviter
 */
async function formerOwner(inviter) {
  const company = await found(desk);
  const { administrator } = company;
  const former = await hire(company, "administrator");
  const by = inviter === "owner" ? administrator : await hire(company, "administrator");
  (await change(company, former.id, { owner: true })).good(200);
  (await administrator.delete(company.path(`/agents/${former.id}`))).good(204);
  const body = { email: former.email, roles: ["supervisor"], send_email: false };
  const { invitation_url } = (await by.post(company.path("/agents"), body)).good(201);
  const token = invitation_url.split("/invitation/")[1];
  const joining = await anonymous(desk).post(`/api/invitations/${token}`, { password: former.password });
  return { company, former, joining };
}

// spec: N2 N4
test("an owner who was removed can be invited again by whoever invites", async () => {
  const { joining } = await formerOwner("administrator");
  joining.good(200);
});

// spec: N2 I2 N4
test("an owner who was removed comes back as what he is invited to be, and nothing more", async () => {
  const { company, former, joining } = await formerOwner("owner");
  joining.good(200);
  const back = await member(company, joining, former);
  const himself = company.path(`/agents/${former.id}`);
  const promotion = await back.patch(himself, { roles: ["administrator"] });
  const shown = await agentOf(company, former.id);
  assert.deepEqual(
    { promotion: promotion.status, owner: shown.owner, roles: shown.roles },
    { promotion: 403, owner: false, roles: ["supervisor"] },
  );
});

/** A manager who sees his teams only, his team, and a team and a business unit that are not his. */
async function managerOfOneTeam() {
  const company = await found(desk);
  const { administrator } = company;
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body) =>
    (await administrator.post(company.path(path), body)).good(201);
  const [own, foreign] = [await post("/teams", { name: "Own" }), await post("/teams", { name: "Foreign" })];
  const unit = await post("/business-units", { name: "Far" });
  const manager = await hire(company, "agent_manager", { teams: [own.id] });
  return { company, own, foreign, unit, manager };
}

// spec: D10 I2
test("whoever sees his teams only puts neither himself nor others into teams that are not his", async () => {
  const { company, own, foreign, unit, manager } = await managerOfOneTeam();
  const { administrator } = company;
  const conversation = await write(company);
  const at = company.path(`/conversations/${conversation.id}`);
  (await administrator.put(`${at}/team`, { team_id: foreign.id })).good(200);
  (await manager.get(at)).refused(404);
  const himself = company.path(`/agents/${manager.id}`);
  const [first] = (await administrator.get(himself)).good(200).business_units;
  for (const body of [{ teams: [own.id, foreign.id] }, { business_units: [first.id, unit.id] }]) {
    const answer = await manager.patch(himself, body);
    assert.equal(answer.status, 403, `${JSON.stringify(body)}: ${answer.text}`);
  }
  (await manager.get(at)).refused(404);
});

// spec: E20 D5
test("whoever invites into his teams invites into no other", async () => {
  const { company, own, foreign, unit, manager } = await managerOfOneTeam();
  const tryWith = (/** @type {Record<string, unknown>} */ more) =>
    manager.post(company.path("/agents"), {
      email: address("in"),
      roles: ["agent"],
      send_email: false,
      ...more,
    });
  (await tryWith({ teams: [own.id] })).good(201);
  (await tryWith({ business_units: [unit.id] })).refused(403, "forbidden");
  (await tryWith({ teams: [foreign.id] })).refused(403, "forbidden");
});

// spec: I2
test("nobody gets, by a password of his making, a power that he might not give", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const grants = { "conversation.view": ["all"], "tenant.settings": ["all"] };
  const made = { name: "Quiet power", base: "agent", grants };
  const { id } = (await administrator.post(company.path("/roles"), made)).good(201);
  const [manager, powerful, plain] = [
    await hire(company, "agent_manager"),
    await hire(company, [id]),
    await hire(company, "agent"),
  ];
  /** @param {import("../support/world.mjs").Member} whom @param {object} how */
  const help = (whom, how) => manager.post(company.path(`/agents/${whom.id}/password-reset`), how);
  for (const how of [{ send_email: false }, { temporary_password: "a Lamp of his" }]) {
    assert.equal((await help(powerful, how)).refused(403).missing, "agent.reset_password");
    (await help(plain, how)).good(200);
  }
  (await help(powerful, { send_email: true })).good(200);
  // Who asks for nothing needs no less.
  assert.equal(
    (await plain.patch(company.path(`/agents/${manager.id}`), {})).status,
    401,
    "he was given another password",
  );
  const agent = await hire(company, "agent");
  assert.equal(
    (await agent.patch(company.path(`/agents/${manager.id}`), {})).refused(403).missing,
    "agent.edit",
  );
});
