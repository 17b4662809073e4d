// Everything that a history must have kept, by name.

import * as answers from "./promises-answers.mjs";
import * as heard from "./promises-heard.mjs";
import * as ledger from "./promises-ledger.mjs";
import * as log from "./promises-log.mjs";

/**
 * @typedef {import("./evidence.mjs").Evidence} Evidence
 * @typedef {(evidence: Evidence) => string[]} Promised
 */

/** @type {Record<string, Promised>} */
export const PROMISES = { ...ledger, ...log, ...answers, ...heard };

/**
 * What a history has not kept.
 *
 * @param {Evidence} evidence
 * @returns {string[]}
 */
export function broken(evidence) {
  return Object.entries(PROMISES).flatMap(([name, check]) =>
    check(evidence).map((fault) => `${name}: ${fault}`),
  );
}
