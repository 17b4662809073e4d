// Mails to agents: to whoever wants them, is away, and may know of it; with nothing that anybody typed.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const NONE = { new_conversation: false, assigned: false, answered: false };

/** @typedef {import("../support/world.mjs").Member} Member */

/** @param {Member} member @param {Record<string, boolean>} email */
const wants = async (member, email) =>
  (
    await member.patch(member.path("/me"), { notifications: { email: { ...NONE, ...email }, browser: NONE } })
  ).good(200);

/** The subjects of the mails about conversations that somebody got. @param {Member} member */
const subjects = async (member) =>
  (await mailsTo(desk, member.email))
    .map(({ subject }) => subject)
    .filter((subject) => subject.includes("#"));

// spec: F18
test("whoever wants it is told of what becomes his and of its customer's answers, while he is away", async () => {
  const company = await found(desk);
  const [wanting, other] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  await wants(wanting, { assigned: true, answered: true });
  await wants(other, {});
  const customer = await write(company, { subject: "Secret subject", body: "Secret body" });
  (await company.administrator.assign(customer, wanting)).good(200);
  const mail = await mailTo(desk, wanting.email, "is yours");
  assert.match(mail.text, new RegExp(`/app/${company.slug}/all/${customer.id}`));
  assert.doesNotMatch(mail.text + mail.html + mail.subject, /Secret|Marta/);

  await wanting.reply(customer, "What is it?");
  await customer.write("First of two");
  await mailTo(desk, wanting.email, "the customer answered");
  await customer.write("Second of two");
  await wanting.reply(customer, "Here I am.");
  await customer.write("Thank you");
  await until(async () => (await subjects(wanting)).length === 3, "the third mail is there");
  assert.deepEqual(await subjects(other), []);

  // What one takes oneself is no news, nor is anything to whoever looks.
  const mine = await write(company);
  await wanting.take(mine);
  const feed = await wanting.listen(wanting.path("/live"));
  await customer.write("You are there, are you not?");
  const last = await write(company);
  (await company.administrator.assign(last, other)).good(200);
  await wants(other, { assigned: true });
  const marker = await write(company);
  (await company.administrator.assign(marker, other)).good(200);
  await mailTo(desk, other.email, "is yours");
  assert.equal((await subjects(wanting)).length, 3);
  feed.socket.close();
});

test("of a new conversation those are told who may see it or be dealt it", async () => {
  const company = await found(desk);
  const [supervisor, dealt, plain] = [
    await hire(company, "supervisor"),
    await hire(company, "agent", { add_ons: ["dispenser"] }),
    await hire(company, "agent"),
  ];
  for (const member of [supervisor, dealt, plain]) await wants(member, { new_conversation: true });
  await write(company);
  await Promise.all([supervisor, dealt].map(({ email }) => mailTo(desk, email, "a new conversation")));
  assert.deepEqual(await subjects(plain), []);
});
