// Mails that are owed while the transport is down.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { buildWithoutMail } from "../support/faulty.mjs";
import { found, hire, write } from "../support/world.mjs";

const RETRIED_WITHIN_SECONDS = 60;

test("a mail that cannot be sent, and not at the next attempt either, is sent once the transport is up again", async () => {
  const build = buildWithoutMail(2);
  const desk = await startDesk({ scriptDir: build.scriptDir });
  after(async () => {
    await desk.stop();
    build.remove();
  });
  const conversation = await write(await found(desk));
  const sent = () => desk.runtime.emails.filter(({ to }) => to.includes(conversation.email));
  await until(() => sent().length > 0, "the customer has his link", RETRIED_WITHIN_SECONDS);
  assert.equal(sent().length, 1);
});

test("an address gets five links an hour, however often a stranger names it; an answer is mailed once until it is read", async () => {
  const desk = await startDesk();
  after(() => desk.stop());
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const email = "victim@people.example";
  const conversations = [];
  for (let count = 0; count < 7; count += 1) conversations.push(await write(company, { email }));
  const mails = () => desk.runtime.emails.filter(({ to }) => to.includes(email));
  const other = await write(company);
  await until(
    () => desk.runtime.emails.some(({ to }) => to.includes(other.email)),
    "another address is mailed",
  );
  await until(() => mails().length === 5, "five links are mailed");

  const last = conversations.at(-1);
  assert.ok(last);
  await agent.reply(last, "One answer.");
  await until(() => mails().length === 6, "the answer is mailed");
  await agent.reply(last, "And another.");
  await last.read();
  await agent.reply(last, "A third, after he has looked.");
  await until(() => mails().length === 7, "the answer after he looked is mailed");
  assert.equal(mails().filter(({ subject }) => subject.includes("answered")).length, 2);
});
