// For how long agents were there: what reports tell, against the Desk's own log.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { readSheet } from "read-excel-file/node";
import { returningDesk, until } from "../support/desk.mjs";
import { Floor, set } from "../support/floor.mjs";
import { alter, CLASSES, filesOf } from "../support/histories/stored.mjs";
import { Clock } from "../support/recount.mjs";
import { make } from "../support/things.mjs";
import { found, hire } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {{ id: number, agent_id: string, how: "online" | "away" | "busy", since: number, until: number, step: string }} Stretch */

const { desk, folder, whileAway } = await returningDesk();
const floor = new Floor();
after(() => floor.close());

const MINUTE = 60_000;
const [FROM, TO] = ["2026-03-28", "2026-03-31"];
const CALENDAR = {
  zone: "Europe/Paris",
  hours: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens: "08:00", closes: "18:30" })),
  holidays: ["2026-03-30"],
};

/** The Desk's log, as it is stored. @returns {Stretch[]} */
function stored() {
  return filesOf(folder, CLASSES.desk).flatMap((file) => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    try {
      const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'attendance'").all().length > 0;
      return has ? /** @type {any[]} */ (database.prepare("SELECT * FROM attendance ORDER BY id").all()) : [];
    } finally {
      database.close();
    }
  });
}

/** @param {Member} member */
const logOf = (member) => stored().filter(({ agent_id }) => agent_id === member.id);

/**
 * @param {Member} person
 * @param {Record<string, string>} [query]
 */
const ask = async (person, query = {}) => {
  const search = new URLSearchParams({ compare: "false", ...query });
  return (await person.get(person.path(`/reports/agents?${search}`))).good(200);
};

/** @param {any} report @param {Member} member */
const of = (report, member) =>
  report.rows.find((/** @type {any} */ row) => row.key === member.id)?.attendance;

/** Counted minute by minute. @param {Stretch[]} log @param {(minute: number) => boolean} counts */
function recount(log, counts) {
  const minutes = { online: 0, away: 0, busy: 0 };
  for (const { how, since, until: end } of log)
    for (let minute = since / MINUTE; minute < end / MINUTE; minute += 1)
      if (counts(minute)) minutes[how] += 1;
  return {
    online_seconds: minutes.online * 60,
    away_seconds: minutes.away * 60,
    busy_seconds: minutes.busy * 60,
  };
}

// spec: K7
test("a stretch for each time an agent is there and says the same; none for whom nobody sees", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [ana, ben, cleo] = [
    await hire(company, "agent"),
    await hire(company, "agent"),
    await hire(company, "agent"),
  ];
  const says = async (/** @type {string} */ availability) =>
    (await ana.patch(company.path("/me"), { availability })).good(200);
  await floor.comes(ana);
  await floor.comes(ben);
  await says("away");
  await says("away");
  await says("busy");
  await says("online");
  floor.leaves(ana);
  await floor.comes(ana);
  const hows = () => logOf(ana).map(({ how }) => how);
  assert.deepEqual(hows(), ["online", "away", "busy", "online"], "a page that is loaded anew ends nothing");
  floor.leaves(ana);
  const cut = (await ask(administrator)).rows.find((/** @type {any} */ row) => row.key === ben.id);
  (await administrator.put(company.path(`/agents/${ben.id}/disabled`), {})).good(200);
  await until(
    () => logOf(ana).at(-1)?.step === "told" && logOf(ben)[0]?.step === "told",
    "they have not come back",
    30,
  );
  assert.deepEqual(hows(), ["online", "away", "busy", "online"]);
  const log = logOf(ana);
  for (const [n, one] of log.slice(1).entries())
    assert.equal(one.since, log[n]?.until, "one ends when the next begins");
  assert.ok(
    (log.at(-1)?.until ?? 0) < Date.now() - 9_000,
    "it ended when she left, not when that was certain",
  );
  const spent = (/** @type {string} */ how) =>
    Math.floor(
      (log.filter((one) => one.how === how).reduce((sum, one) => sum + one.until - one.since, 0) + 500) /
        1_000,
    );
  const expected = {
    online_seconds: spent("online"),
    away_seconds: spent("away"),
    busy_seconds: spent("busy"),
  };
  const report = await ask(administrator);
  assert.deepEqual(of(report, ana), expected);
  assert.equal(of(report, cleo), undefined, "nobody saw her");
  await says("away");
  assert.equal(logOf(ana).length, 4, "what she says while she is not there is no time");

  const { since, until: end } = logOf(ben)[0] ?? { since: 0, until: 0 };
  assert.ok(end > since && end <= Date.now());
  assert.ok(end < Date.now() - 9_000, "he was cut off at once");
  assert.equal(of(report, ben).online_seconds, Math.round((end - since) / 1_000));
  assert.ok(cut.attendance.online_seconds <= of(report, ben).online_seconds, "who is there counts up to now");
});

// spec: K7 N12
test("by the company's days and hours, across summer time and a holiday, beside the days before, to those who may", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { zone, hours, holidays } = CALENDAR;
  await set(company, { time_zone: zone, business_hours: hours, holidays });
  const unit = await make(company, "business-units");
  const [ana, ben] = [
    await hire(company, "supervisor", { add_ons: ["conversation_reports"], business_units: [unit] }),
    await hire(company, "agent"),
  ];
  const manager = await hire(company, "agent_manager");
  const team = await make(company, "teams");
  (await administrator.patch(company.path(`/teams/${team}`), { agents: [manager.id, ben.id] })).good(200);
  for (const person of [ana, ben]) {
    await floor.comes(person);
    for (const availability of ["away", "busy", "online"])
      (await person.patch(company.path("/me"), { availability })).good(200);
    floor.leaves(person);
  }
  await until(() => logOf(ana).length + logOf(ben).length === 8, "the Desk has noted it");
  const ids = new Set([ana.id, ben.id]);
  await whileAway(() => {
    // What happened just now happened in spring: from a quarter past ten in the evening, for up to two days each.
    const begins = Date.parse("2026-03-26T21:15:00Z");
    for (const file of filesOf(folder, CLASSES.desk)) {
      const database = new DatabaseSync(file);
      let at = begins;
      for (const { id, agent_id } of database
        .prepare("SELECT id, agent_id FROM attendance ORDER BY id")
        .all()) {
        if (!ids.has(String(agent_id))) continue;
        const end = at + ((Number(id) * 997) % 1_700) * MINUTE;
        database
          .prepare("UPDATE attendance SET since = ?, until = ?, step = 'ended' WHERE id = ?")
          .run(at, end, Number(id));
        at = end;
      }
      database.close();
    }
    alter(folder, "database", "DELETE FROM facts WHERE kind >= 9");
  });
  const log = stored().filter(({ agent_id }) => ids.has(agent_id));
  assert.ok(log.some(({ since, until: end }) => since < Date.parse("2026-03-29T01:00:00Z") && end > since));
  const clock = new Clock(CALENDAR);
  const between =
    (/** @type {string} */ from, /** @type {string} */ to) => (/** @type {number} */ minute) => {
      const { date } = clock.shows(minute * MINUTE);
      return from <= date && date <= to;
    };
  const days = { from: FROM, to: TO };
  const check = async () => {
    for (const business of [false, true]) {
      const counts =
        (/** @type {string} */ from, /** @type {string} */ to) => (/** @type {number} */ minute) =>
          between(from, to)(minute) && (!business || clock.isOpen(minute));
      const query = { ...days, compare: "true", clock: business ? "business" : "calendar" };
      const report = await ask(ana, query);
      assert.deepEqual(report.totals.attendance, recount(log, counts(FROM, TO)), query.clock);
      assert.deepEqual(
        report.before.totals.attendance,
        recount(log, counts("2026-03-24", "2026-03-27")),
        "the days before",
      );
      for (const person of [ana, ben])
        assert.deepEqual(of(report, person), recount(logOf(person), counts(FROM, TO)));
      for (const { key, attendance } of report.series.rows)
        assert.deepEqual(attendance, recount(log, counts(key, key)), `${key} ${query.clock}`);
    }
  };
  await check();
  assert.ok(recount(log, between(FROM, TO)).busy_seconds > 0);
  // The Desk's alarm rings, and reports have copies of their own.
  await floor.comes(manager);
  await until(
    () => log.every(({ id }) => stored().some((one) => one.id === id && one.step === "told")),
    "told",
    60,
  );
  const counted = await desk.sql("SELECT DISTINCT seq FROM facts WHERE kind >= 9");
  assert.ok(counted.length > 0);
  await check();

  const own = await ask(ben, days);
  assert.deepEqual(
    own.rows.map((/** @type {any} */ { key }) => key),
    [ben.id],
  );
  assert.deepEqual(own.totals.attendance, recount(logOf(ben), between(FROM, TO)), "one's own");
  assert.deepEqual(of(await ask(manager, days), ben), own.totals.attendance, "those of one's teams");
  assert.equal(of(await ask(manager, days), ana), undefined);
  assert.deepEqual((await ask(ana, { ...days, agent: ben.id })).totals.attendance, own.totals.attendance);
  assert.equal((await ask(ana, { ...days, team })).totals.attendance, undefined, "not of some conversations");
  const conversations = await ana.get(
    company.path(`/reports/conversations?from=${FROM}&to=${TO}&group=agent`),
  );
  assert.equal(conversations.good(200).totals.attendance, undefined);
  assert.deepEqual(conversations.good(200).rows, [], "nothing happened in conversations");

  const csv = (await ana.get(company.path(`/reports/agents?from=${FROM}&to=${TO}&format=csv`))).good(200);
  const [head, ...lines] = csv.split("\r\n").map((/** @type {string} */ line) => line.split(","));
  const column = head.indexOf("online_seconds");
  assert.deepEqual(head.slice(column, column + 3), ["online_seconds", "away_seconds", "busy_seconds"]);
  const bens = lines.find((/** @type {string[]} */ [id]) => id === ben.id);
  assert.deepEqual(bens.slice(column, column + 3).map(Number), Object.values(own.totals.attendance));
  const file = await fetch(`${desk.url}${ana.path(`/reports/agents?from=${FROM}&to=${TO}&format=xlsx`)}`, {
    headers: { cookie: String(ana.headers.cookie) },
  });
  const sheet = await readSheet(Buffer.from(await file.arrayBuffer()));
  const sheets = sheet.find(([id]) => id === ben.id);
  assert.deepEqual(sheets?.slice(column, column + 3), Object.values(own.totals.attendance));
});

test("whoever is lost was there until that was last known", async () => {
  const company = await found(desk);
  const ana = await hire(company, "agent");
  await floor.comes(ana);
  await until(() => logOf(ana).length === 1, "she is there");
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  await whileAway(() =>
    alter(
      folder,
      "desk",
      `UPDATE attendance SET since = ${now - 180 * MINUTE}, until = ${now - 120 * MINUTE}, step = 'goes_on'
        WHERE agent_id = '${ana.id}'`,
    ),
  );
  const days = { from: new Date(now - 86_400_000).toISOString().slice(0, 10) };
  const times = async () => of(await ask(company.administrator, days), ana);
  assert.equal((await times()).online_seconds, 3_600);
  await floor.comes(ana);
  await until(() => logOf(ana).length === 2, "she is there again");
  assert.equal(logOf(ana)[0]?.until, now - 120 * MINUTE);
  const told = await times();
  assert.ok(told.online_seconds >= 3_600 && told.online_seconds < 3_700, "the time between does not count");

  // A moment ago she was known to be there: nobody can say that she was not.
  await whileAway(() =>
    alter(
      folder,
      "desk",
      `UPDATE attendance SET since = ${now - 60 * MINUTE}, until = ${Date.now() - 2 * MINUTE}, step = 'goes_on'
        WHERE agent_id = '${ana.id}' AND id = (SELECT MAX(id) FROM attendance WHERE agent_id = '${ana.id}')`,
    ),
  );
  await floor.comes(ana);
  assert.equal(logOf(ana).length, 2, "it goes on");
  assert.ok((await times()).online_seconds >= 7_200);
});
