// Reports that people have sent to themselves: which, when, about which days, and to whom no longer.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { mailsTo, mailTo, returningDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { CLASSES, filesOf } from "../support/histories/stored.mjs";
import { Clock } from "../support/recount.mjs";
import { found, hire } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */

const ZONE = "Europe/Paris";
const DAY = 86_400_000;
const { desk, folder, whileAway } = await returningDesk();
const company = await found(desk);
await set(company, { time_zone: ZONE });
const { administrator } = company;
const [ana, ben, cleo, payments] = await Promise.all([
  hire(company, "supervisor", { add_ons: ["conversation_reports"] }),
  hire(company, "supervisor", { add_ons: ["order_admin"] }),
  hire(company, "agent"),
  hire(company, "order_payment_admin", { add_ons: ["payment_reports"] }),
]);
const path = company.path("/report-schedules");
const clock = new Clock({ zone: ZONE, hours: [], holidays: [] });

const weekly = (/** @type {Record<string, unknown>} */ changes = {}) => ({
  name: "My week",
  report: "conversations",
  wanted: { group: "day" },
  every: "week",
  hour: 8,
  format: "xlsx",
  ...changes,
});

/** A new one. @param {Member} person @param {Record<string, unknown>} [changes] @returns {Promise<any>} */
const make = async (person, changes) => (await person.post(path, weekly(changes))).good(201);

/** The date so many days before today. @param {number} days */
const daysAgo = (days) => clock.shows(Date.now() - days * DAY).date;

/** Does something to what the Desk has stored. @param {string} statement */
async function beneathTheDesk(statement) {
  await whileAway(() => {
    for (const file of filesOf(folder, CLASSES.desk)) {
      const database = new DatabaseSync(file);
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'due_reports'").all().length > 0) {
        database.exec(statement);
      }
      database.close();
    }
  });
}

/** The Desk's reports were due a while ago. @param {number} [ago] milliseconds */
async function letTheHourCome(ago = 60_000) {
  await beneathTheDesk(`UPDATE due_reports SET due_at = ${Date.now() - ago}, try_at = 1`);
  // Whatever the Desk is asked wakes it, and its alarm rings.
  (await administrator.get(company.path("/status-board"))).good(200);
  const { id } = await make(administrator, { name: "Wakes the Desk" });
  (await administrator.delete(`${path}/${id}`)).good(204);
}

/** The files that somebody was sent under a name, oldest first. @param {Member} person @param {string} name */
const filesTo = async (person, name) =>
  (await mailsTo(desk, person.email))
    .filter(({ subject }) => subject.includes(name))
    .map(({ enclosures }) => enclosures?.[0]?.name);

// spec: K3
test("a report is sent by mail with its file, as far as its reader may see by then", async () => {
  for (const [person, missing] of /** @type {const} */ ([
    [cleo, "report.export"],
    [ben, "report.export"],
  ])) {
    assert.equal((await person.post(path, weekly())).refused(403).missing, missing);
  }
  for (const [change, field, code] of /** @type {const} */ ([
    [{ hour: 24 }, "hour", "out_of_range"],
    [{ format: "json" }, "format", "unknown_value"],
    [{ name: " " }, "name", "required"],
    [{ wanted: { folder: randomUUID() } }, "folder", "unknown_value"],
  ])) {
    (await ana.post(path, weekly(change))).refusedField(field, code);
    // What is wrong with it comes before what he may not do, and that there is nothing before both.
    (await cleo.post(path, weekly(change))).refusedField(field, code);
    (await payments.post(path, weekly(change))).refused(404);
  }
  const made = await make(ana);
  const next = new Date(made.next_at);
  assert.deepEqual([clock.shows(next.getTime()).time, next.getUTCDay()], ["08:00", 1]);
  assert.deepEqual(
    (await ana.get(path)).good(200).items.map((/** @type {any} */ { id }) => id),
    [made.id],
  );
  for (const other of [ben, administrator]) {
    (await other.patch(`${path}/${made.id}`, { hour: 9 })).refused(404);
    (await other.delete(`${path}/${made.id}`)).refused(404);
  }
  const changed = (await ana.patch(`${path}/${made.id}`, { every: "day", format: "csv", hour: 0 })).good(200);
  assert.deepEqual([changed.every, changed.format, changed.name], ["day", "csv", "My week"]);

  await letTheHourCome();
  const mail = await mailTo(desk, ana.email, "My week");
  const [enclosure] = mail.enclosures ?? [];
  const yesterday = daysAgo(1);
  assert.equal(enclosure?.name, `conversations-${yesterday}-${yesterday}.csv`);
  assert.ok(Buffer.from(String(enclosure?.content), "base64").toString().startsWith("date,name,opened"));
  assert.ok(
    mail.text.includes(`/app/${company.slug}/reports/conversations?from=${yesterday}&to=${yesterday}`),
  );
  // Sent once more by another rhythm: the last day of a week may be one of which it was told before.
  const sentFor = async (/** @type {Record<string, unknown>} */ change) =>
    (await ana.patch(`${path}/${made.id}`, change)).good(200).sent_for;
  await until(async () => (await sentFor({ hour: 1 })) === yesterday, "it is noted");
  assert.deepEqual([await sentFor({ every: "day" }), await sentFor({ every: "month" })], [yesterday, null]);
  assert.equal(await sentFor({ every: "day" }), null);
  // His role is another by then.
  const agent = company.path(`/agents/${ana.id}`);
  (await administrator.patch(agent, { add_ons: [] })).good(200);
  await letTheHourCome();
  await until(async () => {
    const [row] = await desk.sql(`SELECT paused FROM report_schedules WHERE id = '${made.id}'`);
    return row?.paused === "no_permission";
  }, "it is held back");
  assert.equal((await filesTo(ana, "My week")).length, 1);
  (await administrator.patch(agent, { add_ons: ["conversation_reports"] })).good(200);
  // Struck, nothing is sent any more.
  (await ana.delete(`${path}/${made.id}`)).good(204);
  assert.deepEqual((await ana.get(path)).good(200).items, []);
});

// spec: K3
test("what comes late is about the days it was due for, one after the other", async () => {
  const { id } = await make(ana, { name: "My days", every: "day", hour: 0, format: "csv" });
  const { id: other } = await make(ana, { name: "His days", every: "day", hour: 0, format: "csv" });
  await letTheHourCome(2 * DAY);
  const days = [3, 2, 1].map((ago) => `conversations-${daysAgo(ago)}-${daysAgo(ago)}.csv`);
  for (const name of ["My days", "His days"]) {
    await until(async () => (await filesTo(ana, name)).length >= days.length, `${name} have come`);
    assert.deepEqual(await filesTo(ana, name), days);
  }
  for (const one of [id, other]) (await ana.delete(`${path}/${one}`)).good(204);
  // Beyond a week, nobody is told any more.
  const { id: forgotten } = await make(ana, { name: "Long ago", every: "month", hour: 0, format: "csv" });
  await letTheHourCome(70 * DAY);
  await until(async () => (await filesTo(ana, "Long ago")).length > 0, "the first one has come");
  assert.ok((await filesTo(ana, "Long ago")).length <= 2);
  (await ana.delete(`${path}/${forgotten}`)).good(204);
});

// spec: K4
test("a report on payments is sent by what its rows are about, as it is shown", async () => {
  const body = { name: "Payments", report: "payments", every: "day", hour: 0, format: "csv" };
  for (const group of ["folder", "hour", "channel"]) {
    (await payments.post(path, weekly({ ...body, wanted: { group } }))).refusedField(
      "group",
      "unknown_value",
    );
  }
  (await ana.post(path, weekly({ wanted: { group: "method" } }))).refusedField("group", "unknown_value");
  for (const group of ["state", "method", "currency", "agent", "week"]) {
    const { id, wanted } = await make(payments, { ...body, wanted: { group } });
    assert.equal(wanted.group, group);
    (await payments.delete(`${path}/${id}`)).good(204);
  }
  const { id } = await make(payments, { ...body, wanted: { group: "state" } });
  (await payments.patch(`${path}/${id}`, { wanted: { group: "tag" } })).refusedField(
    "group",
    "unknown_value",
  );
  (await payments.patch(`${path}/${id}`, { wanted: { group: "method" } })).good(200);
  await letTheHourCome();
  const mail = await mailTo(desk, payments.email, "Payments");
  const content = Buffer.from(String(mail.enclosures?.[0]?.content), "base64").toString();
  assert.match(content, /^method,name,orders,/);
  (await payments.delete(`${path}/${id}`)).good(204);
});

// spec: K3
test("none is kept that the Desk does not know of, and a repeat tells it again", async () => {
  await beneathTheDesk(
    "CREATE TRIGGER deaf BEFORE INSERT ON due_reports BEGIN SELECT RAISE(ABORT, 'deaf'); END",
  );
  const body = weekly({ name: "Asked twice", client_id: randomUUID() });
  (await ana.post(path, body)).refused(500);
  assert.deepEqual((await ana.get(path)).good(200).items, []);
  await beneathTheDesk("DROP TRIGGER deaf");
  const made = (await ana.post(path, body)).good(201);
  // What it forgot it is told again.
  await beneathTheDesk("DELETE FROM due_reports");
  assert.equal((await ana.post(path, body)).good(201).id, made.id);
  await letTheHourCome();
  await mailTo(desk, ana.email, "Asked twice");
});
