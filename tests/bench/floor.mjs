// The floor as it is measured: a bare Worker, a bare object and a bare D1 row, on the same workerd, started
// the same way.
import { fileURLToPath } from "node:url";
import { startRuntime } from "../../tools/runtime.mjs";
import { messageText } from "./words.mjs";

export const FLOOR = fileURLToPath(new URL("floor", import.meta.url));
/** Rows of the table, and the one that is read. */
const ROWS = 1000;
const READ = "row-500";
/** About what a conversation's row in Edgedesk's index holds. */
const ROW_BYTES = 700;

/**
 * @typedef {import("./http.mjs").LoadRequest} LoadRequest
 * @typedef {import("./sockets.mjs").Listener} Listener
 * @typedef {Awaited<ReturnType<typeof startFloor>>} Floor
 */

export async function startFloor() {
  const runtime = await startRuntime({ root: FLOOR });
  await runtime.sql("DB", [
    "CREATE TABLE rows (id TEXT PRIMARY KEY, view TEXT NOT NULL) STRICT",
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
       INSERT INTO rows SELECT 'row-' || n, printf('%.*c', ${ROW_BYTES}, 'x') FROM numbers`,
  ]);
  const origin = runtime.workerUrl;
  return {
    origin,
    pid: () => runtime.pid,
    stop: () => runtime.stop(),

    /** @type {LoadRequest} */
    answer: { method: "GET", path: "/" },
    /** @type {LoadRequest} */
    row: { method: "GET", path: `/row/${READ}` },
    /** @type {(object: string) => LoadRequest} */
    insert: (object) => ({
      method: "POST",
      path: `/object/${object}`,
      body: JSON.stringify(messageText("{number}")),
    }),
    /** An insert that answers with a number nobody else gets. @type {(object: string) => LoadRequest} */
    next: (object) => ({
      method: "PUT",
      path: `/object/${object}`,
      body: JSON.stringify(messageText("{number}")),
    }),
    /** An insert that all listeners hear of. @type {(object: string, event: unknown) => LoadRequest} */
    tell: (object, event) => ({ method: "PATCH", path: `/object/${object}`, body: JSON.stringify(event) }),
    /** @type {(object: string) => Listener} */
    listener: (object) => ({ url: `${origin.replace(/^http/, "ws")}/object/${object}` }),
    /** Who listens, and is dealt so many at once. @type {(object: string, deal: number, event: unknown) => Listener} */
    newcomer: (object, deal, event) => {
      const query = new URLSearchParams({ deal: String(deal), event: JSON.stringify(event) });
      return { url: `${origin.replace(/^http/, "ws")}/object/${object}?${query}` };
    },

    /**
     * How many messages objects have.
     *
     * @param {string[]} objects
     */
    messages: async (objects) => {
      let all = 0;
      for (const object of objects) {
        const response = await fetch(`${origin}/object/${object}`);
        const { count } = /** @type {{ count: number }} */ (await response.json());
        all += count;
      }
      return all;
    },
  };
}
