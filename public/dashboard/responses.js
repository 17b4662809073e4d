// The automated responses that are mine to use: fetched when they are first asked for, searched here.
import { signal } from "@preact/signals";
import { at, get, post } from "./api.js";

/**
 * @typedef {import("./types.js").Named} Named
 * @typedef {"private" | "team" | "company"} Sharing
 * @typedef {{ id: string, name: string, shortcut: string, body: string, scope: Sharing, team: Named | null,
 *   language: string | null, owner: Named, uses: number, last_used_at: string | null, updated_at: string,
 *   may_edit: boolean, may_delete: boolean }} AutomatedResponse
 */

/** So many are kept at hand; whoever has more finds the others by their words, in the settings. */
const MOST = 1_000;

/** Known ones, of one company. */
export const responses = signal(/** @type {AutomatedResponse[] | undefined} */ (undefined));
let of = "";

/** Fetches them, or fetches them again behind what is shown. @param {string} slug */
export async function refreshResponses(slug) {
  if (of !== slug) responses.value = undefined;
  of = slug;
  /** @type {AutomatedResponse[]} */
  const all = [];
  for (let cursor = ""; all.length < MOST; ) {
    const page = await get(`${at(slug)}/responses?limit=100${cursor}`);
    all.push(...page.items);
    if (!page.next) break;
    cursor = `&cursor=${page.next}`;
  }
  if (of === slug) responses.value = all;
}

/** Somebody else may be next. */
export function forgetResponses() {
  of = "";
  responses.value = undefined;
}

/** A response as it would be sent in a conversation. @param {string} slug @param {string} id @param {string} conversation_id @returns {Promise<string>} */
export const rendered = async (slug, id, conversation_id) =>
  (await post(`${at(slug)}/responses/${id}/rendering`, { conversation_id })).body;

/**
 * Those that have the query in them, the best first: by their shortcut, then by their name, then by their text; and of
 * these the ones that are used most.
 * @param {AutomatedResponse[]} all
 * @param {string} query
 */
export function matching(all, query) {
  const wanted = fold(query);
  return all
    .map((one) => ({ one, rank: rank(one, wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || b.one.uses - a.one.uses || a.one.name.localeCompare(b.one.name))
    .map(({ one }) => one);
}

/** @param {AutomatedResponse} response @param {string} wanted */
function rank({ name, shortcut, body }, wanted) {
  if (!wanted) return 1;
  if (shortcut === wanted) return 6;
  if (shortcut.startsWith(wanted)) return 5;
  if (fold(name).startsWith(wanted)) return 4;
  if (fold(name).includes(` ${wanted}`)) return 3;
  return fold(`${name} ${shortcut}`).includes(wanted) ? 2 : fold(body).includes(wanted) ? 1 : 0;
}

/** Without capitals and accents. @param {string} text */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
