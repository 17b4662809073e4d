// Roles of a company's own, agent groups, business units, folders and the rights in them.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { ROLES, reach } from "../support/permissions.mjs";
import { found, hire, invite, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 */

/** @param {Company} company @param {string} path @param {unknown} body @returns {Promise<any>} */
const make = async (company, path, body) =>
  (await company.administrator.post(company.path(path), body)).good(201);

/** @param {Company} company @param {string} path @returns {Promise<any[]>} */
const listOf = async (company, path) => (await company.administrator.get(company.path(path))).good(200).items;

/** @param {Company} company @param {string} id @param {Record<string, unknown>} body */
const change = (company, id, body) => company.administrator.patch(company.path(`/agents/${id}`), body);

/** @param {Company} company @param {string} folder @param {unknown} entries */
const setRights = (company, folder, entries) =>
  company.administrator.put(company.path(`/folders/${folder}/rights`), entries);

/** @param {any[]} items @returns {string[]} */
const ids = (items) => items.map(({ id }) => id).sort();

/** @param {Company} company @param {string} [folder] a conversation that somebody else has */
async function conversationIn(company, folder) {
  const conversation = await write(company);
  const at = company.path(`/conversations/${conversation.id}/folder`);
  if (folder) (await company.administrator.put(at, { folder_id: folder })).good(200);
  return conversation;
}

// Roles

// spec: E13 M1
test("the presets are listed with what they allow, then the company's own", async () => {
  const company = await found(desk);
  const own = await make(company, "/roles", { name: "Lamp keeper", base: "agent" });
  const items = await listOf(company, "/roles");
  assert.deepEqual(
    items.map(({ id }) => id),
    [...ROLES, own.id],
  );
  for (const role of items) {
    const preset = role.base ?? role.id;
    for (const [capability, scopes] of Object.entries(role.grants)) {
      assert.deepEqual(scopes, reach({ roles: [preset] }, capability), `${role.id} ${capability}`);
    }
  }
  assert.deepEqual(
    [own.name, own.base, own.assignable, own.confined, own.rank],
    ["Lamp keeper", "agent", true, false, 20],
  );
  (await company.administrator.post(company.path("/roles"), { name: "Lamp keeper", base: "agent" })).refused(
    409,
    "name_taken",
  );
  (await company.administrator.post(company.path("/roles"), { name: " ", base: "agent" })).refusedField(
    "name",
  );
  (await company.administrator.post(company.path("/roles"), { name: "X", base: "boss" })).refusedField(
    "base",
  );
  const wrong = { name: "X", base: "agent", grants: { "lamp.light": ["all"] } };
  (await company.administrator.post(company.path("/roles"), wrong)).refused(422);
  const scoped = { name: "X", base: "agent", grants: { "agent.list": ["everywhere"] } };
  (await company.administrator.post(company.path("/roles"), scoped)).refused(422);
});

// spec: E13
test("a role of one's own counts at once, changed or given", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const conversation = await write(company);
  const role = await make(company, "/roles", {
    name: "Reader",
    base: "agent",
    grants: { "agent.list": ["all"] },
  });
  const reader = await hire(company, role.id);
  assert.deepEqual((await reader.get(company.path("/me"))).good(200).capabilities, { "agent.list": ["all"] });
  (await reader.get(reader.at(conversation))).refused(404);
  const path = company.path(`/roles/${role.id}`);
  const grants = { "agent.list": ["all"], "conversation.view": ["all"] };
  assert.deepEqual((await administrator.patch(path, { grants })).good(200).grants, grants);
  (await reader.get(reader.at(conversation))).good(200);
  (await reader.patch(company.path(), { description: "Mine" })).refused(403);
  const renamed = (await administrator.patch(path, { name: "Watcher" })).good(200);
  assert.deepEqual([renamed.name, renamed.grants], ["Watcher", grants]);
  (await administrator.patch(path, { grants: {} })).good(200);
  (await reader.get(reader.at(conversation))).refused(404);
  (await reader.get(company.path("/agents"))).refused(403);
  (await administrator.patch(path, { base: "supervisor" })).refusedField("base", "unknown_field");
});

// spec: E13
test("a role is deleted when nobody has it any more", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const role = await make(company, "/roles", { name: "Held", base: "agent" });
  const holder = await hire(company, ["agent", role.id]);
  const path = company.path(`/roles/${role.id}`);
  (await administrator.delete(path)).refused(409, "role_in_use");
  const { agent: invited } = await invite(company, [role.id]);
  (await change(company, holder.id, { roles: ["agent"] })).good(200);
  (await administrator.delete(path)).refused(409, "role_in_use");
  (await administrator.delete(company.path(`/agents/${invited.id}`))).good(204);
  (await administrator.delete(path)).good(204);
  (await administrator.delete(path)).refused(404);
  (await change(company, holder.id, { roles: [role.id] })).refusedField("roles[0]");
});

// spec: E13 E21
test("nobody makes a role that allows more than his own", async () => {
  const company = await found(desk);
  const superAgent = await hire(company, "super_agent");
  const post = (/** @type {unknown} */ body) => superAgent.post(company.path("/roles"), body);
  (await post({ name: "More", base: "supervisor" })).refused(403);
  (await post({ name: "Equal", base: "super_agent" })).refused(403);
  const settings = { name: "Settings", base: "agent", grants: { "tenant.settings": ["all"] } };
  assert.equal((await post(settings)).refused(403).missing, "tenant.settings");
  const role = (await post({ name: "Fine", base: "agent", grants: { "conversation.view": ["all"] } })).good(
    201,
  );
  const path = company.path(`/roles/${role.id}`);
  (await superAgent.patch(path, { grants: { "tenant.audit_view": ["all"] } })).refused(403);
  const greater = await make(company, "/roles", { name: "Boss", base: "supervisor" });
  (await superAgent.patch(company.path(`/roles/${greater.id}`), { name: "Less" })).refused(403);
  (await superAgent.delete(company.path(`/roles/${greater.id}`))).refused(403);
  const confined = { name: "Mixed", base: "order_payment_admin", grants: { "conversation.view": ["all"] } };
  (await company.administrator.post(company.path("/roles"), confined)).refusedField(
    "grants",
    "confined_role",
  );
});

// Groups and business units

for (const [path, field, what] of /** @type {const} */ ([
  ["/teams", "teams", "agent groups"],
  ["/business-units", "business_units", "business units"],
])) {
  // spec: D5 D6 D9 D10 N7
  test(`${what} are made of a name and chosen agents, changed and deleted`, async () => {
    const company = await found(desk);
    const { administrator } = company;
    const [ana, ben] = [await hire(company, "agent"), await hire(company, "agent")];
    const before = (await listOf(company, path)).length;
    const team = await make(company, path, { name: "Sales", agents: [ana.id] });
    assert.equal(team.name, "Sales");
    assert.deepEqual(ids(team.agents), [ana.id]);
    assert.equal((await listOf(company, path)).length, before + 1);
    const agent = (await administrator.get(company.path(`/agents/${ana.id}`))).good(200);
    assert.ok(ids(agent[field]).includes(team.id));

    const at = company.path(`${path}/${team.id}`);
    const changed = (await administrator.patch(at, { name: "Support", agents: [ana.id, ben.id] })).good(200);
    assert.equal(changed.name, "Support");
    assert.deepEqual(ids(changed.agents), [ana.id, ben.id].sort());
    assert.deepEqual(ids((await administrator.patch(at, { agents: [ben.id] })).good(200).agents), [ben.id]);
    assert.equal((await administrator.patch(at, {})).good(200).name, "Support");

    const post = (/** @type {unknown} */ body) => administrator.post(company.path(path), body);
    (await post({ name: "Support" })).refused(409, "name_taken");
    (await post({ name: " " })).refusedField("name");
    (await post({ name: "X", agents: ["01999999-0000-7000-8000-000000000000"] })).refusedField("agents[0]");
    (await post({ name: "X", colour: "red" })).refusedField("colour", "unknown_field");
    const stranger = (await found(desk)).administrator;
    (await post({ name: "X", agents: [stranger.id] })).refusedField("agents[0]");

    (await administrator.delete(at)).good(204);
    (await administrator.delete(at)).refused(404);
    (await administrator.patch(at, { name: "X" })).refused(404);
    const wrongKind = path === "/teams" ? "/business-units" : "/teams";
    const other = await make(company, wrongKind, { name: unique("Other") });
    (await administrator.patch(company.path(`${path}/${other.id}`), { name: "X" })).refused(404);
  });
}

// spec: D8 D9 H5
test("nobody loses his only business unit", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const [first] = await listOf(company, "/business-units");
  const path = company.path(`/business-units/${first.id}`);
  (await administrator.delete(path)).refused(409, "only_business_unit");
  (await administrator.patch(path, { agents: [] })).refused(409, "only_business_unit");
  assert.deepEqual(
    ids((await listOf(company, "/business-units"))[0].agents),
    [administrator.id, agent.id].sort(),
  );
  await make(company, "/business-units", { name: "Second", agents: [administrator.id, agent.id] });
  (await administrator.delete(path)).good(204);
  const now = (await administrator.get(company.path(`/agents/${agent.id}`))).good(200);
  assert.deepEqual(
    now.business_units.map((/** @type {any} */ one) => one.name),
    ["Second"],
  );
});

// spec: D5 D7 N7
test("a conversation of a group is its managers', until the group is no more", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const manager = await hire(company, "agent_manager");
  const group = await make(company, "/teams", { name: "Repairs", agents: [manager.id] });
  const conversation = await write(company);
  (await manager.get(manager.at(conversation))).refused(404);
  const path = company.path(`/conversations/${conversation.id}/team`);
  const given = (await administrator.put(path, { team_id: group.id })).good(200);
  assert.deepEqual([given.team.id, given.team.name], [group.id, "Repairs"]);
  (await manager.get(manager.at(conversation))).good(200);
  (await administrator.put(path, { team_id: unitless })).refused(422);
  (await administrator.delete(company.path(`/teams/${group.id}`))).good(204);
  (await manager.get(manager.at(conversation))).refused(404);
  (await administrator.get(administrator.at(conversation))).good(200);
});

const unitless = "01999999-0000-7000-8000-000000000000";

// Folders

// spec: C3 C4 C7 C8 C9
test("folders are created, renamed and deleted, and keep their conversations", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const folder = await make(company, "/folders", { name: "Repairs" });
  assert.deepEqual(folder, { id: folder.id, name: "Repairs", see_incoming: true, assign: true });
  (await administrator.post(company.path("/folders"), { name: "Repairs" })).refused(409, "name_taken");
  (await administrator.post(company.path("/folders"), { name: "" })).refusedField("name");
  const conversation = await conversationIn(company, folder.id);
  (await administrator.assign(conversation, agent)).good(200);
  const sorted = await administrator.read(conversation);
  assert.deepEqual([sorted.folder, sorted.assignee.id], [{ id: folder.id, name: "Repairs" }, agent.id]);
  await until(async () => {
    const shown = await listOf(company, `/conversations?folder=${folder.id}`);
    return shown.length === 1 && shown[0].id === conversation.id;
  }, "the folder shows it");

  const path = company.path(`/folders/${folder.id}`);
  assert.equal((await administrator.patch(path, { name: "Returns" })).good(200).name, "Returns");
  (await administrator.delete(path)).good(204);
  (await administrator.delete(path)).refused(404);
  assert.deepEqual(await listOf(company, "/folders"), []);
  const kept = await administrator.read(conversation);
  assert.deepEqual([kept.folder, kept.assignee.id, kept.id], [null, agent.id, conversation.id]);
  const at = company.path(`/conversations/${conversation.id}/folder`);
  (await administrator.put(at, { folder_id: folder.id })).refused(422);
});

// spec: D1 D3 D4
test("a right to see shows all that comes into a folder: by agent, by team, by role", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const group = await make(company, "/teams", { name: "Repairs", agents: [agent.id] });
  const own = await make(company, "/roles", { name: "Keeper", base: "agent" });
  (await change(company, agent.id, { roles: ["agent", own.id] })).good(200);
  const [unit] = (await agent.get(company.path("/agents")))
    .good(200)
    .items.find((/** @type {any} */ one) => one.id === agent.id).business_units;
  const bystander = await hire(company, "client_manager", {
    business_units: [(await make(company, "/business-units", { name: "Far" })).id],
  });
  for (const holder of [
    { agent_id: agent.id },
    { team_id: group.id },
    { team_id: unit.id },
    { role: "agent" },
    { role: own.id },
  ]) {
    const folder = await make(company, "/folders", { name: unique("Folder") });
    const early = await conversationIn(company, folder.id);
    (await agent.get(agent.at(early))).refused(404);
    const entry = { ...holder, see_incoming: true, assign: false };
    const { items } = (await setRights(company, folder.id, [entry])).good(200);
    assert.deepEqual(items, [entry]);
    assert.deepEqual(await listOf(company, `/folders/${folder.id}/rights`), [entry]);
    (await agent.get(agent.at(early))).good(200);
    const late = await conversationIn(company, folder.id);
    await agent.reply(late, "Good morning.");
    (await bystander.get(bystander.at(late))).refused(404);
    (await agent.assign(early, agent)).refused(403);
    await until(async () => {
      const { items: shown } = (await agent.get(company.path(`/conversations?folder=${folder.id}`))).good(
        200,
      );
      return ids(shown).join() === [early.id, late.id].sort().join();
    }, "his list has both");
    const mine = (await agent.get(company.path("/folders"))).good(200).items;
    const seen = mine.find((/** @type {any} */ one) => one.id === folder.id);
    assert.deepEqual([seen.see_incoming, seen.assign], [true, false]);

    (await setRights(company, folder.id, [])).good(200);
    (await agent.get(agent.at(early))).refused(404);
  }
});

// spec: D2 D3
test("a right to assign gives what is in a folder to somebody, and sorts into those folders only", async () => {
  const company = await found(desk);
  const [agent, colleague] = [await hire(company, "agent"), await hire(company, "agent")];
  const [from, to, closed] = [
    await make(company, "/folders", { name: "From" }),
    await make(company, "/folders", { name: "To" }),
    await make(company, "/folders", { name: "Closed" }),
  ];
  const both = [{ agent_id: agent.id, see_incoming: true, assign: true }];
  for (const folder of [from, to]) (await setRights(company, folder.id, both)).good(200);
  const conversation = await conversationIn(company, from.id);
  (await agent.assign(conversation, colleague)).good(200);
  const at = company.path(`/conversations/${conversation.id}/folder`);
  assert.equal((await agent.put(at, { folder_id: to.id })).good(200).folder.id, to.id);
  assert.equal(
    (await agent.put(at, { folder_id: closed.id })).refused(403).missing,
    "conversation.assign_folder",
  );
  const elsewhere = await conversationIn(company, closed.id);
  (await agent.put(company.path(`/conversations/${elsewhere.id}/folder`), { folder_id: to.id })).refused(404);
  const third = await conversationIn(company, from.id);
  assert.equal((await agent.take(third)).assignee.id, agent.id);
  (await agent.put(company.path(`/folders/${from.id}/rights`), [])).refused(403);
});

// spec: D3
test("rights that cannot be are refused by name, and nothing changes", async () => {
  const company = await found(desk);
  const folder = await make(company, "/folders", { name: "Repairs" });
  const agent = await hire(company, "agent");
  const entry = { agent_id: agent.id, see_incoming: true, assign: true };
  (await setRights(company, folder.id, [entry])).good(200);
  const stranger = (await found(desk)).administrator;
  for (const wrong of [
    [{ see_incoming: true, assign: true }],
    [{ ...entry, role: "agent" }],
    [entry, entry],
    [{ ...entry, agent_id: stranger.id }],
    [{ role: "boss", see_incoming: true, assign: true }],
    [{ team_id: agent.id, see_incoming: true, assign: true }],
    [{ role: "order_payment_admin", see_incoming: true, assign: false }],
    [{ ...entry, colour: "red" }],
    [{ agent_id: agent.id }],
    {},
  ]) {
    (await setRights(company, folder.id, wrong)).refused(422);
  }
  assert.deepEqual(await listOf(company, `/folders/${folder.id}/rights`), [entry]);
});
