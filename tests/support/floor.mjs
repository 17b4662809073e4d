// A floor with agents at work: who is there, what waits, and who has what.

import { after } from "node:test";
import { startDesk, until } from "./desk.mjs";
import { hire, write } from "./world.mjs";

/**
 * @typedef {import("./world.mjs").Company} Company
 * @typedef {import("./world.mjs").Customer} Customer
 * @typedef {import("./world.mjs").Member} Member
 * @typedef {import("./listener.mjs").Listener} Listener
 */

/** The dashboards that are open. */
export class Floor {
  constructor() {
    /** @type {Map<Member, Listener>} */
    this.dashboards = new Map();
    /** @type {{ close: () => void }[]} whatever else is open */
    this.others = [];
  }

  /**
   * A desk and the floor before it, put away after the tests of a file.
   *
   * @returns {Promise<{ desk: import("./desk.mjs").Desk, floor: Floor }>}
   */
  static async open() {
    const [desk, floor] = [await startDesk(), new Floor()];
    after(async () => {
      floor.close();
      await desk.stop();
    });
    return { desk, floor };
  }

  /**
   * Somebody opens his dashboard.
   *
   * @param {Member} member
   * @returns {Promise<Listener>}
   */
  async comes(member) {
    this.dashboards.get(member)?.close();
    const dashboard = await member.listen(member.path("/live"));
    this.dashboards.set(member, dashboard);
    await dashboard.hears({ type: "hello" });
    return dashboard;
  }

  /** @param {Member} member */
  leaves(member) {
    this.dashboards.get(member)?.close();
    this.dashboards.delete(member);
  }

  close() {
    for (const open of [...this.dashboards.values(), ...this.others]) open.close();
  }
}

/** @param {Company} company @param {Record<string, unknown>} change */
export const set = async (company, change) =>
  (await company.administrator.patch(company.path(), change)).good(200);

/** @param {Company} company @param {number} count @param {Record<string, unknown>} [more] */
export const hireMany = (company, count, more = {}) =>
  Promise.all(Array.from({ length: count }, () => hire(company, "agent", more)));

/**
 * Customers who write one after the other.
 *
 * @param {Company} company
 * @param {number} count
 * @returns {Promise<Customer[]>}
 */
export async function writeMany(company, count) {
  const customers = [];
  for (let n = 0; n < count; n += 1) customers.push(await write(company));
  return customers;
}

/** @param {Company} company @returns {Promise<any>} */
export const board = async (company) =>
  (await company.administrator.get(company.path("/status-board"))).good(200);

/** What one agent has, by the board. @param {Member} member @returns {Promise<any>} */
export const onBoard = async (member) =>
  (await board(member.company)).items.find((/** @type {any} */ item) => item.id === member.id);

/** Who has a conversation, by its own word. @param {Customer} customer @returns {Promise<string | undefined>} */
export const holder = async (customer) => (await customer.company.administrator.read(customer)).assignee?.id;

/**
 * Waits until somebody has a conversation; nobody, where none is named.
 *
 * @param {Customer} customer
 * @param {Member | undefined} member
 */
export const isWith = (customer, member) =>
  until(
    async () => ((await holder(customer)) ?? "nobody") === (member?.id ?? "nobody"),
    `${member?.name ?? "nobody"} has the conversation`,
  );

/** Waits until so many conversations wait. @param {Company} company @param {number} count */
export const waitFor = (company, count) =>
  until(async () => (await board(company)).waiting === count, `${count} wait`);
