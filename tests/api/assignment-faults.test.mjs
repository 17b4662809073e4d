// Histories of many people at work on a machine that dies and forgets, and what is stored when they are over.
// More of them: `make faults SEEDS=100`; one of them: `SEED=17 node --test tests/api/assignment-faults.test.mjs`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { campaign } from "../support/histories/campaign.mjs";

const { SEEDS = "6", SEED, OPERATIONS = "250" } = process.env;
const operations = Number(OPERATIONS);
const seeds = SEED ? [Number(SEED)] : Array.from({ length: Number(SEEDS) }, (_, n) => n + 1);
/** Companies on one machine. */
const TOGETHER = 25;

for (let at = 0; at < seeds.length; at += TOGETHER) {
  const some = seeds.slice(at, at + TOGETHER);
  // spec: H1 H2
  test(`seeds ${some[0]} to ${some.at(-1)}: at most one agent each, and none above his limit, whatever happens`, async (t) => {
    const { verdicts, requests, crashes, evictions } = await campaign(some, operations);
    t.diagnostic(`${requests} requests, ${crashes} crashes, ${evictions} evictions`);
    for (const { seed, evidence } of verdicts) {
      const { conversations, notes } = evidence;
      const carriedOut = notes.filter(({ status }) => status === 200 || status === 201).length;
      assert.ok(conversations.length > 0 && carriedOut > operations / 5, `seed ${seed}: something happened`);
    }
    const broken = verdicts.flatMap(({ seed, faults }) => faults.map((fault) => `seed ${seed}: ${fault}`));
    assert.deepEqual(broken, []);
  });
}
