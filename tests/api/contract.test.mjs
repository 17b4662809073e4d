// What holds at every route: refusals, their order and form, headers, and the published contract.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { after, test } from "node:test";
import { Actor, anonymous } from "../support/actors.mjs";
import { bodyFor, PNG, queryFor, SCHEDULE } from "../support/body.mjs";
import { startDesk } from "../support/desk.mjs";
import { fill, ROUTES, UNSAFE } from "../support/routes.mjs";
import { idFor, oneOfEach } from "../support/things.mjs";
import { address, asProgram, firstWords, found, hire, signUp, words, write } from "../support/world.mjs";

/** @typedef {import("../support/routes.mjs").Route} Route */
/** @typedef {import("../support/actors.mjs").Answer} Answer */

const BODY_BYTES = 65_536;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);
const lamps = await found(desk);
const sam = await hire(lamps, "supervisor", {
  add_ons: ["independent_orders", "order_admin", "payment_reconciler", "conversation_reports"],
});
// Reports are sent to whoever wants them: his are his own.
const his = (await sam.post(lamps.path("/report-schedules"), { name: "My week", ...SCHEDULE })).good(201);
const things = await oneOfEach(lamps);
things["report-schedules"] = his.id;
const { conversation } = things;
const spare = await write(lamps);
const values = {
  company: lamps.slug,
  tag_id: String(things.tags),
  agent_id: sam.id,
  seq: "2",
  payment: String(things.payment),
  slug: "some-slug",
  secret: "x",
  path: "x",
};

/** Routes that a session opens, those of them below no company, and those that a customer's secret opens. */
const BY_SESSION = ROUTES.filter(({ access }) => ["SignedIn", "Member", "May"].includes(access));
const OF_ONESELF = BY_SESSION.filter(({ path }) => !path.startsWith("/api/companies"));
const BY_SECRET = ROUTES.filter(({ path }) => path.startsWith("/api/public/conversations/{id}"));

/** Routes that take JSON, and those that take a file as it is. */
const WITH_BODY = ROUTES.filter((route) => route.path.startsWith("/api/") && bodyFor(route) !== undefined);
const UPLOADS = WITH_BODY.filter((route) => bodyFor(route) instanceof Uint8Array);
const JSON_ROUTES = WITH_BODY.filter((route) => !UPLOADS.includes(route) && route.access !== "Operator");
/** Uploads that are kept as one's own; those into conversations have tests of their own. */
const OWN_UPLOADS = UPLOADS.filter(({ method }) => method === "PUT");

/** Who may send a request to this route, with a bearer. @param {Route} route */
function caller(route) {
  if (BY_SECRET.includes(route)) return conversation;
  return BY_SESSION.includes(route) ? program : stranger;
}

const program = await asProgram(sam);

/** @param {Actor} actor @param {Route} route @param {unknown} [body] @param {Record<string, string>} [headers] */
const send = (actor, route, body = bodyFor(route), headers = {}) =>
  actor.request(route.method, pathOf(route), body, headers);

/** @param {Route} route */
function pathOf(route) {
  // A link that is replaced opens nothing any more.
  const id = route.path.endsWith("/{id}/link") ? spare.id : idFor(route, things) || conversation.id;
  const token = route.path.startsWith("/api/") ? things.invitation : "none";
  return fill(route.path, { ...values, id, token }) + queryFor(route);
}

/** A body that the route accepts, with members of another kind. @param {Route} route @param {unknown} members */
function spoiled(route, members) {
  const body = bodyFor(route);
  if (!Array.isArray(body)) return { body: { ...Object(body), ...Object(members) }, at: "" };
  return { body: [{ ...body[0], ...Object(members) }], at: "[0]." };
}

test("every route with a body is known here", () => {
  assert.ok(ROUTES.length > 40);
  const without = ROUTES.filter(
    (route) => ["POST", "PUT", "PATCH"].includes(route.method) && bodyFor(route) === undefined,
  );
  assert.deepEqual(without, []);
});

test("the contract is published, and has every route", async () => {
  const document = (await stranger.get("/api/openapi.json")).good(200);
  assert.match(document.openapi, /^3\./);
  for (const { method, path } of ROUTES) {
    const operation = document.paths?.[path.replace("*", "")]?.[method.toLowerCase()];
    assert.ok(operation, `${method} ${path} is missing`);
    assert.ok(Object.keys(operation.responses).length > 0, `${method} ${path} has no answers`);
  }
});

test("a refusal is a problem of RFC 9457", async () => {
  /** @type {[number, Promise<Answer>][]} */
  const refusals = [
    [400, stranger.post("/api/session", "{")],
    [401, stranger.get("/api/companies")],
    [
      403,
      conversation.inBrowser().with({ origin: undefined }).post(conversation.path("/messages"), words("x")),
    ],
    [404, stranger.get("/api/nothing")],
    [404, sam.get(lamps.path("/nothing"))],
    [405, stranger.patch("/api/session", {})],
    [409, stranger.post("/api/signup", signUp({ slug: lamps.slug }))],
    [413, stranger.post("/api/session", "x".repeat(BODY_BYTES + 1))],
    [415, stranger.with({ "content-type": "text/plain" }).post("/api/session", "{}")],
    [422, stranger.post("/api/session", {})],
    [426, sam.get(lamps.path("/live"))],
  ];
  for (const [status, refusal] of refusals) {
    const problem = (await refusal).refused(status);
    assert.equal(problem.status, status);
    for (const member of ["type", "title", "detail", "code"])
      assert.equal(typeof problem[member], "string", member);
    assert.match(problem.type, /^[a-z]+:/);
    assert.match(problem.code, /^[a-z_]+$/);
    if (status !== 422) continue;
    for (const { field, code, detail } of problem.errors) assert.ok(field && code && detail);
  }
});

test("54: a field that nobody knows is refused by its name", async () => {
  for (const route of JSON_ROUTES) {
    const { body, at } = spoiled(route, { shoe_size: 43 });
    (await send(caller(route), route, body)).refusedField(`${at}shoe_size`, "unknown_field");
  }
});

test("a field of the wrong kind is refused by its name", async () => {
  for (const route of JSON_ROUTES) {
    const [name] = Object.keys(Object([bodyFor(route)].flat()[0]));
    if (!name) continue;
    const { body, at } = spoiled(route, { [name]: { not: ["this"] } });
    (await send(caller(route), route, body)).refusedField(at + name);
  }
});

test("53: what is no JSON is 400, at every route", async () => {
  const malformed = [
    "{",
    "{'a':1}",
    '{"a":NaN}',
    '{"a":1e400}',
    '{"a":"\\ud800"}',
    new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    `${'{"a":'.repeat(300)}1${"}".repeat(300)}`,
    "{} {}",
  ];
  for (const route of JSON_ROUTES) {
    for (const body of malformed.slice(0, 2))
      (await send(caller(route), route, body)).refused(400, "malformed");
  }
  for (const body of malformed) {
    const { status } = await stranger.post("/api/session", body);
    assert.ok(status === 400 || status === 422, `${body}: ${status}`);
  }
  (await stranger.post("/api/session", '{"email":"a","email":"b","password":"c"}')).refused(400, "malformed");
  for (const body of ["[]", "null", "7", '"x"', "true"])
    (await stranger.post("/api/session", body)).refused(422);
  (await stranger.post("/api/session", "")).refused(400);
});

test("54: what is not said to be JSON is 415, at every route", async () => {
  for (const route of JSON_ROUTES) {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
    ]) {
      (await send(caller(route), route, JSON.stringify(bodyFor(route)), { "content-type": type })).refused(
        415,
      );
    }
  }
  for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
    (await conversation.with({ "content-type": type }).post(conversation.path("/messages"), words("x"))).good(
      201,
    );
  }
});

test("52: a body of 65,536 bytes is taken, one more is 413", async () => {
  for (const [actor, path] of /** @type {[Actor, string][]} */ ([
    [program, sam.at(conversation, "/messages")],
    [conversation, conversation.path("/messages")],
  ])) {
    const body = JSON.stringify(words("padded"));
    (await actor.post(path, body.padEnd(BODY_BYTES, " "))).good(201);
    (await actor.post(path, body.padEnd(BODY_BYTES + 1, " "))).refused(413);
  }
  for (const route of JSON_ROUTES) {
    (await send(caller(route), route, " ".repeat(BODY_BYTES + 1))).refused(413);
  }
});

test("a file goes as it is: none is 400, too large a one 413, and an image has to be one", async () => {
  assert.deepEqual(OWN_UPLOADS.map(({ path }) => path.split("/").at(-1)).sort(), [
    "description-file",
    "logo",
    "photo",
    "picture",
  ]);
  for (const route of OWN_UPLOADS) {
    const isImage = !route.path.endsWith("/description-file");
    const most = isImage ? 1_500 * 1_024 : 5 * 1_024 * 1_024;
    const largest = Buffer.concat([PNG, Buffer.alloc(most - PNG.length)]);
    for (const type of ["image/png", "application/octet-stream", "text/html", "application/json"]) {
      (await send(program, route, PNG, { "content-type": type })).good(200);
    }
    (await send(program, route, largest)).good(200);
    (await send(program, route, Buffer.concat([largest, Buffer.alloc(1)]))).refused(413, "too_large");
    (await send(program, route, Buffer.alloc(0))).refused(400, "malformed");
    for (const text of ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<!doctype html>", "{}"]) {
      const answer = await send(program, route, Buffer.from(text));
      if (isImage) answer.refused(415, "no_image");
      else answer.good(200);
    }
    (await send(stranger, route, PNG)).refused(401, "not_signed_in");
  }
});

test("52: a body that does not say how long it is ends where it is too long", async () => {
  const chunked = (/** @type {number} */ bytes) =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
      const upload = request(`${desk.url}/api/session`, { method: "POST", headers });
      upload.once("response", (response) => resolve(response.resume().statusCode));
      upload.once("error", reject);
      upload.end(" ".repeat(bytes));
    });
  assert.equal(await chunked(BODY_BYTES), 400);
  assert.equal(await chunked(BODY_BYTES + 1), 413);
});

test("what a route does not do is 405, and it says what it does", async () => {
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const known = ROUTES.filter((route) => route.path === path).map(({ method }) => method);
    const other = METHODS.filter((method) => !known.includes(method));
    for (const method of other) {
      const unknown = { ...values, id: conversation.id, token: "none" };
      const answer = await stranger.request(method, fill(path, unknown), method === "GET" ? undefined : {});
      if (method === "GET" && answer.status === 404) continue;
      answer.refused(405);
      const allowed = (answer.header("allow") ?? "").split(/, */).filter((one) => one !== "HEAD");
      assert.deepEqual(allowed.sort(), known.sort(), answer.request);
    }
  }
});

test("54: by cookie, what changes something comes from our own pages; by bearer from anywhere", async () => {
  const customer = conversation.inBrowser().with({ accept: undefined });
  /** @param {Route} route */
  const unsafe = ({ method }) => UNSAFE.includes(method);
  for (const route of BY_SESSION.filter(unsafe)) await refusedFromElsewhere(sam, route);
  for (const route of BY_SECRET.filter(unsafe)) {
    await refusedFromElsewhere(customer, route);
    await takenFromHere(customer, conversation, route);
  }
  // What a route does once it is reached may end the very sessions that reach it: there, each has a person of his own.
  for (const route of BY_SESSION.filter(unsafe)) {
    const own = OF_ONESELF.includes(route);
    const person = own ? (await found(desk)).administrator : sam;
    await takenFromHere(person, own ? await asProgram(person) : program, route);
  }
  assert.ok(BY_SESSION.filter(unsafe).length >= 40 && BY_SECRET.filter(unsafe).length >= 2);
});

/** @param {Actor} byCookie @param {Route} route */
async function refusedFromElsewhere(byCookie, route) {
  const elsewhere = [
    { origin: undefined },
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${desk.url}.evil.example` },
    { origin: desk.url.replace("127.0.0.1", "localhost") },
    { origin: undefined, "sec-fetch-site": "cross-site" },
    { origin: undefined, "sec-fetch-site": "same-site" },
    { origin: undefined, "sec-fetch-site": "none" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  ];
  for (const headers of elsewhere) (await send(byCookie.with(headers), route)).refused(403, "cross_site");
}

/** @param {Actor} byCookie @param {Actor} byBearer @param {Route} route */
async function takenFromHere(byCookie, byBearer, route) {
  const ours = [{}, { origin: undefined, "sec-fetch-site": "same-origin" }];
  const theirs = [{}, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }];
  const requests = [...ours.map((one) => byCookie.with(one)), ...theirs.map((one) => byBearer.with(one))];
  for (const actor of requests) {
    const { status, text } = await send(actor, route);
    assert.ok(status !== 403 || !text.includes("cross_site"), `${route.method} ${route.path}`);
  }
}

test("signing out by cookie comes from our own pages too", async () => {
  const { administrator } = await found(desk);
  (await administrator.with({ origin: "https://evil.example" }).delete("/api/session")).refused(
    403,
    "cross_site",
  );
  (await administrator.get("/api/companies")).good(200);
  (await administrator.delete("/api/session")).good(204);
});

test("reading by cookie needs no origin", async () => {
  (await sam.with({ origin: undefined }).get(lamps.path("/me"))).good(200);
  (await conversation.inBrowser().with({ origin: undefined }).get(conversation.path())).good(200);
});

test("58: every kind of answer carries the headers that protect a browser", async () => {
  const html = { accept: "text/html" };
  const browser = conversation.inBrowser();
  /** @type {[number, Promise<Answer>][]} */
  const answers = [
    [200, stranger.get("/api/health")],
    [200, stranger.get("/api/ready")],
    [200, sam.get(lamps.path("/me"))],
    [200, stranger.get("/")],
    [200, stranger.get("/terms")],
    [200, stranger.get(`/${lamps.slug}`)],
    [200, browser.get(conversation.page())],
    [200, stranger.get("/register")],
    [200, stranger.get("/sign-in")],
    [200, stranger.get("/app")],
    [200, stranger.get(`/app/${lamps.slug}/conversations`)],
    [200, stranger.get("/invitation/x")],
    [200, stranger.get("/dev/mail")],
    [200, stranger.get("/dev/mail.json")],
    [200, stranger.get("/api/openapi.json")],
    [200, stranger.get("/icon.svg")],
    [201, conversation.post(conversation.path("/messages"), words("x"))],
    [204, (await asProgram(sam)).delete("/api/session")],
    [303, stranger.get(`/${lamps.slug}/c/${conversation.secret}`)],
    [400, stranger.post("/api/session", "{")],
    [401, stranger.get("/api/companies")],
    [403, sam.with({ origin: undefined }).patch(lamps.path(), {})],
    [404, stranger.get("/api/nothing")],
    [404, stranger.with(html).get("/no/such/page")],
    [404, stranger.with(html).get("/no-such-company")],
    [404, stranger.with(html).get(conversation.page())],
    [405, stranger.patch("/api/session", {})],
    [409, stranger.post("/api/signup", signUp({ slug: lamps.slug }))],
    [413, stranger.post("/api/session", "x".repeat(BODY_BYTES + 1))],
    [415, stranger.with({ "content-type": "text/plain" }).post("/api/session", "{}")],
    [422, stranger.post("/api/session", {})],
    [426, sam.get(lamps.path("/live"))],
  ];
  for (const [status, coming] of answers) {
    const answer = await coming;
    assert.equal(answer.status, status, `${answer.request}: ${answer.text.slice(0, 200)}`);
    guarded(answer);
  }
});

/** @param {Answer} answer */
function guarded(answer) {
  const { request } = answer;
  const policy = answer.header("content-security-policy") ?? "";
  assert.match(policy, /(^|; )default-src 'none'/, request);
  for (const directive of ["base-uri 'none'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(directive), request);
  assert.doesNotMatch(policy, /script-src[^;]*'unsafe|\*/, request);
  assert.equal(answer.header("x-content-type-options"), "nosniff", request);
  assert.equal(answer.header("referrer-policy"), "no-referrer", request);
  assert.equal(answer.header("cross-origin-resource-policy"), "same-origin", request);
  assert.equal(answer.header("access-control-allow-origin"), null, request);
  if (!/svg|javascript|css|openapi/.test(answer.request)) {
    assert.match(answer.header("cache-control") ?? "", /no-store/, request);
  }
}

test("58: no other site may read an answer", async () => {
  const elsewhere = { origin: "https://evil.example", "access-control-request-method": "POST" };
  for (const path of ["/api/health", "/api/companies", `/api/public/companies/${lamps.slug}/conversations`]) {
    for (const method of ["GET", "OPTIONS"]) {
      const answer = await stranger.with(elsewhere).request(method, path);
      for (const name of ["access-control-allow-origin", "access-control-allow-credentials"]) {
        assert.equal(answer.header(name), null, answer.request);
      }
    }
  }
});

test("58: browsers are told to stay with HTTPS, where it is HTTPS", async () => {
  const overHttps = async (/** @type {string} */ path) => {
    const response = await desk.runtime.mf.dispatchFetch(`https://desk.example${path}`);
    return response.headers.get("strict-transport-security");
  };
  for (const path of ["/api/health", "/", "/api/nothing", `/${lamps.slug}`]) {
    const [, seconds] = /max-age=(\d+)/.exec((await overHttps(path)) ?? "") ?? [];
    assert.ok(Number(seconds) >= 31_536_000, path);
    assert.equal((await stranger.get(path)).header("strict-transport-security"), null, path);
  }
});

test("health is told to anybody", async () => {
  const health = (await stranger.get("/api/health")).good(200);
  assert.deepEqual([health.ok, health.environment], [true, "local"]);
  assert.equal(typeof health.version, "string");
});

test("creating may be repeated under a name: the first answer comes again, other words are refused", async () => {
  /** @type {[Actor, string, () => Record<string, unknown>][]} */
  const creations = [
    [stranger, `/api/public/companies/${lamps.slug}/conversations`, () => firstWords()],
    [program, sam.at(conversation, "/messages"), () => words(randomUUID())],
    [program, sam.at(conversation, "/notes"), () => words(randomUUID())],
    [conversation, conversation.path("/messages"), () => words(randomUUID())],
    [program, lamps.path("/agents"), () => ({ email: address("x"), roles: ["agent"], send_email: false })],
    [program, "/api/companies", () => ({ company: signUp().company })],
  ];
  for (const [actor, path, make] of creations) {
    const body = { ...make(), client_id: randomUUID() };
    const first = (await actor.post(path, body)).good(201);
    assert.deepEqual((await actor.post(path, body)).good(201), first);
    (await actor.post(path, { ...make(), client_id: body.client_id })).refused(409, "client_id_reused");
    assert.notDeepEqual((await actor.post(path, { ...make(), client_id: randomUUID() })).good(201), first);
  }
});

test("nothing that one can send is an error of ours", async () => {
  const strange = [
    "%ff",
    "%00",
    "%2f..%2f",
    "a%0d%0ab",
    "'",
    '"',
    "%f0%9f%92%a9",
    "x".repeat(4_000),
    ";",
    "{}",
  ];
  for (const route of ROUTES.filter(({ path }) => path.includes("{"))) {
    for (const one of strange) {
      const path = fill(route.path, { company: one, id: one, token: one, slug: one, secret: one, path: one });
      for (const actor of [stranger, program]) {
        const answer = await actor.request(route.method, path, bodyFor(route));
        assert.ok(answer.status < 500, `${answer.request}: ${answer.status}`);
      }
    }
  }
  for (const header of [
    "authorization",
    "cookie",
    "origin",
    "accept",
    "content-length-x",
    "sec-fetch-site",
  ]) {
    for (const value of ["", " ", "Bearer", "Bearer ", "edgedesk", "edgedesk=;", "é", "x".repeat(8_000)]) {
      const { status } = await stranger.request("GET", "/api/companies", undefined, { [header]: value });
      assert.ok(status < 500, `${header}: ${value} ${status}`);
    }
  }
  assert.deepEqual(
    desk.runtime.logs.filter((line) => /panicked|RuntimeError|unreachable/.test(line)),
    [],
  );
});

test("mails are shown on a developer's machine only", async () => {
  (await stranger.get("/dev/mail.json")).good(200);
  const production = await startDesk({ vars: { ENVIRONMENT: "production" } });
  try {
    for (const path of ["/dev/mail", "/dev/mail.json"])
      assert.equal((await anonymous(production).get(path)).status, 404);
    assert.equal((await anonymous(production).get("/api/health")).good(200).environment, "production");
  } finally {
    await production.stop();
  }
});
