// Who is there, and how many conversations each has: as the company's feed tells it.
import { t } from "./i18n.js";
import { agents, me, refreshPeople } from "./session.js";

/** @import { AgentRecord, Load, Presence } from "./types.js" */
/** @typedef {{ agent: { id: string }, presence: Presence, open: number, limit: number }} PresenceFrame */

/** Whether an agent gets nothing more by himself. @param {Load} load */
export const isFull = ({ open, limit }) => open >= limit;

/** Somebody came, went, or has another number of conversations. @param {PresenceFrame} frame */
export function hearPresence({ agent: { id }, presence, open, limit }) {
  agents.value = agents.peek().map((one) => (one.id === id ? { ...one, presence, open, limit } : one));
  const person = me.peek();
  if (person?.id !== id) return;
  me.value = { ...person, open, limit };
  // His own word is not in the frame: somewhere else he may have said another one.
  if (presence !== "offline" && presence !== ownPresence()) refreshPeople();
}

/**
 * What I am to others: my own word, and busy where I have all that I may have.
 * @returns {Presence}
 */
export function ownPresence() {
  const person = me.value;
  if (!person) return "offline";
  return person.availability === "online" && person.assignable && isFull(person)
    ? "busy"
    : person.availability;
}

/** An agent in a list to choose from. @param {AgentRecord} agent */
export function agentWords({ name, presence, open, limit }) {
  const load = t(open >= limit ? "load_full" : "load_of", { open, limit });
  return [name, t(`presence_${presence}`), load].join(" · ");
}
