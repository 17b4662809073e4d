// The routes that exist, read where they are declared, so that none can be forgotten here.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

/**
 * @typedef {object} Route
 * @property {string} method
 * @property {string} path
 * @property {string} access `Anybody`, `SignedIn`, `Member`, `May`, `Customer`, `Local` or `Operator`
 */

const DECLARATION = /^\s*(get|post|put|patch|delete) "([^"]+)" [^;]*?, (\w+)[^;]*;$/gm;

/** @type {Route[]} */
export const ROUTES = [...readFileSync(join(ROOT, "src/http/routes.rs"), "utf8").matchAll(DECLARATION)].map(
  ([, method = "", path = "", access = ""]) => ({ method: method.toUpperCase(), path, access }),
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
