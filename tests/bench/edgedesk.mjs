// Edgedesk as it is measured: the built Worker with the seeded company, asked the way its users ask.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { applyMigrations, startRuntime } from "../../tools/runtime.mjs";
import { people, seed } from "../../tools/seed.mjs";
import { found } from "./company.mjs";
import { ask } from "./http.mjs";
import { rest } from "./turns.mjs";
import { MESSAGE_MARK, messageText, openingRequest } from "./words.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SLUG = "acme";
const COMPANY = `/api/companies/${SLUG}`;
/** The role of the agent who is measured: he sees every conversation, and answers himself. */
const AGENT = "super_agent";
/** The role of whoever founds companies for measures that want one of their own. */
const FOUNDER = "administrator";
/** Most events, and most conversations, that one request returns. */
const EVENTS_AT_ONCE = 1000;
const LISTED_AT_ONCE = 100;
/** Stands in the subjects of the conversations that are opened as load. */
const SUBJECT_MARK = "Bench conversation";

/**
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
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
  const vars = {
    ENVIRONMENT: "production",
    SESSION_KEYS: ring(),
    LINK_KEYS: ring(),
    // Load is more than anybody says.
    WORDS_A_MINUTE: "1000000",
  };
  const runtime = await startRuntime({ root: ROOT, vars });
  await applyMigrations(runtime);
  const origin = runtime.workerUrl;
  await seed(origin);
  /** @param {string} email @param {string} password @returns {Promise<string>} */
  const signIn = async (email, password) =>
    (await ask(origin, { method: "POST", path: "/api/tokens", body: text({ email, password }) })).token;
  const whoIs = (/** @type {string} */ role) => {
    const person = people.find(({ roles }) => roles.includes(role));
    if (!person) throw new Error(`nobody of the seed is ${role}`);
    return person;
  };
  const tokenOf = (/** @type {string} */ role) => signIn(whoIs(role).email, whoIs(role).password);
  const token = await tokenOf(AGENT);
  const founder = await tokenOf(FOUNDER);
  const run = randomBytes(4).toString("hex");

  /** @param {string} path @param {string} [bearer] */
  const get = (path, bearer = token) => ask(origin, { method: "GET", path, bearer });

  return {
    origin,
    /** With the static files, as people visit it. */
    url: runtime.url,
    slug: SLUG,
    founder: whoIs(FOUNDER),
    pid: () => runtime.pid,
    stop: () => runtime.stop(),
    /** Straight into the database. @param {string[]} statements */
    sql: (statements) => runtime.sql("DB", statements),

    /** @param {Record<string, unknown>} settings */
    found: (settings) => found({ origin, founder, signIn, rest: () => rest(runtime.pid) }, settings),

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
    begin: openingRequest(SLUG, "{number}", run, SUBJECT_MARK),
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
        const { id, url } = await ask(origin, openingRequest(SLUG, unique, unique.slice(0, 8), "Prepared"));
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

/** @param {unknown} value */
const text = (value) => JSON.stringify(value);
