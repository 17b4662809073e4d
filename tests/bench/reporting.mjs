// Reports over a hundred thousand conversations of a year, equal to what is worked out the slow way.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { fillIndex } from "../support/many.mjs";
import { spreadOf } from "../support/recount.mjs";
import { reportAnswering } from "./comparing.mjs";

const CONVERSATIONS = 100_000;
const DAY = 86_400_000;
const DAYS = 365;
/** The first number that rows of the index get. */
const NUMBERED_FROM = 1_000_000;

/** By the name that --only takes. */
export const reporting = { reports };

/** @typedef {[kind: number, at: number, number: number, seq: number, agent: number | null, spent: number | null]} Fact */

/** @param {import("./comparing.mjs").Bench} bench */
async function reports(bench) {
  const { edgedesk } = bench;
  const company = await edgedesk.found({});
  const [person] = await company.hire(1, "stakeholder");
  const folder = randomUUID();
  await edgedesk.sql([
    `INSERT INTO folders (id, company_id, name, created_at) SELECT '${folder}', id, 'Bench', 0 FROM companies WHERE slug = '${company.slug}'`,
  ]);
  await fillIndex(edgedesk.sql, company.slug, CONVERSATIONS, { closed: true, folders: [folder] });
  await edgedesk.sql(["UPDATE conversations SET searched = rev"]);
  const facts = [...year()];
  await write(edgedesk, company.slug, facts);
  const date = (/** @type {number} */ ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
  const of = (/** @type {number} */ days, more = "") =>
    `/api/companies/${company.slug}/reports/conversations?from=${date(days)}&to=${date(1)}&compare=false${more}`;
  for (const [what, path] of Object.entries({
    "of a month": of(30),
    "of a year": of(DAYS),
    "of a year, by folder": of(DAYS, "&group=folder"),
    "of a year, one folder": of(DAYS, `&folder=${folder}`),
    "of a year, by agent": of(DAYS, "&group=agent"),
  })) {
    await reportAnswering(bench, `report ${what}: ms`, { path, bearer: person?.token });
  }
  const answer = await fetch(`${edgedesk.origin}${of(DAYS)}`, {
    headers: { authorization: `Bearer ${person?.token}` },
  });
  const { totals } = await answer.json();
  const [from, until] = [Date.parse(date(DAYS)), Date.parse(date(0))];
  const within = facts.filter(([, at]) => from <= at && at < until);
  const count = (/** @type {number} */ kind) => within.filter((fact) => fact[0] === kind).length;
  const spread = (/** @type {number} */ kind) =>
    spreadOf(within.filter((fact) => fact[0] === kind).map((fact) => fact[5] ?? 0));
  assert.deepEqual(
    [
      totals.opened,
      totals.customer_messages,
      totals.replies,
      totals.closed,
      totals.first_response,
      totals.waiting,
    ],
    [count(1), count(2), count(3), count(6), spread(4), spread(5)],
    "the report is what the facts say",
  );
}

/** What happened in a year. @returns {Generator<Fact>} */
function* year() {
  const random = dice();
  const begins = Math.floor(Date.now() / DAY) * DAY - DAYS * DAY;
  for (let n = 0; n < CONVERSATIONS; n += 1) {
    const number = NUMBERED_FROM + n + 1;
    let at = begins + Math.floor(random() * DAYS * DAY);
    const agent = 1 + Math.floor(random() * 50);
    let seq = 1;
    yield [1, at, number, seq++, null, null];
    const opened = at;
    for (let round = 0; round < 2; round += 1) {
      yield [2, at, number, seq++, null, null];
      const waits = 10_000 + Math.floor(random() ** 4 * DAY);
      at += waits;
      yield [3, at, number, seq, agent, null];
      if (round === 0) yield [4, at, number, seq, agent, at - opened];
      yield [5, at, number, seq++, agent, waits];
      at += 60_000;
    }
    yield [6, at, number, seq++, agent, at - opened];
  }
}

/**
 * @param {import("./edgedesk.mjs").Edgedesk} edgedesk
 * @param {string} slug
 * @param {Fact[]} facts
 */
async function write(edgedesk, slug, facts) {
  const company = `(SELECT id FROM companies WHERE slug = '${slug}')`;
  await edgedesk.sql([`INSERT OR IGNORE INTO search_parts (company_id) VALUES (${company})`]);
  const part = `(SELECT part FROM search_parts WHERE company_id = ${company})`;
  const [AT_ONCE, TOGETHER] = [500, 40];
  for (let at = 0; at < facts.length; at += AT_ONCE * TOGETHER) {
    const statements = Array.from({ length: TOGETHER }, (_, n) =>
      facts.slice(at + n * AT_ONCE, at + (n + 1) * AT_ONCE),
    ).filter((some) => some.length > 0);
    await edgedesk.sql(
      statements.map(
        (some) => `INSERT INTO facts (part, kind, at, number, seq, agent, spent, spent_open)
          SELECT ${part}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 5
          FROM json_each('${JSON.stringify(some)}')`,
      ),
    );
  }
}

/** Numbers from 0 to 1, the same in each run (xorshift32). */
function dice() {
  let state = 2_463_534_242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
