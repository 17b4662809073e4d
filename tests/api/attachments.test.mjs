// Files of messages and of internal comments: brought first, sent then; whose they are, what they may be, who has them.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY, PNG } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { bring, brought, carrying, fetched, formOf, stored } from "../support/files.mjs";
import { firstWords, found, hire, words, write } from "../support/world.mjs";

const MB = 1_048_576;

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const agent = await hire(company, "super_agent");
const colleague = await hire(company, "super_agent");
const readers = { name: "Reader", base: "agent", grants: { "conversation.view": ["all"] } };
const role = (await company.administrator.post(company.path("/roles"), readers)).good(201);
const reader = await hire(company, role.id);
const stranger = (await found(desk)).administrator;

/** A conversation with its customer. */
const opened = () => write(company);

/** @param {import("../support/world.mjs").Customer} customer @param {string} id @param {string} [rest] */
const ofAgents = (customer, id, rest = "") =>
  company.path(`/conversations/${customer.id}/files/${id}${rest}`);

/** @param {import("../support/world.mjs").Customer} customer @param {string} id */
const ofCustomer = (customer, id) => customer.path(`/files/${id}`);

/** @param {any[]} events what was said last */
const last = (events) => events.filter(({ kind }) => kind === "message" || kind === "note").at(-1);

/** @param {import("../support/listener.mjs").Listener} line the events that came over it */
const heard = (line) => line.events.map(({ event }) => event);

// spec: B5 B7
test("files go with words, both ways, and each side has the other's", async () => {
  const customer = await opened();
  const picture = await brought(customer, customer.path(), PNG, "lamp.png");
  assert.deepEqual(picture, { id: picture.id, name: "lamp.png", type: "image/png", size: PNG.length });
  const said = (await customer.post(customer.path("/messages"), carrying([picture.id]))).good(201);
  assert.deepEqual(said.event.attachments, [picture]);
  assert.deepEqual(last(await agent.events(customer)).attachments, [picture]);
  assert.deepEqual((await fetched(agent, ofAgents(customer, picture.id))).bytes, PNG);

  const invoice = await brought(agent, agent.at(customer), "%PDF-1.7 …", "invoice.pdf");
  const answered = (await agent.post(agent.at(customer, "/messages"), carrying([invoice.id], ""))).good(201);
  assert.deepEqual([answered.event.body, answered.event.attachments], ["", [invoice]]);
  assert.deepEqual(last((await customer.read()).events).attachments, [invoice]);
  assert.equal((await fetched(customer, ofCustomer(customer, invoice.id))).bytes.toString(), "%PDF-1.7 …");
  // What lists show of it.
  assert.equal((await agent.read(customer)).preview, "invoice.pdf");
  (await agent.post(agent.at(customer, "/messages"), words(""))).refusedField("body", "required");
});

test("files also go with words over a socket", async () => {
  const customer = await opened();
  const [mine, hers, noted] = [
    await brought(customer, customer.path(), "one"),
    await brought(agent, agent.at(customer), "two"),
    await brought(agent, agent.at(customer), "three"),
  ];
  const [there, here] = [
    await customer.listen(customer.path("/live")),
    await agent.listen(agent.at(customer, "/live")),
  ];
  const say = (/** @type {any} */ line, /** @type {string} */ type, /** @type {string} */ id) =>
    line.send({ type, ...carrying([id], "") });
  say(there, "message", mine.id);
  await until(
    () => last(heard(here))?.attachments?.[0]?.id === mine.id,
    "the agent hears of the customer's file",
  );
  say(here, "message", hers.id);
  await until(
    () => last(heard(there))?.attachments?.[0]?.id === hers.id,
    "the customer hears of the agent's",
  );
  say(here, "note", noted.id);
  await until(() => last(heard(here))?.attachments?.[0]?.id === noted.id, "the agent sees his comment");
  say(there, "message", hers.id);
  const refused = await until(
    () => there.frames.find(({ type }) => type === "refused"),
    "what is not his to send is refused",
  );
  assert.equal(refused.code, "unknown_file");
  assert.ok(!there.texts.join().includes(noted.id));
  for (const line of [there, here]) line.socket.close();
});

// spec: B8 C17
test("a comment's files are never the customer's, before it is sent and after", async () => {
  const customer = await opened();
  const canary = `CANARY-${randomUUID()}.txt`;
  const file = await brought(agent, agent.at(customer), "he is furious", canary);
  const refused = (await customer.get(ofCustomer(customer, file.id))).refused(404);
  (await agent.post(agent.at(customer, "/notes"), carrying([file.id]))).good(201);
  assert.deepEqual((await customer.get(ofCustomer(customer, file.id))).refused(404), refused);
  assert.deepEqual((await customer.get(ofCustomer(customer, NOBODY))).refused(404), refused);
  assert.equal((await fetched(colleague, ofAgents(customer, file.id))).bytes.toString(), "he is furious");
  const page = await customer.inBrowser().get(customer.page());
  const seen = [page.good(), await customer.read(), (await customer.get(customer.path("/events"))).good()];
  assert.ok(!JSON.stringify(seen).includes("CANARY"), "nothing of it is told");
  // Nor can he send it as his own.
  (await customer.post(customer.path("/messages"), carrying([file.id]))).refusedField(
    "attachments[0]",
    "unknown_file",
  );
});

test("what was brought is its bringer's alone to see, to send and to take back, until it is sent", async () => {
  const [customer, other] = [await opened(), await opened()];
  const file = await brought(agent, agent.at(customer), "a draft");
  assert.equal((await fetched(agent, ofAgents(customer, file.id))).status, 200);
  (await colleague.get(ofAgents(customer, file.id))).refused(404, "not_found");
  (await colleague.post(agent.at(customer, "/messages"), carrying([file.id]))).refusedField("attachments[0]");
  (await colleague.delete(ofAgents(customer, file.id))).refused(404);
  // Not in another conversation, not what never was, not twice at once.
  for (const [who, path, ids, at] of /** @type {[any, string, string[], number][]} */ ([
    [agent, agent.at(other, "/messages"), [file.id], 0],
    [agent, agent.at(customer, "/messages"), [NOBODY], 0],
    [agent, agent.at(customer, "/messages"), [file.id, file.id], 1],
    [customer, customer.path("/messages"), [file.id], 0],
  ])) {
    (await who.post(path, carrying(ids))).refusedField(`attachments[${at}]`, "unknown_file");
  }
  const words = carrying([file.id]);
  const said = (await agent.post(agent.at(customer, "/messages"), words)).good(201);
  // Said twice is said once; under another name it is gone.
  assert.deepEqual((await agent.post(agent.at(customer, "/messages"), words)).good(201), said);
  (await agent.post(agent.at(customer, "/messages"), { ...words, attachments: [] })).refused(
    409,
    "client_id_reused",
  );
  (await agent.post(agent.at(customer, "/messages"), carrying([file.id]))).refusedField("attachments[0]");
  (await agent.delete(ofAgents(customer, file.id))).refused(404);
  assert.equal((await fetched(colleague, ofAgents(customer, file.id))).status, 200);
});

test("who may not see a conversation, or only read it, brings nothing and has nothing", async () => {
  const [customer, other] = [await opened(), await opened()];
  const file = await brought(agent, agent.at(customer), "for the customer");
  (await agent.post(agent.at(customer, "/messages"), carrying([file.id]))).good(201);
  const path = ofAgents(customer, file.id);
  assert.equal((await fetched(reader, path)).status, 200);
  (await bring(reader, agent.at(customer), "x")).refused(403, "forbidden");
  (await stranger.get(path)).refused(404);
  (await bring(stranger, agent.at(customer), "x")).refused(404);
  (await anonymous(desk).get(path)).refused(401);
  (await bring(anonymous(desk), agent.at(customer), "x")).refused(401);
  (await bring(agent.with({ origin: "https://evil.example" }), agent.at(customer), "x")).refused(
    403,
    "cross_site",
  );
  (await other.get(ofCustomer(customer, file.id))).refused(404);
  (await other.get(ofCustomer(other, file.id))).refused(404);
  (await agent.get(ofAgents(other, file.id))).refused(404);
  (await bring(other, customer.path(), "x")).refused(404);
  (await anonymous(desk).get(ofCustomer(customer, file.id))).refused(404);
});

test("a file is what it contains, and a browser runs none of it", async () => {
  const customer = await opened();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const polyglot = Buffer.from("GIF89a/*\x01\0*/=1;alert(1)//<script>alert(1)</script>", "latin1");
  const avif = Buffer.from("\0\0\0\x1cftypavif\0\0\0\0", "latin1");
  for (const [name, bytes, type, way] of /** @type {[string, Uint8Array | string, string, string][]} */ ([
    ["lamp.png", PNG, "image/png", "inline"],
    ["lamp.html", PNG, "image/png", "inline"],
    ["lamp.avif", avif, "image/avif", "inline"],
    ["lamp.js", polyglot, "image/gif", "inline"],
    ["lamp.svg", svg, "application/octet-stream", "attachment"],
    ["lamp.png", `<!doctype html><script>alert(1)</script>`, "application/octet-stream", "attachment"],
    ["feed.xml", `\ufeff <?xml version="1.0"?><x/>`, "application/octet-stream", "attachment"],
    ["lamp.pdf", "%PDF-1.7\n<script>alert(1)</script>", "application/pdf", "attachment"],
    ["lamp.js", "alert(1)", "text/plain; charset=utf-8", "attachment"],
    ["lamp.mp4", "\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4", "attachment"],
    ["lamp.zip", "PK\x03\x04\x14\0\0\0\0\0", "application/zip", "attachment"],
  ])) {
    const file = (await bring(customer, customer.path(), bytes, name, { "content-type": "text/html" })).good(
      201,
    );
    assert.equal(file.type, type.split(";")[0], name);
    const { status, headers } = await fetched(customer, ofCustomer(customer, file.id));
    const told = [
      "content-type",
      "x-content-type-options",
      "content-security-policy",
      "cross-origin-resource-policy",
    ];
    assert.deepEqual(
      [status, ...told.map((header) => headers.get(header))],
      [200, type, "nosniff", "default-src 'none'; sandbox", "same-origin"],
      name,
    );
    assert.match(
      String(headers.get("content-disposition")),
      new RegExp(`^${way}; filename="${name}"; filename\\*=`),
    );
    assert.match(String(headers.get("cache-control")), /^private,/);
  }
});

test("a name is a name: no path, no line, no other direction of writing, no second header", async () => {
  const customer = await opened();
  for (const [claimed, name, header] of [
    ["../../etc/passwd", "passwd", `filename="passwd"; filename*=UTF-8''passwd`],
    [
      "C:\\fakepath\\Où est-ce.txt",
      "Où est-ce.txt",
      `filename="O_ est-ce.txt"; filename*=UTF-8''O%C3%B9%20est-ce.txt`,
    ],
    ["photo\u202egnp.exe", "photognp.exe", `filename="photognp.exe"; filename*=UTF-8''photognp.exe`],
    ['a"\r\nset-cookie: b=c;.txt', "aset-cookie b=c;.txt", 'filename="aset-cookie b=c;.txt"'],
    ["...", "file", 'filename="file"'],
    [`${"x".repeat(400)}.pdf`, `${"x".repeat(116)}.pdf`, `filename="${"x".repeat(116)}.pdf"`],
  ]) {
    const file = await brought(customer, customer.path(), "a", claimed);
    assert.equal(file.name, name);
    const { headers } = await fetched(customer, ofCustomer(customer, file.id));
    assert.ok(headers.get("content-disposition")?.startsWith(`attachment; ${header}`), String(claimed));
    assert.equal(headers.get("set-cookie"), null);
  }
});

test("a file has a size within limits, and says which", async () => {
  const customer = await opened();
  const most = new Uint8Array(20 * MB).fill(65);
  const file = await brought(customer, customer.path(), most, "most.txt");
  assert.deepEqual([file.size, file.type], [20 * MB, "text/plain"]);
  assert.equal(Buffer.compare((await fetched(customer, ofCustomer(customer, file.id))).bytes, most), 0);
  (await bring(customer, customer.path(), new Uint8Array(20 * MB + 1))).refused(413, "too_large");
  (await bring(customer, customer.path(), new Uint8Array())).refused(422, "empty");
  (await customer.request("POST", customer.path("/files"), "x")).refusedField("name", "required");
  (await customer.request("POST", customer.path("/files?name=a&colour=red"), "x")).refusedField("colour");
  assert.equal(await chunked(customer, "some bytes"), 411);
  assert.deepEqual((await stored(desk, customer.id)).length, 1, "nothing is left of what was refused");
});

/** Sends a file without saying how large it is. @param {import("../support/world.mjs").Customer} customer @param {string} bytes */
const chunked = (customer, bytes) =>
  new Promise((resolve, reject) => {
    const { authorization } = customer.headers;
    const sent = request(desk.url + customer.path("/files?name=a"), {
      method: "POST",
      headers: { authorization },
    });
    sent.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
    sent.write(bytes);
    sent.end();
  });

test("a message has ten files and 50 MB of them at most", async () => {
  const customer = await opened();
  const some = await Promise.all(
    Array.from({ length: 11 }, (_, at) => brought(customer, customer.path(), `file ${at}`)),
  );
  const ids = some.map(({ id }) => id);
  (await customer.post(customer.path("/messages"), carrying(ids))).refusedField(
    "attachments",
    "too_many_files",
  );
  const large = [];
  for (const size of [20 * MB, 20 * MB, 10 * MB]) {
    large.push((await brought(customer, customer.path(), new Uint8Array(size))).id);
  }
  const [one = "", ...nine] = ids.slice(0, 10);
  (await customer.post(customer.path("/messages"), carrying([...large, one]))).refusedField(
    "attachments",
    "files_too_large",
  );
  (await customer.post(customer.path("/messages"), carrying(large))).good(201);
  (await customer.post(customer.path("/messages"), carrying([one, ...nine]))).good(201);
});

test("a part of a file can be asked for, and whether it has changed", async () => {
  const customer = await opened();
  const { id } = await brought(customer, customer.path(), "0123456789");
  const path = ofCustomer(customer, id);
  const whole = await fetched(customer, path);
  const tag = String(whole.headers.get("etag"));
  assert.deepEqual(
    [whole.headers.get("accept-ranges"), whole.headers.get("content-length")],
    ["bytes", "10"],
  );
  for (const [range, bytes, part] of [
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ]) {
    const answer = await fetched(customer, path, { range: String(range) });
    assert.deepEqual([answer.status, answer.bytes.toString()], [206, bytes]);
    assert.equal(answer.headers.get("content-range"), part);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  }
  const beyond = await fetched(customer, path, { range: "bytes=10-" });
  assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, "bytes */10"]);
  for (const headers of /** @type {Record<string, string>[]} */ ([
    { range: "bytes=1-2,4-5" },
    { range: "lines=1-2" },
    { range: "bytes=1-2", "if-range": '"another"' },
  ])) {
    assert.deepEqual([(await fetched(customer, path, headers)).status], [200]);
  }
  assert.equal((await fetched(customer, path, { range: "bytes=1-2", "if-range": tag })).status, 206);
  const same = await fetched(customer, path, { "if-none-match": tag });
  assert.deepEqual([same.status, same.bytes.length], [304, 0]);
  assert.equal((await fetched(customer, path, { "if-none-match": '"another"' })).status, 200);
  assert.equal((await fetched(agent, ofAgents(customer, id), { "if-none-match": tag })).status, 404);
});

test("what was brought is taken back, and nothing of it is left", async () => {
  const customer = await opened();
  const file = await brought(customer, customer.path(), "a mistake");
  assert.equal((await stored(desk, customer.id)).length, 1);
  (await customer.delete(ofCustomer(customer, file.id))).good(204);
  assert.deepEqual(await stored(desk, customer.id), []);
  (await customer.get(ofCustomer(customer, file.id))).refused(404);
  (await customer.post(customer.path("/messages"), carrying([file.id]))).refusedField("attachments[0]");
  (await customer.delete(ofCustomer(customer, file.id))).refused(404);
});

test("what was brought and not sent expires, whatever became of the conversation; what was sent stays", async () => {
  const hasty = await startDesk({ vars: { UPLOADS_LAST: "PT1S" } });
  after(() => hasty.stop());
  const customer = await write(await found(hasty));
  const [sent, forgotten] = [
    await brought(customer, customer.path(), "sent"),
    await brought(customer, customer.path(), "forgotten"),
  ];
  (await customer.post(customer.path("/messages"), carrying([sent.id]))).good(201);
  await until(async () => (await stored(hasty, customer.id)).length === 1, "what was not sent is removed", 8);
  (await customer.get(ofCustomer(customer, forgotten.id))).refused(404);
  (await customer.post(customer.path("/messages"), carrying([forgotten.id]))).refusedField("attachments[0]");
  assert.equal((await fetched(customer, ofCustomer(customer, sent.id))).bytes.toString(), "sent");
});

test("a customer brings two hundred files a day and no more; another's are his own", async () => {
  const [customer, other] = [await opened(), await opened()];
  const rounds = Array.from({ length: 20 }, (_, at) => at);
  for (const _ of rounds) {
    await Promise.all(Array.from({ length: 10 }, () => brought(customer, customer.path(), "x")));
  }
  const answer = await bring(customer, customer.path(), "x");
  answer.refused(429, "too_many_uploads");
  assert.ok(Number(answer.header("retry-after")) > 86_000);
  await brought(other, other.path(), "x");
  await brought(agent, agent.at(customer), "x");
});

// spec: B3 B5
test("without a script: the first words and those that follow carry files", async () => {
  const visitor = anonymous(desk).with({ origin: desk.url, accept: "text/html" });
  const fields = firstWords();
  const large = Buffer.alloc(12 * MB, "The lamp. ");
  const opening = () =>
    visitor.request(
      "POST",
      `/${company.slug}`,
      formOf(/** @type {any} */ (fields), [
        ["lamp.png", PNG],
        ["log.txt", large],
      ]),
    );
  const answer = await opening();
  assert.equal(answer.status, 303, answer.text);
  const url = String(answer.header("location"));
  assert.match(url, new RegExp(`^/${company.slug}/c/`));
  assert.equal((await opening()).header("location"), url, "sent twice, it is opened once");
  const link = await visitor.get(url);
  const page = String(link.header("location"));
  const id = String(page.split("/").at(-1));
  const cookie = link.cookie(`edgedesk-${id}`);
  const customer = visitor.with({ cookie: `edgedesk-${id}=${cookie?.value}` });
  const first = (await agent.events({ id })).find((/** @type {any} */ { kind }) => kind === "message");
  assert.deepEqual(
    first.attachments.map((/** @type {any} */ { name, type, size }) => [name, type, size]),
    [
      ["lamp.png", "image/png", PNG.length],
      ["log.txt", "text/plain", large.length],
    ],
  );
  const got = await fetched(customer, `/api/public/conversations/${id}/files/${first.attachments[1].id}`);
  assert.equal(Buffer.compare(got.bytes, large), 0);

  const form = formOf(words(""), [
    ["one.txt", "1"],
    ["two.txt", "2"],
  ]);
  assert.equal((await customer.request("POST", `${page}/messages`, form)).status, 303);
  assert.deepEqual(
    last(await agent.events({ id })).attachments.map((/** @type {any} */ { name }) => name),
    ["one.txt", "two.txt"],
  );
  const html = (await customer.get(page)).good();
  for (const name of ["lamp.png", "log.txt", "one.txt"]) assert.ok(html.includes(name), name);
  // No file was chosen: browsers send an empty one.
  assert.equal(
    (await customer.request("POST", `${page}/messages`, formOf(words("Plain"), [["", ""]]))).status,
    303,
  );
  assert.equal(last(await agent.events({ id })).body, "Plain");
});

test("without a script: what cannot be sent comes back with what was typed", async () => {
  const visitor = anonymous(desk).with({ origin: desk.url, accept: "text/html" });
  const customer = await opened();
  const inBrowser = customer.inBrowser();
  const typed = "Typed with care";
  const there = (/** @type {[string, Uint8Array | string][]} */ files) =>
    inBrowser.request("POST", customer.page("/messages"), formOf(words(typed), files));
  const here = (/** @type {[string, Uint8Array | string][]} */ files) => {
    const fields = /** @type {any} */ (firstWords({ body: typed }));
    return visitor.request("POST", `/${company.slug}`, formOf(fields, files));
  };
  /** @type {[string, Uint8Array][]} */
  const tooMuch = ["a", "b", "c"].map((name) => [name, new Uint8Array(18 * MB)]);
  for (const [answer, status] of /** @type {[Promise<any>, number][]} */ ([
    [there([["large.bin", new Uint8Array(20 * MB + 1)]]), 413],
    [here(tooMuch), 413],
    [there([["empty.txt", ""]]), 422],
    [here(Array.from({ length: 11 }, (_, at) => [`${at}.txt`, "x"])), 422],
  ])) {
    const { text, status: got } = await answer;
    assert.equal(got, status, text);
    assert.ok(text.includes(typed), "what was typed is there");
  }
  assert.deepEqual(await stored(desk, customer.id), []);
  assert.equal((await customer.read()).events.length, 2, "nothing was said");
  // Fields come first, or they are no fields.
  const turned = formOf({}, [["a.txt", "x"]]);
  for (const [name, value] of Object.entries(words("after"))) turned.append(name, value);
  assert.equal((await inBrowser.request("POST", customer.page("/messages"), turned)).status, 422);
  const cross = inBrowser.with({ origin: "https://evil.example" });
  const form = formOf(words("x"), [["a.txt", "x"]]);
  assert.equal((await cross.request("POST", customer.page("/messages"), form)).status, 403);
});

test("programs open conversations with files as well", async () => {
  const path = `/api/public/companies/${company.slug}/conversations`;
  const fields = /** @type {any} */ (firstWords({ body: "" }));
  const { id } = (await anonymous(desk).post(path, formOf(fields, [["lamp.png", PNG]]))).good(201);
  const first = last(await agent.events({ id }));
  assert.deepEqual([first.body, first.attachments[0].name], ["", "lamp.png"]);
  (await anonymous(desk).post(path, formOf({ ...fields, colour: "red" }, [["lamp.png", PNG]]))).refusedField(
    "colour",
  );
  (
    await anonymous(desk).post(path, formOf(/** @type {any} */ (firstWords({ email: "x" })), [["a", "x"]]))
  ).refusedField("email");
  (await anonymous(desk).post(path, formOf(fields, [["other.txt", "x"]]))).refused(409, "client_id_reused");
});
