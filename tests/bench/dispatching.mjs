// Conversations that are dealt by themselves: as soon as somebody has a place again, and when many come at once.
import { confirmAssignments, views } from "./company.mjs";
import { confirm, forAllTurns, reportLatency, reportProcessor, reportRate, scaled } from "./comparing.mjs";
import { json } from "./http.mjs";
import { inTurns, sidesOf, together, withProcessor } from "./turns.mjs";
import { SENTENCE } from "./words.mjs";

/** Conversations that the agent closes in a turn. */
const CLOSED = 20;
/** Agents who come in a turn, and what each may have more than before. */
const COMING = 4;
const DEALT = 15;
/** What is left in the queue when all who came are full. */
const LEFT = 10;
/** About what a dashboard is told of a conversation. */
const FRAME_BYTES = 800;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {import("./company.mjs").Company} Company
 * @typedef {import("./company.mjs").Conversation} Conversation
 * @typedef {import("./dashboards.mjs").Place} Place
 */

/** @param {Bench} bench */
export async function dispatch(bench) {
  await oneByOne(bench);
  await atOnce(bench);
}

/**
 * One agent with one place, and a queue.
 *
 * @param {Bench} bench
 */
async function oneByOne(bench) {
  const { edgedesk, floor, dashboards } = bench;
  const company = await edgedesk.found({ max_chats: 1, assignment_policy: "balanced" });
  const [agent] = await company.hire(1, "agent");
  if (!agent) throw new Error("nobody was hired");
  const count = scaled(bench, CLOSED);
  const waiting = await byAge(bench, company, await company.open(forAllTurns(count) + 1));
  const object = "dispatch";
  const bare = (/** @type {number} */ at) => event(`conversation-${at}`);

  const queues = {
    edgedesk: {
      dashboard: company.dashboard(agent.token),
      others: waiting.map(company.listener),
      places: waiting.map((conversation, socket) => ({
        close: company.close(conversation, agent),
        socket,
        given: ['"kind":"assignment"', `"to":{"id":"${agent.id}"`],
        told: [`"id":"${conversation.id}"`, `"assignee":{"id":"${agent.id}"`],
      })),
    },
    floor: {
      dashboard: floor.newcomer(object, 1, bare(0)),
      others: [floor.listener(object)],
      // Whoever closes one is told of the next.
      places: waiting.map((_, at) => ({
        close: floor.tell(object, bare(at + 1)),
        socket: 0,
        given: [`"id":"conversation-${at}"`],
        told: [`"id":"conversation-${at}"`],
      })),
    },
  };
  for (const side of sidesOf(0)) {
    await dashboards.call("queue", { name: side, origin: bench[side].origin, limit: 1, ...queues[side] });
  }
  const rounds = await inTurns(bench.seconds, (side) => dashboards.call("dispatch", { name: side, count }));
  const ends = {
    edgedesk: await dashboards.call("leave", { name: "edgedesk" }),
    floor: await dashboards.call("leave", { name: "floor" }),
  };

  const what = "a freed place | insert and frame";
  for (const [milliseconds, which] of /** @type {const} */ ([
    ["acknowledged", "the close is answered"],
    ["given", "the next one is his"],
    ["milliseconds", "his dashboard has it"],
  ])) {
    const part = (/** @type {typeof rounds.floor} */ all) =>
      all.map((round) => ({ ...round, milliseconds: round[milliseconds] }));
    const parts = { edgedesk: part(rounds.edgedesk), floor: part(rounds.floor) };
    reportLatency(bench, `${what}: ms until ${which}`, together(parts));
  }
  confirm("the floor", ends.floor + 1, await floor.messages([object]));
  await confirmQueue(bench, company, waiting, ends.edgedesk, agent.id);
}

/**
 * What was closed is closed, and was the agent's; the one at which he has come to is his; all others wait.
 *
 * @param {Bench} bench
 * @param {Company} company
 * @param {Conversation[]} waiting
 * @param {number} end
 * @param {string} agent
 */
async function confirmQueue(bench, company, waiting, end, agent) {
  const answers = await views(bench, company, waiting);
  for (const { id, assignee, status } of answers.slice(0, end).map(json)) {
    if (status !== "closed" || assignee?.id !== agent)
      throw new Error(`${id} is ${status}, of ${assignee?.id}`);
  }
  const promised = new Map(waiting.slice(end, end + 1).map(({ id }) => [id, agent]));
  await confirmAssignments(company, promised, answers.slice(end));
}

/**
 * Agents who come to a long queue.
 *
 * @param {Bench} bench
 */
async function atOnce(bench) {
  const { edgedesk, floor, dashboards } = bench;
  const company = await edgedesk.found({ max_chats: 1, assignment_policy: "balanced" });
  const agents = await company.hire(COMING, "agent");
  const each = scaled(bench, DEALT);
  const expected = each * agents.length;
  const waiting = await company.open(forAllTurns(expected) + LEFT);
  let [limit, turn] = [0, 0];
  const prepared = {
    edgedesk: async () => {
      limit += each;
      await company.set({ max_chats: limit });
      return {
        watcher: company.dashboard(company.founder),
        agents: agents.map(({ token }) => company.dashboard(token)),
      };
    },
    floor: async () => {
      turn += 1;
      const object = `burst-${turn}`;
      return {
        watcher: floor.listener(object),
        agents: agents.map((_, at) => floor.newcomer(object, each, event(`${at}-{number}`))),
      };
    },
  };
  const rounds = await inTurns(bench.seconds, async (side) => {
    const listeners = await prepared[side]();
    return withProcessor(bench[side].pid(), () => dashboards.call("burst", { ...listeners, expected }));
  });

  const what = `${COMING} agents come to a queue | inserts and frames`;
  reportRate(bench, `${what}: assignments/s`, rounds);
  reportProcessor(bench, `${what}: processor µs`, rounds);
  const answers = await views(bench, company, waiting);
  const holders = answers.map(json).filter(({ assignee }) => assignee);
  await confirmAssignments(company, new Map(holders.map(({ id, assignee }) => [id, assignee.id])), answers);
  confirm("Edgedesk", forAllTurns(expected), holders.length);
}

/**
 * In the order in which the Desk deals them.
 *
 * @param {Bench} bench
 * @param {Company} company
 * @param {Conversation[]} conversations
 */
async function byAge(bench, company, conversations) {
  const order = (/** @type {{ waiting_since: string, id: string }} */ { waiting_since, id }) =>
    `${waiting_since} ${id}`;
  const all = (await views(bench, company, conversations)).map(json);
  return all.sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(({ id }) => ({ id: String(id) }));
}

/** What the bare object tells. @param {string} id */
function event(id) {
  const conversation = { id, assignee: { id: "floor" }, preview: SENTENCE.padEnd(FRAME_BYTES) };
  return { conversation, kind: "conversation" };
}
