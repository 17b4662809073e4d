// F8: somebody who opens a socket and never reads from it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, words, write } from "../support/world.mjs";
import { bystander, isWhole } from "./invariants.mjs";

const desk = await startDesk({ vars: { WORDS_A_MINUTE: "100000" } });
after(() => desk.stop());

const READERS = 5;
const MESSAGES = 150;
/** Of one message; what each reader leaves unread is as much as all of them. */
const CHARACTERS = 9_000;
const MEGABYTE = 1_024 * 1_024;
/** What the runtime may keep beside what is unread. */
const ROOM_MEGABYTES = 200;

/** Memory of the runtime, in megabytes. */
const memory = () => {
  const status = readFileSync(`/proc/${desk.runtime.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
};

/**
 * Opens a socket as a browser does, and reads no more than the answer to that.
 *
 * @param {string} path
 * @param {import("../support/world.mjs").Member} member
 */
async function slowReader(path, member) {
  const { port, host } = new URL(desk.url);
  const line = connect(Number(port), "127.0.0.1");
  line.on("error", () => {});
  line.write(
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\norigin: ${desk.url}\r\ncookie: ${member.headers.cookie}\r\n` +
      `upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n` +
      `sec-websocket-key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
  );
  const [head] = await new Promise((resolve) => line.once("data", (...data) => resolve(data)));
  assert.match(String(head), /^HTTP\/1.1 101 /);
  line.pause();
  return line;
}

test("F8: who does not read holds nobody up, and what is kept for him is no more than he has not read", async (t) => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const customer = await write(company);
  const other = await bystander(desk);
  const path = sam.at(customer, "/live");
  const slow = await Promise.all(Array.from({ length: READERS }, () => slowReader(path, sam)));
  const reader = await customer.listen(customer.path("/live"));
  const before = memory();
  const text = "x".repeat(CHARACTERS);
  const said = Array.from({ length: MESSAGES }, (_, n) => words(`${n} ${text}`));
  let slowest = 0;
  for (const one of said) {
    const since = performance.now();
    (await sam.post(sam.at(customer, "/messages"), one)).good(201);
    slowest = Math.max(slowest, performance.now() - since);
  }
  await until(() => reader.events.length >= MESSAGES, "whoever reads has heard all of it", 10);
  await other.isServed();
  const [grown, unread] = [memory() - before, (READERS * MESSAGES * CHARACTERS) / MEGABYTE];
  t.diagnostic(
    `slowest answer ${Math.round(slowest)} ms; ${Math.round(grown)} MB more, of which ${Math.round(unread)} MB unread`,
  );
  assert.ok(slowest < 2_000, `nobody waited longer than two seconds: ${slowest}`);
  assert.ok(grown < unread + ROOM_MEGABYTES, `${grown} MB more`);
  const open = slow.filter((line) => !line.destroyed && !line.readableEnded).length;
  t.diagnostic(`${open} of ${READERS} slow readers are still connected`);
  for (const line of slow) line.destroy();
  reader.close();
  await until(async () => {
    const log = await isWhole(
      sam,
      customer,
      said.slice(-1).map(({ body }) => body),
    );
    return log.length > MESSAGES;
  }, "the log is whole");
});
