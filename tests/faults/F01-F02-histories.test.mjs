// F1, F2: histories of many people at work on a machine that dies and forgets, and what is stored when they are over.
// More of them: `make faults SEEDS=100`; one of them: `SEED=17 node --test tests/faults/F01-F02-histories.test.mjs`.

import { test } from "node:test";
import { judged } from "./judged.mjs";
import { seeds } from "./seeds.mjs";

// spec: H1 H2
test("F1, F2: at most one agent each, and none above his limit, whatever happens to the machine", async (t) => {
  await judged(t, seeds(4));
});
