// One of each thing that a path names by `{id}`, so that a refusal is not for want of the thing.

import { PNG, RULE, SCHEDULE, subscription } from "./body.mjs";
import { ask, confirmed, sell } from "./shop.mjs";
import { invite, unique, write } from "./world.mjs";

/** @typedef {Record<string, string>} Things ids, by the part of the path before them */

/**
 * Makes one of each at a company. The agent is invited, so that nothing that is done to him signs anybody out.
 *
 * @param {import("./world.mjs").Company} company
 * @returns {Promise<Things & { conversation: import("./world.mjs").Customer, invitation: string }>}
 */
export async function oneOfEach(company) {
  const conversation = await write(company);
  const { contact } = await company.administrator.read(conversation);
  const { agent, token } = await invite(company, ["agent"]);
  const order = await confirmed(company.administrator);
  return /** @type {any} */ ({
    conversation,
    invitation: token,
    agents: agent.id,
    roles: await make(company, "roles", { base: "agent" }),
    teams: await make(company, "teams"),
    "business-units": await make(company, "business-units"),
    folders: await make(company, "folders"),
    tags: await make(company, "tags"),
    responses: await make(company, "responses", { body: "We open at nine.", scope: "company" }),
    automations: await make(company, "automations", RULE),
    "report-schedules": await make(company, "report-schedules", SCHEDULE),
    "push-subscriptions": await subscribe(company),
    catalog: (await sell(company)).id,
    orders: order.id,
    payment: (await ask(company.administrator, order)).id,
    contacts: contact.id,
    conversations: conversation.id,
    files: await attach(company),
  });
}

/**
 * Something with a name, made by the administrator.
 *
 * @param {import("./world.mjs").Company} company
 * @param {"roles" | "teams" | "business-units" | "folders" | "tags" | "responses" | "automations" | "report-schedules"} kind
 * @param {Record<string, unknown>} [more]
 * @returns {Promise<string>}
 */
export async function make({ administrator }, kind, more = {}) {
  return (await administrator.post(administrator.path(`/${kind}`), { name: unique(kind), ...more })).good(201)
    .id;
}

/**
 * A file of the company's, which no stranger may read.
 *
 * @param {import("./world.mjs").Company} company
 * @returns {Promise<string>}
 */
async function attach({ administrator }) {
  const path = administrator.path("/me/description-file?name=lamp.png");
  return (await administrator.put(path, PNG)).good(200).id;
}

/**
 * A browser of the administrator's, to be told of things.
 *
 * @param {import("./world.mjs").Company} company
 * @returns {Promise<string>}
 */
export async function subscribe({ administrator }) {
  return (await administrator.post(administrator.path("/push-subscriptions"), subscription())).good(201).id;
}

/**
 * The id that a route's path wants, if it wants one.
 *
 * @param {{ path: string }} route
 * @param {Things} things
 * @returns {string} empty where there is no `{id}`
 */
export function idFor({ path }, things) {
  return things[/(\w[\w-]*)\/\{id\}/.exec(path)?.[1] ?? ""] ?? "";
}
