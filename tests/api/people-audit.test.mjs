// The audit trail: who did what to whom, from where; read, searched, taken out, and never changed.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { PNG } from "../support/body.mjs";
import { startDesk } from "../support/desk.mjs";
import { ROLES, reach } from "../support/permissions.mjs";
import { found, hire, invite, PASSWORD, unique, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

/**
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Member} Member
 */

/** @param {Company} company @param {Record<string, string>} [query] @returns {Promise<any>} */
const trail = async (company, query = {}) =>
  (
    await company.administrator.get(company.path(`/audit?${new URLSearchParams({ limit: "100", ...query })}`))
  ).good(200);

/** @param {Company} company @returns {Promise<any>} the newest line */
const newest = async (company) => (await trail(company, { limit: "1" })).items[0];

/**
 * Everything that leaves a line: what is done, by whom, and to whom.
 *
 * @param {Company} company
 * @returns {Promise<[string, () => Promise<import("../support/actors.mjs").Answer>, string][]>} action, deed, target's id
 */
async function deeds(company) {
  const { administrator } = company;
  const post = (/** @type {string} */ path, /** @type {unknown} */ body = undefined) =>
    administrator.post(company.path(path), body);
  const put = (/** @type {string} */ path, /** @type {unknown} */ body) =>
    administrator.put(company.path(path), body);
  const patch = (/** @type {string} */ path, /** @type {unknown} */ body) =>
    administrator.patch(company.path(path), body);
  const remove = (/** @type {string} */ path) => administrator.delete(company.path(path));
  const { id } = (await administrator.get(company.path())).good(200);
  const agent = await hire(company, "agent");
  const { agent: invited } = await invite(company, ["agent"]);
  const role = (await post("/roles", { name: unique("Role"), base: "agent" })).good(201);
  const team = (await post("/teams", { name: unique("Team") })).good(201);
  const unit = (await post("/business-units", { name: unique("Unit") })).good(201);
  const folder = (await post("/folders", { name: unique("Folder") })).good(201);
  const { contact } = await administrator.read(await write(company));
  const rights = [{ role: "agent", see_incoming: true, assign: false }];
  const himself = administrator.id;
  return [
    ["company.settings_changed", () => patch("", { max_chats: 12 }), id],
    ["company.logo_set", () => put("/logo", PNG), id],
    ["company.logo_removed", () => remove("/logo"), id],
    ["agent.updated", () => patch(`/agents/${agent.id}`, { roles: ["supervisor"] }), agent.id],
    [
      "agent.invited_again",
      () => post(`/agents/${invited.id}/invitation`, { send_email: false }),
      invited.id,
    ],
    [
      "agent.password_reset",
      () => post(`/agents/${agent.id}/password-reset`, { send_email: false }),
      agent.id,
    ],
    ["agent.password_change_forced", () => post(`/agents/${agent.id}/force-password-change`), agent.id],
    ["agent.disabled", () => put(`/agents/${agent.id}/disabled`, {}), agent.id],
    ["agent.enabled", () => remove(`/agents/${agent.id}/disabled`), agent.id],
    ["agent.removed", () => remove(`/agents/${agent.id}`), agent.id],
    ["agent.profile_changed", () => patch("/me", { function: "Boss" }), himself],
    ["agent.photo_set", () => put("/me/photo", PNG), himself],
    ["agent.photo_removed", () => remove("/me/photo"), himself],
    ["agent.description_file_set", () => put("/me/description-file?name=a.png", PNG), himself],
    ["agent.description_file_removed", () => remove("/me/description-file"), himself],
    ["role.updated", () => patch(`/roles/${role.id}`, { name: unique("Role") }), role.id],
    ["role.deleted", () => remove(`/roles/${role.id}`), role.id],
    ["team.updated", () => patch(`/teams/${team.id}`, { name: unique("Team") }), team.id],
    ["team.deleted", () => remove(`/teams/${team.id}`), team.id],
    ["team.updated", () => patch(`/business-units/${unit.id}`, { name: unique("Unit") }), unit.id],
    ["team.deleted", () => remove(`/business-units/${unit.id}`), unit.id],
    ["folder.renamed", () => patch(`/folders/${folder.id}`, { name: unique("Folder") }), folder.id],
    ["folder.rights_set", () => put(`/folders/${folder.id}/rights`, rights), folder.id],
    ["folder.deleted", () => remove(`/folders/${folder.id}`), folder.id],
    ["contact.edited", () => patch(`/contacts/${contact.id}`, { phone: "1" }), contact.id],
    ["contact.unstuck", () => remove(`/contacts/${contact.id}/sticky`), contact.id],
  ];
}

// spec: I2 N4
test("each change leaves one line: who, what, to whom, when", async () => {
  const company = await found(desk);
  const { administrator } = company;
  for (const [action, deed, target] of await deeds(company)) {
    const before = await newest(company);
    const started = Date.now();
    (await deed()).good();
    const { items } = await trail(company, { limit: "2" });
    const [line, previous] = items;
    assert.equal(previous.id, before.id, `${action}: one line`);
    assert.equal(line.action, action);
    assert.deepEqual(line.by, { id: administrator.id, name: administrator.name });
    assert.equal(line.target.id, target, action);
    assert.ok(line.target.name && line.target.kind, action);
    assert.ok(Math.abs(Date.parse(line.at) - started) < 5_000, action);
  }
});

test("what is made leaves a line, too, and joining is the joiner's", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const lines = (await trail(company)).items.map((/** @type {any} */ line) => [
    line.action,
    line.target.id,
    line.by.id,
  ]);
  assert.ok(
    lines.some(
      (/** @type {string[]} */ line) => line.join() === ["agent.invited", agent.id, administrator.id].join(),
    ),
  );
  assert.ok(
    lines.some((/** @type {string[]} */ line) => line.join() === ["agent.joined", agent.id, agent.id].join()),
  );
  for (const [path, action, more] of /** @type {const} */ ([
    ["/roles", "role.created", { base: "agent" }],
    ["/teams", "team.created", {}],
    ["/business-units", "team.created", {}],
    ["/folders", "folder.created", {}],
  ])) {
    const name = unique("New");
    const { id } = (await administrator.post(company.path(path), { name, ...more })).good(201);
    const line = await newest(company);
    assert.deepEqual([line.action, line.target.id, line.target.name], [action, id, name]);
  }
});

test("a line says from where", async () => {
  const company = await found(desk);
  const here = company.administrator.with({
    "user-agent": "Lamp/1.0 (test)",
    "cf-connecting-ip": "203.0.113.7",
    "x-forwarded-for": "198.51.100.1",
  });
  (await here.patch(company.path(), { description: "Lamps" })).good(200);
  const line = await newest(company);
  assert.deepEqual([line.user_agent, line.address], ["Lamp/1.0 (test)", "203.0.113.7"]);
});

test("a line says what exactly: from what, to what", async () => {
  const company = await found(desk);
  const { administrator } = company;
  (await administrator.patch(company.path(), { max_chats: 12, time_zone: "UTC" })).good(200);
  assert.deepEqual((await newest(company)).detail, { max_chats: { from: 10, to: 12 } });
  const agent = await hire(company, "agent");
  (
    await administrator.patch(company.path(`/agents/${agent.id}`), { roles: ["supervisor"], max_chats: 3 })
  ).good(200);
  const { detail } = await newest(company);
  assert.deepEqual(detail.roles, { from: ["agent"], to: ["supervisor"] });
  assert.deepEqual(detail.max_chats, { from: null, to: 3 });
});

test("whatever is changed of a person is named in the line", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const unnamed = [];
  for (const [field, value] of Object.entries({
    name: "Robin",
    public_name: "Robin of Lamps",
    first_name: "Robin",
    last_name: "Hale",
    function: "Repairs",
    language: "fr",
    phones: { landline: "020 7946 0000", mobile: "" },
    max_chats: 4,
    add_ons: ["dispenser"],
  })) {
    (await administrator.patch(company.path(`/agents/${agent.id}`), { [field]: value })).good(200);
    if (!(field in (await newest(company)).detail)) unnamed.push(field);
  }
  for (const [field, value] of Object.entries({
    name: "Noor",
    public_name: "Noor",
    function: "Lamps",
    signature: "Yours",
    description: "Lamps",
    language: "nl",
    notifications: { email: { assigned: true } },
  })) {
    (await agent.patch(company.path("/me"), { [field]: value })).good(200);
    if (!(await newest(company)).detail[field]) unnamed.push(`me: ${field}`);
  }
  assert.deepEqual(unnamed, []);
});

test("what was refused leaves no line", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const before = await newest(company);
  (await agent.patch(company.path(), { description: "Mine" })).refused(403);
  (await company.administrator.patch(company.path(), { max_chats: 0 })).refused(422);
  const again = { email: agent.email, roles: ["agent"] };
  (await company.administrator.post(company.path("/agents"), again)).refused(409);
  (await company.administrator.delete(company.path(`/agents/${company.administrator.id}`))).refused(409);
  assert.deepEqual(await newest(company), before);
});

test("60: no line has a secret in it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { agent, token } = await invite(company, ["agent"]);
  (await anonymous(desk).post(`/api/invitations/${token}`, { password: PASSWORD })).good(200);
  const path = company.path(`/agents/${agent.id}/password-reset`);
  const { reset_url } = (await administrator.post(path, { send_email: false })).good(200);
  (await administrator.post(path, { temporary_password: "temporary lamp" })).good(200);
  const text = JSON.stringify((await trail(company)).items);
  const secrets = [
    PASSWORD,
    token,
    "temporary lamp",
    String(reset_url.split("/").at(-1)),
    administrator.session,
  ];
  for (const secret of secrets) assert.ok(!text.includes(secret), secret);
});

test("lines are found by action, actor, target and time, and read part by part", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const supervisor = await hire(company, "supervisor");
  const agent = await hire(company, "agent");
  (await supervisor.patch(company.path(`/agents/${agent.id}`), { function: "Repairs" })).good(200);
  (await administrator.patch(company.path(), { description: "Lamps" })).good(200);
  const { items, next } = await trail(company);
  assert.equal(next, null);
  const actions = (/** @type {any[]} */ lines) => lines.map((line) => line.action);
  assert.deepEqual(actions(items).slice(0, 2), ["company.settings_changed", "agent.updated"], "newest first");

  const found_ = async (/** @type {Record<string, string>} */ query) => (await trail(company, query)).items;
  assert.deepEqual(await found_({ action: "agent.updated" }), [items[1]]);
  assert.deepEqual(actions(await found_({ actor: supervisor.id })), ["agent.updated", "agent.joined"]);
  assert.deepEqual(actions(await found_({ target: agent.id })), [
    "agent.updated",
    "agent.joined",
    "agent.invited",
  ]);
  assert.deepEqual(actions(await found_({ target: agent.id, actor: supervisor.id })), ["agent.updated"]);
  assert.deepEqual(await found_({ action: "no.such" }), []);
  const from = items[1].at;
  assert.deepEqual(
    await found_({ from }),
    items.filter((/** @type {any} */ line) => line.at >= from),
  );
  assert.deepEqual(
    await found_({ until: from }),
    items.filter((/** @type {any} */ line) => line.at < from),
  );

  const parts = [];
  let cursor;
  do {
    const part = await trail(company, { limit: "2", ...(cursor && { cursor }) });
    assert.ok(part.items.length <= 2);
    parts.push(...part.items);
    cursor = part.next;
  } while (cursor);
  assert.deepEqual(parts, items);

  for (const wrong of [
    "limit=0",
    "limit=101",
    "limit=x",
    "actor=me",
    "from=yesterday",
    "cursor=x",
    "format=pdf",
    "q=x",
  ]) {
    (await administrator.get(company.path(`/audit?${wrong}`))).refused(422);
  }
});

test("a company's trail has no other company's lines", async () => {
  const [lamps, shoes] = [await found(desk), await found(desk)];
  const agent = await hire(shoes, "agent");
  (await lamps.administrator.patch(lamps.path(), { description: "Lamps" })).good(200);
  /** @type {Record<string, string>[]} */
  const queries = [{}, { actor: shoes.administrator.id }, { target: agent.id }];
  for (const query of queries) {
    const text = JSON.stringify((await trail(lamps, query)).items);
    assert.ok(!text.includes(agent.id) && !text.includes(shoes.administrator.id));
  }
  (await shoes.administrator.get(lamps.path("/audit"))).refused(404);
});

test("56: as a file the trail has every line, and no formula", async () => {
  const company = await found(desk);
  const { administrator } = company;
  for (const name of ["=1+1", "+1", "-1", "@SUM(A1)", 'say "hi", please']) {
    (await administrator.post(company.path("/folders"), { name })).good(201);
  }
  const csv = (await administrator.get(company.path("/audit?format=csv"))).good(200);
  const answer = await administrator.get(company.path("/audit?format=csv"));
  assert.match(String(answer.header("content-type")), /^text\/csv/);
  assert.match(String(answer.header("content-disposition")), /^attachment; filename="[^"]+\.csv"$/);
  assert.equal(answer.header("x-content-type-options"), "nosniff");
  const lines = csv.trimEnd().split("\r\n");
  assert.equal(lines.length, 1 + (await trail(company)).items.length);
  assert.match(lines[0], /^at,by,by_id,action,/);
  for (const name of ["'=1+1", "'+1", "'-1", "'@SUM(A1)", '"say ""hi"", please"']) {
    assert.ok(
      lines.some((/** @type {string} */ line) => line.includes(`,folder,${name},`)),
      name,
    );
  }
  assert.doesNotMatch(csv, /(^|,|\r\n)"?[=+@\t]/, "no cell begins as a formula does");
  const some = (await administrator.get(company.path("/audit?format=csv&action=no.such"))).good(200);
  assert.equal(some.trimEnd().split("\r\n").length, 1, "filters count here, too");
});

// spec: M1
test("who may not see the trail is told so", async () => {
  const company = await found(desk);
  for (const role of ROLES.filter((one) => one !== "order_payment_admin")) {
    const member = await hire(company, role);
    const answer = await member.get(company.path("/audit"));
    if (reach({ roles: [role] }, "tenant.audit_view").length > 0) answer.good(200);
    else assert.equal(answer.refused(403, "forbidden").missing, "tenant.audit_view", role);
  }
  const grants = { "tenant.audit_view": ["all"] };
  const reader = (
    await company.administrator.post(company.path("/roles"), { name: "Reader", base: "agent", grants })
  ).good(201);
  const member = await hire(company, reader.id);
  (await member.get(company.path("/audit"))).good(200);
  const file = await member.get(company.path("/audit?format=csv"));
  assert.equal(file.refused(403, "forbidden").missing, "tenant.audit_export");
});

test("the trail is only ever added to: the database itself refuses the rest", async () => {
  const company = await found(desk);
  (await company.administrator.patch(company.path(), { description: "Lamps" })).good(200);
  const { items } = await trail(company);
  const [line] = items;
  for (const statement of [
    `UPDATE audit SET actor_name = 'Nobody' WHERE id = '${line.id}'`,
    "UPDATE audit SET at = 0",
    `DELETE FROM audit WHERE id = '${line.id}'`,
    "DELETE FROM audit",
  ]) {
    await assert.rejects(desk.sql(statement), /only ever added to/, statement);
  }
  assert.deepEqual((await trail(company)).items, items);
});

test("no line of the trail is replaced by another", async () => {
  const company = await found(desk);
  (await company.administrator.patch(company.path(), { description: "Lamps" })).good(200);
  const { items } = await trail(company);
  const columns =
    "company_id, at, actor_id, action, target_kind, target_id, target_name, detail, address, user_agent";
  const replacement = `INSERT OR REPLACE INTO audit (id, actor_name, ${columns})
    SELECT id, 'Nobody', ${columns} FROM audit WHERE id = '${items[0].id}'`;
  await assert.rejects(desk.sql(replacement), replacement);
  assert.deepEqual((await trail(company)).items, items);
});
