// A desk that can be killed in the middle of its work and started again on what it left.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort, key, stateFolder } from "./desk.mjs";

const SCRIPT = fileURLToPath(new URL("desk-process.mjs", import.meta.url));

/**
 * @typedef {object} MortalDesk
 * @property {string} url the same in every life
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} kill everything of it, at once, without a word
 * @property {() => void} bury removes what it left
 */

/** @returns {Promise<MortalDesk>} */
export async function mortalDesk() {
  const port = await freePort();
  const state = stateFolder();
  const life = [SCRIPT, state.folder, String(port), key("a"), key("a")];
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const kill = async () => {
    const dying = child;
    child = undefined;
    if (!dying?.pid) return;
    const gone = once(dying, "exit");
    process.kill(-dying.pid, "SIGKILL");
    await gone;
  };
  process.once("exit", () => child?.pid && process.kill(-child.pid, "SIGKILL"));
  return {
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      child = spawn(process.execPath, life, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
      await firstLine(child);
    },
    kill,
    bury: () => state.remove(),
  };
}

/** @param {import("node:child_process").ChildProcess} child */
async function firstLine({ stdout }) {
  if (!stdout) throw new Error("no output");
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error("the desk did not start");
}
