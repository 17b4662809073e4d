// Which conversations colleagues have open right now: told to those who may see them, and to nobody else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deskOnDisk, until } from "../support/desk.mjs";
import { Floor } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";

const { desk, floor } = await Floor.open();

/**
 * @typedef {import("../support/listener.mjs").Listener} Listener
 * @typedef {import("../support/world.mjs").Conversation} Conversation
 */

/** Who has a conversation open, as a dashboard was told last. @param {Listener} dashboard @param {Conversation} conversation @returns {string[] | undefined} */
const viewers = (dashboard, { id }) =>
  dashboard.frames
    .filter((/** @type {any} */ { type, conversation }) => type === "viewing" && conversation === id)
    .at(-1)
    ?.agents.map((/** @type {any} */ agent) => agent.name);

/** @param {Listener} dashboard @param {Conversation} conversation @param {string[]} wanted */
const isTold = (dashboard, conversation, wanted) =>
  until(
    async () => {
      assert.deepEqual(viewers(dashboard, conversation), wanted);
      return true;
    },
    `${wanted.join(", ") || "nobody"} has it open`,
  );

test("whoever may see a conversation hears which colleagues have it open, until they close it", async () => {
  const company = await found(desk);
  const [sam, kim, outsider] = [
    await hire(company, "supervisor"),
    await hire(company, "supervisor"),
    await hire(company, "agent"),
  ];
  const [one, two] = [await write(company), await write(company)];
  const [dashboard, others] = [await floor.comes(sam), await floor.comes(outsider)];
  await floor.comes(kim);
  const opens = async (/** @type {typeof sam} */ member, /** @type {Conversation} */ conversation) => {
    const socket = await member.listen(member.at(conversation, "/live"));
    floor.others.push(socket);
    await socket.hears({ type: "hello" });
    return socket;
  };
  const open = await opens(kim, one);
  await isTold(dashboard, one, [kim.name]);
  const own = await opens(sam, one);
  await isTold(dashboard, one, [kim.name, sam.name].toSorted());

  // Who comes later is told what is open; who was there before, nothing twice.
  const late = await hire(company, "supervisor");
  const lately = await floor.comes(late);
  await isTold(lately, one, [kim.name, sam.name].toSorted());

  // Typing says nothing about who has it open.
  const before = dashboard.frames.length;
  for (let n = 0; n < 5; n += 1) open.send({ type: "typing" });
  const second = await opens(kim, two);
  await isTold(dashboard, two, [kim.name]);
  const since = dashboard.frames.slice(before).filter((/** @type {any} */ { type }) => type === "viewing");
  assert.equal(since.length, 1);

  own.close();
  await isTold(dashboard, one, [kim.name]);
  open.close();
  await isTold(dashboard, one, []);
  assert.equal(viewers(others, one), undefined, "he may not see it");

  // Who may see it from now on is told.
  (await company.administrator.assign(two, outsider)).good(200);
  await isTold(others, two, [kim.name]);

  // Who has closed all his dashboards has nothing open, and has it again where he is back: by his socket, which stayed.
  floor.leaves(kim);
  await isTold(dashboard, two, []);
  assert.deepEqual(viewers(await floor.comes(late), two), [], "nor does anybody hear so who comes now");
  await floor.comes(kim);
  await isTold(dashboard, two, [kim.name]);
  second.close();
  await isTold(dashboard, two, []);
});

test("a conversation that died without a word is open at nobody", async () => {
  const { desk } = await deskOnDisk();
  const company = await found(desk);
  const [sam, kim] = [await hire(company, "supervisor"), await hire(company, "supervisor")];
  const conversation = await write(company);
  await floor.comes(kim);
  const open = await kim.listen(kim.at(conversation, "/live"));
  await isTold(await floor.comes(sam), conversation, [kim.name]);
  await desk.runtime.crash();
  open.close();
  // Nobody of those whom the Desk remembers is there; who comes back has nothing open but what he opens.
  const dashboard = await floor.comes(sam);
  await isTold(dashboard, conversation, []);
  await floor.comes(kim);
  const other = await write(company);
  floor.others.push(await kim.listen(kim.at(other, "/live")));
  await isTold(dashboard, other, [kim.name]);
  await isTold(dashboard, conversation, []);
});
