// What companies sell, and orders of it, made through the front door.

import { randomUUID } from "node:crypto";
import { unique } from "./world.mjs";

/**
 * @typedef {import("./world.mjs").Company} Company
 * @typedef {import("./world.mjs").Member} Member
 * @typedef {import("./world.mjs").Customer} Customer
 */

/** @param {number} amount @param {string} [currency] */
export const money = (amount, currency = "EUR") => ({ amount, currency });

/** Something that is sold. @param {Company} company @param {Record<string, unknown>} [more] @returns {Promise<any>} */
export async function sell(company, more = {}) {
  const item = { name: unique("Lamp"), price: money(1_999), tax_rate: 1_900, ...more };
  return (await company.administrator.post(company.path("/catalog"), item)).good(201);
}

/** A line without a tax. @param {number} amount @param {string} [currency] */
export const line = (amount, currency = "EUR") => ({
  name: "Lamp",
  quantity: 1,
  unit_price: money(amount, currency),
});

/**
 * An order, in a conversation or for an address of its own.
 *
 * @param {Member} member
 * @param {Record<string, unknown>} [more]
 * @returns {Promise<any>}
 */
export async function order(member, more = {}) {
  const whose = "conversation_id" in more || "contact_id" in more ? {} : { contact: { email: someone() } };
  const body = { ...whose, lines: [line(1_000)], ...more };
  return (await member.post(member.path("/orders"), body)).good(201);
}

/** An address that nobody has yet. */
export const someone = () => `${unique("buyer")}@people.example`;

/** An order that is to be paid. @param {Member} member @param {Record<string, unknown>} [more] @returns {Promise<any>} */
export async function confirmed(member, more = {}) {
  const { id } = await order(member, more);
  return (await member.post(member.path(`/orders/${id}/confirmation`))).good(200);
}

/**
 * A payment that is asked for.
 *
 * @param {Member} member
 * @param {{ id: string }} order
 * @param {string} [method]
 * @param {number} [amount]
 * @returns {Promise<any>}
 */
export async function ask(member, { id }, method = "transfer", amount = undefined) {
  return (await member.post(member.path(`/orders/${id}/payments`), { method, amount })).good(201);
}

/** The same, whatever comes of it. @param {Member} member @param {{ id: string }} order @param {unknown} body */
export const askFor = (member, { id }, body) => member.post(member.path(`/orders/${id}/payments`), body);

/** How an order and its payments stand. @param {any} order @returns {[string, string[]]} */
export const states = ({ state, payments }) => [state, payments.map((/** @type {any} */ one) => one.state)];

/** Something done to a payment. @param {Member} member @param {{ id: string, order: { id: string } }} payment @param {string} what @param {unknown} [body] */
export const pay = (member, { id, order }, what, body) =>
  member.post(member.path(`/orders/${order.id}/payments/${id}/${what}`), body);

/** @param {Member} member @param {{ id: string }} order @returns {Promise<any>} */
export const read = async (member, { id }) => (await member.get(member.path(`/orders/${id}`))).good(200);

/** Sends items to a customer. @param {Member} member @param {Customer} customer @param {any[]} items @param {string} [text] */
export const show = (member, customer, items, text = undefined) =>
  member.post(member.at(customer, "/catalog"), {
    client_id: randomUUID(),
    item_ids: items.map(({ id }) => id),
    text,
  });

/** Steps of orders in a conversation's history. @param {Member} member @param {Customer} customer @returns {Promise<any[]>} */
export const steps = async (member, customer) =>
  (await member.events(customer)).filter((/** @type {any} */ { kind }) => kind === "order");
