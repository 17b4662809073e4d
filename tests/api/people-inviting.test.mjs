// Inviting people: what a form has to have, how an invitation reaches them, and that each is one person.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { linkIn, mailsTo, mailTo, startDesk } from "../support/desk.mjs";
import { address, found, hire, invite, PASSWORD } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/** @typedef {import("../support/world.mjs").Company} Company */

/** @param {import("../support/world.mjs").Member} member @param {string} [query] @returns {Promise<any>} */
const listFor = async (member, query = "") => (await member.get(member.path(`/agents${query}`))).good(200);

/** @param {Company} company @param {string} id @returns {Promise<any>} */
const agentOf = async (company, id) =>
  (await company.administrator.get(company.path(`/agents/${id}`))).good(200);

/** @param {Company} company @param {Record<string, unknown>} body */
const create = (company, body) => company.administrator.post(company.path("/agents"), body);

/** @param {Company} company @param {string} id @param {Record<string, unknown>} body */
const change = (company, id, body) => company.administrator.patch(company.path(`/agents/${id}`), body);

// spec: E6 N8
test("an e-mail and a role will do", async () => {
  const company = await found(desk);
  const email = address("short");
  const { agent, invitation_url } = (await create(company, { email, roles: ["agent"] })).good(201);
  assert.equal(invitation_url, undefined);
  assert.deepEqual(
    [agent.email, agent.roles, agent.add_ons, agent.status, agent.first_name, agent.last_name],
    [email, ["agent"], [], "invited", "", ""],
  );
  assert.equal(agent.name, email.split("@")[0]);
  assert.equal(agent.language, null, "the company's");
  const [unit] = (await company.administrator.get(company.path("/business-units"))).good(200).items;
  assert.deepEqual(agent.business_units, [{ id: unit.id, name: unit.name }], "the company's");
  const token = linkIn(await mailTo(desk, email, "Join")).split("/invitation/")[1];
  const path = `/api/invitations/${token}`;
  // The names are missing, and asked for at the latest now.
  (await anonymous(desk).post(path, { password: PASSWORD })).refused(422);
  (await anonymous(desk).post(path, { password: PASSWORD, first_name: "Ana", last_name: "Lima" })).good(200);
  const joined = await agentOf(company, agent.id);
  assert.deepEqual([joined.name, joined.status, joined.first_name], ["Ana Lima", "active", "Ana"]);
});

// spec: E1 E2 N8
test("first and last name, an e-mail, and one role or more", async () => {
  const company = await found(desk);
  const body = {
    first_name: "Ines",
    last_name: "Duarte",
    email: address("ines"),
    roles: ["agent", "supervisor"],
  };
  const { agent } = (await create(company, body)).good(201);
  assert.deepEqual(
    [agent.first_name, agent.last_name, agent.name, agent.roles],
    ["Ines", "Duarte", "Ines Duarte", ["agent", "supervisor"]],
  );
  (await create(company, { ...body, email: address("ines"), roles: [] })).refusedField("roles");
  (await create(company, { ...body, email: address("ines"), roles: ["boss"] })).refusedField("roles[0]");
  const { roles: _roles, ...without } = { ...body, email: address("ines") };
  (await create(company, without)).refusedField("roles", "required");
  const { email: _email, ...nameless } = body;
  (await create(company, nameless)).refusedField("email", "required");
  const mixed = { ...body, email: address("ines"), roles: ["agent", "order_payment_admin"] };
  (await create(company, mixed)).refusedField("roles", "confined_role");
});

// spec: E8 E14 D8 D9 D10 H4 H5 N8
test("e-mail, name, role, language, business unit, and telephones if there are any", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const unit = (await administrator.post(company.path("/business-units"), { name: "North" })).good(201);
  const body = {
    email: address("full"),
    name: "Kim of the North",
    roles: ["agent"],
    language: "pt-BR",
    business_units: [unit.id],
    phones: { landline: "+44 20 7946 0000", mobile: "0171-555 01" },
    max_chats: 3,
  };
  const { agent } = (await create(company, body)).good(201);
  assert.deepEqual(
    [agent.name, agent.language, agent.phones, agent.max_chats],
    [body.name, body.language, body.phones, body.max_chats],
  );
  assert.deepEqual(agent.business_units, [{ id: unit.id, name: "North" }]);
  const refused = async (/** @type {Record<string, unknown>} */ more, /** @type {string} */ field) =>
    (await create(company, { ...body, email: address("full"), ...more })).refusedField(field);
  for (const language of ["", "english", "en,fr", "EN"]) await refused({ language }, "language");
  await refused({ language: ["en", "fr"] }, "language");
  await refused({ phones: { landline: "call me" } }, "phones.landline");
  await refused({ phones: { fax: "12345" } }, "phones.fax");
  await refused({ business_units: ["01999999-0000-7000-8000-000000000000"] }, "business_units[0]");
  await refused({ max_chats: 0 }, "max_chats");
  await refused({ max_chats: 1_001 }, "max_chats");
  await refused({ add_ons: ["teleport"] }, "add_ons[0]");
  const without = { email: address("full"), name: "No phones", roles: ["agent"], language: "en" };
  const { agent: plain } = (await create(company, without)).good(201);
  assert.deepEqual(plain.phones, { landline: "", mobile: "" });
});

// spec: E8 E12 N15
test("the name that the form gives is the one on the dashboard, also after joining", async () => {
  const company = await found(desk);
  const body = { email: address("named"), name: "Kim of the North", roles: ["agent"], send_email: false };
  const { agent, invitation_url } = (await create(company, body)).good(201);
  assert.equal(agent.name, body.name);
  const token = invitation_url.split("/invitation/")[1];
  const joining = { password: PASSWORD, first_name: "Kim", last_name: "Berg" };
  (await anonymous(desk).post(`/api/invitations/${token}`, joining)).good(200);
  const joined = await agentOf(company, agent.id);
  assert.deepEqual([joined.first_name, joined.last_name, joined.name], ["Kim", "Berg", body.name]);
});

// spec: E8 N4
test("whoever is invited again gets what the form says now", async () => {
  const company = await found(desk);
  const { agent, email } = await invite(company, ["agent"], { phones: { landline: "12345", mobile: "" } });
  (await company.administrator.delete(company.path(`/agents/${agent.id}`))).good(204);
  const body = { phones: { landline: "", mobile: "0171 555 01" }, language: "fr", max_chats: 4 };
  const { agent: again } = (
    await create(company, { email, roles: ["supervisor"], send_email: false, ...body })
  ).good(201);
  assert.equal(again.id, agent.id);
  assert.deepEqual({ phones: again.phones, language: again.language, max_chats: again.max_chats }, body);
});

test("a body is an object: a list of values in some order is none", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const before = (await administrator.get(company.path())).good(200);
  (await administrator.patch(company.path(), ["Other", ...Array(10).fill(null)])).refused(422);
  (await administrator.patch(company.path(), { password_policy: [] })).refused(422);
  (await administrator.patch(company.path(), { password_policy: [9, false, false, false] })).refused(422);
  (await administrator.post(company.path("/folders"), ["Listed"])).refused(422);
  (await create(company, { email: address("list"), roles: ["agent"], phones: ["12345", "12345"] })).refused(
    422,
  );
  assert.deepEqual((await administrator.get(company.path())).good(200), before);
});

// spec: E10 E11 N5
test("an e-mail is trimmed and lower case, taken once, and stays", async () => {
  const company = await found(desk);
  const email = address("case");
  const { agent } = (await create(company, { email: `  ${email.toUpperCase()} `, roles: ["agent"] })).good(
    201,
  );
  assert.equal(agent.email, email);
  for (const same of [email, ` ${email}`, email.toUpperCase(), company.administrator.email]) {
    (await create(company, { email: same, roles: ["agent"] })).refused(409, "already_member");
  }
  for (const none of ["", "x", "a@b@c", "two words@people.example", "a@", "a\n@people.example"]) {
    (await create(company, { email: none, roles: ["agent"] })).refusedField("email");
  }
  (await change(company, agent.id, { email: address("other") })).refusedField("email", "unknown_field");
  assert.equal((await agentOf(company, agent.id)).email, email);
});

// spec: A3 N5
test("one person works for several companies with one e-mail", async () => {
  const [lamps, shoes] = [await found(desk), await found(desk)];
  const agent = await hire(lamps, "agent");
  const body = { email: agent.email, roles: ["supervisor"], send_email: false };
  const { agent: elsewhere, invitation_url } = (await create(shoes, body)).good(201);
  assert.notEqual(elsewhere.id, agent.id);
  const token = invitation_url.split("/invitation/")[1];
  (await anonymous(desk).post(`/api/invitations/${token}`, { password: agent.password })).good(200);
  (await agent.get(shoes.path("/me"))).good(200);
  const { items } = (await agent.get("/api/companies")).good(200);
  assert.deepEqual(items.map((/** @type {any} */ one) => one.slug).sort(), [lamps.slug, shoes.slug].sort());
});

// spec: E4 E15 N13
test("the invitation is mailed, or its link is handed over", async () => {
  const company = await found(desk);
  const [mailed, handed] = [address("mailed"), address("handed")];
  const first = (await create(company, { email: mailed, roles: ["agent"], send_email: true })).good(201);
  assert.equal(first.invitation_url, undefined);
  const second = (await create(company, { email: handed, roles: ["agent"], send_email: false })).good(201);
  assert.match(second.invitation_url, /^http:\/\/[^/]+\/invitation\/[\w.-]+$/);
  await mailTo(desk, mailed, "Join");
  assert.deepEqual(await mailsTo(desk, handed), []);
  const token = second.invitation_url.split("/invitation/")[1];
  assert.equal((await anonymous(desk).get(`/api/invitations/${token}`)).good(200).email, handed);
});

test("an invitation that is sent twice is one", async () => {
  const company = await found(desk);
  for (let round = 1; round <= 5; round += 1) {
    const body = { client_id: randomUUID(), email: address("twice"), roles: ["agent"], send_email: false };
    const answers = await Promise.all([1, 2, 3].map(() => create(company, body)));
    const [one, ...more] = answers.map((answer) => answer.good(201));
    for (const another of more) assert.deepEqual(another, one);
    assert.deepEqual((await create(company, body)).good(201), one);
    (await create(company, { ...body, email: address("twice") })).refused(409, "client_id_reused");
    assert.equal((await listFor(company.administrator)).items.length, 1 + round);
  }
});

test("of several who invite one person at once, one does", async () => {
  const company = await found(desk);
  const body = { email: address("race"), roles: ["agent"], send_email: false };
  const answers = await Promise.all(Array.from({ length: 5 }, () => create(company, body)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
  assert.equal((await listFor(company.administrator)).items.length, 2);
});
