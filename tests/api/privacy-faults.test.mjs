// An erasure that is interrupted goes on: whatever dies in the middle of it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { until } from "../support/desk.mjs";
import { mortalDesk } from "../support/mortal.mjs";
import { found, write } from "../support/world.mjs";

const CONVERSATIONS = 24;

const mortal = await mortalDesk();
after(async () => {
  await mortal.kill();
  mortal.bury();
});

/** As the builders want it; nothing here looks into the runtime. */
const desk = /** @type {import("../support/desk.mjs").Desk} */ (/** @type {unknown} */ ({ url: mortal.url }));

// spec: B12
test("a desk that is killed while it erases finishes once it is back", async () => {
  await mortal.start();
  const company = await found(desk);
  const { administrator } = company;
  const first = await write(company);
  const customers = [first];
  for (let n = 1; n < CONVERSATIONS; n += 1) customers.push(await write(company, { email: first.email }));
  const neighbour = await write(company);
  const { contact } = await administrator.read(first);
  const erased = await administrator.request("DELETE", company.path(`/contacts/${contact.id}`), {
    confirm: contact.email,
  });
  assert.equal(erased.good(202).conversations, CONVERSATIONS);
  await mortal.kill();
  await mortal.start();
  const lines = async () => (await administrator.get(company.path("/erasures"))).good(200).items;
  assert.equal((await lines()).length, 1);
  await until(async () => (await lines())[0].state === "done", "it is finished", 40);
  for (const customer of customers) (await customer.get(customer.path())).refused(404);
  assert.equal((await neighbour.read()).id, neighbour.id);
});
