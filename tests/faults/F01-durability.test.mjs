// What was acknowledged is there, whatever happens to the machine.

import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { until } from "../support/desk.mjs";
import { mortalDesk } from "../support/mortal.mjs";
import { found, hire, words, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Conversation} Conversation */
/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/actors.mjs").Actor} Actor */
/** @typedef {{ client_id: string, body: string }} Words */
/** @typedef {{ actor: Actor, path: string, said: Words, seq?: number }} Sending */

const ROUNDS = 3;
const SENDERS_PER_CONVERSATION = 4;
const ACKNOWLEDGED_BEFORE_DEATH = 60;

const mortal = await mortalDesk();
afterEach(() => mortal.kill());
after(() => mortal.bury());

/** As the builders want it; nothing here looks into the runtime. */
const desk = /** @type {import("../support/desk.mjs").Desk} */ (/** @type {unknown} */ ({ url: mortal.url }));

/**
 * Sends one message after the other until the desk is gone. Every sending is noted, with its number once it has one.
 *
 * @param {Actor} actor
 * @param {string} path
 * @param {string} name
 * @param {Sending[]} sendings
 */
async function sendUntilDeath(actor, path, name, sendings) {
  for (let n = 1; ; n += 1) {
    /** @type {Sending} */
    const sending = { actor, path, said: words(`${name}, ${n}`) };
    sendings.push(sending);
    const answer = await actor.post(path, sending.said).catch(() => undefined);
    if (!answer) return;
    sending.seq = answer.good(201).seq;
  }
}

/**
 * All events of a conversation, part by part.
 *
 * @param {Member} member
 * @param {Conversation} conversation
 * @returns {Promise<any[]>}
 */
async function wholeLog(member, conversation) {
  const events = [];
  for (let after = "0"; after !== null; ) {
    const part = (await member.get(member.at(conversation, `/events?limit=1000&after=${after}`))).good(200);
    events.push(...part.items);
    after = part.next;
  }
  return events;
}

/** @param {any[]} log @param {Sending[]} sendings @param {string} what */
function holdsOnce(log, sendings, what) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { body } of log) counts.set(body, (counts.get(body) ?? 0) + 1);
  for (const { said } of sendings) assert.equal(counts.get(said.body), 1, `${what}: ${said.body}`);
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, n) => n + 1),
    "numbered without gaps",
  );
}

for (let round = 1; round <= ROUNDS; round += 1) {
  test(`46: a desk that is killed at work keeps what it acknowledged, exactly once (${round})`, async () => {
    await mortal.start();
    const company = await found(desk);
    const sam = await hire(company, "supervisor");
    const conversations = [await write(company), await write(company), await write(company)];
    /** @type {Map<string, Sending[]>} */
    const sendings = new Map(conversations.map(({ id }) => [id, []]));
    const all = () => [...sendings.values()].flat();
    const work = conversations.flatMap((conversation) => {
      const noted = sendings.get(conversation.id) ?? [];
      return Array.from({ length: SENDERS_PER_CONVERSATION }, (_, n) =>
        n % 2 === 0
          ? sendUntilDeath(conversation, conversation.path("/messages"), `customer ${n}`, noted)
          : sendUntilDeath(sam, sam.at(conversation, n === 1 ? "/messages" : "/notes"), `agent ${n}`, noted),
      );
    });
    const acknowledged = () => all().filter(({ seq }) => seq !== undefined).length;
    await until(() => acknowledged() >= ACKNOWLEDGED_BEFORE_DEATH * round, "enough is acknowledged", 30);
    await mortal.kill();
    await Promise.all(work);
    const unsure = all().filter(({ seq }) => seq === undefined);
    assert.equal(unsure.length, work.length, "each sender was in the middle of something");

    await mortal.start();
    for (const conversation of conversations) {
      const mine = sendings.get(conversation.id) ?? [];
      const log = await wholeLog(sam, conversation);
      holdsOnce(
        log,
        mine.filter(({ seq }) => seq !== undefined),
        "acknowledged",
      );
      for (const { seq, said, path } of mine) {
        if (seq && path.includes("/companies/"))
          assert.equal(log[seq - 1].body, said.body, "where it was said to be");
      }
    }
    await Promise.all(unsure.map(async ({ actor, path, said }) => (await actor.post(path, said)).good(201)));
    await Promise.all(all().map(async ({ actor, path, said }) => (await actor.post(path, said)).good(201)));
    for (const conversation of conversations) {
      holdsOnce(await wholeLog(sam, conversation), sendings.get(conversation.id) ?? [], "sent again");
    }

    await agrees(sam, conversations);
  });
}

test("what was still owed to the index when the desk died is delivered by the next one", async () => {
  await mortal.start();
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const conversations = await Promise.all(Array.from({ length: 6 }, () => write(company)));
  await Promise.all(conversations.map(async (one) => (await sam.setStatus(one, "closed")).good()));
  await mortal.kill();
  await mortal.start();
  const closed = async () => (await sam.get(sam.path("/conversations?status=closed"))).good().items.length;
  await until(async () => (await closed()) === conversations.length, "the list has them all, unasked", 20);
  await agrees(sam, conversations);
});

test("an opening that was not acknowledged is one conversation when it is sent again", async () => {
  await mortal.start();
  const company = await found(desk);
  const forms = Array.from({ length: 20 }, (_, n) => ({
    client_id: crypto.randomUUID(),
    name: "Marta Lindholm",
    email: `marta.${n}@people.example`,
    subject: `Lamp ${n}`,
    body: "It does not light.",
  }));
  const path = `/api/public/companies/${company.slug}/conversations`;
  const { administrator } = company;
  const open = async (/** @type {unknown} */ form) => {
    const answer = await administrator.post(path, form).catch(() => undefined);
    return answer?.good(201).url;
  };
  const first = forms.map(open);
  await Promise.race(first);
  await mortal.kill();
  const urls = await Promise.all(first);
  await mortal.start();
  const again = await Promise.all(forms.map(open));
  for (const [n, url] of urls.entries())
    if (url) assert.equal(again[n], url, "the answer was the same before");
  const listed = async () => (await administrator.get(company.path("/conversations?limit=100"))).good().items;
  await until(async () => (await listed()).length === forms.length, "each is listed", 20);
  const subjects = (await listed()).map((/** @type {any} */ item) => item.subject);
  assert.deepEqual(subjects.sort(), forms.map(({ subject }) => subject).sort());
});

/**
 * That the list says of each conversation what the conversation itself says.
 *
 * @param {Member} member
 * @param {Conversation[]} conversations
 */
async function agrees(member, conversations) {
  await until(
    async () => {
      const { items } = (await member.get(member.path("/conversations"))).good();
      for (const conversation of conversations) {
        const item = items.find((/** @type {any} */ one) => one.id === conversation.id);
        assert.deepEqual(item, await member.read(conversation));
      }
      return true;
    },
    "the list agrees with the conversations",
    20,
  );
}
