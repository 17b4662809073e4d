// F15: the mail transport refuses, never answers, or sends and says that it has not. What a push service may do is in
// tests/api/push.test.mjs: gone, busy, hanging.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { deskWithFaults, tell } from "./builds.mjs";
import { bystander, isWhole, settles } from "./invariants.mjs";

const { desk, folder } = await deskWithFaults();

/** A mail that failed is tried again when the alarm rings, ten seconds later. */
const TRIED_AGAIN_WITHIN_SECONDS = 40;

const company = await found(desk);
const sam = await hire(company, "supervisor");
const other = await bystander(desk);

/** @param {{ email: string }} customer */
const mailsTo = ({ email }) => desk.runtime.emails.filter(({ to }) => to.includes(email)).length;

/** Whether the list says of a conversation what it says of itself. @param {import("../support/world.mjs").Customer} customer */
const isListed = async (customer) => {
  const { items } = (await sam.get(sam.path("/conversations"))).good(200);
  const item = items.find((/** @type {any} */ { id }) => id === customer.id);
  assert.deepEqual(item, await sam.read(customer));
  return true;
};

test("F15: while the transport refuses, everything else goes on; the mail is sent later, once", async () => {
  await tell(desk, { mailer: "refuses", mailerFor: 2 });
  const customer = await write(company);
  await sam.reply(customer, "We are at it.");
  await until(() => isListed(customer), "the list has it, without any mail");
  assert.equal(mailsTo(customer), 0);
  await other.isServed();
  await until(() => mailsTo(customer) >= 1, "he has his link", TRIED_AGAIN_WITHIN_SECONDS);
  await settles(folder);
  await isWhole(sam, customer, ["We are at it."]);
});

test("F15: a transport that sends and says that it has not sends twice, and not oftener", async () => {
  await tell(desk, { mailer: "sends and refuses", mailerFor: 1 });
  const customer = await write(company);
  await until(() => mailsTo(customer) >= 2, "it is sent again", TRIED_AGAIN_WITHIN_SECONDS);
  await settles(folder);
  assert.equal(
    mailsTo(customer),
    2,
    "required mails are sent at least once: once for each time it was said to have failed",
  );
});

test("F15: a transport that never answers holds up neither the conversation's index nor anybody else", async () => {
  await tell(desk, { mailer: "is silent", mailerFor: 1 });
  const customer = await write(company);
  await sam.reply(customer, "We are at it as well.");
  await other.isServed();
  await until(() => isListed(customer), "the list has it", 15);
  await until(() => mailsTo(customer) >= 1, "he has his link", TRIED_AGAIN_WITHIN_SECONDS);
  await settles(folder);
});
