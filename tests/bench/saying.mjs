// What is said in conversations, read of them, and told to those who listen.
import {
  compare,
  confirm,
  IN_FLIGHT,
  reached,
  reportLatency,
  reportProcessor,
  reportRate,
} from "./comparing.mjs";
import { inTurns, ROUNDS, sidesOf, together, withProcessor } from "./turns.mjs";

const PACED_PER_SECOND = 20;
const INBOX = 100;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 */

/** By the name that --only takes. What grows the index comes last. */
export const saying = {
  health,
  customer,
  customers,
  agent,
  "broadcast-2": (/** @type {Bench} */ bench) => broadcast(bench, 2),
  "broadcast-50": (/** @type {Bench} */ bench) => broadcast(bench, 50),
  "broadcast-500": (/** @type {Bench} */ bench) => broadcast(bench, 500),
  me,
  read,
  inbox,
};

export const beginning = { new: beginnings };

/** @param {Bench} bench */
function health(bench) {
  const { edgedesk, floor } = bench;
  const ours = { server: edgedesk, requests: [edgedesk.health] };
  return compare(bench, "health route | bare answer", ours, { server: floor, requests: [floor.answer] });
}

/** @param {Bench} bench */
async function customer(bench) {
  const { edgedesk } = bench;
  const conversations = await edgedesk.open(1);
  await append(bench, "customer's message", "customer", conversations, edgedesk.write);
}

/** @param {Bench} bench */
async function customers(bench) {
  const { edgedesk } = bench;
  const conversations = await edgedesk.open(IN_FLIGHT);
  await append(bench, `${IN_FLIGHT} customers' messages`, "customers", conversations, edgedesk.write);
}

/** @param {Bench} bench */
async function agent(bench) {
  const { edgedesk } = bench;
  const conversations = await edgedesk.open(1);
  for (const conversation of conversations) await edgedesk.claim(conversation);
  await append(bench, "agent's message", "agent", conversations, edgedesk.reply);
}

/**
 * @param {Bench} bench
 * @param {string} what
 * @param {string} prefix of the floor's objects
 * @param {import("./edgedesk.mjs").Conversation[]} conversations
 * @param {(conversation: import("./edgedesk.mjs").Conversation) => LoadRequest} request
 */
function append(bench, what, prefix, conversations, request) {
  const { edgedesk, floor } = bench;
  const objects = conversations.map((_, place) => `${prefix}-${place}`);
  return compare(
    bench,
    `${what} | object insert`,
    {
      server: edgedesk,
      requests: conversations.map(request),
      stored: () => edgedesk.messages(conversations),
    },
    { server: floor, requests: objects.map(floor.insert), stored: () => floor.messages(objects) },
  );
}

/** @param {Bench} bench */
async function me(bench) {
  const { edgedesk, floor } = bench;
  const row = { server: floor, requests: [floor.row] };
  await compare(
    bench,
    "the whole check of a request | D1 row",
    { server: edgedesk, requests: [edgedesk.check] },
    row,
  );
  await compare(
    bench,
    "GET …/me, with profile and presence | D1 row",
    { server: edgedesk, requests: [edgedesk.me] },
    row,
  );
}

/** @param {Bench} bench */
async function read(bench) {
  const { edgedesk, floor } = bench;
  const conversations = await edgedesk.open(IN_FLIGHT);
  const ours = { server: edgedesk, requests: conversations.map(edgedesk.read) };
  await compare(bench, "read a conversation | D1 row", ours, { server: floor, requests: [floor.row] });
}

/** @param {Bench} bench */
async function inbox(bench) {
  const { edgedesk, floor } = bench;
  await edgedesk.open(INBOX);
  const ours = { server: edgedesk, requests: [edgedesk.inbox] };
  await compare(bench, "read an inbox page of 50 | D1 row", ours, { server: floor, requests: [floor.row] });
}

/** @param {Bench} bench */
async function beginnings(bench) {
  const { edgedesk, load } = bench;
  const requests = [edgedesk.begin];
  // Lists follow within a moment.
  const stored = (/** @type {number} */ acknowledged) => reached(acknowledged, edgedesk.listed);
  const { edgedesk: count } = await compare(bench, "new conversation", {
    server: edgedesk,
    requests,
    stored,
  });
  const before = await edgedesk.unanswered();
  const { origin } = edgedesk;
  const burst = { origin, requests, inFlight: IN_FLIGHT, seconds: bench.seconds / ROUNDS, first: count + 1 };
  const { acknowledged } = await load.call("run", burst);
  const answered = performance.now();
  const all = before + acknowledged;
  confirm("the list", all, await reached(all, edgedesk.unanswered));
  const what = "new conversations: ms from the last answer until the list has all";
  bench.report({ what, edgedesk: performance.now() - answered });
}

/**
 * As many customers' as agents' sockets, one of the customers' also writes.
 *
 * @param {Bench} bench
 * @param {number} count
 */
async function broadcast(bench, count) {
  const { edgedesk, floor, sockets } = bench;
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
    const saturated = await inTurns(bench.seconds, (side, length) =>
      withProcessor(bench[side].pid(), async () => {
        const result = await sockets.call("saturate", { name: side, seconds: length, inFlight: IN_FLIGHT });
        return { ...result, count: result.deliveries };
      }),
    );
    const paced = await inTurns(bench.seconds, async (side, length) => {
      const result = await sockets.call("pace", { name: side, seconds: length, perSecond: PACED_PER_SECOND });
      return { ...result, count: result.deliveries };
    });
    const what = `persist, tell ${count} sockets`;
    reportRate(bench, `${what}: deliveries/s, saturated`, saturated);
    reportProcessor(bench, `${what}: processor µs per delivery`, saturated);
    // Few messages a round: percentiles over all of them, and not the median of what each round had.
    reportLatency(bench, `${what}: ms at ${PACED_PER_SECOND} messages/s`, together(paced));
  } finally {
    const sent = {
      edgedesk: await sockets.call("close", { name: "edgedesk" }),
      floor: await sockets.call("close", { name: "floor" }),
    };
    confirm("Edgedesk", sent.edgedesk, await edgedesk.messages(conversations));
    confirm("the floor", sent.floor, await floor.messages([object]));
  }
}
