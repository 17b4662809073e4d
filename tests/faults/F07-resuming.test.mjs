// F7: clients whose connection breaks while they send, who come back with the last number they heard, and repeat what was
// not acknowledged; and numbers that nobody ever heard.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startDesk, stateFolder, until } from "../support/desk.mjs";
import { Chance } from "../support/histories/chance.mjs";
import { found, hire, words, write } from "../support/world.mjs";
import { bystander, isWhole, settles } from "./invariants.mjs";
import { seeds } from "./seeds.mjs";

/**
 * @typedef {import("../support/listener.mjs").Listener} Listener
 * @typedef {{ client_id: string, body: string }} Words
 */

const { folder, remove } = stateFolder();
const desk = await startDesk({ state: folder, vars: { WORDS_A_MINUTE: "10000" } });
after(async () => {
  await desk.stop();
  remove();
});
const company = await found(desk);
const sam = await hire(company, "supervisor");

/** Connections of one client. */
const BREAKS = 12;

/** A client on a bad line: what it has heard over all its connections, and what was acknowledged. */
class Client {
  /** @type {any[]} */
  heard = [];
  /** @type {Map<string, number>} */
  acknowledged = new Map();

  /** @param {() => Promise<Listener>} join @param {string} name @param {Chance} chance */
  constructor(join, name, chance) {
    this.join = join;
    this.name = name;
    this.chance = chance;
    /** @type {Words[]} */
    this.said = [];
  }

  get last() {
    return this.heard.at(-1)?.seq ?? 0;
  }

  /**
   * Repeats what was not acknowledged, until the line breaks.
   *
   * @param {number} ms until then
   * @param {number} news lines that he says beside it
   */
  async connection(ms, news = 0) {
    const line = await this.join();
    line.socket.on("error", () => {});
    this.said.push(...Array.from({ length: news }, (_, n) => words(`${this.name}, ${this.said.length + n}`)));
    for (const said of this.said.filter(({ client_id }) => !this.acknowledged.has(client_id))) {
      line.send({ type: "message", ...said });
    }
    await pause(ms);
    line.close();
    for (const { seq, event } of line.events) this.heard.push({ seq, event });
    for (const { type, client_id, seq } of line.frames) {
      if (type !== "ack") continue;
      assert.equal(this.acknowledged.get(client_id) ?? seq, seq, "acknowledged as before");
      this.acknowledged.set(client_id, seq);
    }
  }
}

test("F7: whoever comes back with the last number heard has heard everything once, and said everything once", async () => {
  for (const seed of seeds(2)) {
    const chance = new Chance(seed);
    const customer = await write(company);
    /** @type {Client} */
    const inside = new Client(
      () => sam.listen(sam.at(customer, `/live?after=${inside.last}`)),
      `agent ${seed}`,
      chance.branch(1),
    );
    /** @type {Client} */
    const outside = new Client(
      () => customer.listen(customer.path(`/live?after=${outside.last}`)),
      `customer ${seed}`,
      chance.branch(2),
    );
    for (const client of [inside, outside]) client.heard = [];
    await Promise.all(
      [inside, outside].map(async (client) => {
        for (let n = 0; n < BREAKS; n += 1) {
          await client.connection(client.chance.between(0, 15), client.chance.between(0, 3));
        }
        await until(async () => {
          await client.connection(100);
          return client.said.every(({ client_id }) => client.acknowledged.has(client_id));
        }, "all is acknowledged");
      }),
    );
    const all = [...inside.said, ...outside.said].map(({ body }) => body);
    const log = await isWhole(sam, customer, all);
    const page = (await customer.read()).events;
    for (const [client, whole] of /** @type {const} */ ([
      [inside, log],
      [outside, page],
    ])) {
      client.said = [];
      await until(async () => {
        await client.connection(50);
        return client.heard.length >= whole.length;
      }, "all is heard");
      assert.deepEqual(
        client.heard.map(({ seq }) => seq),
        whole.map((/** @type {any} */ _, /** @type {number} */ n) => n + 1),
      );
      assert.deepEqual(
        client.heard.map(({ event }) => event.body),
        whole.map((/** @type {any} */ { body }) => body),
      );
    }
    for (const { client_id, body } of inside.said)
      assert.equal(log[(inside.acknowledged.get(client_id) ?? 0) - 1].body, body);
  }
  await settles(folder);
});

test("F7: a number that the log does not have starts over; one that is none is refused", async () => {
  const [short, long] = [await write(company), await write(company)];
  for (const n of [1, 2, 3, 4, 5]) await sam.reply(long, `Line ${n}`);
  const foreign = (await sam.read(long)).rev;
  for (const [
    listen,
    at,
  ] of /** @type {[(path: string) => Promise<Listener>, (query: string) => string][]} */ ([
    [(path) => sam.listen(path), (query) => sam.at(short, `/live${query}`)],
    [(path) => short.listen(path), (query) => short.path(`/live${query}`)],
  ])) {
    for (const after of [foreign, 2 ** 53 - 1]) {
      const line = await listen(at(`?after=${after}`));
      assert.equal((await line.hears({ type: "resync" })).head, 2);
      assert.deepEqual(line.events, []);
      line.close();
    }
    for (const after of ["-1", "18446744073709551616", "0x1", "1.5", "NaN", ""]) {
      await assert.rejects(listen(at(`?after=${after}`)), { status: 422 }, after);
    }
    // Beyond what JavaScript counts exactly: nothing of ours, whatever it is answered.
    const line = await listen(at(`?after=${2n ** 53n}`)).catch((error) => error);
    if ("events" in line) {
      await line.hears({ type: "resync" });
      line.close();
    } else assert.equal(line.status, 422);
  }
});

/** A request as it goes over the line. @param {string} path @param {string} cookie @param {string} body @param {number} length */
const request = (path, cookie, body, length) =>
  `POST ${path} HTTP/1.1\r\nhost: ${new URL(desk.url).host}\r\norigin: ${desk.url}\r\ncookie: ${cookie}\r\n` +
  `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;

test("F7: half a request is none; a whole one whose sender is gone is there at most once", async () => {
  const customer = await write(company);
  const other = await bystander(desk);
  const said = Array.from({ length: 10 }, (_, n) => words(`Cut off ${n}`));
  const halves = Array.from({ length: 10 }, (_, n) => words(`Half ${n}`));
  const send = async (/** @type {Words} */ one, /** @type {number} */ share) => {
    const body = JSON.stringify(one);
    const { port } = new URL(desk.url);
    const line = connect(Number(port), "127.0.0.1");
    line.on("error", () => {});
    const path = sam.at(customer, "/messages");
    line.write(
      request(path, String(sam.headers.cookie), body.slice(0, body.length * share), Buffer.byteLength(body)),
    );
    await pause(share < 1 ? 20 : Math.random() * 10);
    line.destroy();
  };
  await Promise.all(said.map((one) => send(one, 1)));
  await Promise.all(halves.map((one) => send(one, 0.5)));
  await other.isServed();
  for (const one of said) (await sam.post(sam.at(customer, "/messages"), one)).good(201);
  await isWhole(
    sam,
    customer,
    said.map(({ body }) => body),
    halves.map(({ body }) => body),
  );
  await settles(folder);
});
