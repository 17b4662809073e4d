// F3: a merge that cannot be carried out: its target fails whenever it is to be written, by a trigger put into its tables.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { deskOnDisk } from "../support/desk.mjs";
import { Floor, isWith, set } from "../support/floor.mjs";
import { byMail } from "../support/mailbox.mjs";
import { address, found, hire, write } from "../support/world.mjs";
import { breaks } from "./tables.mjs";

const { desk, folder } = await deskOnDisk();
const floor = new Floor();
after(() => floor.close());

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Customer} Customer */

/** @param {Member} member @param {Customer} from @param {Customer} into */
const merge = (member, from, into) => member.put(member.at(from, "/merger"), { into: into.id });

/** Two conversations of one customer. */
async function two() {
  const company = await found(desk);
  const email = address("marta");
  const into = await write(company, { email, body: "First words" });
  const from = await write(company, { email, body: "Second words" });
  return { company, into, from };
}

test("a merge that cannot be written leaves both conversations as they were, and says so", async () => {
  const { company, into, from } = await two();
  const { administrator } = company;
  const mend = breaks(folder, into, ["events"]);
  const problem = (await merge(administrator, from, into)).refused(503, "not_merged");
  assert.match(problem.detail, /as they were/);
  await from.write("Still here");
  await administrator.reply(from, "So are we");
  mend();
  (await merge(administrator, from, into)).good(200);
  const text = JSON.stringify(await (await byMail(into)).read());
  for (const line of ["First words", "Second words", "Still here", "So are we"])
    assert.ok(text.includes(line));
});

test("while it is not known what becomes of a merge, nothing changes the source and nobody is dealt it", async () => {
  const { company, into, from } = await two();
  const { administrator } = company;
  await set(company, { assignment_policy: "round_robin" });
  await administrator.reply(into, "Of this one, we have to hear from you");
  const tag = (await administrator.post(company.path("/tags"), { name: "Urgent" })).good(201);
  (await administrator.put(administrator.at(from, `/tags/${tag.id}`), {})).good(200);
  const mend = breaks(folder, into, ["events", "refused_merges"]);
  assert.equal((await merge(administrator, from, into)).status, 500);
  const before = await administrator.read(from);
  assert.equal((await administrator.delete(company.path(`/tags/${tag.id}`))).status, 500);
  const agent = await hire(company, "agent");
  const other = await write(company);
  await floor.comes(agent);
  await isWith(other, agent);
  assert.deepEqual(await administrator.read(from), before);
  mend();
  (await merge(administrator, from, into)).good(200);
  (await administrator.delete(company.path(`/tags/${tag.id}`))).good(204);
  assert.deepEqual((await administrator.read(into)).tags, [], "what it brought along is gone as well");
  await isWith(into, agent);
});
