// Where a history takes place: a company of its own, its people, and whose dashboards are open.

import { anonymous } from "../actors.mjs";
import { found, hire } from "../world.mjs";

/**
 * @typedef {import("../desk.mjs").Desk} Desk
 * @typedef {import("../world.mjs").Company} Company
 * @typedef {import("../world.mjs").Customer} Customer
 * @typedef {import("../world.mjs").Member} Member
 * @typedef {import("../listener.mjs").Listener} Listener
 * @typedef {import("./chance.mjs").Chance} Chance
 *
 * @typedef {object} Things
 * @property {string} id the company's
 * @property {Member[]} supervisors
 * @property {Member[]} agents
 * @property {string} team to which the first agents belong
 * @property {string} folder
 * @property {number} limit the company's, in the beginning
 * @property {number} most conversations that are begun: the fewer, the more people get in each other's way
 * @property {Map<string, number>} ownLimits of those who have their own, in the beginning
 *
 * @typedef {object} Heard
 * @property {string} who
 * @property {boolean} outside whether he is a customer
 * @property {string[]} texts
 */

const FULL_TEAM = ["dispenser", "transfer"];

export class Scene {
  /**
   * @param {Company} company
   * @param {Things} things
   */
  constructor(company, { id, supervisors, agents, team, folder, limit, most, ownLimits }) {
    this.company = company;
    this.id = id;
    this.administrator = company.administrator;
    this.supervisors = supervisors;
    this.agents = agents;
    this.team = team;
    this.folder = folder;
    this.limit = limit;
    this.most = most;
    this.ownLimits = ownLimits;
    /** @type {Customer[]} */
    this.customers = [];
    /** @type {Set<Member>} who has a dashboard open, or would if he could */
    this.present = new Set();
    /** @type {Map<Member, Listener>} */
    this.dashboards = new Map();
    /** @type {Listener[]} of customers */
    this.pages = [];
    /** @type {Map<string, string | undefined>} who had each conversation when it was last heard of */
    this.holders = new Map();
    /** @type {Heard[]} what everybody has heard and seen, of himself and of others */
    this.heard = [];
  }

  /** Everybody to whom conversations may be assigned. */
  get staff() {
    return [...this.supervisors, ...this.agents];
  }

  get everybody() {
    return [this.administrator, ...this.staff];
  }

  /**
   * The most that somebody may ever have had at once: what was asked for counts, answered or not.
   *
   * @param {string} agent
   * @param {import("./notes.mjs").Note[]} notes
   */
  largestLimit(agent, notes) {
    const own = this.path(`/agents/${agent}`);
    const limits = notes
      .filter(({ path }) => path === own || (path === this.path() && !this.ownLimits.has(agent)))
      .map(({ body }) => /** @type {any} */ (body)?.max_chats ?? 0);
    return Math.max(this.ownLimits.get(agent) ?? this.limit, ...limits);
  }

  /** @param {string} [rest] */
  path(rest) {
    return this.company.path(rest);
  }

  /**
   * Somebody opens a dashboard, if the desk lets him.
   *
   * @param {Member} member
   */
  async comes(member) {
    this.present.add(member);
    if (this.isThere(member)) return;
    const dashboard = await member.listen(member.path("/live")).catch(() => undefined);
    if (!dashboard) return;
    dashboard.socket.on("error", () => {});
    this.dashboards.get(member)?.close();
    this.dashboards.set(member, dashboard);
    this.heard.push({ who: member.id, outside: false, texts: dashboard.texts });
  }

  /** A customer comes, who listens from now on until the machine dies. @param {Customer} customer */
  async begins(customer) {
    if (this.customers.some(({ id }) => id === customer.id)) return;
    this.customers.push(customer);
    const page = await customer.listen(customer.path("/live?after=0")).catch(() => undefined);
    if (!page) return;
    page.socket.on("error", () => {});
    this.pages.push(page);
    this.heard.push({ who: customer.id, outside: true, texts: page.texts });
  }

  /** Everybody looks at all that he may see. */
  async lookAround() {
    const look = async (/** @type {import("../actors.mjs").Actor} */ actor, /** @type {string} */ path) =>
      (await actor.get(path)).text;
    for (const customer of this.customers) {
      const texts = [
        await look(customer, customer.path()),
        await look(customer.inBrowser(), customer.page()),
      ];
      this.heard.push({ who: customer.id, outside: true, texts });
    }
    for (const member of this.everybody) {
      const texts = [await look(member, member.path("/conversations?limit=100"))];
      this.heard.push({ who: member.id, outside: false, texts });
    }
  }

  /** @param {Member} member */
  leaves(member) {
    this.present.delete(member);
    this.dashboards.get(member)?.close();
    this.dashboards.delete(member);
  }

  /** Whether a dashboard of his is open. @param {Member} member */
  isThere(member) {
    const { socket } = this.dashboards.get(member) ?? {};
    return socket?.readyState === socket?.OPEN && socket !== undefined;
  }

  whoIsThere() {
    return new Set(this.everybody.filter((member) => this.isThere(member)).map(({ id }) => id));
  }

  /** Whoever wants to be there and may, is; who was signed out signs in again. */
  async assemble() {
    for (const member of this.present) {
      if (this.isThere(member)) continue;
      await this.comes(member);
      if (!this.isThere(member)) {
        await signIn(member);
        await this.comes(member);
      }
    }
  }

  close() {
    for (const open of [...this.dashboards.values(), ...this.pages]) open.close();
  }
}

/**
 * Signs somebody in again, if he may come in.
 *
 * @param {Member} member
 */
export async function signIn(member) {
  const { email, password } = member;
  const answer = await anonymous(member.desk)
    .post("/api/session", { email, password })
    .catch(() => undefined);
  const session = answer?.cookie("edgedesk")?.value;
  if (!session) return;
  member.session = session;
  member.headers = { ...member.headers, cookie: `edgedesk=${session}` };
}

/**
 * Sets a scene.
 *
 * @param {Desk} desk
 * @param {Chance} chance
 * @returns {Promise<Scene>}
 */
export async function setScene(desk, chance) {
  const company = await found(desk);
  const { administrator } = company;
  const supervisors = await Promise.all([hire(company, "supervisor"), hire(company, "supervisor")]);
  const own = Array.from({ length: 3 }, () => chance.between(1, 2));
  const agents = await Promise.all(
    own.map((max_chats) => hire(company, "agent", { add_ons: FULL_TEAM, max_chats })),
  );
  const escalates = chance.happens(0.3) ? { response_time: "PT2S", escalation: "queue" } : {};
  const limit = chance.between(1, 4);
  const assignment_policy = chance.of(["off", "round_robin", "balanced"]);
  const settings = { max_chats: limit, assignment_policy, ...escalates };
  const { id } = (await administrator.patch(company.path(), settings)).good(200);
  const members = agents.slice(0, 2).map((agent) => agent.id);
  const team = (await administrator.post(company.path("/teams"), { name: "Lamps", agents: members })).good(
    201,
  ).id;
  const folder = (await administrator.post(company.path("/folders"), { name: "Code" })).good(201).id;
  const most = chance.of([4, 12, 30]) ?? 30;
  const ownLimits = new Map(agents.map((agent, n) => [agent.id, own[n] ?? 0]));
  const scene = new Scene(company, { id, supervisors, agents, team, folder, limit, most, ownLimits });
  for (const member of scene.everybody) if (chance.happens(0.5)) await scene.comes(member);
  return scene;
}
