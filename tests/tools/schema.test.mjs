// The schema, step by step, on a database of its own: what a later step makes anew has what earlier ones gave it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../schema", import.meta.url));
const STEPS = readdirSync(FOLDER).sort();

/** Takes the steps of these names. @param {DatabaseSync} database @param {string[]} steps */
const migrate = (database, steps) => {
  for (const step of steps) database.exec(readFileSync(join(FOLDER, step), "utf8"));
};

test("the index of words forgets what is taken out, also after it was made anew", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database, STEPS);
  const set = database.prepare("SELECT v FROM search_config WHERE k = 'secure-delete'").get();
  assert.equal(set?.v, 1);
});

test("words that were there before the index was made anew are found after it", () => {
  const database = new DatabaseSync(":memory:");
  const anew = STEPS.indexOf("0023_search_begun.sql");
  migrate(database, STEPS.slice(0, anew));
  database.exec("PRAGMA foreign_keys = OFF");
  const words = {
    id: 1,
    subject: "The lamp",
    contact: "Marta",
    message: "It flickers",
    note: "Hm",
    at: 1,
    by: "{}",
  };
  const columns = Object.keys(words);
  database
    .prepare(`INSERT INTO search_words (${columns.join()}) VALUES (${columns.map((name) => `:${name}`)})`)
    .run(words);
  migrate(database, STEPS.slice(anew));
  const found = database.prepare("SELECT rowid FROM search WHERE search MATCH ?");
  for (const asked of ["lamp", "marta", "flick*", "hm"]) assert.equal(found.all(asked).length, 1, asked);
  database.exec("DELETE FROM search_words");
  assert.equal(found.all("lamp").length, 0);
});
