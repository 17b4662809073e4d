// What agents have said and the server does not have yet. It survives reloads and days without a network: each message
// lies in the browser's storage, under the person at the company, until the server has taken it, or the person has taken
// it back or signed out. The name of a message makes repeats harmless, also from two windows at once.
import { computed, signal } from "@preact/signals";
import { at, Problem, post } from "./api.js";

/** @import { Attachment, LogEvent } from "./types.js" */
/** @typedef {"message" | "note"} Mode */
/** What goes with words: files, and other members of the request. @typedef {{ attachments?: Attachment[], [member: string]: unknown }} More */
/** `waiting`: for the network; `refused` says why; `heard`: its event came over the socket before the answer did. */
/** @typedef {{ client_id: string, conversation: string, mode: Mode, body: string, at: string, attachments: Attachment[], more?: Record<string, unknown>,
 *   waiting?: boolean, refused?: string, heard?: boolean }} Outgoing */

const PREFIX = "edgedesk-unsent-";
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** The person at the company whose messages these are. @type {{ agent: string, slug: string } | undefined} */
let owner;
const messages = signal(/** @type {Outgoing[]} */ ([]));
/** Conversations whose messages are being sent. @type {Set<string>} */
const working = new Set();
/** Ends the waits between attempts. @type {Set<() => void>} */
const sleepers = new Set();
/** Whoever wants to know what became of a conversation's messages. @type {Map<string, (event: LogEvent) => void>} */
const readers = new Map();

/** How many messages wait to be sent, in all conversations. */
export const unsent = computed(() => messages.value.filter(({ refused }) => !refused).length);

/** What is on its way in a conversation, in the order in which it was said. @param {string} conversation */
export const outgoingIn = (conversation) =>
  computed(() => messages.value.filter((one) => one.conversation === conversation && !one.heard));

addEventListener("online", wake);
addEventListener("storage", ({ key }) => {
  if (owner && (key === null || key.startsWith(PREFIX))) read();
});

/** Goes on with what somebody said earlier. @param {string} agent his id at the company @param {string} slug */
export function openOutbox(agent, slug) {
  const same = owner?.agent === agent;
  owner = { agent, slug };
  if (!same) read();
}

/** Somebody is gone; what he said stays for when he comes back. */
export function closeOutbox() {
  owner = undefined;
  messages.value = [];
  wake();
}

/** Forgets everything that anybody has not sent from this browser. */
export function emptyOutbox() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  closeOutbox();
}

/**
 * Says something: on the screen at once, in the log as soon as it can be, also when nobody looks any more.
 * @param {string} conversation
 * @param {Mode} mode
 * @param {string} body
 * @param {More} [more]
 */
export function say(conversation, mode, body, { attachments = [], ...more } = {}) {
  const one = {
    client_id: crypto.randomUUID(),
    conversation,
    mode,
    body,
    at: afterAll(),
    attachments,
    more: { ...more, attachments: attachments.map(({ id }) => id) },
    waiting: messages.peek().some((other) => other.conversation === conversation && other.waiting),
  };
  keep(one);
  work(conversation);
}

/**
 * The log has words like these by the same person: what is shown twice for a moment is confusing. It is still sent until
 * the server answers, in case they were other words.
 * @param {string} conversation
 * @param {Mode} mode
 * @param {string} body
 */
export function heard(conversation, mode, body) {
  const same = (/** @type {Outgoing} */ one) =>
    one.conversation === conversation && one.mode === mode && one.body.trim() === body.trim();
  const first = messages.peek().find((one) => same(one) && !one.heard && !one.refused);
  if (first) mark(first.client_id, { heard: true });
}

/** Tries once more what was refused. @param {string} client_id */
export function retry(client_id) {
  const one = messages.peek().find((message) => message.client_id === client_id);
  if (!one) return;
  keep({ ...one, refused: undefined });
  work(one.conversation);
}

/** @param {string} client_id */
export function discard(client_id) {
  if (owner) localStorage.removeItem(keyOf(owner.agent, client_id));
  messages.value = messages.peek().filter((one) => one.client_id !== client_id);
}

/**
 * Tells somebody of a conversation's messages as they arrive.
 * @param {string} conversation
 * @param {(event: LogEvent) => void} hear
 */
export function follow(conversation, hear) {
  readers.set(conversation, hear);
  return () => {
    if (readers.get(conversation) === hear) readers.delete(conversation);
  };
}

/** The network is back, or seems to be: no reason to wait. */
export function wake() {
  for (const end of [...sleepers]) end();
}

/** Sends a conversation's messages, one after the other: what was said first is in the log first. @param {string} conversation */
async function work(conversation) {
  const mine = owner;
  if (!mine || working.has(conversation)) return;
  working.add(conversation);
  try {
    for (let wait = FIRST_WAIT; ; ) {
      const one = messages.peek().find((next) => next.conversation === conversation && !next.refused);
      if (!one || owner !== mine) return;
      if (await send(mine.slug, one)) wait = FIRST_WAIT;
      else {
        // Everybody lost the connection at once: they must not all come back at once.
        await sleep(wait * (0.5 + Math.random()));
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  } finally {
    working.delete(conversation);
    if (owner && owner !== mine) resume();
  }
}

/** @param {string} slug @param {Outgoing} one @returns {Promise<boolean>} whether it is settled, one way or the other */
async function send(slug, one) {
  const { client_id, conversation, mode, body, more } = one;
  const path = `${at(slug)}/conversations/${conversation}/${mode === "note" ? "notes" : "messages"}`;
  try {
    const { event } = await post(path, { client_id, body, ...more });
    discard(client_id);
    waits(conversation, false);
    readers.get(conversation)?.(event);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!messages.peek().some((known) => known.client_id === client_id)) return true;
    if (error.status === 401 || error.status === 0 || error.status === 429 || error.status >= 500) {
      waits(conversation, true);
      return false;
    }
    const known = messages.peek().find((message) => message.client_id === client_id);
    if (known) keep({ ...known, waiting: false, heard: false, refused: error.message || error.code || "" });
    return true;
  }
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      sleepers.delete(end);
      resolve(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    sleepers.add(end);
  });
}

/** @param {string} agent @param {string} client_id */
const keyOf = (agent, client_id) => `${PREFIX}${agent}-${client_id}`;

/** In storage first: what is on the screen survives. @param {Outgoing} one */
function keep(one) {
  if (!owner) return;
  const { waiting, heard, ...lasting } = one;
  try {
    localStorage.setItem(keyOf(owner.agent, one.client_id), JSON.stringify(lasting));
  } catch {
    // A full or forbidden storage: it is sent all the same, while this page is open.
  }
  const others = messages.peek().filter(({ client_id }) => client_id !== one.client_id);
  messages.value = [...others, one].sort(inOrder);
}

/** What waits, and whatever is behind it. @param {string} conversation @param {boolean} waiting */
function waits(conversation, waiting) {
  messages.value = messages
    .peek()
    .map((one) => (one.conversation === conversation ? { ...one, waiting } : one));
}

/** @param {string} client_id @param {Partial<Outgoing>} change */
function mark(client_id, change) {
  messages.value = messages.peek().map((one) => (one.client_id === client_id ? { ...one, ...change } : one));
}

/** What storage holds, as another window or an earlier page left it. */
function read() {
  const mine = `${PREFIX}${owner?.agent}-`;
  const known = new Map(messages.peek().map((one) => [one.client_id, one]));
  const stored = Object.keys(localStorage)
    .filter((key) => key.startsWith(mine))
    .map((key) => /** @type {Outgoing} */ (JSON.parse(localStorage.getItem(key) ?? "{}")))
    .map((one) => ({ waiting: !navigator.onLine, ...one, ...flags(known.get(one.client_id)) }));
  messages.value = stored.sort(inOrder);
  resume();
}

/** What is known of a message here, and not in storage. @param {Outgoing | undefined} one */
const flags = (one) => (one ? { waiting: one.waiting, heard: one.heard } : {});

function resume() {
  for (const conversation of new Set(messages.peek().map((one) => one.conversation))) work(conversation);
}

/** Now, but later than everything that was said before: clocks are too coarse for two quick messages. */
function afterAll() {
  const last = Date.parse(messages.peek().at(-1)?.at ?? "") || 0;
  return new Date(Math.max(Date.now(), last + 1)).toISOString();
}

/** @param {Outgoing} one @param {Outgoing} other */
const inOrder = (one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0);
