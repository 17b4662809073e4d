// Conversations that find their agents, by all the ways there are, on one Desk each.
import { claims, confirmAssignments, MOST_CHATS, TAKERS, views } from "./company.mjs";
import {
  confirm,
  drawInTurns,
  forAllTurns,
  IN_FLIGHT,
  reportLatency,
  reportProcessor,
  reportRate,
  scaled,
} from "./comparing.mjs";
import { dispatch } from "./dispatching.mjs";
import { json } from "./http.mjs";
import { knee } from "./knee.mjs";
import { together } from "./turns.mjs";

/** Conversations that are taken in a turn: at 16 in flight, and one at a time. */
const TAKEN = 100;
const TAKEN_UNHURRIED = 20;
/** The floor is so much quicker that as many would be over before they could be measured. */
const FLOOR_TIMES = 20;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {import("./company.mjs").Person} Person
 */

/** By the name that --only takes. */
export const assigning = { assign, dispatch, dispenser, knee };

/** @param {Bench} bench */
async function assign(bench) {
  const { edgedesk, floor } = bench;
  const company = await edgedesk.found({ max_chats: MOST_CHATS });
  const supervisors = await company.hire(TAKERS, "supervisor");
  const [many, few] = [scaled(bench, TAKEN), scaled(bench, TAKEN_UNHURRIED)];
  const waiting = await company.open(forAllTurns(many + few));
  const { requests, promised } = claims(company, waiting, supervisors);
  const object = "assign";

  const hurried = await drawInTurns(bench, {
    inFlight: IN_FLIGHT,
    next: {
      edgedesk: () => requests.splice(0, many),
      floor: () => Array(many * FLOOR_TIMES).fill(floor.insert(object)),
    },
  });
  const unhurried = await drawInTurns(bench, {
    inFlight: 1,
    next: {
      edgedesk: () => requests.splice(0, few),
      floor: () => Array(few * FLOOR_TIMES).fill(floor.insert(object)),
    },
  });

  const what = "claim, one Desk | object insert";
  reportRate(bench, `${what}: assignments/s`, hurried.rounds);
  reportLatency(bench, `${what}: ms`, hurried.rounds);
  reportProcessor(bench, `${what}: processor µs`, hurried.rounds);
  reportLatency(bench, `${what}: ms, one at a time`, together(unhurried.rounds));
  await confirmAssignments(company, promised, await views(bench, company, waiting));
  confirm("the floor", forAllTurns(many + few) * FLOOR_TIMES, await floor.messages([object]));
}

/** @param {Bench} bench */
async function dispenser(bench) {
  const { edgedesk, floor } = bench;
  const company = await edgedesk.found({ max_chats: MOST_CHATS });
  const agents = await company.hire(TAKERS, "agent", ["dispenser"]);
  const count = scaled(bench, TAKEN);
  const waiting = await company.open(forAllTurns(count));
  const object = "dispenser";
  const askers = waiting.map((_, at) => /** @type {Person} */ (agents[at % agents.length]));
  const requests = askers.map(company.next);

  const { rounds, answers } = await drawInTurns(bench, {
    inFlight: IN_FLIGHT,
    next: {
      edgedesk: () => requests.splice(0, count),
      floor: () => Array(count * FLOOR_TIMES).fill(floor.next(object)),
    },
  });

  const what = "the Dispenser deals | object insert";
  reportRate(bench, `${what}: assignments/s`, rounds);
  reportLatency(bench, `${what}: ms`, rounds);
  reportProcessor(bench, `${what}: processor µs`, rounds);
  const promised = new Map();
  for (const [at, { id }] of answers.edgedesk.map(json).entries()) {
    if (promised.has(id)) throw new Error(`${id} was dealt twice`);
    promised.set(id, askers[at]?.id);
  }
  await confirmAssignments(company, promised, await views(bench, company, waiting));
  const numbers = new Set(answers.floor.map(json).map(({ id }) => id));
  confirm("the floor", forAllTurns(count) * FLOOR_TIMES, numbers.size);
}
