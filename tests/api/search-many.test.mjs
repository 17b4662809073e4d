// Searching among so many conversations that not all places are looked at: whichever way the index is gone through, what
// is found, in which order and where is what somebody would find who read everything.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk } from "../support/desk.mjs";
import { found, hire } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {{ number: number, seq: number, subject: string, message: string, at: number }} Place */

const CONVERSATIONS = 1200;
const MESSAGES = 2;
/** Up to so many places are ranked; of more, the newest conversations come first. */
const RANKED = 400;
const SUBJECT_COUNTS = 90 * 86_400_000;
const NEW = Date.UTC(2026, 0, 1);

const desk = await startDesk();
after(() => desk.stop());
const company = await found(desk);
const [row] = await desk.sql(`SELECT id FROM companies WHERE slug = '${company.slug}'`);
const companyId = String(row?.id);
/** Whoever sees all, 45, 300 and 600 conversations. */
const all = await hire(company, "super_agent");
const few = await hire(company, "agent");
const more = await hire(company, "agent");
const many = await hire(company, "agent");

/** @param {number} number */
const assignee = (number) => {
  if (number % 40 === 0) return few;
  if (number % 4 === 1) return more;
  return number % 2 === 0 ? many : null;
};
/** Some of them are one's own as well. @param {number} number */
const takesPart = (number) => number % 80 === 3 || number % 400 === 0;
/** @param {Member} member @param {number} number */
const sees = (member, number) =>
  member === all || assignee(number) === member || (member === few && takesPart(number));

const places = Array.from({ length: CONVERSATIONS }, (_, n) => n + 1).flatMap((number) => {
  const subject = [number % 3 === 0 && "Lettre", number % 60 === 0 && "Unique", `N${number}`];
  return Array.from({ length: MESSAGES + 1 }, (_, seq) => ({
    ...{ number, seq, subject: subject.filter(Boolean).join(" ") },
    message: seq === 0 ? "" : message(number, seq),
    // What was begun first moved last, now and then.
    at: NEW + ((number * 7919) % CONVERSATIONS) * 60_000,
  }));
});

/** @param {number} number @param {number} seq */
function message(number, seq) {
  const words = [
    (number * 7 + seq * 3) % 10 < 8 && "toujours",
    number % 20 === 0 && seq === 1 && "parfois",
    (number + seq) % 2 === 0 && "indéfiniment",
    number % 30 === 0 && "unique",
  ];
  return words.filter(Boolean).join(" ") || "rien";
}

await desk.sql(`INSERT OR IGNORE INTO search_parts (company_id) VALUES ('${companyId}')`);
await desk.sql(
  `INSERT INTO contacts (id, company_id, email, name, created_at) VALUES ('somebody', '${companyId}', 's@example.org', 'S', 0)`,
);
for (let from = 1; from <= CONVERSATIONS; from += 300) {
  const some = JSON.stringify(places.filter(({ number }) => number >= from && number < from + 300));
  const agents = JSON.stringify(
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [from + n, assignee(from + n)?.id ?? null])),
  );
  await desk.sql(
    `INSERT INTO conversations
       (id, company_id, client_id, number, contact_id, created_at, rev, status, assignee_id, last_event_at, view, searched)
     SELECT 'many-' || (value ->> 'number'), '${companyId}', 'many-' || (value ->> 'number'), value ->> 'number', 'somebody',
       0, 9, 'open', '${agents}' ->> ('$.' || (value ->> 'number')), value ->> 'at',
       json_object('id', 'many-' || (value ->> 'number'), 'number', value ->> 'number'), 9
     FROM json_each('${some}') WHERE value ->> 'seq' = 0`,
  );
  await desk.sql(
    `INSERT INTO search_words (id, subject, contact, message, note, at, by)
     SELECT (p.part << 43) | ((value ->> 'number') << 19) | (value ->> 'seq'), value ->> 'subject', 's', value ->> 'message',
       '', value ->> 'at', '{}'
     FROM json_each('${some}'), search_parts p WHERE p.company_id = '${companyId}'`,
  );
}
await desk.sql(
  `INSERT INTO participants (agent_id, conversation_id) SELECT '${few.id}', id FROM conversations
   WHERE id LIKE 'many-%' AND (number % 80 = 3 OR number % 400 = 0)`,
);

/** The text as the index has it. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {string} text @param {string[]} words of which the last one is perhaps only begun */
function has(text, words) {
  const there = plain(text).split(" ");
  return words.every((word, at) =>
    there.some((one) => (at === words.length - 1 ? one.startsWith(plain(word)) : one === plain(word))),
  );
}

/** What somebody finds who reads everything. @param {Member} member @param {string} query */
function read(member, query) {
  const words = query.split(" ");
  const where = (/** @type {Place} */ { subject, message }) => has(`${subject} ${message}`, words);
  const seen = places.filter((place) => sees(member, place.number) && where(place)).reverse();
  seen.sort((one, other) => other.number - one.number || other.seq - one.seq);
  const newest = seen.filter(({ number }, at) => seen.findIndex((place) => place.number === number) === at);
  if (seen.length < RANKED) {
    const titled = (/** @type {Place} */ { subject }) =>
      words.some((_, at) => has(subject, at === words.length - 1 ? [words[at] ?? ""] : [`${words[at]}`, ""]));
    const score = (/** @type {Place} */ place) => place.at + (titled(place) ? SUBJECT_COUNTS : 0);
    newest.sort((one, other) => score(other) - score(one) || other.number - one.number);
  }
  const isSaid = (/** @type {Place} */ { message }) =>
    words.some((word, at) => has(message, at === words.length - 1 ? [word] : [word, ""]));
  return newest.map((place) => [place.number, isSaid(place) ? place.seq : "subject"]);
}

/** What the search answers him, part by part. @param {Member} member @param {string} q @param {number} limit */
async function search(member, q, limit) {
  const seen = [];
  for (let cursor = ""; ; ) {
    const query = new URLSearchParams({ q, limit: `${limit}`, ...(cursor && { cursor }) });
    const { items, next } = (await member.get(member.path(`/search?${query}`))).good(200);
    assert.ok(items.length <= limit);
    seen.push(
      ...items.map((/** @type {any} */ item) => [item.conversation.number, item.hit.seq ?? item.hit.field]),
    );
    if (!next) return seen;
    assert.ok(seen.length <= CONVERSATIONS, `“${q}” comes to an end`);
    cursor = next;
  }
}

const QUERIES = {
  "a word nearly everywhere": "toujours",
  "a common word begun": "touj",
  "a common word that is longer than the index's beginnings": "indefiniment",
  "its beginning": "indéfinim",
  "a word hardly anywhere": "parfois",
  "a word in many subjects": "lettre",
  "a word in few subjects, and elsewhere": "unique",
  "two words": "parfois toujours",
  "two words that are hardly ever together": "toujours parf",
  nothing: "jamais",
};

for (const [what, query] of Object.entries(QUERIES)) {
  test(`${what} is found as whoever reads everything finds it`, async () => {
    for (const [name, member] of Object.entries({ all, few, more, many })) {
      const wanted = read(member, query);
      for (const limit of [7, 100]) {
        // Parts of seven come to too many where there is much.
        if (limit === 7 && wanted.length > 100) continue;
        assert.deepEqual(await search(member, query, limit), wanted, `${name}, ${limit} at once`);
      }
    }
  });
}

test("who sees few and who sees many are looked for in different ways, and both are tried", () => {
  const seen = (/** @type {Member} */ member) =>
    Array.from({ length: CONVERSATIONS }, (_, n) => n + 1).filter((number) => sees(member, number)).length;
  assert.deepEqual([few, more, many].map(seen), [45, 300, 570]);
  for (const member of [all, more, many]) {
    const hits = places.filter(({ number, message }) => sees(member, number) && has(message, ["toujours"]));
    assert.ok(hits.length > RANKED, `${member.name} has more places than are ranked`);
  }
});
