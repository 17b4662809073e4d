// The customer's page: in his language, with what was read, how he was served, and links that can be lost and replaced.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Actor, program } from "../support/actors.mjs";
import { linkIn, mailsTo, mailTo, ROOT, startDesk, until } from "../support/desk.mjs";
import { filled, form } from "../support/forms.mjs";
import { firstWords, found, hire, words, write } from "../support/world.mjs";

/** @import { Customer } from "../support/world.mjs" */

const desk = await startDesk();
after(() => desk.stop());

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const visitor = new Actor(desk, { accept: "text/html", origin: desk.url });
const french = visitor.with({ "accept-language": "fr-CH, fr;q=0.9, en;q=0.5" });

/** @param {string} html */
const languageOf = (html) => /<html lang="(\w+)">/.exec(html)?.[1];

/** Opens a conversation by the form. @param {Actor} actor @param {Record<string, string>} [changes] @param {string} [query] */
async function writeByForm(actor, changes, query = "") {
  const { name, email, subject, body } = firstWords();
  const action = `/${lamps.slug}${query}`;
  const fields = filled(form((await actor.get(action)).good(200), action), {
    name,
    email,
    subject,
    body,
    ...changes,
  });
  const sent = await actor.post(action, fields);
  assert.equal(sent.status, 303, sent.text);
  const link = String(sent.header("location"));
  const followed = await actor.get(link);
  const cookie = followed.headers.getSetCookie()[0]?.split(";")[0];
  const page = String(followed.header("location"));
  return { email, page, id: String(page.split("/").at(-1)), customer: actor.with({ cookie }) };
}

/** Closes it, so that it can be rated. @param {Customer} customer */
async function served(customer) {
  await sam.take(customer);
  await sam.reply(customer, "Here you are.");
  (await sam.setStatus(customer, "closed")).good();
}

test("pages speak the language that is asked for, else the browser's, else the company's", async () => {
  const [paris, london] = [await found(desk), await found(desk)];
  (await paris.administrator.patch(paris.path(), { language: "fr" })).good();
  const german = visitor.with({ "accept-language": "de" });
  for (const [actor, path, language] of /** @type {const} */ ([
    [german, `/${paris.slug}`, "fr"],
    [german, `/${london.slug}`, "en"],
    [french, `/${london.slug}`, "fr"],
    [french, `/${london.slug}?lang=en`, "en"],
    [french, `/${london.slug}/link`, "fr"],
    [french, `/${london.slug}/c/x`, "fr"],
    [french, "/terms", "fr"],
    [visitor, "/terms?lang=fr-CA", "fr"],
    [visitor, "/terms?lang=tlh", "en"],
    [french, "/no/such/page", "fr"],
  ])) {
    const answer = await actor.get(path);
    assert.equal(languageOf(answer.text), language, path);
    assert.equal(answer.header("content-language"), language, path);
    assert.match(String(answer.header("vary")), /accept-language/i, path);
  }
});

test("a form's faults are told in the reader's language, and the language asked for stays", async () => {
  const action = `/${lamps.slug}?lang=fr`;
  const fields = form((await visitor.get(action)).good(200), action);
  const answer = await visitor.post(action, filled(fields, { name: "", email: "x", subject: "a", body: "" }));
  assert.equal(answer.status, 422);
  for (const told of [
    "Veuillez remplir ce champ.",
    "Ce n’est pas une adresse e-mail.",
    "Veuillez écrire quelque chose.",
  ]) {
    assert.ok(answer.text.includes(told), told);
  }
  assert.equal(form(answer.text, action).get("email"), "x");
});

test("a conversation keeps its customer's language, on his page and in his mails, until he chooses another", async () => {
  const { email, page, id, customer } = await writeByForm(french);
  const opened = await mailTo(desk, email, "Votre conversation avec");
  assert.match(opened.html, /<html lang="fr">/);
  assert.equal((await sam.read({ id })).language, "fr");
  const elsewhere = customer.with({ "accept-language": "en" });
  const html = (await elsewhere.get(page)).good(200);
  assert.equal(languageOf(html), "fr");
  assert.ok(html.includes("Nous avons bien reçu votre message."));
  assert.equal(languageOf((await elsewhere.get(`${page}?lang=en`)).text), "en", "for once");

  const chosen = await elsewhere.post(`${page}/language`, new URLSearchParams({ language: "en" }));
  assert.equal(chosen.status, 303);
  assert.equal(languageOf((await customer.get(page)).text), "en");
  await sam.take({ id });
  await sam.reply({ id }, "Bonjour.");
  await mailTo(desk, email, "answered you");
  assert.equal(
    (await customer.post(`${page}/language`, new URLSearchParams({ language: "tlh" }))).status,
    422,
  );
  assert.equal(languageOf((await customer.get(page)).text), "en");
});

test("a language that is none of ours is kept for whoever speaks it, and answered in the company's", async () => {
  const { id, customer, page } = await writeByForm(visitor.with({ "accept-language": "de-AT, de;q=0.9" }));
  assert.equal((await sam.read({ id })).language, "de");
  assert.equal(languageOf((await customer.get(page)).text), "en");
});

test("times are the company's, in the reader's way of writing them, and days stand between", async () => {
  const company = await found(desk);
  (await company.administrator.patch(company.path(), { time_zone: "Asia/Tokyo" })).good();
  const conversation = await write(company, { language: "fr" });
  const html = (await conversation.inBrowser().get(conversation.page())).good(200);
  const at = new Date(String(/<time datetime="([^"]+)"/.exec(html)?.[1]));
  const day = new Intl.DateTimeFormat("fr-FR", { dateStyle: "full", timeZone: "Asia/Tokyo" }).format(at);
  const time = new Intl.DateTimeFormat("fr-FR", { timeStyle: "short", timeZone: "Asia/Tokyo" }).format(at);
  assert.ok(html.includes(`<li class="day">${day.slice(0, 1).toUpperCase()}${day.slice(1)}</li>`), day);
  assert.ok(html.includes(`>${time}</time>`), time);
});

test("opening hours are shown where the company has set them, and nothing is made up", async () => {
  const company = await found(desk);
  assert.ok(!(await visitor.get(`/${company.slug}`)).text.includes("We answer"));
  const business_hours = [1, 2, 3, 4, 5].map((day) => ({ day, opens: "09:00", closes: "17:30" }));
  (await company.administrator.patch(company.path(), { business_hours, time_zone: "Europe/Paris" })).good();
  const conversation = await write(company);
  const page = (await conversation.inBrowser().get(conversation.page())).good(200);
  for (const html of [(await visitor.get(`/${company.slug}`)).good(200), page]) {
    assert.match(html, /<dt>Mon–Fri<\/dt> <dd>9:00–17:30<\/dd>/);
    assert.ok(html.includes("Paris time"));
  }
});

// spec: B6 B9
test("the page names who is in charge apart from who took part", async () => {
  const conversation = await write(lamps);
  const nadia = await hire(lamps, "super_agent");
  await nadia.take(conversation);
  (await nadia.assign(conversation, sam)).good();
  const { agents } = await conversation.read();
  assert.deepEqual(
    agents.map((/** @type {any} */ one) => [one.name, one.in_charge]),
    [
      [sam.name, true],
      [nadia.name, false],
    ],
  );
  const html = (await conversation.inBrowser().get(conversation.page())).good(200);
  const section = (/** @type {string} */ id) =>
    /** @type {any} */ (new RegExp(`id="${id}".*?</section>`, "s").exec(html))[0];
  assert.ok(section("in-charge").includes(sam.name) && !section("in-charge").includes(nadia.name));
  assert.ok(section("took-part").includes(nadia.name) && !section("took-part").includes(sam.name));
});

test("a customer rates how he was served, and changes his mind; agents see it", async () => {
  const customer = await write(lamps);
  const path = customer.path("/rating");
  (await customer.put(path, { score: 4 })).refused(422, "too_early");
  await served(customer);
  for (const score of [0, 6, -1, 2.5, "4"]) (await customer.put(path, { score })).refusedField("score");
  (await customer.put(path, {})).refusedField("score", "required");
  (await customer.put(path, { score: 4, comment: "x".repeat(2_001) })).refusedField("comment", "too_long");
  (await customer.put(path, { score: 4, stars: 5 })).refusedField("stars", "unknown_field");
  assert.equal((await customer.read()).rating, undefined);

  const live = await sam.listen(sam.at(customer, "/live"));
  const rated = (await customer.put(path, { score: 4, comment: "Quick." })).good(200);
  assert.deepEqual(rated.rating, { score: 4, comment: "Quick." });
  assert.deepEqual((await sam.read(customer)).rating, { score: 4, comment: "Quick." });
  const heard = await until(
    () => live.events.find(({ event }) => event.kind === "rating"),
    "agents hear of it",
  );
  assert.deepEqual([heard.event.score, heard.event.comment], [4, "Quick."]);
  live.close();
  await customer.put(path, { score: 4, comment: "Quick." });
  (await customer.put(path, { score: 2 })).good(200);
  const ratings = (await sam.events(customer)).filter((/** @type {any} */ { kind }) => kind === "rating");
  assert.deepEqual(
    ratings.map((/** @type {any} */ { score }) => score),
    [4, 2],
    "said twice it is said once",
  );
  (await sam.put(path, { score: 5 })).refused(404);
  (await program(desk, "x").put(path, { score: 5 })).refused(404);
});

test("without JavaScript, the closed page asks how it was, keeps what was typed, and thanks", async () => {
  const customer = await write(lamps);
  const browser = customer.inBrowser();
  const page = async () => (await browser.get(customer.page())).good(200);
  assert.match(await page(), /id="rating"[^>]* hidden>/, "not before it is closed");
  await served(customer);
  assert.doesNotMatch(await page(), /id="rating"[^>]* hidden>/);
  const send = (/** @type {Record<string, string>} */ fields) =>
    browser.post(customer.page("/rating"), new URLSearchParams(fields));
  const missing = await send({ comment: "I liked <it>" });
  assert.equal(missing.status, 422);
  assert.ok(missing.text.includes("Please choose one of the five."));
  assert.ok(missing.text.includes("I liked &#60;it&#62;"));
  const long = await send({ score: "3", comment: "x".repeat(2_001) });
  assert.equal(long.status, 422);
  assert.match(long.text, /value="3" required checked/);
  for (const score of ["3", "3", "5"]) {
    const sent = await send({ score, comment: "" });
    assert.equal(sent.status, 303);
    assert.equal(sent.header("location"), customer.page("#rating"));
  }
  assert.ok((await page()).includes("You rated this conversation: Very good."));
  assert.equal((await sam.read(customer)).rating.score, 5);
});

// spec: B8
test("each side sees how far the other has read, in its own numbers and without names or comments", async () => {
  const customer = await write(lamps);
  await sam.comment(customer, "between us");
  const [agent, page] = [
    await sam.listen(sam.at(customer, "/live")),
    await customer.listen(customer.path("/live")),
  ];
  await customer.write("Hello?"); // 4 for agents, 3 for him
  agent.send({ type: "read", seq: 4 });
  const read = await page.hears({ type: "read", who: "agent" });
  assert.deepEqual(read, { type: "read", who: "agent", seq: 3 });

  await sam.comment(customer, "hm"); // 5
  await sam.reply(customer, "Good morning."); // 6, and 4 for him
  agent.send({ type: "read", seq: 5 });
  const { events } = await customer.read(); // opens the page: he has read it all
  assert.equal(events.find((/** @type {any} */ { body }) => body === "Good morning.").seq, 4);
  const seen = await agent.hears({ type: "read", who: "customer" });
  const { rev } = await sam.read(customer);
  assert.equal(seen.seq, rev, "the status that followed the answer is the last he sees");
  assert.equal(
    page.frames.filter(({ type }) => type === "read").length,
    1,
    "that a comment was read leaves no trace",
  );

  // Whoever comes later is told at once, after a crash as well as before.
  const late = await sam.listen(sam.at(customer, "/live"));
  assert.equal((await late.hears({ type: "read", who: "customer" })).seq, rev);
  const second = await customer.listen(customer.path("/live"));
  assert.equal((await second.hears({ type: "read" })).seq, 3);
  assert.deepEqual((await customer.read()).read, { agent: 3, customer: 5 });
  for (const listener of [agent, page, late, second]) listener.close();
});

test("read marks go forward only, never beyond the log, and colleagues hear whose they are", async () => {
  const customer = await write(lamps);
  const nadia = await hire(lamps, "super_agent");
  const [one, other] = [
    await sam.listen(sam.at(customer, "/live")),
    await nadia.listen(nadia.at(customer, "/live")),
  ];
  one.send({ type: "read", seq: 2 });
  one.send({ type: "read", seq: 1 });
  one.send({ type: "read", seq: Number.MAX_SAFE_INTEGER });
  const heard = await other.hears({ type: "read", who: "agent" });
  assert.deepEqual([heard.agent, heard.seq], [{ id: sam.id, name: sam.name }, 2]);
  await customer.write("More");
  one.send({ type: "read", seq: 3 });
  await other.hears({ type: "read", seq: 3 });
  assert.equal(other.frames.filter(({ type }) => type === "read").length, 2);
  assert.ok(!one.frames.some(({ type }) => type === "read"), "not one's own");
  for (const listener of [one, other]) listener.close();
});

// spec: B8
test("who may not answer the customer neither reads nor writes in his sight", async () => {
  const customer = await write(lamps);
  const auditor = await hire(lamps, "compliance");
  const quiet = await auditor.listen(auditor.at(customer, "/live"));
  const page = await customer.listen(customer.path("/live"));
  const colleague = await sam.listen(sam.at(customer, "/live"));
  quiet.send({ type: "typing" });
  quiet.send({ type: "read", seq: 2 });
  await colleague.hears({ type: "typing", who: auditor.name });
  colleague.send({ type: "typing" });
  await page.hears({ type: "typing" });
  assert.deepEqual(
    page.frames.filter(({ type }) => type === "typing" || type === "read"),
    [{ type: "typing", by: "agent", who: sam.name }],
  );
  for (const listener of [quiet, page, colleague]) listener.close();
});

test("the page marks what is new since the last look, and the customer's last message that was read", async () => {
  const customer = await write(lamps);
  const browser = customer.inBrowser();
  const page = async () => (await browser.get(customer.page())).good(200);
  assert.doesNotMatch(await page(), /id="unread"|class="receipt"/);
  const agent = await sam.listen(sam.at(customer, "/live"));
  agent.send({ type: "read", seq: 2 });
  await until(async () => (await customer.read()).read.agent === 2, "it is noted");
  agent.close();
  assert.match(await page(), /can I do\?<\/p><small class="receipt">Read<\/small>/);
  await sam.take(customer);
  await sam.reply(customer, "Here is the answer.");
  assert.match(await page(), /id="unread">New<.*Here is the answer\./s);
  assert.doesNotMatch(await page(), /id="unread"/, "seen is seen");
});

test("who lost his links is mailed those of his latest conversations; the answer is the same for everybody", async () => {
  const company = await found(desk);
  const { email } = firstWords();
  const mine = [];
  for (let n = 0; n < 11; n += 1) mine.push(await write(company, { email }));
  await write(company);
  const path = `/${company.slug}/link`;
  const fields = form((await visitor.get(path)).good(200), path);
  const ask = (/** @type {string} */ address) => visitor.post(path, filled(fields, { email: address }));
  // What is not in the index yet is in no mail.
  await until(async () => {
    const listed = (await company.administrator.get(company.path("/conversations?limit=100"))).good().items;
    return listed.length === 12;
  }, "all are listed");

  const unknown = await ask("nobody@people.example");
  const known = await ask(` ${email.toUpperCase()} `);
  for (const answer of [unknown, known]) assert.equal(answer.status, 200);
  assert.equal(known.text, unknown.text);
  const mail = await mailTo(desk, email, "The links to your conversations");
  const links = [...mail.text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
  assert.deepEqual(
    links,
    mine
      .slice(1)
      .reverse()
      .map(({ url }) => url),
  );
  assert.ok(mail.text.includes("Conversation #11, begun on"));
  assert.deepEqual(await mailsTo(desk, "nobody@people.example"), []);

  const wrong = await ask("no address");
  assert.equal(wrong.status, 422);
  assert.equal(form(wrong.text, path).get("email"), "no address");
  assert.equal(
    (await visitor.with({ origin: "https://evil.example" }).post(path, filled(fields, { email }))).status,
    403,
  );

  for (let n = 0; n < 4; n += 1) assert.equal((await ask(email)).text, unknown.text);
  const asked = async () =>
    (await mailsTo(desk, email)).filter(({ subject }) => subject.includes("The links"));
  await until(async () => (await asked()).length === 3, "three are sent");
  const other = await write(company);
  await ask(other.email);
  await mailTo(desk, other.email, "The links");
  assert.equal((await asked()).length, 3, "and no more within the hour");
});

test("links are mailed in the language of whoever wrote, and lead to his company alone", async () => {
  const { email } = await writeByForm(french);
  const elsewhere = await found(desk);
  const path = (/** @type {string} */ slug) => `/${slug}/link`;
  await visitor.post(path(elsewhere.slug), new URLSearchParams({ email }));
  await visitor.post(path(lamps.slug), new URLSearchParams({ email }));
  const mail = await mailTo(desk, email, "Les liens de vos conversations");
  assert.ok(linkIn(mail).startsWith(`${desk.url}/${lamps.slug}/c/`));
  assert.equal((await mailsTo(desk, email)).filter(({ subject }) => subject.includes("liens")).length, 1);
});

// spec: B2
test("an agent replaces a link that got into the wrong hands: the old one is dead at once, the new one is mailed", async () => {
  const customer = await write(lamps);
  const thief = await customer.listen(customer.path("/live"));
  const replace = (/** @type {any} */ member) => member.post(member.at(customer, "/link"));
  (await replace(await hire(lamps, "compliance"))).refused(403, "forbidden");
  (await replace((await found(desk)).administrator)).refused(404, "not_found");
  (await customer.read()).head;
  const view = (await replace(sam)).good(200);
  assert.equal(view.id, customer.id);
  assert.equal(await thief.closed(), 4401);
  (await customer.get(customer.path())).refused(404, "not_found");
  (await customer.post(customer.path("/messages"), words("Me!"))).refused(404, "not_found");
  const page = await customer.inBrowser().get(customer.page());
  assert.equal(page.status, 404);
  assert.match(page.text, /does not open anything any more/);

  const link = linkIn(await mailTo(desk, customer.email, "A new link"));
  assert.notEqual(link, customer.url);
  const owner = program(desk, link.split("/c/")[1] ?? "");
  const { events, head } = (await owner.get(customer.path())).good(200);
  assert.equal(events.length, head, "he is not told of it as an event");
  (await owner.post(customer.path("/messages"), words("Thank you."))).good(201);
  const kinds = (await sam.events(customer)).map((/** @type {any} */ { what }) => what);
  assert.ok(kinds.includes("link_replaced"));
  await visitor.post(`/${lamps.slug}/link`, new URLSearchParams({ email: customer.email }));
  assert.equal(
    linkIn(await mailTo(desk, customer.email, "The links")),
    link,
    "asked for, it is the new one too",
  );
});

test("a form that was changed after it was sent keeps what was typed", async () => {
  const { name, email, subject, body } = firstWords();
  const action = `/${lamps.slug}`;
  const first = filled(form((await visitor.get(action)).good(200), action), { name, email, subject, body });
  assert.equal((await visitor.post(action, first)).status, 303);
  const changed = await visitor.post(action, filled(first, { body: "Something else" }));
  assert.equal(changed.status, 409);
  const again = form(changed.text, action);
  assert.equal(again.get("body"), "Something else");
  assert.equal((await visitor.post(action, again)).status, 303);

  const customer = await write(lamps);
  const browser = customer.inBrowser();
  const messages = customer.page("/messages");
  const message = filled(form((await browser.get(customer.page())).good(200), messages), { body: "One" });
  assert.equal((await browser.post(messages, message)).status, 303);
  const other = await browser.post(messages, filled(message, { body: "Two" }));
  assert.equal(other.status, 409);
  const fresh = form(other.text, messages);
  assert.equal(fresh.get("body"), "Two");
  assert.equal((await browser.post(messages, fresh)).status, 303);
  const said = (await sam.events(customer))
    .map((/** @type {any} */ event) => event.body)
    .filter(Boolean)
    .slice(1);
  assert.deepEqual(said, ["One", "Two"]);
});

test("the page with its styles has at most 14 KB, its scripts 20 KB, compressed either way", async () => {
  const customer = await write(lamps);
  await sam.take(customer);
  await sam.reply(customer, "It is plugged in, is it not? ".repeat(20));
  const file = (/** @type {string} */ path) => readFileSync(`${ROOT}/public${path}`);
  for (const compressed of [gzipSync, brotliCompressSync]) {
    const size = (/** @type {(string | Uint8Array)[]} */ parts) =>
      parts.reduce((sum, part) => sum + compressed(part).length, 0);
    for (const path of [customer.page(), `/${lamps.slug}`]) {
      const html = (await customer.inBrowser().get(path)).good(200);
      const styles = [...html.matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(([, href = ""]) =>
        file(href),
      );
      assert.ok(styles.length > 2);
      const first = size([html, ...styles]);
      assert.ok(first <= 14 * 1_024, `${compressed.name}: ${first} bytes of ${path}`);
    }
    const scripts = scriptsOf("/customer/conversation.js").map(file);
    assert.equal(scripts.length, 9);
    assert.ok(size(scripts) <= 20 * 1_024, `${compressed.name}: ${size(scripts)} bytes of script`);
  }
});

/** A module and everything that it imports. @param {string} path @param {Set<string>} [known] */
function scriptsOf(path, known = new Set()) {
  if (known.has(path)) return [];
  known.add(path);
  const text = readFileSync(`${ROOT}/public${path}`, "utf8");
  for (const [, from = ""] of text.matchAll(/^import [^"]*"([^"]+)";$/gm)) {
    scriptsOf(new URL(from, `file://${path}`).pathname, known);
  }
  return [...known];
}
