// The chat window on companies' own sites: where it may be shown, whom it remembers, and whether somebody is there.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Actor, anonymous } from "../support/actors.mjs";
import { ROOT, until } from "../support/desk.mjs";
import { Floor, set } from "../support/floor.mjs";
import { Customer, found, hire, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Company} Company */

const SITE = "https://shop.example";
const WIDGET_BYTES = 15 * 1024;

const { desk, floor } = await Floor.open();
const html = { accept: "text/html", origin: desk.url, "sec-fetch-site": "same-origin" };
const page = new Actor(desk, html);
/** As a browser asks for what it shows within another page. */
const frame = page.with({ "sec-fetch-dest": "iframe" });

/** @param {import("../support/actors.mjs").Answer} answer */
const ancestors = (answer) =>
  /frame-ancestors ([^;]*)/.exec(answer.header("content-security-policy") ?? "")?.[1];

/** @param {Company} company */
const availability = async (company) =>
  (await anonymous(desk).get(`/api/public/companies/${company.slug}/availability`)).good(200);

const firstWords = (changes = {}) =>
  new URLSearchParams({
    client_id: randomUUID(),
    name: "Marta Lindholm",
    email: "marta@people.example",
    body: "Where is my lamp?\nI ordered it on Monday.",
    language: "en",
    ...changes,
  });

/** Begins a conversation in the window. @param {Company} company @param {Record<string, string>} [changes] */
async function chat(company, changes) {
  const sent = await frame.post(`/${company.slug}/chat`, firstWords(changes));
  assert.equal(sent.status, 303, sent.text);
  const link = String(sent.header("location"));
  const followed = await frame.get(link);
  assert.equal(followed.status, 303, followed.text);
  const address = String(followed.header("location"));
  const id = String(address.split("/").at(-1));
  const customer = new Customer(company, { id, url: link, email: "marta@people.example" });
  return { customer, followed, address };
}

// spec: B10
test("the window's script is small, and other sites may load it", async () => {
  const answer = (await page.get("/widget.js")).good(200);
  assert.ok(gzipSync(readFileSync(`${ROOT}/public/widget.js`)).length <= WIDGET_BYTES);
  assert.ok(answer.includes("data-company"));
  const { headers } = await page.get("/widget.js");
  assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.equal(headers.get("cache-control"), "public, max-age=300");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal((await page.get("/styles/tokens.css")).header("cross-origin-resource-policy"), "same-origin");
});

// spec: B10
test("the window may be shown within the sites that the company names, and nothing else within any", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  assert.equal(ancestors(await frame.get(`/${company.slug}/chat`)), "'none'", "no site is named yet");
  await set(company, { widget_origins: [SITE, "http://localhost:5173"] });
  const allowed = `${SITE} http://localhost:5173`;
  const { customer, address, followed } = await chat(company);
  const marta = frame.with({ cookie: `edgedesk-${customer.id}=${customer.secret}` });
  assert.equal(ancestors(await frame.get(`/${company.slug}/chat`)), allowed);
  assert.equal(ancestors(await frame.post(`/${company.slug}/chat`, firstWords({ email: "" }))), allowed);
  assert.equal(ancestors(await marta.get(address)), allowed);
  assert.equal(
    ancestors(
      await marta.post(`${address}/messages`, new URLSearchParams({ client_id: randomUUID(), body: " " })),
    ),
    allowed,
  );
  assert.equal(ancestors(await frame.get(address)), allowed, "its page about a lost conversation");
  for (const answer of [
    await page.get(`/${company.slug}/chat`),
    await page.with({ cookie: marta.headers.cookie }).get(address),
    followed,
    await frame.get(`/${company.slug}`),
    await frame.get("/"),
    await frame.get("/sign-in"),
    await frame.get(`/app/${company.slug}`),
    await frame.get(`/${other.slug}/chat`),
    await frame.get("/no-such-company/chat"),
    await frame.get(`/api/public/companies/${company.slug}/availability`),
  ]) {
    assert.equal(ancestors(answer), "'none'", answer.request);
  }
  await set(company, { widget_origins: [] });
  assert.equal(ancestors(await marta.get(address)), "'none'", "at once");
});

// spec: B10
test("sites, colour, words and place are settings; each is checked, and nobody else changes them", async () => {
  const company = await found(desk);
  const before = (await company.administrator.get(company.path())).good(200);
  assert.deepEqual([before.widget_origins, before.widget_position, before.widget_greeting], [[], "end", ""]);
  const change = {
    widget_origins: ["HTTPS://Shop.example/", "https://shop.example:443"],
    widget_colour: "#A04000",
    widget_greeting: "Hello there",
    widget_position: "start",
  };
  const after = await set(company, change);
  assert.deepEqual(after.widget_origins, [SITE]);
  assert.deepEqual(
    [after.widget_colour, after.widget_greeting, after.widget_position],
    ["#a04000", "Hello there", "start"],
  );
  const said = (await frame.get(`/${company.slug}/chat`)).good(200);
  assert.ok(said.includes("Hello there") && said.includes("#a04000"), said);
  const patch = (/** @type {object} */ body) => company.administrator.patch(company.path(), body);
  for (const origin of [
    "http://shop.example",
    "https://shop.example/path",
    "https://*.example",
    `${SITE}; script-src *`,
  ]) {
    (await patch({ widget_origins: [SITE, origin] })).refusedField("widget_origins[1]", "origin");
  }
  (await patch({ widget_colour: "red" })).refusedField("widget_colour", "colour");
  (await patch({ widget_greeting: "a\nb" })).refusedField("widget_greeting", "control_character");
  (await patch({ widget_position: "middle" })).refused(422);
  const agent = await hire(company, "agent");
  (await agent.patch(company.path(), change)).refused(403);
  const { items } = (await company.administrator.get(company.path("/audit"))).good(200);
  const noted = items.map((/** @type {any} */ item) => item.detail.widget_origins).find(Boolean);
  assert.deepEqual(noted, { from: [], to: change.widget_origins });
});

// spec: B10 B2
test("a conversation that begins in the window is of the channel chat, and goes on there", async () => {
  const company = await found(desk);
  await set(company, { widget_origins: [SITE] });
  const { customer, followed, address } = await chat(company);
  const seen = await company.administrator.read(customer);
  assert.deepEqual([seen.channel, seen.subject], ["chat", "Where is my lamp?"]);
  assert.equal((await company.administrator.read(await write(company))).channel, "web");

  // Both cookies are kept apart for the site that shows the window, and scripts see neither.
  const current = [...followed.headers.getSetCookie()].find((line) => line.startsWith("edgedesk-chat-"));
  assert.equal(followed.headers.getSetCookie().length, 2);
  for (const line of followed.headers.getSetCookie()) {
    for (const attribute of ["HttpOnly", "SameSite=None", "Secure", "Partitioned", "Path=/"])
      assert.ok(line.split("; ").includes(attribute), line);
  }
  const first = (await page.get(`/${company.slug}/c/${customer.secret}`)).headers.getSetCookie();
  assert.equal(first.length, 1);
  assert.ok(first[0]?.includes("SameSite=Lax") && !first[0].includes("Partitioned"), first[0]);

  const cookie = String(current?.split(";")[0]);
  const back = frame.with({ cookie });
  const again = await back.get(`/${company.slug}/chat?lang=fr`);
  assert.deepEqual([again.status, again.header("location")], [303, address]);
  assert.equal((await back.get(`/${company.slug}/chat?new=1`)).status, 200);
  assert.equal((await back.get(`/${company.slug}/chat?other=1`)).status, 422);
  const forged = frame.with({ cookie: `${cookie.slice(0, -1)}${cookie.endsWith("A") ? "B" : "A"}` });
  assert.equal((await forged.get(`/${company.slug}/chat`)).status, 200);

  // The cookie of the window opens nothing for a site that would use it itself.
  const opened = frame.with({ cookie: `edgedesk-${customer.id}=${customer.secret}` });
  (await opened.get(address)).good(200);
  const evil = opened.with({ origin: SITE, "sec-fetch-site": "cross-site", accept: undefined });
  (await evil.post(customer.path("/messages"), { client_id: randomUUID(), body: "x" })).refused(403);
  (
    await opened
      .with({ accept: undefined })
      .post(customer.path("/messages"), { client_id: randomUUID(), body: "x" })
  ).good(201);
  await assert.rejects(evil.listen(customer.path("/live")), { status: 403 });
});

test("what is missing in the form is said, nothing typed is lost, and a repeat begins nothing new", async () => {
  const company = await found(desk);
  const answer = await frame.post(`/${company.slug}/chat`, firstWords({ email: "nobody", name: '<b>"M"' }));
  assert.equal(answer.status, 422);
  assert.match(answer.text, /id="email-fault"/);
  assert.ok(answer.text.includes("I ordered it on Monday.") && !answer.text.includes("<b>"), answer.text);
  const french = (await frame.get(`/${company.slug}/chat?lang=fr-CA`)).good(200);
  assert.ok(french.includes('<html lang="fr">') && french.includes("Votre message"), french);
  const words = firstWords();
  const [one, two] = [
    await frame.post(`/${company.slug}/chat`, words),
    await frame.post(`/${company.slug}/chat`, words),
  ];
  assert.equal(one.header("location"), two.header("location"));
  const elsewhere = frame.with({ origin: SITE, "sec-fetch-site": "cross-site" });
  assert.equal((await elsewhere.post(`/${company.slug}/chat`, firstWords())).status, 403);
});

// spec: B10
test("somebody is available who is there, below the limit, and whom conversations are assigned to", async () => {
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const is = (/** @type {boolean} */ expected) =>
    until(async () => (await availability(company)).available === expected, `available is ${expected}`, 8);
  const nobody = await availability(company);
  assert.deepEqual(nobody, {
    available: false,
    open: true,
    opens_at: null,
    business_hours: [],
    holidays: [],
    time_zone: "UTC",
  });
  await floor.comes(company.administrator);
  await floor.comes(agent);
  await is(true);
  await set(company, { max_chats: 1 });
  const customer = await write(company);
  await agent.take(customer);
  await is(false);
  (await agent.setStatus(customer, "closed")).good(200);
  await is(true);
  (await agent.patch(company.path("/me"), { availability: "away" })).good(200);
  await is(false);
  const response = await anonymous(desk).get(`/api/public/companies/${company.slug}/availability`);
  assert.equal(response.header("cache-control"), "public, max-age=2");
  assert.ok(!response.text.includes(agent.id) && !response.text.includes(agent.name));
  (await anonymous(desk).get("/api/public/companies/no-such-company/availability")).refused(404);
});

// spec: B10
test("outside business hours nobody is available, and it is said when somebody will be", async () => {
  const company = await found(desk);
  await floor.comes(await hire(company, "agent"));
  await until(async () => (await availability(company)).available, "somebody is there", 8);
  // Open for an hour, from two hours before now: closed for nearly a week.
  const opened = new Date(Date.now() - 2 * 3_600_000);
  opened.setUTCMinutes(0, 0, 0);
  const hour = opened.getUTCHours();
  const text = (/** @type {number} */ hours) => `${String(hours).padStart(2, "0")}:00`;
  const day = opened.getUTCDay() || 7;
  const business_hours = [{ day, opens: text(hour), closes: text(hour + 1) }];
  await set(company, { business_hours, time_zone: "UTC" });
  const closed = await availability(company);
  assert.deepEqual([closed.available, closed.open], [false, false]);
  assert.equal(closed.opens_at, new Date(opened.getTime() + 7 * 86_400_000).toISOString());
  assert.deepEqual(closed.business_hours, business_hours);
  const said = (await frame.get(`/${company.slug}/chat`)).good(200);
  assert.ok(said.includes("We are closed") && said.includes(closed.opens_at), said);
  assert.ok((await frame.get(`/${company.slug}/chat?lang=fr`)).good(200).includes("Nous sommes fermés"));
  assert.equal(
    (await frame.post(`/${company.slug}/chat`, firstWords())).status,
    303,
    "words are taken all the same",
  );
  await set(company, {
    business_hours: [
      { day, opens: "00:00", closes: "00:00" },
      { day: (day % 7) + 1, opens: "00:00", closes: "00:00" },
    ],
  });
  assert.equal((await availability(company)).open, true);
  const date = (/** @type {number} */ days) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await set(company, { business_hours: [], holidays: [date(0), date(1)] });
  const holiday = await availability(company);
  assert.deepEqual([holiday.available, holiday.open], [false, false]);
  assert.equal(holiday.opens_at, `${date(2)}T00:00:00.000Z`);
  assert.deepEqual(holiday.holidays, [date(0), date(1)]);
});
