// The WebSocket load, in a thread of its own: groups of sockets that all listen to one conversation, of which
// the first also writes. Every delivery is checked: each socket gets each message once, and in order.
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { serve } from "./thread.mjs";
import { MESSAGE_MARK, messageText } from "./words.mjs";

const MARK = Buffer.from(MESSAGE_MARK);
const DIGITS = 12;
/** Sockets that are being opened at the same time. */
const OPENED_AT_ONCE = 25;
/** What has not been delivered by then is lost. */
const PATIENCE = 20_000;

/**
 * @typedef {object} Listener
 * @property {string} url
 * @property {string} [bearer]
 *
 * @typedef {object} BroadcastResult
 * @property {number} messages sent, each delivered to every socket
 * @property {number} deliveries
 * @property {number} seconds
 * @property {Float64Array} milliseconds from sending a message to each of its deliveries
 * @property {number} busy the share of the time in which this thread was not idle: near 1, it was the limit
 *
 * @typedef {typeof handlers} SocketHandlers
 */

class Group {
  /** @type {WebSocket[]} */
  sockets = [];
  /** @type {number[]} the number of the last message that each socket got */
  last = [];
  /** @type {Map<number, { sent: number, left: number }>} messages that somebody still waits for, by number */
  outstanding = new Map();
  /** @type {number[]} */
  milliseconds = [];
  sent = 0;
  /** @type {string | undefined} */
  fault;
  /** Called when a message has reached everybody. */
  delivered = () => {};

  /** @param {Listener} listener */
  async open({ url, bearer }) {
    const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    const place = this.sockets.push(socket) - 1;
    this.last.push(0);
    socket.on("message", (data) => this.hear(place, /** @type {Buffer} */ (data)));
    socket.on("error", (error) => {
      this.fault ??= error.message;
    });
    await once(socket, "open");
    socket.on("close", (code) => {
      this.fault ??= `a socket was closed with ${code}`;
    });
  }

  send() {
    const number = ++this.sent;
    this.outstanding.set(number, { sent: performance.now(), left: this.sockets.length });
    this.sockets[0]?.send(JSON.stringify({ type: "message", ...messageText(number) }));
  }

  /**
   * Reads the number only: at tens of thousands of frames a second, parsing them would be what is measured.
   *
   * @param {number} place
   * @param {Buffer} frame
   */
  hear(place, frame) {
    const now = performance.now();
    const at = frame.indexOf(MARK);
    if (at < 0) {
      if (frame.includes('"refused"')) this.fault ??= frame.toString();
      return;
    }
    const number = Number(frame.toString("latin1", at + MARK.length, at + MARK.length + DIGITS));
    const message = this.outstanding.get(number);
    if (!message || number !== (this.last[place] ?? 0) + 1) {
      this.fault ??= `socket ${place} got message ${number} after ${this.last[place]}`;
      return;
    }
    this.last[place] = number;
    this.milliseconds.push(now - message.sent);
    message.left -= 1;
    if (message.left > 0) return;
    this.outstanding.delete(number);
    this.delivered();
  }

  /**
   * Counts what is delivered of the messages that `sendAll` sends.
   *
   * @param {() => Promise<void>} sendAll
   * @returns {Promise<BroadcastResult>}
   */
  async measure(sendAll) {
    const before = this.sent;
    this.milliseconds = [];
    const idle = performance.eventLoopUtilization();
    const started = performance.now();
    await sendAll();
    await this.settle();
    const messages = this.sent - before;
    return {
      messages,
      deliveries: messages * this.sockets.length,
      seconds: (performance.now() - started) / 1000,
      milliseconds: Float64Array.from(this.milliseconds),
      busy: performance.eventLoopUtilization(idle).utilization,
    };
  }

  /** Waits until everybody has everything. */
  async settle() {
    const deadline = performance.now() + PATIENCE;
    while (this.outstanding.size > 0 && !this.fault && performance.now() < deadline) await sleep(1);
    if (this.fault) throw new Error(this.fault);
    if (this.outstanding.size > 0)
      throw new Error(`${this.outstanding.size} messages have not reached everybody`);
  }
}

/** @type {Map<string, Group>} */
const groups = new Map();

const handlers = { open, saturate, pace, close };

serve(handlers);

/**
 * Opens a group.
 *
 * @param {{ name: string, listeners: Listener[] }} argument
 */
async function open({ name, listeners }) {
  const group = new Group();
  groups.set(name, group);
  const left = [...listeners];
  while (left.length > 0) await Promise.all(left.splice(0, OPENED_AT_ONCE).map((one) => group.open(one)));
}

/**
 * Keeps `inFlight` messages on their way.
 *
 * @param {{ name: string, seconds: number, inFlight: number }} argument
 */
async function saturate({ name, seconds, inFlight }) {
  const group = member(name);
  const deadline = performance.now() + seconds * 1000;
  return group.measure(async () => {
    group.delivered = () => {
      if (performance.now() < deadline) group.send();
    };
    for (let sent = 0; sent < inFlight; sent++) group.send();
    await sleep(seconds * 1000);
  });
}

/**
 * Sends at a steady rate, whatever becomes of it.
 *
 * @param {{ name: string, seconds: number, perSecond: number }} argument
 */
async function pace({ name, seconds, perSecond }) {
  const group = member(name);
  const started = performance.now();
  group.delivered = () => {};
  return group.measure(async () => {
    for (let sent = 0; sent < seconds * perSecond; sent++) {
      await sleep(Math.max(0, started + (sent * 1000) / perSecond - performance.now()));
      group.send();
    }
  });
}

/**
 * Closes a group, and tells how many messages it has sent in all.
 *
 * @param {{ name: string }} argument
 */
async function close({ name }) {
  const group = member(name);
  groups.delete(name);
  for (const socket of group.sockets) socket.removeAllListeners("close").terminate();
  return group.sent;
}

/** @param {string} name */
function member(name) {
  const group = groups.get(name);
  if (!group) throw new Error(`there is no group ${name}`);
  return group;
}
