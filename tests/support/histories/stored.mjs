// What a desk has stored, read from its files without asking it.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * @typedef {object} StoredConversation
 * @property {any} state
 * @property {any} tenure
 * @property {number} indexedRev
 * @property {number} mails that are owed
 * @property {any[]} log
 *
 * @typedef {object} StoredDesk
 * @property {Map<string, { active: boolean, record: any }>} records
 * @property {any} roster its copy of the people
 * @property {Map<string, string>} chosen what each agent said of himself
 * @property {Map<string, number>} feed the newest revision of each conversation
 * @property {number} cuts that conversations have yet to hear of
 *
 * @typedef {object} StoredCompany
 * @property {any} company
 * @property {any[]} members
 * @property {Map<string, any>} index
 * @property {StoredDesk} desk
 * @property {Map<string, StoredConversation>} conversations
 *
 * @typedef {Record<string, any>} Row
 */

/** Where the files of each class are, below the folder of the data, and a table that each has. */
export const CLASSES = {
  database: { below: "v3/d1/miniflare-D1DatabaseObject", table: "companies" },
  desk: { below: "v3/do/edgedesk-DeskObject", table: "ledger" },
  conversation: { below: "v3/do/edgedesk-ConversationObject", table: "snapshot" },
};
/** A file that is being repaired after a crash is locked meanwhile. */
const PATIENCE_MILLISECONDS = 5_000;
const NO_DESK = { records: new Map(), roster: undefined, chosen: new Map(), feed: new Map(), cuts: 0 };

/**
 * Changes what is stored, while nothing runs that would know of it.
 *
 * @param {string} folder
 * @param {keyof typeof CLASSES} kind
 * @param {string} sql for each database of that kind
 */
export function alter(folder, kind, sql) {
  let changed = 0;
  for (const file of filesOf(folder, CLASSES[kind])) {
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").all(CLASSES[kind].table);
    if (has.length > 0) {
      database.exec(sql);
      changed += 1;
    }
    database.close();
  }
  if (changed === 0) throw new Error(`${kind}: nothing was changed`);
}

/**
 * Everything that is stored, by company.
 *
 * @param {string} folder
 * @returns {Map<string, StoredCompany>}
 */
export function readStored(folder) {
  const conversations = readAll(folder, CLASSES.conversation, readConversation);
  const desks = new Map(readAll(folder, CLASSES.desk, readDesk));
  /** @type {Map<string, StoredCompany>} */
  const companies = new Map();
  for (const [, read] of readAll(folder, CLASSES.database, readCompanies)) {
    for (const { company, members, index } of read) {
      const own = conversations.filter(([id]) => id === company.id).map(([, one]) => one);
      companies.set(company.id, {
        ...{ company, members, index },
        desk: desks.get(company.id) ?? NO_DESK,
        conversations: new Map(own.map((one) => [one.state.id, one])),
      });
    }
  }
  return companies;
}

/**
 * @template T
 * @param {string} folder
 * @param {{ below: string, table: string }} kind
 * @param {(database: DatabaseSync) => [string, T] | undefined} read
 * @returns {[string, T][]}
 */
function readAll(folder, kind, read) {
  return filesOf(folder, kind).flatMap((file) => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE_MILLISECONDS });
    try {
      if (!has(database, kind.table)) return [];
      // All of one moment.
      database.exec("BEGIN");
      const found = read(database);
      return found ? [found] : [];
    } finally {
      database.close();
    }
  });
}

/**
 * The files of a class.
 *
 * @param {string} folder
 * @param {{ below: string }} kind
 */
export function filesOf(folder, { below }) {
  const path = join(folder, below);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => /^[0-9a-f]+\.sqlite$/.test(name))
    .map((name) => join(path, name));
}

/** @param {DatabaseSync} database @param {string} sql @returns {Row[]} */
const rows = (database, sql) => /** @type {Row[]} */ (database.prepare(sql).all());

/** @param {DatabaseSync} database @param {string} table */
const has = (database, table) =>
  rows(database, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '${table}'`).length > 0;

/** @param {DatabaseSync} database @returns {[string, StoredConversation] | undefined} */
function readConversation(database) {
  const [snapshot] = rows(database, "SELECT state, tenure, indexed_rev FROM snapshot");
  if (!snapshot) return undefined;
  const state = JSON.parse(snapshot.state);
  const log = rows(database, "SELECT seq, pub_seq, entry FROM events ORDER BY seq");
  const conversation = {
    state,
    tenure: JSON.parse(snapshot.tenure),
    indexedRev: snapshot.indexed_rev,
    mails: rows(database, "SELECT id FROM outbox").length,
    log: log.map(({ seq, pub_seq, entry }) => ({ ...JSON.parse(entry), row: { seq, pub_seq } })),
  };
  return [state.company_id, conversation];
}

/** @param {DatabaseSync} database @returns {[string, StoredDesk] | undefined} */
function readDesk(database) {
  const known = new Map(rows(database, "SELECT name, value FROM known").map((row) => [row.name, row.value]));
  const ledger = rows(database, "SELECT conversation_id, active, record FROM ledger");
  const presences = rows(database, "SELECT agent_id, chosen FROM presences");
  const feed = rows(database, "SELECT conversation_id, rev FROM feed");
  const desk = {
    records: new Map(
      ledger.map(({ conversation_id, active, record }) => [
        conversation_id,
        { active: active !== 0, record: JSON.parse(record) },
      ]),
    ),
    roster: known.has("roster") ? JSON.parse(known.get("roster")) : undefined,
    chosen: new Map(presences.map(({ agent_id, chosen }) => [agent_id, chosen])),
    feed: new Map(feed.map(({ conversation_id, rev }) => [conversation_id, rev])),
    cuts: rows(database, "SELECT id FROM owed_cuts").length,
  };
  return [known.get("company"), desk];
}

/**
 * @param {DatabaseSync} database
 * @returns {[string, { company: any, members: any[], index: Map<string, any> }[]] | undefined}
 */
function readCompanies(database) {
  const members = rows(database, "SELECT * FROM memberships");
  const conversations = rows(database, "SELECT * FROM conversations");
  const teams = rows(database, "SELECT agent_id, team_id FROM team_members");
  const companies = rows(database, "SELECT * FROM companies").map((company) => ({
    company,
    members: members
      .filter(({ company_id }) => company_id === company.id)
      .map((member) => ({
        ...member,
        roles: JSON.parse(member.roles),
        teams: teams.filter(({ agent_id }) => agent_id === member.id).map(({ team_id }) => team_id),
        limit: member.max_chats ?? company.max_chats,
      })),
    index: new Map(
      conversations.filter(({ company_id }) => company_id === company.id).map((row) => [row.id, row]),
    ),
  }));
  return ["", companies];
}
