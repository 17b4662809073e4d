// The list of a company's people: who they are, who is there, how many seats there are.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, invite } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 */

/** @param {Member} member @param {string} [query] @returns {Promise<any>} */
const listFor = async (member, query = "") => (await member.get(member.path(`/agents${query}`))).good(200);

/** @param {Company} company @param {string} id @returns {Promise<any>} */
const agentOf = async (company, id) =>
  (await company.administrator.get(company.path(`/agents/${id}`))).good(200);

/** @param {any} list @returns {string[]} */
const idsOf = (list) => list.items.map((/** @type {any} */ one) => one.id).sort();

// spec: F1 F5 F6 F7
test("the list has everybody's names, e-mail, role and function", async () => {
  const company = await found(desk);
  const nadia = await hire(company, ["agent", "client_manager"], {
    first_name: "Nadia",
    last_name: "Haddad",
    add_ons: ["dispenser"],
  });
  (await nadia.patch(company.path("/me"), { public_name: "Nadia of Lamps", function: "Repairs" })).good(200);
  const { items, next } = await listFor(company.administrator);
  assert.equal(next, null);
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.email).sort(),
    [company.administrator.email, nadia.email].sort(),
  );
  const shown = items.find((/** @type {any} */ one) => one.id === nadia.id);
  assert.deepEqual(
    [shown.name, shown.public_name, shown.first_name, shown.last_name, shown.function, shown.status],
    ["Nadia Haddad", "Nadia of Lamps", "Nadia", "Haddad", "Repairs", "active"],
  );
  assert.deepEqual(
    [shown.roles, shown.add_ons, shown.assignable],
    [["agent", "client_manager"], ["dispenser"], true],
  );
  // spec: F8
  assert.deepEqual(await agentOf(company, nadia.id), shown);
});

// spec: E18 F2 H6
test("seats are taken by whoever works here or is invited, and freed by whoever leaves", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const seats = async () => (await listFor(administrator)).seats;
  const { total } = await seats();
  assert.deepEqual(await seats(), { used: 1, total });
  assert.ok(total > 1);
  const { agent } = await invite(company, ["agent"]);
  const member = await hire(company, "agent");
  assert.deepEqual(await seats(), { used: 3, total });
  assert.deepEqual((await administrator.get(company.path())).good(200).seats, { used: 3, total });
  (await administrator.put(company.path(`/agents/${member.id}/disabled`), {})).good(200);
  assert.deepEqual(await seats(), { used: 2, total });
  (await administrator.delete(company.path(`/agents/${agent.id}`))).good(204);
  assert.deepEqual(await seats(), { used: 1, total });
  (await administrator.delete(company.path(`/agents/${member.id}/disabled`))).good(200);
  assert.deepEqual(await seats(), { used: 2, total });
});

// spec: F3 F4
test("who is available, who is offline, and when each was last seen", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const one = async () => agentOf(company, agent.id);
  const counts = async () => {
    const { available, offline } = await listFor(administrator);
    return { available, offline };
  };
  const never = await one();
  assert.deepEqual([never.presence, never.last_seen_at], ["offline", null]);
  assert.deepEqual(await counts(), { available: 0, offline: 2 });

  const before = Date.now();
  const feed = await agent.listen(company.path("/live"));
  await feed.hears({ type: "hello" });
  const here = await one();
  assert.equal(here.presence, "online");
  assert.ok(
    Date.parse(here.last_seen_at) >= before - 1_000 && Date.parse(here.last_seen_at) <= Date.now() + 1_000,
  );
  assert.deepEqual(await counts(), { available: 1, offline: 1 });
  const bossFeed = await administrator.listen(company.path("/live"));
  await bossFeed.hears({ type: "hello" });
  assert.deepEqual(
    await counts(),
    { available: 1, offline: 0 },
    "an administrator is never assigned anything",
  );

  for (const availability of ["away", "busy"]) {
    const me = (await agent.patch(company.path("/me"), { availability })).good(200);
    assert.equal(me.availability, availability);
    assert.equal((await one()).presence, availability);
    assert.deepEqual(await counts(), { available: 0, offline: 0 });
  }
  (await agent.patch(company.path("/me"), { availability: "gone" })).refusedField("availability");
  (await agent.patch(company.path("/me"), { availability: "online" })).good(200);
  assert.deepEqual(await counts(), { available: 1, offline: 0 });

  const second = await agent.listen(company.path("/live"));
  await second.hears({ type: "hello" });
  feed.socket.close();
  await feed.closed();
  assert.equal((await one()).presence, "online", "one dashboard is enough");
  second.socket.close();
  await second.closed();
  const gone = await until(
    async () => {
      const now = await one();
      return now.presence === "offline" && now;
    },
    "he is offline, once it is sure that he does not just load his page anew",
    20,
  );
  assert.ok(
    Date.parse(gone.last_seen_at) >= before - 1_000 && Date.parse(gone.last_seen_at) <= Date.now() + 1_000,
  );
  assert.deepEqual(await counts(), { available: 0, offline: 1 });
  bossFeed.close();
});

// spec: F9
test("people are found by any part of a name or an e-mail, and by where they stand", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const marta = await hire(company, "agent", { first_name: "Marta", last_name: "Österlund" });
  const jo = await hire(company, "supervisor", {
    first_name: "Jo",
    last_name: "Quimby",
    name: "The Lamplighter",
  });
  const { agent: invited } = await invite(company, ["agent"], { first_name: "Vera", last_name: "Stone" });
  const search = async (/** @type {Record<string, string>} */ query) =>
    idsOf(await listFor(administrator, `?${new URLSearchParams(query)}`));
  assert.deepEqual(await search({ q: "mart" }), [marta.id]);
  assert.deepEqual(await search({ q: " österLUND " }), [marta.id]);
  assert.deepEqual(await search({ q: "quimby" }), [jo.id]);
  assert.deepEqual(await search({ q: jo.email.slice(1).toUpperCase() }), [jo.id]);
  assert.deepEqual(await search({ q: "no such person" }), []);
  assert.deepEqual(await search({ q: "%" }), [], "it is no pattern");
  assert.deepEqual(await search({ status: "invited" }), [invited.id]);
  assert.deepEqual(await search({ status: "active" }), [administrator.id, jo.id, marta.id].sort());
  assert.deepEqual(await search({ status: "active", q: "marta" }), [marta.id]);
  assert.deepEqual(await search({ role: "supervisor" }), [jo.id]);
  (await administrator.put(company.path(`/agents/${jo.id}/disabled`), {})).good(200);
  assert.deepEqual(await search({ status: "disabled" }), [jo.id]);
  (await administrator.get(company.path("/agents?status=asleep"))).refused(422);
  (await administrator.get(company.path("/agents?colour=red"))).refused(422, "unknown_field");
});

test("whoever finds somebody still sees how many seats and people there are", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const feed = await agent.listen(company.path("/live"));
  await feed.hears({ type: "hello" });
  const { seats, available, offline } = await listFor(company.administrator);
  assert.deepEqual({ available, offline }, { available: 1, offline: 1 });
  const searched = await listFor(company.administrator, "?q=nobody-of-this-name");
  assert.deepEqual(searched, { items: [], next: null, seats, available, offline });
  feed.close();
});
