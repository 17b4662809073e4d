// A Dispenser that dies while it deals deals the same again to whoever asks again under the same name.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate as others } from "node:timers/promises";
import { deskOnDisk } from "../support/desk.mjs";
import { set, waitFor, writeMany } from "../support/floor.mjs";
import { CLASSES, filesOf } from "../support/histories/stored.mjs";
import { found, hire } from "../support/world.mjs";

const COMPANIES = 6;
const BEGUN_WITHIN_MILLISECONDS = 20_000;

const { desk, folder } = await deskOnDisk();

/** A company where two conversations wait, and somebody who may have one. */
async function begin() {
  const company = await found(desk);
  await set(company, { max_chats: 1 });
  const clara = await hire(company, "agent", { add_ons: ["dispenser"] });
  const [first = assert.fail()] = await writeMany(company, 2);
  await waitFor(company, 2);
  const next = { client_id: randomUUID() };
  return { first, take: () => clara.post(clara.path("/conversations/next"), next) };
}

/** Waits until some Desk has reserved a slot, and not a moment longer. */
async function reserved() {
  const databases = filesOf(folder, CLASSES.desk)
    .filter((file) => !file.endsWith("metadata.sqlite"))
    .map((file) => new DatabaseSync(file, { readOnly: true, timeout: 5_000 }));
  const query = "SELECT 1 FROM ledger WHERE record LIKE '%lease_until%'";
  const asked = databases.map((database) => database.prepare(query));
  const deadline = performance.now() + BEGUN_WITHIN_MILLISECONDS;
  while (!asked.some((ask) => ask.all().length > 0)) {
    assert.ok(performance.now() < deadline, "something is being dealt");
    await others();
  }
  for (const database of databases) database.close();
}

test("dealt again after a crash: the same, and not refused for its own sake", async () => {
  const cases = [];
  for (let n = 0; n < COMPANIES; n += 1) cases.push(await begin());
  const asked = cases.map(({ take }) => take().catch(() => undefined));
  await reserved();
  await desk.runtime.crash();
  await Promise.all(asked);
  for (const { first, take } of cases) assert.equal((await take()).good(200).id, first.id);
});
