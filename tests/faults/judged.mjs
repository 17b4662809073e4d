// Histories under one more fault than the machine's own, and the verdict on them.

import assert from "node:assert/strict";
import { campaign } from "../support/histories/campaign.mjs";

const OPERATIONS = Number(process.env.OPERATIONS ?? 250);
/** Companies on one machine. */
const TOGETHER = 25;

/**
 * Plays a history for each seed and sees that every promise was kept.
 *
 * @param {import("node:test").TestContext} t
 * @param {number[]} seeds
 * @param {import("../support/histories/campaign.mjs").Mishaps} [mishaps]
 * @returns {Promise<import("../support/histories/campaign.mjs").Verdict[]>}
 */
export async function judged(t, seeds, mishaps) {
  /** @type {import("../support/histories/campaign.mjs").Verdict[]} */
  const all = [];
  for (let at = 0; at < seeds.length; at += TOGETHER) {
    const some = seeds.slice(at, at + TOGETHER);
    const { verdicts, requests, crashes, evictions } = await campaign(some, OPERATIONS, mishaps);
    t.diagnostic(
      `seeds ${some[0]} to ${some.at(-1)}: ${requests} requests, ${crashes} crashes, ${evictions} evictions`,
    );
    for (const { seed, evidence } of verdicts) {
      const { conversations, notes } = evidence;
      const carriedOut = notes.filter(({ status }) => status === 200 || status === 201).length;
      assert.ok(conversations.length > 0 && carriedOut > OPERATIONS / 5, `seed ${seed}: something happened`);
    }
    const broken = verdicts.flatMap(({ seed, faults }) => faults.map((fault) => `seed ${seed}: ${fault}`));
    assert.deepEqual(broken, []);
    all.push(...verdicts);
  }
  return all;
}
