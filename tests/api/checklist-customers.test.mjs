// The security checklist, items 36 to 43: what customers may do and see, their links, and the mails that they get.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { Actor, anonymous, program } from "../support/actors.mjs";
import { bodyFor, PNG, queryFor } from "../support/body.mjs";
import { linkIn, mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { byMail } from "../support/mailbox.mjs";
import { fill, ROUTES } from "../support/routes.mjs";
import { confirmed } from "../support/shop.mjs";
import { firstWords, found, hire, signUp, words, write } from "../support/world.mjs";

/** @typedef {import("../support/actors.mjs").Answer} Answer */

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);
const visitor = new Actor(desk, { accept: "text/html", origin: desk.url });
const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const nadia = await hire(lamps, "super_agent");
const nothing = (await stranger.get("/api/nothing/here")).text;

/** @param {any[]} events */
const seqs = (events) => events.map((event) => event.seq);

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, n) => n + 1);

// spec: B8 C17
test("36: an internal comment reaches colleagues, and no byte of it a customer", async () => {
  const canary = `canary${randomUUID()}`;
  const company = await found(desk);
  const [nina, otto] = [await hire(company, "super_agent"), await hire(company, "agent")];
  const conversation = await write(company);
  const listener = await conversation.listen(conversation.path("/live?after=0"));
  const colleague = await nina.listen(nina.at(conversation, "/live?after=0"));
  await nina.take(conversation);
  (await nina.post(nina.at(conversation, "/notes"), words(`${canary} by HTTP`))).good(201);
  const spoken = words(`${canary} by socket`);
  colleague.send({ type: "note", ...spoken });
  await colleague.hears({ type: "ack", client_id: spoken.client_id });
  (await nina.assign(conversation, otto)).good(200);
  await otto.comment(conversation, `${canary} by the next one`);
  await conversation.write("Is anybody there?");
  await otto.reply(conversation, "Yes.");
  await otto.comment(conversation, `${canary} as the last word`);
  const file = await otto.post(otto.at(conversation, `/files?name=${canary}.png`), PNG);
  const inside = { ...words(`${canary} with a file`), attachments: [file.good(201).id], mentions: [nina.id] };
  (await otto.post(otto.at(conversation, "/notes"), inside)).good(201);
  const order = await confirmed(company.administrator, { conversation_id: conversation.id });
  const remark = company.path(`/orders/${order.id}/comments`);
  (await company.administrator.post(remark, { body: canary })).good(201);
  (await otto.setStatus(conversation, "closed")).good(200);
  await listener.hears({ type: "event", seq: (await conversation.read()).head });

  const comments = (await nina.events(conversation)).filter(
    (/** @type {any} */ event) => event.kind === "note",
  );
  assert.equal(comments.length, 5, "colleagues have them");
  assert.equal(colleague.events.filter(({ event }) => event.body?.includes(canary)).length, 5);
  await mailTo(desk, conversation.email, "conversation");
  const again = await conversation.listen(conversation.path("/live?after=0"));
  await again.hears({ type: "event", seq: (await conversation.read()).head });
  await visitor.post(`/${company.slug}/link`, new URLSearchParams({ email: conversation.email }));
  await mailTo(desk, conversation.email, "The links");
  const customers = [
    (await conversation.inBrowser().get(conversation.page())).text,
    (await conversation.inBrowser().get(`${conversation.page()}?lang=fr`)).text,
    (await conversation.inBrowser().get(`/${company.slug}/chat`)).text,
    (await conversation.get(conversation.path("/orders"))).text,
    (await conversation.get(conversation.path())).text,
    (await conversation.get(conversation.path("/events"))).text,
    (await conversation.get(conversation.path("/events?after=3&limit=1"))).text,
    listener.texts.join(),
    again.texts.join(),
    JSON.stringify(await mailsTo(desk, conversation.email)),
  ];
  for (const bytes of customers) assert.ok(bytes.length > 2 && !bytes.includes(canary));

  const previews = async () => (await nina.get(nina.path("/conversations"))).good();
  await until(async () => (await previews()).items[0]?.status === "closed", "the list is up to date");
  assert.ok(!JSON.stringify(await previews()).includes(canary), "nor a preview");
  for (const open of [listener, colleague, again]) open.close();
});

test("37: a customer can be only himself: no other author, kind or visibility", async () => {
  const conversation = await write(lamps);
  const path = conversation.path("/messages");
  for (const [field, value] of Object.entries({
    kind: "note",
    private: true,
    author: "agent",
    by: {},
    assignee: "x",
  })) {
    (await conversation.post(path, { ...words("Hello"), [field]: value })).refusedField(
      field,
      "unknown_field",
    );
  }
  (
    await conversation.put(conversation.path("/status"), { status: "open", until: "2999-01-01T00:00:00Z" })
  ).refused(422);
  const { event } = (await conversation.post(path, words("Hello"))).good(201);
  assert.deepEqual([event.kind, event.by.kind, event.by.name], ["message", "customer", "Marta Lindholm"]);
});

test("37: a customer writes no internal comments and reads no colleagues' page", async () => {
  const conversation = await write(lamps);
  (await conversation.post(conversation.path("/notes"), words("x"))).refused(404, "not_found");
  const listener = await conversation.listen(conversation.path("/live"));
  const note = words("a comment of mine");
  listener.send({ type: "note", ...note });
  await listener.hears({ type: "refused", client_id: note.client_id });
  assert.equal((await sam.read(conversation)).rev, 2);
  listener.close();
});

test("38: the numbers stay without gaps when many write at once; the customer's skip internal comments", async () => {
  const conversation = await write(lamps);
  const texts = upTo(12);
  const answers = await Promise.all(
    texts.flatMap((n) => [
      conversation.post(conversation.path("/messages"), words(`customer ${n}`)),
      sam.post(sam.at(conversation, "/messages"), words(`agent ${n}`)),
      nadia.post(nadia.at(conversation, "/notes"), words(`inside ${n}`)),
    ]),
  );
  for (const answer of answers) answer.good(201);

  const events = await sam.events(conversation);
  assert.deepEqual(seqs(events), upTo(events.length));
  const publicly = (await conversation.read()).events;
  assert.deepEqual(seqs(publicly), upTo(publicly.length));
  const visible = events.filter((/** @type {any} */ event) => event.kind !== "note");
  assert.deepEqual(
    publicly.map((/** @type {any} */ event) => [event.kind, event.body]),
    visible.map((/** @type {any} */ event) => [event.kind, event.body]),
  );
  const bodies = events.map((/** @type {any} */ event) => event.body);
  for (const n of texts) {
    for (const body of [`customer ${n}`, `agent ${n}`, `inside ${n}`]) {
      assert.equal(bodies.filter((/** @type {string} */ one) => one === body).length, 1, body);
    }
  }
  for (const answer of answers.filter(({ request }) => request.includes("/companies/"))) {
    const { seq, event } = answer.body;
    assert.deepEqual(events[seq - 1], event, "the answer is the event");
  }
});

test("38: the customer cannot tell from numbers that there are comments", async () => {
  const [with_, without] = [await write(lamps), await write(lamps)];
  for (const conversation of [with_, without]) {
    await sam.take(conversation);
    if (conversation === with_) await sam.comment(conversation, "between us");
    await sam.reply(conversation, "Hello.");
    if (conversation === with_) await sam.comment(conversation, "between us");
    await conversation.write("Hello!");
  }
  const seen = async (/** @type {typeof with_} */ conversation) => {
    const { head, events } = await conversation.read();
    return { head, events: events.map((/** @type {any} */ { at, ...event }) => event) };
  };
  assert.deepEqual(await seen(with_), await seen(without));
});

test("38: internal comments change neither status, preview nor what waits", async () => {
  const conversation = await write(lamps);
  const { rev, last_event_at, ...before } = await sam.read(conversation);
  await sam.comment(conversation, "Hm.");
  const { rev: later, last_event_at: at, ...after } = await sam.read(conversation);
  assert.deepEqual(after, before);
  assert.ok(later === rev + 1 && at >= last_event_at);
});

test("39: what was said stays what it was, and a comment stays inside: nothing changes an event", async () => {
  const conversation = await write(lamps);
  const { seq } = await sam.comment(conversation, "Inside.");
  const before = await sam.events(conversation);
  const changing = ROUTES.filter(({ method }) => ["PUT", "PATCH", "DELETE"].includes(method));
  assert.deepEqual(
    changing.filter(({ path }) => /\/(events|notes|messages)(\/|$)/.test(path)),
    [],
    "no route is for it",
  );
  const changes = { kind: "message", visibility: "public", private: false, body: "Outside." };
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    for (const rest of ["/notes", "/messages", "/events"]) {
      const answer = await sam.request(method, sam.at(conversation, rest), changes);
      answer.refused(405, "method_not_allowed");
    }
    for (const rest of [`/notes/${seq}`, `/messages/${seq}`, `/events/${seq}`])
      (await sam.request(method, sam.at(conversation, rest), changes)).refused(404, "not_found");
    for (const rest of ["/messages", "/events"])
      (await conversation.request(method, conversation.path(rest), changes)).refused(405);
  }
  assert.deepEqual(await sam.events(conversation), before);
});

test("40: a customer learns of agents what they show him, and nothing else", async () => {
  const conversation = await write(lamps);
  const agent = await hire(lamps, "supervisor", { first_name: "Inward", last_name: "Name" });
  (await agent.patch(lamps.path("/me"), { public_name: "Sunny" })).good(200);
  await agent.take(conversation);
  await agent.reply(conversation, "Hello.");
  const listener = await conversation.listen(conversation.path("/live?after=0"));
  await listener.hearsMessage("Hello.");
  const page = (await conversation.inBrowser().get(conversation.page())).text;
  const api = (await conversation.get(conversation.path())).text;
  const events = (await conversation.get(conversation.path("/events"))).text;
  for (const bytes of [page, api, events, listener.texts.join()]) {
    assert.ok(bytes.includes("Sunny"));
    for (const hidden of ["Inward", agent.id, agent.email]) assert.ok(!bytes.includes(hidden), hidden);
  }
  listener.close();
});

test("40: what customers are told of agents has these members, and no others", async () => {
  const conversation = await write(lamps);
  const agent = await hire(lamps, "supervisor", { phones: { mobile: "+49 30 1234567" } });
  const profile = { public_name: "Sunny", function: "Support", signature: "Inward", description: "Inward" };
  (await agent.patch(lamps.path("/me"), profile)).good(200);
  (await agent.put(lamps.path("/me/photo"), PNG)).good(200);
  await agent.take(conversation);
  await agent.comment(conversation, "Inside.");
  await agent.reply(conversation, "Hello.");
  (await sam.assign(conversation, nadia)).good(200);
  const { agents, events } = await conversation.read();
  assert.deepEqual(
    agents.map((/** @type {any} */ { name, function: does }) => [name, does]),
    [
      [nadia.name, ""],
      ["Sunny", "Support"],
    ],
  );
  for (const one of agents)
    assert.deepEqual(
      Object.keys(one).filter((name) => !["name", "function", "photo_url", "in_charge"].includes(name)),
      [],
    );
  for (const event of events)
    assert.deepEqual(Object.keys(event.by).sort(), event.by.kind === "system" ? ["kind"] : ["kind", "name"]);
  const photo = agents[1].photo_url;
  assert.match(photo, /^\/api\/public\/files\/[\w-]+$/);
  assert.equal((await stranger.get(photo)).header("content-type"), "image/png", "his face may be seen");
});

// spec: B2
test("41: a link opens its own conversation and no other, and looks the same whatever is wrong", async () => {
  const [mine, theirs] = [await write(lamps), await write(lamps)];
  const { secret } = mine;
  const flipped = (/** @type {number} */ at) =>
    secret.slice(0, at) + (secret[at] === "A" ? "B" : "A") + secret.slice(at + 1);
  const forged = [
    theirs.secret,
    flipped(0),
    flipped(20),
    flipped(21),
    flipped(23),
    flipped(secret.length - 2),
    secret.slice(1),
    `${secret}A`,
    "x",
    "",
  ];
  const show = [mine.path(), mine.path("/events"), mine.path("/live")];

  (await mine.get(mine.path())).good(200);
  (await mine.get(mine.path("/events"))).good(200);
  const nothing = (await stranger.get("/api/public/nothing/here")).text;
  for (const path of show) {
    assert.equal((await stranger.get(path)).text, nothing);
    for (const wrong of forged) {
      const answer = await program(desk, wrong).get(path);
      answer.refused(404, "not_found");
      assert.equal(answer.text, nothing, `${path} with ${wrong}`);
    }
  }
  for (const wrong of forged) {
    (await program(desk, wrong).post(mine.path("/messages"), words("Me!"))).refused(404, "not_found");
    (await program(desk, wrong).put(mine.path("/status"), { status: "closed" })).refused(404, "not_found");
    (await stranger.with({ cookie: `edgedesk-${mine.id}=${wrong}` }).get(mine.path())).refused(
      404,
      "not_found",
    );
  }
  const unchanged = await mine.read();
  assert.deepEqual([unchanged.status, unchanged.head], ["new", 2]);
});

test("41: a link that was replaced, one of another conversation and one of nothing: the same 404", async () => {
  const [conversation, other] = [await write(lamps), await write(lamps)];
  (await sam.post(sam.at(conversation, "/link"), {})).good(200);
  const owner = await byMail(conversation);
  const { id } = conversation;
  const routes = ROUTES.filter(
    ({ path, access }) => path.startsWith("/api/public/") && access === "Customer",
  );
  assert.ok(routes.length >= 12);
  for (const secret of [conversation.secret, other.secret, `${owner.secret}A`, "x", ""]) {
    const wrong = program(desk, secret);
    for (const route of routes) {
      const path = fill(route.path, { id, file: randomUUID(), order: randomUUID() }) + queryFor(route);
      if (path.endsWith("/live")) {
        await assert.rejects(wrong.listen(path), { status: 404, text: nothing });
        continue;
      }
      const answer = await wrong.request(route.method, path, bodyFor(route));
      answer.refused(404, "not_found");
      assert.equal(answer.text, nothing, `${answer.request} with ${secret}`);
    }
  }
  (await owner.get(owner.path())).good(200);
});

test("41: after twenty secrets that open nothing an address has to wait; who has a link does not", async () => {
  const conversation = await write(lamps);
  const from = (/** @type {string} */ address) => ({ "cf-connecting-ip": address });
  const guesser = program(desk, `${conversation.secret.slice(0, -2)}AA`).with(from("203.0.113.41"));
  for (const _ of upTo(20)) (await guesser.get(conversation.path())).refused(404, "not_found");
  const refused = await guesser.get(conversation.path());
  refused.refused(429, "too_often");
  assert.equal(refused.header("retry-after"), "60");
  (await guesser.post(conversation.path("/messages"), words("Me!"))).refused(429, "too_often");
  const byLink = stranger.with(from("203.0.113.41"));
  (await byLink.get(`/${lamps.slug}/c/${guesser.headers.authorization?.slice(7)}`)).refused(429, "too_often");
  const page = await byLink.with({ accept: "text/html" }).get(`/${lamps.slug}/c/nothing`);
  assert.equal(page.status, 429);
  assert.match(String(page.header("content-type")), /^text\/html/);

  (await conversation.with(from("203.0.113.41")).get(conversation.path())).good(200);
  (await guesser.with(from("203.0.113.42")).get(conversation.path())).refused(404, "not_found");
});

test("an address that begins conversations or companies by the dozen has to wait; others do not", async () => {
  const robot = stranger.with({ "cf-connecting-ip": "203.0.113.51" });
  const path = `/api/public/companies/${lamps.slug}/conversations`;
  const wrong = await Promise.all(upTo(5).map(() => robot.post(path, { ...firstWords(), email: "nobody" })));
  for (const answer of wrong) answer.refused(422);
  const answers = await Promise.all(upTo(35).map(() => robot.post(path, firstWords())));
  const refused = answers.filter(({ status }) => status !== 201);
  assert.equal(refused.length, 5, "thirty a minute; what was wrong does not count");
  for (const answer of refused) answer.refused(429, "too_often");
  const form = await robot
    .with({ accept: "text/html", origin: desk.url })
    .post(`/${lamps.slug}`, new URLSearchParams(firstWords()));
  assert.equal(form.status, 429);
  assert.match(String(form.header("content-type")), /^text\/html/);
  assert.match(form.text, /The lamp does not light/, "what was written is still there");

  const founded = await Promise.all(upTo(12).map(() => robot.post("/api/signup", signUp())));
  assert.deepEqual(
    [201, 429].map((status) => founded.filter((answer) => answer.status === status).length),
    [10, 2],
  );
  const other = robot.with({ "cf-connecting-ip": "203.0.113.52" });
  (await other.post(path, firstWords())).good(201);
  (await other.post("/api/signup", signUp())).good(201);
});

test("42: a secret is in no answer to agents", async () => {
  const conversation = await write(lamps);
  const { administrator } = lamps;
  const { secret } = conversation;
  for (const path of [
    administrator.at(conversation),
    administrator.at(conversation, "/events"),
    lamps.path("/conversations"),
  ]) {
    const answer = await administrator.get(path);
    answer.good(200);
    assert.ok(!answer.text.includes(secret), path);
  }
  const page = await new Actor(desk, { cookie: `edgedesk-${conversation.id}=${secret}` }).get(
    conversation.page(),
  );
  assert.ok(!page.text.includes(secret), "nor in the page itself");
});

test("42: a customer's secret stands in his link alone: in no page, answer to colleagues, trail or log", async () => {
  const company = await found(desk);
  const agent = await hire(company, "supervisor");
  const conversation = await write(company);
  const { secret } = conversation;
  const browser = conversation.inBrowser();
  await agent.take(conversation);
  await agent.reply(conversation, "Hello.");
  const listener = await agent.listen(agent.at(conversation, "/live?after=0"));
  const feed = await agent.listen(company.path("/live?after=0"));
  await listener.hearsMessage("Hello.");
  await feed.hears({ type: "event" });
  const { contact } = await agent.read(conversation);
  const answers = await Promise.all([
    browser.get(conversation.page()),
    browser.get(`${conversation.page()}?lang=fr`),
    browser.get(`/${company.slug}/chat`),
    conversation.get(conversation.path()),
    conversation.get(conversation.path("/events")),
    browser.post(conversation.page("/messages"), new URLSearchParams({ body: "no name" })),
    ...["", "/events"].map((rest) => agent.get(agent.at(conversation, rest))),
    ...["/conversations", "/contacts", `/contacts/${contact.id}`, "/search?q=Hello", "/notifications"].map(
      (rest) => agent.get(company.path(rest)),
    ),
    company.administrator.get(company.path("/audit")),
    company.administrator.get(company.path("/audit?format=csv")),
  ]);
  for (const { request, text, status } of answers) {
    assert.ok(status === 200 || status === 422, `${request}: ${status}`);
    assert.ok(text.length > 0 && !text.includes(secret), request);
  }
  for (const { texts } of [listener, feed]) assert.ok(texts.length > 0 && !texts.join().includes(secret));
  const tables = await desk.sql(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  );
  assert.ok(tables.some(({ name }) => name === "conversations"));
  for (const { name } of tables.filter(
    (table) => !/_(config|data|idx|docsize|content)$/.test(String(table.name)),
  )) {
    const rows = JSON.stringify(await desk.sql(`SELECT * FROM "${name}"`));
    assert.ok(!rows.includes(secret), `the table ${name}`);
  }
  assert.ok(!desk.runtime.logs.join("\n").includes(secret), "no log");
  for (const open of [listener, feed]) open.close();
});

test("42: pages that a customer opens are kept by no cache, no index and no Referer", async () => {
  const conversation = await write(lamps);
  const browser = conversation.inBrowser();
  const link = `/${lamps.slug}/c/${conversation.secret}`;
  for (const answer of await Promise.all([
    stranger.get(link),
    browser.get(conversation.page()),
    visitor.get(conversation.page()),
    conversation.get(conversation.path()),
    conversation.get(conversation.path("/orders")),
  ])) {
    assert.equal(answer.header("referrer-policy"), "no-referrer", answer.request);
    assert.equal(answer.header("cache-control"), "no-store", answer.request);
    assert.match(String(answer.header("x-robots-tag")), /noindex/, answer.request);
  }
  const followed = await stranger.get(link);
  assert.equal(followed.header("location"), conversation.page(), "the address has no secret any more");
});

test("43: mails to an address that anybody may type carry nothing that was typed", async () => {
  const canary = `canary${Date.now()}`;
  const company = await found(desk);
  const sam = await hire(company, "supervisor");
  const conversation = await write(company, { name: canary, subject: canary, body: canary });
  await mailTo(desk, conversation.email, "conversation");
  await conversation.read();
  await sam.take(conversation);
  await sam.reply(conversation, canary);
  await mailTo(desk, conversation.email, "answered");
  for (const mail of await mailsTo(desk, conversation.email)) {
    assert.ok(!JSON.stringify(mail).includes(canary), mail.subject);
    assert.equal(linkIn(mail), conversation.url);
  }
});

test("43: an address gets five links an hour, however often a stranger names it; an answer is mailed once until it is read", async () => {
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
