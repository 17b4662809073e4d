// F6: an alarm whose work fails. One that rings early, late, or several times at once is in
// tests/api/checklist-delivery.test.mjs (51).

import assert from "node:assert/strict";
import { test } from "node:test";
import { deskOnDisk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";
import { bystander, isWhole, settles } from "./invariants.mjs";
import { breaks } from "./tables.mjs";

const { desk, folder } = await deskOnDisk();

/** It rings again ten seconds after it has failed. */
const RINGS_AGAIN_WITHIN_SECONDS = 25;

/** Alarms that failed so far. */
const failures = () => desk.runtime.logs.filter((line) => line.includes("conversation tick")).length;
/** As above, where the whole alarm failed. */
const alarms = () => desk.runtime.logs.filter((line) => line.includes("conversation alarm")).length;

test("F6: what an alarm cannot write it writes once it can, unasked", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const other = await bystander(desk);
  await set(company, { pending_close_after: "PT2S" });
  const customer = await write(company);
  await sam.reply(customer, "Does it work now?");
  const { rev } = await sam.read(customer);
  const mend = breaks(folder, customer, ["events"]);
  await until(() => failures() + alarms() > 0, "the alarm has failed", RINGS_AGAIN_WITHIN_SECONDS);
  assert.equal((await sam.read(customer)).rev, rev, "nothing of it was carried out");
  await other.isServed();
  mend();
  await until(
    async () => (await sam.read(customer)).status === "closed",
    "it closes by itself",
    RINGS_AGAIN_WITHIN_SECONDS,
  );
  const log = await isWhole(sam, customer, ["Does it work now?"]);
  assert.equal(
    log.filter((/** @type {any} */ { kind, to }) => kind === "status" && to === "closed").length,
    1,
  );
  await settles(folder);
});
