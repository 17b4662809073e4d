// F13: somebody loses his rights in the middle of what he is doing: he is disabled, removed, made somebody to whom nothing
// is assigned, or his invitation is taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { anonymous } from "../support/actors.mjs";
import { deskOnDisk, until } from "../support/desk.mjs";
import { Chance } from "../support/histories/chance.mjs";
import { found, hire, invite, PASSWORD, words, write } from "../support/world.mjs";
import { bystander, isWhole, settles } from "./invariants.mjs";
import { seeds } from "./seeds.mjs";

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Customer} Customer
 * @typedef {{ began: number, status: number, deed: string }} Try
 */

const { desk, folder } = await deskOnDisk();
const company = await found(desk);
const { administrator } = company;
const other = await bystander(desk);

const ROUNDS = 2;
const CONVERSATIONS = 4;

/** Ways to lose them, and what one is answered from then on. */
const LOSSES = /** @type {[string, number, (agent: Member) => Promise<any>][]} */ ([
  [
    "disabled",
    401,
    ({ id }) =>
      administrator.put(company.path(`/agents/${id}/disabled`), { transfer_to: "queue", unstick: true }),
  ],
  ["removed", 404, ({ id }) => administrator.delete(company.path(`/agents/${id}?transfer_to=queue`))],
  [
    "made a stakeholder",
    403,
    ({ id }) =>
      administrator.patch(company.path(`/agents/${id}`), { roles: ["stakeholder"], transfer_to: "queue" }),
  ],
]);

/**
 * Claims, answers and comments until he is told to stop.
 *
 * @param {Member} agent
 * @param {Customer[]} customers
 * @param {AbortSignal} stop
 * @param {Chance} chance
 * @param {number} hand which of his
 */
async function atWork(agent, customers, stop, chance, hand) {
  /** @type {Try[]} */
  const tries = [];
  /** @type {string[]} */
  const said = [];
  for (let n = 0; !stop.aborted; n += 1) {
    const customer = chance.of(customers) ?? assert.fail();
    const began = performance.now();
    const [deed, send] = chance.weighed(
      /** @type {[number, [string, () => Promise<any>]][]} */ ([
        [2, ["claims", () => agent.post(agent.at(customer, "/claim"), {})]],
        [2, ["is given", () => administrator.assign(customer, agent)]],
        [2, ["comments", () => agent.post(agent.at(customer, "/notes"), words(`${agent.id} ${hand} ${n}`))]],
        [1, ["reads", () => agent.get(agent.at(customer))]],
      ]),
    );
    const { status } = await send();
    tries.push({ began, status, deed });
    if (deed === "comments" && status === 201) said.push(`${agent.id} ${hand} ${n}`);
  }
  return { tries, said };
}

for (const [loss, answer, lose] of LOSSES) {
  test(`F13: whoever is ${loss} while he works is out once that is said, and has nothing`, async (t) => {
    let [before, after] = [0, 0];
    for (const seed of seeds(2)) {
      const chance = new Chance(seed);
      const customers = await Promise.all(Array.from({ length: CONVERSATIONS }, () => write(company)));
      const agent = await hire(company, "super_agent", { max_chats: 3 });
      const line = await agent.listen(agent.path("/live"));
      const stop = new AbortController();
      const hands = Array.from({ length: 3 }, (_, n) =>
        atWork(agent, customers, stop.signal, chance.branch(n), n),
      );
      await pause(chance.between(20, 120));
      const since = performance.now();
      const lost = await until(async () => {
        const answered = await lose(agent);
        return answered.status < 300 && answered;
      }, `he is ${loss}`);
      assert.ok(lost);
      const told = performance.now();
      // More than a lease's worth of tries: what was under way comes to its end.
      await pause(150);
      stop.abort();
      const work = await Promise.all(hands);
      const late = work.flatMap(({ tries }) => tries).filter(({ began }) => began > told);
      before += work
        .flatMap(({ tries }) => tries)
        .filter(({ began, status }) => began < since && status < 300).length;
      after += late.length;
      for (const { deed, status } of late) {
        if (deed === "is given") assert.ok([404, 422].includes(status), `given to him afterwards: ${status}`);
        // A stakeholder may still read and comment.
        else if (answer !== 403 || deed === "claims") assert.equal(status, answer, `${deed} afterwards`);
      }
      if (answer !== 403) assert.equal(await line.closed(), 4401);
      line.close();
      for (const customer of customers) {
        await until(
          async () => (await administrator.read(customer)).assignee?.id !== agent.id,
          "nothing is his",
          ROUNDS * 5,
        );
        const log = await administrator.events(customer);
        const his = log
          .map((/** @type {any} */ { body }) => body)
          .filter((/** @type {any} */ body) => body?.startsWith(agent.id));
        await isWhole(administrator, customer, his);
      }
      const kept = work.flatMap(({ said }) => said);
      const logs = (await Promise.all(customers.map((customer) => administrator.events(customer)))).flat();
      for (const words of kept)
        assert.equal(logs.filter(({ body }) => body === words).length, 1, `${words} is there once`);
    }
    t.diagnostic(`${before} deeds before, ${after} tries afterwards`);
    assert.ok(before > 0 && after > 0);
    await other.isServed();
    await settles(folder);
  });
}

test("F13: an invitation that is accepted while it is taken back is one or the other", async () => {
  for (const seed of seeds(2)) {
    const chance = new Chance(seed);
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { agent, token } = await invite(company, ["agent"]);
        const [accepted, removed] = await Promise.all([
          pause(chance.between(0, 15)).then(() =>
            anonymous(desk).post(`/api/invitations/${token}`, { password: PASSWORD }),
          ),
          pause(chance.between(0, 15)).then(() => administrator.delete(company.path(`/agents/${agent.id}`))),
        ]);
        assert.ok(removed.status < 300 || removed.status === 409, removed.text);
        const session = accepted.cookie("edgedesk")?.value;
        if (accepted.status !== 200) return;
        const him = anonymous(desk).with({ cookie: `edgedesk=${session}`, origin: desk.url });
        const { items } = (await administrator.get(company.path("/agents"))).good(200);
        const listed = items.some((/** @type {any} */ one) => one.id === agent.id && one.status === "active");
        assert.equal(
          (await him.get(company.path("/me"))).status === 200,
          listed,
          "he is in as far as he is listed",
        );
        assert.equal(listed, removed.status >= 300);
      }),
    );
    assert.equal(outcomes.length, 4);
  }
  await settles(folder);
});
