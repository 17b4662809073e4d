// A desk whose clock can be set. The runtime is started with a small library before it, compiled where there is a C
// compiler (Rust needs one to link anything).

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("clock.c", import.meta.url));

/**
 * From now on desks that this process starts have a clock that can be set.
 *
 * @returns {{ set: (seconds: number) => void, remove: () => void } | undefined} none without a compiler; `set` moves it
 *   by so many seconds from the true one
 */
export function settableClock() {
  const folder = mkdtempSync(join(tmpdir(), "edgedesk-clock-"));
  const [library, shift, script] = ["clock.so", "shift", "workerd"].map((name) => join(folder, name));
  if (!library || !shift || !script) return undefined;
  const compiled = spawnSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE], { encoding: "utf8" });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (process.platform !== "linux" || compiled.status !== 0) {
    remove();
    return undefined;
  }
  const set = (/** @type {number} */ seconds) =>
    writeFileSync(shift, new Uint8Array(new BigInt64Array([BigInt(seconds)]).buffer), { flag: "r+" });
  writeFileSync(shift, new Uint8Array(8));
  const workerd = createRequire(import.meta.url)("workerd").default;
  writeFileSync(script, `#!/bin/sh\nCLOCK_FILE='${shift}' LD_PRELOAD='${library}' exec '${workerd}' "$@"\n`);
  chmodSync(script, 0o755);
  process.env.MINIFLARE_WORKERD_PATH = script;
  return { set, remove };
}
