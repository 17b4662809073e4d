// Tables that cannot be written: a trigger is put into a conversation's database while it is in use.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { CLASSES, filesOf } from "../support/histories/stored.mjs";

const PATIENCE_MILLISECONDS = 5_000;

/**
 * Nothing can be put into some tables of a conversation any more, until it is mended.
 *
 * @param {string} folder of the desk's data
 * @param {{ id: string }} conversation
 * @param {string[]} tables
 * @returns {() => void} mends it
 */
export function breaks(folder, { id }, tables) {
  const file = filesOf(folder, CLASSES.conversation).find((path) => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MILLISECONDS });
    try {
      const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'snapshot'").all().length > 0;
      const query = "SELECT 1 FROM snapshot WHERE json_extract(state, '$.id') = ?";
      return known && database.prepare(query).all(id).length > 0;
    } finally {
      database.close();
    }
  });
  assert.ok(file, "it is stored");
  const change = (/** @type {string} */ sql) => {
    const database = new DatabaseSync(file, { timeout: PATIENCE_MILLISECONDS });
    database.exec(sql);
    database.close();
  };
  const trigger = (/** @type {string} */ table) =>
    `CREATE TRIGGER no_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END;`;
  change(tables.map(trigger).join(""));
  return () => change(tables.map((table) => `DROP TRIGGER no_${table};`).join(""));
}
