// Searching among a hundred thousand conversations, by somebody who sees them all and by somebody who sees few.
import { reportAnswering } from "./comparing.mjs";

const CONVERSATIONS = 100_000;
const MESSAGES = 4;
const WORDS = 20;
const VOCABULARY = 20_000;
const CONTACTS = 10_000;
/** Conversations that the agent has who sees no others. */
const HIS = 50;
/** Rows that one statement adds, and statements that one request carries. */
const AT_ONCE = 250;
const TOGETHER = 40;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {{ id: string, token: string }} Person
 */

/** By the name that --only takes. */
export const searching = { search };

/** @param {Bench} bench */
async function search(bench) {
  const { edgedesk } = bench;
  const company = await edgedesk.found({});
  const [all, few] = [...(await company.hire(1, "super_agent")), ...(await company.hire(1, "agent"))];
  if (!all || !few) throw new Error("nobody was hired");
  await fill(bench, company.slug, few);
  const queries = {
    "a word nearly everywhere": word(0),
    "a word hardly anywhere": word(9_000),
    "two words": `${word(3)} ${word(40)}`,
    "a word begun": word(2).slice(0, 6),
  };
  for (const [who, { token }] of Object.entries({ "who sees all": all, [`who sees ${HIS}`]: few })) {
    for (const [what, query] of Object.entries(queries)) {
      const path = `/api/companies/${company.slug}/search?q=${encodeURIComponent(query)}`;
      await reportAnswering(bench, `search, ${who}, ${what}: ms`, { path, bearer: token });
    }
  }
}

/**
 * Writes what a hundred thousand conversations would have left in the database.
 *
 * @param {Bench} bench
 * @param {string} slug
 * @param {Person} agent
 */
async function fill({ edgedesk }, slug, agent) {
  const [[company] = []] = await edgedesk.sql([`SELECT id FROM companies WHERE slug = '${slug}'`]);
  const id = String(company?.id);
  const name = (/** @type {number} */ n) =>
    `0000${n.toString(16).padStart(4, "0")}-0000-7000-8000-${id.slice(24)}`;
  const numbers = Array.from({ length: CONVERSATIONS }, (_, n) => n + 1);
  const contacts = Array.from({ length: CONTACTS }, (_, n) => ({
    id: name(n),
    name: `${word(n)} ${word(n * 7)}`,
    email: `c${n}@example.org`,
  }));
  const random = dice();
  const text = (/** @type {number} */ words) =>
    Array.from({ length: words }, () => word(Math.floor(VOCABULARY ** random()) - 1)).join(" ");
  const start = Date.now() - CONVERSATIONS * 60_000;

  await edgedesk.sql([`INSERT OR IGNORE INTO search_parts (company_id) VALUES ('${id}')`]);
  await insert(
    edgedesk,
    contacts,
    `INSERT INTO contacts (id, company_id, email, name, created_at)
     SELECT value ->> 'id', '${id}', value ->> 'email', value ->> 'name', 0`,
  );
  await insert(
    edgedesk,
    numbers.map((number) => {
      const contact = contacts[number % CONTACTS];
      const assignee = number % (CONVERSATIONS / HIS) === 0 ? { id: agent.id, name: "Bench" } : null;
      const subject = text(4);
      const view = {
        id: name(number + CONTACTS),
        number,
        subject,
        status: "open",
        contact,
        assignee,
        participants: [],
      };
      return { view, at: start + number * 60_000 };
    }),
    `INSERT INTO conversations
       (id, company_id, client_id, number, contact_id, created_at, rev, status, assignee_id, last_event_at, view, searched)
     SELECT value ->> '$.view.id', '${id}', value ->> '$.view.id', value ->> '$.view.number', value ->> '$.view.contact.id',
       value ->> 'at', 9, 'open', value ->> '$.view.assignee.id', value ->> 'at', value -> 'view', 9`,
  );
  for (let seq = 0; seq <= MESSAGES; seq++) {
    await insert(
      edgedesk,
      numbers.map((number) => ({ number, message: seq === 0 ? "" : text(WORDS) })),
      `INSERT INTO search_words (id, subject, contact, message, note, at, by)
       SELECT (p.part << 43) | (v.number << 19) | ${seq}, v.view ->> 'subject', v.view ->> '$.contact.name',
         value ->> 'message', '', v.last_event_at, '{"kind":"customer","name":"Bench"}'`,
      ` CROSS JOIN search_parts p CROSS JOIN conversations v WHERE p.company_id = '${id}' AND v.company_id = '${id}'
         AND v.number = value ->> 'number'`,
    );
  }
}

/**
 * @param {import("./edgedesk.mjs").Edgedesk} edgedesk
 * @param {unknown[]} rows
 * @param {string} statement that takes each of them as `value`
 * @param {string} [rest] of it
 */
async function insert(edgedesk, rows, statement, rest = "") {
  for (let at = 0; at < rows.length; at += AT_ONCE * TOGETHER) {
    const statements = Array.from({ length: TOGETHER }, (_, n) => {
      const some = rows.slice(at + n * AT_ONCE, at + (n + 1) * AT_ONCE);
      return `${statement} FROM json_each('${JSON.stringify(some)}')${rest}`;
    });
    await edgedesk.sql(statements);
  }
}

const SYLLABLES = [
  "ba",
  "ce",
  "di",
  "fo",
  "gu",
  "la",
  "me",
  "ni",
  "po",
  "ru",
  "sa",
  "te",
  "vi",
  "lo",
  "nu",
  "ra",
];

/** The word of a rank: of three syllables and more, the same in each run. @param {number} rank */
function word(rank) {
  const scattered = (rank * 40_503 + 12_345) % 65_536;
  return [12, 8, 4, 0].map((bits) => SYLLABLES[(scattered >> bits) & 15]).join("");
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
