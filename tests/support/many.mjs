// Very many conversations, as the index has them: rows without objects behind them, for lists and counters.

import { randomBytes } from "node:crypto";

const NAMES = ["Marta Lindholm", "Tom Becker", "Aïcha Benali", "Jürgen Strandström-Müller", "Li Wei"];
const SUBJECTS = [
  "The lamp does not light",
  "Where is my order?",
  "An invoice without a VAT number, please send it again",
  "Refund for the blue chair",
];

/**
 * Writes conversations into a company's index, one a minute, the first the newest.
 *
 * @param {(statements: string[]) => Promise<unknown>} sql
 * @param {string} slug
 * @param {number} count
 * @param {{ closed?: boolean, tags?: string[], folders?: string[] }} [more] each third has a tag, each fourth is in a folder
 */
export async function fillIndex(sql, slug, count, { closed = false, tags = [], folders = [] } = {}) {
  const run = randomBytes(4).toString("hex");
  const company = `(SELECT id FROM companies WHERE slug = '${slug}')`;
  const id = `printf('${run}-0000-7000-8000-%012x', n)`;
  const pick = (/** @type {string[]} */ words) =>
    `json_extract('${JSON.stringify(words)}', '$[' || (n % ${words.length}) || ']')`;
  const at = `(${Date.now()} - n * 60000)`;
  const instant = `strftime('%Y-%m-%dT%H:%M:%fZ', ${at} / 1000.0, 'unixepoch')`;
  const status = closed ? "'closed'" : "'new'";
  const waiting = (/** @type {string} */ since) => (closed ? "NULL" : since);
  const folder = folders.length > 0 ? `CASE WHEN n % 4 = 0 THEN ${pick(folders)} END` : "NULL";
  const view = `json_object('id', ${id}, 'number', 1000000 + n, 'subject', ${pick(SUBJECTS)} || ' #' || n,
    'status', ${status}, 'channel', 'web', 'contact', json_object('id', '${run}-0000-7000-8000-000000000000',
    'name', ${pick(NAMES)}, 'email', 'many@people.example'), 'assignee', NULL, 'assignment_epoch', 0,
    'participants', json('[]'), 'followers', json('[]'), 'folder', NULL, 'team', NULL, 'business_unit', NULL,
    'tags', json('[]'), 'priority', 'normal', 'language', 'en', 'unread', 1, 'last_event_at', ${instant},
    'waiting_since', ${waiting(instant)}, 'preview', 'Good morning, I bought this three weeks ago, and now it is dark.',
    'rev', 1)`;
  await sql([
    `INSERT INTO contacts (id, company_id, email, name, language, created_at)
       VALUES ('${run}-0000-7000-8000-000000000000', ${company}, '${run}@people.example', 'Many', 'en', 0)`,
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
       INSERT INTO conversations (id, company_id, client_id, number, contact_id, created_at, rev, status, last_event_at,
         waiting_since, folder_id, view)
       SELECT ${id}, ${company}, ${id}, 1000000 + n + (SELECT COALESCE(MAX(number), 0) FROM conversations),
         '${run}-0000-7000-8000-000000000000', ${at}, 1, ${status}, ${at}, ${waiting(at)}, ${folder}, ${view} FROM numbers`,
    ...(tags.length > 0
      ? [
          `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
             INSERT INTO conversation_tags SELECT ${id}, ${pick(tags)} FROM numbers WHERE n % 3 = 0`,
        ]
      : []),
  ]);
}
