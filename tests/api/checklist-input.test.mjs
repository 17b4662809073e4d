// The security checklist, items 52 to 57: what is sent is measured, read strictly and never taken for something else.
// What holds at each and every route is in contract.test.mjs, under the same numbers.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { form } from "../support/forms.mjs";
import { fill } from "../support/routes.mjs";
import { sell } from "../support/shop.mjs";
import { idFor, make, oneOfEach } from "../support/things.mjs";
import { address, firstWords, found, hire, invite, signUp, words, write } from "../support/world.mjs";

/** @typedef {import("../support/actors.mjs").Answer} Answer */
/** @typedef {import("../support/world.mjs").Company} Company */

/** Messages and comments of one person in one conversation within a minute. */
const WORDS_A_MINUTE = 100;

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);
const lamps = await found(desk);
const { administrator } = lamps;
const sam = await hire(lamps, "supervisor");
const things = await oneOfEach(lamps);

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, n) => n + 1);

test("52: who says more than a hundred things a minute waits, and nobody else does", async () => {
  const conversation = await write(lamps);
  const say = () => conversation.post(conversation.path("/messages"), words("Hello?"));
  const answers = await Promise.all(upTo(WORDS_A_MINUTE + 10).map(say));
  const late = answers.filter(({ status }) => status !== 201);
  assert.equal(late.length, 10, late[0]?.text);
  for (const answer of late) {
    answer.refused(429, "too_often");
    const seconds = Number(answer.header("retry-after"));
    assert.ok(seconds > 30 && seconds <= 60, `${seconds}`);
  }
  assert.equal((await conversation.read()).head, 2 + WORDS_A_MINUTE, "what was refused is not there");

  const socket = await conversation.listen(conversation.path("/live"));
  const witness = await sam.listen(sam.at(conversation, "/live"));
  const one_more = words("By socket?");
  socket.send({ type: "message", ...one_more });
  const { code } = await socket.hears({ type: "refused", client_id: one_more.client_id });
  assert.equal(code, "too_often");
  assert.equal(await socket.closed(), 4429);

  const browser = conversation.inBrowser();
  const fields = form((await browser.get(conversation.page())).good(200), conversation.page("/messages"));
  fields.set("body", "By form?");
  const page = await browser.post(conversation.page("/messages"), fields);
  assert.equal(page.status, 429);
  assert.equal(form(page.text, conversation.page("/messages")).get("body"), "By form?", "it is not lost");

  (await conversation.setStatus("closed")).good(200);
  await sam.reply(conversation, "One after the other, please.");
  await witness.hearsMessage("One after the other, please.");
  await (await write(lamps)).write("Another conversation.");
  witness.close();
});

test("52: a colleague's messages and comments count together, and his socket ends with 4429", async () => {
  const conversation = await write(lamps);
  const socket = await sam.listen(sam.at(conversation, "/live"));
  const said = upTo(WORDS_A_MINUTE + 1).map((n) => ({
    type: n % 2 ? "note" : "message",
    ...words(`${n}`),
  }));
  for (const frame of said) socket.send(frame);
  assert.equal(await socket.closed(), 4429);
  const acknowledged = socket.frames.filter(({ type }) => type === "ack");
  assert.equal(acknowledged.length, WORDS_A_MINUTE);
  (await sam.post(sam.at(conversation, "/notes"), words("And one."))).refused(429, "too_often");
  (await sam.setStatus(conversation, "closed")).good(200);
});

test("53: what is no JSON, or not only JSON, is 400 wherever it stands", async () => {
  const conversation = await write(lamps);
  const said = (/** @type {string} */ value) => `{"client_id":"${randomUUID()}","body":${value}}`;
  const bytes = Buffer.from(said('"~"'));
  bytes[bytes.indexOf("~")] = 0xff;
  const malformed = [
    bytes,
    said('"a\0b"'),
    said('"a\nb"'),
    said('"\\ud800"'),
    said('"\\udc00\\ud800"'),
    said('"\\x41"'),
    said("NaN"),
    said("Infinity"),
    said("-"),
    said("01"),
    said("'x'"),
    said("undefined"),
    said('"x",'),
    said('"x", "body":"y"'),
    said('/* x */ "x"'),
    `\ufeff${said('"x"')}`,
    `${said('"x"')}x`,
    "",
  ];
  for (const body of malformed) {
    for (const [actor, path] of /** @type {const} */ ([
      [conversation, conversation.path("/messages")],
      [sam, sam.at(conversation, "/messages")],
      [sam, sam.at(conversation, "/notes")],
    ])) {
      const answer = await actor.post(path, body);
      assert.equal(answer.status, 400, `${body}: ${answer.text}`);
      answer.refused(400, "malformed");
    }
  }
  (await administrator.post(lamps.path("/catalog"), '{"name":"Lamp","price":1e400}')).refused(400);
  // Well-formed, and of the wrong kind, however deep.
  for (const depth of [200, 20_000]) {
    const deep = said("[".repeat(depth) + "]".repeat(depth));
    (await conversation.post(conversation.path("/messages"), deep)).refusedField("body", "invalid");
    const rule = `{"name":"x","trigger":${'{"kind":'.repeat(depth / 5)}1${"}".repeat(depth / 5)},"actions":[]}`;
    assert.ok([400, 422].includes((await administrator.post(lamps.path("/automations"), rule)).status));
  }
  (await conversation.post(conversation.path("/messages"), said('"a\\u0000b"'))).refusedField("body");
  assert.equal((await conversation.read()).head, 2);
  (await conversation.post(conversation.path("/messages"), said('"\\ud83d\\ude42"'))).good(201);
});

/** What breaks out of queries, patterns, paths, headers and numbers. */
const HOSTILE = [
  "' OR 1=1 --",
  '" OR ""="',
  "%_\\",
  "\0",
  "\ud83d\u202e",
  "a\r\nset-cookie: x=1",
  "../../etc/passwd",
  "[]{}",
  "null",
  "-1",
  "1e400",
  "99999999999999999999",
  "ü".repeat(51),
  "%".repeat(51),
  "x".repeat(4_000),
  "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTp4",
];

test("55: whatever a filter, an order or a cursor says, it is an answer or 422, at every list", async () => {
  const { paths } = (await stranger.get("/api/openapi.json")).good(200);
  const queries = Object.entries(paths).flatMap(([path, { get }]) =>
    (get?.parameters ?? [])
      .filter((/** @type {any} */ one) => one.in === "query" && !path.endsWith("/live"))
      .map((/** @type {any} */ { name }) => ({ path, name })),
  );
  assert.ok(queries.length >= 80, "the contract says what can be asked");
  const { conversation } = things;
  for (const { path, name } of queries) {
    const actor = path.startsWith("/api/public/conversations") ? conversation : administrator;
    const id = idFor({ path }, things) || conversation.id;
    const at = fill(path, { company: lamps.slug, id, seq: "2" });
    const answers = await Promise.all(
      HOSTILE.map((value) => actor.get(`${at}?${new URLSearchParams({ [name]: value })}`)),
    );
    for (const answer of answers) {
      const page = !path.startsWith("/api/");
      assert.ok([200, 404, 409, 422].includes(answer.status), `${answer.request}: ${answer.text}`);
      if (answer.status === 422 && !page) assert.ok(answer.body.errors[0].field, answer.request);
      assert.equal(answer.header("set-cookie"), null);
    }
  }
});

test("55: a per cent sign and a low line are themselves in what is looked for", async () => {
  const company = await found(desk);
  const boss = company.administrator;
  const names = ["100% wool", "100 wool", "a_b", "axb", "back\\slash"];
  for (const name of names) {
    await sell(company, { name });
    await make(company, "responses", { name, body: "We open at nine.", scope: "company" });
    await write(company, { name, subject: name });
    await invite(company, ["agent"], { first_name: name, last_name: "X" });
  }
  const named = (/** @type {any} */ item) => item.name ?? item.contact?.name;
  const looked = [
    ["/catalog", (/** @type {any} */ item) => item.name],
    ["/responses", (/** @type {any} */ item) => item.name],
    ["/contacts", named],
    ["/agents", (/** @type {any} */ item) => item.first_name],
  ];
  for (const [path, nameOf] of /** @type {[string, (item: any) => string][]} */ (looked)) {
    for (const [q, wanted] of /** @type {const} */ ([
      ["0%", ["100% wool"]],
      ["a_b", ["a_b"]],
      ["k\\s", ["back\\slash"]],
      ["%%", []],
      ["__", []],
    ])) {
      const answer = await boss.get(company.path(`${path}?${new URLSearchParams({ q })}`));
      assert.deepEqual(answer.good(200).items.map(nameOf), wanted, answer.request);
    }
  }
});

test("55: more than a hundred at once are 422, and nothing is done to any", async () => {
  const conversation = await write(lamps);
  const path = lamps.path("/conversations/bulk");
  const bulk = (/** @type {string[]} */ ids) => sam.post(path, { ids, action: { kind: "close" } });
  const others = upTo(100).map(() => randomUUID());
  (await bulk([conversation.id, ...others])).refusedField("ids", "too_long");
  assert.equal((await sam.read(conversation)).status, "new");
  (await bulk([])).refusedField("ids");
  (await bulk([conversation.id])).good(200);
});

test("57: a line end in what goes into a heading is 422, wherever it is typed", async () => {
  const { contact } = await sam.read(things.conversation);
  const door = `/api/public/companies/${lamps.slug}/conversations`;
  const invited = () => ({ email: address("line"), roles: ["agent"], send_email: true });
  const started = () => ({
    ...firstWords(),
    name: undefined,
    email: undefined,
    contact: { email: address("line") },
  });
  /** @type {[string, (value: string) => Promise<Answer>][]} */
  const fields = [
    ["name", (name) => stranger.post(door, firstWords({ name }))],
    ["subject", (subject) => stranger.post(door, firstWords({ subject }))],
    ["email", (email) => stranger.post(door, firstWords({ email }))],
    ["company", (company) => stranger.post("/api/signup", signUp({ company }))],
    ["first_name", (first_name) => stranger.post("/api/signup", signUp({ first_name }))],
    ["email", (email) => stranger.post("/api/signup", signUp({ email }))],
    ["name", (name) => administrator.patch(lamps.path(), { name })],
    ["public_name", (public_name) => sam.patch(lamps.path("/me"), { public_name })],
    ["first_name", (first_name) => administrator.post(lamps.path("/agents"), { ...invited(), first_name })],
    ["email", (email) => administrator.post(lamps.path("/agents"), { ...invited(), email })],
    ["subject", (subject) => sam.post(lamps.path("/conversations"), { ...started(), subject })],
    ["name", (name) => sam.patch(lamps.path(`/contacts/${contact.id}`), { name })],
    ["email", (email) => sam.patch(lamps.path(`/contacts/${contact.id}`), { email })],
    ["name", (name) => administrator.post(lamps.path("/folders"), { name })],
    ["name", (name) => administrator.post(lamps.path("/catalog"), { name, price: 1 })],
  ];
  const before = await desk.sql(
    "SELECT (SELECT COUNT(*) FROM users) AS u, (SELECT COUNT(*) FROM conversations) AS c",
  );
  for (const [field, send] of fields) {
    for (const end of ["\r\n", "\n", "\r", "\0", "\u2028", "\u0085"]) {
      const value =
        field === "email" ? `a@people.example${end}Bcc: b@evil.example` : `Ada${end}Bcc: b@evil.example`;
      const answer = await send(value);
      const problem = answer.refused(422);
      const named = problem.errors.map((/** @type {any} */ error) => error.field.split(".").at(-1));
      assert.deepEqual(named, [field], `${answer.request} with ${JSON.stringify(end)}: ${answer.text}`);
    }
  }
  const after = await desk.sql(
    "SELECT (SELECT COUNT(*) FROM users) AS u, (SELECT COUNT(*) FROM conversations) AS c",
  );
  assert.deepEqual(after, before);
});

test("57: a mail goes to one address, under one subject, and has nothing else in its head", async () => {
  const company = await found(desk);
  const conversation = await write(company, { name: "Bcc: b@evil.example", subject: "To: c@evil.example" });
  const colleague = { first_name: "Cc: d@evil.example", last_name: "Reply-To: e@evil.example" };
  const { email } = await invite(company, ["agent"], { ...colleague, send_email: true });
  for (const to of [conversation.email, email]) {
    const sent = () => desk.runtime.emails.filter((mail) => mail.to.includes(to));
    const mail = await until(() => sent()[0], `${to} has a mail`);
    assert.equal(sent().length, 1);
    assert.deepEqual(Object.keys(mail).sort(), ["from", "html", "subject", "text", "to"]);
    assert.equal(mail.to, to);
    assert.doesNotMatch(mail.subject + mail.from, /[\r\n]|evil/);
  }
});
