// One thing done to several conversations: to all or to none, once however often it is asked, and by nobody who may not.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { found, hire, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 */

/** @param {Company} company @param {number} count */
async function writeMany(company, count) {
  const conversations = [];
  for (let n = 0; n < count; n += 1) conversations.push(await write(company));
  await until(
    async () =>
      (await company.administrator.get(company.path("/conversations/counters"))).good().all >= count,
    "the index has them all",
  );
  return conversations;
}

/** @param {Member} member @param {Conversation[]} conversations @param {Record<string, unknown>} action @param {string} [client_id] */
const bulk = (member, conversations, action, client_id) =>
  member.post(member.path("/conversations/bulk"), {
    ids: conversations.map(({ id }) => id),
    action,
    ...(client_id && { client_id }),
  });

/** What conversations say of themselves. @param {Company} company @param {Conversation[]} conversations @returns {Promise<any[]>} */
const read = ({ administrator }, conversations) =>
  Promise.all(conversations.map((one) => administrator.read(one)));

/** @param {Company} company @param {string} path @returns {Promise<any>} */
const make = async ({ administrator }, path) =>
  (await administrator.post(administrator.path(path), { name: unique("Thing") })).good(201);

test("each kind of thing is done to all", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const all = await writeMany(company, 3);
  const [folder, team, tag] = [
    await make(company, "/folders"),
    await make(company, "/teams"),
    await make(company, "/tags"),
  ];
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  /** @type {[Record<string, unknown>, (one: any) => unknown, unknown][]} */
  const deeds = [
    [{ kind: "assign", agent_id: agent.id }, ({ assignee }) => assignee?.id, agent.id],
    [{ kind: "folder", folder_id: folder.id }, (one) => one.folder?.id, folder.id],
    [{ kind: "team", team_id: team.id }, (one) => one.team?.id, team.id],
    [{ kind: "tag", tag_id: tag.id }, ({ tags }) => tags[0]?.id, tag.id],
    [{ kind: "priority", priority: "urgent" }, ({ priority }) => priority, "urgent"],
    [{ kind: "untag", tag_id: tag.id }, ({ tags }) => tags.length, 0],
    [{ kind: "folder", folder_id: null }, (one) => one.folder, null],
    [{ kind: "team", team_id: null }, (one) => one.team, null],
    [{ kind: "assign", agent_id: null }, ({ assignee }) => assignee, null],
    [{ kind: "snooze", until: until_ }, ({ status }) => status, "snoozed"],
    [{ kind: "reopen" }, ({ status }) => status, "open"],
    [{ kind: "close" }, ({ status }) => status, "closed"],
    [{ kind: "reopen" }, ({ status }) => status, "open"],
  ];
  for (const [action, of, wanted] of deeds) {
    const outcome = (await bulk(administrator, all, action)).good(200);
    assert.deepEqual(outcome, { done: all.map(({ id }) => id), refused: [] }, String(action.kind));
    assert.deepEqual((await read(company, all)).map(of), [wanted, wanted, wanted], String(action.kind));
  }
});

test("where one would refuse, none is changed, and each says why", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const all = await writeMany(company, 4);
  const [, second, , fourth] = all;
  for (const one of [second, fourth])
    (await administrator.setStatus(/** @type {any} */ (one), "closed")).good(200);
  const before = await read(company, all);
  const agent = await hire(company, "agent");
  const problem = (await bulk(administrator, all, { kind: "assign", agent_id: agent.id })).refused(
    409,
    "bulk_refused",
  );
  assert.deepEqual(
    problem.refused.map((/** @type {any} */ { id, code }) => [id, code]),
    [second, fourth].map((one) => [one?.id, "conversation_closed"]),
  );
  assert.ok(problem.refused[0].detail.length > 10);
  assert.deepEqual(await read(company, all), before);
  // Without those two it is done.
  const rest = all.filter((one) => one !== second && one !== fourth);
  (await bulk(administrator, rest, { kind: "assign", agent_id: agent.id })).good(200);
});

test("one that may not be seen hides all; one that may be seen only forbids all", async () => {
  const [company, elsewhere] = [await found(desk), await found(desk)];
  const [agent, auditor] = [await hire(company, "agent"), await hire(company, "compliance")];
  const [[mine, other], [foreign]] = [await writeMany(company, 2), await writeMany(elsewhere, 1)];
  const [own, hidden, far] = /** @type {Conversation[]} */ ([mine, other, foreign]);
  if (!own || !hidden || !far) assert.fail();
  (await company.administrator.assign(own, agent)).good(200);
  const before = await read(company, [own, hidden]);
  const nowhere = await bulk(agent, [own, { id: randomUUID() }], { kind: "close" });
  nowhere.refused(404, "not_found");
  for (const conversations of [
    [own, hidden],
    [own, far],
  ]) {
    assert.equal((await bulk(agent, conversations, { kind: "close" })).text, nowhere.text);
  }
  assert.equal((await bulk(company.administrator, [own, far], { kind: "close" })).text, nowhere.text);
  const forbidden = (await bulk(auditor, [own, hidden], { kind: "close" })).refused(403, "forbidden");
  assert.equal(forbidden.missing, "conversation.close");
  assert.equal(forbidden.refused.length, 2);
  assert.deepEqual(await read(company, [own, hidden]), before);
  assert.equal((await read(elsewhere, [far]))[0].status, "new");
  (await bulk(agent, [own], { kind: "close" })).good(200);
  const clerk = await hire(company, "order_payment_admin");
  (await bulk(clerk, [own], { kind: "close" })).refused(404, "not_found");
});

test("what is asked has to make sense", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [one] = await writeMany(company, 1);
  if (!one) assert.fail();
  const many = Array.from({ length: 101 }, () => ({ id: randomUUID() }));
  (await bulk(administrator, [], { kind: "close" })).refusedField("ids", "required");
  (await bulk(administrator, [one, one], { kind: "close" })).refusedField("ids", "twice");
  (await bulk(administrator, many, { kind: "close" })).refusedField("ids", "too_long");
  for (const action of [
    { kind: "explode" },
    { kind: "close", until: "2030-01-01T00:00:00Z" },
    { kind: "snooze" },
    { kind: "snooze", until: "2020-01-01T00:00:00Z" },
    { kind: "folder" },
    { kind: "folder", folder_id: randomUUID() },
    { kind: "team", team_id: randomUUID() },
    { kind: "tag", tag_id: randomUUID() },
    { kind: "assign", agent_id: randomUUID() },
    { kind: "priority", priority: "burning" },
  ]) {
    (await bulk(administrator, [one], action)).refused(422);
  }
  assert.equal((await administrator.read(one)).status, "new");
});

test("asked again under the same name it is not done again, and answered the same", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const all = await writeMany(company, 2);
  const name = randomUUID();
  const first = (await bulk(administrator, all, { kind: "close" }, name)).good(200);
  for (const one of all) (await administrator.setStatus(one, "open")).good(200);
  assert.deepEqual((await bulk(administrator, all, { kind: "close" }, name)).good(200), first);
  assert.deepEqual(
    (await read(company, all)).map(({ status }) => status),
    ["open", "open"],
  );
  (await bulk(administrator, all, { kind: "reopen" }, name)).refused(409, "client_id_reused");

  // Several at the same time are one as well: each conversation has it once in its log.
  const tag = await make(company, "/tags");
  const again = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => bulk(administrator, all, { kind: "tag", tag_id: tag.id }, again)),
  );
  for (const answer of answers) assert.deepEqual(answer.good(200).done.length, 2);
  for (const one of all) {
    const tagged = (await administrator.events(one)).filter((/** @type {any} */ { kind }) => kind === "tag");
    assert.equal(tagged.length, 1);
  }
});

test("an agent is given no more than he may have: all that fit, or none; and beyond it by force", async () => {
  const company = await found(desk);
  const { administrator } = company;
  await set(company, { max_chats: 3 });
  const agent = await hire(company, "agent");
  const all = await writeMany(company, 5);
  const give = { kind: "assign", agent_id: agent.id };
  const problem = (await bulk(administrator, all.slice(0, 4), give)).refused(409, "at_capacity");
  assert.deepEqual([problem.open, problem.limit, problem.needed], [0, 3, 4]);
  assert.ok((await read(company, all)).every(({ assignee }) => assignee === null));
  (await bulk(administrator, all.slice(0, 3), give)).good(200);
  // What he has already takes no room.
  (await bulk(administrator, all.slice(0, 3), give)).good(200);
  (await bulk(administrator, all.slice(2, 4), give)).refused(409, "at_capacity");
  (await bulk(administrator, all, { ...give, force: true })).good(200);
});

test("two at once: each conversation is told as what became of it, and the limit holds", async () => {
  const company = await found(desk);
  const { administrator } = company;
  await set(company, { max_chats: 6 });
  const agent = await hire(company, "agent");
  const all = await writeMany(company, 12);
  const halves = [all.slice(0, 6), all.slice(6)];
  const give = { kind: "assign", agent_id: agent.id };
  const answers = await Promise.all(halves.map((half) => bulk(administrator, half, give)));
  const held = (await read(company, all)).filter(({ assignee }) => assignee?.id === agent.id);
  const done = answers.flatMap((answer) => (answer.status === 200 ? answer.body.done : []));
  assert.deepEqual(held.map(({ id }) => id).sort(), done.sort());
  assert.equal(done.length, 6);
  for (const answer of answers.filter(({ status }) => status === 200)) {
    for (const { code } of answer.body.refused) assert.equal(code, "at_capacity");
  }
});

test("a hundred are done in one request", async () => {
  const company = await found(desk);
  const conversations = await writeMany(company, 100);
  const began = performance.now();
  assert.equal(
    (await bulk(company.administrator, conversations, { kind: "close" })).good(200).done.length,
    100,
  );
  assert.ok(performance.now() - began < 10_000);
  await until(async () => {
    const counters = (await company.administrator.get(company.path("/conversations/counters"))).good(200);
    return counters.closed === 100 && counters.all === 0;
  }, "the counters have followed");
});
