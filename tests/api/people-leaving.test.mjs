// Leaving: disabled with a plan, enabled, removed and invited again.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { asProgram, found, hire, PASSWORD, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 */

/** @param {Company} company @param {Member} agent @param {Record<string, unknown>} [plan] */
const disable = (company, agent, plan) =>
  company.administrator.put(company.path(`/agents/${agent.id}/disabled`), plan);

/** @param {Company} company @param {Member} agent */
const enable = (company, agent) => company.administrator.delete(company.path(`/agents/${agent.id}/disabled`));

/** @param {Company} company @param {Member} agent a conversation of his, which the index knows to be his */
async function conversationOf(company, agent) {
  const conversation = await write(company);
  (await company.administrator.assign(conversation, agent)).good(200);
  await until(async () => {
    const path = company.path(`/conversations?assignee=${agent.id}&limit=100`);
    const { items } = (await company.administrator.get(path)).good(200);
    return items.some((/** @type {any} */ one) => one.id === conversation.id);
  }, "the list has it as his");
  return conversation;
}

/** @param {Company} company @param {{ id: string }} conversation @param {Member} agent */
async function stick(company, conversation, agent) {
  const { contact } = await company.administrator.read(conversation);
  const path = company.path(`/contacts/${contact.id}/sticky`);
  return { path, contact: (await company.administrator.put(path, { agent_id: agent.id })).good(200) };
}

/** @param {Company} company @param {{ id: string }} conversation @returns {Promise<string | null>} */
const assigneeOf = async (company, conversation) =>
  (await company.administrator.read(conversation)).assignee?.id ?? null;

// spec: I4 I6
test("whoever is disabled is out at once, and everything of his stays", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const token = await asProgram(agent);
  const conversation = await conversationOf(company, agent);
  await agent.reply(conversation, "Good morning.");
  (await company.administrator.setStatus(conversation, "closed")).good(200);
  const [feed, live] = [
    await agent.listen(company.path("/live")),
    await agent.listen(agent.at(conversation, "/live")),
  ];
  const answer = await until(async () => {
    const disabled = await disable(company, agent);
    return disabled.status === 200 && disabled.body;
  }, "the closed conversation holds him no longer");
  assert.deepEqual([answer.id, answer.status, answer.assignable], [agent.id, "disabled", false]);
  assert.deepEqual([await feed.closed(), await live.closed()], [4401, 4401]);
  (await agent.get(company.path("/me"))).refused(401);
  (await token.get(company.path("/me"))).refused(401);
  const credentials = { email: agent.email, password: agent.password };
  (await anonymous(desk).post("/api/session", credentials)).refused(401, "wrong_credentials");
  const events = await company.administrator.events(conversation);
  assert.ok(
    events.some((/** @type {any} */ event) => event.body === "Good morning." && event.by.id === agent.id),
  );
  (await disable(company, agent)).good(200);

  const back = (await enable(company, agent)).good(200);
  assert.deepEqual([back.id, back.status, back.assignable], [agent.id, "active", true]);
  const { token: again } = (
    await anonymous(desk).post("/api/tokens", { email: agent.email, password: PASSWORD })
  ).good(201);
  const returned = token.with({ authorization: `Bearer ${again}` });
  assert.equal((await returned.get(company.path("/me"))).good(200).id, agent.id);
  (await enable(company, agent)).good(200);
});

// spec: C29 I7
test("whoever has conversations is disabled only with a plan for them", async () => {
  const company = await found(desk);
  const [agent, next] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversations = [await conversationOf(company, agent), await conversationOf(company, agent)];
  const refusal = (await disable(company, agent)).refused(409, "has_open_conversations");
  assert.deepEqual([refusal.open_conversations, refusal.sticky_contacts], [2, 0]);
  (await agent.get(company.path("/me"))).good(200);
  (await disable(company, agent, { transfer_to: agent.id })).refused(422, "not_assignable");
  (await disable(company, agent, { transfer_to: company.administrator.id })).refused(422, "not_assignable");
  (await disable(company, agent, { transfer_to: "01999999-0000-7000-8000-000000000000" })).refused(
    422,
    "not_assignable",
  );
  (await disable(company, agent, { transfer_to: "somewhere" })).refusedField("transfer_to");
  for (const conversation of conversations) assert.equal(await assigneeOf(company, conversation), agent.id);

  const done = (await disable(company, agent, { transfer_to: next.id })).good(200);
  assert.deepEqual([done.status, done.handed_over], ["disabled", 2]);
  for (const conversation of conversations) assert.equal(await assigneeOf(company, conversation), next.id);
  (await disable(company, next, { transfer_to: agent.id })).refused(422, "not_assignable");
  const queued = (await disable(company, next, { transfer_to: "queue" })).good(200);
  assert.equal(queued.handed_over, 2);
  for (const conversation of conversations) assert.equal(await assigneeOf(company, conversation), null);
});

// spec: B11 I7
test("whoever has customers stuck to him is disabled only when they are unstuck", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const { path, contact } = await stick(company, await write(company), agent);
  assert.equal(contact.sticky_agent_id, agent.id);
  const refusal = (await disable(company, agent)).refused(409, "has_sticky_contacts");
  assert.deepEqual([refusal.open_conversations, refusal.sticky_contacts], [0, 1]);
  (await disable(company, agent, { transfer_to: "queue" })).refused(409, "has_sticky_contacts");
  (await disable(company, agent, { unstick: true })).good(200);
  assert.equal((await company.administrator.delete(path)).good(200).sticky_agent_id, null);
  (await company.administrator.put(path, { agent_id: agent.id })).refused(422, "not_assignable");
  (await enable(company, agent)).good(200);
  (await disable(company, agent)).good(200);
});

// spec: I7
test("with both, both are named and both have to be settled", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const conversation = await conversationOf(company, agent);
  await stick(company, conversation, agent);
  const refusal = (await disable(company, agent, {})).refused(409);
  assert.deepEqual([refusal.open_conversations, refusal.sticky_contacts], [1, 1]);
  (await disable(company, agent, { unstick: true })).refused(409, "has_open_conversations");
  (await disable(company, agent, { transfer_to: "queue" })).refused(409, "has_sticky_contacts");
  assert.equal(await assigneeOf(company, conversation), agent.id);
  (await disable(company, agent, { transfer_to: "queue", unstick: true })).good(200);
  assert.equal(await assigneeOf(company, conversation), null);
});

// spec: I7 N3
test("what is assigned to somebody while he is being disabled does not stay his", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const conversations = await Promise.all(Array.from({ length: 6 }, () => write(company)));
  const assignments = conversations.map((conversation) => company.administrator.assign(conversation, agent));
  const [disabled] = await Promise.all([
    disable(company, agent, { transfer_to: "queue", unstick: true }),
    ...assignments,
  ]);
  disabled?.good(200);
  await until(async () => {
    const holders = await Promise.all(conversations.map((conversation) => assigneeOf(company, conversation)));
    return holders.every((holder) => holder === null);
  }, "nothing is his");
});

// spec: A3 E1 I1 I3 N4
test("whoever is removed is gone from the list, and comes back as the same person", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent", { first_name: "Lena", last_name: "Fischer" });
  const conversation = await conversationOf(company, agent);
  await agent.reply(conversation, "Good morning.");
  const path = company.path(`/agents/${agent.id}`);
  (await administrator.delete(path)).good(204);
  assert.equal(await assigneeOf(company, conversation), null);
  (await administrator.get(path)).refused(404);
  (await administrator.delete(path)).refused(404);
  (await agent.get(company.path("/me"))).refused(404);
  const { items } = (await administrator.get(company.path("/agents"))).good(200);
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.id),
    [administrator.id],
  );
  const said = async () => {
    const events = await administrator.events(conversation);
    return events.find((/** @type {any} */ event) => event.body === "Good morning.");
  };
  assert.deepEqual([(await said()).by.id, (await said()).by.name], [agent.id, "Lena Fischer"]);

  const body = { email: agent.email, roles: ["supervisor"], send_email: false };
  const { agent: again, invitation_url } = (await administrator.post(company.path("/agents"), body)).good(
    201,
  );
  assert.deepEqual([again.id, again.status, again.roles], [agent.id, "invited", ["supervisor"]]);
  (await agent.get(company.path("/me"))).refused(404);
  const token = invitation_url.split("/invitation/")[1];
  (await anonymous(desk).post(`/api/invitations/${token}`, { password: agent.password })).good(200);
  const back = (await administrator.get(path)).good(200);
  assert.deepEqual([back.status, back.roles, back.email], ["active", ["supervisor"], agent.email]);
  assert.equal((await said()).by.id, agent.id);
});

// spec: I3 N4
test("what somebody had goes where his removal says", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [agent, next] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await conversationOf(company, agent);
  const { path: sticky } = await stick(company, conversation, agent);
  const path = company.path(`/agents/${agent.id}`);
  (await administrator.delete(`${path}?transfer_to=${administrator.id}`)).refused(422, "not_assignable");
  (await administrator.delete(`${path}?colour=red`)).refused(422, "unknown_field");
  assert.equal(await assigneeOf(company, conversation), agent.id);
  (await administrator.delete(`${path}?transfer_to=${next.id}`)).good(204);
  assert.equal(await assigneeOf(company, conversation), next.id);
  assert.equal((await administrator.delete(sticky)).good(200).sticky_agent_id, null);
});

test("an invitation is taken back by removing whom it was for", async () => {
  const company = await found(desk);
  const body = { email: `back-${process.pid}@people.example`, roles: ["agent"], send_email: false };
  const { agent, invitation_url } = (await company.administrator.post(company.path("/agents"), body)).good(
    201,
  );
  const path = company.path(`/agents/${agent.id}`);
  (await company.administrator.put(`${path}/disabled`, {})).refused(409, "not_active");
  (await company.administrator.delete(`${path}/disabled`)).refused(409, "not_disabled");
  (await company.administrator.delete(path)).good(204);
  const token = invitation_url.split("/invitation/")[1];
  (await anonymous(desk).get(`/api/invitations/${token}`)).refused(410);
  const acceptance = { password: PASSWORD, first_name: "A", last_name: "B" };
  (await anonymous(desk).post(`/api/invitations/${token}`, acceptance)).refused(410);
});
