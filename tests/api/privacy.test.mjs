// The rights of those who write: everything held about somebody is taken out, and erased wherever it is.

import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { NOBODY } from "../support/body.mjs";
import { freePort, key, startDesk, stateFolder, until } from "../support/desk.mjs";
import { bring, brought, carrying, fetched, stored } from "../support/files.mjs";
import { board, Floor, isWith, set } from "../support/floor.mjs";
import { bytesOf, remainsOf } from "../support/remains.mjs";
import { ask, line, order } from "../support/shop.mjs";
import { found, hire, invite, PASSWORD, words, write } from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Company} Company */
/** @typedef {import("../support/world.mjs").Customer} Customer */
/** @typedef {import("../support/world.mjs").Member} Member */

const { folder, remove } = stateFolder();
const settings = { state: folder, port: await freePort(), sessionKeys: key("a"), linkKeys: key("a") };
const desk = await startDesk(settings);
const floor = new Floor();
after(async () => {
  floor.close();
  await desk.stop();
  remove();
});

/** Stops the desk, does something to its data, and starts it again. @param {() => void} deed */
async function asleep(deed) {
  await desk.stop();
  try {
    deed();
  } finally {
    Object.assign(desk, await startDesk(settings));
  }
}

/** Where the database is. */
const DATABASE = join(folder, "v3/d1");

/** Words that are nowhere else. */
const newMark = () => `zq${randomBytes(6).toString("hex")}`;

/** @param {Company} company @param {Customer} customer @returns {Promise<any>} */
const contactOf = async ({ administrator }, customer) => (await administrator.read(customer)).contact;

/** Erases a contact. @param {Member} member @param {{ id: string, email: string }} contact @param {unknown} [body] */
const erase = (member, { id, email }, body = { confirm: email }) =>
  member.request("DELETE", member.path(`/contacts/${id}`), body);

/** The ledger. @param {Company} company @returns {Promise<any[]>} */
const ledger = async ({ administrator, slug }) =>
  (await administrator.get(`/api/companies/${slug}/erasures`)).good(200).items;

/** Waits until nothing is left to be erased. @param {Company} company */
const isDone = (company) =>
  until(
    async () => (await ledger(company)).every(({ state }) => state === "done"),
    "everything is erased",
    10,
  );

/**
 * A customer all of whose words carry a mark: wherever something of his is kept, the mark is found.
 *
 * @param {Company} company
 * @param {string} mark
 */
async function everywhere(company, mark) {
  const { administrator } = company;
  const customer = await write(company, {
    name: `${mark}name`,
    email: `${mark}@people.example`,
    subject: `${mark}subject`,
    body: `${mark}message`,
  });
  const contact = await contactOf(company, customer);
  const known = { phone: "+44 1", organisation: `${mark}organisation`, note: `${mark}note` };
  (await administrator.patch(company.path(`/contacts/${contact.id}`), known)).good(200);
  const file = await brought(customer, customer.path(), `${mark}content`, `${mark}file.txt`);
  (await customer.post(customer.path("/messages"), carrying([file.id], `${mark}with`))).good(201);
  await administrator.comment(customer, `${mark}comment`);
  await administrator.reply(customer, `${mark}answer`);
  (await customer.put(customer.path("/rating"), { score: 2, comment: `${mark}rating` })).good(200);
  const bought = await order(administrator, {
    conversation_id: customer.id,
    lines: [line(1_000)],
    note: `${mark}ordernote`,
    billing: { name: `${mark}billing`, address: `${mark}street`, country: "FR", vat_id: "" },
    send: true,
  });
  const answer = { answer: "confirmed", rev: bought.rev };
  (await customer.put(customer.path(`/orders/${bought.id}/answer`), answer)).good(200);
  const comments = company.path(`/orders/${bought.id}/comments`);
  (await administrator.post(comments, { body: `${mark}ordercomment` })).good(201);
  const q = company.path(`/search?q=${mark}message`);
  await until(async () => (await administrator.get(q)).good(200).items.length === 1, "it is found");
  return { customer, contact, bought, file };
}

// spec: B12
test("everything that is held about a contact is one document, without what colleagues said among themselves", async () => {
  const company = await found(desk);
  const mark = newMark();
  const { customer, contact, bought } = await everywhere(company, mark);
  await ask(company.administrator, bought);
  const second = await write(company, { email: customer.email, subject: `${mark}second` });
  const path = company.path(`/contacts/${contact.id}/export`);

  const supervisor = await hire(company, "supervisor");
  (await supervisor.get(path)).refused(403, "forbidden");
  (await company.administrator.get(company.path(`/contacts/${NOBODY}/export`))).refused(404);
  const other = await found(desk);
  (await other.administrator.get(other.path(`/contacts/${contact.id}/export`))).refused(404);

  const answer = await company.administrator.get(path);
  const document = answer.good(200);
  assert.match(String(answer.header("content-disposition")), /^attachment; filename="contact-/);
  assert.equal(document.contact.email, customer.email);
  assert.equal(document.contact.organisation, `${mark}organisation`);
  assert.deepEqual(
    document.conversations.map((/** @type {any} */ { id }) => id),
    [customer.id, second.id],
  );
  const bodies = document.conversations[0].events.map((/** @type {any} */ { body }) => body).filter(Boolean);
  assert.deepEqual(bodies, [`${mark}message`, `${mark}with`, `${mark}answer`]);
  assert.ok(!answer.text.includes(`${mark}comment`), "no internal comment");
  const [file] = document.conversations[0].files;
  assert.equal(file.name, `${mark}file.txt`);
  assert.equal((await fetched(company.administrator, file.url)).bytes.toString(), `${mark}content`);
  assert.equal(document.orders[0].billing.name, `${mark}billing`);
  assert.equal(document.orders[0].payments.length, 1);
  const [audited] = (await company.administrator.get(company.path("/audit?action=contact.exported"))).body
    .items;
  assert.equal(audited.target.id, contact.id);
});

// spec: B12
test("erasing takes the right, and the contact's address typed once more", async () => {
  const company = await found(desk);
  const other = await found(desk);
  const customer = await write(company);
  const contact = await contactOf(company, customer);
  const { administrator } = company;
  const supervisor = await hire(company, "supervisor");
  (await erase(supervisor, contact)).refused(403, "forbidden");
  (await supervisor.get(company.path("/erasures"))).refused(403, "forbidden");
  (await supervisor.post(company.path("/erasures/reapplication"))).refused(403, "forbidden");
  (await erase(other.administrator, contact)).refused(404);
  (await erase(administrator, { ...contact, id: NOBODY })).refused(404);
  (await erase(administrator, contact, { confirm: "somebody@people.example" })).refusedField(
    "confirm",
    "not_confirmed",
  );
  (await erase(administrator, contact, { confirm: contact.email, sure: true })).refused(422);
  (await erase(administrator, contact, {})).refused(422);
  assert.deepEqual(await ledger(company), []);
  assert.equal((await customer.read()).id, customer.id, "still there");

  const erasure = (await erase(administrator, contact, { confirm: ` ${contact.email.toUpperCase()} ` })).good(
    202,
  );
  assert.equal(erasure.kind, "contact");
  assert.equal(erasure.conversations, 1);
  assert.equal(erasure.by_id, administrator.id);
  await isDone(company);
  (await erase(administrator, contact)).refused(404);
  assert.equal((await ledger(other)).length, 0, "the ledger is its company's own");
  const one = (await ledger(company))[0];
  assert.deepEqual([one.id, one.state, one.by_name], [erasure.id, "done", administrator.name]);
  const text = JSON.stringify(one);
  assert.ok(!text.includes(contact.email) && !text.includes(contact.name), text);
});

// spec: B12
test("what was erased is not there for anybody, and stays so whatever comes late", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const customer = await write(company, { subject: "Mine" });
  const again = {
    client_id: randomUUID(),
    name: "Ines",
    email: customer.email,
    subject: "Two",
    body: "Hello?",
  };
  const open = () => anonymous(desk).post(`/api/public/companies/${company.slug}/conversations`, again);
  const second = (await open()).good(201);
  const neighbour = await write(company, { subject: "Another's" });
  const contact = await contactOf(company, customer);
  const file = await brought(customer, customer.path(), "bytes");
  const said = words("Said before");
  (await customer.post(customer.path("/messages"), said)).good(201);
  await until(async () => (await stored(desk, customer.id)).length === 1, "the file is stored");
  const agents = await administrator.listen(administrator.at(customer, "/live"));
  const his = await customer.listen(customer.path("/live"));
  const dashboard = await administrator.listen(administrator.path("/live"));
  await dashboard.hears({ type: "hello" });

  (await erase(administrator, contact)).good(202);
  // Before anything was worked off: no list and no search has him, or his conversations.
  (await administrator.get(company.path(`/contacts/${contact.id}`))).refused(404);
  (await administrator.get(administrator.at(customer))).refused(404);
  const listed = (await administrator.get(company.path("/conversations"))).good(200).items;
  assert.deepEqual(
    listed.map((/** @type {any} */ { id }) => id),
    [neighbour.id],
  );
  await isDone(company);
  assert.equal(await agents.closed(), 4404);
  assert.equal(await his.closed(), 4404);
  await dashboard.hears({ type: "resync" });
  dashboard.close();

  const absent = (await administrator.get(company.path(`/conversations/${NOBODY}`))).refused(404);
  for (const path of ["", "/events", "/colleagues", `/files/${file.id}`]) {
    assert.deepEqual((await administrator.get(administrator.at(customer, path))).refused(404), absent, path);
  }
  for (const path of ["", "/events", "/orders", `/files/${file.id}`]) {
    assert.deepEqual((await customer.get(customer.path(path))).refused(404), absent, path);
  }
  assert.equal((await customer.inBrowser().get(customer.page())).status, 404);

  // Late: a message, its repeat, a file, a comment, a claim, a rating.
  (await customer.post(customer.path("/messages"), said)).refused(404);
  (await customer.post(customer.path("/messages"), words("Late"))).refused(404);
  (
    await customer.request("POST", customer.path("/files?name=late.txt"), "late", {
      "content-type": "application/octet-stream",
    })
  ).refused(404);
  (await customer.put(customer.path("/rating"), { score: 5 })).refused(404);
  (await administrator.post(administrator.at(customer, "/notes"), words("Late"))).refused(404);
  assert.deepEqual(await stored(desk, customer.id), []);
  const rows = await desk.sql(
    `SELECT rev, view FROM conversations WHERE id IN ('${customer.id}', '${second.id}')`,
  );
  assert.deepEqual(
    rows.map(({ rev, view }) => [rev, view]),
    [
      [0, "{}"],
      [0, "{}"],
    ],
  );

  // What a delivery under way would still write is not taken in.
  const part = `SELECT (p.part << 43) | (v.number << 19) | 7 FROM conversations v JOIN search_parts p ON p.company_id = v.company_id`;
  for (const late of [
    `UPDATE conversations SET rev = 9, view = '{"late":1}' WHERE id = '${customer.id}'`,
    `UPDATE contacts SET name = 'Late' WHERE id = '${contact.id}'`,
    `INSERT INTO search_words (id, subject, contact, message, note, at, by)
      SELECT (${part} WHERE v.id = '${customer.id}'), 'late', 'late', 'late', '', 1, '{}'`,
  ]) {
    await desk.sql(late);
  }
  const kept = `SELECT (SELECT count(*) FROM conversations WHERE view LIKE '%late%') AS views,
    (SELECT count(*) FROM contacts WHERE name = 'Late') AS contacts,
    (SELECT count(*) FROM search_words WHERE message = 'late') AS words`;
  assert.deepEqual({ ...(await desk.sql(kept))[0] }, { views: 0, contacts: 0, words: 0 });

  // Whoever writes again is somebody new, also under the name of what he sent before.
  const fresh = (await open()).good(201);
  assert.ok(fresh.id !== second.id);
  const now = (await administrator.get(company.path(`/conversations/${fresh.id}`))).good(200);
  assert.ok(now.contact.id !== contact.id);
  assert.equal(now.number, (await administrator.read(neighbour)).number + 1, "no number is given twice");
  assert.equal((await neighbour.read()).subject, "Another's");
});

// spec: B12
test("an erased conversation gives its slot to whoever waits", async () => {
  const company = await found(desk);
  await set(company, { assignment_policy: "round_robin" });
  const agent = await hire(company, "supervisor", { max_chats: 1 });
  await floor.comes(agent);
  const first = await write(company);
  await isWith(first, agent);
  const waiting = await write(company);
  await until(async () => (await board(company)).waiting === 1, "one waits");
  (await erase(company.administrator, await contactOf(company, first))).good(202);
  await isWith(waiting, agent);
  await isDone(company);
  const { open } = (await board(company)).items.find((/** @type {any} */ { id }) => id === agent.id);
  assert.equal(open, 1);
  // One that waits leaves the queue.
  const third = await write(company);
  await until(async () => (await board(company)).waiting === 1, "another waits");
  (await erase(company.administrator, await contactOf(company, third))).good(202);
  await until(async () => (await board(company)).waiting === 0, "nobody waits");
});

// spec: B12
test("no store has anything of whoever was erased, and orders keep their figures", async (t) => {
  const company = await found(desk);
  const { administrator } = company;
  const mark = newMark();
  const { contact, bought, customer } = await everywhere(company, mark);
  const stays = newMark();
  await everywhere(company, stays);
  const sent = Array.from({ length: 8 }, (_, n) =>
    customer.post(customer.path("/messages"), words(`${mark}racing${n}`)),
  );
  const uploads = Array.from({ length: 4 }, () =>
    bring(customer, customer.path(), `${mark}racing`, `${mark}r.txt`),
  );
  (await erase(administrator, contact)).good(202);
  for (const { status, text } of await Promise.all([...sent, ...uploads])) {
    assert.ok(status === 201 || status === 404, `${status}: ${text}`);
  }
  await isDone(company);
  assert.equal((await administrator.get(company.path(`/search?q=${mark}message`))).good(200).items.length, 0);
  const after = (await administrator.get(company.path(`/orders/${bought.id}`))).good(200);
  assert.deepEqual(after.total, bought.total);
  assert.deepEqual([after.note, after.billing.name, after.contact.email], ["", "", ""]);
  const trail = await administrator.get(company.path(`/audit?target=${contact.id}`));
  assert.ok(trail.good(200).items.some((/** @type {any} */ { action }) => action === "contact.erased"));
  assert.ok(!trail.text.includes(mark), trail.text);
  let [left, kept, bytes] = [[""], [""], [""]];
  await asleep(() => {
    bytes = bytesOf(folder, mark);
    left = remainsOf(folder, mark);
    kept = remainsOf(folder, stays);
  });
  t.diagnostic(`bytes that are free still have it: ${bytes.join(", ") || "nowhere"}`);
  assert.deepEqual(left, []);
  assert.ok(kept.length > 5, `another's is everywhere: ${kept.join(", ")}`);
  assert.ok(!bytes.some((file) => file.includes("ConversationObject")), "the object's own file was emptied");
  (await customer.get(customer.path())).refused(404);
});

// spec: B12
test("what a restored database has brought back is erased again, by the ledger's copy", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const mark = newMark();
  const customer = await write(company, { subject: `${mark}subject`, email: `${mark}@people.example` });
  const contact = await contactOf(company, customer);
  const neighbour = await write(company);
  const backup = `${folder}-backup`;
  await asleep(() => cpSync(DATABASE, backup, { recursive: true }));
  (await erase(administrator, contact)).good(202);
  await isDone(company);
  await asleep(() => {
    rmSync(DATABASE, { recursive: true });
    cpSync(backup, DATABASE, { recursive: true });
    rmSync(backup, { recursive: true });
  });
  assert.equal(
    (await administrator.get(company.path(`/contacts/${contact.id}`))).good(200).email,
    customer.email,
  );
  assert.deepEqual(await ledger(company), []);
  const reapplied = (await administrator.post(company.path("/erasures/reapplication"))).good(202);
  assert.deepEqual(reapplied, { erasures: 1, found_again: 0 });
  await isDone(company);
  (await administrator.get(company.path(`/contacts/${contact.id}`))).refused(404);
  (await administrator.get(administrator.at(customer))).refused(404);
  assert.equal((await ledger(company))[0].kind, "contact");
  assert.equal((await administrator.read(neighbour)).id, neighbour.id);
  // Somebody put it in again from an old list: the address is known by its hash.
  const again = "01999999-0000-7000-8000-000000000001";
  await desk.sql(`INSERT INTO contacts (id, company_id, email, name, language, created_at)
    SELECT '${again}', company_id, '${customer.email}', 'Back', '', 1 FROM contacts WHERE id = '${contact.id}'`);
  const found_again = (await administrator.post(company.path("/erasures/reapplication"))).good(
    202,
  ).found_again;
  assert.equal(found_again, 1);
  (await administrator.get(company.path(`/contacts/${again}`))).refused(404);
  // Whoever writes from that address now is somebody new, also to the ledger.
  const later = await write(company, { email: customer.email });
  assert.ok((await contactOf(company, later)).id !== contact.id);
  (await administrator.post(company.path("/erasures/reapplication"))).good(202);
  await isDone(company);
  assert.equal((await later.read()).id, later.id);
});

// spec: B12
test("what was closed for longer than a company keeps it is erased, and nothing else", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const keep = (/** @type {number | null} */ days) =>
    administrator.patch(company.path(), { retention_days: days });
  (await keep(29)).refusedField("retention_days", "out_of_range");
  const agent = await hire(company, "agent");
  (await agent.patch(company.path(), { retention_days: 30 })).refused(403, "forbidden");
  const [old, open, young] = [await write(company), await write(company), await write(company)];
  const merged = await write(company, { email: old.email });
  (await administrator.put(administrator.at(merged, "/merger"), { into: old.id })).good(200);
  const buyer = await write(company);
  await order(administrator, { conversation_id: buyer.id });
  for (const one of [old, young, buyer]) (await administrator.setStatus(one, "closed")).good(200);
  const [mine, his] = [await contactOf(company, old), await contactOf(company, buyer)];
  const aged = [old, merged, open, buyer].map(({ id }) => `'${id}'`).join(", ");
  const status = `SELECT count(*) AS closed FROM conversations WHERE id IN (${aged}) AND status = 'closed'`;
  await until(async () => (await desk.sql(status))[0]?.closed === 3, "the index has it");
  await desk.sql(
    `UPDATE conversations SET last_event_at = last_event_at - 31 * 86400000 WHERE id IN (${aged})`,
  );
  await desk.sql(
    `UPDATE contacts SET created_at = created_at - 31 * 86400000 WHERE id IN ('${mine.id}', '${his.id}')`,
  );
  assert.equal((await keep(30)).good(200).retention_days, 30);
  await until(async () => (await ledger(company)).length === 1, "the rule was followed", 10);
  await isDone(company);
  const [line] = await ledger(company);
  assert.deepEqual([line.kind, line.conversations, line.contacts, line.by_id], ["retention", 3, 1, null]);
  (await old.get(old.path())).refused(404);
  (await merged.get(merged.path())).refused(404);
  (await administrator.get(company.path(`/contacts/${mine.id}`))).refused(404);
  assert.equal((await open.read()).id, open.id, "not closed");
  assert.equal((await young.read()).id, young.id, "not old");
  (await administrator.get(company.path(`/contacts/${his.id}`))).good(200);
  assert.equal((await keep(null)).good(200).retention_days, null);
});

// spec: A1
test("an owner takes the company out whole: a line for each thing, and nothing secret", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const mark = newMark();
  const { customer } = await everywhere(company, mark);
  const other = await found(desk);
  await write(other, { subject: "Another's" });
  await invite(company, ["agent"]);
  const colleague = await hire(company, "administrator");
  (await colleague.get(company.path("/export"))).refused(403, "owner_only");
  (await other.administrator.get(company.path("/export"))).refused(404);
  const answer = await administrator.get(company.path("/export"));
  assert.equal(answer.header("content-type"), "application/x-ndjson");
  const lines = answer.text
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
  const of = (/** @type {string} */ kind) => lines.filter((one) => one.kind === kind);
  assert.equal(lines.at(-1).kind, "end");
  assert.equal(lines.at(-1).lines, lines.length - 1);
  assert.equal(of("company")[0].slug, company.slug);
  for (const kind of ["settings", "team", "contact", "order", "order_event", "audit", "conversation"]) {
    assert.ok(of(kind).length > 0, kind);
  }
  assert.equal(of("member").length, 3);
  assert.equal(of("conversation")[0].id, customer.id);
  const said = of("event")
    .map(({ entry }) => entry.event.body)
    .filter(Boolean);
  assert.ok(said.includes(`${mark}comment`) && said.includes(`${mark}message`), "internal comments and all");
  assert.match(of("contact")[0].created_at, /^\d{4}-\d\d-\d\dT/);
  for (const secret of ["argon2", "token_hash", "password_hash", "totp", "Another's"]) {
    assert.ok(!answer.text.includes(secret), secret);
  }
  const [audited] = (await administrator.get(company.path("/audit?action=company.exported"))).body.items;
  assert.equal(audited.by.id, administrator.id);
});

// spec: A1
test("a company that its owner erases is closed at once and gone soon, people's other companies are not", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const other = await found(desk);
  const mark = newMark();
  const { customer } = await everywhere(company, mark);
  const stays = await write(other);
  // One who works elsewhere too, and one who does not.
  const { token } = await invite(other, ["agent"], { email: administrator.email });
  (await administrator.post(`/api/invitations/${token}`, { password: PASSWORD })).good(200);
  const only = await hire(company, "administrator", { last_name: `${mark}colleague` });
  const body = { slug: company.slug, password: PASSWORD };
  const attempt = (/** @type {Member} */ who, /** @type {unknown} */ what) =>
    who.request("DELETE", company.path(), what);
  (await attempt(only, body)).refused(403, "owner_only");
  (await attempt(other.administrator, body)).refused(404);
  (await attempt(administrator, { ...body, slug: other.slug })).refusedField("slug", "not_confirmed");
  (await attempt(administrator, { ...body, password: "another one" })).refused(401, "wrong_credentials");
  (await attempt(administrator, { slug: company.slug })).refused(422);
  const dashboard = await administrator.listen(company.path("/live"));
  assert.equal((await attempt(administrator, body)).good(202).kind, "company");
  assert.equal(await dashboard.closed(), 4404);
  (await administrator.get(company.path())).refused(404);
  assert.equal((await anonymous(desk).get(`/${company.slug}`)).status, 404);
  const id = `'${company.slug}'`;
  await until(
    async () =>
      (await desk.sql("SELECT count(*) AS n FROM erasures WHERE kind = 'company' AND state = 'done'"))[0]?.n,
    "it is gone",
    20,
  );
  (await customer.get(customer.path())).refused(404);
  assert.deepEqual(await desk.sql(`SELECT id FROM companies WHERE slug = ${id}`), []);
  const credentials = (/** @type {string} */ email) =>
    anonymous(desk).post("/api/session", { email, password: PASSWORD });
  (await credentials(only.email)).refused(401, "wrong_credentials");
  const { companies } = (await credentials(administrator.email)).good(200);
  assert.deepEqual(
    companies.map((/** @type {any} */ { slug }) => slug),
    [other.slug],
  );
  assert.equal((await stays.read()).id, stays.id);
  // Its URL is free again.
  assert.equal((await anonymous(desk).get(`/api/slugs/${company.slug}`)).good(200).available, true);
  let left = [""];
  await asleep(() => {
    left = remainsOf(folder, mark);
  });
  assert.deepEqual(left, []);
});
