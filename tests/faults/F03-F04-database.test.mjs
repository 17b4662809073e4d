// F3, F4: the database refuses what it is asked, or does it and says that it has not, while the machine dies and forgets.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildWithFaults, tell } from "./builds.mjs";
import { judged } from "./judged.mjs";
import { seeds } from "./seeds.mjs";

const build = buildWithFaults();
after(() => build.remove());

/** @typedef {import("../support/desk.mjs").Desk} Desk */

/** Histories while the database fails so. @param {import("node:test").TestContext} t @param {import("./builds.mjs").Plan} plan */
async function whileItFails(t, plan) {
  const verdicts = await judged(t, seeds(1), {
    scriptDir: build.scriptDir,
    begin: async (desk) => void (await tell(desk, plan)),
    end: async (desk) => void (await tell(desk, { refused: 0, unanswered: 0 })),
  });
  const failed = verdicts.flatMap(({ evidence }) => evidence.notes.filter(({ status }) => status === 500));
  t.diagnostic(`${failed.length} requests failed`);
  assert.ok(failed.length > 0, "it did fail");
}

test("F3: what the database refuses after a conversation has changed is delivered later", (t) =>
  whileItFails(t, { seed: 3, refused: 0.05 }));

test("F4: what the database has done and says that it has not is there once", (t) =>
  whileItFails(t, { seed: 4, unanswered: 0.05 }));
