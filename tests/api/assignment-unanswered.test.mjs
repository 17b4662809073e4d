// Changes of people and settings that die on their way: D1 may have them, and nobody was answered. Conversations go by
// them all the same, and leave with whoever left.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate as others } from "node:timers/promises";
import { deskOnDisk, until } from "../support/desk.mjs";
import { told } from "../support/histories/evidence.mjs";
import { assigneesMayHaveThem, peopleAreKnown } from "../support/histories/promises-ledger.mjs";
import { CLASSES, filesOf, readStored } from "../support/histories/stored.mjs";
import { found, hire, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {{ id: string, company: Company, agent: Member, answer?: number }} Case
 */

const OF_EACH_KIND = 6;
const HEALS_WITHIN_SECONDS = 30;

const { desk, folder } = await deskOnDisk();

/** @param {Case} one @param {string} [rest] */
const his = ({ company, agent }, rest = "") => company.path(`/agents/${agent.id}${rest}`);
const QUEUE = { transfer_to: "queue", unstick: true };

/**
 * @typedef {object} Kind
 * @property {(one: Case) => Promise<unknown>} [before]
 * @property {(one: Case) => Promise<{ status: number }>} change
 * @property {string} done the ids of companies or agents of which D1 has it
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  "a limit": {
    change: ({ company }) => company.administrator.patch(company.path(), { max_chats: 7 }),
    done: "SELECT id FROM companies WHERE max_chats = 7",
  },
  "a disabling": {
    change: (one) => one.company.administrator.put(his(one, "/disabled"), QUEUE),
    done: "SELECT id FROM memberships WHERE status = 'disabled'",
  },
  "an enabling": {
    before: async (one) => (await one.company.administrator.put(his(one, "/disabled"), QUEUE)).good(200),
    change: (one) => one.company.administrator.delete(his(one, "/disabled")),
    done: "SELECT id FROM memberships WHERE status = 'active'",
  },
  "a removal": {
    change: (one) => one.company.administrator.delete(his(one)),
    done: "SELECT id FROM memberships WHERE status = 'removed'",
  },
};

/**
 * Waits until D1 has what is being changed of some, and not a moment longer.
 *
 * @param {Case[]} cases
 * @param {string} done
 */
async function begun(cases, done) {
  const [file = assert.fail("there is no D1")] = filesOf(folder, CLASSES.database).filter((path) => {
    return !path.endsWith("metadata.sqlite");
  });
  const database = new DatabaseSync(file, { readOnly: true });
  const ask = database.prepare(done);
  const concerned = new Set(cases.flatMap(({ id, agent }) => [id, agent.id]));
  const deadline = performance.now() + HEALS_WITHIN_SECONDS * 1_000;
  while (!ask.all().some((row) => concerned.has(String(row.id)))) {
    assert.ok(performance.now() < deadline, "D1 gets the change");
    await others();
  }
  database.close();
}

/** A company with one agent, who has a conversation. @returns {Promise<Case>} */
async function begin() {
  const company = await found(desk);
  const agent = await hire(company, "supervisor");
  await agent.take(await write(company));
  const { id } = (await company.administrator.get(company.path())).good(200);
  return { id, company, agent };
}

/** What is not as it should be. @param {Case} one */
function wrong({ id }) {
  const stored = readStored(folder).get(id) ?? assert.fail("its company is gone");
  const evidence = told(stored);
  return [...peopleAreKnown(evidence), ...assigneesMayHaveThem(evidence)];
}

for (const [kind, { before, change, done }] of Object.entries(KINDS)) {
  test(`${kind} that nobody was answered acts, or never happened`, async (t) => {
    /** @type {Case[]} */
    const cases = [];
    for (let n = 0; n < OF_EACH_KIND; n += 1) cases.push(await begin());
    for (const one of cases) await before?.(one);
    await until(() => cases.every((one) => wrong(one).length === 0), "all is quiet", HEALS_WITHIN_SECONDS);

    const sent = cases.map(async (one) => {
      one.answer = await change(one).then(
        ({ status }) => status,
        () => undefined,
      );
    });
    await begun(cases, done);
    await desk.runtime.crash();
    await Promise.all(sent);
    t.diagnostic(`answered: ${cases.map(({ answer }) => answer ?? "nothing").join(", ")}`);
    await until(
      async () => {
        // Somebody looks: a Desk that nobody asks anything may sleep.
        const boards = cases.map(({ company }) => company.administrator.get(company.path("/status-board")));
        for (const board of await Promise.all(boards)) board.good(200);
        assert.deepEqual(cases.flatMap(wrong), []);
        return true;
      },
      "what is known of people is what is so",
      HEALS_WITHIN_SECONDS,
    );
  });
}
