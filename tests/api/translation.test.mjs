// Messages in other languages: for an agent who asks, for the customer after an answer, and never in anybody's way.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { mailTo, startDesk, until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { byMail } from "../support/mailbox.mjs";
import { payloads } from "../support/payloads.mjs";
import { TranslationService, translated } from "../support/translator.mjs";
import { found, hire, write } from "../support/world.mjs";

const KEY = "open sesame";
const service = await TranslationService.started();
service.key = KEY;
const vars = { TRANSLATE_URL: `${service.url}/`, TRANSLATE_KEY: KEY };
const [desk, bare] = await Promise.all([startDesk({ vars }), startDesk()]);
after(() => Promise.all([desk.stop(), bare.stop(), service.stop()]));
beforeEach(() => service.calm());

const GERMAN = "Guten Tag, meine Lampe leuchtet seit gestern nicht mehr. Was kann ich tun?";
const FRENCH = "Bonjour, nous vous envoyons une nouvelle lampe dès demain matin, sans aucun frais.";

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Customer} Customer
 */

/** A company that has messages translated, with a French agent and a German customer whose browser is English. */
async function abroad(body = GERMAN) {
  const company = await found(desk);
  await set(company, { translation: "on" });
  const agent = await hire(company, "supervisor", { language: "fr" });
  const customer = await write(company, { body, language: "en" });
  const [{ seq }] = (await agent.events(customer)).filter(
    (/** @type {any} */ { kind }) => kind === "message",
  );
  return { company, agent, customer, seq };
}

/** @param {Member} agent @param {Customer} customer @param {number | string} seq @param {string} [query] */
const ask = (agent, customer, seq, query = "") =>
  agent.get(agent.at(customer, `/events/${seq}/translation${query}`));

/** What the customer reads in his language. @param {Customer} customer @returns {Promise<any[]>} */
const reads = async (customer) => (await customer.read()).translations;

/** Waits until the service was asked about a text so often. @param {string} text @param {number} [times] */
const isAsked = (text, times = 1) =>
  until(() => service.about(text).length >= times, `the service is asked about "${text.slice(0, 40)}"`);

// spec: E14
test("a message in another language is read in the agent's, which is asked for once", async () => {
  const { company, agent, customer, seq } = await abroad();
  assert.equal((await agent.get(agent.path("/me"))).good().translates_to, "fr");
  const before = service.asked.length;
  const first = (await ask(agent, customer, seq)).good(200);
  assert.deepEqual(first, {
    ...{ seq, language: "fr", from: "de", by: "endpoint" },
    text: translated(GERMAN, "fr"),
  });
  assert.deepEqual((await ask(agent, customer, seq)).good(200), first);
  assert.deepEqual((await ask(agent, customer, seq, "?to=fr")).good(200), first);
  assert.equal(service.asked.length, before + 1);
  assert.deepEqual(service.asked.at(-1), {
    ...{ q: GERMAN, source: "de", target: "fr", format: "text", api_key: KEY },
  });
  // Of many who ask at once, one is sent on.
  const all = await Promise.all(Array.from({ length: 8 }, () => ask(agent, customer, seq, "?to=nl")));
  for (const answer of all) assert.equal(answer.good(200).text, translated(GERMAN, "nl"));
  assert.equal(service.asked.length, before + 2);
  // His own language is not sent anywhere; without one of his own, he reads the company's.
  const own = (await ask(agent, customer, seq, "?to=de-CH")).good(200);
  assert.deepEqual([own.from, own.language, own.text, own.by], ["de", "de", GERMAN, null]);
  assert.equal((await ask(company.administrator, customer, seq)).good(200).language, "en");
  assert.equal(service.asked.length, before + 3);
  // The log holds what was written, and the customer hears of nothing.
  assert.equal((await agent.events(customer))[seq - 1].body, GERMAN);
  assert.deepEqual(await reads(customer), []);
});

test("what is too short to tell is left to the service", async () => {
  const { agent, customer } = await abroad();
  const { seq } = await customer.write("Danke!");
  const entry = (await agent.events(customer)).findLast((/** @type {any} */ { body }) => body === "Danke!");
  assert.ok(seq);
  const answer = (await ask(agent, customer, entry.seq)).good(200);
  assert.deepEqual([answer.from, answer.text], ["de", translated("Danke!", "fr")]);
  assert.equal(service.about("Danke!")[0]?.source, "auto");
  const again = (await ask(agent, customer, entry.seq, "?to=de")).good(200);
  assert.deepEqual([again.from, again.text, again.by], ["de", "Danke!", null]);
});

test("off until somebody switches it on, who may, and only where there is something that translates", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [agent, auditor] = [await hire(company, "supervisor"), await hire(company, "compliance")];
  const customer = await write(company, { body: GERMAN });
  const settings = (await administrator.get(company.path())).good(200);
  assert.deepEqual([settings.translation, settings.translation_available], ["off", true]);
  (await ask(agent, customer, 2, "?to=fr")).refused(409, "translation_off");
  assert.equal((await agent.get(agent.path("/me"))).good().translates_to, null);
  const change = (/** @type {unknown} */ translation) => ({ translation });
  assert.equal((await auditor.patch(company.path(), change("on"))).refused(403).missing, "tenant.settings");
  (await administrator.patch(company.path(), change("perhaps"))).refused(422);
  await set(company, change("on"));
  const { items } = (await administrator.get(company.path("/audit"))).good(200);
  assert.deepEqual(items[0].detail, { translation: { from: "off", to: "on" } });
  (await ask(agent, customer, 2, "?to=fr")).good(200);
  await set(company, change("off"));
  (await ask(agent, customer, 2, "?to=fr")).refused(409, "translation_off");

  const here = await found(bare);
  const stranger = await write(here, { body: GERMAN });
  const plain = (await here.administrator.get(here.path())).good(200);
  assert.deepEqual([plain.translation, plain.translation_available], ["off", false]);
  (await here.administrator.patch(here.path(), change("on"))).refusedField("translation", "not_configured");
  (await here.administrator.patch(here.path(), change("off"))).good(200);
  (await ask(here.administrator, stranger, 2)).refused(409, "translation_off");
});

test("who does not see a message reads it in no language; comments are nobody's to translate", async () => {
  const { company, agent, customer, seq } = await abroad();
  const [outsider, auditor] = [await hire(company, "agent"), await hire(company, "compliance")];
  const stranger = (await abroad()).agent;
  const { seq: comment } = await agent.comment(
    customer,
    "Merci de vérifier la facture de cette dame avant ce soir.",
  );
  const before = service.asked.length;
  (await ask(outsider, customer, seq)).refused(404, "not_found");
  (await ask(stranger, customer, seq)).refused(404, "not_found");
  const elsewhere = stranger.get(company.path(`/conversations/${customer.id}/events/${seq}/translation`));
  (await elsewhere).refused(404, "not_found");
  for (const nothing of [comment, 1, 0, 99, "-1", "x", "1.5", "99999999999999999999"]) {
    (await ask(agent, customer, nothing)).refused(404, "not_found");
  }
  for (const to of ["french", "FR", "", "fr,de", "../x"]) {
    (await ask(agent, customer, seq, `?to=${encodeURIComponent(to)}`)).refused(422);
  }
  (await ask(agent, customer, seq, "?into=fr")).refused(422);
  assert.equal(service.asked.length, before);
  (await ask(auditor, customer, seq, "?to=fr")).good(200);
});

// spec: E14
test("an answer reaches the customer at once, and in the language he writes in as soon as it is there", async () => {
  const { agent, customer } = await abroad();
  // Too short to tell: what he wrote before counts.
  await customer.write("Danke!");
  const [his, ours] = [
    await customer.listen(`${customer.path("/live")}?after=0`),
    await agent.listen(agent.at(customer, "/live?after=0")),
  ];
  const release = service.hold();
  const { seq } = await agent.reply(customer, FRENCH);
  const heard = await his.hearsMessage(FRENCH);
  await isAsked(FRENCH);
  assert.deepEqual(await reads(customer), []);
  assert.ok(!his.frames.some(({ type }) => type === "translation"));
  release();
  const { translation } = await his.hears({ type: "translation", seq: heard.seq });
  assert.deepEqual(translation, {
    ...{ seq: heard.seq, language: "de", from: "fr", by: "endpoint" },
    text: translated(FRENCH, "de"),
  });
  const inside = await ours.hears({ type: "translation", seq });
  assert.deepEqual([inside.translation.seq, inside.translation.text], [seq, translated(FRENCH, "de")]);
  assert.deepEqual(await reads(customer), [translation]);
  const page = (await agent.get(agent.at(customer, "/events"))).good(200);
  assert.deepEqual(page.translations, [{ ...translation, seq }]);
  assert.equal(page.items[seq - 1].body, FRENCH);
  // Whoever comes back hears of what he may have missed; a customer whose link was replaced hears of nothing.
  const back = await customer.listen(`${customer.path("/live")}?after=${heard.seq}`);
  await back.hears({ type: "translation", seq: heard.seq });
  // Without JavaScript it is on the page, the original beside it.
  const html = (await customer.inBrowser().get(customer.page())).text;
  assert.match(html, /<p class="text" lang="de">\[de\] Bonjour/);
  assert.match(html, /<details class="original"><summary>.*<\/summary><p class="text" lang="fr">Bonjour/);
  for (const listener of [his, ours, back]) listener.close();
});

test("an answer in the customer's own language, a comment and a company that has it off ask nobody", async () => {
  const { company, agent, customer } = await abroad();
  const plain = await found(desk);
  const other = await write(plain, { body: GERMAN });
  const before = service.asked.length;
  await agent.reply(customer, "Guten Morgen, wir senden Ihnen morgen früh eine neue Lampe zu.");
  await agent.comment(customer, FRENCH);
  await plain.administrator.reply(other, FRENCH);
  // The next answer of each is looked at after those.
  await agent.reply(customer, `${FRENCH} Bien à vous.`);
  await isAsked("Bien à vous.");
  await until(async () => (await reads(customer)).length === 1, "it is there in German");
  assert.deepEqual(
    service.asked.slice(before).map(({ q, target }) => [q, target]),
    [[`${FRENCH} Bien à vous.`, "de"]],
  );
  await set(company, { translation: "off" });
  await agent.reply(customer, `${FRENCH} Encore merci.`);
  await set(plain, { translation: "on" });
  await plain.administrator.reply(other, `${FRENCH} Bonne journée.`);
  await isAsked("Bonne journée.");
  assert.deepEqual(service.about("Encore merci."), []);
});

test("a service that hangs, fails or answers nonsense delays nothing and hides nothing", async () => {
  const broken = /** @type {[string, { status?: number, body?: unknown }][]} */ ([
    ["fails", { status: 500, body: { error: "Out of memory" } }],
    ["refuses", { status: 429, body: { error: "Slowdown" } }],
    ["leads away", { status: 302, body: "" }],
    ["speaks HTML", { body: "<html>Bad gateway</html>" }],
    ["says nothing", { body: { translatedText: "" } }],
    ["says a number", { body: { translatedText: 7 } }],
    ["says far too much", { body: { translatedText: "x".repeat(50_000) } }],
    ["says null", { body: null }],
  ]);
  service.behaviour = ({ q }) => broken.find(([what]) => q.includes(`(${what})`))?.[1];
  const fails = async (/** @type {string} */ what) => {
    const { agent, customer, seq } = await abroad(`${GERMAN} (${what})`);
    const live = await customer.listen(`${customer.path("/live")}?after=0`);
    const refusal = await ask(agent, customer, seq, "?to=it");
    refusal.refused(503, "translation_unavailable");
    assert.equal(refusal.header("retry-after"), "3");
    // While it rests, nobody waits for it.
    (await ask(agent, customer, seq, "?to=it")).refused(503, "translation_unavailable");
    const words = `${FRENCH} (${what})`;
    await agent.reply(customer, words);
    await live.hearsMessage(words);
    live.close();
    await isAsked(words);
  };
  await Promise.all(broken.map(([what]) => fails(what)));
  const { agent, customer, seq } = await abroad();
  const live = await customer.listen(`${customer.path("/live")}?after=0`);
  service.behaviour = () => undefined;
  service.key = "another";
  const words = `${FRENCH} (wrong key)`;
  await agent.reply(customer, words);
  await isAsked("(wrong key)");
  service.key = KEY;
  const release = service.hold();
  const slow = `${FRENCH} (slow)`;
  const began = performance.now();
  await agent.reply(customer, slow);
  await live.hearsMessage(slow);
  const asked = ask(agent, customer, seq, "?to=es");
  await customer.write("Sind Sie noch da?");
  await live.hearsMessage("Sind Sie noch da?");
  await agent.comment(customer, "Il attend.");
  assert.ok((await agent.read(customer)).rev > 3);
  assert.ok(performance.now() - began < 2_000, "nothing waited");
  release();
  await asked;
  live.close();
  const logged = desk.runtime.logs.join("\n");
  assert.match(logged, /"place":"translation"/);
  assert.ok(!logged.includes("nouvelle lampe") && !logged.includes(KEY), "nothing of the words is logged");
});

test("a service that failed is left alone for a while, whatever else is to be translated", async () => {
  const { agent, customer } = await abroad();
  service.behaviour = () => ({ status: 503, body: {} });
  const first = `${FRENCH} (before the rest)`;
  await agent.reply(customer, first);
  await isAsked(first);
  const failed = performance.now();
  await until(async () => service.waiting === 0, "it has failed");
  service.calm();
  const next = `${FRENCH} (after the rest)`;
  await agent.reply(customer, next);
  await isAsked(next);
  assert.ok(performance.now() - failed > 2_000, "not at once");
});

test("what the customer reads in his language comes along where two conversations become one", async () => {
  const { company, agent, customer } = await abroad();
  const into = await write(company, { email: customer.email, body: GERMAN, language: "en" });
  await agent.reply(customer, FRENCH);
  await until(async () => (await reads(customer)).length === 1, "it is there in German");
  (await agent.put(agent.at(customer, "/merger"), { into: into.id })).good(200);
  const owner = await byMail(into);
  const of = (/** @type {any[]} */ events) =>
    events.flatMap(({ items = [] }) => items).find(({ body }) => body === FRENCH).translation;
  const translation = { language: "de", from: "fr", text: translated(FRENCH, "de"), by: "endpoint" };
  assert.deepEqual(of((await owner.read()).events), translation);
  assert.deepEqual(of(await agent.events(into)), translation);
  const html = (await owner.inBrowser().get(owner.page())).text;
  assert.match(html, /<p class="text" lang="de">\[de\] Bonjour/);
});

test("an answer that failed is tried again, and the mail carries none of it", async () => {
  const { agent, customer } = await abroad();
  service.behaviour = () => ({ status: 503, body: {} });
  await agent.reply(customer, FRENCH);
  await isAsked(FRENCH);
  const mail = await mailTo(desk, customer.email, "answer");
  assert.ok(!mail.text.includes("lampe") && !mail.html.includes("lampe"));
  assert.deepEqual(await reads(customer), []);
  service.calm();
  const again = async () => (await reads(customer))[0]?.text === translated(FRENCH, "de");
  await until(again, "it is there after all", 20);
});

test("hostile words come back as they went, and a huge text in pieces", async () => {
  const { agent, customer } = await abroad();
  const hostile = `${GERMAN} ${payloads().slice(0, 60).join(" ")}`.slice(0, 15_000);
  await customer.write(hostile);
  const huge = Array.from({ length: 150 }, (_, n) => `${n}. ${GERMAN}\n${n % 7 ? "" : "\n"}`).join("");
  await customer.write(huge);
  const events = await agent.events(customer);
  const [first, second] = events.slice(-2);
  const said = (await ask(agent, customer, first.seq)).good(200);
  assert.equal(said.language, "fr");
  const before = service.asked.length;
  const { text } = (await ask(agent, customer, second.seq)).good(200);
  const pieces = service.asked.slice(before);
  assert.ok(pieces.length > 5 && pieces.every(({ q }) => q.length <= 1_900));
  assert.equal(text.replaceAll("[fr] ", "").replace(/\s+/g, " "), second.body.replace(/\s+/g, " "));
  assert.equal(text.replaceAll("[fr] ", "").split("\n").length, second.body.split("\n").length);
});
