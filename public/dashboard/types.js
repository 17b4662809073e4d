// The shapes of the contract that the dashboard works with. No code: types for the editor and `make check`.

/**
 * @typedef {{ id: string, name: string }} Named
 * @typedef {import("./money.js").Money} Money
 * @typedef {"new" | "pending" | "open" | "closed" | "snoozed"} Status
 * @typedef {"low" | "normal" | "high" | "urgent"} Priority
 * @typedef {"web" | "chat" | "agent"} Channel how it came in
 * @typedef {{ id: string, name: string, colour: string, conversations?: number }} Tag
 * @typedef {"online" | "away" | "busy" | "offline"} Presence
 * @typedef {{ score: number, comment: string }} Rating
 * @typedef {{ id: string, name: string, type: string, size: number }} Attachment
 * How many conversations an agent has, and how many he may have.
 * @typedef {{ open: number, limit: number }} Load
 *
 * Another conversation.
 * @typedef {{ id: string, number: number, subject: string }} Other
 * Something that was said in another one.
 * @typedef {Pick<LogEvent, "kind" | "at" | "by" | "body" | "attachments" | "items" | "order" | "what" | "amount" | "method"> & { translation?: Omit<Translation, "seq"> }} Saying
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {number} number
 * @property {string} subject
 * @property {Status} status
 * @property {Channel} channel
 * @property {{ id: string, name: string, email: string }} contact
 * @property {Named | null} assignee
 * @property {number} assignment_epoch
 * @property {Named[]} participants
 * @property {Named | null} folder
 * @property {Named | null} team
 * @property {Named | null} business_unit
 * @property {Tag[]} tags
 * @property {Priority} priority
 * @property {Named[]} [followers] who sees it without having had it
 * @property {Rating} [rating] by its customer
 * @property {string} [language] the customer's
 * @property {number} unread
 * @property {string} last_event_at
 * @property {string | null} waiting_since
 * @property {string} [snoozed_until]
 * @property {string} [closes_at]
 * @property {string} [escalated_at] since when its customer has waited longer than the company's response time
 * @property {Other} [merged_into] where it goes on: it is closed for good
 * @property {Other[]} [merged_from]
 * @property {string} preview
 * @property {number} rev
 *
 * @typedef {object} LogEvent
 * @property {number} seq
 * @property {string} at
 * @property {{ kind: "customer" | "agent" | "automation" | "system", id?: string, name?: string }} by
 * @property {"message" | "note" | "status" | "assignment" | "folder" | "team" | "tag" | "priority" | "participant" | "rating" | "contact" | "absorbed" | "merged" | "system" | "catalog" | "order"} kind
 * @property {string} [body]
 * @property {Attachment[]} [attachments] of words
 * @property {any[]} [items] `Saying`s of a conversation that was merged into this one; `CatalogCard`s that were sent
 * @property {boolean} [continued] an earlier event has the beginning of them
 * @property {Other} [into] where it was merged into
 * @property {Named[]} [mentions] of a comment
 * @property {Tag} [tag]
 * @property {Named} [agent] who follows
 * @property {boolean} [on] of a tag or a follower
 * @property {number} [score] of a rating
 * @property {string} [comment] of a rating
 * @property {any} [to]
 * @property {any} [from]
 * @property {boolean} [forced] of an assignment: beyond the limit
 * @property {"opened" | "escalated" | "reminded" | "link_replaced" | OrderWhat} [what] of a system's event, or an order's
 * @property {{ id: string, number: number }} [order]
 * @property {import("./money.js").Money} [amount] of the order, or of its payment
 * @property {PaymentMethod} [method] of a payment
 *
 * A message in another language than it was written in.
 * @typedef {{ seq: number, language: string, from: string, text: string, by: string | null }} Translation
 *
 * @typedef {object} SearchHit
 * @property {"subject" | "contact" | "message" | "note" | "number"} field
 * @property {number} [seq] of words
 * @property {LogEvent["by"]} [by]
 * @property {string} [at]
 * @property {{ text: string, match: boolean }[]} snippet
 *
 * @typedef {{ conversation: Conversation, hit: SearchHit }} SearchResult
 * @typedef {{ items: SearchResult[], contacts: Conversation["contact"][], next: string | null }} SearchResults
 *
 * @typedef {{ id: string, slug: string, name: string, roles: string[] }} Company
 *
 * @typedef {object} Me
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {string} public_name
 * @property {string} function
 * @property {string} signature
 * @property {boolean} append_signature whether it goes under his answers by itself
 * @property {string} description
 * @property {Named | null} description_file
 * @property {string | null} photo_url
 * @property {string | null} language
 * @property {string | null} translates_to the language that messages in others are translated into for him, where they are
 * @property {Preferences} notifications
 * @property {"online" | "away" | "busy"} availability his own word
 * @property {number} open conversations that he has
 * @property {number} limit and how many he may have
 * @property {boolean} owner
 * @property {string[]} roles
 * @property {string[]} add_ons
 * @property {boolean} assignable
 * @property {Record<string, string[]>} capabilities
 *
 * @typedef {"new_conversation" | "assigned" | "answered" | "mentioned" | "escalated" | "followed"} NoticeKind
 * @typedef {Record<NoticeKind, boolean>} Occasions
 * @typedef {{ page: Occasions, browser: Occasions, email: Occasions, digest: { every: "off" | "hour" | "day", hour: number },
 *   show_content: boolean, sound: boolean }} Preferences
 *
 * @typedef {object} Notice
 * @property {string} id
 * @property {NoticeKind} kind
 * @property {string} at
 * @property {number} count how often it happened since it was last read
 * @property {boolean} read
 * @property {{ id: string, number: number, subject: string, contact: string } | null} conversation none of what I do not
 *   see before it is mine
 *
 * A colleague who can be named in a conversation, and whether he sees it already.
 * @typedef {Named & { sees: boolean, follows: boolean }} Colleague
 * @typedef {{ id: string, name: string, see_incoming: boolean, assign: boolean }} Folder
 * @typedef {{ id: string, name: string, agents: Named[] }} Team
 *
 * @typedef {object} AgentRecord
 * @property {string} id
 * @property {string} name
 * @property {string | null} public_name
 * @property {string} first_name
 * @property {string} last_name
 * @property {string} function
 * @property {string} email
 * @property {"invited" | "active" | "disabled"} status
 * @property {boolean} owner
 * @property {string[]} roles
 * @property {string[]} add_ons
 * @property {string | null} language
 * @property {Named[]} business_units
 * @property {Named[]} teams
 * @property {{ landline: string, mobile: string }} phones
 * @property {number | null} max_chats
 * @property {boolean} assignable
 * @property {Presence} presence
 * @property {number} open conversations that he has
 * @property {number} limit and how many he may have
 * @property {string | null} last_seen_at
 * @property {string | null} photo_url
 *
 * @typedef {Conversation["contact"] & { phone: string, organisation: string, note: string, language: string,
 *   created_at: string, sticky_agent_id: string | null, sticky_agent_name: string | null }} ContactRecord
 *
 * Of the Agent Status page.
 * @typedef {Pick<AgentRecord, "id" | "name" | "photo_url" | "status" | "assignable" | "presence" | "last_seen_at">
 *   & Load & { availability: Me["availability"], conversations: BoardConversation[],
 *   sticky_contacts: Conversation["contact"][], had?: number }} BoardAgent
 * @typedef {Pick<Conversation, "id" | "number" | "subject" | "status" | "contact" | "waiting_since"
 *   | "assignment_epoch" | "last_event_at"> & { escalated_at: string | null }} BoardConversation
 *
 * @typedef {{ id: string, name: string, description?: string, price: Money, picture_url?: string | null }} CatalogCard
 * @typedef {CatalogCard & { description: string, tax_rate: number, archived: boolean, created_at: string }} CatalogItem
 *
 * @typedef {"requested" | "draft" | "offered" | "awaiting_payment" | "paid" | "reconciled" | "rejected" | "declined"
 *   | "expired" | "cancelled"} OrderState
 * @typedef {"requested" | "created" | "edited" | "offered" | "confirmed" | "declined" | "expired" | "cancelled" | "deleted"
 *   | "restored" | "payment_asked" | "payment_received" | "payment_failed" | "payment_reconciled" | "payment_rejected"
 *   | "payment_reopened" | "payment_refunded"} OrderWhat
 * @typedef {"card" | "transfer" | "cash_on_delivery"} PaymentMethod
 * @typedef {"awaiting" | "paid" | "reconciled" | "rejected" | "reopened" | "failed" | "cancelled"} PaymentState
 * @typedef {{ item_id?: string, name: string, quantity: number, unit_price: Money, tax_rate: number, net: Money,
 *   tax: Money, total: Money }} OrderLine
 * @typedef {{ name: string, address: string, country: string, vat_id: string }} Billing
 *
 * @typedef {object} Order
 * @property {string} id
 * @property {number} number
 * @property {OrderState} state
 * @property {number} rev
 * @property {{ id: string, number: number } | null} conversation
 * @property {{ id: string, name: string, email: string }} contact
 * @property {Named | null} agent none where the customer asked for it
 * @property {string} currency
 * @property {OrderLine[]} lines
 * @property {Money} net
 * @property {Money} tax
 * @property {Money} total
 * @property {Money} paid
 * @property {Money} reconciled
 * @property {Money} due
 * @property {Money} overpaid
 * @property {string} note shown to the customer
 * @property {Billing} billing
 * @property {boolean} known whether the customer knows of it
 * @property {string | null} expires_at
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} deleted_at
 * @property {Payment[]} [payments] of one order by itself
 * @property {string[]} [may] of one order by itself: what I may do to it
 *
 * @typedef {{ id: string, order: { id: string, number: number }, method: PaymentMethod, state: PaymentState,
 *   amount: Money, received: Money, reference: string, url: string | null, created_at: string,
 *   updated_at: string }} Payment
 * @typedef {{ currency: string, bank_details: string, expires_after: string | null, card: boolean }} OrderSettings
 *
 * How many conversations each view has; of places, those under way, by id; where there is none, there is no number.
 * `dealt`: how many wait that the Dispenser deals to me.
 * @typedef {{ new: number, mine: number, unassigned: number, all: number, snoozed: number, closed: number, dealt: number,
 *   folders: Record<string, number>, teams: Record<string, number>, tags: Record<string, number> }} Counters
 */

export {};
