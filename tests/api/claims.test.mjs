// Who is responsible: taking, being dealt, being given.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Company} Company */

const desk = await startDesk();
after(() => desk.stop());

/** @param {number} count @param {() => Promise<any>} make */
const times = (count, make) => Promise.all(Array.from({ length: count }, make));

/** @param {Member} member */
const next = (member) => member.post(member.path("/conversations/next"));

/** @param {Company} company @param {number} count */
async function waiting(company, count) {
  const path = company.path("/conversations?sort=waiting&assignee=none");
  const listed = async () => (await company.administrator.get(path)).good().items;
  await until(async () => (await listed()).length === count, `${count} are listed as waiting`);
  return listed();
}

// spec: C26
test("an administrator is never assigned: not by his own hand, nor by another's", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const supervisor = await hire(company, "supervisor");
  const both = await hire(company, ["administrator", "agent"]);
  const conversation = await write(company);
  for (const one of [administrator, both]) {
    const refusal = (await one.post(one.at(conversation, "/claim"))).refused(403, "forbidden");
    assert.equal(refusal.missing, "conversation.assign_self_pick");
    (await next(one)).refused(403, "forbidden");
    (await supervisor.assign(conversation, one)).refused(422, "not_assignable");
    (await one.assign(conversation, one)).refused(403, "forbidden");
  }
  assert.equal((await administrator.read(conversation)).assignee, null);
  assert.equal((await supervisor.take(conversation)).assignee.id, supervisor.id);
});

test("taking what one has changes nothing, taking what another has is refused", async () => {
  const company = await found(desk);
  const [nadia, sam] = [await hire(company, "super_agent"), await hire(company, "supervisor")];
  const conversation = await write(company);
  const taken = await nadia.take(conversation);
  assert.deepEqual(await nadia.take(conversation), taken);
  const refusal = (await sam.post(sam.at(conversation, "/claim"))).refused(409, "already_assigned");
  assert.deepEqual(refusal.assignee, { id: nadia.id, name: nadia.name });
  assert.equal((await nadia.read(conversation)).rev, taken.rev);
});

test("a closed conversation is not taken, one that is open again is", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const conversation = await write(company);
  (await sam.setStatus(conversation, "closed")).good(200);
  (await sam.post(sam.at(conversation, "/claim"))).refused(409, "conversation_closed");
  (await sam.assign(conversation, sam)).refused(409, "conversation_closed");
  (await sam.setStatus(conversation, "open")).good(200);
  assert.equal((await sam.take(conversation)).assignee.id, sam.id);
});

test("only those who may take by hand do: an agent without rights does not even see it", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  for (const role of ["agent", "marketing"]) {
    const one = await hire(company, role);
    (await one.post(one.at(conversation, "/claim"))).refused(404, "not_found");
  }
  for (const role of ["stakeholder", "compliance"]) {
    const one = await hire(company, role);
    assert.equal(
      (await one.post(one.at(conversation, "/claim"))).refused(403).missing,
      "conversation.assign_self_pick",
    );
  }
  await (await hire(company, "super_agent")).take(conversation);
});

// spec: C20
test("the Dispenser deals the conversation that has waited longest, and says when nobody waits", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", { add_ons: ["dispenser"] });
  const without = await hire(company, "agent");
  const [first, second] = [await write(company), await write(company)];
  await waiting(company, 2);

  assert.equal((await next(without)).refused(403, "forbidden").missing, "conversation.assign_self");
  const dealt = (await next(clara)).good(200);
  assert.deepEqual([dealt.id, dealt.assignee.id], [first.id, clara.id]);
  assert.equal((await next(clara)).good(200).id, second.id);
  const none = await next(clara);
  none.good(204);
  assert.equal(none.text, "");
});

test("who asks the Dispenser twice under one name is dealt one conversation", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", { add_ons: ["dispenser"] });
  await times(2, () => write(company));
  await waiting(company, 2);
  const path = company.path("/conversations/next");
  const client_id = randomUUID();
  const first = (await clara.post(path, { client_id })).good(200);
  assert.equal((await clara.post(path, { client_id })).good(200).id, first.id);
  assert.equal((await clara.get(company.path("/conversations?assignee=me"))).good().items.length, 1);
});

test("the Dispenser allows to take what it would deal, and nothing else", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", { add_ons: ["dispenser"] });
  const [first, second] = [await write(company), await write(company)];
  await waiting(company, 2);
  (await clara.post(clara.at(second, "/claim"))).refused(404, "not_found");
  (await clara.post(clara.at(first, "/claim"))).good(200);
  await waiting(company, 1);
  (await clara.post(clara.at(second, "/claim"))).good(200);
});

test("of ten who are dealt five conversations at once five get one each", async () => {
  const company = await found(desk);
  const people = await times(10, () => hire(company, "agent", { add_ons: ["dispenser"] }));
  await times(5, () => write(company));
  await waiting(company, 5);
  const answers = await Promise.all(people.map(next));
  const dealt = answers.filter((answer) => answer.status === 200).map((answer) => answer.body);
  assert.equal(answers.filter((answer) => answer.status === 204).length, 5);
  assert.equal(new Set(dealt.map((one) => one.id)).size, 5);
  assert.equal(new Set(dealt.map((one) => one.assignee.id)).size, 5);
  for (const [n, one] of people.entries()) {
    const { items } = (await one.get(company.path("/conversations?assignee=me"))).good();
    const mine = items.map((/** @type {any} */ item) => item.id);
    assert.deepEqual(mine, answers[n]?.status === 200 ? [answers[n].body.id] : []);
  }
});

// spec: C2 C22 C23 C24 C25
test("supervisors and administrators assign to whom they want, a supervisor also to himself", async () => {
  const company = await found(desk);
  const supervisor = await hire(company, "supervisor");
  const [brit, other] = [await hire(company, "agent"), await hire(company, "supervisor")];
  const conversation = await write(company);
  for (const [by, to] of /** @type {[Member, Member][]} */ ([
    [supervisor, brit],
    [supervisor, supervisor],
    [company.administrator, brit],
    [company.administrator, other],
  ])) {
    const { assignee, assignment_epoch } = (await by.assign(conversation, to)).good(200);
    assert.deepEqual(assignee, { id: to.id, name: to.name });
    const seen = await supervisor.read(conversation);
    assert.deepEqual([seen.assignee, seen.assignment_epoch], [assignee, assignment_epoch]);
  }
  (await supervisor.assign(conversation, null)).good(200);
  assert.equal((await supervisor.read(conversation)).assignee, null);
  assert.equal(
    (await brit.assign(conversation, brit)).status,
    403,
    "he took part, so he sees it, but may not",
  );
});

// spec: C21
test("an agent passes his own conversations on, if he has the Transfer", async () => {
  const company = await found(desk);
  const brit = await hire(company, "agent", { add_ons: ["transfer"] });
  const [clara, colleague] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  (await company.administrator.assign(conversation, clara)).good(200);
  const refusal = (await clara.assign(conversation, colleague)).refused(403, "forbidden");
  assert.equal(refusal.missing, "conversation.assign_other");
  (await company.administrator.assign(conversation, brit)).good(200);
  assert.equal((await brit.assign(conversation, colleague)).good(200).assignee.id, colleague.id);
  (await brit.assign(conversation, clara)).refused(403, "forbidden");
});

test("who decided on what is not so any more is refused, and told what is", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [brit, clara] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  const path = administrator.at(conversation, "/assignee");
  const { assignment_epoch } = await administrator.read(conversation);
  const given = (await administrator.put(path, { agent_id: brit.id, if_epoch: assignment_epoch })).good(200);
  assert.ok(given.assignment_epoch > assignment_epoch);
  const late = { agent_id: clara.id, if_epoch: assignment_epoch };
  const refusal = (await administrator.put(path, late)).refused(409, "stale_epoch");
  assert.deepEqual(refusal.assignee, { id: brit.id, name: brit.name });
  assert.equal(refusal.assignment_epoch, given.assignment_epoch);
  (await administrator.put(path, { ...late, if_epoch: given.assignment_epoch })).good(200);
});

test("of ten who assign on the same state one succeeds", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const people = await times(10, () => hire(company, "agent"));
  const conversation = await write(company);
  const { assignment_epoch } = await administrator.read(conversation);
  const path = administrator.at(conversation, "/assignee");
  const answers = await Promise.all(
    people.map((one) => administrator.put(path, { agent_id: one.id, if_epoch: assignment_epoch })),
  );
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const answer of answers) if (answer.status !== 200) answer.refused(409, "stale_epoch");
});

test("an agent sees a conversation from when he gets it", async () => {
  const company = await found(desk);
  const [brit, clara] = [await hire(company, "agent"), await hire(company, "agent")];
  const conversation = await write(company);
  (await brit.get(brit.at(conversation))).refused(404, "not_found");
  (await company.administrator.assign(conversation, brit)).good(200);
  (await brit.get(brit.at(conversation))).good(200);
  (await brit.get(brit.at(conversation, "/events"))).good(200);
  await brit.reply(conversation, "I am on it.");
  (await clara.get(clara.at(conversation))).refused(404, "not_found");
  (await company.administrator.assign(conversation, clara)).good(200);
  (await clara.get(clara.at(conversation))).good(200);
});

test("a conversation put back into the queue is dealt again", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", { add_ons: ["dispenser"] });
  const conversation = await write(company);
  await waiting(company, 1);
  (await next(clara)).good(200);
  (await company.administrator.assign(conversation, null)).good(200);
  await waiting(company, 1);
  assert.equal((await next(clara)).good(200).id, conversation.id);
});
