// F5: requests come twice, out of order, and long after they were answered, and answers are lost.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Crossing } from "./crossing.mjs";
import { judged } from "./judged.mjs";
import { seeds } from "./seeds.mjs";

const crossing = await new Crossing(5).start();
after(() => crossing.stop());

test("F5: what comes twice, late or out of order is in the log once, and breaks nothing", async (t) => {
  const found = (/** @type {string} */ url) => {
    crossing.to = url;
  };
  const verdicts = await judged(t, seeds(1), { way: crossing.url, found });
  t.diagnostic(`${crossing.copies} copies, ${crossing.lost} answers lost`);
  assert.ok(crossing.copies > 0 && crossing.lost > 0);
  const unanswered = verdicts.flatMap(({ evidence }) => evidence.notes.filter(({ status }) => !status));
  assert.ok(unanswered.length > 0, "some never knew");
});
