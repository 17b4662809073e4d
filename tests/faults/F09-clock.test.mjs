// F9: the clock jumps, forwards and backwards. That rules, hours and patience go by instants alone is tested where they
// are decided (tests/model, src/domain); here it is the machine's clock that is wrong.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, stateFolder, until } from "../support/desk.mjs";
import { Floor, isWith, set } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";
import { settableClock } from "./clock.mjs";
import { bystander, isWhole } from "./invariants.mjs";

const HOUR = 3_600;

const clock = settableClock();
const skip = clock ? false : "no C compiler, or not Linux";
const { folder, remove } = stateFolder();
const desk = clock && (await startDesk({ state: folder }));
const floor = new Floor();
after(async () => {
  floor.close();
  await desk?.stop();
  clock?.remove();
  remove();
});

/** A company at work, by the true time. */
async function atWork() {
  assert.ok(clock && desk);
  clock.set(0);
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  return { clock, desk, company, sam, other: await bystander(desk) };
}

test("F9: an hour forwards, two backwards: numbers go on, and no entry is older than the one before", {
  skip,
}, async () => {
  const { clock, company, sam, other } = await atWork();
  const customer = await write(company);
  const line = await customer.listen(customer.path("/live?after=0"));
  /** @type {string[]} */
  const said = [];
  for (const [n, shift] of [0, HOUR, -HOUR, 0, 24 * HOUR, 0].entries()) {
    clock.set(shift);
    await sam.reply(customer, `Answer ${n}`);
    await customer.write(`Thanks ${n}`);
    said.push(`Answer ${n}`, `Thanks ${n}`);
    await other.isServed();
  }
  const log = await isWhole(sam, customer, said);
  const times = log.map((/** @type {any} */ { at }) => at);
  assert.deepEqual(times, [...times].sort(), "none is older than the one before");
  const words = log
    .map((/** @type {any} */ { body }) => body)
    .filter((/** @type {any} */ body) => said.includes(body));
  assert.deepEqual(words, said, "by number, whatever the time");
  await until(() => line.events.length >= said.length, "the customer has heard all of it");
  line.close();
});

test("F9: what is to close in an hour is open until the hour is over, and closes then", {
  skip,
}, async () => {
  const { clock, company, sam } = await atWork();
  await set(company, { pending_close_after: "PT1H" });
  const customer = await write(company);
  await sam.reply(customer, "Does it work now?");
  const { closes_at } = await sam.read(customer);
  clock.set(-2 * HOUR);
  await sam.comment(customer, "Two hours ago");
  assert.equal((await sam.read(customer)).status, "pending");
  clock.set(HOUR + 60);
  await sam.comment(customer, "An hour later");
  await until(
    async () => (await sam.read(customer)).status === "closed",
    "it closes once somebody looks",
    30,
  );
  assert.ok(Date.parse(closes_at) < Date.now() + (HOUR + 60) * 1_000);
  const log = await isWhole(sam, customer, ["Does it work now?"]);
  assert.equal(
    log.filter((/** @type {any} */ { kind, to }) => kind === "status" && to === "closed").length,
    1,
  );
});

test("F9: a snooze that begins before the clock is set back ends when it says", { skip }, async () => {
  const { clock, sam, company } = await atWork();
  const customer = await write(company);
  clock.set(HOUR);
  (await sam.setStatus(customer, "snoozed", new Date(Date.now() + HOUR * 1_000 + 2_000).toISOString())).good(
    200,
  );
  clock.set(0);
  await sam.comment(customer, "Not yet");
  assert.equal((await sam.read(customer)).status, "snoozed");
  clock.set(HOUR + 10);
  await sam.comment(customer, "Now");
  await until(async () => (await sam.read(customer)).status !== "snoozed", "it is awake", 30);
});

test("F9: conversations are dealt whatever the clock does, to one agent each", { skip }, async () => {
  const { clock, company, other } = await atWork();
  await set(company, { assignment_policy: "balanced", max_chats: 10 });
  const agent = await hire(company, "agent");
  for (const shift of [-HOUR, HOUR, -24 * HOUR, 0]) {
    clock.set(shift);
    await floor.comes(agent);
    const customer = await write(company);
    await isWith(customer, agent);
    floor.leaves(agent);
  }
  await other.isServed();
});

test("F9: a session is over when its time is, and a clock set back does not sign anybody out", {
  skip,
}, async () => {
  const { clock, sam } = await atWork();
  clock.set(-HOUR);
  (await sam.get(sam.path("/me"))).good(200);
  clock.set(400 * 24 * HOUR);
  (await sam.get(sam.path("/me"))).refused(401);
  clock.set(0);
});
