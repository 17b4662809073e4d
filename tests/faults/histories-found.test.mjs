// Each promise that histories are judged by notices when it is broken: what is stored, or was answered, is changed by one
// thing in a copy.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { startDesk, stateFolder } from "../support/desk.mjs";
import { quiet } from "../support/histories/campaign.mjs";
import { gather } from "../support/histories/evidence.mjs";
import { History } from "../support/histories/history.mjs";
import { broken, PROMISES } from "../support/histories/promises.mjs";
import { CLASSES, filesOf, readStored } from "../support/histories/stored.mjs";
import { Machine } from "../support/histories/trouble.mjs";
import { Customer, firstWords, words } from "../support/world.mjs";

/**
 * @typedef {import("../support/histories/evidence.mjs").Evidence} Evidence
 * @typedef {keyof typeof CLASSES} Kind
 * @typedef {{ kind: Kind, sql: string, id?: string }} Change of what is stored; of one conversation's, if it is named
 * @typedef {(evidence: Evidence) => void} Twist of what was answered
 */

const state = stateFolder();
const machine = new Machine(await startDesk({ state: state.folder }));
const history = await History.begin(1, machine);
const { scene, notes } = history;
after(() => {
  scene.close();
  state.remove();
});

const { administrator, supervisors, agents } = scene;
const [ana, eva] = [supervisors[0] ?? assert.fail(), supervisors[1] ?? assert.fail()];
const sam = agents[0] ?? assert.fail();

const settings = { assignment_policy: "off", max_chats: 3, response_time: null };
(await administrator.patch(scene.path(), settings)).good(200);
for (const member of scene.staff) scene.leaves(member);
await scene.comes(sam);

let spoken = 0;

/** Words that nobody says twice. */
function word() {
  spoken += 1;
  return `Word ${spoken}.`;
}

/** Somebody opens a conversation. @returns {Promise<Customer>} */
async function opened() {
  const form = firstWords({ body: word() });
  const path = `/api/public/companies/${scene.company.slug}/conversations`;
  const request = { deed: "opens", actor: administrator.with({ cookie: undefined }), method: "POST", path };
  const { answer } = await notes.send({ ...request, body: form, name: form.client_id, said: form.body });
  const customer = new Customer(scene.company, { ...answer, email: form.email });
  await scene.begins(customer);
  return customer;
}

/**
 * Somebody does something to a conversation.
 *
 * @param {import("../support/world.mjs").Member} actor
 * @param {string} deed
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {Partial<import("../support/histories/notes.mjs").Request>} [more]
 */
const does = (actor, deed, method, path, body, more) =>
  notes.send({ deed, actor, agent: actor.id, method, path, body, ...more });

const [held, shut, waiting] = [await opened(), await opened(), await opened()];
const [dealt, hers] = [await opened(), await opened()];
const claim = { conversation: held.id, wants: ana.id };
await does(ana, "claims", "POST", ana.at(held, "/claim"), {}, claim);
await does(eva, "claims", "POST", eva.at(held, "/claim"), {}, { ...claim, wants: eva.id });
await does(ana, "assigns", "PUT", ana.at(shut, "/assignee"), { agent_id: sam.id }, { wants: sam.id });
const stale = { agent_id: ana.id, if_epoch: 7 };
await does(eva, "assigns", "PUT", eva.at(shut, "/assignee"), stale, { conversation: shut.id });
await does(ana, "sets closed", "PUT", ana.at(shut, "/status"), { status: "closed" });
const said = words(word());
await does(ana, "answers", "POST", ana.at(held, "/messages"), said, {
  said: said.body,
  name: said.client_id,
});
const inside = words(word());
await does(ana, "answers", "POST", ana.at(held, "/notes"), inside, {
  said: inside.body,
  name: inside.client_id,
});
const name = crypto.randomUUID();
await does(eva, "assigns", "PUT", eva.at(waiting, "/assignee"), { agent_id: eva.id }, { wants: eva.id });
const next = await does(
  eva,
  "takes next",
  "POST",
  eva.path("/conversations/next"),
  { client_id: name },
  { name, wants: eva.id },
);
assert.equal(next.answer.id, dealt.id);
await does(eva, "claims", "POST", eva.at(hers, "/claim"), {}, { wants: eva.id });
await does(eva, "takes away", "PUT", eva.at(waiting, "/assignee"), { agent_id: null }, { wants: null });
await quiet([history], state.folder);
const there = scene.whoIsThere();
await scene.lookAround();
const at = Date.now();
await machine.end();

/**
 * What is broken once this is changed.
 *
 * @param {Change[]} changes
 * @param {Twist} [twist]
 */
function judged(changes, twist = () => {}) {
  const copy = stateFolder();
  try {
    cpSync(state.folder, copy.folder, { recursive: true });
    for (const change of changes) alter(copy.folder, change);
    const stored = readStored(copy.folder).get(scene.id) ?? assert.fail("its company is gone");
    const evidence = gather(history, stored, there, at);
    evidence.notes = structuredClone(evidence.notes.map(({ actor, ...note }) => note)).map((note) => {
      return { ...note, actor: administrator };
    });
    evidence.heard = structuredClone(evidence.heard);
    twist(evidence);
    return broken(evidence);
  } finally {
    copy.remove();
  }
}

/** @param {string} folder @param {Change} change */
function alter(folder, { kind, sql, id }) {
  let changed = 0n;
  for (const file of filesOf(folder, CLASSES[kind])) {
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    const ask = (/** @type {string} */ query) => database.prepare(query).all();
    const tables = ask(`SELECT name FROM sqlite_master WHERE name = '${CLASSES[kind].table}'`);
    const mine = () => !id || ask(`SELECT 1 FROM snapshot WHERE state LIKE '%"id":"${id}"%'`).length > 0;
    if (tables.length > 0 && mine()) changed += BigInt(database.prepare(sql).run().changes);
    database.close();
  }
  assert.ok(changed > 0n, `nothing was changed by ${sql}`);
}

/** @param {string} sql @returns {Change} */
const inDatabase = (sql) => ({ kind: "database", sql });
/** @param {string} sql @returns {Change} */
const atDesk = (sql) => ({ kind: "desk", sql });
/** @param {{ id: string }} conversation @param {string} sql @returns {Change} */
const within = ({ id }, sql) => ({ kind: "conversation", sql, id });

/** A change of what the Desk knows of a conversation. @param {{ id: string }} conversation @param {string} to */
const record = ({ id }, to) => atDesk(`UPDATE ledger SET record = ${to} WHERE conversation_id = '${id}'`);

/** A change of an entry of the log. @param {{ id: string }} conversation @param {string} kind @param {string} to */
const entry = (conversation, kind, to) =>
  within(
    conversation,
    `UPDATE events SET entry = ${to} WHERE json_extract(entry, '$.event.kind') = '${kind}'`,
  );

/** The note of a deed. @param {Evidence} evidence @param {string} deed @param {number} [n] */
const note = ({ notes }, deed, n = 0) => notes.filter((one) => one.deed === deed)[n] ?? assert.fail(deed);

/** What came to a customer's open page. @param {Evidence["heard"]} heard */
const page = (heard) =>
  heard.find(({ outside, texts }) => outside && texts.some((text) => text.includes('"type":"event"'))) ??
  assert.fail("some customer listens");

const another = "01a20000-0000-7000-8000-000000000000";

/** @type {Record<string, (Change | Twist)[]>} each of them alone breaks the promise */
const BREACHES = {
  assigneesMayHaveThem: [
    inDatabase(`UPDATE memberships SET status = 'disabled' WHERE id = '${ana.id}'`),
    inDatabase(`UPDATE memberships SET roles = '["administrator"]' WHERE id = '${ana.id}'`),
    inDatabase(`DELETE FROM memberships WHERE id = '${ana.id}'`),
    within(held, `UPDATE snapshot SET tenure = json_set(tenure, '$.holder.agent', '${eva.id}')`),
    within(held, "UPDATE snapshot SET tenure = json_remove(tenure, '$.holder')"),
  ],
  slotsAreAssignments: [
    record(held, "json_remove(record, '$.slots')"),
    record(held, `json_set(record, '$.slots.d99', json('{"agent":"${sam.id}","base":0}'))`),
    record(held, `json_set(record, '$.slots.c1.agent', '${sam.id}')`),
    record(held, "json_set(record, '$.slots.c1.lease_until', '2026-01-01T00:00:00.000Z')"),
    record(shut, `json_set(record, '$.slots.c1', json('{"agent":"${sam.id}","base":0}'))`),
    atDesk(`UPDATE ledger SET active = 0 WHERE conversation_id = '${held.id}'`),
    atDesk(`INSERT INTO ledger VALUES ('${another}', 0, '{"seen":{"epoch":0,"rev":0}}')`),
  ],
  reportsArrived: [
    within(held, "UPDATE snapshot SET tenure = json_set(tenure, '$.owes_report', json('true'))"),
    record(held, "json_set(record, '$.seen.epoch', 0)"),
    record(shut, "json_set(record, '$.seen.rev', 99)"),
    atDesk(`DELETE FROM ledger WHERE conversation_id = '${shut.id}'`),
  ],
  queueIsWhatWaits: [
    record(waiting, "json_remove(record, '$.waiter')"),
    record(waiting, "json_set(record, '$.waiter.since', '2026-01-01T00:00:00.000Z')"),
    record(waiting, `json_set(record, '$.waiter.prefers', '${sam.id}')`),
    record(held, `json_set(record, '$.waiter', json('{"since":"2026-01-01T00:00:00.000Z"}'))`),
  ],
  nothingWaitsInVain: [inDatabase("UPDATE companies SET assignment_policy = 'balanced'")],
  peopleAreKnown: [
    inDatabase("UPDATE companies SET max_chats = 9"),
    inDatabase(`UPDATE memberships SET max_chats = 9 WHERE id = '${sam.id}'`),
    inDatabase(`DELETE FROM team_members WHERE agent_id = '${sam.id}'`),
    inDatabase("UPDATE companies SET assignment_policy = 'round_robin'"),
  ],
  cutsAreMade: [atDesk(`INSERT INTO owed_cuts (conversation_id, cut) VALUES ('${held.id}', '{}')`)],
  logsReplay: [
    within(held, "DELETE FROM events WHERE seq = 2"),
    within(held, "UPDATE events SET pub_seq = 9 WHERE seq = (SELECT MAX(seq) FROM events)"),
    entry(held, "assignment", `json_set(entry, '$.event.from', json('{"id":"${sam.id}"}'))`),
    entry(held, "assignment", "json_set(entry, '$.event.epoch', 2)"),
    entry(held, "assignment", `json_set(entry, '$.event.to.id', '${sam.id}')`),
    entry(shut, "status", "json_set(entry, '$.event.from', 'pending')"),
    within(shut, "UPDATE snapshot SET state = json_set(state, '$.assignment_epoch', 9)"),
  ],
  indexAgrees: [
    inDatabase(`UPDATE conversations SET rev = rev - 1 WHERE id = '${held.id}'`),
    inDatabase(`UPDATE conversations SET assignee_id = '${sam.id}' WHERE id = '${held.id}'`),
    inDatabase(`UPDATE conversations SET status = 'open' WHERE id = '${shut.id}'`),
    inDatabase(
      `UPDATE conversations SET view = json_set(view, '$.assignment_epoch', 9) WHERE id = '${held.id}'`,
    ),
    inDatabase(
      `INSERT INTO conversations (id, company_id, client_id, number, contact_id, created_at, rev)
       SELECT '${another}', company_id, '${another}', 99, contact_id, 0, 1 FROM conversations WHERE id = '${held.id}'`,
    ),
    within(held, "UPDATE snapshot SET indexed_rev = 1"),
    within(held, "INSERT INTO outbox (mail) VALUES ('assigned')"),
    atDesk(`UPDATE feed SET rev = 1 WHERE conversation_id = '${held.id}'`),
  ],
  nothingIsOverdue: [
    within(
      shut,
      "UPDATE snapshot SET state = json_set(state, '$.snoozed_until', '2026-01-01T00:00:00.000Z')",
    ),
  ],
  limitsHold: [(evidence) => evidence.limits.set(eva.id, 1)],
  answersAreInTheLog: [
    (evidence) => Object.assign(note(evidence, "claims").answer, { assignment_epoch: 2 }),
    (evidence) => Object.assign(note(evidence, "claims").answer, { assignee: { id: sam.id } }),
    (evidence) => Object.assign(note(evidence, "claims").answer, { rev: 99 }),
    (evidence) => Object.assign(note(evidence, "claims"), { wants: sam.id }),
    within(held, `DELETE FROM events WHERE json_extract(entry, '$.event.kind') = 'assignment'`),
  ],
  epochsHaveOneAssignee: [
    ({ notes }) => {
      const claim = notes.find(({ deed }) => deed === "claims") ?? assert.fail();
      notes.push({ ...claim, answer: { ...claim.answer, assignee: { id: sam.id } } });
    },
  ],
  answersAreInOrder: [
    ({ notes }) => {
      const claim = notes.find(({ deed }) => deed === "claims") ?? assert.fail();
      const [began, ended] = [claim.ended + 1, claim.ended + 2];
      notes.push({ ...claim, began, ended, answer: { ...claim.answer, rev: claim.answer.rev - 1 } });
    },
  ],
  refusalsAreTrue: [
    (evidence) => Object.assign(note(evidence, "claims", 1).answer, { assignee: { id: sam.id } }),
    (evidence) => Object.assign(note(evidence, "assigns", 1).answer, { assignee: { id: eva.id } }),
  ],
  wordsAreThereOnce: [
    entry(held, "message", "json_set(entry, '$.event.body', 'Nothing of the kind.')"),
    (evidence) => evidence.conversations.push(...evidence.conversations),
  ],
  commentsStayInside: [
    ({ heard }) => page(heard).texts.push(`<p>${inside.body}</p>`),
    (evidence) => {
      const { notes } = evidence;
      notes.push({ ...note(evidence, "opens"), answer: { events: [inside] } });
    },
  ],
  companiesStayApart: [
    ({ heard }) => page(heard).texts.push("Word 999999."),
    (evidence) => Object.assign(note(evidence, "claims").answer, { preview: "Word 999999." }),
  ],
  eventsAreHeardInOrder: [
    ({ heard }) => page(heard).texts.push(...page(heard).texts),
    ({ heard }) => page(heard).texts.push('{"type":"event","seq":99,"event":{}}'),
  ],
  namesDealOne: [
    ({ notes }) => {
      const next = notes.find(({ deed }) => deed === "takes next") ?? assert.fail();
      const other = notes.findLast(({ deed }) => deed === "claims") ?? assert.fail();
      notes.push({ ...next, answer: other.answer });
    },
  ],
};

test("what is stored as it was left breaks nothing", () => {
  assert.deepEqual(judged([]), []);
});

for (const promise of Object.keys(PROMISES)) {
  test(`found out when it is broken: ${promise}`, () => {
    const breaches = BREACHES[promise] ?? [];
    assert.ok(breaches.length > 0, "some breach is tried");
    for (const [n, breach] of breaches.entries()) {
      const found = typeof breach === "function" ? judged([], breach) : judged([breach]);
      const named = found.filter((fault) => fault.startsWith(`${promise}: `));
      assert.ok(named.length > 0, `breach ${n + 1} is noticed; noticed was ${JSON.stringify(found)}`);
    }
  });
}
