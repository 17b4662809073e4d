// What is left of some words in everything that a desk keeps on disk, once it has stopped.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Every place where a mark is found: rows of every table of every database, files of buckets, what is cached. Mails that a
 * developer's machine keeps to be looked at are left out.
 *
 * @param {string} folder of the desk's data
 * @param {string} mark in small letters
 * @returns {string[]} where
 */
export function remainsOf(folder, mark) {
  const found = [];
  for (const file of filesIn(folder)) {
    const path = file.slice(folder.length);
    if (file.endsWith(".sqlite")) found.push(...inRows(file, mark).map((table) => `${path}: ${table}`));
    else if (
      !/\.sqlite-(wal|shm)$/.test(file) &&
      !isDevelopersMail(file) &&
      holds(readFileSync(file), mark)
    ) {
      found.push(path);
    }
  }
  return found;
}

/**
 * The databases in whose bytes a mark is found, wherever in them: pages that are free, what was written ahead.
 *
 * @param {string} folder
 * @param {string} mark
 */
export function bytesOf(folder, mark) {
  const databases = filesIn(folder).filter((file) => /\.sqlite(-wal)?$/.test(file));
  return databases.filter((file) => holds(readFileSync(file), mark)).map((file) => file.slice(folder.length));
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} file @param {string} mark */
function inRows(file, mark) {
  const database = new DatabaseSync(file);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables
      .map(({ name }) => String(name))
      .filter((name) => {
        const rows = database.prepare(`SELECT * FROM "${name}"`);
        rows.setReadBigInts(true);
        return rows.all().some((row) => isIn(row, mark));
      });
  } finally {
    database.close();
  }
}

/** @param {Record<string, unknown>} row @param {string} mark */
function isIn(row, mark) {
  return Object.values(row).some((value) =>
    value instanceof Uint8Array
      ? holds(Buffer.from(value), mark)
      : String(value).toLowerCase().includes(mark),
  );
}

/** @param {Buffer} bytes @param {string} mark */
function holds(bytes, mark) {
  return bytes.toString("latin1").toLowerCase().includes(mark);
}

/** @param {string} file */
function isDevelopersMail(file) {
  if (!file.includes("/kv/")) return false;
  try {
    const { to, subject } = JSON.parse(readFileSync(file, "utf8"));
    return Boolean(to && subject);
  } catch {
    return false;
  }
}
