// A company is brought back from its export: everything of it, to another desk or to its own, and nobody is told.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { key, startDesk, until } from "../support/desk.mjs";
import { fetched } from "../support/files.mjs";

import {
  atRest,
  bringBack,
  comesBack,
  companyOf,
  copyFiles,
  everything,
  exportOf,
  onDesk,
  operator,
  RESTORE_KEY,
  sameCustomer,
  send,
} from "../support/restoring.mjs";
import { found, hire, invite, PASSWORD, words, write } from "../support/world.mjs";

const linkKeys = key("a");
const [desk, other] = await Promise.all([
  startDesk({ linkKeys, vars: { RESTORE_KEY } }),
  startDesk({ linkKeys, vars: { RESTORE_KEY } }),
]);
after(() => Promise.all([desk.stop(), other.stop()]));

const one = await everything(desk);
const lines = await exportOf(one.company);
const id = companyOf(lines);
const there = onDesk(one.company, other);
const customers = Object.entries(one.conversations);
/** Ana, once she is there. @type {import("../support/world.mjs").Member} */
let ana;

/** @param {string[]} text */
const parsed = (text) => text.map((line) => JSON.parse(line));
/** @param {string[]} text @param {string} kind */
const of = (text, kind) => parsed(text).filter((line) => line.kind === kind);
/** @param {import("../support/desk.mjs").Desk} where */
const mails = async (where) => (await anonymous(where).get("/dev/mail.json")).good(200).length;

/** An answer without what is told of the moment. @param {any} body */
const comparable = (body) =>
  JSON.parse(
    JSON.stringify(body, (name, value) =>
      ["generated_at", "head", "last_seen_at", "presence", "next_at", "last_run_at"].includes(name)
        ? undefined
        : value,
    ),
  );

test("an export says of what form it is, and where the conversations' logs stand", () => {
  const [first] = parsed(lines);
  assert.equal(first.format, "edgedesk-company/2");
  const [conversation] = of(lines, "conversation");
  const log = of(lines, "event").filter((line) => line.conversation_id === conversation.id);
  assert.equal(conversation.kept.entries, log.length);
  assert.equal(conversation.kept.hash, log.at(-1).hash);
});

test("without the right key there is nothing here", async () => {
  const without = await startDesk();
  after(() => without.stop());
  for (const [method, path] of [
    ["GET", ""],
    ["POST", "/lines?after=0"],
    ["POST", "/opening"],
    ["DELETE", ""],
  ]) {
    const at = `/api/restorations/${id}${path}`;
    const body = method === "POST" ? "{}" : undefined;
    (await operator(without).request(String(method), at, body)).refused(404, "not_found");
    (await operator(other, `${RESTORE_KEY}x`).request(String(method), at, body)).refused(404, "not_found");
    (await anonymous(other).request(String(method), at, body)).refused(404, "not_found");
  }
  (await operator(other).get(`/api/restorations/${id}`)).refused(404, "not_found");
});

test("lines that are none are refused by their number, and nothing of them is there", async () => {
  const who = operator(other);
  const at = (/** @type {number} */ n) => String(lines[n - 1]);
  /** @type {[string, string[], number, string][]} */
  const wrong = [
    ["no JSON", ["{"], 1, "malformed"],
    ["another form", [at(1).replace("edgedesk-company/2", "edgedesk-company/1")], 1, "unknown_format"],
    ["not the first line", [at(2)], 1, "out_of_order"],
    ["another company's", [at(1).replace(id, one.ana.id)], 1, "another_company"],
    ["unknown", [at(1), '{"kind":"lamp"}'], 2, "unknown_kind"],
    [
      "unknown field",
      [at(1), at(2).replace('"kind":"settings"', '"kind":"settings","lamp":1')],
      2,
      "unknown_field",
    ],
    ["missing field", [at(1), '{"kind":"tag","id":"x"}'], 2, "invalid"],
  ];
  for (const [what, text, line, code] of wrong) {
    const problem = (await send(who, id, text)).refused(422, "bad_line");
    assert.deepEqual([problem.line, problem.errors[0].code], [line, code], what);
  }
  (await who.get(`/api/restorations/${id}`)).refused(404);
  (await send(who, id, [at(2)], 1)).refused(404);
});

// spec: A1
test("broken off, it is closed to everybody, and goes on where it was", async () => {
  const who = operator(other);
  const half = lines.findIndex((line) => line.startsWith('{"kind":"event"')) + 3;
  const begun = (await send(who, id, lines.slice(0, 20))).good(200);
  assert.deepEqual([begun.state, begun.lines, begun.slug], ["under_way", 20, one.company.slug]);
  // The same once more, too many, and some of which are there.
  assert.equal((await send(who, id, lines.slice(0, 20))).good(200).lines, 20);
  assert.equal((await send(who, id, lines.slice(21, 30), 21)).refused(409, "out_of_order").lines, 20);
  assert.equal((await send(who, id, lines.slice(10, half), 10)).good(200).lines, half);
  const { open } = one.conversations;
  assert.equal((await anonymous(other).get(`/${one.company.slug}`)).status, 404);
  (await sameCustomer(there, open).get(open.path())).refused(404);
  (await anonymous(other).post("/api/password/forgot", { email: one.ana.email })).good(202);
  (await who.post(`/api/restorations/${id}/opening`, {})).refused(409, "lines_missing");
  // A word that was changed, and one that was left out.
  const more = lines.slice(half, half + 2);
  const changed = [String(more[0]).replace('"by":{"kind"', '"by": {"kind"'), String(more[1])];
  assert.notEqual(changed[0], more[0]);
  const broken = (await send(who, id, changed, half)).refused(422, "bad_line");
  assert.deepEqual([broken.line, broken.errors[0].code], [half + 1, "broken_log"]);
  const left = (await send(who, id, more.slice(1), half)).refused(422, "bad_line");
  assert.deepEqual([left.line, left.errors[0].code], [half + 1, "broken_log"]);
  const newer = String(lines[0]).replace(/"exported_at":"[^"]+"/, '"exported_at":"2020-01-01T00:00:00.000Z"');
  (await send(who, id, [newer])).refused(409, "another_export");
});

// spec: A1
test("the whole of it is back on another desk: line by line, log by log, and nobody was told", async () => {
  const before = await mails(other);
  const done = await bringBack(lines, other);
  assert.deepEqual([done.state, done.lines], ["done", lines.length]);
  there.administrator = await comesBack(there, one.administrator.email);
  await atRest(there);
  assert.equal(await mails(other), before + 1, "the link to a new password, and nothing else");
  const again = await exportOf(there);
  const comparable = (/** @type {string[]} */ text) =>
    text
      .filter((line) => !/"kind":"(audit|end)"/.test(line))
      .map((line) => line.replace(/"exported_at":"[^"]+"/, ""));
  assert.deepEqual(comparable(again), comparable(lines));
  const trail = of(lines, "audit");
  const restored = of(again, "audit");
  assert.deepEqual(restored.slice(0, trail.length), trail);
  assert.equal(restored[trail.length].action, "company.restored");
  // Once more changes nothing.
  (await send(operator(other), id, lines.slice(0, 5))).refused(409, "company_exists");
});

test("every log is to the byte what it was, hashes and all", async () => {
  for (const [name, conversation] of customers) {
    const path = (/** @type {import("../support/world.mjs").Company} */ company) =>
      company.path(`/conversations/${conversation.id}/log`);
    const [first, second] = await Promise.all([
      one.administrator.get(path(one.company)),
      there.administrator.get(path(there)),
    ]);
    assert.equal(second.good(200), first.good(200), name);
  }
});

test("everybody sees what he saw: lists, counters, search, reports, the customer's page, orders", async () => {
  ana = await comesBack(there, one.ana.email);
  const ben = await comesBack(there, one.ben.email);
  const pairs = /** @type {const} */ ([
    [one.administrator, there.administrator],
    [one.ana, ana],
    [one.ben, ben],
  ]);
  const paths = [
    "/conversations",
    "/conversations?scope=own",
    "/conversations/counters",
    "/search?q=flickers",
    "/search?q=probably",
    "/folders",
    "/tags",
    "/responses",
    "/contacts",
    "/orders",
    "/payments",
    "/catalog",
    "/reports/conversations?from=2026-01-01&to=2030-01-01",
    "/reports/agents?from=2026-01-01&to=2030-01-01",
    "/automations",
    ...customers.flatMap(([, { id }]) => [`/conversations/${id}`, `/conversations/${id}/events?limit=1000`]),
  ];
  for (const path of paths) {
    for (const [here, elsewhere] of pairs) {
      const [first, second] = await Promise.all([
        here.get(here.path(path)),
        elsewhere.get(elsewhere.path(path)),
      ]);
      assert.equal(second.status, first.status, path);
      assert.deepEqual(comparable(second.body), comparable(first.body), `${path} of ${here.name}`);
    }
  }
  for (const [name, customer] of customers.filter(([name]) => name !== "replaced")) {
    const at = `/api/public/conversations/${customer.id}`;
    const same = sameCustomer(there, customer);
    assert.deepEqual((await same.get(at)).good(200), (await customer.get(at)).good(200), name);
    const events = `${at}/events`;
    assert.deepEqual((await same.get(events)).good(200), (await customer.get(events)).good(200), name);
  }
  // The link that was replaced is still dead.
  (await sameCustomer(there, one.conversations.replaced).get(one.conversations.replaced.path())).refused(404);
  (await there.administrator.get(there.path(`/conversations/${one.gone.id}`))).refused(404);
});

test("files are as if they were lost until they are copied under their keys", async () => {
  const { open } = one.conversations;
  const path = `/api/public/conversations/${open.id}/files/${one.file.id}`;
  const same = sameCustomer(there, open);
  (await same.get(path)).refused(404);
  assert.ok((await copyFiles(id, desk, other)) > 1);
  const { status, bytes } = await fetched(same, path);
  assert.deepEqual([status, bytes.toString()], [200, "how it looks"]);
});

test("work goes on: claims, answers, numbers, and slots are counted", async () => {
  const { open, waiting, snoozed } = one.conversations;
  const seen = async () => (await ana.get(there.path("/agents"))).good(200);
  assert.ok(JSON.stringify(await seen()).includes(ana.id));
  await ana.reply(open, "The new one, then.");
  await sameCustomer(there, open).post(`/api/public/conversations/${open.id}/messages`, words("Thank you"));
  await ana.take(waiting);
  // Two are as many as she may have.
  const third = await write(there, { subject: "One more" });
  (await ana.post(ana.at(third, "/claim"))).refused(409);
  (await ana.setStatus(open, "closed")).good(200);
  await ana.take(third);
  (await ana.setStatus(third, "closed")).good(200);
  (await there.administrator.setStatus(snoozed, "open")).good(200);
  const numbers = of(lines, "conversation").map(({ number }) => number);
  const highest = Math.max(...numbers, ...of(lines, "erased_conversation").map(({ number }) => number));
  assert.equal((await there.administrator.read(third)).number, highest + 1);
});

test("nothing of another company's is taken, and no URL that is", async () => {
  const who = operator(desk);
  const own = one.company;
  (await send(who, id, lines.slice(0, 3))).refused(409, "company_exists");
  // As if it were a company of another id, with the same things.
  const foreign = randomUUID();
  const as = lines.map((line) => line.replaceAll(id, foreign));
  (await send(who, foreign, as.slice(0, 1))).refused(409, "slug_taken");
  const slug = `other-${own.slug}`;
  (await send(who, foreign, as.slice(0, 1), 0, `&slug=${slug}`)).good(200);
  const rest = (/** @type {string} */ kind) => as.find((line) => line.startsWith(`{"kind":"${kind}"`)) ?? "";
  for (const kind of ["role", "member", "folder", "tag", "automation", "contact", "audit"]) {
    const refused = (await send(who, foreign, [rest(kind)], 1)).refused(409, "foreign_id");
    assert.equal(refused.line, 2, kind);
  }
  const contact = (await own.administrator.read(one.conversations.open)).contact.id;
  const elsewhere = JSON.stringify({
    ...{ kind: "erased_conversation", id: randomUUID(), number: 1, contact_id: contact },
    ...{ created_at: "2026-01-01T00:00:00Z", erased_at: "2026-01-01T00:00:00Z" },
  });
  const refused = (await send(who, foreign, [elsewhere], 1)).refused(422, "bad_line");
  assert.equal(refused.errors[0].code, "unknown_reference");
  const team = { ...of(as, "team")[0], id: randomUUID() };
  const members = (await send(who, foreign, [JSON.stringify(team)], 1)).refused(422, "bad_line");
  assert.equal(members.errors[0].field, "members");
  // Given up, nothing of it is left.
  (await who.delete(`/api/restorations/${foreign}`)).good(202);
  await until(
    async () => (await desk.sql(`SELECT id FROM companies WHERE id = '${foreign}'`)).length === 0,
    "it is gone",
  );
  (await who.get(`/api/restorations/${foreign}`)).refused(404);
  assert.equal((await own.administrator.get(own.path())).good(200).slug, own.slug);
});

// spec: A1
test("a company that was erased is back at home; whoever was erased since is not, and what has no place waits", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { email } = administrator;
  const ana = await hire(company, "super_agent");
  (await administrator.patch(company.path(`/agents/${ana.id}`), { max_chats: 1 })).good();
  const works = await found(desk);
  const { token } = await invite(works, ["agent"], { email: ana.email });
  (await anonymous(desk).post(`/api/invitations/${token}`, { password: PASSWORD })).good(200);
  const [first, second, erased] = [await write(company), await write(company), await write(company)];
  await ana.take(first);
  const forced = { agent_id: ana.id, force: true };
  (await administrator.put(ana.at(second, "/assignee"), forced)).good();
  const { contact } = await administrator.read(erased);
  await atRest(company);
  const kept = await exportOf(company);
  const erasing = company.path(`/contacts/${contact.id}`);
  (await administrator.request("DELETE", erasing, { confirm: contact.email })).good(202);
  const erasures = async (/** @type {string} */ kind) =>
    (
      await desk.sql(
        `SELECT id FROM erasures WHERE company_id = '${companyOf(kept)}' AND kind = '${kind}' AND state = 'done'`,
      )
    ).length;
  await until(() => erasures("contact"), "the contact is erased");
  const closing = { slug: company.slug, password: PASSWORD };
  (await administrator.request("DELETE", company.path(), closing)).good(202);
  await until(() => erasures("company"), "the company is gone");
  (await first.get(first.path())).refused(404);

  const before = await mails(desk);
  assert.equal((await bringBack(kept, desk)).state, "done");
  assert.equal(await mails(desk), before, "nobody is told");
  company.administrator = await comesBack(company, email);
  const read = async (/** @type {import("../support/world.mjs").Customer} */ one) =>
    company.administrator.read(one);
  assert.equal((await read(first)).assignee.id, ana.id);
  assert.equal((await read(second)).assignee, null);
  assert.equal((await first.get(first.path())).good(200).id, first.id);
  (await company.administrator.get(company.path(`/conversations/${erased.id}`))).refused(404);
  const contacts = (await company.administrator.get(company.path("/contacts"))).good(200);
  assert.ok(!JSON.stringify(contacts).includes(contact.email));
  // She has an account, works elsewhere, and keeps the password that she had.
  const session = (await anonymous(desk).post("/api/session", { email: ana.email, password: PASSWORD })).good(
    200,
  );
  assert.equal(session.companies.length, 2);
  // Erasing again does not take the company away once more.
  (await company.administrator.post(company.path("/erasures/reapplication"), {})).good(202);
  await until(() => erasures("contact"), "the contact is erased once more");
  assert.equal((await company.administrator.get(company.path())).good(200).slug, company.slug);
});
