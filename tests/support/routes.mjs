// The routes that exist, read where they are declared, so that none can be forgotten here.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

/** @typedef {{ method: string, path: string }} Route */

const DECLARATION = /^\s*(get|post|put|patch|delete) "([^"]+)" [^;]+;$/gm;

/** @type {Route[]} */
export const ROUTES = [...readFileSync(join(ROOT, "src/http/routes.rs"), "utf8").matchAll(DECLARATION)].map(
  ([, method = "", path = ""]) => ({ method: method.toUpperCase(), path }),
);

/** Methods that change something. */
export const UNSAFE = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * A route's path with its places filled.
 *
 * @param {string} path
 * @param {Record<string, string>} values
 */
export function fill(path, values) {
  return path.replace(/\{\*?(\w+)\}/g, (place, name) => values[name] ?? place);
}
