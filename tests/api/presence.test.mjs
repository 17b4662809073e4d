// Who is there, what everybody has, and who looks at what.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mailsTo, mailTo, until } from "../support/desk.mjs";
import { board, Floor, isWith, onBoard, set, waitFor, writeMany } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/listener.mjs").Listener} Listener */

const { desk, floor } = await Floor.open();

/** The newest word about somebody that a dashboard heard. @param {Listener} dashboard @param {Member} member */
const newest = (dashboard, member) =>
  dashboard.frames.findLast((frame) => frame.type === "presence" && frame.agent.id === member.id);

/** @param {Listener} dashboard @param {Member} member @param {Record<string, unknown>} members */
const hears = (dashboard, member, members) =>
  until(
    () => {
      const frame = newest(dashboard, member);
      for (const [name, value] of Object.entries(members)) assert.deepEqual(frame?.[name], value, name);
      return true;
    },
    `the dashboard hears of ${member.name}`,
    20,
  );

// spec: F3 F4
test("dashboards hear who comes, who is full and who goes; who is gone for a moment only is not gone", async () => {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const [sam, ana, eva] = [
    await hire(company, "supervisor"),
    await hire(company, "agent"),
    await hire(company, "agent"),
  ];
  const dashboard = await floor.comes(sam);
  const mobys = await floor.comes(await hire(company, "marketing"));
  const anas = await floor.comes(ana);
  await hears(dashboard, ana, {
    presence: "online",
    open: 0,
    limit: 1,
    agent: { id: ana.id, name: ana.name },
  });
  const customer = await write(company);
  (await sam.assign(customer, ana)).good(200);
  await hears(dashboard, ana, { presence: "busy", open: 1 });
  await hears(anas, ana, { presence: "busy", open: 1 });
  (await ana.patch(company.path("/me"), { availability: "away" })).good(200);
  await hears(dashboard, ana, { presence: "away" });
  const me = (await ana.get(company.path("/me"))).good(200);
  assert.deepEqual([me.availability, me.open, me.limit], ["away", 1, 1]);
  (await sam.setStatus(customer, "closed")).good(200);
  (await ana.patch(company.path("/me"), { availability: "online" })).good(200);
  await hears(dashboard, ana, { presence: "online", open: 0 });

  const before = dashboard.frames.length;
  floor.leaves(ana);
  await floor.comes(ana);
  await floor.comes(eva);
  await hears(dashboard, eva, { presence: "online" });
  const since = dashboard.frames.slice(before).filter((frame) => frame.agent?.id === ana.id);
  assert.ok(
    since.every((frame) => frame.presence === "online"),
    "a page that is loaded anew",
  );
  floor.leaves(ana);
  await hears(dashboard, ana, { presence: "offline" });
  const { presence, last_seen_at } = await onBoard(ana);
  assert.equal(presence, "offline");
  assert.ok(Date.now() - Date.parse(last_seen_at) < 60_000);
  const { items, available, offline } = (await sam.get(company.path("/agents"))).good();
  assert.deepEqual([available, offline], [2, 2], "he and the administrator");
  const listed = items.find((/** @type {any} */ one) => one.id === ana.id);
  assert.deepEqual([listed.presence, listed.open, listed.limit], ["offline", 0, 1]);
  assert.equal(newest(mobys, ana), undefined, "who lists nobody hears of nobody");
});

// spec: F21 C30 I7 I8
test("the board says what everybody has, and acting on it is what the routes are for", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [sam, ana] = [await hire(company, "supervisor"), await hire(company, "agent", { max_chats: 7 })];
  const [first, second] = await writeMany(company, 2);
  assert.ok(first && second);
  (await sam.assign(first, ana)).good(200);
  const { contact } = await sam.read(first);
  (await sam.put(company.path(`/contacts/${contact.id}/sticky`), { agent_id: ana.id })).good(200);
  await until(async () => (await onBoard(ana)).conversations.length === 1, "it is on the board");
  const shown = await onBoard(ana);
  const now = await sam.read(first);
  assert.deepEqual(shown.conversations, [
    {
      id: now.id,
      number: now.number,
      subject: now.subject,
      status: now.status,
      contact: now.contact,
      assignment_epoch: now.assignment_epoch,
      escalated_at: null,
      waiting_since: now.waiting_since,
      last_event_at: now.last_event_at,
    },
  ]);
  assert.deepEqual(shown.sticky_contacts, [contact]);
  assert.deepEqual([shown.open, shown.limit, shown.assignable, shown.status], [1, 7, true, "active"]);
  const whole = await board(company);
  assert.equal(whole.waiting, 1);
  assert.equal(whole.longest_waiting_since, (await sam.read(second)).waiting_since);
  const names = whole.items.map((/** @type {any} */ item) => item.id).sort();
  assert.deepEqual(names, [administrator.id, sam.id, ana.id].sort());

  (await sam.setStatus(first, "closed")).good(200);
  (await sam.delete(company.path(`/contacts/${contact.id}/sticky`))).good(200);
  await until(async () => {
    const { open, conversations, sticky_contacts } = await onBoard(ana);
    return open + conversations.length + sticky_contacts.length === 0;
  }, "he may leave");
  (await ana.get(company.path("/status-board"))).refused(403, "forbidden");
});

test("who watches his teams only sees of others' conversations nothing", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const general = (await administrator.get(company.path("/business-units"))).good().items[0];
  const other = (await administrator.post(company.path("/business-units"), { name: "South" })).good(201);
  const manager = await hire(company, "agent_manager", { business_units: [other.id] });
  const [his, stranger] = [
    await hire(company, "agent", { business_units: [other.id, general.id] }),
    await hire(company, "agent", { business_units: [general.id] }),
  ];
  const [hidden, shown] = await writeMany(company, 2);
  assert.ok(hidden && shown);
  (await administrator.put(administrator.at(shown, "/team"), { team_id: other.id })).good(200);
  for (const one of [hidden, shown]) (await administrator.assign(one, his)).good(200);
  await until(async () => (await onBoard(his)).conversations.length === 2, "the index has both");
  const { items } = (await manager.get(company.path("/status-board"))).good(200);
  assert.ok(!items.some((/** @type {any} */ item) => item.id === stranger.id));
  const seen = items.find((/** @type {any} */ item) => item.id === his.id);
  assert.deepEqual([seen.open, seen.conversations.map((/** @type {any} */ one) => one.id)], [2, [shown.id]]);
});

test("agents see who else has the conversation open, and on which side somebody writes; customers see neither", async () => {
  const company = await found(desk);
  const [sam, eva] = [await hire(company, "supervisor"), await hire(company, "supervisor")];
  const customer = await write(company);
  const open = async (/** @type {Member} */ member) => {
    const listener = await member.listen(member.at(customer, "/live"));
    floor.others.push(listener);
    return listener;
  };
  const page = await customer.listen(customer.path("/live"));
  floor.others.push(page);
  const viewers = (/** @type {Listener} */ listener) =>
    listener.frames
      .findLast((frame) => frame.type === "viewing")
      ?.agents.map((/** @type {any} */ one) => one.id)
      .sort();
  const first = await open(sam);
  await until(() => viewers(first)?.length === 1, "he sees himself");
  const [second, again] = [await open(eva), await open(eva)];
  const both = [sam.id, eva.id].sort();
  await until(() => String(viewers(first)) === String(both), "he sees her, once");
  await until(() => String(viewers(second)) === String(both), "she sees him, too");
  second.send({ type: "typing" });
  await first.hears({ type: "typing", who: eva.name, by: "agent" });
  page.send({ type: "typing" });
  await first.hears({ type: "typing", by: "customer" });
  second.close();
  again.close();
  await until(() => String(viewers(first)) === sam.id, "she is gone");
  assert.ok(!page.texts.some((text) => text.includes("viewing")));
});

test("who waits for too long goes back to the queue, and to somebody else; supervisors are told", async () => {
  const company = await found(desk);
  await set(company, { response_time: "PT1S", escalation: "queue", assignment_policy: "balanced" });
  const [slow, sam] = [await hire(company, "agent"), await hire(company, "supervisor")];
  await floor.comes(slow);
  const customer = await write(company);
  await isWith(customer, slow);
  const quick = await hire(company, "agent");
  await floor.comes(quick);
  await isWith(customer, quick);
  const events = await company.administrator.events(customer);
  const what = events.map((/** @type {any} */ event) => event.what ?? event.to?.id ?? event.kind);
  assert.deepEqual(what.slice(-3), ["escalated", "assignment", quick.id]);
  assert.ok((await company.administrator.read(customer)).escalated_at);
  const seen = (await customer.read()).events.map((/** @type {any} */ event) => event.what);
  assert.ok(!seen.includes("escalated"), "the customer is not told");
  const mail = await mailTo(desk, sam.email, "waited too long");
  assert.match(mail.text, new RegExp(`/app/${company.slug}/all/${customer.id}`));
  assert.deepEqual(
    (await mailsTo(desk, quick.email)).filter(({ subject }) => subject.includes("too long")),
    [],
  );
  await quick.reply(customer, "Here I am.");
  assert.equal("escalated_at" in (await company.administrator.read(customer)), false);
});

test("who is only to be told about leaves it where it is", async () => {
  const company = await found(desk);
  await set(company, { response_time: "PT1S" });
  const [ana, sam] = [await hire(company, "agent"), await hire(company, "supervisor")];
  const customer = await write(company);
  (await company.administrator.assign(customer, ana)).good(200);
  await mailTo(desk, sam.email, "waited too long");
  const now = await company.administrator.read(customer);
  assert.equal(now.assignee.id, ana.id);
  assert.ok(Date.parse(now.escalated_at) >= Date.parse(now.waiting_since) + 1_000);
});

// spec: A18
test("before a pending conversation closes its customer is asked whether it is solved", async () => {
  const company = await found(desk);
  await set(company, { pending_close_after: "PT4S" });
  const sam = await hire(company, "supervisor");
  const [silent, answering] = await writeMany(company, 2);
  assert.ok(silent && answering);
  for (const one of [silent, answering]) await sam.reply(one, "Try another bulb.");
  const mail = await mailTo(desk, silent.email, "solved");
  assert.match(mail.text, new RegExp(silent.secret));
  await answering.write("It is still dark.");
  await until(async () => (await sam.read(silent)).status === "closed", "it closes", 10);
  assert.equal((await sam.read(answering)).status, "open");
  const what = (await sam.events(silent)).map(
    (/** @type {any} */ event) => event.what ?? event.to ?? event.kind,
  );
  assert.deepEqual(what.slice(-2), ["reminded", "closed"]);
  await waitFor(company, 1);
});
