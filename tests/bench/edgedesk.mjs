// Edgedesk as it is measured: the built Worker with the seeded company, asked the way its users ask.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { applyMigrations, startRuntime } from "../../tools/runtime.mjs";
import { people, seed } from "../../tools/seed.mjs";
import { MESSAGE_MARK, messageText, SENTENCE } from "./words.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMPANY = "/api/companies/acme";
/** The role of the agent who is measured: he sees every conversation, and answers himself. */
const AGENT = "super_agent";
/** Most events, and most conversations, that one request returns. */
const EVENTS_AT_ONCE = 1000;
const LISTED_AT_ONCE = 100;
/** Stands in the subjects of the conversations that are opened as load. */
const SUBJECT_MARK = "Bench conversation";

/**
 * @typedef {import("./load.mjs").LoadRequest} LoadRequest
 * @typedef {import("./sockets.mjs").Listener} Listener
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} secret the customer's
 *
 * @typedef {Awaited<ReturnType<typeof startEdgedesk>>} Edgedesk
 */

export async function startEdgedesk() {
  const ring = () => `bench:${randomBytes(32).toString("base64")}`;
  // As deployed: "local" would also keep every mail for the page that shows them.
  const vars = { ENVIRONMENT: "production", SESSION_KEYS: ring(), LINK_KEYS: ring() };
  const runtime = await startRuntime({ root: ROOT, vars });
  await applyMigrations(runtime);
  const origin = runtime.workerUrl;
  await seed(origin);
  const agent = people.find((person) => person.roles.includes(AGENT));
  if (!agent) throw new Error(`nobody of the seed is ${AGENT}`);
  const { email, password } = agent;
  const { token } = await ask(origin, {
    method: "POST",
    path: "/api/tokens",
    body: text({ email, password }),
  });
  const run = randomBytes(4).toString("hex");

  /** @param {string} path @param {string} [bearer] */
  const get = (path, bearer = token) => ask(origin, { method: "GET", path, bearer });

  return {
    origin,
    pid: () => runtime.pid,
    stop: () => runtime.stop(),

    /** @type {LoadRequest} */
    health: { method: "GET", path: "/api/health" },
    /** Session, membership, permission, and no more: a super agent may not read the audit trail. @type {LoadRequest} */
    check: { method: "GET", path: `${COMPANY}/audit`, bearer: token, status: 403 },
    /** @type {LoadRequest} */
    me: { method: "GET", path: `${COMPANY}/me`, bearer: token },
    /** @type {LoadRequest} */
    inbox: { method: "GET", path: `${COMPANY}/conversations?limit=50`, bearer: token },
    /** @type {(conversation: Conversation) => LoadRequest} */
    read: ({ id }) => ({ method: "GET", path: `${COMPANY}/conversations/${id}`, bearer: token }),
    /** @type {LoadRequest} */
    begin: openingRequest("{number}", run, SUBJECT_MARK),
    /** @type {(conversation: Conversation) => LoadRequest} */
    write: ({ id, secret }) => ({
      method: "POST",
      path: `/api/public/conversations/${id}/messages`,
      bearer: secret,
      body: text(messageText("{number}", run)),
    }),
    /** @type {(conversation: Conversation) => LoadRequest} */
    reply: ({ id }) => ({
      method: "POST",
      path: `${COMPANY}/conversations/${id}/messages`,
      bearer: token,
      body: text(messageText("{number}", run)),
    }),
    /** @type {(conversation: Conversation, who: "customer" | "agent") => Listener} */
    listener: ({ id, secret }, who) => {
      const socket = origin.replace(/^http/, "ws");
      return who === "customer"
        ? { url: `${socket}/api/public/conversations/${id}/live`, bearer: secret }
        : { url: `${socket}${COMPANY}/conversations/${id}/live`, bearer: token };
    },

    /**
     * Opens conversations for others to work with.
     *
     * @param {number} count
     */
    open: async (count) => {
      const opened = /** @type {Conversation[]} */ ([]);
      for (let number = 0; number < count; number++) {
        const unique = randomBytes(6).toString("hex");
        const { id, url } = await ask(origin, openingRequest(unique, unique.slice(0, 8), "Prepared"));
        opened.push({ id, secret: url.split("/c/")[1] });
      }
      return opened;
    },

    /** @param {Conversation} conversation */
    claim: ({ id }) => {
      const path = `${COMPANY}/conversations/${id}/claim`;
      return ask(origin, { method: "POST", path, bearer: token, body: "{}" });
    },

    /**
     * The numbered messages that conversations have, each counted once.
     *
     * @param {Conversation[]} conversations
     */
    messages: async (conversations) => {
      let count = 0;
      for (const { id } of conversations) {
        const seen = new Set();
        for (let after = "0"; after; ) {
          const query = `events?after=${after}&limit=${EVENTS_AT_ONCE}`;
          const { items, next } = await get(`${COMPANY}/conversations/${id}/${query}`);
          for (const { body } of items) if (body?.startsWith(MESSAGE_MARK)) seen.add(body);
          after = next;
        }
        count += seen.size;
      }
      return count;
    },

    /** How many conversations of the load the list has, each counted once. */
    listed: async () => {
      const seen = new Set();
      for (let cursor = ""; cursor !== null; ) {
        const query = `limit=${LISTED_AT_ONCE}${cursor && `&cursor=${cursor}`}`;
        const { items, next } = await get(`${COMPANY}/conversations?${query}`);
        for (const { subject } of items) if (subject.startsWith(SUBJECT_MARK)) seen.add(subject);
        cursor = next;
      }
      return seen.size;
    },

    /** How many conversations nobody has answered, by the dashboard's counter. */
    unanswered: async () => Number((await get(`${COMPANY}/conversations/counters`)).new),
  };
}

/** @type {(number: string, run: string, subject: string) => LoadRequest} */
function openingRequest(number, run, subject) {
  const { client_id } = messageText(number, run);
  const who = { name: `Customer ${number}`, email: `c${number}@example.org` };
  const words = { client_id, ...who, subject: `${subject} ${number}`, body: SENTENCE };
  return { method: "POST", path: "/api/public/companies/acme/conversations", body: text(words) };
}

/** @param {unknown} value */
const text = (value) => JSON.stringify(value);

/** @type {(origin: string, request: LoadRequest) => Promise<any>} */
export async function ask(origin, { method, path, bearer, body }) {
  const headers = {
    "content-type": "application/json",
    ...(bearer && { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(origin + path, { method, headers, body: body ?? null });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
