// A company's settings: its logo and words, its seats, its clock, its rules.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { PNG } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { address, found, hire, invite, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/** @typedef {import("../support/world.mjs").Company} Company */

/** @param {Company} company @param {Record<string, unknown>} body */
const set = (company, body) => company.administrator.patch(company.path(), body);

/** @param {Company} company @returns {Promise<any>} */
const settingsOf = async (company) => (await company.administrator.get(company.path())).good(200);

/** @param {Company} company */
const invitation = (company) =>
  company.administrator.post(company.path("/agents"), {
    email: address("seat"),
    roles: ["agent"],
    send_email: false,
  });

// spec: A16
test("a company has a logo and a short description", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const put = (/** @type {Uint8Array | string} */ bytes) =>
    administrator.request("PUT", company.path("/logo"), Buffer.from(bytes), { "content-type": "image/png" });
  const { url } = (await put(PNG)).good(200);
  assert.equal((await settingsOf(company)).logo_url, url);
  const response = await fetch(desk.url + url);
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "image/png"]);
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(PNG));
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.match(String(response.headers.get("content-security-policy")), /default-src 'none'/);

  (await put("<svg xmlns='http://www.w3.org/2000/svg'/>")).refused(415, "no_image");
  (await put("<!doctype html>")).refused(415, "no_image");
  (await put(new Uint8Array(1_500 * 1_024 + 1))).refused(413, "too_large");
  assert.equal((await settingsOf(company)).logo_url, url);
  (await administrator.delete(company.path("/logo"))).good(204);
  assert.equal((await settingsOf(company)).logo_url, null);
  (await anonymous(desk).get(url)).refused(404);

  const description = "Lamps of all kinds";
  assert.equal((await set(company, { description })).good(200).description, description);
  assert.equal((await set(company, { description: "" })).good(200).description, "");
});

// spec: A17
test("a company's address changes, and the links that customers have still work", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  const conversation = await write(company);
  const former = company.slug;
  const slug = unique("renamed");
  const changed = (await set(company, { slug })).good(200);
  assert.equal(changed.slug, slug);
  const { administrator } = company;
  assert.equal((await administrator.get(`/api/companies/${slug}`)).good(200).id, changed.id);
  assert.equal((await administrator.get(`/api/companies/${former}`)).good(200).slug, slug);
  const page = await anonymous(desk).get(`/${slug}/c/${conversation.secret}`);
  assert.equal(page.status, 303);
  const old = await anonymous(desk).get(`/${former}/c/${conversation.secret}`);
  assert.ok([301, 303, 308].includes(old.status), `${old.request}: ${old.status}`);
  (await conversation.get(conversation.path())).good(200);

  for (const taken of [slug, former]) {
    const refusal = (await set(other, { slug: taken })).refused(409, "slug_taken");
    assert.ok(refusal.suggestion && refusal.suggestion !== taken);
  }
  (await set(other, { slug: "Not One" })).refusedField("slug");
  assert.equal((await settingsOf(other)).slug, other.slug);
  assert.equal(
    (await administrator.patch(`/api/companies/${slug}`, { slug: former })).good(200).slug,
    former,
  );
});

// spec: A18 A19 E14 H1
test("chats, clock, language, hours, assignment and pending time change one by one", async () => {
  const company = await found(desk);
  let now = await settingsOf(company);
  const hours = [
    { day: 1, opens: "09:00", closes: "17:30" },
    { day: 7, opens: "00:00", closes: "24:00" },
  ];
  for (const change of [
    { max_chats: 25 },
    { time_zone: "Europe/Paris" },
    { language: "pt-BR" },
    { business_hours: hours },
    { assignment_policy: "round_robin" },
    { assignment_policy: "balanced" },
    { pending_close_after: "PT72H" },
    { business_hours: [] },
    { password_policy: { min_length: 16, special: true, digit: true, mixed_case: false } },
  ]) {
    now = { ...now, ...change };
    assert.deepEqual((await set(company, change)).good(200), now);
    assert.deepEqual(await settingsOf(company), now);
  }
  for (const [field, wrong, at = field] of /** @type {[string, unknown, string?][]} */ ([
    ["max_chats", 0],
    ["max_chats", 1_001],
    ["max_chats", "many"],
    ["seats", 0],
    ["seats", 1_001],
    ["time_zone", "Mars/Olympus"],
    ["time_zone", ""],
    ["time_zone", "+02:00x"],
    ["language", "english"],
    ["language", ""],
    ["assignment_policy", "lottery"],
    ["pending_close_after", "soon"],
    ["business_hours", [{ day: 8, opens: "09:00", closes: "10:00" }], "business_hours[0].day"],
    ["business_hours", [{ day: 1, opens: "9:00", closes: "10:00" }], "business_hours[0].opens"],
    ["business_hours", [{ day: 1, opens: "10:00", closes: "09:00" }], "business_hours[0].closes"],
    ["password_policy", { min_length: 7 }, "password_policy.min_length"],
    ["password_policy", { min_length: 65 }, "password_policy.min_length"],
    ["password_policy", { colour: true }, "password_policy.colour"],
  ])) {
    (await set(company, { [field]: wrong })).refusedField(at);
  }
  assert.deepEqual(await settingsOf(company), now);
  (await set(company, { name: "Renamed", max_chats: 0 })).refusedField("max_chats");
  assert.deepEqual(await settingsOf(company), now, "all or nothing");
});

// spec: G4 N14
test("the rule for passwords binds whoever joins from now on", async () => {
  const company = await found(desk);
  const policy = { min_length: 20, special: true, digit: true, mixed_case: true };
  (await set(company, { password_policy: policy })).good(200);
  const { token } = await invite(company, ["agent"]);
  const accept = (/** @type {string} */ password) =>
    anonymous(desk).post(`/api/invitations/${token}`, { password });
  for (const weak of [
    "Short 1 lamp!",
    "no digit At all in this one!",
    "only small letters 1234!",
    "No special sign 12345 at all",
  ]) {
    (await accept(weak)).refusedField("password");
  }
  (await accept("A lamp and 12 more, by the sea!")).good(200);
});

// spec: E18 F2 H6
test("seats are a limit that nobody gets around", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const leaving = await hire(company, "agent");
  const { agent: removed, email } = await invite(company, ["agent"]);
  (await administrator.delete(company.path(`/agents/${removed.id}`))).good(204);
  (await administrator.put(company.path(`/agents/${leaving.id}/disabled`), {})).good(200);
  await hire(company, "agent");
  assert.deepEqual((await set(company, { seats: 2 })).good(200).seats, { used: 2, total: 2 });
  (await set(company, { seats: 1 })).refused(409, "no_free_seat");
  assert.deepEqual((await settingsOf(company)).seats, { used: 2, total: 2 });
  (await invitation(company)).refused(409, "no_free_seat");
  (await administrator.delete(company.path(`/agents/${leaving.id}/disabled`))).refused(409, "no_free_seat");
  const back = { email, roles: ["agent"], send_email: false };
  (await administrator.post(company.path("/agents"), back)).refused(409, "no_free_seat");
  const { items, seats } = (await administrator.get(company.path("/agents"))).good(200);
  assert.deepEqual([items.length, seats], [3, { used: 2, total: 2 }]);
  (await set(company, { seats: 3 })).good(200);
  (await administrator.post(company.path("/agents"), back)).good(201);
  (await invitation(company)).refused(409, "no_free_seat");
});

// spec: E18 H6
test("of ten invitations at once for the last seat, one gets it", async () => {
  const company = await found(desk);
  (await set(company, { seats: 2 })).good(200);
  const answers = await Promise.all(Array.from({ length: 10 }, () => invitation(company)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  for (const refused of answers.filter(({ status }) => status !== 201)) refused.refused(409, "no_free_seat");
  const { items, seats } = (await company.administrator.get(company.path("/agents"))).good(200);
  assert.deepEqual([items.length, seats], [2, { used: 2, total: 2 }]);
});

// spec: E18 H6
test("of a person who returns and one who is new, one gets the last seat", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  (await administrator.put(company.path(`/agents/${agent.id}/disabled`), {})).good(200);
  (await set(company, { seats: 2 })).good(200);
  const answers = await Promise.all([
    administrator.delete(company.path(`/agents/${agent.id}/disabled`)),
    invitation(company),
  ]);
  assert.equal(answers.filter(({ status }) => status < 300).length, 1);
  for (const refused of answers.filter(({ status }) => status >= 300)) refused.refused(409, "no_free_seat");
  assert.deepEqual((await settingsOf(company)).seats, { used: 2, total: 2 });
});

// spec: A15 A20
test("who may not change settings changes none, whichever he names", async () => {
  const company = await found(desk);
  const before = await settingsOf(company);
  const agent = await hire(company, "super_agent");
  for (const [field, value] of Object.entries(before).filter(
    ([name]) => !["id", "logo_url", "translation_available"].includes(name),
  )) {
    const body = { [field]: field === "seats" ? 9 : value };
    assert.equal((await agent.patch(company.path(), body)).refused(403).missing, "tenant.settings", field);
  }
  (await agent.request("PUT", company.path("/logo"), PNG)).refused(403);
  (await agent.delete(company.path("/logo"))).refused(403);
  const { seats: _now, ...rest } = await settingsOf(company);
  const { seats: _then, ...same } = before;
  assert.deepEqual(rest, same);
  const own = await agent.get(company.path());
  await until(() => own.status === 200, "he may read them");
});
