// The security checklist, items 58 to 60: what every answer carries, how sockets are opened, and what faults tell. The headers of
// each kind of answer, and where sockets may come from, are in contract.test.mjs and live.test.mjs, under the same numbers;
// export and erasure (60) are in privacy.test.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Actor, anonymous } from "../support/actors.mjs";
import { ROOT, startDesk, until } from "../support/desk.mjs";
import { UpgradeRefused } from "../support/listener.mjs";
import { ROUTES } from "../support/routes.mjs";
import { asProgram, firstWords, found, hire, invite, OTHER, words, write } from "../support/world.mjs";

/** @typedef {import("../support/actors.mjs").Answer} Answer */

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);
const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");

/** What a page's policy has to say, whatever else it says. */
const PAGE_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
];

/** @param {Answer} answer @returns {string[]} the directives of its policy */
const policyOf = (answer) => String(answer.header("content-security-policy")).split(/; */);

/** Static files, as they are fetched. @param {string} folder */
const filesIn = (folder) =>
  readdirSync(join(ROOT, "public", folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, "public").length));

test("58: a page runs our own scripts alone, takes no strings for scripts, and is framed by nobody", async () => {
  const conversation = await write(lamps);
  const visitor = new Actor(desk, { accept: "text/html" });
  const pages = [
    ...["/", "/terms", "/register", "/sign-in", "/app", "/invitation/x", "/password", "/password/reset/x"],
    ...[`/app/${lamps.slug}/conversations`, `/${lamps.slug}`, `/${lamps.slug}/link`, `/${lamps.slug}/chat`],
    ...["/no-such-company", "/no/such/page", `/${lamps.slug}/c/x`, "/dev/mail"],
  ];
  const answers = await Promise.all([
    ...pages.map((path) => visitor.get(path)),
    conversation.inBrowser().get(conversation.page()),
  ]);
  for (const answer of answers) {
    assert.match(String(answer.header("content-type")), /^text\/html/, answer.request);
    const policy = policyOf(answer);
    for (const directive of PAGE_POLICY)
      assert.ok(policy.includes(directive), `${answer.request}: ${policy}`);
    const scripts = policy.find((directive) => directive.startsWith("script-src "));
    assert.match(String(scripts), /^script-src 'self'( 'sha256-[\w+/=]+')?$/, answer.request);
    assert.ok(policy.includes("style-src 'self'"), answer.request);
    assert.doesNotMatch(policy.join(), /unsafe|\*|blob:|https?:/, answer.request);
    // The map of modules is inline, and allowed by its hash.
    assert.doesNotMatch(answer.text, /<script(?! type="importmap")(?![^>]*\bsrc=)[^>]*>/, answer.request);
    assert.doesNotMatch(answer.text, /<[^>]*\s(on[a-z]+|style)="/i, answer.request);
    for (const [, url = ""] of answer.text.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]*)"/g))
      assert.match(url, /^\/(?!\/)/, `${answer.request} loads from here only`);
  }
});

test("58: files are what they say, are nobody else's to embed, and no other site may read them", async () => {
  const files = ["dashboard", "customer", "live", "styles", "vendor"].flatMap(filesIn);
  assert.ok(files.length > 50);
  const answers = await Promise.all(
    [...files, "/icon.svg", "/sw.js", "/widget.js"].map((path) => stranger.get(path)),
  );
  for (const answer of answers) {
    answer.good(200);
    const { request } = answer;
    assert.equal(answer.header("x-content-type-options"), "nosniff", request);
    assert.match(
      String(answer.header("strict-transport-security")),
      /^max-age=(3153[6-9]|[4-9])\d+/,
      request,
    );
    assert.equal(answer.header("referrer-policy"), "no-referrer", request);
    assert.equal(answer.header("access-control-allow-origin"), null, request);
    const policy = policyOf(answer);
    for (const directive of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(directive), request);
    const theirs = request === "GET /widget.js" ? "cross-origin" : "same-origin";
    assert.equal(answer.header("cross-origin-resource-policy"), theirs, request);
    assert.doesNotMatch(answer.header("content-type") ?? "", /html|octet-stream/, request);
  }
});

test("59: no address takes a credential but links that people follow, and sockets take none at all", async () => {
  const { paths } = (await stranger.get("/api/openapi.json")).good(200);
  const credential = /token|secret|key|ticket|password|session|auth|otp/i;
  for (const [path, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      for (const { name, in: place } of operation.parameters ?? [])
        assert.ok(place !== "query" || !credential.test(name), `${path}: ${name}`);
    }
  }
  const inPath = ROUTES.filter(({ path }) => /\{(token|secret|key)\}/.test(path));
  assert.deepEqual(inPath.map(({ method, path }) => `${method} ${path}`).sort(), [
    "GET /api/invitations/{token}",
    "GET /invitation/{token}",
    "GET /password/reset/{token}",
    "GET /{company}/c/{secret}",
    "POST /api/invitations/{token}",
  ]);
  const conversation = await write(lamps);
  for (const [path, secret] of /** @type {const} */ ([
    [conversation.path("/live"), conversation.secret],
    [lamps.path("/live"), sam.session],
    [sam.at(conversation, "/live"), sam.session],
  ])) {
    for (const name of ["token", "access_token", "ticket", "secret", "authorization"]) {
      const query = `${path}?${name}=${secret}`;
      await assert.rejects(stranger.listen(query), (error) => {
        assert.ok(error instanceof UpgradeRefused && [401, 404].includes(error.status), query);
        return true;
      });
    }
  }
});

test("59: a frame that is none gets the same words whatever it was, and others hear nothing of it", async () => {
  const conversation = await write(lamps);
  const witness = await sam.listen(sam.at(conversation, "/live"));
  const feed = await sam.listen(lamps.path("/live"));
  for (const listener of [
    await conversation.listen(conversation.path("/live")),
    await sam.listen(sam.at(conversation, "/live")),
  ]) {
    const canary = `canary${randomUUID()}`;
    const malformed = [
      canary,
      `{"type":"${canary}"}`,
      `{"${canary}`,
      `{"type":"message","client_id":"${canary}","body":"x"}`,
      `{"type":"message","client_id":"${randomUUID()}","body":"x","${canary}":1}`,
      Buffer.from(canary),
    ];
    for (const frame of malformed) listener.send(frame);
    const refusals = () => listener.texts.filter((text) => text.includes('"refused"'));
    await until(() => refusals().length === malformed.length, "each is refused");
    assert.equal(new Set(refusals()).size, 1, "in the same words");
    assert.ok(!listener.texts.join().includes(canary));
    assert.equal(listener.code, undefined, "and the socket goes on");
    listener.close();
  }
  await conversation.write("And the witness?");
  await witness.hearsMessage("And the witness?");
  assert.equal((await sam.read(conversation)).rev, 3);
  const refused = [...witness.frames, ...feed.frames].filter(({ type }) => type === "refused");
  assert.deepEqual(refused, []);
  for (const open of [witness, feed]) open.close();
});

test("60: a fault of ours is told in constant words and an id, and the log has the id and nothing of anybody's", async () => {
  const broken = await startDesk({ vars: { ENVIRONMENT: "production" } });
  after(() => broken.stop());
  const company = await found(broken);
  const { administrator } = company;
  const agent = await hire(company, "supervisor");
  const program = await asProgram(agent);
  const { token } = await invite(company, ["agent"]);
  const canary = `canary${randomUUID()}`;
  const conversation = await write(company, { body: canary });
  await agent.comment(conversation, canary);
  await agent.take(conversation);

  const said = [];
  for (const table of ["sessions", "users", "conversations", "companies", "invitations"]) {
    await broken.sql(`ALTER TABLE ${table} RENAME TO away`);
    said.push(
      ...(await Promise.all([
        administrator.get(company.path("/conversations")),
        program.post(agent.at(conversation, "/notes"), words(canary)),
        agent.post("/api/companies", { company: canary }),
        anonymous(broken).post("/api/session", { email: agent.email, password: agent.password }),
        anonymous(broken).post("/api/tokens", { email: canary, password: canary }),
        anonymous(broken).post(`/api/invitations/${token}`, { password: OTHER }),
        anonymous(broken).post(
          `/api/public/companies/${company.slug}/conversations`,
          firstWords({ body: canary }),
        ),
        conversation.post(conversation.path("/messages"), words(canary)),
      ])),
    );
    await broken.sql(`ALTER TABLE away RENAME TO ${table}`);
  }
  const faults = said.filter(({ status }) => status >= 500);
  assert.ok(faults.length >= 10, `${faults.length} faults`);
  const logs = broken.runtime.logs.join("\n");
  const ids = new Set();
  for (const fault of faults) {
    const { id, ...rest } = fault.refused(500, "internal");
    const { detail, ...members } = rest;
    assert.deepEqual(members, {
      type: "urn:edgedesk:problem:internal",
      title: "Internal Server Error",
      status: 500,
      code: "internal",
    });
    assert.equal(detail, "Something went wrong on our side.");
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.ok(logs.includes(id), "whoever looks after the desk finds it");
    ids.add(id);
    assert.equal(fault.header("x-content-type-options"), "nosniff");
    assert.ok(policyOf(fault).includes("default-src 'none'"));
    assert.equal(fault.header("cache-control"), "no-store");
  }
  assert.equal(ids.size, faults.length, "each has its own");
  (await administrator.get(company.path("/conversations"))).good(200);
  const secrets = [canary, agent.password, OTHER, agent.session, conversation.secret, token, agent.email];
  for (const secret of [...secrets, String(program.headers.authorization?.slice(7))])
    assert.ok(!logs.includes(secret), `${secret} is in the log`);
});
