// The shapes of the contract that the dashboard works with. No code: types for the editor and `make check`.

/**
 * @typedef {{ id: string, name: string }} Named
 * @typedef {"new" | "pending" | "open" | "closed" | "snoozed"} Status
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {number} number
 * @property {string} subject
 * @property {Status} status
 * @property {{ id: string, name: string, email: string }} contact
 * @property {Named | null} assignee
 * @property {number} assignment_epoch
 * @property {Named[]} participants
 * @property {number} unread
 * @property {string} last_event_at
 * @property {string | null} waiting_since
 * @property {string} [snoozed_until]
 * @property {string} [closes_at]
 * @property {string} preview
 * @property {number} rev
 *
 * @typedef {object} LogEvent
 * @property {number} seq
 * @property {string} at
 * @property {{ kind: "customer" | "agent" | "system", id?: string, name?: string }} by
 * @property {"message" | "note" | "status" | "assignment" | "system"} kind
 * @property {string} [body]
 * @property {any} [to]
 * @property {any} [from]
 *
 * @typedef {{ id: string, slug: string, name: string, roles: string[] }} Company
 *
 * @typedef {object} Me
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {string} public_name
 * @property {string[]} roles
 * @property {boolean} assignable
 * @property {Record<string, string[]>} capabilities
 *
 * @typedef {{ id: string, name: string, roles: string[], assignable: boolean, status: string }} Agent
 * @typedef {{ new: number, mine: number, unassigned: number, all: number, snoozed: number, closed: number }} Counters
 */

export {};
