// Customers: their link, their conversation, and nothing else.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous, program } from "../support/actors.mjs";
import { bodyFor } from "../support/body.mjs";
import { linkIn, mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { fill, ROUTES } from "../support/routes.mjs";
import { firstWords, found, hire, words, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);
const lamps = await found(desk);
const DOOR = `/api/public/companies/${lamps.slug}/conversations`;

// spec: B3 B4 B5 B7
test("whoever writes gets a link, by which he follows the conversation and adds to it", async () => {
  const form = firstWords({ body: "It does not light." });
  const { id, url } = (await stranger.post(DOOR, form)).good(201);
  assert.match(url, new RegExp(`^${desk.url}/${lamps.slug}/c/[\\w-]{43,}$`));
  assert.equal(linkIn(await mailTo(desk, form.email, "conversation")), url, "the mail carries the same link");

  const customer = program(desk, url.split("/c/")[1]);
  const read = async () => (await customer.get(`/api/public/conversations/${id}`)).good(200);
  const opened = await read();
  assert.deepEqual([opened.id, opened.subject, opened.status], [id, form.subject, "new"]);
  assert.deepEqual(opened.company, { slug: lamps.slug, name: opened.company.name });
  assert.equal(opened.head, opened.events.length);

  const sam = await hire(lamps, "supervisor");
  await sam.take({ id });
  await sam.reply({ id }, "Is it plugged in?");
  const answered = await read();
  assert.equal(answered.status, "pending");
  assert.equal(answered.agents[0].name, sam.name);

  const said = (await customer.post(`/api/public/conversations/${id}/messages`, words("It is now."))).good(
    201,
  );
  assert.equal((await read()).status, "open");
  const bodies = (await sam.events({ id })).map((/** @type {any} */ event) => event.body).filter(Boolean);
  assert.deepEqual(bodies, ["It does not light.", "Is it plugged in?", "It is now."]);
  const mine = (await read()).events;
  assert.deepEqual(mine.at(-2), said.event);
  assert.deepEqual(
    mine.map((/** @type {any} */ event) => event.seq),
    mine.map((/** @type {any} */ _, /** @type {number} */ n) => n + 1),
  );
});

test("a form with something missing names each field, and opens nothing", async () => {
  const form = firstWords();
  for (const field of ["client_id", "name", "email", "subject", "body"]) {
    (await stranger.post(DOOR, { ...form, [field]: undefined })).refusedField(field, "required");
  }
  for (const field of ["name", "email", "subject", "body"]) {
    (await stranger.post(DOOR, { ...form, [field]: " \n " })).refusedField(field);
  }
  (await stranger.post(DOOR, { ...form, client_id: "7" })).refusedField("client_id");
  (await stranger.post(DOOR, { ...form, name: "Marta\r\nBcc: x@y.example" })).refusedField("name");
  (await stranger.post(DOOR, { ...form, subject: "a\nb" })).refusedField("subject");
  (await stranger.post(DOOR, { ...form, body: "nul \0" })).refusedField("body");
  (await stranger.post(DOOR, { ...form, body: "é".repeat(20_001) })).refusedField("body", "too_long");
  (await stranger.post(DOOR, { ...form, priority: "high" })).refusedField("priority", "unknown_field");
  const both = (await stranger.post(DOOR, { ...form, subject: "", email: "x" })).refused(422);
  assert.deepEqual(both.errors.map((/** @type {any} */ one) => one.field).sort(), ["email", "subject"]);
  (await stranger.post(DOOR, { ...form, body: "é".repeat(20_000) })).good(201);
});

test("the same words sent twice open one conversation; other words under the same name are refused", async () => {
  const company = await found(desk);
  const path = `/api/public/companies/${company.slug}/conversations`;
  const form = firstWords();
  const first = (await stranger.post(path, form)).good(201);
  const again = await Promise.all(Array.from({ length: 5 }, () => stranger.post(path, form)));
  for (const answer of again) assert.deepEqual(answer.good(201), first);
  for (const change of [
    { body: "Something else" },
    { subject: "x" },
    { name: "Eva" },
    { email: firstWords().email },
  ]) {
    (await stranger.post(path, { ...form, ...change })).refused(409, "client_id_reused");
  }
  const other = (await stranger.post(path, { ...form, client_id: randomUUID() })).good(201);
  assert.notEqual(other.id, first.id);
  const listed = async () =>
    (await company.administrator.get(company.path("/conversations"))).good().items.length;
  await until(async () => (await listed()) === 2, "the list has two");
  const customer = program(desk, first.url.split("/c/")[1]);
  assert.equal((await customer.get(`/api/public/conversations/${first.id}`)).good().events.length, 2);
});

test("twenty at once under one name open one conversation", async () => {
  const form = firstWords();
  const answers = await Promise.all(Array.from({ length: 20 }, () => stranger.post(DOOR, form)));
  const urls = new Set(answers.map((answer) => answer.good(201).url));
  assert.equal(urls.size, 1);
  await mailTo(desk, form.email, "conversation");
  assert.equal((await mailsTo(desk, form.email)).length, 1);
});

test("conversations of a company are numbered without gaps, also when many come at once", async () => {
  const company = await found(desk);
  const opened = await Promise.all(Array.from({ length: 20 }, () => write(company)));
  const numbers = await Promise.all(
    opened.map(async (one) => (await company.administrator.read(one)).number),
  );
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test("there is no door to a company that does not exist", async () => {
  (await stranger.post(DOOR, firstWords())).good(201);
  (await stranger.post("/api/public/companies/no-such-company/conversations", firstWords())).refused(
    404,
    "not_found",
  );
});

// spec: B1
test("a customer's secret opens no door to the dashboard's side, a colleague's session none to the customer's", async () => {
  const conversation = await write(lamps);
  const token = lamps.administrator.session;
  const values = { company: lamps.slug, id: conversation.id, token: "x" };
  const guarded = ROUTES.filter(({ path }) => path.startsWith("/api/companies"));
  assert.ok(guarded.length > 10);
  for (const route of guarded) {
    const path = fill(route.path, values);
    (await conversation.request(route.method, path, bodyFor(route))).refused(401, "not_signed_in");
    const cookie = {
      cookie: `edgedesk=${conversation.secret}; edgedesk-${conversation.id}=${conversation.secret}`,
    };
    (
      await stranger.with({ ...cookie, origin: desk.url }).request(route.method, path, bodyFor(route))
    ).refused(401);
  }
  for (const colleague of [lamps.administrator, program(desk, token)]) {
    (await colleague.get(conversation.path())).refused(404, "not_found");
    (await colleague.post(conversation.path("/messages"), words("I am the customer"))).refused(
      404,
      "not_found",
    );
  }
  (await lamps.administrator.get(lamps.administrator.at(conversation))).good(200);
  (await conversation.get(conversation.path())).good(200);
});

// spec: B6
test("the customer sees which agents process his conversation: whoever is in charge first", async () => {
  const conversation = await write(lamps);
  const [nadia, brit] = [await hire(lamps, "super_agent"), await hire(lamps, "agent")];
  assert.deepEqual((await conversation.read()).agents, []);
  await nadia.take(conversation);
  await nadia.reply(conversation, "I hand you over to Brit.");
  (await nadia.assign(conversation, brit)).good(200);
  const { agents, events } = await conversation.read();
  assert.deepEqual(
    agents.map((/** @type {any} */ one) => one.name),
    [brit.name, nadia.name],
  );
  assert.ok(
    events.some((/** @type {any} */ event) => event.kind === "assignment" && event.agent === brit.name),
  );
  const page = (await conversation.inBrowser().get(conversation.page())).good(200);
  assert.ok(page.indexOf(brit.name) > 0 && page.indexOf(brit.name) < page.lastIndexOf(nadia.name));
});

test("a customer's events are paged, in his own numbers", async () => {
  const conversation = await write(lamps);
  const sam = await hire(lamps, "supervisor");
  for (const n of [1, 2, 3]) {
    await sam.comment(conversation, `inside ${n}`);
    await conversation.write(`outside ${n}`);
  }
  const all = (await conversation.get(conversation.path("/events"))).good();
  assert.deepEqual([all.items.length, all.head, all.next], [5, 5, null]);
  const pages = [];
  for (let after = "0"; ; ) {
    const page = (await conversation.get(conversation.path(`/events?after=${after}&limit=2`))).good();
    pages.push(...page.items);
    if (page.next === null) break;
    after = page.next;
  }
  assert.deepEqual(pages, all.items);
});

test("a customer's address is his name with us, so two conversations are one contact's", async () => {
  const company = await found(desk);
  const { email } = firstWords();
  const first = await company.administrator.read(await write(company, { email }));
  const second = await company.administrator.read(await write(company, { email: ` ${email.toUpperCase()}` }));
  const third = await company.administrator.read(await write(company));
  assert.equal(second.contact.id, first.contact.id);
  assert.notEqual(third.contact.id, first.contact.id);
  const query = company.path(`/conversations?contact=${first.contact.id}`);
  const listed = async () => (await company.administrator.get(query)).good().items.length;
  await until(async () => (await listed()) === 2, "the contact's list has both");
});

test("who has not looked yet is not written to twice", async () => {
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const conversation = await write(company);
  await conversation.read();
  await sam.take(conversation);
  const answered = async () =>
    (await mailsTo(desk, conversation.email)).filter(({ subject }) => subject.includes("answered"));
  await sam.reply(conversation, "One");
  await mailTo(desk, conversation.email, "answered");
  await sam.reply(conversation, "Two");
  await conversation.read();
  await sam.reply(conversation, "Three");
  await until(async () => (await answered()).length === 2, "he looked, so there is a second mail");
  assert.equal((await answered()).length, 2, "of three answers two were worth a mail");
});
