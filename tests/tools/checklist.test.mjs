// Each of the sixty numbers of the security checklist has a test that bears it, and SECURITY.md says in which file.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NUMBERS = Array.from({ length: 60 }, (_, n) => n + 1);
const FOLDERS = ["tests/api", "tests/faults"];

/** The name of a test that bears a number, as it stands in a file. */
const NUMBERED = /^\s*test\(\s*["'`](\d+): /gm;

/** Which numbers the tests of a file bear. @param {string} text */
const numbersIn = (text) => new Set([...text.matchAll(NUMBERED)].map(([, number]) => Number(number)));

/** @type {Map<string, Set<number>>} by the file's path */
const PROVEN = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".test.mjs"))
      .map((name) => [`${folder}/${name}`, numbersIn(readFileSync(join(ROOT, folder, name), "utf8"))]),
  ),
);

/** "1–3, 7" as 1, 2, 3, 7. @param {string} cell */
const spelledOut = (cell) =>
  cell.split(", ").flatMap((part) => {
    const [first = 0, last = first] = part.split("–").map(Number);
    return NUMBERS.filter((number) => first <= number && number <= last);
  });

/** The lines of the table of promises. */
const PROMISES = (readFileSync(join(ROOT, "SECURITY.md"), "utf8").split("## What is promised")[1] ?? "")
  .split("\n## ")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| Promise"))
  .map((line) => {
    const [promise = "", places = "", numbers = "", files = ""] = line.split("|").slice(1, -1);
    const named = (/** @type {string} */ cell) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
    return {
      promise: promise.trim(),
      places: named(places),
      numbers: spelledOut(numbers.trim()),
      files: named(files),
    };
  });

test("each number has a test, and there are no other numbers", () => {
  const proven = new Set([...PROVEN.values()].flatMap((numbers) => [...numbers]));
  assert.deepEqual(
    [...proven].sort((a, b) => a - b),
    NUMBERS,
  );
});

test("each number is promised in one line of SECURITY.md, which names the files that prove it, and no others", () => {
  assert.ok(PROMISES);
  const all = PROMISES.flatMap(({ numbers }) => numbers);
  assert.deepEqual(
    all.toSorted((a, b) => a - b),
    NUMBERS,
  );
  for (const { promise, places, numbers, files } of PROMISES) {
    const proving = [...PROVEN].filter(([, borne]) => numbers.some((number) => borne.has(number)));
    assert.deepEqual(files.toSorted(), proving.map(([file]) => file).toSorted(), promise);
    for (const place of places) assert.ok(existsSync(join(ROOT, place)), `${promise}: ${place}`);
  }
});

test("numbers are read from names of tests, and from nothing else", () => {
  const source = ['test("7: x", f);', "  test(`8: x`, f);", '// test("9: x"', 'test("ten 10: x", f);'].join(
    "\n",
  );
  assert.deepEqual([...numbersIn(source)], [7, 8]);
  assert.deepEqual(spelledOut("1–3, 7"), [1, 2, 3, 7]);
});
