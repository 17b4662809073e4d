// What there is to judge a history by: what its clients know, and what the desk has stored.

import { replay } from "./replay.mjs";

/**
 * @typedef {import("./stored.mjs").StoredCompany} StoredCompany
 * @typedef {import("./stored.mjs").StoredConversation} StoredConversation
 * @typedef {import("./notes.mjs").Note} Note
 * @typedef {import("./replay.mjs").Replay} Replay
 * @typedef {StoredConversation & Replay & { id: string }} Told
 *
 * @typedef {object} Evidence
 * @property {StoredCompany} stored
 * @property {Told[]} conversations with their logs told once more
 * @property {Note[]} notes
 * @property {Set<string>} there agents whose dashboards are open
 * @property {number} at when this was so, in milliseconds since 1970
 * @property {Map<string, number>} limits the largest that each agent ever had
 * @property {import("./scene.mjs").Heard[]} heard
 */

const NEVER_ASSIGNED = new Set([
  "administrator",
  "stakeholder",
  "marketing",
  "compliance",
  "order_payment_admin",
]);

/** Whether conversations may be assigned to a member. @param {any} member */
export const isAssignable = ({ status, roles }) =>
  status === "active" && roles.every((/** @type {string} */ role) => !NEVER_ASSIGNED.has(role));

/** Whether a conversation is neither closed nor put aside. @param {{ status: string }} state */
export const isUnderWay = ({ status }) => status !== "closed" && status !== "snoozed";

/** Whether it waits for an agent. @param {any} state */
export const isWaiting = ({ status, assignee }) => (status === "new" || status === "open") && !assignee;

/**
 * What is stored of a company, judged by nothing but itself.
 *
 * @param {StoredCompany} stored
 * @returns {Evidence}
 */
export function told(stored) {
  const conversations = [...stored.conversations].map(([id, one]) => ({ ...one, ...replay(one.log), id }));
  return { stored, conversations, notes: [], there: new Set(), limits: new Map(), at: 0, heard: [] };
}

/**
 * @param {import("./history.mjs").History} history
 * @param {StoredCompany} stored
 * @param {Set<string>} there
 * @param {number} at
 * @returns {Evidence}
 */
export function gather({ scene, notes }, stored, there, at) {
  const limits = new Map(scene.staff.map(({ id }) => [id, scene.largestLimit(id, notes.all)]));
  return { ...told(stored), notes: notes.all, there, limits, at, heard: scene.heard };
}
