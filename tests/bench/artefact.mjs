// What is deployed: how large it is, and how long a new workerd takes to its first answer with it.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";

/** The path of workerd's binary, as its package tells it. */
const WORKERD = /** @type {string} */ (createRequire(import.meta.url)("workerd").default);
const CONTROL = 3;
/** A start that takes longer has failed. */
const PATIENCE = 10_000;

/**
 * @typedef {object} Artefact a Worker as it is deployed
 * @property {string} folder
 * @property {string} entry the ES module in it; every wasm file beside it belongs to it
 * @property {string} path of a GET that it answers without any storage
 */

/** @param {Artefact} artefact */
export function size({ folder, entry }) {
  const bytes = Buffer.concat(modules(folder, entry).map((name) => readFileSync(join(folder, name))));
  return { raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
}

/**
 * Milliseconds from starting workerd to its first answer. workerd alone: Node and Miniflare would add the
 * same half a second to both sides and hide what differs.
 *
 * @param {Artefact} artefact
 */
export async function coldStart({ folder, entry, path }) {
  const place = mkdtempSync(join(tmpdir(), "edgedesk-bench-"));
  const names = modules(folder, entry);
  for (const name of names) copyFileSync(join(folder, name), join(place, name));
  const file = join(place, "config.capnp");
  writeFileSync(file, config(names));
  const started = performance.now();
  const workerd = spawn(WORKERD, ["serve", file, `--control-fd=${CONTROL}`], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const exited = new Promise((resolve) => workerd.once("exit", resolve));
  const overdue = setTimeout(() => workerd.kill("SIGKILL"), PATIENCE);
  try {
    await answer(await listeningPort(workerd), path);
    return performance.now() - started;
  } finally {
    clearTimeout(overdue);
    workerd.kill("SIGKILL");
    await exited;
    rmSync(place, { recursive: true });
  }
}

/** @param {string} folder @param {string} entry */
function modules(folder, entry) {
  return [entry, ...readdirSync(folder).filter((name) => name.endsWith(".wasm"))];
}

/** @param {string[]} names */
function config(names) {
  const module = (/** @type {string} */ name) =>
    `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}")`;
  return `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .worker)],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (
      modules = [${names.map(module).join(", ")}],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "ENVIRONMENT", text = "production")],
    );
  `;
}

/**
 * workerd tells on its control channel where it listens.
 *
 * @param {import("node:child_process").ChildProcess} workerd
 * @returns {Promise<number>}
 */
function listeningPort({ stdio, stderr }) {
  const control = /** @type {import("node:stream").Readable} */ (stdio[CONTROL]);
  let complaint = "";
  stderr?.on("data", (data) => {
    complaint += data;
  });
  return new Promise((resolve, reject) => {
    const lines = createInterface(control);
    lines.on("line", (line) => {
      const { event, port } = JSON.parse(line);
      if (event === "listen") resolve(port);
    });
    lines.on("close", () => reject(new Error(`workerd did not start: ${complaint}`)));
  });
}

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<void>}
 */
function answer(port, path) {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the first answer was ${response.statusCode}`));
    });
    request.on("error", reject);
  });
}
