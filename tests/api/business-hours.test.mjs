// Business hours by the company's own clock, and what customers are told who write outside of them.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { byRules, condition, makeRule, ran } from "../support/rules.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Company} Company */

const desk = await startDesk();
after(() => desk.stop());

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const office = [1, 2, 3, 4, 5].map((day) => ({ day, opens: "09:00", closes: "17:30" }));
const reply = (/** @type {Record<string, string>} */ texts) => ({ enabled: true, texts });

/** Hours by which it is closed now, and was open last so many days ago. @param {number} ago */
const closedSince = (ago) => {
  const today = ((new Date().getUTCDay() + 6) % 7) + 1;
  return [{ day: WEEK.at((today - 1 - ago + 7) % 7) ?? 1, opens: "00:00", closes: "23:00" }];
};

/** @param {Company} company @param {string} at */
const openAt = async (company, at) =>
  (await company.administrator.get(company.path(`/business-hours?at=${at}`))).good(200);

test("open by the company's own clock, summer time and holidays included", async () => {
  const company = await found(desk);
  await set(company, {
    time_zone: "Europe/Paris",
    business_hours: office,
    holidays: ["2026-12-25", "2026-05-01"],
  });
  for (const [at, local, open] of /** @type {[string, string, boolean][]} */ ([
    ["2026-03-27T08:30:00Z", "2026-03-27T09:30", true],
    ["2026-03-27T07:30:00Z", "2026-03-27T08:30", false],
    // Summer time begins on 29 March: half past seven in London is half past nine now.
    ["2026-03-30T07:30:00Z", "2026-03-30T09:30", true],
    ["2026-10-23T15:29:00Z", "2026-10-23T17:29", true],
    // It ended on 25 October.
    ["2026-10-26T16:29:00Z", "2026-10-26T17:29", true],
    ["2026-10-26T16:30:00Z", "2026-10-26T17:30", false],
    ["2026-12-25T10:00:00Z", "2026-12-25T11:00", false],
    ["2026-12-24T10:00:00Z", "2026-12-24T11:00", true],
  ])) {
    const answer = await openAt(company, at);
    assert.deepEqual([answer.local_time, answer.open], [local, open], at);
  }
  await set(company, { time_zone: "Australia/Lord_Howe", business_hours: office });
  assert.equal((await openAt(company, "2026-01-05T00:00:00Z")).local_time, "2026-01-05T11:00");
  assert.equal((await openAt(company, "2026-07-06T00:00:00Z")).local_time, "2026-07-06T10:30");
  await set(company, { time_zone: "America/St_Johns" });
  assert.equal((await openAt(company, "2026-01-05T12:00:00Z")).local_time, "2026-01-05T08:30");
});

test("outside business hours the customer is answered once in a closed period, in his language, by the company", async () => {
  const company = await found(desk, { company: "Night Owls" });
  const { administrator } = company;
  const texts = { en: "We are closed, {{contact.first_name}}.", fr: "Nous sommes fermés." };
  await set(company, { business_hours: closedSince(2), away_reply: reply(texts) });
  const [marta, luc] = [await write(company), await write(company, { language: "fr" })];
  const told = async (/** @type {any} */ customer, /** @type {number} */ times) =>
    until(async () => {
      const said = (await byRules(company, customer)).filter(({ kind }) => kind === "message");
      assert.equal(said.length, times);
      return said;
    }, `the customer was told ${times} times`);
  const [said] = await told(marta, 1);
  assert.equal(said?.body, "We are closed, Marta.");
  assert.deepEqual(said?.by, { kind: "automation", name: "Reply outside business hours" });
  assert.equal((await told(luc, 1))[0]?.body, "Nous sommes fermés.");
  // He is told by the company, and still waits.
  assert.deepEqual((await marta.read()).events.at(-1).by, { kind: "automation" });
  const { status, unread, waiting_since } = await administrator.read(marta);
  assert.deepEqual([status, unread], ["new", 1]);
  assert.ok(waiting_since);
  // Not again in the same night, in another one he is.
  const rule = await makeRule(company, {
    trigger: { kind: "wrote_outside_hours" },
    conditions: { all: [condition("business_hours", "is", "outside")], any: [] },
    actions: [{ kind: "note", body: "He wrote at night." }],
  });
  await marta.write("Hello?");
  await marta.write("Still there?");
  await ran(company, rule, 2);
  await told(marta, 1);
  await set(company, { business_hours: closedSince(1) });
  await marta.write("Good morning?");
  await told(marta, 2);
});

test("while it is open, or switched off, nobody is told anything", async () => {
  const company = await found(desk);
  await set(company, { business_hours: [], away_reply: reply({ en: "Closed." }) });
  const rule = await makeRule(company, {
    trigger: { kind: "customer_wrote" },
    conditions: { all: [condition("business_hours", "is", "inside")], any: [] },
    actions: [{ kind: "note", body: "By day." }],
  });
  const open = await write(company);
  await ran(company, rule);
  assert.deepEqual(
    (await byRules(company, open)).map(({ kind }) => kind),
    ["note"],
  );
  await set(company, {
    business_hours: closedSince(3),
    away_reply: { enabled: false, texts: { en: "Closed." } },
  });
  const night = await makeRule(company, { actions: [{ kind: "note", body: "By night." }] });
  const closed = await write(company);
  await ran(company, night, 1);
  assert.deepEqual(
    (await byRules(company, closed)).map(({ kind }) => kind),
    ["note"],
  );
});

test("hours, holidays and the reply are for those who may, and are checked", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  for (const change of [{ holidays: [] }, { away_reply: { enabled: false, texts: {} } }]) {
    (await agent.patch(company.path(), change)).refused(403);
  }
  (await agent.get(company.path("/business-hours"))).good(200);
  const refuse = async (
    /** @type {object} */ change,
    /** @type {string} */ field,
    /** @type {string} */ code,
  ) => (await administrator.patch(company.path(), change)).refusedField(field, code);
  await refuse({ holidays: ["2026-02-30"] }, "holidays[0]", "date");
  await refuse({ holidays: Array(101).fill("2026-01-01") }, "holidays", "too_long");
  await refuse({ away_reply: reply({}) }, "away_reply.texts", "required");
  await refuse({ away_reply: reply({ french: "x" }) }, "away_reply.texts.french", "language");
  await refuse({ away_reply: reply({ en: "x".repeat(2_001) }) }, "away_reply.texts.en", "too_long");
  (await administrator.get(company.path("/business-hours?at=yesterday"))).refused(422);
  const changed = await set(company, {
    holidays: ["2026-12-26", "2026-12-25", "2026-12-25"],
    away_reply: reply({ en: "Closed.", fr: "  " }),
  });
  assert.deepEqual(changed.holidays, ["2026-12-25", "2026-12-26"]);
  assert.deepEqual(changed.away_reply, { enabled: true, texts: { en: "Closed." } });
});
