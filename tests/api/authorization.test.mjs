// Who may do what: every role and add-on, at every route of a conversation, in every relation, against the printed table.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { PNG } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { brought, carrying } from "../support/files.mjs";
import { ADD_ONS, CAPABILITIES, GUARDED, ROLES, reach } from "../support/permissions.mjs";
import { ROUTES } from "../support/routes.mjs";
import { sell } from "../support/shop.mjs";
import { Comparison, may, Staff, verdict } from "../support/staff.mjs";
import { unique, words, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/staff.mjs").Person} Person
 * @typedef {{ scopes: string[], assignee?: Member, folder?: string, team?: string, before?: boolean }} Relation
 */

const IN_A_WHILE = new Date(Date.now() + 3_600_000).toISOString();
const ALL_AT_ONCE = "?limit=100";

const desk = await startDesk();
after(() => desk.stop());

const staff = await Staff.hired(desk);
const { company, people, group } = staff;
const { administrator } = company;
const tag = await staff.make("/tags", { name: unique("Tag") });
const item = await sell(company);
const [holder, other] = [await staff.besides("agent"), await staff.besides("agent")];

// Capabilities

test("the printed table is read: roles, add-ons, capabilities, and every route there is", () => {
  assert.equal(ROLES.length, 10);
  assert.equal(ADD_ONS.length, 7);
  assert.ok(CAPABILITIES.length >= 60);
  const names = (/** @type {import("../support/routes.mjs").Route[]} */ routes) =>
    routes.map(({ method, path }) => `${method} ${path}`).sort();
  assert.deepEqual(names(GUARDED), names(ROUTES));
});

// spec: M1 N1 N9 N10 N16
test("everybody is told exactly what the printed table gives him", async () => {
  for (const { label, member, roles, addOns, assignable } of people) {
    const me = (await member.get(company.path("/me"))).good(200);
    const printed = CAPABILITIES.map((name) => [name, reach({ roles, addOns }, name)]);
    assert.deepEqual(
      Object.entries(me.capabilities).sort(),
      printed.filter(([, scopes]) => scopes?.length).sort(),
      label,
    );
    assert.equal(me.assignable, assignable, label);
  }
});

// Conversations

const rights = (/** @type {boolean} */ see_incoming, /** @type {boolean} */ assign) =>
  people.map(({ member }) => ({ agent_id: member.id, see_incoming, assign }));

/** @param {boolean} see @param {boolean} assign */
async function folderWith(see, assign) {
  const folder = await staff.make("/folders", { name: unique("Folder") });
  (await administrator.put(company.path(`/folders/${folder.id}/rights`), rights(see, assign))).good(200);
  return folder.id;
}

test("there is a folder of each kind", async () => {
  folders.seen = await folderWith(true, false);
  folders.assigned = await folderWith(true, true);
  folders.unseen = await folderWith(false, true);
});

const folders = { seen: "", assigned: "", unseen: "" };

/**
 * The relations in which somebody can stand to a conversation.
 *
 * @param {Person} person
 * @returns {Record<string, Relation>}
 */
function relations({ member, assignable }) {
  return {
    ...(assignable && {
      own: { scopes: ["own", "participating"], assignee: member },
      participating: { scopes: ["participating"], assignee: holder, before: true },
    }),
    "in a folder he sees": { scopes: ["folder"], assignee: holder, folder: folders.seen },
    "in a folder where he sees and assigns": {
      scopes: ["folder", "folder_assign"],
      assignee: holder,
      folder: folders.assigned,
    },
    "in a folder where he assigns unseen": {
      scopes: ["folder_assign"],
      assignee: holder,
      folder: folders.unseen,
    },
    "of his team": { scopes: ["team"], assignee: holder, team: group.id },
    unassigned: { scopes: ["unassigned"] },
    "somebody else's": { scopes: [], assignee: holder },
  };
}

/** @param {string} id @param {Relation} relation puts a conversation back where it was */
async function restore(id, { assignee, folder, team }) {
  const at = company.path(`/conversations/${id}`);
  (await administrator.put(`${at}/status`, { status: "open" })).good(200);
  (await administrator.put(`${at}/assignee`, { agent_id: assignee?.id ?? null })).good(200);
  (await administrator.put(`${at}/folder`, { folder_id: folder ?? null })).good(200);
  (await administrator.put(`${at}/team`, { team_id: team ?? null })).good(200);
}

/** @param {Person} person @param {Relation} relation */
async function conversationIn(person, relation) {
  const conversation = await write(company);
  if (relation.before) (await administrator.assign(conversation, person.member)).good(200);
  // One that waits for an answer can be opened, closed and put aside alike.
  (
    await administrator.put(company.path(`/conversations/${conversation.id}/status`), { status: "pending" })
  ).good(200);
  await restore(conversation.id, relation);
  return conversation.id;
}

/** @param {Comparison} comparison @param {string} what @param {Relation} relation */
async function compareAt(comparison, what, relation) {
  const { person } = comparison;
  const id = await conversationIn(person, relation);
  const visible = may(person, "conversation.view", relation.scopes);
  const attempt = (
    /** @type {string} */ route,
    /** @type {string} */ capability,
    /** @type {unknown} */ body,
    query = "",
  ) => {
    // Nobody takes what may not be assigned to him, whatever his rights (specification N3).
    const taken = route.endsWith("/claim") && !person.assignable;
    const allowed = may(person, capability, relation.scopes) && !taken;
    const request = {
      id,
      body,
      query,
      values: { tag_id: tag.id, agent_id: person.member.id, file, seq: "2" },
    };
    return comparison.expect(what, route, request, verdict(person, visible, allowed, capability));
  };
  const { id: file } = await brought(administrator, administrator.at({ id }), "a lamp");
  (await administrator.post(administrator.at({ id }, "/notes"), carrying([file]))).good(201);
  const at = "/conversations/{id}";
  await attempt(`GET ${at}`, "conversation.view", undefined);
  await attempt(`GET ${at}/events`, "conversation.view", undefined);
  await attempt(`GET ${at}/log`, "tenant.audit_export", undefined);
  await attempt(`GET ${at}/files/{file}`, "conversation.view", undefined);
  // Nothing translates here: 409 to whoever may read it.
  await attempt(`GET ${at}/events/{seq}/translation`, "conversation.view", undefined);
  await attempt(`GET ${at}/colleagues`, "conversation.view", undefined);
  await attempt(`POST ${at}/link`, "conversation.reply", undefined);
  await attempt(`POST ${at}/files`, "conversation.comment_internal", PNG, "?name=lamp.png");
  // Without an upgrade: 426 to whoever may listen.
  await attempt(`GET ${at}/live`, "conversation.view", undefined);
  await attempt(`PUT ${at}/folder`, "conversation.assign_folder", { folder_id: relation.folder ?? null });
  await attempt(`PUT ${at}/team`, "conversation.assign_team", { team_id: relation.team ?? null });
  await attempt(`PUT ${at}/tags/{tag_id}`, "conversation.tag", undefined);
  await attempt(`DELETE ${at}/tags/{tag_id}`, "conversation.tag", undefined);
  await attempt(`PUT ${at}/priority`, "conversation.tag", { priority: "high" });
  // Into itself: whoever may is refused for that alone.
  await attempt(`PUT ${at}/merger`, "conversation.merge", { into: id });
  await attempt(`PUT ${at}/assignee`, "conversation.assign_other", { agent_id: other.id });
  await restore(id, relation);
  await attempt(`PUT ${at}/assignee`, "conversation.unassign", { agent_id: null });
  await restore(id, relation);
  await attempt(`PUT ${at}/status`, "conversation.close", { status: "closed" });
  (await administrator.put(company.path(`/conversations/${id}/status`), { status: "closed" })).good(200);
  await attempt(`PUT ${at}/status`, "conversation.reopen", { status: "open" });
  await restore(id, relation);
  await attempt(`PUT ${at}/status`, "conversation.snooze", { status: "snoozed", until: IN_A_WHILE });
  await restore(id, relation);
  // From here on he may take part, by what he does.
  await attempt(`POST ${at}/notes`, "conversation.comment_internal", words("Hm."));
  await attempt(`POST ${at}/messages`, "conversation.reply", words("Hello?"));
  await attempt(`POST ${at}/catalog`, "catalog.send", { client_id: randomUUID(), item_ids: [item.id] });
  await attempt(`PUT ${at}/followers/{agent_id}`, "conversation.view", undefined);
  await attempt(`DELETE ${at}/followers/{agent_id}`, "conversation.view", undefined);
  await attempt(`POST ${at}/claim`, "conversation.assign_self_pick", undefined);
  await restore(id, relation);
  await attempt(`PUT ${at}/assignee`, "conversation.assign_self_pick", { agent_id: person.member.id });
}

for (const person of people) {
  // spec: M1 A5 C20 C21 C22 C23 C24 C26 D1 D2 N9 N10
  test(`conversations: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    // The Dispenser lets one take what has waited longest: that is this one, and nothing below.
    if (person === people[0]) await write(company);
    const places = Object.entries(relations(person));
    await Promise.all(places.map(([what, relation]) => compareAt(comparison, what, relation)));
    comparison.finish();
  });
}

// spec: A5 C6 C18 D1
test("lists and counters have what one may see, and nothing else", async () => {
  const listed = await until(async () => {
    const first = (await administrator.get(company.path(`/conversations${ALL_AT_ONCE}`))).good(200);
    return first.items.length > 0 && first;
  }, "the list has something");
  assert.ok(listed.next, "there are many");
  for (const person of people.filter(({ confined }) => !confined)) {
    const { member, label } = person;
    const everything = await listOf(administrator);
    const expected = everything.filter((item) => may(person, "conversation.view", scopesOf(person, item)));
    const shown = await listOf(member);
    assert.deepEqual(shown.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort(), label);
    const counters = (await member.get(company.path("/conversations/counters"))).good(200);
    assert.equal(counters.all, expected.length, label);
  }
});

/** @param {Member} member @returns {Promise<any[]>} */
async function listOf(member) {
  const items = [];
  let cursor = "";
  do {
    const part = (await member.get(company.path(`/conversations${ALL_AT_ONCE}${cursor}`))).good(200);
    items.push(...part.items);
    cursor = part.next ? `&cursor=${part.next}` : "";
  } while (cursor);
  return items;
}

/** @param {Person} person @param {any} item a conversation, in a list */
function scopesOf({ member }, item) {
  const holds = {
    own: item.assignee?.id === member.id,
    participating: item.participants.some((/** @type {any} */ one) => one.id === member.id),
    folder: [folders.seen, folders.assigned].includes(item.folder?.id),
    team: item.team?.id === group.id,
    unassigned: !item.assignee,
  };
  return Object.entries(holds)
    .filter(([, one]) => one)
    .map(([scope]) => scope);
}

test("every route of a conversation was tried", () => {
  staff.requireAllTried((path) => path.includes("/conversations/{id}"));
});
