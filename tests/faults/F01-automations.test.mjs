// What rules have begun is finished, and done once, whatever happens to the machine; and what fails holds nothing else up.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { buildWithoutMail } from "../support/faulty.mjs";
import { mortalDesk } from "../support/mortal.mjs";
import { byRules, makeRule, ran } from "../support/rules.mjs";
import { found, write } from "../support/world.mjs";

/** @typedef {import("../support/desk.mjs").Desk} Desk */

const ROUNDS = 3;
const CUSTOMERS = 5;

test("a rule acts once in each conversation, however often the machine dies meanwhile", async () => {
  const mortal = await mortalDesk();
  after(async () => {
    await mortal.kill();
    mortal.bury();
  });
  const desk = /** @type {Desk} */ (/** @type {unknown} */ ({ url: mortal.url }));
  await mortal.start();
  const company = await found(desk, { company: "Nine Lives" });
  const { administrator } = company;
  const folder = (await administrator.post(company.path("/folders"), { name: "Sorted" })).good(201);
  const actions = [
    { kind: "note", body: "First." },
    { kind: "folder", folder_id: folder.id },
    { kind: "message", body: "Second." },
    { kind: "priority", priority: "high" },
    { kind: "note", body: "Third." },
  ];
  // Once an action is taken, its conditions do not hold any more: it goes on with what was decided.
  const conditions = { all: [{ what: "folder", is: "none" }], any: [] };
  const first = await makeRule(company, { conditions, actions });
  const second = await makeRule(company, {
    trigger: { kind: "customer_wrote" },
    actions: [{ kind: "note", body: "Fourth." }],
  });
  /** @type {import("../support/world.mjs").Customer[]} */
  const customers = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    customers.push(...(await Promise.all(Array.from({ length: CUSTOMERS }, () => write(company)))));
    // It dies while they are at it: by now some have begun, few have ended.
    await until(
      async () => (await byRules(company, customers.at(-1) ?? assert.fail())).length >= round,
      "it has begun",
    );
    await mortal.kill();
    await mortal.start();
  }
  for (const customer of customers) {
    const done = await until(async () => {
      const events = await byRules(company, customer);
      assert.ok(events.length > actions.length);
      return events;
    }, "the rules are through");
    assert.deepEqual(
      done.map(({ kind, body }) => body ?? kind),
      ["First.", "folder", "Second.", "priority", "Third.", "Fourth."],
    );
  }
  const runs = async (/** @type {{ id: string }} */ { id }) =>
    (await administrator.get(company.path(`/automations/${id}/runs?limit=100`))).good(200).items;
  for (const rule of [first, second]) {
    const written = await until(
      async () => {
        const items = await runs(rule);
        return items.length >= customers.length && items;
      },
      "all that was done is written down",
      15,
    );
    assert.equal(
      new Set(written.map((/** @type {any} */ { conversation_id: id }) => id)).size,
      customers.length,
    );
    assert.equal(written.length, customers.length);
    assert.ok(written.every((/** @type {any} */ { failed }) => !failed));
  }
});

test("rules act while no mail can be sent", async () => {
  const { scriptDir, remove } = buildWithoutMail(1_000);
  const desk = await startDesk({ scriptDir });
  after(async () => {
    await desk.stop();
    remove();
  });
  const company = await found(desk, { company: "Dead Letters" });
  const rule = await makeRule(company);
  const customer = await write(company);
  await ran(company, rule);
  assert.equal((await company.administrator.read(customer)).priority, "high");
});
