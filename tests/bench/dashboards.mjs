// Dashboards under load, in a thread of their own: many that listen to one company's changes, one agent who closes
// what he has and is dealt the next, and agents who come to a long queue. Every socket has to hear every change, each
// once and in order; a feed that leaves one out, or tells of one that nobody made, fails.
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { openConnection, prepare } from "./http.mjs";
import { serve, stopwatch } from "./thread.mjs";

const NUMBER_MARK = Buffer.from('"seq":');
const PRESENCE_MARK = Buffer.from('"presence"');
const HELLO_MARK = Buffer.from('"hello"');
/** Sockets that are being opened at the same time. */
const OPENED_AT_ONCE = 25;
/** The agent's dashboard, where other sockets are those of conversations. */
const DASHBOARD = -1;
/** What has not been heard by then is lost. */
const PATIENCE = 30_000;
/** A dashboard has been quiet for this long: nothing more comes of what was done before. */
const QUIET_MILLISECONDS = 250;

/**
 * @typedef {import("./http.mjs").Connection} Connection
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./http.mjs").Prepared} Prepared
 * @typedef {import("./sockets.mjs").Listener} Listener
 *
 * @typedef {object} LaneRequest one of the changes that a lane makes in turn
 * @property {LoadRequest} request
 * @property {string} folder what the dashboards are told it is in, afterwards
 *
 * @typedef {object} Lane a conversation that is changed, one change after the other
 * @property {string} id
 * @property {LaneRequest[]} requests
 *
 * @typedef {object} Running
 * @property {string} id
 * @property {{ prepared: Prepared, folder: string }[]} requests
 * @property {Connection} connection
 * @property {number} made changes so far, each acknowledged
 * @property {string} [expected] the folder of the change that is being heard
 * @property {(() => void)} heard everybody has heard of the change
 * @property {((fault: Error) => void)} lost somebody never will
 *
 * @typedef {object} FeedResult
 * @property {number} count of deliveries
 * @property {number} seconds
 * @property {Float64Array} milliseconds of each change, until the last dashboard has heard of it
 * @property {number} busy the share of the time in which this thread was not idle: near 1, it was the limit
 *
 * @typedef {object} Place a conversation in a queue
 * @property {LoadRequest} close
 * @property {number} socket which of the others hears what happens in it
 * @property {string[]} given parts of the frame by which that socket hears that the agent has it
 * @property {string[]} told parts of the frame by which the agent's dashboard does
 *
 * @typedef {{ socket: number, parts: Buffer[], at?: number }} Awaited a frame with these parts, and when it came
 *
 * @typedef {object} DispatchResult from sending the request that closes one
 * @property {number} count
 * @property {number} seconds
 * @property {number} busy
 * @property {Float64Array} acknowledged milliseconds until it is answered
 * @property {Float64Array} given until the next conversation is the agent's
 * @property {Float64Array} milliseconds until his dashboard has it
 *
 * @typedef {typeof handlers} DashboardHandlers
 */

/** What every group of sockets needs. */
class Sockets {
  /** @type {WebSocket[]} */
  sockets = [];
  /** @type {string | undefined} */
  fault;
  lastHeard = performance.now();

  /** @param {Listener} listener @param {(frame: Buffer) => void} hear */
  async open({ url, bearer }, hear) {
    const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.sockets.push(socket);
    socket.on("message", (data) => {
      this.lastHeard = performance.now();
      hear(/** @type {Buffer} */ (data));
    });
    socket.on("error", (error) => this.fails(error.message));
    await once(socket, "open");
    socket.on("close", (code) => this.fails(`a socket was closed with ${code}`));
  }

  /** @param {string} what */
  fails(what) {
    this.fault ??= what;
  }

  /** @param {() => boolean} condition @param {string} what */
  async until(condition, what) {
    const deadline = performance.now() + PATIENCE;
    while (!this.fault && !condition()) {
      if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
      await sleep(1);
    }
    if (this.fault) throw new Error(this.fault);
  }

  /** What was done before the sockets were there has been told by then. */
  quiet() {
    return this.until(() => performance.now() - this.lastHeard > QUIET_MILLISECONDS, "the sockets are quiet");
  }

  async close() {
    for (const socket of this.sockets) socket.removeAllListeners("close").close();
    await Promise.all(
      this.sockets.map((socket) => socket.readyState === WebSocket.CLOSED || once(socket, "close")),
    );
    if (this.fault) throw new Error(this.fault);
  }
}

/** Dashboards that all listen to the same feed. */
class Feed extends Sockets {
  /** @type {number[]} the number of the last change that each one has heard of */
  last = [];
  /** @type {Map<number, { left: number, lane: Running }>} changes that somebody has heard of and somebody has not */
  spreading = new Map();
  /** @type {Map<string, Running>} */
  lanes = new Map();

  /** @override @param {string} what */
  fails(what) {
    super.fails(what);
    for (const lane of this.lanes.values()) lane.lost(new Error(what));
  }

  /** @param {Listener} listener */
  listen(listener) {
    const place = this.last.push(0) - 1;
    return this.open(listener, (frame) => this.hear(place, frame));
  }

  /**
   * Parses what the first dashboard hears; of the others only the number counts, or parsing would be what is measured.
   *
   * @param {number} place
   * @param {Buffer} frame
   */
  hear(place, frame) {
    const at = frame.lastIndexOf(NUMBER_MARK);
    if (at < 0) {
      if (frame.includes(HELLO_MARK)) this.last[place] = JSON.parse(String(frame)).head;
      return;
    }
    const number = Number.parseInt(frame.toString("latin1", at + NUMBER_MARK.length, at + 24), 10);
    const before = this.last[place] ?? 0;
    if (number !== before + 1) return this.fails(`dashboard ${place} heard of ${number} after ${before}`);
    this.last[place] = number;
    const change = this.spreading.get(number) ?? this.begins(number, frame);
    if (!change) return;
    change.left -= 1;
    if (change.left > 0) return;
    this.spreading.delete(number);
    change.lane.expected = undefined;
    change.lane.heard();
  }

  /** The first dashboard hears of a change. @param {number} number @param {Buffer} frame */
  begins(number, frame) {
    const { id, folder } = JSON.parse(String(frame)).event.conversation ?? {};
    const lane = this.lanes.get(id);
    if (!lane?.expected || lane.expected !== folder?.id) {
      this.fails(`${id} is in ${folder?.id}, and should be in ${lane?.expected}`);
      return undefined;
    }
    const change = { left: this.sockets.length, lane };
    this.spreading.set(number, change);
    return change;
  }

  /**
   * One change of a lane: milliseconds until everybody has heard of it.
   *
   * @param {Running} lane
   */
  async change(lane) {
    const { prepared, folder } = /** @type {Running["requests"][number]} */ (
      lane.requests[lane.made % lane.requests.length]
    );
    lane.expected = folder;
    const heard = new Promise((/** @type {(at: number) => void} */ resolve, reject) => {
      lane.heard = () => resolve(performance.now());
      lane.lost = reject;
    });
    const sent = performance.now();
    const [at] = await Promise.all([heard, lane.connection.ask(prepared)]);
    lane.made += 1;
    return at - sent;
  }
}

/** An agent who has one conversation at a time, and a queue. */
class Dispatch extends Sockets {
  /** The place of the conversation that he has. */
  current = 0;
  /** @type {Awaited[]} what is being waited for */
  awaited = [];

  /** @param {Place[]} places @param {Connection} connection @param {string} origin @param {number} limit the agent's */
  constructor(places, connection, origin, limit) {
    super();
    this.places = places;
    this.closing = places.map(({ close }) => prepare(origin, close));
    this.connection = connection;
    this.limit = limit;
  }

  /** @param {Listener} listener @param {number} socket which one it is */
  listen(listener, socket) {
    return this.open(listener, (frame) => this.hear(socket, frame));
  }

  /** @param {number} socket @param {Buffer} frame */
  hear(socket, frame) {
    const now = performance.now();
    if (frame.includes(PRESENCE_MARK)) {
      const { open } = JSON.parse(String(frame));
      if (open > this.limit) this.fails(`somebody has ${open} conversations and may have ${this.limit}`);
      return;
    }
    for (const one of this.awaited) {
      if (one.socket === socket && one.parts.every((part) => frame.includes(part))) one.at ??= now;
    }
  }

  /** Notes when conversation and dashboard are told that the agent has it. @param {Place | undefined} place */
  await(place) {
    if (!place) throw new Error("the queue has come to its end");
    const awaits = (/** @type {number} */ socket, /** @type {string[]} */ parts) =>
      /** @type {Awaited} */ ({ socket, parts: parts.map((part) => Buffer.from(part)) });
    this.awaited = [awaits(place.socket, place.given), awaits(DASHBOARD, place.told)];
  }

  /** Waits until both are told: when each was. */
  async arrival() {
    await this.until(() => this.awaited.every(({ at }) => at !== undefined), "the agent has the next one");
    return this.awaited.map(({ at = Number.NaN }) => at);
  }

  /** The agent closes what he has: milliseconds until it is answered, until he has the next, until he is told. */
  async step() {
    this.await(this.places[this.current + 1]);
    const sent = performance.now();
    await this.connection.ask(/** @type {Prepared} */ (this.closing[this.current]));
    const acknowledged = performance.now();
    const times = [acknowledged, ...(await this.arrival())];
    this.current += 1;
    return times.map((at) => at - sent);
  }
}

/** @type {Map<string, Feed>} */
const feeds = new Map();
/** @type {Map<string, Dispatch>} */
const dispatches = new Map();

const handlers = { open, change, close, queue, dispatch, leave, burst };

serve(handlers);

/**
 * Opens dashboards, and a connection for each lane.
 *
 * @param {{ name: string, origin: string, listeners: Listener[], lanes: Lane[] }} argument
 */
async function open({ name, origin, listeners, lanes }) {
  const feed = new Feed();
  feeds.set(name, feed);
  await batches(listeners, (listener) => feed.listen(listener));
  for (const { id, requests } of lanes) {
    feed.lanes.set(id, {
      id,
      requests: requests.map(({ request, folder }) => ({ prepared: prepare(origin, request), folder })),
      connection: await openConnection(origin),
      made: 0,
      heard: () => {},
      lost: () => {},
    });
  }
  await feed.quiet();
}

/**
 * Changes so many conversations at once, each anew as soon as everybody has heard of its last change.
 *
 * @param {{ name: string, inFlight: number, seconds: number }} argument
 * @returns {Promise<FeedResult>}
 */
async function change({ name, inFlight, seconds }) {
  const feed = member(feeds, name);
  const milliseconds = /** @type {number[]} */ ([]);
  const watch = stopwatch();
  const deadline = performance.now() + seconds * 1000;
  const lanes = [...feed.lanes.values()].slice(0, inFlight);
  const overdue = setTimeout(() => feed.fails("not everybody hears of a change"), PATIENCE);
  await Promise.all(
    lanes.map(async (lane) => {
      while (performance.now() < deadline) milliseconds.push(await feed.change(lane));
    }),
  ).finally(() => clearTimeout(overdue));
  const count = milliseconds.length * feed.sockets.length;
  return { count, ...watch(), milliseconds: Float64Array.from(milliseconds) };
}

/**
 * Closes the dashboards of a feed, and tells how many changes each lane has made.
 *
 * @param {{ name: string }} argument
 */
async function close({ name }) {
  const feed = member(feeds, name);
  feeds.delete(name);
  for (const { connection } of feed.lanes.values()) connection.close();
  await feed.close();
  return [...feed.lanes.values()].map(({ id, made }) => ({ id, made }));
}

/**
 * The agent of a queue comes, and is dealt its first conversation.
 *
 * @param {{ name: string, origin: string, dashboard: Listener, others: Listener[], limit: number, places: Place[] }} argument
 */
async function queue({ name, origin, dashboard, others, limit, places }) {
  const dispatch = new Dispatch(places, await openConnection(origin), origin, limit);
  dispatches.set(name, dispatch);
  await batches(others, (other, socket) => dispatch.listen(other, socket));
  dispatch.await(places[0]);
  await dispatch.listen(dashboard, DASHBOARD);
  await dispatch.arrival();
  await dispatch.quiet();
}

/**
 * The agent closes so many conversations, each as soon as he has been told of it.
 *
 * @param {{ name: string, count: number }} argument
 * @returns {Promise<DispatchResult>}
 */
async function dispatch({ name, count }) {
  const dispatch = member(dispatches, name);
  const watch = stopwatch();
  const steps = /** @type {number[][]} */ ([]);
  for (let step = 0; step < count; step++) steps.push(await dispatch.step());
  const column = (/** @type {number} */ at) => Float64Array.from(steps, (step) => step[at] ?? Number.NaN);
  return { count, ...watch(), acknowledged: column(0), given: column(1), milliseconds: column(2) };
}

/**
 * The agent of a queue leaves: the place of the conversation that he has.
 *
 * @param {{ name: string }} argument
 */
async function leave({ name }) {
  const dispatch = member(dispatches, name);
  dispatches.delete(name);
  dispatch.connection.close();
  await dispatch.close();
  return dispatch.current;
}

/**
 * Agents come while somebody watches, and leave when so many conversations are theirs.
 *
 * @param {{ watcher: Listener, agents: Listener[], expected: number }} argument
 * @returns {Promise<Omit<FeedResult, "milliseconds"> & { milliseconds: number[] }>}
 */
async function burst({ watcher, agents, expected }) {
  const dashboards = new Sockets();
  const dealt = new Set();
  await dashboards.open(watcher, (frame) => {
    const { event } = JSON.parse(String(frame));
    if (event?.conversation?.assignee) dealt.add(event.conversation.id);
  });
  await dashboards.quiet();
  dealt.clear();
  const watch = stopwatch();
  const started = performance.now();
  await Promise.all(agents.map((agent) => dashboards.open(agent, () => {})));
  await dashboards.until(() => dealt.size >= expected, `${expected} conversations are dealt`);
  const result = { count: expected, ...watch(), milliseconds: [performance.now() - started] };
  await dashboards.close();
  return result;
}

/**
 * @template T
 * @param {T[]} all
 * @param {(one: T, at: number) => Promise<void>} each
 */
async function batches(all, each) {
  for (let at = 0; at < all.length; at += OPENED_AT_ONCE) {
    await Promise.all(all.slice(at, at + OPENED_AT_ONCE).map((one, place) => each(one, at + place)));
  }
}

/**
 * @template T
 * @param {Map<string, T>} all
 * @param {string} name
 */
function member(all, name) {
  const one = all.get(name);
  if (!one) throw new Error(`there is no group ${name}`);
  return one;
}
