// Which commands were used last: they come first. Kept in the browser, for the person at the company.
import { me } from "../session.js";

const MOST = 12;
const key = () => `edgedesk-recent-${me.peek()?.id}`;

/** @returns {string[]} the ids of commands, the last one first */
export function recent() {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} id */
export function used(id) {
  const ids = [id, ...recent().filter((one) => one !== id)].slice(0, MOST);
  localStorage.setItem(key(), JSON.stringify(ids));
}
