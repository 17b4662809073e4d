// A company of its own for a measure: a Desk that nothing else has used, people, and conversations that wait.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, json } from "./http.mjs";
import { openingRequest } from "./words.mjs";

/** Most conversations that a company lets anybody have. */
export const MOST_CHATS = 1000;
/** People who take conversations at the same time. */
export const TAKERS = 8;
/** Good by every rule for passwords. */
const PASSWORD = "Try-this-desk!1";
/** How many prepare at the same time. */
const AT_ONCE = 16;
/** What the Desk and the index have not heard of by then is lost. */
const PATIENCE = 60_000;
const POLL_MILLISECONDS = 20;

/**
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./sockets.mjs").Listener} Listener
 * @typedef {{ id: string }} Conversation
 * @typedef {{ id: string, token: string }} Person
 * @typedef {Awaited<ReturnType<typeof found>>} Company
 *
 * @typedef {object} Ground where a company is founded
 * @property {string} origin
 * @property {string} founder his token
 * @property {(email: string, password: string) => Promise<string>} signIn a token
 * @property {() => Promise<void>} rest waits until workerd has nothing left to do
 */

/** @param {Ground} ground @param {Record<string, unknown>} settings */
export async function found({ origin, founder, signIn, rest }, settings) {
  /** @type {(method: string, path: string, body?: unknown, bearer?: string) => Promise<any>} */
  const send = (method, path, body, bearer = founder) =>
    ask(origin, { method, path, bearer, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const unique = () => randomBytes(6).toString("hex");

  const name = `Bench ${unique()}`;
  const { slug } = await send("POST", "/api/companies", { company: name });
  const base = `/api/companies/${slug}`;
  await send("PATCH", base, settings);
  const board = () => send("GET", `${base}/status-board`);

  return {
    slug,
    /** The token of the one who may do everything. */
    founder,
    board,

    /** @param {Record<string, unknown>} change */
    set: (change) => send("PATCH", base, change),

    /** @param {string} name @returns {Promise<string>} its id */
    folder: async (name) => (await send("POST", `${base}/folders`, { name })).id,

    /**
     * People who start to work here.
     *
     * @param {number} count
     * @param {string} role
     * @param {string[]} [add_ons]
     */
    hire: async (count, role, add_ons = []) => {
      const people = /** @type {Person[]} */ ([]);
      for (let number = 1; number <= count; number++) {
        const email = `${role}-${unique()}@bench.example`;
        const who = { email, first_name: "Bench", last_name: `${role} ${number}`, roles: [role], add_ons };
        const { agent, invitation_url } = await send("POST", `${base}/agents`, { ...who, send_email: false });
        const token = new URL(invitation_url).pathname.replace("/invitation/", "");
        await ask(origin, {
          method: "POST",
          path: `/api/invitations/${token}`,
          body: JSON.stringify({ password: PASSWORD }),
        });
        people.push({ id: agent.id, token: await signIn(email, PASSWORD) });
      }
      return people;
    },

    /**
     * Conversations that wait, in this order. Everybody who has to hear of them has, when this returns.
     *
     * @param {number} count
     */
    open: async (count) => {
      const before = (await board()).waiting;
      const conversations = /** @type {Conversation[]} */ ([]);
      let left = count;
      const one = async () => {
        while (left-- > 0) {
          const number = unique();
          const request = openingRequest(slug, number, number.slice(0, 8), "Waiting");
          const { id } = await ask(origin, request);
          conversations.push({ id });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      const deadline = performance.now() + PATIENCE;
      while ((await board()).waiting < before + count) {
        if (performance.now() > deadline) throw new Error("the Desk has not heard of all conversations");
        await sleep(POLL_MILLISECONDS);
      }
      await rest();
      return conversations;
    },

    /** @type {(conversation: Conversation, by: Person) => LoadRequest} */
    claim: ({ id }, { token }) => ({
      method: "POST",
      path: `${base}/conversations/${id}/claim`,
      bearer: token,
      body: "{}",
    }),
    /** The Dispenser. @type {(by: Person) => LoadRequest} */
    next: ({ token }) => ({
      method: "POST",
      path: `${base}/conversations/next`,
      bearer: token,
      body: "{}",
      // 204 would say that nobody waits.
      status: 200,
    }),
    /** @type {(conversation: Conversation, by: Person) => LoadRequest} */
    close: ({ id }, { token }) => ({
      method: "PUT",
      path: `${base}/conversations/${id}/status`,
      bearer: token,
      body: JSON.stringify({ status: "closed" }),
    }),
    /** @type {(conversation: Conversation, folder: string) => LoadRequest} */
    sort: ({ id }, folder) => ({
      method: "PUT",
      path: `${base}/conversations/${id}/folder`,
      bearer: founder,
      body: JSON.stringify({ folder_id: folder }),
    }),
    /** @type {(conversation: Conversation) => LoadRequest} */
    read: ({ id }) => ({ method: "GET", path: `${base}/conversations/${id}`, bearer: founder }),
    /** Somebody's dashboard. @type {(bearer: string) => Listener} */
    dashboard: (bearer) => ({ url: `${origin.replace(/^http/, "ws")}${base}/live`, bearer }),
    /** What happens in a conversation. @type {(conversation: Conversation) => Listener} */
    listener: ({ id }) => ({
      url: `${origin.replace(/^http/, "ws")}${base}/conversations/${id}/live`,
      bearer: founder,
    }),
  };
}

/**
 * Requests by which people take conversations, and to whom each is then promised.
 *
 * @param {Company} company
 * @param {Conversation[]} conversations
 * @param {Person[]} people
 */
export function claims(company, conversations, people) {
  const promised = /** @type {Map<string, string>} */ (new Map());
  const requests = conversations.map((conversation, at) => {
    const by = /** @type {Person} */ (people[at % people.length]);
    promised.set(conversation.id, by.id);
    return company.claim(conversation, by);
  });
  return { requests, promised };
}

/**
 * What conversations say of themselves.
 *
 * @param {import("./comparing.mjs").Bench} bench
 * @param {Company} company
 * @param {Conversation[]} conversations
 */
export async function views({ load, edgedesk: { origin } }, company, conversations) {
  const requests = conversations.map(company.read);
  return (await load.call("draw", { origin, requests, inFlight: AT_ONCE })).answers;
}

/**
 * Every assignment that was acknowledged is there, by the conversations' own word and by the Desk's; what nobody was
 * promised waits, and nobody has more than he may have.
 *
 * @param {Company} company
 * @param {Map<string, string>} promised by conversation, whose it is
 * @param {string[]} answers what all conversations of the company say of themselves
 */
export async function confirmAssignments(company, promised, answers) {
  for (const view of answers.map(json)) {
    const [has, should] = [view.assignee?.id, promised.get(view.id)];
    if (has !== should) throw new Error(`${view.id} was promised to ${should}, and ${has} has it`);
  }
  const loads = new Map();
  for (const agent of promised.values()) loads.set(agent, (loads.get(agent) ?? 0) + 1);
  const { items, waiting } = await company.board();
  for (const { id, open, limit } of items) {
    if (open > limit) throw new Error(`${id} has ${open} conversations and may have ${limit}`);
    if (open !== (loads.get(id) ?? 0)) throw new Error(`${id} has ${loads.get(id)} and ${open} by the Desk`);
  }
  const left = answers.length - promised.size;
  if (waiting !== left) throw new Error(`${left} conversations wait, and ${waiting} by the Desk`);
}
