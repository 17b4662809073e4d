// Keeps docs/specification.md honest: an item may say "works" only if a test cites it, and the column that
// names the tests is written from the citations, never by hand.
//
//   node tools/specification.mjs            check; exit 1 with one line for each fault
//   node tools/specification.mjs --write    bring the "Proved by" column up to date, then check
//   --root DIR                              another repository than this one

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * One row of the specification; `line` counts from 1.
 * @typedef {{ id: string, state: string, provedBy: string, line: number }} Item
 *
 * One item number that a test cites; `file` is relative to the root.
 * @typedef {{ id: string, file: string, line: number }} Citation
 */

const DOCUMENT = "docs/specification.md";
const HEADER = "Item,What it asks,State,Proved by";
const STATES = ["works", "partly", "not yet"];
const SOURCE_EXTENSIONS = [".rs", ".mjs", ".js", ".ts"];
const NOT_OURS = ["node_modules", "target"];
const UNPROVED = "–";

process.exitCode = main();

/** @returns {number} the exit code */
function main() {
  const { root, write } = readArguments();
  const path = join(root, DOCUMENT);
  if (!existsSync(path)) {
    console.error(`${DOCUMENT}: not found under ${root}`);
    return 1;
  }

  const text = readFileSync(path, "utf8");
  const citations = ["src", "tests"].flatMap((folder) => citationsUnder(root, folder));
  const current = write ? withProofs(text, citations) : text;
  if (current !== text) writeFileSync(path, current);

  const { items, faults } = parseDocument(current);
  faults.push(...faultsOfItems(items, citations), ...faultsOfCitations(items, citations));
  for (const fault of faults) console.error(fault);
  console.log(summary(items));
  return faults.length === 0 ? 0 : 1;
}

/** @returns {{ root: string, write: boolean }} */
function readArguments() {
  const { values } = parseArgs({
    options: { root: { type: "string" }, write: { type: "boolean", default: false } },
  });
  const here = dirname(fileURLToPath(import.meta.url));
  return { root: values.root ?? dirname(here), write: values.write };
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Citation[]}
 */
function citationsUnder(root, folder) {
  return sourceFiles(root, folder).flatMap((file) =>
    citationsIn(file, readFileSync(join(root, file), "utf8")),
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths relative to the root, with slashes on every system
 */
function sourceFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : sourceFiles(root, path);
    return entry.isFile() && SOURCE_EXTENSIONS.includes(extname(entry.name)) ? [path] : [];
  });
}

/**
 * Product code may name an item to explain itself, but that proves nothing: in src/ only what follows the
 * test attribute counts.
 * @param {string} file
 * @param {string} text
 * @returns {Citation[]}
 */
function citationsIn(file, text) {
  const lines = text.split("\n");
  const firstTestLine = file.startsWith("tests/")
    ? 0
    : lines.findIndex((line) => /^\s*#!?\[cfg\(test\)\]/.test(line));
  if (firstTestLine < 0) return [];
  return lines
    .slice(firstTestLine)
    .flatMap((line, index) => citedIds(line).map((id) => ({ id, file, line: firstTestLine + index + 1 })));
}

/**
 * The list ends at the first word that does not start like a number, so that prose may follow it. A word that
 * only starts like one (`a10`, `A10-A12`) is kept: it matches no item and is reported instead of being lost.
 * @param {string} line
 * @returns {string[]}
 */
function citedIds(line) {
  const list = /(?:\/\/|\*|#).*?\bspec:\s*(.*)/i.exec(line)?.[1] ?? "";
  const words = list.split(/[\s,]+/);
  const end = words.findIndex((word) => !/^[A-Za-z]\d/.test(word));
  return words.slice(0, end < 0 ? words.length : end).map((word) => word.replace(/\W+$/, ""));
}

/**
 * @param {string} text
 * @param {Citation[]} citations
 * @returns {string} the document with its last column rewritten and nothing else changed
 */
function withProofs(text, citations) {
  const lines = text.split("\n");
  for (const item of parseDocument(text).items) {
    const row = lines[item.line - 1] ?? "";
    lines[item.line - 1] = row.replace(/\|[^|]*\|\s*$/, () => `| ${proofOf(item.id, citations)} |`);
  }
  return lines.join("\n");
}

/**
 * @param {string} id
 * @param {Citation[]} citations
 * @returns {string} what the last column has to say
 */
function proofOf(id, citations) {
  const files = new Set(citations.filter((citation) => citation.id === id).map((citation) => citation.file));
  if (files.size === 0) return UNPROVED;
  return [...files]
    .sort()
    .map((file) => `\`${file}\``)
    .join(", ");
}

/**
 * Only tables under the specification's own header hold items; other tables are explanation. A row in there
 * that cannot be read is a fault, for otherwise a typing error would drop an item without a word.
 * @param {string} text
 * @returns {{ items: Item[], faults: string[] }}
 */
function parseDocument(text) {
  /** @type {Item[]} */
  const items = [];
  /** @type {string[]} */
  const faults = [];
  let inItems = false;
  for (const [index, row] of text.split("\n").entries()) {
    const cells = cellsOf(row);
    if (cells.join() === HEADER) inItems = true;
    else if (cells.length === 0) inItems = false;
    else if (inItems && !isRuler(cells)) {
      const item = itemOf(cells, index + 1);
      if (item) items.push(item);
      else faults.push(`${DOCUMENT}:${index + 1}: not a row of four cells that starts with an item number`);
    }
  }
  if (items.length === 0) faults.push(`${DOCUMENT}:1: no items found`);
  return { items, faults };
}

/**
 * @param {string} row
 * @returns {string[]} trimmed cells; none when the line is not a table row
 */
function cellsOf(row) {
  const trimmed = row.trim();
  if (!trimmed.startsWith("|")) return [];
  return trimmed
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/**
 * @param {string[]} cells
 * @returns {boolean} whether this is the line between a table's head and body
 */
function isRuler(cells) {
  return cells.every((cell) => /^:?-+:?$/.test(cell));
}

/**
 * @param {string[]} cells
 * @param {number} line
 * @returns {Item | undefined}
 */
function itemOf(cells, line) {
  const [id = "", , state = "", provedBy = ""] = cells;
  return cells.length === 4 && /^[A-Z]\d+$/.test(id) ? { id, state, provedBy, line } : undefined;
}

/**
 * @param {Item[]} items
 * @param {Citation[]} citations
 * @returns {string[]}
 */
function faultsOfItems(items, citations) {
  /** @type {Map<string, number>} */
  const firstLines = new Map();
  return items.flatMap((item) => {
    const firstLine = firstLines.get(item.id);
    if (firstLine === undefined) firstLines.set(item.id, item.line);
    const faults = faultsOfItem(item, proofOf(item.id, citations));
    if (firstLine !== undefined) faults.push(`${item.id} appears twice, first on line ${firstLine}`);
    return faults.map((fault) => `${DOCUMENT}:${item.line}: ${fault}`);
  });
}

/**
 * @param {Item} item
 * @param {string} proof
 * @returns {string[]}
 */
function faultsOfItem({ id, state, provedBy }, proof) {
  const faults = [];
  if (!STATES.includes(state)) faults.push(`${id} has the state "${state}", not one of ${STATES.join(", ")}`);
  if (state === "works" && proof === UNPROVED) faults.push(`${id} is marked works, but no test cites it`);
  if (provedBy !== proof)
    faults.push(`${id} is out of date in its last column; run \`node tools/specification.mjs --write\``);
  return faults;
}

/**
 * @param {Item[]} items
 * @param {Citation[]} citations
 * @returns {string[]}
 */
function faultsOfCitations(items, citations) {
  const known = new Set(items.map((item) => item.id));
  return citations
    .filter(({ id }) => !known.has(id))
    .map(({ id, file, line }) => `${file}:${line}: cites ${id}, which is not an item of ${DOCUMENT}`);
}

/**
 * @param {Item[]} items
 * @returns {string}
 */
function summary(items) {
  const [works, partly, notYet] = STATES.map((state) => items.filter((item) => item.state === state).length);
  return `specification: ${works} of ${items.length} items work, ${partly} partly, ${notYet} not yet`;
}
