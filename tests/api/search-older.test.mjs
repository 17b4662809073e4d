// Conversations from before there was a search: found by subject and contact at once, and by what was said in them as
// soon as somebody searches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { returningDesk, until } from "../support/desk.mjs";
import { alter } from "../support/histories/stored.mjs";
import { found, hire, write } from "../support/world.mjs";

/** The database as it was. */
const WITHOUT_SEARCH = `
  DROP INDEX conversations_unsearched;
  ALTER TABLE conversations DROP COLUMN searched;
  DROP TRIGGER search_hears_of_words;
  DROP TRIGGER search_forgets_words;
  DROP TRIGGER search_hears_of_contacts;
  DROP TABLE search;
  DROP TABLE search_words;
  DROP TABLE search_parts;
  DELETE FROM d1_migrations WHERE name IN ('0006_search.sql', '0023_search_begun.sql');
`;
/** A conversation's object as it was. */
const OF_VERSION_2 = `
  ALTER TABLE events DROP COLUMN hash;
  CREATE TABLE older AS SELECT id, 2 AS version, state, indexed_rev, notified, tenure FROM snapshot;
  DROP TABLE snapshot;
  ALTER TABLE older RENAME TO snapshot;
`;

const { desk, folder, whileAway } = await returningDesk({ WORDS_A_MINUTE: "1000" });

test("what was said before there was a search is found all the same", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const old = await write(company, { name: "Ottilie", subject: "Lighthouse keys", body: "I lost them." });
  await sam.take(old);
  const comments = Array.from({ length: 250 }, (_, n) => sam.comment(old, `Comment ${n + 1}: nothing yet.`));
  await Promise.all(comments);
  await sam.reply(old, "They lay under the heron.");
  const items = async (/** @type {string} */ q) =>
    (await sam.get(sam.path(`/search?q=${q}`)))
      .good(200)
      .items.map((/** @type {any} */ { conversation, hit }) => [conversation.id, hit.field]);
  await until(async () => (await items("heron")).length === 1, "it is found");
  const { head } = (await sam.get(sam.at(old, "/events"))).good(200);
  await whileAway(() => {
    alter(folder, "database", WITHOUT_SEARCH);
    alter(folder, "conversation", OF_VERSION_2);
  });

  assert.deepEqual(await items("ottilie lighthouse"), [[old.id, "subject"]]);
  await until(async () => (await items("heron")).length === 1, "its words have come");
  assert.deepEqual(await items("heron"), [[old.id, "message"]]);
  assert.deepEqual(await items('"comment%20250"'), [[old.id, "note"]]);
  const [row] = await desk.sql("SELECT searched FROM conversations");
  assert.equal(row?.searched, head);
  const [words] = await desk.sql(
    "SELECT count(*) AS count FROM search_words WHERE note <> '' OR message <> ''",
  );
  assert.equal(words?.count, 252, "each once");
});
