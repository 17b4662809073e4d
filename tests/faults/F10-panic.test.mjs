// F10: the code breaks off in the middle of a request, wherever that is, as it does in a panic: nothing is unwound.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { found, hire, words, write } from "../support/world.mjs";
import { deskWithFaults, tell } from "./builds.mjs";
import { bystander, isWhole, settles } from "./invariants.mjs";
import { seeds } from "./seeds.mjs";

const { desk, folder } = await deskWithFaults();

/** Looks at the clock until two requests are answered, and some more for what they owe. */
const LOOKS = 16;
/** A request that was under way in the same isolate may be left without an answer: its client gives up and repeats it. */
const PATIENCE_MILLISECONDS = 2_000;

/** @param {Promise<import("../support/actors.mjs").Answer>} request */
const within = (request) =>
  Promise.race([request, pause(PATIENCE_MILLISECONDS, undefined, { ref: false })]).catch(() => undefined);

test("F10: a panic costs the request in which it happens, and nothing else", async (t) => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const other = await bystander(desk);
  /** @type {Map<number | string, number>} */
  const outcomes = new Map();
  for (const seed of seeds(1)) {
    const customer = await write(company);
    const said = [];
    for (let panic = 1; panic <= LOOKS; panic += 1) {
      const mine = words(`Panic ${seed}, ${panic}`);
      const his = words(`Meanwhile ${seed}, ${panic}`);
      await tell(desk, { panic });
      const answers = await Promise.all([
        within(sam.post(sam.at(customer, "/messages"), mine)),
        within(customer.post(customer.path("/messages"), his)),
      ]);
      for (const answer of answers) {
        const status = answer?.status ?? "none";
        outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
      }
      await tell(desk, { panic: 0 });
      await other.isServed();
      (await sam.post(sam.at(customer, "/messages"), mine)).good(201);
      (await customer.post(customer.path("/messages"), his)).good(201);
      said.push(mine.body, his.body);
    }
    await isWhole(sam, customer, said);
  }
  t.diagnostic(`answered: ${JSON.stringify([...outcomes])}`);
  const { panicked } = await tell(desk, {});
  t.diagnostic(`${panicked} panics`);
  // How many looks at the clock come before an answer is the product's business: one is enough to have seen it.
  assert.ok(
    panicked > LOOKS / 4 && (outcomes.get(500) ?? 0) > 0,
    "it did panic, some of it before the answer",
  );
  await settles(folder);
});
