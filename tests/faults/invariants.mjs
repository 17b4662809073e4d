// What has to be so after any fault: what is stored agrees with itself (I1 to I4, I7), what was said is there once and
// numbered without gaps (I1, I2), and others are served as if nothing had been (I10).

import assert from "node:assert/strict";
import { anonymous } from "../support/actors.mjs";
import { until } from "../support/desk.mjs";
import { told } from "../support/histories/evidence.mjs";
import { broken } from "../support/histories/promises.mjs";
import { readStored } from "../support/histories/stored.mjs";
import { found, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/desk.mjs").Desk} Desk
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 */

/** After a fault everything is settled by then: an alarm that failed rings again after ten seconds. */
const SETTLED_WITHIN_SECONDS = 20;
/** Three requests of somebody else. One second on an idle machine; tests share theirs. */
const SERVED_WITHIN_MILLISECONDS = 2_000;

/**
 * I1 to I4, I7: waits until what is stored in a folder agrees with itself.
 *
 * @param {string} folder
 */
export async function settles(folder) {
  const agrees = () => {
    const companies = [...readStored(folder).values()];
    const at = Date.now();
    const faults = companies.flatMap((company) => broken({ ...told(company), at }));
    assert.deepEqual(faults, []);
    return companies.length > 0;
  };
  await until(agrees, "what is stored agrees with itself", SETTLED_WITHIN_SECONDS);
}

/**
 * I1, I2: a conversation's whole log as an agent reads it, once everything in it is where it belongs.
 *
 * @param {Member} member
 * @param {Conversation} conversation
 * @param {string[]} said each of them is to be there once
 * @param {string[]} [unsaid] none of them is to be there
 * @returns {Promise<any[]>}
 */
export async function isWhole(member, conversation, said, unsaid = []) {
  const log = await member.events(conversation);
  assert.deepEqual(
    log.map((/** @type {any} */ { seq }) => seq),
    log.map((/** @type {any} */ _, /** @type {number} */ n) => n + 1),
    "numbered without gaps",
  );
  const count = (/** @type {string} */ words) =>
    log.filter((/** @type {any} */ { body }) => body === words).length;
  for (const words of said) assert.equal(count(words), 1, `"${words}" is there once`);
  for (const words of unsaid) assert.equal(count(words), 0, `"${words}" is not there`);
  return log;
}

/**
 * A company that has nothing to do with a fault.
 *
 * @param {Desk} desk
 * @returns {Promise<{ isServed: () => Promise<void> }>} I10: served as always
 */
export async function bystander(desk) {
  const company = await found(desk);
  const customer = await write(company);
  return {
    isServed: async () => {
      const since = performance.now();
      (await anonymous(desk).get("/api/health")).good(200);
      await customer.write("Am I served?");
      await company.administrator.read(customer);
      const took = performance.now() - since;
      assert.ok(took < SERVED_WITHIN_MILLISECONDS, `somebody else was served after ${took} ms`);
    },
  };
}
