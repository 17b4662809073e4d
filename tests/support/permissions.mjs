// What docs/permissions.md says, read from the file, so that tests compare the desk with what is printed there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

/**
 * @typedef {{ roles: string[], addOns?: string[] }} Holder
 * @typedef {import("./routes.mjs").Route & { access: string }} Guarded
 */

const SECTIONS = readFileSync(join(ROOT, "docs/permissions.md"), "utf8").split(/^## /m);

/** In the order in which the desk names them. */
const SCOPES = ["own", "participating", "folder", "folder_assign", "team", "unassigned", "all"];

const ROLE_TABLE = rowsOf("Roles");

/** Keys of the presets, as the table has them. */
export const ROLES = (ROLE_TABLE[0] ?? []).slice(1).map(key);

/** @type {Map<string, string[]>} line of the table, cell by cell */
const LINES = new Map(ROLE_TABLE.slice(1).map(([name = "", ...cells]) => [name.replaceAll("`", ""), cells]));

/** Every capability. */
export const CAPABILITIES = [...LINES.keys()].filter((name) => name.includes("."));

const ADDITIONS = rowsOf("Add-ons")
  .slice(1)
  .map(([addOn = "", host = "", adds = ""]) => ({
    addOn: key(addOn),
    host: key(host),
    capabilities: [...adds.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    scopes: scopesOf(/\(([^)]*)\)$/.exec(adds)?.[1] ?? "–"),
  }));

/** Keys of the add-ons. */
export const ADD_ONS = [...new Set(ADDITIONS.map(({ addOn }) => addOn))];

/** @type {Guarded[]} */
export const GUARDED = rowsOf("Routes")
  .slice(1)
  .map(([route = "", access = ""]) => {
    const [method = "", path = ""] = route.replaceAll("`", "").split(" ");
    return { method, path, access: access.replaceAll("`", "") };
  });

/**
 * How far a capability reaches by the printed table, rights in folders apart.
 *
 * @param {Holder} holder
 * @param {string} capability
 * @returns {string[]} scopes, in the desk's order
 */
export function reach({ roles, addOns = [] }, capability) {
  const cells = LINES.get(capability);
  if (!cells) throw new Error(`${capability} is not in the table`);
  const byRole = roles.flatMap((role) => scopesOf(cells[ROLES.indexOf(role)] ?? ""));
  const byAddOn = ADDITIONS.filter(
    (one) => addOns.includes(one.addOn) && roles.includes(one.host) && one.capabilities.includes(capability),
  ).flatMap((one) => one.scopes);
  const all = new Set([...byRole, ...byAddOn]);
  return SCOPES.filter((scope) => all.has(scope));
}

/**
 * What the last lines of the table say of a role.
 *
 * @param {string} role
 * @param {"may be assigned conversations" | "sees the orders section only" | "rank"} line
 * @returns {string}
 */
export function attribute(role, line) {
  return LINES.get(line)?.[ROLES.indexOf(role)] ?? "";
}

/** @param {string} title */
function rowsOf(title) {
  const section = SECTIONS.find((one) => one.startsWith(`${title}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** @param {string} name */
function key(name) {
  return name.replaceAll(" ", "_");
}

/**
 * The scopes of a cell. The widest word says it: whoever reaches a team's conversations reaches those in which he takes
 * part, and his own.
 *
 * @param {string} cell
 * @returns {string[]}
 */
function scopesOf(cell) {
  const words = cell.split(", ").filter((word) => word !== "–" && word !== "");
  const unknown = words.find((word) => !SCOPES.includes(key(word)));
  if (unknown) throw new Error(`there is no scope "${unknown}"`);
  const narrow = words.includes("own");
  const implied = words.flatMap((word) => {
    if (narrow) return [];
    if (word === "team" || word === "folder") return ["own", "participating"];
    return word === "participating" ? ["own"] : [];
  });
  return [...implied, ...words.map(key)];
}
