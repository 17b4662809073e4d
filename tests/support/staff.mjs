// One person of every role and every add-on, and what they get compared with what the printed table says they get.

import assert from "node:assert/strict";
import { NOBODY } from "./body.mjs";
import { ADD_ONS, attribute, GUARDED, ROLES, reach } from "./permissions.mjs";
import { fill } from "./routes.mjs";
import { found, hire } from "./world.mjs";

/**
 * @typedef {import("./world.mjs").Company} Company
 * @typedef {import("./world.mjs").Member} Member
 * @typedef {import("./actors.mjs").Answer} Answer
 * @typedef {{ label: string, roles: string[], addOns: string[], rank: number, confined: boolean, assignable: boolean,
 *   member: Member }} Person
 * @typedef {"allowed" | "hidden" | `forbidden ${string}`} Verdict
 */

export const COMPANY = "/api/companies/{company}";

/** What rights in a folder are worth, to any role (specification D1, D2). The printed table does not tell. */
const BY_RIGHT = /** @type {Record<string, string>} */ ({
  "conversation.view": "folder",
  "conversation.assign_folder": "folder_assign",
  "conversation.assign_other": "folder_assign",
  "conversation.assign_self_pick": "folder_assign",
});

/** A company with one person of every kind, all of one group. */
export class Staff {
  /** @param {Company} company */
  constructor(company) {
    this.company = company;
    /** @type {Person[]} */
    this.people = [];
    /** @type {any} the group that they are in */
    this.group = undefined;
    /** @type {any} a business unit that none of them is in */
    this.south = undefined;
    /** What a program gets that asks for something that is not there. */
    this.nothing = "";
    /** @type {Set<string>} the routes that were tried */
    this.tried = new Set();
  }

  /** @param {import("./desk.mjs").Desk} desk */
  static async hired(desk) {
    const staff = new Staff(await found(desk));
    // Whatever they are given here, nobody is full.
    (await staff.company.administrator.patch(staff.company.path(), { max_chats: 1000 })).good(200);
    staff.nothing = (await staff.company.administrator.get("/api/nothing/here")).text;
    staff.south = await staff.make("/business-units", { name: "South" });
    staff.group = await staff.make("/teams", { name: "Lamps" });
    for (const role of ROLES) await staff.employ(role, []);
    for (const addOn of ADD_ONS) await staff.employ("agent", [addOn]);
    await staff.employ("order_payment_admin", ADD_ONS);
    return staff;
  }

  /** @param {string} role @param {string[]} addOns */
  async employ(role, addOns) {
    this.people.push({
      label: [role, ...addOns].join(" + "),
      roles: [role],
      addOns,
      rank: Number(attribute(role, "rank")),
      confined: attribute(role, "sees the orders section only") === "yes",
      assignable: attribute(role, "may be assigned conversations") === "yes",
      member: await hire(this.company, role, { add_ons: addOns, teams: [this.group.id] }),
    });
  }

  /** Somebody who shares no team with them, unless he is in the group. @param {string} role @param {boolean} inGroup */
  besides(role, inGroup = false) {
    return hire(this.company, role, this.place(inGroup));
  }

  /** @param {boolean} inGroup */
  place(inGroup) {
    return { business_units: [this.south.id], teams: inGroup ? [this.group.id] : [] };
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  async make(path, body) {
    return (await this.company.administrator.post(this.company.path(path), body)).good(201);
  }

  /** @param {string} id of a conversation @returns {Promise<string>} */
  async contactOf(id) {
    const path = this.company.path(`/conversations/${id}`);
    return (await this.company.administrator.get(path)).good(200).contact.id;
  }

  /** @param {Answer} answer @returns {string} */
  outcome(answer) {
    if (answer.status === 404) return answer.text === this.nothing ? "hidden" : `another 404: ${answer.text}`;
    if (answer.status === 403) return `forbidden ${answer.body.missing}`;
    return answer.status === 401 || answer.status >= 500 ? answer.text : "allowed";
  }

  /**
   * That every route that takes a capability was tried, of those that are chosen.
   *
   * @param {(path: string) => boolean} chosen
   */
  requireAllTried(chosen) {
    const guarded = GUARDED.filter(({ path, access }) => path.startsWith(COMPANY) && access.includes("."));
    const routes = guarded.filter(({ path }) => chosen(path)).map(({ method, path }) => `${method} ${path}`);
    assert.ok(routes.length > 5);
    assert.deepEqual(
      routes.filter((route) => !this.tried.has(route)),
      [],
    );
  }
}

/**
 * @param {Person} person
 * @param {string} capability
 * @param {string[]} relation the scopes that hold
 */
export function may(person, capability, relation) {
  const right = person.confined ? undefined : BY_RIGHT[capability];
  const reached = [...reach(person, capability), ...(right ? [right] : [])];
  return reached.includes("all") || reached.some((scope) => relation.includes(scope));
}

/**
 * @param {Person} person
 * @param {boolean} visible
 * @param {boolean} allowed
 * @param {string} capability
 * @returns {Verdict}
 */
export function verdict(person, visible, allowed, capability) {
  if (person.confined || !visible) return "hidden";
  return allowed ? "allowed" : `forbidden ${capability}`;
}

/** @param {Person} person @param {string} capability @returns {Verdict} of something that concerns the company */
export const anyhow = (person, capability) =>
  verdict(person, true, reach(person, capability).length > 0, capability);

/** Notes where the desk and the table differ. */
export class Comparison {
  /** @param {Staff} staff @param {Person} person */
  constructor(staff, person) {
    this.staff = staff;
    this.person = person;
    /** @type {string[]} */
    this.differences = [];
  }

  /**
   * Tries a route, first with an id that nothing has, where it has one.
   *
   * @param {string} what the relation, for messages
   * @param {string} route `METHOD` and the path below the company
   * @param {{ id?: string, body?: unknown, query?: string, values?: Record<string, string> }} request
   * @param {Verdict[]} accepted
   */
  async expect(what, route, { id, body, query = "", values }, ...accepted) {
    const [method = "", rest = ""] = route.split(" ");
    this.staff.tried.add(`${method} ${COMPANY}${rest}`);
    const send = (/** @type {string | undefined} */ at) =>
      this.person.member.request(
        method,
        fill(COMPANY + rest, { company: this.staff.company.slug, id: at ?? "", ...values }) + query,
        body,
      );
    if (id && accepted.includes("hidden")) {
      const none = await send(NOBODY);
      if (none.text !== this.staff.nothing)
        this.differences.push(`${route}: an unknown id gives ${none.text}`);
    }
    const answer = await send(id);
    const got = this.staff.outcome(answer);
    if (!accepted.some((one) => one === got)) {
      const said = got === "allowed" ? `${got} (${answer.status})` : got;
      this.differences.push(`${route}, ${what}: ${said} instead of ${accepted.join(" or ")}`);
    }
    return answer;
  }

  /** That there is none. */
  finish() {
    assert.deepEqual(this.differences, [], this.person.label);
  }
}
