// Reports: what they count and measure, against the stored logs; who may see how much; files.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { before, test } from "node:test";
import { readSheet } from "read-excel-file/node";
import { returningDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { CLASSES, filesOf, readStored } from "../support/histories/stored.mjs";
import { byMail } from "../support/mailbox.mjs";
import { Clock, factsOf, figures } from "../support/recount.mjs";
import { sell, order as sellTo, show, steps } from "../support/shop.mjs";
import { make } from "../support/things.mjs";
import { found, hire, Member, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Customer} Customer
 */

const { desk, folder, whileAway } = await returningDesk();

const WEEKDAYS = [1, 2, 3, 4, 5];
const CALENDAR = {
  zone: "Europe/Paris",
  hours: [
    ...WEEKDAYS.map((day) => ({ day, opens: "09:00", closes: "12:00" })),
    ...WEEKDAYS.map((day) => ({ day, opens: "13:00", closes: "17:30" })),
    // Open through the night in which summer time begins.
    { day: 7, opens: "00:00", closes: "10:00" },
  ],
  // Easter Monday.
  holidays: ["2026-04-06"],
};
const FROM = "2026-03-20";
const TO = "2026-04-12";
const CONVERSATIONS = 24;
/** The Friday evening before summer time begins. */
const BEGINS = Date.parse("2026-03-20T07:00:00Z");
const clock = new Clock(CALENDAR);

/** @type {Company} */
let company;
/** @type {Record<string, Member>} */
const people = {};
/** @type {Record<string, string>} */
const ids = {};
/** Something that is sold. @type {any} */
let lamp;
/** @type {import("../support/recount.mjs").Fact[]} */
let facts = [];
/** @type {Map<string, any>} */
let index = new Map();

/** @param {Member} person @param {string} report @param {Record<string, string>} [query] */
const ask = (person, report, query = {}) => {
  const search = new URLSearchParams({ from: FROM, to: TO, compare: "false", ...query });
  return person.get(person.path(`/reports/${report}?${search}`));
};

const calendarTime = (/** @type {any} */ { since, at }) => at - since;
/** @type {Map<object, number>} */
const worked = new Map();
const businessTime = (/** @type {any} */ fact) => {
  const known = worked.get(fact) ?? clock.openBetween(fact.since, fact.at);
  worked.set(fact, known);
  return known;
};

before(async () => {
  company = await found(desk);
  await set(company, {
    time_zone: CALENDAR.zone,
    business_hours: CALENDAR.hours,
    holidays: CALENDAR.holidays,
    max_chats: 50,
  });
  ids.team = await make(company, "teams");
  ids.folder = await make(company, "folders");
  ids.red = await make(company, "tags", { colour: "red" });
  ids.blue = await make(company, "tags", { colour: "blue" });
  lamp = await sell(company);
  ids.unit = await make(company, "business-units");
  const elsewhere = { business_units: [ids.unit] };
  people.ana = await hire(company, "supervisor", { add_ons: ["conversation_reports"], ...elsewhere });
  people.ben = await hire(company, "supervisor", { add_ons: ["order_admin"] });
  people.cleo = await hire(company, "agent");
  people.manager = await hire(company, "agent_manager");
  people.marketing = await hire(company, "marketing");
  people.payments = await hire(company, "order_payment_admin", { add_ons: ["payment_reports"] });
  const { administrator } = company;
  const team = company.path(`/teams/${ids.team}`);
  (await administrator.patch(team, { agents: [people.manager.id, people.ben.id] })).good(200);
  await Promise.all(Array.from({ length: CONVERSATIONS }, (_, n) => story(n)));
  // What happened just now happened in spring.
  await until(
    async () => (await desk.sql("SELECT 1 FROM conversations WHERE searched < rev")).length === 0,
    "everything has come",
  );
  await whileAway(() => {
    moveToSpring();
  });
  await until(
    async () => (await ask(company.administrator, "conversations")).good(200).outstanding === 0,
    "old conversations have sent their facts",
    20,
  );
  const [stored] = [...readStored(folder).values()].filter((one) => one.company.slug === company.slug);
  index = new Map([...(stored?.index.values() ?? [])].map((row) => [row.id, row]));
  const told = [...(stored?.conversations.values() ?? [])];
  const kinds = new Set(told.flatMap(({ log }) => log.map(({ event }) => event.kind)));
  for (const kind of ["message", "catalog", "order", "status", "assignment", "rating", "absorbed", "merged"])
    assert.ok(kinds.has(kind), kind);
  facts = told.flatMap(factsOf);
  assert.ok(facts.length > CONVERSATIONS * 4);
});

/** Something that customers and agents do, in as many ways. @param {number} n */
async function story(n) {
  const { ana, ben } = /** @type {Record<string, Member>} */ (people);
  const { administrator } = company;
  if (!ana || !ben) return;
  const customer = await write(company, { name: n === 3 ? "=HYPERLINK(1)" : "Marta" });
  const [agent, other] = n % 2 ? [ana, ben] : [ben, ana];
  if (n % 7 === 6) return;
  if (n % 5 === 0) await customer.write("Hello?");
  await agent.take(customer);
  if (n % 3 === 0) (await agent.put(agent.at(customer, "/folder"), { folder_id: ids.folder })).good(200);
  if (n % 4 === 0) (await agent.put(agent.at(customer, "/team"), { team_id: ids.team })).good(200);
  if (n % 6 < 2) (await agent.put(agent.at(customer, `/tags/${ids.red}`), {})).good(200);
  if (n % 6 === 1) (await agent.put(agent.at(customer, `/tags/${ids.blue}`), {})).good(200);
  if (n % 11 === 5) return;
  if (n % 5 === 2) (await show(agent, customer, [lamp])).good(201);
  else if (n % 5 === 4) await offered(ben, customer);
  else await agent.reply(customer, "We look into it.");
  await customer.write("Thank you.");
  if (n % 6 === 2) (await administrator.assign(customer, other)).good(200);
  if (n % 6 === 4) await snoozed(agent, customer);
  if (n % 2 === 0) await other.reply(customer, "It is mended.");
  if (n % 8 === 7) return;
  const owner = n % 6 === 0 ? await joined(agent, customer, n === 18) : customer;
  if (n % 3 === 1) (await owner.setStatus("closed")).good(200);
  else (await agent.setStatus(customer, "closed")).good(200);
  if (n % 4 < 2) (await owner.put(owner.path("/rating"), { score: (n % 5) + 1 })).good(200);
  if (n % 8 === 0) (await owner.put(owner.path("/rating"), { score: 5 })).good(200);
  if (n % 5 === 1) {
    await owner.write("It is broken again.");
    await agent.reply(customer, "Again?");
    (await agent.setStatus(customer, "closed")).good(200);
  }
}

/** An order is offered, and its customer confirms it. @param {Member} agent @param {Customer} customer */
async function offered(agent, customer) {
  const { id } = await sellTo(agent, { conversation_id: customer.id });
  const { rev } = (await agent.post(company.path(`/orders/${id}/offer`))).good(200);
  (await customer.put(customer.path(`/orders/${id}/answer`), { answer: "confirmed", rev })).good(200);
  const confirmed = async () => (await steps(agent, customer)).some(({ what }) => what === "confirmed");
  await until(confirmed, "the conversation knows of the answer");
}

/** It is put off, and its customer does not wait for that. @param {Member} agent @param {Customer} customer */
async function snoozed(agent, customer) {
  (await agent.setStatus(customer, "snoozed", new Date(Date.now() + 86_400_000).toISOString())).good(200);
  await customer.write("Still there?");
}

/**
 * What its customer writes elsewhere comes to the same conversation.
 *
 * @param {Member} agent
 * @param {Customer} customer
 * @param {boolean} closed whether the other one is closed by then
 */
async function joined(agent, customer, closed) {
  const second = await write(company, { email: customer.email, subject: "And another thing" });
  await agent.take(second);
  if (closed) (await agent.setStatus(second, "closed")).good(200);
  (await agent.put(agent.at(second, "/merger"), { into: customer.id })).good(200);
  await agent.reply(customer, "Both, then.");
  return byMail(customer);
}

/** Moves every log to the weeks around the night in which clocks are set forward, and has everything sent once more. */
function moveToSpring() {
  let n = 0;
  for (const file of filesOf(folder, CLASSES.conversation)) {
    const database = new DatabaseSync(file);
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'snapshot'").all().length > 0) {
      n += 1;
      let at = BEGINS + ((n * 997 * 60_000) % (16 * 86_400_000));
      for (const { seq, entry } of database.prepare("SELECT seq, entry FROM events ORDER BY seq").all()) {
        at += ((Number(seq) * 7_919 + n * 104_729) % 1_300) * 60_000;
        const moved = { ...JSON.parse(String(entry)), at: new Date(at).toISOString() };
        const { brings } = moved.event;
        if (brings?.waiting_since) brings.waiting_since = new Date(at - n * 7 * 60_000).toISOString();
        database.prepare("UPDATE events SET entry = ? WHERE seq = ?").run(JSON.stringify(moved), Number(seq));
      }
      database.exec("UPDATE snapshot SET searched = 0, course = ''");
    }
    database.close();
  }
  assert.ok(n >= CONVERSATIONS);
  for (const file of filesOf(folder, CLASSES.database)) {
    const database = new DatabaseSync(file);
    const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'facts'").all().length > 0;
    if (has) database.exec("DELETE FROM facts; UPDATE conversations SET searched = 0");
    database.close();
  }
}

/** The facts of the days of the report. @param {(fact: any) => boolean} [which] */
const within = (which = () => true) =>
  facts.filter((fact) => {
    const { date } = clock.shows(fact.at);
    return FROM <= date && date <= TO && which(fact);
  });

// spec: K3 K7
test("totals and rows are what the logs say, by either clock, across summer time and a holiday", async () => {
  const { administrator } = company;
  for (const [name, took] of /** @type {const} */ ([
    ["calendar", calendarTime],
    ["business", businessTime],
  ])) {
    const report = (await ask(administrator, "conversations", { clock: name })).good(200);
    assert.deepEqual(report.totals, figures(within(), took), name);
    assert.equal(report.time_zone, CALENDAR.zone);
    for (const [group, of] of /** @type {[string, (fact: any) => string][]} */ ([
      ["day", ({ at }) => clock.shows(at).date],
      ["month", ({ at }) => `${clock.shows(at).date.slice(0, 7)}-01`],
      ["hour", ({ at }) => String(clock.shows(at).hour)],
      ["weekday", ({ at }) => String(clock.shows(at).weekday)],
      ["agent", ({ agent }) => agent ?? "null"],
      ["folder", ({ conversation }) => conversation.folder?.id ?? "null"],
      ["team", ({ conversation }) => conversation.team?.id ?? "null"],
      ["channel", ({ conversation }) => conversation.channel],
    ])) {
      const { rows } = (await ask(administrator, "conversations", { clock: name, group })).good(200);
      for (const { key: row, name: _, ...measures } of rows) {
        const expected = figures(
          within((fact) => of(fact) === String(row)),
          took,
        );
        assert.deepEqual(measures, expected, `${group} ${row}`);
      }
      const opened = rows.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + row.opened, 0);
      assert.equal(opened, report.totals.opened, `nothing is missing by ${group}`);
    }
  }
  const { rows: days } = (await ask(administrator, "conversations")).good(200);
  assert.equal(days.length, 24, "days on which nothing happened are there, too");
  const tags = (await ask(administrator, "conversations", { group: "tag" })).good(200).rows;
  for (const tag of [ids.red, ids.blue]) {
    const row = tags.find((/** @type {any} */ one) => one.key === tag);
    const has = (/** @type {any} */ { conversation }) =>
      conversation.tags.some((/** @type {any} */ { id }) => id === tag);
    assert.equal(row.replies, figures(within(has), calendarTime).replies);
  }
  const { heat } = (await ask(administrator, "conversations")).good(200);
  const written = within(({ kind }) => kind === "customer_message");
  for (const weekday of [1, 2, 3, 4, 5, 6, 7]) {
    for (let hour = 0; hour < 24; hour += 1) {
      const expected = written.filter(({ at }) => {
        const shown = clock.shows(at);
        return shown.hour === hour && shown.weekday === weekday;
      });
      assert.equal(heat[weekday - 1][hour], expected.length, `${weekday} ${hour}`);
    }
  }
});

// spec: K3
test("criteria narrow a report down, and the days before are told beside it", async () => {
  const { administrator } = company;
  const { ana } = people;
  for (const [query, which] of /** @type {[Record<string, string>, (fact: any) => boolean][]} */ ([
    [{ agent: String(ana?.id) }, ({ agent }) => agent === ana?.id],
    [{ folder: String(ids.folder) }, ({ conversation }) => conversation.folder?.id === ids.folder],
    [{ team: String(ids.team) }, ({ conversation }) => conversation.team?.id === ids.team],
    [
      { tag: String(ids.red), folder: String(ids.folder) },
      ({ conversation }) =>
        conversation.folder?.id === ids.folder &&
        conversation.tags.some((/** @type {any} */ { id }) => id === ids.red),
    ],
    [{ channel: "chat" }, () => false],
  ])) {
    const { totals } = (await ask(administrator, "conversations", query)).good(200);
    assert.deepEqual(totals, figures(within(which), calendarTime), JSON.stringify(query));
  }
  const days = { from: "2026-03-29", to: "2026-03-30", compare: "true" };
  const report = (await ask(administrator, "conversations", days)).good(200);
  const on = (/** @type {string[]} */ ...dates) =>
    figures(
      facts.filter(({ at }) => dates.includes(clock.shows(at).date)),
      calendarTime,
    );
  assert.deepEqual(report.totals, on("2026-03-29", "2026-03-30"));
  assert.deepEqual(report.before, {
    from: "2026-03-27",
    to: "2026-03-28",
    totals: on("2026-03-27", "2026-03-28"),
  });
  for (const [query, field, code] of /** @type {const} */ ([
    [{ from: "2026-02-30" }, "from", "date"],
    [{ from: "2026-04-13" }, "to", "out_of_range"],
    [{ from: "2024-01-01" }, "from", "too_long"],
    [{ folder: "01999999-0000-7000-8000-000000000000" }, "folder", "unknown_value"],
    [{ agent: "01999999-0000-7000-8000-000000000000" }, "agent", "unknown_value"],
    [{ colour: "red" }, "colour", "unknown_field"],
  ])) {
    (await ask(administrator, "conversations", query)).refusedField(field, code);
  }
  (await ask(administrator, "conversations", { group: "moon" })).refused(422);
  (await ask(administrator, "conversations", { group: "state" })).refusedField("group", "unknown_value");
  (await ask(administrator, "payments", { group: "folder" })).refusedField("group", "unknown_value");
  const other = await found(desk);
  const foreign = await make(other, "folders");
  (await ask(administrator, "conversations", { folder: foreign })).refusedField("folder", "unknown_value");
});

// spec: K1 K2 K3 N12
test("one's own, one's team's or everything, as roles and add-ons say", async () => {
  const { ana, ben, cleo, manager, marketing, payments } = people;
  const all = figures(within(), calendarTime);
  for (const person of [company.administrator, ana, marketing]) {
    if (person) assert.deepEqual((await ask(person, "conversations")).good(200).totals, all);
  }
  if (!ana || !ben || !cleo || !manager || !marketing || !payments) return;
  (await ask(ben, "conversations")).refused(403);
  assert.equal((await ask(ben, "agents")).refused(403).missing, "report.conversations");
  (await ask(payments, "conversations")).refused(404);
  (await ask(payments, "agents")).refused(404);
  const none = (await ask(cleo, "conversations")).good(200).totals;
  assert.deepEqual(none, figures([], calendarTime), "an agent sees what she takes part in");
  const participants = (/** @type {any} */ { conversation }) =>
    JSON.parse(index.get(conversation.id).view).participants.map((/** @type {any} */ { id }) => id);
  const teams = (/** @type {any} */ fact) =>
    fact.conversation.team?.id === ids.team || participants(fact).includes(manager.id);
  assert.deepEqual(
    (await ask(manager, "conversations")).good(200).totals,
    figures(within(teams), calendarTime),
  );
  // Of agents: those of his team.
  const { rows } = (await ask(manager, "agents")).good(200);
  assert.deepEqual(
    rows.map((/** @type {any} */ { key: id }) => id),
    [ben.id],
  );
  const bens = within(({ agent }) => agent === ben.id);
  const handled = new Set(
    bens.filter(({ kind }) => ["reply", "closed"].includes(kind)).map(({ conversation }) => conversation.id),
  );
  const { key: _, name, attendance, ...measures } = rows[0];
  assert.deepEqual(attendance, { online_seconds: 0, away_seconds: 0, busy_seconds: 0 });
  assert.equal(name, ben.name);
  assert.deepEqual(measures, { ...figures(bens, calendarTime), conversations: handled.size });
  assert.deepEqual((await ask(manager, "agents", { agent: ana.id })).good(200).rows, []);
});

// spec: K3
test("56: files hold the same figures, and no formulas", async () => {
  const { administrator } = company;
  const { ana, marketing, cleo } = people;
  if (!ana || !marketing || !cleo) return;
  const folder = company.path(`/folders/${ids.folder}`);
  (await administrator.patch(folder, { name: '=SUM(A1), "<x>"' })).good(200);
  const { rows } = (await ask(ana, "conversations", { group: "folder" })).good(200);
  const csv = await ask(ana, "conversations", { group: "folder", format: "csv" });
  assert.equal(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
  assert.match(
    String(csv.header("content-disposition")),
    /^attachment; filename="conversations-2026-03-20-2026-04-12\.csv"/,
  );
  assert.equal(csv.header("content-length"), null, "it comes line by line");
  const lines = csv.good(200).split("\r\n");
  assert.ok(
    lines[0].startsWith("folder,name,opened,closed,reopened,customer_messages,replies,first_response_count"),
  );
  assert.equal(lines.length, rows.length + 3, "a header, a line each, the totals, and the end");
  assert.ok(csv.text.includes(`,"'=SUM(A1), ""<x>""",`), csv.text);
  assert.ok(lines.at(-2).startsWith("total,,"));
  const xlsx = await ask(ana, "conversations", { group: "folder", format: "xlsx" });
  assert.equal(
    xlsx.header("content-type"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  );
  assert.equal(xlsx.header("content-length"), null, "so does a workbook");
  const json = await ask(ana, "conversations");
  assert.equal(json.header("content-type"), "application/json");
  assert.equal(json.header("content-length"), null, "and what screens show");
  // An independent program reads it.
  const query = new URLSearchParams({ from: FROM, to: TO, group: "folder", format: "xlsx" });
  const file = await fetch(`${desk.url}${ana.path(`/reports/conversations?${query}`)}`, {
    headers: { cookie: String(ana.headers.cookie) },
  });
  const sheet = await readSheet(Buffer.from(await file.arrayBuffer()));
  assert.deepEqual(sheet[0], lines[0].split(","));
  const folderRow = rows.find((/** @type {any} */ row) => row.key === ids.folder);
  const { opened, closed, reopened, customer_messages } = folderRow;
  assert.deepEqual(sheet.find(([key]) => key === ids.folder)?.slice(1, 6), [
    '=SUM(A1), "<x>"',
    ...[opened, closed, reopened, customer_messages],
  ]);
  assert.equal(sheet.length, rows.length + 2);
  for (const person of [marketing, cleo]) {
    const problem = (await ask(person, "conversations", { format: "csv" })).refused(403);
    assert.equal(problem.missing, "report.export");
  }
});

// spec: K3
test("facts that are not what the logs say are put right when the index is made anew; those that are stay", async () => {
  const { administrator } = company;
  const part = `part = (SELECT p.part FROM search_parts p JOIN companies c ON c.id = p.company_id WHERE c.slug = '${company.slug}')`;
  const stored = () => desk.sql(`SELECT * FROM facts WHERE ${part} ORDER BY kind, at, number, seq`);
  const spring = (await ask(administrator, "conversations")).good(200).totals;
  assert.deepEqual(spring, figures(within(), calendarTime), "as it was before");
  const before = await stored();
  const other = await desk.sql(`SELECT * FROM facts WHERE NOT ${part}`);
  for (const sql of [
    // As an earlier version would have it: other times, other people, too much and too little.
    `UPDATE facts SET spent = spent + 1, spent_open = 7 WHERE ${part} AND kind = 5 AND number % 2 = 0`,
    `UPDATE facts SET agent = NULL WHERE ${part} AND kind = 3 AND number % 3 = 0`,
    `UPDATE OR REPLACE facts SET kind = 7 WHERE ${part} AND kind = 6 AND number % 4 = 0`,
    `INSERT INTO facts (part, kind, at, number, seq, agent, spent, spent_open)
      SELECT part, 3, at, number, seq + 1000, agent, NULL, NULL FROM facts WHERE ${part} AND kind = 6`,
    `DELETE FROM facts WHERE ${part} AND kind IN (1, 4) AND number % 5 = 0`,
  ])
    await desk.sql(sql);
  assert.notDeepEqual(await stored(), before);
  /** @type {string | null | undefined} */
  let next;
  do {
    next = (await administrator.post(company.path("/index/rebuild"), next ? { after: next } : {})).good(
      200,
    ).next;
  } while (next);
  const current = () => ask(administrator, "conversations").then((answer) => answer.good(200));
  await until(async () => (await current()).outstanding === 0, "everything was told anew");
  assert.deepEqual(await stored(), before, "to the last one");
  assert.deepEqual((await current()).totals, spring);
  assert.deepEqual(await desk.sql(`SELECT * FROM facts WHERE NOT ${part}`), other, "and nobody else's");

  // Other hours than there were then do not change what was right.
  await set(company, { business_hours: [] });
  (await administrator.post(company.path("/index/rebuild"), {})).good(200);
  await until(async () => (await current()).outstanding === 0, "everything was told anew");
  assert.deepEqual(await stored(), before);
  await set(company, { business_hours: CALENDAR.hours });
});

// spec: F22 K7
test("monitoring says what goes on, to those who may look on", async () => {
  const { cleo, manager, marketing, ben } = people;
  if (!cleo || !manager || !marketing || !ben) return;
  const { administrator } = company;
  await set(company, { response_time: "PT1H" });
  const path = company.path("/monitoring");
  assert.equal((await cleo.get(path)).refused(403).missing, "monitor.view");
  const before = (await administrator.get(path)).good(200);
  const customer = await write(company);
  const now = (/** @type {Member} */ person) => person.get(path).then((answer) => answer.good(200));
  await until(async () => (await now(administrator)).waiting === before.waiting + 1, "it waits");
  await ben.take(customer);
  await ben.reply(customer, "Here I am.");
  const sold = await sellTo(ben, { conversation_id: customer.id });
  (await ben.setStatus(customer, "closed")).good(200);
  const told = await until(async () => {
    const one = await now(administrator);
    return one.today.closed === before.today.closed + 1 && one;
  }, "it was closed");
  assert.equal(told.today.opened, before.today.opened + 1);
  assert.deepEqual(told.today.service_level, {
    target: "PT1H",
    within: before.today.service_level.within + 1,
    count: before.today.service_level.count + 1,
  });
  const of = (/** @type {any} */ { agents }) => agents.find((/** @type {any} */ { id }) => id === ben.id);
  assert.deepEqual([of(told).replies, of(told).closed], [of(before).replies + 1, of(before).closed + 1]);
  assert.equal(of(told).orders, of(before).orders + 1);
  (await administrator.post(company.path(`/orders/${sold.id}/cancellation`))).good(200);
  assert.equal(of(await now(administrator)).orders, of(before).orders, "what was given up is not under way");
  assert.equal(told.today.hours.at(-1).hour, clock.shows(Date.parse(told.at)).hour);
  assert.ok((await now(marketing)).agents.length > 1);
  const teams = await now(manager);
  assert.ok(teams.today.replies < told.today.replies, "he does not see the conversation itself");
  assert.deepEqual(
    [of(teams).replies, of(teams).closed],
    [of(told).replies, of(told).closed],
    "whom he may look on at is told of as to anybody",
  );
  const team = teams.agents.map((/** @type {any} */ { id }) => id);
  assert.ok(team.includes(ben.id) && !team.includes(people.ana?.id), "his team's only");
});

// spec: K6
test("a stakeholder reads every report, and takes it along", async () => {
  const grace = await hire(company, "stakeholder");
  for (const subject of ["conversations", "agents", "payments"]) {
    const whole = (await company.administrator.get(company.path(`/reports/${subject}`))).good(200);
    assert.deepEqual((await grace.get(company.path(`/reports/${subject}`))).good(200).totals, whole.totals);
    (await grace.get(company.path(`/reports/${subject}?format=csv`))).good(200);
  }
});

// spec: K4 K5 J10
test("reports on orders and payments: by state, currency, agent and method, to those who may", async () => {
  const shop = await found(desk);
  const [ana, seller, payments, plain, agent] = await Promise.all([
    hire(shop, "supervisor", { add_ons: ["payment_reports"] }),
    hire(shop, "supervisor"),
    hire(shop, "order_payment_admin", { add_ons: ["payment_reports"] }),
    hire(shop, "order_payment_admin"),
    hire(shop, "agent"),
  ]);
  const customer = await write(shop);
  const contact = (await shop.administrator.read(customer)).contact.id;
  const [{ id: company_id } = { id: "" }] = await desk.sql(
    `SELECT id FROM companies WHERE slug = '${shop.slug}'`,
  );
  const at = Date.now();
  /** @param {number} n @param {string} state @param {string} currency @param {number} total @param {[string, string, number][]} paid @param {string} made_by */
  const order = async (n, state, currency, total, paid, made_by) => {
    const id = `01999999-0000-7000-8000-00000000000${n}`;
    await desk.sql(`INSERT INTO orders (id, company_id, number, contact_id, made_by, state, currency, lines, net, tax, total, created_at, updated_at)
      VALUES ('${id}', '${company_id}', ${n}, '${contact}', '${made_by}', '${state}', '${currency}', '[]', ${total}, 0, ${total}, ${at - 7_200_000}, ${at})`);
    for (const [place, [method, paymentState, received]] of paid.entries()) {
      const payment = `01999999-0000-7000-8000-0000000${n}${place}000`;
      await desk.sql(`INSERT INTO order_payments (id, company_id, order_id, method, state, amount, received, currency, reference, created_at, updated_at)
        VALUES ('${payment}', '${company_id}', '${id}', '${method}', '${paymentState}', ${total}, ${received}, '${currency}', 'RF${n}${place}', ${at}, ${at})`);
      if (!received) continue;
      await desk.sql(`INSERT INTO order_log (id, company_id, order_id, payment_id, at, by_kind, by_name, what, detail)
        VALUES ('${payment}', '${company_id}', '${id}', '${payment}', ${at - 3_600_000}, 'system', '', 'payment_received', '{}')`);
    }
  };
  // He tried by card first.
  /** @type {[string, string, number][]} */
  const tried = [
    ["card", "failed", 0],
    ["transfer", "reconciled", 5_000],
  ];
  await order(1, "reconciled", "EUR", 5_000, tried, seller.id);
  await order(2, "paid", "EUR", 2_000, [["card", "paid", 2_000]], ana.id);
  await order(3, "rejected", "SEK", 900, [["card", "rejected", 900]], ana.id);
  await order(4, "cancelled", "EUR", 700, [], ana.id);
  const ask = (/** @type {Member} */ person, query = "") =>
    person.get(shop.path(`/reports/payments${query}`));
  for (const person of [shop.administrator, ana, payments]) {
    const { totals } = (await ask(person)).good(200);
    assert.deepEqual(totals.states, { cancelled: 1, paid: 1, reconciled: 1, rejected: 1 });
    assert.deepEqual([totals.orders, totals.payments, totals.reconciled, totals.rejected], [4, 3, 1, 1]);
    assert.deepEqual(totals.money, [
      { currency: "EUR", ordered: 7_000, received: 7_000, reconciled: 5_000, rejected: 0 },
      { currency: "SEK", ordered: 900, received: 0, reconciled: 0, rejected: 900 },
    ]);
    assert.equal(totals.time_to_pay.median_seconds, 3_600);
  }
  for (const person of [seller, plain, agent]) {
    assert.equal((await ask(person)).refused(403).missing, "report.payments");
  }
  (await ask((await found(desk)).administrator)).refused(404);
  const rows = async (/** @type {string} */ group) => (await ask(ana, `?group=${group}`)).good(200).rows;
  const orders = async (/** @type {string} */ group) =>
    Object.fromEntries((await rows(group)).map((/** @type {any} */ row) => [row.key, row.orders]));
  assert.deepEqual(await orders("agent"), { [seller.id]: 1, [ana.id]: 3 });
  assert.deepEqual(await orders("method"), { null: 1, card: 2, transfer: 1 });
  assert.deepEqual(await orders("currency"), { EUR: 3, SEK: 1 });
  assert.equal((await rows("day")).length, 30);
  (await ask(ana, "?folder=x")).refusedField("folder", "unknown_field");
  const lines = (await ask(payments, "?group=currency&format=csv")).good(200).split("\r\n");
  assert.ok(lines[1].startsWith("EUR,,3,2,1,0,EUR,7000,7000,5000,0,3600,"), lines[1]);
  assert.deepEqual(
    lines.slice(-3),
    ["total,,4,3,1,1,EUR,7000,7000,5000,0,3600,", "total,,,,,,SEK,900,0,0,900,,", ""],
    "counted once, however many currencies there are",
  );
});

// spec: K3
test("more facts than one text holds, and conversations beyond any count, are all there", async () => {
  const crowd = await found(desk);
  const customer = await write(crowd);
  await until(
    async () =>
      (await desk.sql(`SELECT 1 FROM conversations WHERE id = '${customer.id}' AND searched = rev`)).length,
    "its facts have come",
  );
  const [{ part } = { part: 0 }] = await desk.sql(
    `SELECT part FROM search_parts WHERE company_id = (SELECT company_id FROM conversations WHERE id = '${customer.id}')`,
  );
  const [first, waits] = [Date.parse("2025-06-10T00:00:00Z"), 300_000];
  // Each of them as long as it can be.
  await desk.sql(`INSERT INTO facts (part, kind, at, number, seq, agent, spent, spent_open)
    WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ${waits - 1})
    SELECT ${part}, 5, ${first} + n * 288, 1, n, 2147483647, 1000000000000000, 1000000000000000 FROM n`);
  const query = "from=2025-06-10&to=2025-06-10&compare=false&group=channel";
  const report = (await crowd.administrator.get(crowd.path(`/reports/conversations?${query}`))).good(200);
  assert.equal(report.totals.waiting.count, waits);
  await desk.sql(`UPDATE conversations SET number = 345678 WHERE id = '${customer.id}'`);
  await desk.sql(`UPDATE facts SET number = 345678 WHERE part = ${part} AND kind = 1`);
  const { rows } = (await crowd.administrator.get(crowd.path("/reports/conversations?group=channel"))).good(
    200,
  );
  assert.equal(rows.find((/** @type {any} */ row) => row.key === "web").opened, 1);
});
