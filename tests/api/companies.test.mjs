// Companies, their settings, and one's own place in them.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { address, found, hire, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

// spec: A1 A2
test("one person administers several companies with one account", async () => {
  const first = await found(desk);
  const ada = first.administrator;
  const name = unique("Second Activity");
  const second = (await ada.post("/api/companies", { company: name })).good(201);
  assert.deepEqual([second.name, second.roles], [name, ["administrator"]]);

  const { items, next } = (await ada.get("/api/companies")).good(200);
  assert.deepEqual(items.map((/** @type {any} */ one) => one.slug).sort(), [first.slug, second.slug].sort());
  assert.equal(next, null);
  for (const { slug } of items) {
    const { roles, email } = (await ada.get(`/api/companies/${slug}/me`)).good(200);
    assert.deepEqual([roles, email], [["administrator"], ada.email]);
  }
  (await anonymous(desk).post("/api/companies", { company: name })).refused(401, "not_signed_in");
});

test("another company needs a name and a free URL, like the first", async () => {
  const { slug, administrator } = await found(desk);
  const create = (/** @type {unknown} */ body) => administrator.post("/api/companies", body);
  const refusal = (await create({ company: "Lamps", slug })).refused(409, "slug_taken");
  (await create({ company: "Lamps", slug: refusal.suggestion })).good(201);
  (await create({ company: " " })).refusedField("company");
  (await create({ company: "Lamps", slug: "Not One" })).refusedField("slug");
  (await create({ company: "Lamps", owner: administrator.id })).refusedField("owner", "unknown_field");
});

// spec: A20
test("settings are the administrator's and the supervisor's, not the super agent's nor the agent's", async () => {
  const company = await found(desk);
  for (const may of [company.administrator, await hire(company, "supervisor")]) {
    const description = unique("Lamps of all kinds");
    (await may.patch(company.path(), { description })).good(200);
    assert.equal((await may.get(company.path())).good(200).description, description);
  }
  const roles = ["super_agent", "agent", "agent_manager", "stakeholder", "marketing", "compliance"];
  const others = await Promise.all(roles.map((role) => hire(company, role)));
  const before = (await company.administrator.get(company.path())).text;
  for (const mayNot of others) {
    const change = { name: "Mine", description: "Mine", pending_close_after: "PT1S" };
    assert.equal((await mayNot.patch(company.path(), change)).refused(403).missing, "tenant.settings");
  }
  assert.equal((await company.administrator.get(company.path())).text, before);
});

test("settings change one by one, and show on the contact page", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const before = (await administrator.get(company.path())).good(200);
  const name = unique("Renamed & Co");
  const renamed = (await administrator.patch(company.path(), { name })).good(200);
  assert.deepEqual(renamed, { ...before, name });
  const about = (await administrator.patch(company.path(), { description: "Lamps <i>only</i>" })).good(200);
  assert.deepEqual(about, { ...renamed, description: "Lamps <i>only</i>" });
  const shown = async () => {
    const page = (await anonymous(desk).get(`/${company.slug}`)).good(200);
    assert.ok(!page.includes("<i>only</i>"), "it is text");
    return page.includes(name.replace("&", "&#38;")) && page.includes("Lamps &#60;i&#62;only");
  };
  await until(shown, "the contact page shows both");
});

test("a pending conversation's time is a duration within reason", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const set = (/** @type {unknown} */ span) =>
    administrator.patch(company.path(), { pending_close_after: span });
  const initial = (await administrator.get(company.path())).good(200).pending_close_after;
  assert.equal(initial, "PT504H", "three weeks, as Z2 has it");
  for (const [given, kept] of [
    ["PT72H", "PT72H"],
    ["P3D", "PT72H"],
    ["P1W", "PT168H"],
    ["PT90S", "PT1M30S"],
  ]) {
    assert.equal((await set(given)).good(200).pending_close_after, kept);
    assert.equal((await administrator.get(company.path())).good(200).pending_close_after, kept);
  }
  for (const wrong of [
    "PT0S",
    "-PT1H",
    "P1Y",
    "P1M",
    "PT",
    "P",
    "72",
    72,
    "P10000D",
    "PT1.5S",
    "",
    "PT99999999999H",
  ]) {
    (await set(wrong)).refusedField("pending_close_after");
  }
  assert.equal((await administrator.get(company.path())).good(200).pending_close_after, "PT1M30S");
});

test("settings that cannot be are refused by name", async () => {
  const { administrator, slug } = await found(desk);
  const path = `/api/companies/${slug}`;
  (await administrator.patch(path, { name: " " })).refusedField("name");
  (await administrator.patch(path, { name: "a\nb" })).refusedField("name");
  (await administrator.patch(path, { id: administrator.id })).refusedField("id", "unknown_field");
  (await administrator.patch(path, { colour: "red" })).refusedField("colour", "unknown_field");
});

test("a member sees his own place and all that he may do", async () => {
  const company = await found(desk);
  const clara = await hire(company, "agent", {
    add_ons: ["dispenser"],
    first_name: "Clara",
    last_name: "Moreau",
  });
  const me = (await clara.get(company.path("/me"))).good(200);
  assert.equal(me.name, "Clara Moreau");
  assert.deepEqual([me.roles, me.add_ons, me.assignable], [["agent"], ["dispenser"], true]);
  assert.ok(me.capabilities["conversation.assign_self"]);
  assert.equal(me.capabilities["tenant.settings"], undefined);
  const boss = (await company.administrator.get(company.path("/me"))).good(200);
  assert.equal(boss.assignable, false);
  assert.ok(boss.capabilities["tenant.settings"]);
});

// spec: E11
test("an agent edits his name himself, but neither his e-mail nor his rights", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  assert.equal((await agent.patch(company.path("/me"), { name: "Nadia H." })).good(200).name, "Nadia H.");
  const before = (await agent.get(company.path("/me"))).good(200);
  assert.equal(before.name, "Nadia H.");
  const { items } = (await company.administrator.get(company.path("/agents"))).good(200);
  assert.ok(items.some((/** @type {any} */ one) => one.id === agent.id && one.name === "Nadia H."));

  for (const [field, value] of Object.entries({
    email: address("new"),
    roles: ["administrator"],
    add_ons: ["transfer"],
    max_chats: 99,
    status: "active",
    owner: true,
    company_id: agent.id,
  })) {
    (await agent.patch(company.path("/me"), { [field]: value })).refusedField(field, "unknown_field");
  }
  assert.deepEqual((await agent.get(company.path("/me"))).good(200), before);
});

// spec: B9
test("customers see an agent's public name and function, and his name where he has no public one", async () => {
  const company = await found(desk);
  const agent = await hire(company, "supervisor", { first_name: "Sam", last_name: "Secretname" });
  const names = async () => {
    const conversation = await write(company);
    await agent.take(conversation);
    await agent.reply(conversation, "Good morning.");
    const { agents, events } = await conversation.read();
    const page = (await conversation.inBrowser().get(conversation.page())).good(200);
    const said = events.find((/** @type {any} */ event) => event.body === "Good morning.");
    return { shown: agents[0], author: said.by.name, page };
  };

  const own = await names();
  assert.deepEqual([own.shown.name, own.author], ["Sam Secretname", "Sam Secretname"]);
  assert.ok(own.page.includes("Sam Secretname"));

  (await agent.patch(company.path("/me"), { public_name: "Sam of Lamps", function: "Head of support" })).good(
    200,
  );
  const chosen = await names();
  assert.deepEqual([chosen.shown.name, chosen.author], ["Sam of Lamps", "Sam of Lamps"]);
  assert.equal(chosen.shown.function, "Head of support");
  assert.ok(chosen.page.includes("Sam of Lamps") && !chosen.page.includes("Secretname"));
});

test("the list of people is for those who may see it", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const seen = (await agent.get(company.path("/agents"))).good(200).items;
  assert.deepEqual(
    seen.map((/** @type {any} */ one) => one.email).sort(),
    [company.administrator.email, agent.email].sort(),
  );
  const marketing = await hire(company, "marketing");
  assert.equal((await marketing.get(company.path("/agents"))).refused(403).missing, "agent.list");
});

// spec: A5
test("a company's list and feed have its own conversations and no other's", async () => {
  const [lamps, shoes] = [await found(desk), await found(desk)];
  const feed = await lamps.administrator.listen(lamps.path("/live"));
  const theirs = await write(shoes, { subject: "Shoes" });
  const ours = await write(lamps, { subject: "Lamps" });
  await until(
    () => feed.events.find(({ event }) => event.conversation?.id === ours.id),
    "the feed tells of ours",
  );
  assert.ok(!feed.texts.join().includes(theirs.id));

  for (const [company, own] of /** @type {const} */ ([
    [lamps, ours],
    [shoes, theirs],
  ])) {
    const listed = async () => (await company.administrator.get(company.path("/conversations"))).good().items;
    const items = await until(async () => (await listed()).length > 0 && listed(), "the list has it");
    assert.deepEqual(
      items.map((/** @type {any} */ one) => one.id),
      [own.id],
    );
    const { all } = (await company.administrator.get(company.path("/conversations/counters"))).good();
    assert.equal(all, 1);
  }
  feed.close();
});
