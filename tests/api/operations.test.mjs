// What whoever runs a desk needs: whether everything is there, what happened to a request, and an index made anew.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { applyMigrations, startRuntime } from "../../tools/runtime.mjs";
import { anonymous } from "../support/actors.mjs";
import { freePort, key, ROOT, startDesk, until } from "../support/desk.mjs";
import { address, found, hire, unique, write } from "../support/world.mjs";

/** @typedef {import("../support/desk.mjs").Desk} Desk */

const ALL = { database: true, schema: true, files: true, cache: true, keys: true };

const desk = await startDesk({ vars: { LOG_REQUESTS: "all" } });
after(() => desk.stop());
const stranger = anonymous(desk);

/** The lines of a desk's log that are ours. @param {{ runtime: { logs: string[] } }} [at] */
const lines = (at = desk) =>
  at.runtime.logs.filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line));

/** The line about a request, once it is there. @param {string | null | undefined} id @param {Desk} [at] */
const lineOf = (id, at = desk) =>
  until(() => lines(at).find((line) => line.place === "request" && line.id === id), `a line about ${id}`);

test("a desk is ready when all that it stands on is there, and says what is not", async () => {
  const { body } = await stranger.get("/api/ready");
  assert.deepEqual(body, { ok: true, checks: ALL });

  const older = await startDesk({ linkKeys: "no key ring" });
  after(() => older.stop());
  const without = await anonymous(older).get("/api/ready");
  assert.deepEqual([without.status, without.body], [503, { ok: false, checks: { ...ALL, keys: false } }]);
  const newest = readdirSync(join(ROOT, "schema")).sort().at(-1);
  await older.sql(`DELETE FROM d1_migrations WHERE name = '${newest}'`);
  const behind = await anonymous(older).get("/api/ready");
  assert.deepEqual(behind.body.checks, { ...ALL, keys: false, schema: false });
  await older.sql("DROP TABLE d1_migrations");
  const broken = await anonymous(older).get("/api/ready");
  assert.deepEqual(broken.body.checks, { ...ALL, keys: false, schema: false, database: false });
});

test("every answer has an id, and the log a line under it: the route and the outcome, nothing of anybody", async () => {
  const company = await found(desk);
  const marta = address("marta");
  const conversation = await write(company, {
    email: marta,
    subject: "A secret subject",
    body: "A secret body",
  });
  const link = new URL(conversation.url);
  /** @type {[import("../support/actors.mjs").Answer, string, string, number][]} */
  const asked = [
    [
      await company.administrator.get(company.administrator.at(conversation)),
      "GET",
      "/api/companies/{company}/conversations/{id}",
      200,
    ],
    [await stranger.get(link.pathname), "GET", "/{company}/c/{secret}", 303],
    [await stranger.get(`${link.pathname}x`), "GET", "/{company}/c/{secret}", 404],
    [
      await stranger.post("/api/session", { email: marta, password: "A secret password!" }),
      "POST",
      "/api/session",
      401,
    ],
    [await stranger.get(`/api/nothing/${unique("secret")}`), "GET", "none", 404],
    [await stranger.request("PUT", "/api/session", {}), "PUT", "none", 405],
  ];
  for (const [answer, method, route, status] of asked) {
    const line = await lineOf(answer.header("x-request-id"));
    assert.deepEqual([line.level, line.method, line.route, line.status], ["info", method, route, status]);
    assert.ok(Number.isInteger(line.ms) && line.ms >= 0);
  }
  const log = JSON.stringify(lines());
  for (const secret of [
    marta,
    company.slug,
    conversation.id,
    "secret subject",
    "secret body",
    "secret password",
    link.pathname,
  ])
    assert.ok(!log.toLowerCase().includes(secret.toLowerCase()), `the log has ${secret}`);
});

test("a request keeps the id that the edge gave it", async () => {
  const answer = await stranger.request("GET", "/api/health", undefined, { "cf-ray": "8f00ba5e0000-FRA" });
  assert.equal(answer.header("x-request-id"), "8f00ba5e0000-FRA");
});

test("a fault has one id: in the answer's body, its header and both lines of the log; others leave no line unless wanted", async () => {
  const quiet = await startDesk();
  after(() => quiet.stop());
  const nobody = anonymous(quiet);
  (await nobody.get("/api/health")).good(200);
  await quiet.sql("ALTER TABLE companies RENAME TO elsewhere");
  const answer = await nobody.get("/api/slugs/lamps");
  const { id, detail } = answer.refused(500, "internal");
  assert.equal(answer.header("x-request-id"), id);
  assert.equal(detail, "Something went wrong on our side.");
  const line = await lineOf(id, quiet);
  assert.deepEqual([line.level, line.route, line.status], ["error", "/api/slugs/{slug}", 500]);
  const all = lines(quiet);
  assert.deepEqual(
    all.map((/** @type {any} */ line) => [line.id, line.place === "request"]),
    [
      [id, false],
      [id, true],
    ],
  );
});

test("where Analytics Engine is bound, requests are measured, and nothing fails for it", async () => {
  const root = mkdtempSync(join(tmpdir(), "edgedesk-"));
  for (const name of ["build", "public", "schema"]) symlinkSync(join(ROOT, name), join(root, name));
  const config = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const bound = config.replace(/^# (\[\[analytics_engine_datasets\]\]\n)# (.*\n)# (.*)$/m, "$1$2$3");
  assert.notEqual(bound, config);
  writeFileSync(join(root, "wrangler.toml"), bound);
  const vars = { ENVIRONMENT: "local", SESSION_KEYS: key("a"), LINK_KEYS: key("a"), VAPID_KEYS: key("a") };
  const runtime = await startRuntime({
    root,
    port: await freePort(),
    vars: { ...vars, LOG_REQUESTS: "all" },
  });
  try {
    await applyMigrations(runtime);
    const response = await fetch(`${runtime.url}/api/health`);
    assert.equal(response.status, 200);
    const id = response.headers.get("x-request-id");
    const line = await until(() => lines({ runtime }).find((line) => line.id === id), "a line");
    assert.equal(line.place, "request");
    assert.deepEqual(
      lines({ runtime }).filter((line) => line.level === "error"),
      [],
    );
  } finally {
    await runtime.stop();
    rmSync(root, { recursive: true, force: true });
  }
});

test("an index that lost rows, words and facts is made anew from the conversations", async () => {
  const company = await found(desk);
  const other = await write(await found(desk), { subject: "Somebody else's" });
  const sam = await hire(company, "supervisor");
  const nadia = await hire(company, "super_agent");
  const tag = (await company.administrator.post(company.path("/tags"), { name: "lost" })).good(201);
  const all = await Promise.all(
    Array.from({ length: 23 }, (_, n) => write(company, { subject: `Lamp ${n}`, body: `word${n} is said` })),
  );
  const [first, second, third] = /** @type {[any, any, any]} */ (all);
  await sam.take(first);
  await sam.reply(first, "It is a heron lamp.");
  (await sam.put(sam.at(first, `/tags/${tag.id}`), undefined)).good();
  (await sam.setStatus(second, "closed")).good();
  const at = `WHERE company_id = (SELECT id FROM companies WHERE slug = '${company.slug}')`;
  const one = `(SELECT id FROM conversations ${at})`;
  const state = async () => ({
    rows: await desk.sql(
      `SELECT id, number, contact_id, created_at, rev, status, assignee_id, last_event_at, waiting_since, view, searched, priority, channel FROM conversations ${at} ORDER BY id`,
    ),
    people: await desk.sql(`SELECT id, email, name FROM contacts ${at} ORDER BY id`),
    participants: await desk.sql(`SELECT * FROM participants WHERE conversation_id IN ${one} ORDER BY 1, 2`),
    tags: await desk.sql(`SELECT * FROM conversation_tags WHERE conversation_id IN ${one} ORDER BY 1, 2`),
    words: await desk.sql(
      `SELECT w.* FROM search_words w, search_parts p ON w.id >> 43 = p.part ${at.replace("company_id", "p.company_id")} ORDER BY w.id`,
    ),
    facts: await desk.sql(
      `SELECT f.* FROM facts f, search_parts p ON f.part = p.part ${at.replace("company_id", "p.company_id")} ORDER BY kind, at, number, seq`,
    ),
  });
  await until(
    async () => (await state()).rows.every((row) => row.rev === row.searched && Number(row.rev) > 0),
    "the index has everything",
  );
  const before = await state();
  const others = await desk.sql(`SELECT * FROM conversations WHERE id = '${other.id}'`);

  for (const sql of [
    `DELETE FROM participants WHERE conversation_id IN ${one}`,
    `DELETE FROM conversation_tags WHERE conversation_id IN ${one}`,
    `DELETE FROM search_words WHERE id IN (SELECT w.id FROM search_words w, search_parts p ON w.id >> 43 = p.part ${at.replace("company_id", "p.company_id")})`,
    `DELETE FROM facts WHERE part IN (SELECT part FROM search_parts ${at})`,
    `DELETE FROM notifications WHERE conversation_id = '${third.id}'`,
    `DELETE FROM conversations WHERE id = '${third.id}'`,
    `DELETE FROM contacts WHERE id NOT IN (SELECT contact_id FROM conversations)`,
    `UPDATE conversations SET view = '{}', status = 'new', assignee_id = NULL ${at}`,
  ])
    await desk.sql(sql);
  assert.notDeepEqual(await state(), before);

  const path = company.path("/index/rebuild");
  (await nadia.post(path)).refused(403, "forbidden");
  const some = (await company.administrator.post(path)).good(200);
  assert.equal(some.rebuilt, 20);
  assert.deepEqual((await company.administrator.post(path, { after: some.next })).good(200), {
    rebuilt: 3,
    next: null,
  });
  await until(
    async () => (await state()).rows.every((row) => row.rev === row.searched),
    "the index has everything again",
  );
  const again = await state();
  const lost = again.rows.find(({ id }) => id === third.id);
  const was = before.rows.find(({ id }) => id === third.id);
  assert.ok(Math.abs(Number(lost?.created_at) - Number(was?.created_at)) < 5_000, "by the clock of the log");
  Object.assign(lost ?? {}, { created_at: was?.created_at });
  for (const what of /** @type {(keyof typeof before)[]} */ (Object.keys(before)))
    assert.deepEqual(again[what], before[what], what);
  assert.deepEqual(await desk.sql(`SELECT * FROM conversations WHERE id = '${other.id}'`), others);
  const hits = (await sam.get(sam.path("/search?q=heron"))).good(200).items;
  assert.deepEqual(
    hits.map((/** @type {any} */ { conversation }) => conversation.id),
    [first.id],
  );
  (await company.administrator.post(path, { after: "nonsense" })).refused(422);
});
