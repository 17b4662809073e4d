// Runs tools/specification.mjs on small made-up repositories: each fault beside the success that it differs
// from in one thing.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const TOOL = fileURLToPath(new URL("../../tools/specification.mjs", import.meta.url));
const DOCUMENT = "docs/specification.md";
const STALE = "run `node tools/specification.mjs --write`";

// Put together at run time: this file is itself scanned for citations, and its fixtures must not count.
const CITE = ["spec", ":"].join("");

/** @type {string[]} */
const roots = [];
after(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

test("a cited item that works passes, an uncited one fails", () => {
  const cited = repository([row("A1", "works", "`tests/api/a.mjs`")], {
    "tests/api/a.mjs": `// ${CITE} A1\n`,
  });
  assert.deepEqual(run(cited), {
    status: 0,
    faults: [],
    summary: "specification: 1 of 1 items work, 0 partly, 0 not yet",
  });

  const uncited = repository([row("A1", "works")], { "tests/api/a.mjs": "// nothing\n" });
  assert.deepEqual(run(uncited), {
    status: 1,
    faults: [`${DOCUMENT}:5: A1 is marked works, but no test cites it`],
    summary: "specification: 1 of 1 items work, 0 partly, 0 not yet",
  });
});

test("partly and not yet need no test, and may have one", () => {
  const uncited = repository([row("A1", "partly"), row("A2", "not yet")]);
  assert.equal(run(uncited).status, 0);
  assert.equal(run(uncited).summary, "specification: 0 of 2 items work, 1 partly, 1 not yet");

  const rows = [row("A1", "partly", "`tests/a.rs`"), row("A2", "not yet", "`tests/a.rs`")];
  assert.equal(run(repository(rows, { "tests/a.rs": `// ${CITE} A1 A2\n` })).status, 0);
});

test("a number that is no item fails where it is cited", () => {
  const rows = [row("A1", "partly", "`tests/a.rs`")];
  assert.equal(run(repository(rows, { "tests/a.rs": `\n// ${CITE} A1\n` })).status, 0);

  for (const wrong of ["A2", "a1", "A1-A3"]) {
    const { status, faults } = run(repository(rows, { "tests/a.rs": `\n// ${CITE} A1 ${wrong}\n` }));
    assert.equal(status, 1);
    assert.deepEqual(faults, [`tests/a.rs:2: cites ${wrong}, which is not an item of ${DOCUMENT}`]);
  }
});

test("a number may head one row only", () => {
  assert.equal(run(repository([row("A1", "partly"), row("A2", "partly")])).status, 0);

  const { status, faults } = run(repository([row("A1", "partly"), row("A1", "partly")]));
  assert.equal(status, 1);
  assert.deepEqual(faults, [`${DOCUMENT}:6: A1 appears twice, first on line 5`]);
});

test("a state is one of the three", () => {
  for (const state of ["partly", "not yet"]) assert.equal(run(repository([row("A1", state)])).status, 0);

  for (const state of ["Partly", "done", ""]) {
    const { status, faults } = run(repository([row("A1", state)]));
    assert.equal(status, 1);
    assert.deepEqual(faults, [
      `${DOCUMENT}:5: A1 has the state "${state}", not one of works, partly, not yet`,
    ]);
  }
});

test("a row that cannot be read fails, outside the item tables it does not matter", () => {
  const good = row("A1", "partly");
  const note = "\n| Role | May |\n|---|---|\n| Agent | write |";
  assert.equal(run(repository([good, note])).status, 0);

  for (const bad of ["| A | B | partly | – |", "| A2 | no state | – |"]) {
    const { status, faults } = run(repository([good, bad]));
    assert.equal(status, 1);
    assert.deepEqual(faults, [`${DOCUMENT}:6: not a row of four cells that starts with an item number`]);
  }
});

test("a document without items, or none at all, fails", () => {
  assert.deepEqual(run(repository([])).faults, [`${DOCUMENT}:1: no items found`]);

  const root = repository([]);
  rmSync(join(root, DOCUMENT));
  assert.equal(run(root).status, 1);
  assert.deepEqual(run(root).faults, [`${DOCUMENT}: not found under ${root}`]);
});

test("a stale last column fails until --write has brought it up to date", () => {
  const files = { "tests/a/b.rs": `// ${CITE} A1\n// ${CITE} A1\n`, "tests/a.ts": `// ${CITE} A1\n` };
  const root = repository([row("A1", "works"), row("A2", "not yet", "`tests/gone.rs`"), "\nafter"], files);
  const before = readFileSync(join(root, DOCUMENT), "utf8");

  const stale = run(root);
  assert.equal(stale.status, 1);
  assert.deepEqual(stale.faults, [
    `${DOCUMENT}:5: A1 is out of date in its last column; ${STALE}`,
    `${DOCUMENT}:6: A2 is out of date in its last column; ${STALE}`,
  ]);
  assert.equal(readFileSync(join(root, DOCUMENT), "utf8"), before);

  assert.equal(run(root, "--write").status, 0);
  const expected = [row("A1", "works", "`tests/a.ts`, `tests/a/b.rs`"), row("A2", "not yet"), "\nafter"];
  assert.equal(readFileSync(join(root, DOCUMENT), "utf8"), documentOf(expected));
  assert.equal(run(root).status, 0);
});

test("--write does not excuse an item that works without a test", () => {
  const { status, faults } = run(repository([row("A1", "works", "`tests/gone.rs`")]), "--write");
  assert.equal(status, 1);
  assert.deepEqual(faults, [`${DOCUMENT}:5: A1 is marked works, but no test cites it`]);
});

test("a citation counts in a comment, with spaces or commas, and prose may follow", () => {
  const comments = [
    `// ${CITE} A1 A2`,
    `//! ${CITE} A1, A2.`,
    ` * ${CITE} A1,A2 and why`,
    `/* ${CITE} A1 A2*/`,
    `# ${CITE}A1 A2`,
    `run(); // see the manual; ${CITE} A1 A2`,
  ];
  for (const comment of comments) assert.deepEqual(citedBy("tests/a.mjs", comment), ["A1", "A2"], comment);

  const others = [`const text = "${CITE} A1 A2";`, `// the ${CITE} it says A1 A2`, `// my${CITE} A1 A2`];
  for (const other of others) assert.deepEqual(citedBy("tests/a.mjs", other), [], other);
});

test("in src only what follows the test attribute counts", () => {
  const comment = `// ${CITE} A1`;
  assert.deepEqual(citedBy("src/domain/a.rs", `fn a() {}\n#[cfg(test)]\nmod tests {\n  ${comment}\n}`), [
    "A1",
  ]);
  assert.deepEqual(citedBy("src/domain/tests.rs", `#![cfg(test)]\n${comment}`), ["A1"]);
  assert.deepEqual(citedBy("src/domain/a.rs", `${comment}\n#[cfg(test)]\nmod tests {}`), []);
  assert.deepEqual(citedBy("src/domain/a.rs", `// not #[cfg(test)]\n${comment}`), []);
});

test("only our own source files below tests and src are read", () => {
  const comment = `// ${CITE} A1`;
  for (const path of ["tests/a.rs", "tests/a.mjs", "tests/deep/er/a.js", "tests/a.ts"])
    assert.deepEqual(citedBy(path, comment), ["A1"], path);
  for (const path of ["tests/a.md", "tools/a.mjs", "tests/node_modules/a.js", "tests/target/a.rs"])
    assert.deepEqual(citedBy(path, comment), [], path);
});

/**
 * @param {string} path
 * @param {string} text
 * @returns {string[]} which of the items A1 and A2 that one file proves
 */
function citedBy(path, text) {
  const root = repository([row("A1", "partly"), row("A2", "partly")], { [path]: text });
  assert.deepEqual(run(root, "--write").faults, []);
  const written = readFileSync(join(root, DOCUMENT), "utf8");
  return ["A1", "A2"].filter((id) => written.includes(row(id, "partly", `\`${path}\``)));
}

/**
 * @param {string} id
 * @param {string} state
 * @param {string} [provedBy]
 */
function row(id, state, provedBy = "–") {
  return `| ${id} | Does something. | ${state} | ${provedBy} |`;
}

/** @param {string[]} rows the first of them stands on line 5 */
function documentOf(rows) {
  return [
    "# Specification",
    "",
    "| Item | What it asks | State | Proved by |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/**
 * @param {string[]} rows
 * @param {Record<string, string>} [files] text by path
 * @returns {string} the new repository's folder
 */
function repository(rows, files = {}) {
  const root = mkdtempSync(join(tmpdir(), "specification-"));
  roots.push(root);
  for (const [path, text] of Object.entries({ [DOCUMENT]: documentOf(rows), ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/**
 * @param {string} root
 * @param {string[]} options
 */
function run(root, ...options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, "--root", root, ...options], {
    encoding: "utf8",
  });
  return { status, faults: stderr.split("\n").filter(Boolean), summary: stdout.trim() };
}
