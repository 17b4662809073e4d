// Web Push: messages that only the browser reads, from a sender its service knows, to whoever may know, wants to, and is
// still signed in there.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { mailTo, startDesk, until } from "../support/desk.mjs";
import { PushedBrowser, PushService, sender } from "../support/push-service.mjs";
import { found, hire, member, write } from "../support/world.mjs";

const [desk, service] = await Promise.all([startDesk(), PushService.started()]);
after(() => Promise.all([desk.stop(), service.stop()]));

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Company} Company */

/** A browser by which somebody is told. @param {Member} agent */
async function subscribed(agent) {
  const browser = new PushedBrowser(service);
  const answer = await agent.post(agent.path("/push-subscriptions"), browser.subscription);
  return Object.assign(browser, { id: answer.good(201).id });
}

/** A conversation that is somebody's. @param {Company} company @param {Member} agent */
async function given(company, agent) {
  const customer = await write(company, { subject: "Secret subject", body: "Secret body" });
  (await company.administrator.assign(customer, agent)).good(200);
  return customer;
}

/** @param {Member} agent */
const browsersOf = async (agent) => (await agent.get(agent.path("/push-subscriptions"))).good(200).items;

// spec: F19
test("a browser is told with its page closed: encrypted for it alone, signed by us, with nothing that anybody typed", async () => {
  const company = await found(desk, { company: "Lamps & Sons" });
  const agent = await hire(company, "super_agent");
  const { key } = (await agent.get(agent.path("/push-key"))).good(200);
  const browser = await subscribed(agent);
  const customer = await given(company, agent);
  const message = await browser.gets(1);
  const { at, tag, ...rest } = message;
  assert.deepEqual(rest, {
    kind: "assigned",
    company: { slug: company.slug, name: "Lamps & Sons" },
    number: 1,
    path: `/app/${company.slug}/all/${customer.id}`,
    contact: null,
    subject: null,
  });
  assert.ok(Date.parse(at) > Date.now() - 60_000);

  const [request] = service.at(browser.path);
  assert.ok(request);
  const { headers } = request;
  assert.deepEqual(
    [headers["content-encoding"], headers.ttl, headers.urgency, headers.topic],
    ["aes128gcm", "43200", "high", Buffer.from(tag.replaceAll("-", ""), "hex").toString("base64url")],
  );
  assert.equal(tag, customer.id);
  const { key: signedWith, claims } = sender(request);
  assert.equal(signedWith, key);
  assert.equal(claims.aud, service.url);
  assert.match(claims.sub, /^mailto:/);
  assert.ok(claims.exp > Date.now() / 1_000 && claims.exp < Date.now() / 1_000 + 86_400);
  assert.doesNotMatch(request.body.toString("latin1"), /assigned|Lamps/);
  assert.throws(() => new PushedBrowser(service).decrypt(request.body), "nobody else reads it");

  // Each message has a key and a salt of its own.
  await customer.write("Hello?");
  await browser.gets(2);
  const heads = service.at(browser.path).map(({ body }) => body.subarray(0, 86).toString("hex"));
  assert.equal(new Set(heads).size, 2);

  // Who asks to be shown it gets what was typed.
  (await agent.patch(agent.path("/me"), { notifications: { show_content: true } })).good(200);
  await customer.write("Anybody?");
  const shown = await browser.gets(3);
  assert.deepEqual([shown.subject, shown.contact], ["Secret subject", "Marta Lindholm"]);
  (await agent.patch(agent.path("/me"), { notifications: { browser: { answered: false } } })).good(200);
  await customer.write("Not told");
  (await company.administrator.assign(customer, null)).good(200);
  (await company.administrator.assign(customer, agent)).good(200);
  assert.equal((await browser.gets(4)).kind, "assigned");
});

test("one that is gone is forgotten, and one that fails is tried again", async () => {
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const [gone, busy, well] = [await subscribed(agent), await subscribed(agent), await subscribed(agent)];
  service.answers.set(gone.path, { status: 410 });
  service.answers.set(busy.path, { status: 503, headers: { "retry-after": "1" } });
  await given(company, agent);
  await Promise.all([gone, busy, well].map((one) => one.gets(1)));
  service.answers.delete(busy.path);
  await until(() => busy.messages.length === 2, "it is tried again", 20);
  assert.deepEqual(busy.messages[0], busy.messages[1]);
  const left = (await browsersOf(agent)).map((/** @type {any} */ { id }) => id);
  assert.deepEqual(left.sort(), [busy.id, well.id].sort());
  assert.deepEqual([gone.messages.length, well.messages.length], [1, 1]);
});

test("one that hangs holds nothing up", async () => {
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const [hanging, well] = [await subscribed(agent), await subscribed(agent)];
  service.answers.set(hanging.path, {});
  const customer = await given(company, agent);
  await Promise.all([hanging, well].map((one) => one.gets(1)));
  const since = performance.now();
  await agent.reply(customer, "I see to it.");
  await until(async () => {
    const { items } = (await agent.get(agent.path("/conversations?assignee=me"))).good(200);
    return items[0].preview === "I see to it.";
  }, "the index has the answer");
  await mailTo(desk, customer.email, "answered you");
  await customer.write("Thank you.");
  await until(async () => {
    const { items } = (await agent.get(agent.path("/notifications"))).good(200);
    return items[0].kind === "answered";
  }, "the bell has it");
  assert.ok(performance.now() - since < 9_000, "all this before the service is given up");
});

test("whoever reads it first, signs out, or may not see it any more is not told", async () => {
  const company = await found(desk);
  const agent = await hire(company, "super_agent");
  const answer = await anonymous(desk).post("/api/session", { email: agent.email, password: agent.password });
  const elsewhere = await member(company, answer, agent);
  const [here, there] = [await subscribed(agent), await subscribed(elsewhere)];
  await given(company, agent);
  await Promise.all([here.gets(1), there.gets(1)]);
  assert.deepEqual(
    (await browsersOf(agent)).map((/** @type {any} */ one) => [one.id, one.current]),
    [
      [there.id, false],
      [here.id, true],
    ],
  );

  (await elsewhere.delete("/api/session")).good(204);
  await given(company, agent);
  await here.gets(2);
  assert.deepEqual((await browsersOf(agent)).length, 1);
  (await agent.delete(agent.path(`/push-subscriptions/${here.id}`))).good(204);
  (await agent.delete(agent.path(`/push-subscriptions/${here.id}`))).refused(404);
  const last = await subscribed(agent);
  await given(company, agent);
  await last.gets(1);
  assert.equal(there.messages.length, 1);
  assert.equal(here.messages.length, 2);

  // Tried again only as long as it is news.
  service.answers.set(last.path, { status: 429, headers: { "retry-after": "2" } });
  await given(company, agent);
  await last.gets(2);
  (await agent.put(agent.path("/notifications/read"), { all: true })).good(200);
  service.answers.delete(last.path);
  (
    await company.administrator.put(company.path(`/agents/${agent.id}/disabled`), { transfer_to: "queue" })
  ).good(200);
  const colleague = await hire(company, "super_agent");
  const marker = await subscribed(colleague);
  service.answers.set(marker.path, { status: 503, headers: { "retry-after": "3" } });
  await given(company, colleague);
  await until(() => marker.messages.length === 2, "a later one is tried again", 20);
  assert.equal(last.messages.length, 2);
});

test("a browser has one person, a person ten browsers, and only push services are asked", async () => {
  const company = await found(desk);
  const [agent, next] = [await hire(company, "super_agent"), await hire(company, "super_agent")];
  const post = (/** @type {Member} */ by, /** @type {object} */ body) =>
    by.post(by.path("/push-subscriptions"), body);
  const browser = await subscribed(agent);
  assert.equal((await post(agent, browser.subscription)).good(200).id, browser.id);
  // Whoever signs in there next is the one who is told.
  (await post(next, browser.subscription)).good(201);
  assert.deepEqual(await browsersOf(agent), []);
  const ids = [];
  for (let count = 0; count < 11; count += 1) ids.push((await subscribed(agent)).id);
  assert.deepEqual(
    (await browsersOf(agent)).map((/** @type {any} */ { id }) => id),
    ids.slice(1).reverse(),
  );

  const { endpoint, keys } = new PushedBrowser(service).subscription;
  for (const bad of [
    "https://10.0.0.1/x",
    "http://push.example.com/x",
    "https://localhost/x",
    "http://127.0.0.2/x",
    "x",
  ]) {
    (await post(agent, { endpoint: bad, keys })).refusedField("endpoint", "push_service");
  }
  (await post(agent, { endpoint, keys: { ...keys, auth: "short" } })).refusedField("keys", "push_keys");
  (await post(agent, { endpoint, keys: { ...keys, p256dh: keys.auth } })).refusedField("keys", "push_keys");
  (await post(agent, { endpoint, keys, colour: "red" })).refusedField("colour", "unknown_field");
  const [own] = await browsersOf(next);
  (await agent.delete(agent.path(`/push-subscriptions/${own.id}`))).refused(404);
  const elsewhere = await found(desk);
  (await agent.get(elsewhere.path("/push-key"))).refused(404);
});

test("a desk without a key says so, and tells nobody by browsers", async () => {
  const mute = await startDesk({ vapidKeys: "" });
  after(() => mute.stop());
  const company = await found(mute);
  const { administrator } = company;
  assert.deepEqual((await administrator.get(company.path("/push-key"))).good(200), { key: null });
  const { subscription } = new PushedBrowser(service);
  (await administrator.post(company.path("/push-subscriptions"), subscription)).refused(409, "push_off");
});
