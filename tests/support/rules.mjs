// Automation rules, made through the front door, and what conversations did by them.

import assert from "node:assert/strict";
import { until } from "./desk.mjs";

/**
 * @typedef {import("./world.mjs").Company} Company
 * @typedef {import("./world.mjs").Conversation} Conversation
 * @typedef {Record<string, any>} Rule
 */

let count = 0;

/** A rule that may be made, but for what is changed in it. @param {Rule} [changes] @returns {Rule} */
export function ruleOf(changes = {}) {
  count += 1;
  return {
    name: `Rule ${count}`,
    trigger: { kind: "conversation_opened" },
    conditions: { all: [], any: [] },
    actions: [{ kind: "priority", priority: "high" }],
    ...changes,
  };
}

/** @param {Company} company @param {Rule} [changes] @returns {Promise<any>} */
export const makeRule = async (company, changes) =>
  (await company.administrator.post(company.path("/automations"), ruleOf(changes))).good(201);

/** A condition. @param {string} what @param {string} is @param {string[]} values */
export const condition = (what, is, ...values) => ({ what, is, values });

/** What rules did in a conversation: its events by automation. @param {Company} company @param {Conversation} conversation @returns {Promise<any[]>} */
export const byRules = async (company, conversation) =>
  (await company.administrator.events(conversation)).filter(
    (/** @type {any} */ { by }) => by.kind === "automation",
  );

/** What a rule did, newest first. @param {Company} company @param {{ id: string }} rule @returns {Promise<any[]>} */
export const runsOf = async (company, rule) =>
  (await company.administrator.get(company.path(`/automations/${rule.id}/runs`))).good(200).items;

/** Waits until a rule has so many runs behind it. @param {Company} company @param {{ id: string }} rule @param {number} wanted */
export const ran = (company, rule, wanted = 1) =>
  until(async () => {
    const runs = await runsOf(company, rule);
    assert.equal(runs.length, wanted);
    return runs;
  }, `the rule has run ${wanted} times`);
