// A running Edgedesk, as a stranger meets it: an address, its mails, and nothing else.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { applyMigrations, startRuntime } from "../../tools/runtime.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const POLL_MILLISECONDS = 20;
const PORT_ATTEMPTS = 5;

/**
 * @typedef {import("../../tools/runtime.mjs").Runtime} Runtime
 * @typedef {import("../../tools/runtime.mjs").Row} Row
 * @typedef {{ to: string, subject: string, text: string, html: string,
 *   enclosures?: { name: string, media_type: string, content: string }[] }} Mail
 *
 * @typedef {object} DeskOptions
 * @property {string} [state] folder of the data; in memory without it
 * @property {number} [port]
 * @property {string} [sessionKeys]
 * @property {string} [linkKeys]
 * @property {string} [vapidKeys]
 * @property {Record<string, string>} [vars]
 * @property {string} [scriptDir] another build than the one that is there
 *
 * @typedef {object} Desk
 * @property {string} url
 * @property {Runtime} runtime
 * @property {(statement: string) => Promise<Row[]>} sql what the database holds
 * @property {() => Promise<void>} stop
 */

/**
 * A key for a ring, under a name.
 *
 * @param {string} name
 */
export function key(name) {
  return `${name}:${randomBytes(32).toString("base64")}`;
}

/**
 * Starts a desk of its own.
 *
 * @param {DeskOptions} [options]
 * @returns {Promise<Desk>}
 */
export async function startDesk(options = {}) {
  const runtime = await startSomewhere(options);
  await applyMigrations(runtime);
  return {
    url: runtime.url,
    runtime,
    sql: async (statement) => (await runtime.sql("DB", [statement]))[0] ?? [],
    stop: () => runtime.stop(),
  };
}

/**
 * A desk whose data lies in a folder of its own, both put away after the tests of a file.
 *
 * @returns {Promise<{ desk: Desk, folder: string }>}
 */
export async function deskOnDisk() {
  const { folder, remove } = stateFolder();
  const desk = await startDesk({ state: folder });
  after(async () => {
    await desk.stop();
    remove();
  });
  return { desk, folder };
}

/**
 * A desk on disk that can be away for a while, and comes back at the same address, with the same keys, to what is stored
 * then. Put away after the tests of a file.
 *
 * @param {Record<string, string>} [vars]
 */
export async function returningDesk(vars) {
  const { folder, remove } = stateFolder();
  const keys = { sessionKeys: key("a"), linkKeys: key("a") };
  const settings = { state: folder, port: await freePort(), vars, ...keys };
  const desk = await startDesk(settings);
  after(async () => {
    await desk.stop();
    remove();
  });
  /** @param {() => unknown} change to what is stored, meanwhile */
  const whileAway = async (change) => {
    await desk.stop();
    await change();
    Object.assign(desk, await startDesk(settings));
  };
  return { desk, folder, whileAway };
}

/**
 * The port is chosen first, because the desk's links carry it; somebody else may take it meanwhile.
 *
 * @param {DeskOptions} options
 * @returns {Promise<Runtime>}
 */
async function startSomewhere({
  state,
  port,
  sessionKeys = key("a"),
  linkKeys = key("a"),
  vapidKeys = key("a"),
  vars,
  scriptDir,
}) {
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await freePort());
    const origin = `http://127.0.0.1:${chosen}`;
    const settings = {
      ENVIRONMENT: "local",
      PUBLIC_ORIGIN: origin,
      SESSION_KEYS: sessionKeys,
      LINK_KEYS: linkKeys,
      VAPID_KEYS: vapidKeys,
    };
    try {
      return await startRuntime({
        root: ROOT,
        scriptDir,
        port: chosen,
        state,
        vars: { ...settings, ...vars },
      });
    } catch (error) {
      if (port || attempt === PORT_ATTEMPTS || !String(error).includes("already in use")) throw error;
    }
  }
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * A folder for a desk's data, and how to be rid of it.
 *
 * @returns {{ folder: string, remove: () => void }}
 */
export function stateFolder() {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(parent, "edgedesk-test-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Waits until a condition holds, and answers what it answered. An assertion that fails in it is a condition that does
 * not hold yet; its message is what is told in the end.
 *
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {string} what
 * @param {number} [seconds]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(condition, what, seconds = 20) {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const { value, fault } = await attempt(condition);
    if (value) return value;
    if (performance.now() > deadline) assert.fail(`waited ${seconds} s in vain until ${what}${fault}`);
    await pause(POLL_MILLISECONDS);
  }
}

/**
 * @template T
 * @param {() => T | Promise<T>} condition
 */
async function attempt(condition) {
  try {
    return { value: await condition(), fault: "" };
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error;
    return { value: undefined, fault: `: ${error.message}` };
  }
}

/**
 * The mails to an address, oldest first.
 *
 * @param {Desk} desk
 * @param {string} address
 * @returns {Promise<Mail[]>}
 */
export async function mailsTo(desk, address) {
  const response = await fetch(`${desk.url}/dev/mail.json`);
  const mails = /** @type {Mail[]} */ (await response.json());
  return mails.filter((mail) => mail.to === address).reverse();
}

/**
 * Waits for the newest mail to an address with these words in its subject.
 *
 * @param {Desk} desk
 * @param {string} address
 * @param {string} subject
 * @returns {Promise<Mail>}
 */
export function mailTo(desk, address, subject) {
  const find = async () => (await mailsTo(desk, address)).findLast((mail) => mail.subject.includes(subject));
  return until(find, `a mail "${subject}" to ${address} is there`);
}

/**
 * The link that a mail carries.
 *
 * @param {Mail} mail
 * @returns {string}
 */
export function linkIn(mail) {
  return /https?:\/\/\S+/.exec(mail.text)?.[0] ?? assert.fail(`no link in: ${mail.text}`);
}
