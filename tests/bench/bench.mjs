// `make bench`: what Edgedesk costs beside a bare Worker, a bare object and a bare D1 row, measured in turns.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { coldStart, size } from "./artefact.mjs";
import { assigning } from "./assigning.mjs";
import { ROOT, startEdgedesk } from "./edgedesk.mjs";
import { feeding } from "./feeding.mjs";
import { FLOOR, startFloor } from "./floor.mjs";
import { listing } from "./listing.mjs";
import { heading, machine, median, ratio, tableLine } from "./report.mjs";
import { reporting } from "./reporting.mjs";
import { beginning, saying } from "./saying.mjs";
import { searching } from "./searching.mjs";
import { startThread } from "./thread.mjs";
import { sidesOf } from "./turns.mjs";
import { weighing } from "./weights.mjs";

const STARTS = 5;

/**
 * @typedef {import("./report.mjs").Row} Row
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {Record<string, (bench: Bench) => Promise<unknown>>} Measures
 */

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    only: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
if (!(seconds > 0)) throw new Error("--seconds wants a positive number");

const artefacts = {
  edgedesk: { folder: join(ROOT, "build"), entry: "index.js", path: "/api/health" },
  floor: { folder: FLOOR, entry: "worker.js", path: "/" },
};

/** By the name that --only takes, in the order of the table. @type {Measures} */
const measures = {
  ...saying,
  ...assigning,
  ...feeding,
  ...listing,
  ...reporting,
  ...searching,
  ...beginning,
  ...weighing,
  size: sizes,
  start,
};

const { only } = options;
const chosen = Object.entries(measures).filter(
  ([name]) => only.length === 0 || only.includes(name) || only.includes(name.replace(/-.*/, "")),
);
if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(measures).join(", ")}`);

const about = machine(ROOT);
if (!options.json) console.log(heading(about));
const floor = await startFloor();
const edgedesk = await startEdgedesk();
const rows = /** @type {Row[]} */ ([]);
const failures = /** @type {string[]} */ ([]);
const bench = /** @type {Bench} */ ({
  ...{ seconds, edgedesk, floor, report },
  load: startThread("load.mjs"),
  sockets: startThread("sockets.mjs"),
  dashboards: startThread("dashboards.mjs"),
});
try {
  for (const [name, measure] of chosen) {
    await measure(bench).catch((error) => failures.push(`${name}: ${error.message}`));
  }
} finally {
  const { load, sockets, dashboards } = bench;
  await Promise.all([load, sockets, dashboards, floor, edgedesk].map((one) => one.stop()));
}
finish();

/** Prints what is left to say, and fails if anything was not as it should be. */
function finish() {
  if (options.json) {
    const figures = rows.map((row) => ({ ...row, ratio: ratio(row) }));
    console.log(JSON.stringify({ ...about, seconds, rows: figures, failures }, null, 2));
  } else {
    if (rows.some((row) => row.limited)) {
      console.log("\n* The load generator was the limit of a side: the true figures lie further apart.");
    }
    for (const failure of failures) console.error(`\nfailed: ${failure}`);
  }
  process.exitCode = failures.length > 0 ? 1 : 0;
}

/** @param {Row} row */
function report(row) {
  rows.push(row);
  if (!options.json) console.log(tableLine(row));
}

async function sizes() {
  const { raw, gzipped } = size(artefacts.edgedesk);
  report({ what: "bundle: kB", edgedesk: raw / 1000 });
  report({ what: "bundle: kB gzipped", edgedesk: gzipped / 1000 });
}

async function start() {
  const milliseconds = { edgedesk: /** @type {number[]} */ ([]), floor: /** @type {number[]} */ ([]) };
  for (let round = 0; round <= STARTS; round++) {
    for (const side of sidesOf(round)) {
      const taken = await coldStart(artefacts[side]);
      // The first one also reads the files from disk.
      if (round > 0) milliseconds[side].push(taken);
    }
  }
  const what = "cold start of workerd to its first answer: ms";
  report({ what, edgedesk: median(milliseconds.edgedesk), floor: median(milliseconds.floor) });
}
