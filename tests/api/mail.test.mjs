// Mails that are owed while the transport is down.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startDesk, until } from "../support/desk.mjs";
import { buildWithoutMail } from "../support/faulty.mjs";
import { found, write } from "../support/world.mjs";

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
