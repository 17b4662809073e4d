// Searching what was said: what is found, in which order, by whom, and what nobody learns by it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Conversation} Conversation */

const desk = await startDesk();
after(() => desk.stop());

/** @param {Member} member @param {string} q @param {Record<string, string>} [more] */
const ask = (member, q, more = {}) =>
  member.get(member.path(`/search?${new URLSearchParams({ q, ...more })}`));

/** What somebody finds. @param {Member} member @param {string} q @param {Record<string, string>} [more] */
const search = async (member, q, more) => (await ask(member, q, more)).good(200);

/** The conversations that somebody finds. @param {Member} member @param {string} q @param {Record<string, string>} [more] */
const foundBy = async (member, q, more) =>
  (await search(member, q, more)).items.map((/** @type {any} */ { conversation }) => conversation.id);

/** Waits until somebody finds these, in this order. @param {Member} member @param {string} q @param {Conversation[]} wanted */
const finds = (member, q, ...wanted) =>
  until(async () => {
    assert.deepEqual(
      await foundBy(member, q),
      wanted.map(({ id }) => id),
      `“${q}”`,
    );
    return true;
  }, `${member.name} finds ${wanted.length} by “${q}”`);

/** The text of a snippet, with what was searched for in brackets. @param {any} item */
const told = ({ hit }) =>
  hit.snippet.map((/** @type {any} */ part) => (part.match ? `[${part.text}]` : part.text)).join("");

const company = await found(desk);
const sam = await hire(company, "supervisor");
const lamp = await write(company, {
  name: "Zoë Ångström",
  subject: "Où est ma commande ?",
  body: "The lamp arrived in pieces.\n\nThe <b>glass</b> is broken, and the cable is missing.",
});
const chair = await write(company, {
  name: "Björn",
  subject: "A chair",
  body: "One leg is shorter. The lamp is fine.",
});
await sam.take(lamp);
await sam.reply(lamp, "I am sorry to hear that. A new shade leaves today.");
await sam.comment(lamp, "Third broken one this week: tell the warehouse.");
await finds(sam, "warehouse", lamp);

test("words are found where they were said, with who said them", async () => {
  const [message] = (await search(sam, "glass")).items;
  assert.equal(message.conversation.id, lamp.id);
  assert.deepEqual(
    { field: message.hit.field, seq: message.hit.seq, by: message.hit.by },
    { field: "message", seq: 2, by: { kind: "customer", name: "Zoë Ångström" } },
  );
  assert.equal(
    told(message),
    "The lamp arrived in pieces. The <b>[glass]</b> is broken, and the cable is missing.",
  );
  assert.deepEqual(message.conversation, await sam.read(lamp));

  const events = await sam.events(lamp);
  const [note] = (await search(sam, "tell warehouse")).items;
  const comment = events.find((/** @type {any} */ { kind }) => kind === "note");
  assert.deepEqual(
    { field: note.hit.field, seq: note.hit.seq, at: note.hit.at, by: note.hit.by },
    { field: "note", seq: comment.seq, at: comment.at, by: { kind: "agent", id: sam.id, name: sam.name } },
  );
  assert.equal(told(note), "Third broken one this week: [tell] the [warehouse].");

  const [subject] = (await search(sam, "commande")).items;
  assert.equal(subject.hit.field, "subject");
  assert.equal(told(subject), "Où est ma [commande] ?");
  const [contact] = (await search(sam, "ångström")).items;
  assert.equal(contact.hit.field, "contact");
  assert.equal(told(contact), `Zoë [Ångström] <${lamp.email}>`);
});

test("the beginning of the last word is enough; accents and capitals do not matter; every word has to be there", async () => {
  for (const q of ["wareh", "WAREHOUSE", "third ware", "OU EST", "angstrom comm", "zoe glass", "éçrans"]) {
    await finds(sam, q, ...(q === "éçrans" ? [] : [lamp]));
  }
  await finds(sam, "lamp", lamp, chair);
  await finds(sam, "wareh third");
  await finds(sam, "lamp elephant");
  await finds(sam, '"arrived in pieces"', lamp);
  await finds(sam, '"pieces in arrived"');
  await finds(sam, lamp.email, lamp);
  await finds(sam, "lamp is", lamp, chair);
  await finds(sam, '"lamp is"', chair);
});

test("what is in the subject counts for more than what was said later", async () => {
  const shade = await write(company, { subject: "Umbrella stand", body: "Do you have one?" });
  const other = await write(company, { subject: "Something else", body: "I have lost my umbrella." });
  await finds(sam, "umbrella", shade, other);
});

test("a conversation is found by its number, and comes first", async () => {
  const { number } = await sam.read(lamp);
  const other = await write(company, { subject: `About conversation ${number}` });
  await finds(sam, `${number}`, lamp, other);
  await finds(sam, `#${number}`, lamp);
  const [item] = (await search(sam, `#${number}`)).items;
  assert.deepEqual(item.hit, { field: "number", snippet: [{ text: `#${number}`, match: true }] });
  await finds(sam, "#99999");
});

test("a search may keep to one place", async () => {
  const at = async (/** @type {string} */ kind, q = "broken") => foundBy(sam, q, { kind });
  assert.deepEqual(await at("note"), [lamp.id]);
  assert.deepEqual(await at("message"), [lamp.id]);
  assert.deepEqual(await at("subject"), []);
  assert.deepEqual(await at("subject", "commande"), [lamp.id]);
  assert.deepEqual(await at("contact", "björn"), [chair.id]);
  assert.deepEqual(await at("message", "björn"), []);
  (await ask(sam, "x", { kind: "attachment" })).refusedField("kind");
});

test("contacts are named, whoever has more than one conversation once", async () => {
  const again = await write(company, { name: "Björn", email: chair.email, subject: "Another chair" });
  await finds(sam, "björn", again, chair);
  const { contacts } = await search(sam, "bjorn");
  assert.deepEqual(contacts, [{ id: (await sam.read(chair)).contact.id, name: "Björn", email: chair.email }]);
  assert.deepEqual((await search(sam, "lamp")).contacts, []);
});

test("a contact who is corrected is found by what he is called now", async () => {
  const old = await write(company, { name: "Quentin Oldfield", subject: "A bell", body: "It is silent." });
  const { contact } = await sam.read(old);
  await finds(sam, "oldfield", old);
  const change = { name: "Quentin Newbury", email: `newbury-${contact.email}` };
  (await company.administrator.patch(company.path(`/contacts/${contact.id}`), change)).good(200);
  await finds(sam, "newbury silent", old);
  await finds(sam, "oldfield");
  await old.write("Hello?");
  await finds(sam, "newbury hello", old);
});

test("scripts without blanks are searched by the character", async () => {
  const order = await write(company, { subject: "注文番号の件", body: "ランプはまだ届いていません。" });
  await finds(sam, "番号", order);
  await finds(sam, "届いて", order);
  await finds(sam, "号番");
  const [item] = (await search(sam, "まだ届")).items;
  assert.equal(told(item), "ランプは[まだ届]いていません。");
});

test("a list is filtered by the same words", async () => {
  const listed = async (/** @type {string} */ query) =>
    (await sam.get(sam.path(`/conversations?${query}`)))
      .good(200)
      .items.map((/** @type {any} */ { id }) => id);
  assert.deepEqual(
    await listed("q=lamp"),
    [lamp.id, chair.id].sort().length === 2 ? await listed("q=lamp") : [],
  );
  assert.deepEqual(await listed("q=lamp"), [lamp.id, chair.id]);
  assert.deepEqual(await listed("q=lamp&assignee=me"), [lamp.id]);
  assert.deepEqual(await listed(`q=${(await sam.read(chair)).number}&assignee=none`), [chair.id]);
  assert.deepEqual(await listed("q=elephant"), []);
  (await sam.get(sam.path("/conversations?q="))).refusedField("q", "required");
});

test("an answer comes in parts, each conversation once", async () => {
  const many = [];
  for (let n = 0; n < 7; n += 1)
    many.push(await write(company, { subject: `Zebra ${n}`, body: "A zebra, and a zebra." }));
  await until(async () => (await foundBy(sam, "zebra")).length === 7, "all are found");
  /** @type {string[]} */
  const seen = [];
  for (let cursor = ""; ; ) {
    const part = await search(sam, "zebra", { limit: "3", ...(cursor && { cursor }) });
    assert.ok(part.items.length <= 3);
    seen.push(...part.items.map((/** @type {any} */ { conversation }) => conversation.id));
    if (!part.next) break;
    cursor = part.next;
  }
  assert.deepEqual(seen, many.map(({ id }) => id).reverse());
});

test("nobody finds what he may not see, and what he may not see any more he finds no more", async () => {
  const agent = await hire(company, "agent");
  const marketing = await hire(company, "marketing");
  const orders = await hire(company, "order_payment_admin").catch(() => undefined);
  await finds(agent, "lamp");
  await finds(agent, "#1");
  assert.deepEqual(await search(agent, "ångström"), { items: [], contacts: [], next: null });
  assert.deepEqual(await search(marketing, "lamp"), { items: [], contacts: [], next: null });
  if (orders) (await ask(orders, "lamp")).refused(404, "not_found");

  const mine = await write(company, { name: "Ida Okapi", subject: "An okapi", body: "It eats leaves." });
  (await sam.assign(mine, agent)).good();
  await finds(agent, "okapi", mine);
  assert.deepEqual(
    (await search(agent, "okapi")).contacts.map((/** @type {any} */ { email }) => email),
    [mine.email],
  );
  const listed = (await agent.get(agent.path("/conversations?q=okapi"))).good().items;
  assert.equal(listed.length, 1);

  // Whoever is shown the door is told nothing, from the next request on.
  (
    await company.administrator.put(company.path(`/agents/${agent.id}/disabled`), { transfer_to: "queue" })
  ).good();
  (await ask(agent, "okapi")).refused(401);
});

test("who sees by folder finds what is in it, until it is elsewhere or he loses the right", async () => {
  const { administrator } = company;
  const folder = (await administrator.post(company.path("/folders"), { name: "Giraffes" })).good(201);
  const agent = await hire(company, "agent");
  const rights = (/** @type {unknown[]} */ list) =>
    administrator.put(company.path(`/folders/${folder.id}/rights`), list);
  (await rights([{ agent_id: agent.id, see_incoming: true, assign: false }])).good();
  const giraffe = await write(company, { subject: "A giraffe", body: "Very tall." });
  await finds(sam, "giraffe", giraffe);
  await finds(agent, "giraffe");
  (await sam.put(sam.at(giraffe, "/folder"), { folder_id: folder.id })).good();
  await finds(agent, "giraffe", giraffe);
  (await rights([])).good();
  assert.deepEqual(await search(agent, "giraffe"), { items: [], contacts: [], next: null });
  (await rights([{ agent_id: agent.id, see_incoming: true, assign: false }])).good();
  (await sam.put(sam.at(giraffe, "/folder"), { folder_id: null })).good();
  await finds(agent, "giraffe");
  await finds(sam, "giraffe", giraffe);
});

test("companies do not find each other's", async () => {
  const elsewhere = await found(desk);
  const theirs = await write(elsewhere, { subject: "Our warehouse", body: "A lamp." });
  await finds(elsewhere.administrator, "warehouse", theirs);
  await finds(sam, "warehouse", lamp);
  await finds(elsewhere.administrator, "glass");
  (await sam.get(elsewhere.path("/search?q=lamp"))).refused(404, "not_found");
  (await anonymous(desk).get(company.path("/search?q=lamp"))).refused(401);
  // A number means one's own conversation.
  const { number } = await elsewhere.administrator.read(theirs);
  await finds(elsewhere.administrator, `#${number}`, theirs);
});

// spec: B8 C17
test("no customer finds anything, nor sees what is written down to be searched", async () => {
  const secret = `canary${randomUUID().slice(0, 8)}`;
  await sam.comment(lamp, `Do not tell him: ${secret}`);
  await finds(sam, secret, lamp);
  for (const path of ["/search?q=lamp", `/search?q=${secret}`, "/conversations?q=lamp"]) {
    (await lamp.get(company.path(path))).refused(401);
  }
  for (const path of [lamp.path(), lamp.path("/events?limit=1000"), lamp.path("?q=x")]) {
    assert.ok(!(await lamp.get(path)).text.includes(secret), path);
  }
  assert.ok(!(await lamp.inBrowser().get(lamp.page())).text.includes(secret));
});

test("55: whatever is typed is words, never syntax", async () => {
  const hostile = [
    ..."*^-\"'():{}[]+~&|!\\/%_,.;<>=?#@🙂",
    ...[
      "AND",
      "OR",
      "NOT",
      "lamp AND",
      "NOT lamp",
      "lamp OR",
      "NEAR(",
      "NEAR(lamp glass, 2)",
      "lamp*",
      "^lamp",
      "-lamp",
    ],
    ...[
      '"',
      '""',
      '"""',
      '"lamp',
      'lamp"',
      '" OR 1=1 --',
      "' OR 1=1 --",
      "note:lamp",
      "subject : x",
      "{note} : lamp",
    ],
    ...[
      "lamp\0glass",
      "\0",
      "\u0001lamp\u0002",
      "\u200b",
      "🙂🙂🙂",
      "👩‍👩‍👧‍👦 lamp",
      "e\u0301",
      "ﷺ",
      "𝕝𝕒𝕞𝕡",
      "İ",
      "ß",
      "ก็",
    ],
    ...[
      "a ".repeat(100),
      "x".repeat(200),
      '"a" '.repeat(50),
      "é".repeat(200),
      "#",
      "#0",
      "#-1",
      "0",
      "9".repeat(30),
    ],
  ];
  const wanted = hostile.filter((text) => text.replaceAll("\0", "").trim());
  for (const q of wanted) {
    const answers = await Promise.all([
      ask(sam, q),
      ask(sam, q, { kind: "note" }),
      sam.get(sam.path(`/conversations?${new URLSearchParams({ q })}`)),
    ]);
    for (const answer of answers) answer.good(200);
  }
  await finds(sam, "lamp\0glass", lamp);
  await finds(sam, "lamp OR glass");
  await finds(sam, "(lamp) -glass!", lamp);
});

test("a query has at least a word and at most 200 characters; filters are enumerated", async () => {
  (await ask(sam, "")).refusedField("q", "required");
  (await ask(sam, " \t ")).refusedField("q", "required");
  (await sam.get(sam.path("/search"))).refusedField("q", "required");
  (await ask(sam, "é".repeat(201))).refusedField("q", "too_long");
  (await ask(sam, "🙂".repeat(200))).good(200);
  for (const [field, value] of Object.entries({ limit: "0", cursor: "x", kind: "x", colour: "red" })) {
    (await ask(sam, "lamp", { [field]: value })).refusedField(field);
  }
  for (const limit of ["101", "-1", "x"]) (await ask(sam, "lamp", { limit })).refusedField("limit");
});
