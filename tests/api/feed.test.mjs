// The company's feed: whoever follows it, with interruptions, knows what a fresh list would tell him, and no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { Floor, set, writeMany } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/listener.mjs").Listener} Listener */

const { desk, floor } = await Floor.open();

const UNDER_WAY = ["new", "open", "pending"];

/** Somebody who keeps a list by the feed alone, and counts what he has in it. */
class Follower {
  /** @param {Member} member */
  constructor(member) {
    this.member = member;
    /** @type {Map<string, any>} */
    this.known = new Map();
    /** @type {number | undefined} */
    this.head = undefined;
    /** @type {number[]} every position he was told of, in order */
    this.heard = [];
    /** @type {Listener | undefined} */
    this.feed = undefined;
    /** How many frames of this connection were taken in. */
    this.taken = 0;
    this.staleLists = 0;
    floor.others.push({ close: () => this.leave() });
  }

  async come() {
    const after = this.head === undefined ? "" : `?after=${this.head}`;
    this.feed = await this.member.listen(this.member.path(`/live${after}`));
    this.taken = 0;
    const hello = await this.feed.hears({ type: "hello" });
    if (this.head === undefined) {
      this.head = hello.head;
      await this.reload();
    }
  }

  leave() {
    this.feed?.close();
    this.feed = undefined;
  }

  /** Takes in what was heard since. */
  async follow() {
    const frames = this.feed?.frames.slice(this.taken) ?? [];
    this.taken += frames.length;
    for (const { type, seq, event } of frames) {
      assert.notEqual(type, "resync", "nothing was missed");
      if (type !== "event") continue;
      this.heard.push(seq);
      this.head = seq;
      if (event.kind === "conversation") this.learn(event.conversation);
      else await this.reload();
    }
    return frames.length;
  }

  /** @param {any} one */
  learn(one) {
    const known = this.known.get(one.id);
    if (!known || known.rev < one.rev) this.known.set(one.id, one);
  }

  async reload() {
    const items = await this.list();
    const listed = new Set(items.map(({ id }) => id));
    for (const id of this.known.keys()) if (!listed.has(id)) this.known.delete(id);
    for (const item of items) this.learn(item);
  }

  /** @returns {Promise<any[]>} */
  async list() {
    return (await this.member.get(this.member.path("/conversations?limit=100"))).good().items;
  }

  /** What the views of his dashboard would show. */
  counts() {
    const all = [...this.known.values()];
    const count = (/** @type {(one: any) => boolean} */ is) => all.filter(is).length;
    const underWay = (/** @type {any} */ one) => UNDER_WAY.includes(one.status);
    const by = (/** @type {(one: any) => ({ id: string } | null)[]} */ places) => {
      const sums = /** @type {Record<string, number>} */ ({});
      for (const place of all.filter(underWay).flatMap(places)) {
        if (place) sums[place.id] = (sums[place.id] ?? 0) + 1;
      }
      return sums;
    };
    return {
      new: count(({ status }) => status === "new"),
      mine: count((one) => underWay(one) && one.assignee?.id === this.member.id),
      unassigned: count((one) => underWay(one) && !one.assignee),
      all: count(underWay),
      snoozed: count(({ status }) => status === "snoozed"),
      closed: count(({ status }) => status === "closed"),
      folders: by(({ folder }) => [folder]),
      teams: by(({ team, business_unit }) => [team, business_unit]),
      tags: by(({ tags }) => tags),
    };
  }

  /** Waits until what he knows is what a fresh list and fresh counters say. */
  agrees() {
    return until(
      async () => {
        await this.follow();
        const byId = (/** @type {any} */ a, /** @type {any} */ b) => (a.id < b.id ? -1 : 1);
        assert.deepEqual([...this.known.values()].sort(byId), (await this.list()).sort(byId));
        // What the Dispenser deals need not be among what he sees.
        const { dealt, ...counters } = (
          await this.member.get(this.member.path("/conversations/counters"))
        ).good();
        assert.ok(dealt >= 0);
        assert.deepEqual(this.counts(), counters);
        return true;
      },
      "what is known is what is",
      15,
    );
  }
}

test("followers of every kind, interrupted now and then, know what is and are told nothing twice", async () => {
  const company = await found(desk);
  const { administrator } = company;
  await set(company, { max_chats: 4, assignment_policy: "balanced" });
  const folder = (await administrator.post(company.path("/folders"), { name: "Code" })).good(201);
  const group = (await administrator.post(company.path("/teams"), { name: "Lamps" })).good(201);
  const people = [
    administrator,
    await hire(company, "supervisor"),
    await hire(company, "agent", { add_ons: ["dispenser"] }),
    await hire(company, "agent", { teams: [group.id] }),
    await hire(company, "agent_manager", { teams: [group.id] }),
  ];
  const rights = [{ agent_id: people[3]?.id, see_incoming: true, assign: true }];
  (await administrator.put(company.path(`/folders/${folder.id}/rights`), rights)).good(200);
  const all = people.map((member) => new Follower(member));
  for (const follower of all) await follower.come();

  const [first, second, third] = await writeMany(company, 6);
  assert.ok(first && second && third);
  all[3]?.leave();
  (await administrator.put(administrator.at(first, "/folder"), { folder_id: folder.id })).good(200);
  (await administrator.put(administrator.at(second, "/team"), { team_id: group.id })).good(200);
  await first.write("Are you there?");
  (await administrator.setStatus(third, "closed")).good(200);
  await all[3]?.come();
  all[0]?.leave();
  await third.write("It is dark again.");
  const later = new Date(Date.now() + 3_600_000).toISOString();
  (await administrator.setStatus(first, "snoozed", later)).good(200);
  (await administrator.put(administrator.at(second, "/team"), { team_id: null })).good(200);
  await write(company);
  await all[0]?.come();
  (await administrator.assign(second, null)).good(200);

  for (const follower of all) {
    await follower.agrees();
    const once = new Set(follower.heard);
    assert.equal(once.size, follower.heard.length, "nothing twice");
    assert.deepEqual(
      follower.heard,
      [...follower.heard].sort((a, b) => a - b),
      "in order",
    );
  }
});

test("a list that is fetched because of the feed is never older than it", async () => {
  const company = await found(desk);
  const follower = new Follower(company.administrator);
  await follower.come();
  const customers = await writeMany(company, 3);
  let newest = 0;
  const writing = Promise.all(
    customers.map(async (customer) => {
      for (let n = 0; n < 8; n += 1) await customer.write(`Message ${n}`);
    }),
  );
  let done = false;
  const finished = writing.then(() => {
    done = true;
  });
  await until(
    async () => {
      const events = follower.feed?.events ?? [];
      const latest = events.slice(newest);
      newest = events.length;
      if (latest.length > 0) {
        const listed = new Map((await follower.list()).map((one) => [one.id, one.rev]));
        for (const { event } of latest) {
          const { id, rev } = event.conversation;
          assert.ok(listed.get(id) >= rev, `${listed.get(id)} is older than ${rev}`);
        }
      }
      return done && latest.length === 0 && newest > 0;
    },
    "everything was heard",
    20,
  );
  await finished;
});
