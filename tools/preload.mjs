// Keeps the list of modules that public/dashboard.html fetches ahead of their turn: everything that the dashboard's first
// screen imports, so that a browser asks for all of it at once and not one storey of imports after the other. Parts that
// are imported when somebody goes there are not in it.
//
//   node tools/preload.mjs            check; exit 1 if the list is not what the code imports
//   node tools/preload.mjs --write    write the list

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const PUBLIC = new URL("../public/", import.meta.url);
const SHELL = new URL("dashboard.html", PUBLIC);
/** The reader's catalogue is chosen at run time; the server puts his language in the place of this one. */
const ROOTS = ["/dashboard/main.js", "/dashboard/locales/en.js"];
const BEGINS = "<!-- Written by tools/preload.mjs. -->\n";
const ENDS = "<!-- End of what is fetched ahead. -->\n";

const shell = readFileSync(SHELL, "utf8");
const [before, rest] = shell.split(BEGINS);
const after = rest?.split(ENDS)[1];
if (after === undefined) throw new Error(`${fileURLToPath(SHELL)} lacks the marks of the list`);
const links = [...modules(importMap(shell))].map((path) => `<link rel="modulepreload" href="${path}">\n`);
const written = [before, BEGINS, ...links, ENDS, after].join("");

if (process.argv.includes("--write")) writeFileSync(SHELL, written);
else if (written !== shell) {
  console.error("public/dashboard.html: the list of modules is out of date: node tools/preload.mjs --write");
  process.exitCode = 1;
}

/** Every module that the roots import, however deep, nearest first. @param {Record<string, string>} named */
function modules(named) {
  const found = new Set(ROOTS);
  for (const path of found) {
    const source = readFileSync(new URL(`.${path}`, PUBLIC), "utf8");
    for (const { fileName, pos } of ts.preProcessFile(source).importedFiles) {
      const atRunTime = source.slice(0, pos).trimEnd().endsWith("(");
      if (atRunTime) continue;
      found.add(named[fileName] ?? new URL(fileName, new URL(path, "https://edgedesk/")).pathname);
    }
  }
  return found;
}

/** What the page's import map calls its modules. @param {string} html @returns {Record<string, string>} */
function importMap(html) {
  const [, map = "{}"] = html.match(/<script type="importmap">(.*?)<\/script>/) ?? [];
  return JSON.parse(map).imports;
}
