// What an attack on the permission table would try, one way after the other.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, PASSWORD, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Company} Company */

/** @param {Member} by @param {Record<string, string[]>} grants @param {string} [base] */
const role = (by, grants, base = "agent") =>
  by.post(by.path("/roles"), { name: unique("Role"), base, grants });

/** @param {Company} company @param {string} name @param {object[]} [rights] */
async function folder({ administrator, ...company }, name, rights = []) {
  const path = `/api/companies/${company.slug}/folders`;
  const { id } = (await administrator.post(path, { name })).good(201);
  (await administrator.put(`${path}/${id}/rights`, rights)).good(200);
  return id;
}

// spec: I2 N1
test("a narrow part of what concerns the whole company is nothing, and cannot be given", async () => {
  const company = await found(desk);
  const superAgent = await hire(company, "super_agent");
  for (const capability of ["tenant.settings", "tenant.audit_view", "agent.role", "agent.addons"]) {
    (await role(superAgent, { [capability]: ["own"] })).refusedField(`grants.${capability}`, "undivided");
  }
  assert.equal(
    (await role(superAgent, { "tenant.settings": ["all"] })).refused(403).missing,
    "tenant.settings",
  );
  const manager = await hire(company, "agent_manager");
  (await role(manager, { "conversation.view": ["own"] })).refused(403);
  const { id } = (await role(superAgent, { "folder.acl": ["own"], "team.manage": ["participating"] })).good(
    201,
  );
  const clerk = await hire(company, [id]);
  assert.equal(
    (await clerk.post(company.path("/teams"), { name: "Mine" })).refused(403).missing,
    "team.manage",
  );
});

test("whoever has several roles of the company's own can be changed and disabled, in whatever order they came", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const roles = [];
  for (const name of ["Zebra", "Ant", "Mole"]) {
    const made = await administrator.post(company.path("/roles"), { name: unique(name), base: "agent" });
    roles.push(made.good(201).id);
  }
  const agent = await hire(company, [String(roles[2]), "agent", String(roles[0]), String(roles[1])]);
  const path = company.path(`/agents/${agent.id}`);
  (await administrator.patch(path, { function: "Keeper" })).good(200);
  (await administrator.put(`${path}/disabled`, {})).good(200);
});

test("the Dispenser deals nothing out of folders and teams that are not one's own", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent", { add_ons: ["dispenser"] });
  const [closed, open] = [
    await folder(company, "Closed"),
    await folder(company, "Open", [{ agent_id: agent.id, see_incoming: true, assign: false }]),
  ];
  const { id: team } = (await administrator.post(company.path("/teams"), { name: "Others" })).good(201);
  const [inClosed, inTeam, inOpen] = [await write(company), await write(company), await write(company)];
  const put = async (
    /** @type {{ id: string }} */ one,
    /** @type {string} */ rest,
    /** @type {object} */ body,
  ) => (await administrator.put(administrator.at(one, rest), body)).good(200);
  await put(inClosed, "/folder", { folder_id: closed });
  await put(inTeam, "/team", { team_id: team });
  await put(inOpen, "/folder", { folder_id: open });
  await until(async () => {
    const { items } = (await administrator.get(company.path(`/conversations?folder=${open}`))).good();
    return items.length === 1;
  }, "the index has it");
  const next = () => agent.post(company.path("/conversations/next"), {});
  assert.equal((await next()).good(200).id, inOpen.id);
  assert.equal((await next()).status, 204);
  (await agent.post(agent.at(inClosed, "/claim"))).refused(404);
  assert.equal((await administrator.read(inClosed)).assignee, null);
});

test("a link that was handed over ends with the office of whoever got it, or of whom it is for", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const reset = (/** @type {string} */ url) =>
    anonymous(desk).post("/api/password/reset", {
      token: url.split("/reset/")[1],
      password: `${PASSWORD} anew`,
    });
  const link = async (/** @type {Member} */ by, /** @type {Member} */ whom) =>
    (await by.post(company.path(`/agents/${whom.id}/password-reset`), { send_email: false })).good(200)
      .reset_url;
  const [first, second, third] = [
    await hire(company, "agent"),
    await hire(company, "agent"),
    await hire(company, "agent"),
  ];
  const [dismissed, staying] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  const [ofDismissed, ofPromoted, good] = [
    await link(dismissed, first),
    await link(staying, second),
    await link(staying, third),
  ];
  (await administrator.put(company.path(`/agents/${dismissed.id}/disabled`), {})).good(200);
  (await administrator.patch(company.path(`/agents/${second.id}`), { roles: ["supervisor"] })).good(200);
  (await reset(ofDismissed)).refused(410, "link_gone");
  (await reset(ofPromoted)).refused(410, "link_gone");
  (await reset(good)).good(200);
});

test("an agent manager takes nobody of another team into his own", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [manager, stranger] = [await hire(company, "agent_manager"), await hire(company, "agent")];
  const unit = (await administrator.post(company.path("/business-units"), { name: "North" })).good(201);
  (await administrator.patch(company.path(`/agents/${stranger.id}`), { business_units: [unit.id] })).good(
    200,
  );
  const own = { name: "His", agents: [manager.id] };
  const team = (await administrator.post(company.path("/teams"), own)).good(201);
  const path = company.path(`/teams/${team.id}`);
  const taken = await manager.patch(path, { agents: [manager.id, stranger.id] });
  assert.equal(taken.refused(403).missing, "team.manage");
  (await manager.patch(path, { name: "Still his" })).good(200);
});

test("an invitation tells the inviter nothing of an account that he did not say himself", async () => {
  const [home, stranger] = [await found(desk), await found(desk)];
  const known = await hire(home, "agent", { first_name: "Real", last_name: "Name" });
  const by = stranger.administrator;
  const body = { email: known.email, roles: ["agent"], send_email: false };
  const { agent, invitation_url } = (await by.post(stranger.path("/agents"), body)).good(201);
  const listed = (await by.get(stranger.path(`/agents/${agent.id}`))).good(200);
  const shown = (await by.get(`/api/invitations/${invitation_url.split("/invitation/")[1]}`)).good(200);
  for (const told of [agent, listed, shown]) assert.doesNotMatch(JSON.stringify(told), /Real|Name/);
  (await by.patch(stranger.path(`/agents/${agent.id}`), { first_name: "Other", last_name: "One" })).refused(
    409,
    "not_active",
  );

  const token = invitation_url.split("/invitation/")[1];
  const names = { first_name: "Other", last_name: "One" };
  (await anonymous(desk).post(`/api/invitations/${token}`, { password: PASSWORD, ...names })).good(200);
  const { items } = (await home.administrator.get(home.path("/agents"))).good(200);
  const same = items.find((/** @type {any} */ one) => one.id === known.id);
  assert.deepEqual([same.first_name, same.last_name], ["Real", "Name"]);
});
