// `make bench`: what Edgedesk costs beside a bare Worker, a bare object and a bare D1 row, measured in turns.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { coldStart, size } from "./artefact.mjs";
import { ROOT, startEdgedesk } from "./edgedesk.mjs";
import { FLOOR, startFloor } from "./floor.mjs";
import { heading, machine, median, percentile, ratio, tableLine } from "./report.mjs";
import { startThread } from "./thread.mjs";
import { inTurns, ROUNDS, sidesOf, together, withProcessor } from "./turns.mjs";

const IN_FLIGHT = 16;
const PACED_PER_SECOND = 20;
const INBOX = 100;
/** Lists have to have every conversation by then. */
const PATIENCE = 30_000;
const POLL_MILLISECONDS = 5;
const STARTS = 5;
/** Above this share of its time the load generator counts as the limit. */
const GENERATOR_IS_THE_LIMIT = 0.95;

/**
 * @typedef {import("./report.mjs").Row} Row
 * @typedef {import("./load.mjs").LoadRequest} LoadRequest
 * @typedef {import("./turns.mjs").Round} Round
 * @typedef {import("./turns.mjs").Rounds} Rounds
 * @typedef {{ origin: string, pid: () => number | undefined }} Server
 *
 * @typedef {object} Target one side of a comparison over HTTP
 * @property {Server} server
 * @property {LoadRequest[]} requests
 * @property {(acknowledged: number) => Promise<number>} [stored] for writes: how many of them are there
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

/** By the name that --only takes, in the order of the table. What grows the index comes last. */
const measures = {
  health,
  customer,
  customers,
  agent,
  "broadcast-2": () => broadcast(2),
  "broadcast-50": () => broadcast(50),
  "broadcast-500": () => broadcast(500),
  me,
  read,
  inbox,
  new: beginnings,
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
const load = /** @type {import("./thread.mjs").Thread<import("./load.mjs").LoadHandlers>} */ (
  startThread("load.mjs")
);
const sockets = /** @type {import("./thread.mjs").Thread<import("./sockets.mjs").SocketHandlers>} */ (
  startThread("sockets.mjs")
);
const rows = /** @type {Row[]} */ ([]);
const failures = /** @type {string[]} */ ([]);
try {
  for (const [name, measure] of chosen) {
    await measure().catch((error) => failures.push(`${name}: ${error.message}`));
  }
} finally {
  await Promise.all([load.stop(), sockets.stop(), floor.stop(), edgedesk.stop()]);
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

// ---- what is measured ----

function health() {
  const ours = { server: edgedesk, requests: [edgedesk.health] };
  return compare("health route | bare answer", ours, { server: floor, requests: [floor.answer] });
}

async function customer() {
  const conversations = await edgedesk.open(1);
  await append("customer's message", "customer", conversations, edgedesk.write);
}

async function customers() {
  const conversations = await edgedesk.open(IN_FLIGHT);
  await append(`${IN_FLIGHT} customers' messages`, "customers", conversations, edgedesk.write);
}

async function agent() {
  const conversations = await edgedesk.open(1);
  for (const conversation of conversations) await edgedesk.claim(conversation);
  await append("agent's message", "agent", conversations, edgedesk.reply);
}

/**
 * @param {string} what
 * @param {string} prefix of the floor's objects
 * @param {import("./edgedesk.mjs").Conversation[]} conversations
 * @param {(conversation: import("./edgedesk.mjs").Conversation) => LoadRequest} request
 */
function append(what, prefix, conversations, request) {
  const objects = conversations.map((_, place) => `${prefix}-${place}`);
  return compare(
    `${what} | object insert`,
    {
      server: edgedesk,
      requests: conversations.map(request),
      stored: () => edgedesk.messages(conversations),
    },
    { server: floor, requests: objects.map(floor.insert), stored: () => floor.messages(objects) },
  );
}

async function me() {
  const row = { server: floor, requests: [floor.row] };
  await compare(
    "the whole check of a request | D1 row",
    { server: edgedesk, requests: [edgedesk.check] },
    row,
  );
  await compare(
    "GET …/me, with profile and presence | D1 row",
    { server: edgedesk, requests: [edgedesk.me] },
    row,
  );
}

async function read() {
  const conversations = await edgedesk.open(IN_FLIGHT);
  const ours = { server: edgedesk, requests: conversations.map(edgedesk.read) };
  await compare("read a conversation | D1 row", ours, { server: floor, requests: [floor.row] });
}

async function inbox() {
  await edgedesk.open(INBOX);
  const ours = { server: edgedesk, requests: [edgedesk.inbox] };
  await compare("read an inbox page of 50 | D1 row", ours, { server: floor, requests: [floor.row] });
}

async function beginnings() {
  const requests = [edgedesk.begin];
  // Lists follow within a moment.
  const stored = (/** @type {number} */ acknowledged) => reached(acknowledged, edgedesk.listed);
  const { edgedesk: count } = await compare("new conversation", { server: edgedesk, requests, stored });
  const before = await edgedesk.unanswered();
  const { origin } = edgedesk;
  const burst = { origin, requests, inFlight: IN_FLIGHT, seconds: seconds / ROUNDS, first: count + 1 };
  const { acknowledged } = await load.call("run", burst);
  const answered = performance.now();
  const all = before + acknowledged;
  confirm("the list", all, await reached(all, edgedesk.unanswered));
  const what = "new conversations: ms from the last answer until the list has all";
  report({ what, edgedesk: performance.now() - answered });
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

/**
 * As many customers' as agents' sockets, one of the customers' also writes.
 *
 * @param {number} count
 */
async function broadcast(count) {
  const conversations = await edgedesk.open(1);
  const object = `broadcast-${count}`;
  const places = Array.from({ length: count }, (_, place) => place);
  const listeners = {
    floor: places.map(() => floor.listener(object)),
    edgedesk: conversations.flatMap((conversation) =>
      places.map((place) => edgedesk.listener(conversation, place % 2 === 0 ? "customer" : "agent")),
    ),
  };
  for (const side of sidesOf(0)) await sockets.call("open", { name: side, listeners: listeners[side] });
  try {
    const servers = { edgedesk, floor };
    const saturated = await inTurns(seconds, (side, length) =>
      withProcessor(servers[side].pid(), async () => {
        const result = await sockets.call("saturate", { name: side, seconds: length, inFlight: IN_FLIGHT });
        return { ...result, count: result.deliveries };
      }),
    );
    const paced = await inTurns(seconds, async (side, length) => {
      const result = await sockets.call("pace", { name: side, seconds: length, perSecond: PACED_PER_SECOND });
      return { ...result, count: result.deliveries };
    });
    const what = `persist, tell ${count} sockets`;
    reportRate(`${what}: deliveries/s, saturated`, saturated);
    reportProcessor(`${what}: processor µs per delivery`, saturated);
    // Few messages a round: percentiles over all of them, and not the median of what each round had.
    reportLatency(`${what}: ms at ${PACED_PER_SECOND} messages/s`, together(paced));
  } finally {
    const sent = {
      edgedesk: await sockets.call("close", { name: "edgedesk" }),
      floor: await sockets.call("close", { name: "floor" }),
    };
    confirm("Edgedesk", sent.edgedesk, await edgedesk.messages(conversations));
    confirm("the floor", sent.floor, await floor.messages([object]));
  }
}

// ---- how it is measured ----

/**
 * Puts both sides under the same load and reports them; writes are then counted.
 *
 * @param {string} what
 * @param {Target} ours
 * @param {Target} [bare]
 */
async function compare(what, ours, bare) {
  const targets = { edgedesk: ours, floor: bare };
  const acknowledged = { edgedesk: 0, floor: 0 };
  const rounds = await inTurns(
    seconds,
    async (side, length) => {
      const { server, requests } = /** @type {Target} */ (targets[side]);
      return withProcessor(server.pid(), async () => {
        const { origin } = server;
        const first = acknowledged[side] + 1;
        const job = { origin, requests, inFlight: IN_FLIGHT, seconds: length, first };
        const result = await load.call("run", job);
        acknowledged[side] += result.acknowledged;
        return { ...result, count: result.acknowledged };
      });
    },
    bare ? undefined : ["edgedesk"],
  );
  reportRate(`${what}: requests/s`, rounds);
  reportLatency(`${what}: ms`, rounds);
  reportProcessor(`${what}: processor µs`, rounds);
  for (const [side, who] of /** @type {const} */ ([
    ["edgedesk", "Edgedesk"],
    ["floor", "the floor"],
  ])) {
    const stored = targets[side]?.stored;
    if (stored) confirm(who, acknowledged[side], await stored(acknowledged[side]));
  }
  return acknowledged;
}

/**
 * Asks until there are as many as expected, or patience ends; answers how many there are then.
 *
 * @param {number} expected
 * @param {() => Promise<number>} count
 */
async function reached(expected, count) {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const found = await count();
    if (found >= expected || performance.now() > deadline) return found;
    await sleep(POLL_MILLISECONDS);
  }
}

/**
 * Every acknowledged write has to be there.
 *
 * @param {string} who
 * @param {number} acknowledged
 * @param {number} stored
 */
function confirm(who, acknowledged, stored) {
  if (acknowledged === stored) return;
  throw new Error(`${who} acknowledged ${acknowledged} writes and has ${stored}`);
}

/** @type {(what: string, rounds: Rounds) => void} */
function reportRate(what, rounds) {
  reportMedians(what, rounds, (round) => round.count / round.seconds);
}

/** @type {(what: string, rounds: Rounds) => void} */
function reportLatency(what, rounds) {
  for (const [name, share] of /** @type {const} */ ([
    ["p50", 0.5],
    ["p99", 0.99],
  ])) {
    reportMedians(what.replace(/: ms/, `: ${name} ms`), rounds, (round) =>
      percentile(round.milliseconds, share),
    );
  }
}

/**
 * Over all rounds: the system counts in hundredths of a second, and lets nobody else's time in.
 *
 * @type {(what: string, rounds: Rounds) => void}
 */
function reportProcessor(what, rounds) {
  if (process.platform !== "linux") return;
  reportMedians(what, together(rounds), (round) => (round.processor ?? Number.NaN) / round.count);
}

/** @type {(what: string, rounds: Rounds, figure: (round: Round) => number) => void} */
function reportMedians(what, rounds, figure) {
  const limited = [rounds.edgedesk, rounds.floor].some(
    (side) => side.length > 0 && median(side.map((round) => round.busy)) > GENERATOR_IS_THE_LIMIT,
  );
  const bare = rounds.floor.length > 0 ? { floor: median(rounds.floor.map(figure)) } : {};
  report({ what, edgedesk: median(rounds.edgedesk.map(figure)), ...bare, ...(limited && { limited }) });
}
