// Which conversations colleagues have open right now, as the company's feed says.
import { signal } from "@preact/signals";
import { me } from "./session.js";

/** @import { Named } from "./types.js" */

const viewing = signal(/** @type {Map<string, Named[]>} */ (new Map()));

/** @param {{ conversation: string, agents: Named[] }} frame */
export function hearViewing({ conversation, agents }) {
  const now = new Map(viewing.peek());
  if (agents.length > 0) now.set(conversation, agents);
  else now.delete(conversation);
  viewing.value = now;
}

export function forgetViewing() {
  viewing.value = new Map();
}

/** The colleagues who have a conversation open, by name. @param {string} id */
export function viewersOf(id) {
  const agents = viewing.value.get(id) ?? [];
  return agents.filter((agent) => agent.id !== me.value?.id).map(({ name }) => name);
}
