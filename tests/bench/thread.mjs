// A worker thread whose functions are called from the main one, so that the load never waits for whoever
// measures.
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { parentPort, Worker } from "node:worker_threads";

/** @typedef {Record<string, (argument: any) => Promise<unknown>>} Handlers */

/**
 * @template {Handlers} H
 * @template {keyof H} K
 * @typedef {(name: K, argument: Parameters<H[K]>[0]) => Promise<Awaited<ReturnType<H[K]>>>} Call
 */

/**
 * @template {Handlers} H
 * @typedef {object} Thread
 * @property {<K extends keyof H>(...call: Parameters<Call<H, K>>) => ReturnType<Call<H, K>>} call one at a time
 * @property {() => Promise<unknown>} stop
 */

/**
 * In the thread: what it can do.
 *
 * @param {Handlers} handlers
 */
export function serve(handlers) {
  const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
  port.on("message", async ({ name, argument }) => {
    try {
      port.postMessage({ result: await handlers[name]?.(argument) });
    } catch (error) {
      port.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}

/**
 * Starts the thread of a module that calls {@link serve}.
 *
 * @template {Handlers} H
 * @param {string} module beside this one
 * @returns {Thread<H>}
 */
export function startThread(module) {
  const worker = new Worker(new URL(module, import.meta.url));
  return {
    call: async (name, argument) => {
      worker.postMessage({ name, argument });
      const [{ result, error }] = await once(worker, "message");
      if (error !== undefined) throw new Error(error);
      return result;
    },
    stop: () => worker.terminate(),
  };
}

/** Seconds since then, and this thread's share of them that was not idle. */
export function stopwatch() {
  const idle = performance.eventLoopUtilization();
  const started = performance.now();
  return () => ({
    seconds: (performance.now() - started) / 1000,
    busy: performance.eventLoopUtilization(idle).utilization,
  });
}
