// What is known of the people who write, who may know and correct it; and writing to them first.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { Customer, found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */

const desk = await startDesk();
after(() => desk.stop());

/** @param {Member} member @param {string} [query] */
const contactsOf = async (member, query = "") =>
  (await member.get(member.path(`/contacts${query}`))).good(200).items;

/** @param {Member} member @param {Customer} customer */
const contactOf = async (member, customer) => (await member.read(customer)).contact;

/** @param {Record<string, unknown>} [changes] */
const firstWord = (changes) => ({
  client_id: randomUUID(),
  contact: { email: "lars@sea.example", name: "Lars" },
  subject: "Your boat is ready",
  body: "Come and fetch it.",
  ...changes,
});

// spec: B12
test("a supervisor corrects a contact, and his conversations and their mails follow", async () => {
  const company = await found(desk);
  const [sam, ana] = [await hire(company, "supervisor"), await hire(company, "agent")];
  const customer = await write(company, { name: "Marta L", email: "marta@old.example" });
  const { id } = await contactOf(sam, customer);
  const path = company.path(`/contacts/${id}`);
  const known = (await sam.get(path)).good(200);
  assert.deepEqual([known.name, known.phone, known.note], ["Marta L", "", ""]);

  (await ana.patch(path, { name: "Nobody" })).refused(404);
  (await sam.assign(customer, ana)).good(200);
  await until(async () => (await ana.get(path)).status === 200, "she has to do with her");
  (await ana.patch(path, { name: "Nobody" })).refused(403);
  for (const [field, value] of [
    ["name", ""],
    ["email", "no address"],
    ["note", "x".repeat(5_001)],
  ]) {
    (await sam.patch(path, { [String(field)]: value })).refusedField(String(field));
  }
  (await sam.patch(path, { surname: "Lindholm" })).refused(422);
  const correct = {
    name: "Marta Lindholm",
    email: " Marta@New.example ",
    phone: "+46 8 123",
    organisation: "Lamps & Sons",
    note: "Call after noon.",
  };
  const corrected = (await sam.patch(path, correct)).good(200);
  assert.deepEqual(corrected, { ...known, ...correct, email: "marta@new.example" });
  assert.deepEqual((await sam.get(path)).good(200), corrected);
  assert.deepEqual(await contactOf(sam, customer), {
    id,
    name: "Marta Lindholm",
    email: "marta@new.example",
  });
  const [told] = (await sam.events(customer)).filter((/** @type {any} */ { kind }) => kind === "contact");
  assert.deepEqual([told.from.name, told.to.name, told.by.kind], ["Marta L", "Marta Lindholm", "system"]);
  await sam.reply(customer, "It is on its way.");
  await mailTo(desk, "marta@new.example", "answered you");
  assert.ok(
    !(await customer.get(customer.path())).text.includes("Call after noon"),
    "a note is for colleagues",
  );

  const other = await write(company, { email: "other@new.example" });
  const taken = company.path(`/contacts/${(await contactOf(sam, other)).id}`);
  (await sam.patch(taken, { email: "marta@new.example" })).refused(409, "email_taken");
  const audited = (await company.administrator.get(company.path("/audit?action=contact.edited"))).good(200);
  assert.deepEqual(audited.items.length, 1);
  assert.ok(!JSON.stringify(audited).includes("Call after noon"));
});

// spec: B12
test("a contact is known to who sees a conversation of his, and to nobody else", async () => {
  const [company, strangers] = [await found(desk), await found(desk)];
  const [ana, otto] = [await hire(company, "agent"), await hire(company, "order_payment_admin")];
  const [marta, bob] = [
    await write(company, { name: "Marta", email: "marta@lamps.example" }),
    await write(company, { name: "bob", email: "bob@boats.example" }),
  ];
  const { administrator } = company;
  const names = async (/** @type {string} */ query) =>
    (await contactsOf(administrator, query)).map((/** @type {any} */ { name }) => name);
  await until(async () => (await names("")).length === 2, "both are indexed");
  assert.deepEqual(await names(""), ["bob", "Marta"], "by name, whatever the case");
  assert.deepEqual(await names("?q=LAMPS.ex"), ["Marta"]);
  assert.deepEqual(await names(`?q=${encodeURIComponent("%")}`), []);
  const first = (await administrator.get(company.path("/contacts?limit=1"))).good(200);
  assert.deepEqual(first.items.length, 1);
  assert.deepEqual(await names(`?limit=1&cursor=${first.next}`), ["Marta"]);
  for (const query of ["?cursor=x", "?limit=0", `?q=${"x".repeat(101)}`, "?name=x"]) {
    (await administrator.get(company.path(`/contacts${query}`))).refused(422);
  }

  const { id } = await contactOf(administrator, marta);
  assert.deepEqual(await contactsOf(ana), []);
  (await administrator.assign(marta, ana)).good(200);
  await until(async () => (await contactsOf(ana)).length === 1, "Ana sees her own customer");
  assert.equal((await contactsOf(ana))[0].id, id);
  const hidden = company.path(`/contacts/${(await contactOf(administrator, bob)).id}`);
  const absent = (await ana.get(company.path(`/contacts/${randomUUID()}`))).refused(404);
  assert.deepEqual((await ana.get(hidden)).refused(404), absent, "hidden and absent are told alike");
  (await otto.get(company.path("/contacts"))).refused(404);
  (await strangers.administrator.get(company.path(`/contacts/${id}`))).refused(404);
  (await strangers.administrator.get(strangers.path(`/contacts/${id}`))).refused(404);
  (await strangers.administrator.patch(strangers.path(`/contacts/${id}`), { name: "Mine" })).refused(404);
});

test("an agent writes first: the customer gets his link, and the conversation is its starter's", async () => {
  const company = await found(desk);
  const ana = await hire(company, "agent");
  const path = company.path("/conversations");
  const wish = firstWord({ contact: { email: "Lars@Sea.example", name: "Lars" } });
  const started = (await ana.post(path, wish)).good(201);
  assert.deepEqual(
    [started.status, started.channel, started.assignee?.id, started.contact.email, started.waiting_since],
    ["pending", "agent", ana.id, "lars@sea.example", null],
  );
  assert.deepEqual((await ana.post(path, wish)).good(201).id, started.id, "a repeat starts nothing");
  (await ana.post(path, { ...wish, body: "Something else" })).refused(409, "client_id_reused");
  const mail = await mailTo(desk, "lars@sea.example", "has written to you");
  assert.ok(!JSON.stringify(mail).includes("fetch it"), "a mail carries nothing that was typed");
  assert.equal((await mailsTo(desk, "lars@sea.example")).length, 1);
  const url = String(/https?:\/\/\S+\/c\/[\w-]+/.exec(JSON.stringify(mail))?.[0]);
  const lars = new Customer(company, { id: started.id, url, email: "lars@sea.example" });
  const seen = await lars.read();
  assert.deepEqual(
    seen.events
      .filter((/** @type {any} */ { kind }) => kind === "message")
      .map((/** @type {any} */ { by }) => by.kind),
    ["agent"],
  );
  await lars.write("I am coming.");
  assert.deepEqual([(await ana.read(lars)).status, (await ana.read(lars)).assignee.id], ["open", ana.id]);

  const again = firstWord({ contact: { email: "lars@sea.example" } });
  assert.equal((await ana.post(path, again)).good(201).contact.name, "Lars", "he is known");
});

test("whoever answers nobody starts nothing; whoever has no room leaves it to others", async () => {
  const company = await found(desk);
  const [clara, otto, ana] = [
    await hire(company, "compliance"),
    await hire(company, "order_payment_admin"),
    await hire(company, "agent", { max_chats: 1 }),
  ];
  const path = company.path("/conversations");
  (await clara.post(path, firstWord())).refused(403);
  (await otto.post(path, firstWord())).refused(404);
  (await ana.post(path, firstWord({ subject: "" }))).refusedField("subject");
  (await ana.post(path, firstWord({ contact: { email: "nobody" } }))).refusedField("contact.email");
  (await ana.post(path, firstWord({ contact: {} }))).refused(422);
  assert.equal((await ana.post(path, firstWord())).good(201).assignee?.id, ana.id);
  const second = (await ana.post(path, firstWord())).good(201);
  assert.deepEqual([second.assignee, second.status], [null, "pending"]);
  assert.equal((await ana.read(second)).id, second.id, "she takes part and sees it");
  const started = (await company.administrator.post(path, firstWord())).good(201);
  assert.equal(started.assignee, null, "nothing is ever an administrator's");
});
