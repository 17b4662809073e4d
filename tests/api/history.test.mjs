// The history of a conversation as a file: whoever has it can tell, without us, that nothing in it was changed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { returningDesk } from "../support/desk.mjs";
import { alter } from "../support/histories/stored.mjs";
import { found, hire, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 * @typedef {{ seq: number, hash: string, entry: any, text: string }} Line
 */

/** The object as it was before its log had hashes. */
const OF_VERSION_5 = `
  ALTER TABLE events DROP COLUMN hash;
  ALTER TABLE snapshot DROP COLUMN chain;
  UPDATE snapshot SET version = 5;
`;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const { desk, folder, whileAway } = await returningDesk({ WORDS_A_MINUTE: "1000" });

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const nadia = await hire(lamps, "super_agent");

/** @param {import("../support/world.mjs").Conversation} conversation */
async function exported(conversation) {
  const answer = await lamps.administrator.get(lamps.administrator.at(conversation, "/log"));
  return String(answer.good(200));
}

/** @param {string} file */
function parse(file) {
  const [heading = "", ...lines] = file.trimEnd().split("\n");
  const line = (/** @type {string} */ text) => {
    const { seq, hash, entry } = JSON.parse(text);
    return { seq, hash, entry, text: text.slice(text.indexOf('"entry":') + 8, -1) };
  };
  return { heading: JSON.parse(heading), lines: lines.map(line) };
}

/** The hashes, worked out by the documentation. @param {string} conversation @param {Line[]} lines */
function chain(conversation, lines) {
  let last = createHash("sha256").update(`edgedesk log 1\n${conversation}`).digest();
  return lines.map(({ text }) => {
    last = createHash("sha256").update(last).update(text).digest();
    return last.toString("hex");
  });
}

/**
 * What the tool says of exports, one after the other.
 *
 * @param {string[]} files
 * @returns {Promise<{ status: unknown, last?: string }>}
 */
async function verified(...files) {
  const paths = files.map((file, n) => {
    const path = join(folder, `export-${n}.ndjson`);
    writeFileSync(path, file);
    return path;
  });
  const tool = ["run", "--quiet", "--example", "verify-log", "--", ...paths];
  return new Promise((resolve) => {
    execFile("cargo", tool, { cwd: ROOT }, (error, stdout, stderr) => {
      assert.equal(stderr, "");
      resolve({
        status: error?.code ?? 0,
        last: stdout
          .trimEnd()
          .split("\n")
          .at(-1)
          ?.replace(/^.*?: /, ""),
      });
    });
  });
}

test("each entry's hash covers the one before; the file holds the whole log, comments included", async () => {
  const conversation = await write(lamps, { body: "It hums. “Ça grésille”, 灯." });
  await sam.take(conversation);
  await sam.comment(conversation, "A comment that stays inside.");
  await sam.reply(conversation, "Which lamp?");
  const answer = await lamps.administrator.get(lamps.administrator.at(conversation, "/log"));
  const { heading, lines } = parse(String(answer.good(200)));
  assert.match(
    String(answer.header("content-disposition")),
    /^attachment; filename="conversation-.*\.ndjson"/,
  );
  const events = await sam.events(conversation);
  assert.deepEqual(
    lines.map(({ seq, entry }) => [seq, entry.event.kind]),
    events.map((/** @type {any} */ { seq, kind }) => [seq, kind]),
  );
  assert.ok(lines.some(({ entry }) => entry.event.body === "A comment that stays inside."));
  const hashes = chain(conversation.id, lines);
  assert.deepEqual(
    lines.map(({ hash }) => hash),
    hashes,
  );
  assert.deepEqual(heading, {
    format: "edgedesk-log/1",
    conversation: conversation.id,
    entries: events.length,
    hash: hashes.at(-1),
  });
  assert.deepEqual(await verified(String(answer.text)), {
    status: 0,
    last: `whole, ${events.length} entries of ${conversation.id}, ${hashes.at(-1)}`,
  });
});

test("a log that needs several reads is in the file whole, in order", async () => {
  const conversation = await write(lamps);
  await sam.take(conversation);
  for (let n = 0; n < 26; n += 1)
    await Promise.all(Array.from({ length: 20 }, (_, m) => sam.comment(conversation, `${n}.${m}`)));
  const { heading, lines } = parse(await exported(conversation));
  assert.ok(lines.length > 520);
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    lines.map((_, n) => n + 1),
  );
  assert.equal(heading.hash, chain(conversation.id, lines).at(-1));
});

test("the file is for who may export the audit trail and sees the conversation; to others it does not tell more", async () => {
  const conversation = await write(lamps);
  await nadia.take(conversation);
  (await nadia.get(nadia.at(conversation, "/log"))).refused(403, "forbidden");
  const other = await found(desk);
  (await other.administrator.get(other.administrator.at(conversation, "/log"))).refused(404, "not_found");
  (await lamps.administrator.get(lamps.administrator.at(conversation, "/log"))).good(200);
});

test("what is changed in the database shows, in the export and against an earlier one", async () => {
  const conversation = await write(lamps, { body: "I want ten of them." });
  await sam.take(conversation);
  const before = await exported(conversation);
  await sam.reply(conversation, "That will be 90 euros.");
  const honest = await exported(conversation);
  assert.equal((await verified(before, honest)).status, 0);
  assert.equal((await verified(honest, before)).status, 1, "an export that is shorter than an earlier one");

  await whileAway(() => {
    alter(folder, "conversation", "UPDATE events SET entry = replace(entry, '90 euros', '70 euros')");
  });
  const forged = await exported(conversation);
  assert.match(forged, /70 euros/);
  const seq = parse(honest).lines.find(({ text }) => text.includes("90 euros"))?.seq;
  assert.deepEqual(await verified(forged), {
    status: 1,
    last: `BROKEN: entry ${seq} does not have the hash that it was written with`,
  });
  await sam.reply(conversation, "Shall I send them?");
  assert.equal((await verified(await exported(conversation))).status, 1, "what follows does not heal it");
});

test("what a version that knows of no hashes wrote meanwhile is chained, too", async () => {
  const conversation = await write(lamps);
  await sam.take(conversation);
  await sam.reply(conversation, "Which lamp?");
  const before = await exported(conversation);
  await whileAway(() => {
    alter(
      folder,
      "conversation",
      `UPDATE snapshot SET chain = (SELECT seq || ':' || hash FROM events WHERE seq = 2);
     UPDATE events SET hash = '' WHERE seq > 2;`,
    );
  });
  assert.equal(await exported(conversation), before);
  await sam.reply(conversation, "Are you there?");
  assert.equal((await verified(before, await exported(conversation))).status, 0);
});

test("a log from before there were hashes is chained as it is found, and goes on from there", async () => {
  const conversation = await write(lamps);
  await sam.take(conversation);
  await sam.reply(conversation, "Which lamp?");
  await whileAway(() => {
    alter(folder, "conversation", OF_VERSION_5);
  });
  const before = await exported(conversation);
  await sam.reply(conversation, "Are you there?");
  const after = await exported(conversation);
  assert.equal((await verified(before, after)).status, 0);
  assert.equal(parse(after).lines.length, parse(before).lines.length + 1);
});
