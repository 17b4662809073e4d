// F14: the disk is full. On a small disk of its own, which only who may mount one can have.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { startDesk, stateFolder, until } from "../support/desk.mjs";
import { found, hire, words, write } from "../support/world.mjs";
import { isWhole, settles } from "./invariants.mjs";

const { folder, remove } = stateFolder();
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "none", folder]).status === 0;
const skip = mounted ? false : "no right to mount a disk";
after(() => {
  if (mounted) spawnSync("umount", ["-l", folder]);
  remove();
});

const FILLER = join(folder, "filler");

/** Takes whatever is left of the disk. */
function fill() {
  const file = openSync(FILLER, "w");
  for (let size = 1_048_576; size >= 512; ) {
    try {
      writeSync(file, new Uint8Array(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
  return statfsSync(folder).bavail;
}

test("F14: what does not fit is refused and not acknowledged; once there is room again, all goes on", {
  skip,
}, async (t) => {
  const desk = await startDesk({ state: folder });
  try {
    const company = await found(desk);
    const sam = await hire(company, "supervisor");
    const customer = await write(company);
    await sam.reply(customer, "There is room.");
    await settles(folder);

    assert.equal(fill(), 0);
    /** @type {{ said: { client_id: string, body: string }, status: number }[]} */
    const sent = [];
    const send = async (/** @type {number} */ n) => {
      const said = words(`${n} ${"x".repeat(5_000)}`);
      const { status } = await sam.post(sam.at(customer, "/messages"), said);
      sent.push({ said, status });
      return status;
    };
    for (let n = 0; n < 200 && sent.filter(({ status }) => status >= 500).length < 3; n += 1) await send(n);
    const statuses = new Set(sent.map(({ status }) => status));
    t.diagnostic(`answered while it was full: ${[...statuses]}, ${sent.length} in all`);
    assert.ok([...statuses].every((status) => status === 201 || status >= 500));
    assert.ok(
      sent.some(({ status }) => status >= 500),
      "something did not fit",
    );
    (await sam.get("/api/health")).good(200);

    rmSync(FILLER);
    const room = await until(
      async () => (await send(1_000 + sent.length)) === 201,
      "there is room again",
      20,
    );
    assert.ok(room);
    const kept = sent.filter(({ status }) => status === 201);
    await isWhole(sam, customer, ["There is room.", ...kept.map(({ said }) => said.body)]);
    for (const { said } of sent) (await sam.post(sam.at(customer, "/messages"), said)).good(201);
    await isWhole(
      sam,
      customer,
      sent.map(({ said }) => said.body),
    );
    await settles(folder);
  } finally {
    await desk.stop();
  }
});
