// The security checklist, items 11 to 18: tokens and sessions, and how they end.

import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, randomUUID, sign as signRsa } from "node:crypto";
import { after, test } from "node:test";
import { anonymous, browser, program } from "../support/actors.mjs";
import { key, linkIn, mailTo, startDesk, stateFolder, until } from "../support/desk.mjs";
import {
  address,
  asProgram,
  found,
  hire,
  invite,
  Member,
  member,
  OTHER,
  PASSWORD,
  signUp,
  unique,
  write,
} from "../support/world.mjs";

/**
 * @typedef {import("../support/actors.mjs").Actor} Actor
 * @typedef {import("../support/listener.mjs").Listener} Listener
 * @typedef {import("../support/world.mjs").Company} Company
 * @typedef {import("../support/world.mjs").Customer} Customer
 * @typedef {import("../support/desk.mjs").Desk} Desk
 */

const DAY = 86_400;

const sessionKey = key("known");
const desk = await startDesk({ sessionKeys: sessionKey });
after(() => desk.stop());

const stranger = anonymous(desk);

/** @param {string} email @param {string} [password] */
const signIn = (email, password = PASSWORD) => stranger.post("/api/session", { email, password });

/** @param {Member} person @param {string} [password] */
async function another(person, password = person.password) {
  const answer = await signIn(person.email, password);
  answer.good(200);
  return new Member(person.company, { ...person, session: String(answer.cookie("edgedesk")?.value) });
}

/**
 * Lets somebody join another company, too; the session is a new one.
 *
 * @param {Company} company
 * @param {Member} person
 * @param {string[]} [roles]
 */
async function joins(company, person, roles = ["agent"]) {
  const { token } = await invite(company, roles, { email: person.email });
  const answer = await stranger.post(`/api/invitations/${token}`, { password: person.password });
  answer.good(200);
  return member(company, answer, person);
}

/** @param {unknown} json */
const encoded = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

/** @param {string} text @param {string} ring @param {string} [hash] */
const mac = (text, ring, hash = "sha256") =>
  createHmac(hash, Buffer.from(String(ring.split(":")[1]), "base64"))
    .update(text)
    .digest("base64url");

/**
 * A token that is signed as ours are.
 *
 * @param {unknown} claims
 * @param {Record<string, unknown>} [header]
 * @param {string} [ring]
 */
function signed(claims, header = { alg: "HS256", kid: "known" }, ring = sessionKey) {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${mac(text, ring)}`;
}

/** @param {string} token @returns {any} */
const claimsOf = (token) => JSON.parse(Buffer.from(String(token.split(".")[1]), "base64url").toString());

const now = () => Math.floor(Date.now() / 1_000);

/**
 * That a token signs nobody in: neither as a bearer, nor as a cookie, nor on a socket.
 *
 * @param {string} token
 * @param {Company} company
 * @param {string} why
 */
async function assertWorthless(token, company, why) {
  for (const actor of [program(desk, token), browser(desk, "edgedesk", token)]) {
    for (const path of ["/api/companies", company.path("/me")]) {
      const answer = await actor.get(path);
      assert.equal(answer.status, 401, `${why}: ${answer.text}`);
      answer.refused(401, "not_signed_in");
    }
    await assert.rejects(actor.listen(company.path("/live")), { status: 401 }, why);
  }
}

/** @param {string} token @param {Company} company */
async function assertWorth(token, company) {
  for (const actor of [program(desk, token), browser(desk, "edgedesk", token)]) {
    (await actor.get(company.path("/me"))).good(200);
    (await actor.listen(company.path("/live"))).close();
  }
}

/**
 * That a socket is open still: it answers.
 *
 * @param {Listener} listener
 */
async function assertOpen(listener) {
  const pongs = () => listener.texts.filter((text) => text === "pong").length;
  const before = pongs();
  assert.equal(listener.code, undefined, "the socket is closed");
  listener.send("ping");
  await until(() => pongs() > before, "the socket answers", 2);
}

/**
 * The sockets of somebody: his company's feed, and a conversation.
 *
 * @param {Actor} who
 * @param {Company} company
 * @param {Customer} conversation
 */
const sockets = (who, company, conversation) =>
  Promise.all([
    who.listen(company.path("/live")),
    who.listen(company.path(`/conversations/${conversation.id}/live?after=0`)),
  ]);

/** @param {Listener[]} listeners @param {number} code */
async function assertClosed(listeners, code) {
  const codes = await Promise.all(listeners.map((listener) => listener.closed(1)));
  assert.deepEqual(
    codes,
    listeners.map(() => code),
  );
}

/** @param {Listener[]} listeners */
async function assertAllOpen(listeners) {
  for (const listener of listeners) await assertOpen(listener);
  for (const listener of listeners) listener.close();
}

/** @param {Member} by @param {{ id: string }} whom @param {string} [rest] */
const at = (by, whom, rest = "") => by.path(`/agents/${whom.id}${rest}`);

/** @param {Member} by @param {{ id: string }} whom */
const disable = (by, whom) => by.put(at(by, whom, "/disabled"), { transfer_to: "queue", unstick: true });

/** @param {Member} by @param {{ id: string }} whom */
const enable = (by, whom) => by.delete(at(by, whom, "/disabled"));

/** @param {Member} by @param {{ id: string }} whom @param {string[]} roles */
const setRoles = (by, whom, roles) => by.patch(at(by, whom), { roles, transfer_to: "queue" });

test("11: a token that we did not sign, or not like this, signs nobody in", async () => {
  const company = await found(desk);
  const { session } = company.administrator;
  const [head = "", claims = "", signature = ""] = session.split(".");
  const own = claimsOf(session);
  assert.deepEqual(JSON.parse(Buffer.from(head, "base64url").toString()), { alg: "HS256", kid: "known" });
  await assertWorth(session, company);
  await assertWorth(signed(own), company);

  /** @type {Record<string, string>} */
  const forged = {
    "no signature": `${head}.${claims}.`,
    "no third part": `${head}.${claims}`,
    "a fourth part": `${session}.${signature}`,
    "half a signature": `${head}.${claims}.${signature.slice(0, 20)}`,
    "another signature": `${head}.${claims}.${mac("something", sessionKey)}`,
    "edited claims": `${head}.${encoded({ ...own, exp: own.exp + DAY })}.${signature}`,
    "another user": `${head}.${encoded({ ...own, sub: randomUUID() })}.${signature}`,
    "an unknown key": signed(own, { alg: "HS256", kid: "b" }),
    "another key of that name": signed(own, { alg: "HS256", kid: "known" }, key("known")),
    "no key": signed(own, { alg: "HS256" }),
    "a path for a key": signed(own, { alg: "HS256", kid: "../../dev/null" }),
    "an empty key": `${head}.${claims}.${createHmac("sha256", "").update(`${head}.${claims}`).digest("base64url")}`,
    "the key in the token": signed(
      own,
      { alg: "HS256", kid: "own", jwk: { kty: "oct", k: Buffer.alloc(32).toString("base64url") } },
      `own:${Buffer.alloc(32).toString("base64")}`,
    ),
    blank: " ",
    dots: "..",
    JSON: JSON.stringify(own),
  };
  for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
    const other = encoded({ alg, kid: "known" });
    forged[`alg ${alg}, unsigned`] = `${other}.${claims}.`;
    forged[`alg ${alg}, its signature`] = `${other}.${claims}.${signature}`;
    forged[`alg ${alg}, our signature`] = signed(own, { alg, kid: "known" });
  }
  for (const [alg, hash] of [
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ]) {
    const text = `${encoded({ alg, kid: "known" })}.${claims}`;
    forged[`${alg} with our key`] = `${text}.${mac(text, sessionKey, hash)}`;
    forged[`${alg}, signed as HS256`] = signed(own, { alg, kid: "known" });
  }
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const text = `${encoded({ alg: "RS256", kid: "known" })}.${claims}`;
  forged.RS256 = `${text}.${signRsa("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  forged["RS256, signed as HS256"] = signed(own, { alg: "RS256", kid: "known" });
  for (const [why, token] of Object.entries(forged)) await assertWorthless(token, company, why);
});

test("12: a token without an end, with one that is past or none at all, signs nobody in", async () => {
  const company = await found(desk);
  const own = claimsOf(company.administrator.session);
  const { exp: _, ...endless } = own;
  assert.ok(own.exp > now() + 13 * DAY && own.exp <= now() + 14 * DAY, "sessions last a fortnight");
  await assertWorth(signed({ ...own, exp: now() + 60 }), company);
  await assertWorthless(signed(endless), company, "no exp");
  for (const exp of [
    String(own.exp),
    null,
    true,
    [own.exp],
    {},
    now() - 1,
    now() - DAY,
    0,
    -1,
    1e30,
    "never",
  ]) {
    await assertWorthless(signed({ ...own, exp }), company, `exp ${JSON.stringify(exp)}`);
  }
});

test("12: a token that is not good yet signs nobody in", async () => {
  const company = await found(desk);
  const own = claimsOf(company.administrator.session);
  await assertWorth(signed({ ...own, nbf: now() - 60 }), company);
  await assertWorthless(signed({ ...own, nbf: now() + 3_600 }), company, "nbf in an hour");
});

test("12: a session ends after a fortnight, whatever its token says", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { sid, exp } = claimsOf(administrator.session);
  const [row] = await desk.sql(`SELECT expires_at FROM sessions WHERE id = '${sid}'`);
  assert.equal(Math.floor(Number(row?.expires_at) / 1_000), exp);
  await desk.sql(`UPDATE sessions SET expires_at = ${Date.now()} WHERE id = '${sid}'`);
  await assertWorthless(administrator.session, company, "the session is over");
  const fresh = await another(administrator);
  const { items } = (await fresh.get("/api/sessions")).good(200);
  assert.ok(items.every((/** @type {any} */ one) => one.id !== sid));
});

test("13: what was made for another purpose signs nobody in", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const own = claimsOf(administrator.session);
  const customer = await write(company);
  const invited = await invite(company, ["administrator"]);
  const sam = await hire(company, "agent");
  const handed = await administrator.post(at(administrator, sam, "/password-reset"), { send_email: false });
  const link = String(handed.good(200).reset_url.split("/password/reset/")[1]);
  const { aud, ...aimless } = own;
  assert.equal(aud, "session");
  /** @type {Record<string, string>} */
  const others = {
    "a customer's secret": customer.secret,
    "an invitation": invited.token,
    "a link to a password": link,
    "a session's id": own.sid,
    "no purpose": signed(aimless),
  };
  for (const purpose of [
    "customer",
    "invitation",
    "password-reset",
    "ws-ticket",
    "Session",
    "",
    null,
    ["other"],
  ]) {
    others[`aud ${JSON.stringify(purpose)}`] = signed({ ...own, aud: purpose });
  }
  for (const [why, token] of Object.entries(others)) await assertWorthless(token, company, why);
  await assertWorthless(signed({ ...own, sid: randomUUID() }), company, "no such session");

  // And the other way round: a session opens nothing that takes another secret.
  const session = program(desk, administrator.session);
  (await session.get(customer.path())).refused(404, "not_found");
  (await stranger.get(`/api/invitations/${administrator.session}`)).refused(404, "not_found");
  const reset = { token: administrator.session, password: OTHER };
  (await stranger.post("/api/password/reset", reset)).refused(410);
  (await stranger.post("/api/password/reset", { token: invited.token, password: OTHER })).refused(410);
  (await stranger.get(`/api/invitations/${link}`)).refused(404, "not_found");
});

test("14: each cookie is bound to the host over HTTPS, and kept from scripts and other sites", async () => {
  /** @param {string} method @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
  const ask = async (method, path, body, headers = {}) => {
    const answer = await desk.runtime.mf.dispatchFetch(`https://desk.example${path}`, {
      method,
      redirect: "manual",
      headers: { ...(body ? { "content-type": "application/json" } : {}), ...headers },
      body: body ? JSON.stringify(body) : undefined,
    });
    assert.ok(answer.status < 400, `${path}: ${answer.status}`);
    const cookies = answer.headers.getSetCookie();
    assert.equal(cookies.length, 1, path);
    const [pair = "", ...attributes] = String(cookies[0]).split("; ");
    const ages = attributes.filter((attribute) => attribute.startsWith("Max-Age="));
    assert.equal(ages.length, 1);
    const rest = attributes.filter((attribute) => !attribute.startsWith("Max-Age="));
    assert.deepEqual(rest.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"], path);
    return { pair, age: Number(ages[0]?.slice(8)) };
  };
  const form = signUp();
  const company = await found(desk);
  const { token } = await invite(company, ["agent"]);
  const customer = await write(company);
  const credentials = { email: form.email, password: form.password };
  const signedUp = await ask("POST", "/api/signup", form);
  const signedIn = await ask("POST", "/api/session", credentials);
  const joined = await ask("POST", `/api/invitations/${token}`, { password: PASSWORD });
  for (const { pair, age } of [signedUp, signedIn, joined]) {
    assert.match(pair, /^__Host-edgedesk=[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.equal(age, 14 * DAY);
  }
  const opened = await ask("GET", new URL(customer.url).pathname, undefined);
  assert.equal(opened.pair, `__Host-edgedesk-${customer.id}=${customer.secret}`);
  const ours = { cookie: signedIn.pair, "sec-fetch-site": "same-origin" };
  assert.deepEqual(await ask("DELETE", "/api/session", undefined, ours), {
    pair: "__Host-edgedesk=",
    age: 0,
  });
  const all = { cookie: signedUp.pair, "sec-fetch-site": "same-origin" };
  assert.deepEqual(await ask("DELETE", "/api/sessions", undefined, all), {
    pair: "__Host-edgedesk=",
    age: 0,
  });
});

test("15: after signing out the same token is worth nothing, as a cookie or a bearer; others live on", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const elsewhere = await another(administrator);
  await assertWorth(administrator.session, company);
  (await administrator.delete("/api/session")).good(204);
  await assertWorthless(administrator.session, company, "signed out");
  (await administrator.patch(company.path(), { description: "x" })).refused(401, "not_signed_in");
  (await administrator.delete("/api/session")).refused(401, "not_signed_in");
  await assertWorth(elsewhere.session, company);
});

test("15: signing out everywhere ends each of one's sessions and closes their sockets within a second", async () => {
  const [company, second] = [await found(desk), await found(desk)];
  const sam = await hire(company, "supervisor");
  const there = await joins(second, sam);
  const bearer = await asProgram(sam);
  const [conversation, theirs] = [await write(company), await write(second)];
  const mine = [
    ...(await sockets(sam, company, conversation)),
    ...(await sockets(bearer, company, conversation)),
    await there.listen(second.path("/live")),
  ];
  const others = [
    ...(await sockets(company.administrator, company, conversation)),
    ...(await sockets(second.administrator, second, theirs)),
    await conversation.listen(conversation.path("/live")),
  ];
  const answer = await sam.delete("/api/sessions");
  answer.good(204);
  assert.equal(answer.cookie("edgedesk")?.value, "");
  await assertClosed(mine, 4401);
  for (const session of [sam, bearer, there]) {
    (await session.get("/api/companies")).refused(401, "not_signed_in");
    (await session.get(second.path("/me"))).refused(401, "not_signed_in");
    await assert.rejects(session.listen(company.path("/live")), { status: 401 });
  }
  await assertAllOpen(others);
  (await company.administrator.get("/api/companies")).good(200);
  (await (await another(sam)).get(company.path("/me"))).good(200);
});

test("one's open sessions are listed, newest first, without their tokens and without anybody else's", async () => {
  const company = await found(desk);
  const first = company.administrator;
  const credentials = { email: first.email, password: PASSWORD };
  const named = stranger.with({ "user-agent": `Lamp/1.0 ${"x".repeat(500)}` });
  const { token } = (await named.post("/api/tokens", credentials)).good(201);
  const last = await another(first);
  const answer = await last.get("/api/sessions");
  const { items, next } = answer.good(200);
  assert.equal(next, null);
  const ids = [last.session, token, first.session].map((one) => claimsOf(one).sid);
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.id),
    ids,
  );
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.current),
    [true, false, false],
  );
  assert.ok(items[1].user_agent.startsWith("Lamp/1.0 ") && items[1].user_agent.length <= 200);
  for (const one of items) {
    assert.deepEqual(Object.keys(one).sort(), ["created_at", "current", "expires_at", "id", "user_agent"]);
    assert.equal(Date.parse(one.expires_at) - Date.parse(one.created_at), 14 * DAY * 1_000);
  }
  for (const one of [last.session, token, first.session]) {
    assert.ok(!answer.text.includes(String(one.split(".")[2])));
  }
  const other = (await found(desk)).administrator;
  assert.equal((await other.get("/api/sessions")).good(200).items.length, 1);
  (await stranger.get("/api/sessions")).refused(401, "not_signed_in");
});

test("one of one's sessions is ended from another; its sockets close within a second, no other's do", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const here = await hire(company, "supervisor");
  const lost = await another(here);
  const id = claimsOf(lost.session).sid;
  const gone = await sockets(lost, company, conversation);
  const stay = await sockets(here, company, conversation);

  const outsider = (await found(desk)).administrator;
  for (const other of [outsider, company.administrator]) {
    (await other.delete(`/api/sessions/${id}`)).refused(404, "not_found");
  }
  const nothing = await here.delete(`/api/sessions/${randomUUID()}`);
  nothing.refused(404, "not_found");
  for (const wrong of ["x", "%00", "current", `${id}x`]) {
    assert.equal((await here.delete(`/api/sessions/${wrong}`)).text, nothing.text);
  }
  assert.equal((await outsider.delete(`/api/sessions/${id}`)).text, nothing.text);
  (await lost.get(company.path("/me"))).good(200);
  for (const listener of gone) await assertOpen(listener);

  (await here.delete(`/api/sessions/${id}`)).good(204);
  await assertClosed(gone, 4401);
  await assertWorthless(lost.session, company, "ended from another session");
  (await here.delete(`/api/sessions/${id}`)).refused(404, "not_found");
  const { items } = (await here.get("/api/sessions")).good(200);
  assert.ok(items.every((/** @type {any} */ one) => one.id !== id));
  await assertAllOpen(stay);
});

// spec: I4 I6
test("16: whoever is disabled is out at once, and his sockets close within a second", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const conversation = await write(company);
  const sam = await hire(company, "supervisor");
  await sam.take(conversation);
  await sam.reply(conversation, "I am on it.");
  const bearer = await asProgram(sam);
  const mine = [
    ...(await sockets(sam, company, conversation)),
    ...(await sockets(bearer, company, conversation)),
  ];
  const others = [
    ...(await sockets(administrator, company, conversation)),
    await conversation.listen(conversation.path("/live")),
  ];
  (await disable(administrator, sam)).good(200);
  await assertClosed(mine, 4401);
  for (const session of [sam, bearer]) {
    (await session.get(company.path())).refused(401, "not_signed_in");
    (await session.get(sam.at(conversation))).refused(401, "not_signed_in");
    const words = { client_id: randomUUID(), body: "One more thing." };
    (await session.post(sam.at(conversation, "/messages"), words)).refused(401, "not_signed_in");
    for (const path of ["/live", `/conversations/${conversation.id}/live?after=1`]) {
      await assert.rejects(session.listen(company.path(path)), { status: 401 }, "no resuming");
    }
  }
  (await signIn(sam.email)).refused(401, "wrong_credentials");
  const { items } = (await administrator.get(administrator.at(conversation, "/events"))).good(200);
  assert.ok(
    items.some((/** @type {any} */ event) => event.body === "I am on it." && event.by.name === sam.name),
  );
  assert.ok(items.every((/** @type {any} */ event) => event.body !== "One more thing."));
  await assertAllOpen(others);
});

// spec: I4
test("16: who is enabled again signs in anew; what was open before stays dead", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  (await disable(company.administrator, sam)).good(200);
  (await enable(company.administrator, sam)).good(200);
  (await sam.get(company.path("/me"))).refused(401, "not_signed_in");
  await assert.rejects(sam.listen(company.path("/live")), { status: 401 });
  (await (await another(sam)).get(company.path("/me"))).good(200);
});

// spec: I6
test("16: who is disabled at the only company he has is signed out altogether", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  (await disable(company.administrator, sam)).good(200);
  (await signIn(sam.email)).refused(401, "wrong_credentials");
  (await sam.post("/api/companies", { company: unique("Shadow") })).refused(401, "not_signed_in");
  (await sam.get("/api/companies")).refused(401, "not_signed_in");
});

test("16: a socket that opens while its owner is disabled does not outlive it", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const sam = await hire(company, "supervisor");
  for (let round = 0; round < 6; round += 1) {
    const session = await another(sam);
    const opening = [
      session.listen(company.path("/live")),
      session.listen(sam.at(conversation, "/live")),
      session.listen(company.path("/live")),
    ];
    const disabled = disable(company.administrator, sam);
    const opened = (await Promise.allSettled(opening)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    (await disabled).good(200);
    for (const listener of opened) assert.equal(await listener.closed(2), 4401);
    (await enable(company.administrator, sam)).good(200);
  }
});

// spec: I1 I6
test("16: whoever is removed is out at once; there is no such company for him any more", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const sam = await hire(company, "supervisor");
  const mine = await sockets(sam, company, conversation);
  (await company.administrator.delete(at(company.administrator, sam))).good(204);
  await assertClosed(mine, 4401);
  (await sam.get(company.path())).refused(404, "not_found");
  await assert.rejects(sam.listen(company.path("/live")), { status: 404 });
  (await signIn(sam.email)).refused(401, "wrong_credentials");
});

// spec: I9
test("17: a demoted administrator is refused at once, without signing in again; a promotion counts at once", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const sam = await hire(company, "administrator");
  const settings = () => sam.patch(company.path(), { description: unique("Lamps") });
  const capabilities = async () => (await sam.get(sam.path("/me"))).good(200).capabilities;
  (await settings()).good(200);
  const before = await capabilities();

  (await setRoles(administrator, sam, ["agent"])).good(200);
  (await settings()).refused(403, "forbidden");
  (await sam.get(company.path("/audit"))).refused(403, "forbidden");
  (await sam.patch(at(sam, sam), { roles: ["administrator"] })).refused(403, "forbidden");
  assert.notDeepEqual(await capabilities(), before);
  const { companies } = (await signIn(sam.email)).good(200);
  assert.deepEqual(companies[0].roles, ["agent"]);

  (await setRoles(administrator, sam, ["administrator"])).good(200);
  (await settings()).good(200);
  (await sam.get(company.path("/audit"))).good(200);
  assert.deepEqual(await capabilities(), before);
});

test("17: another role closes the sockets with 1012, so that they come again with what it may see", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [conversation, hers] = [await write(company), await write(company)];
  const sam = await hire(company, "supervisor");
  const colleague = await hire(company, "supervisor");
  await colleague.take(hers);
  const mine = [...(await sockets(sam, company, conversation)), ...(await sockets(sam, company, hers))];
  const others = await sockets(colleague, company, conversation);

  (await setRoles(administrator, sam, ["agent"])).good(200);
  await assertClosed(mine, 1012);
  const feed = await sam.listen(company.path("/live"));
  await assert.rejects(sam.listen(sam.at(hers, "/live")), { status: 404 });
  (await sam.get(sam.at(hers))).refused(404, "not_found");
  await colleague.reply(hers, "Nothing for others.");
  await until(
    () => others[0]?.texts.some((text) => text.includes("Nothing for others.")),
    "the feed tells it",
  );
  await assertOpen(feed);
  assert.ok(!feed.texts.some((text) => text.includes("Nothing for others.")));

  (await setRoles(administrator, sam, ["supervisor"])).good(200);
  await assertClosed([feed], 1012);
  await assertAllOpen(await sockets(sam, company, hers));
  await assertAllOpen(others);
});

test("17: add-ons take effect at once, too", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const sam = await hire(company, "agent");
  const next = () => sam.post(company.path("/conversations/next"), {});
  const feed = await sam.listen(company.path("/live"));
  (await next()).refused(403, "forbidden");
  (await administrator.patch(at(administrator, sam), { add_ons: ["dispenser"] })).good(200);
  await assertClosed([feed], 1012);
  (await next()).good(204);
  (await administrator.patch(at(administrator, sam), { add_ons: [] })).good(200);
  (await next()).refused(403, "forbidden");
});

test("17: a socket that opens while its owner is demoted does not keep what he may not see any more", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const sam = await hire(company, "supervisor");
  const keeper = await hire(company, "supervisor");
  const conversation = await write(company);
  await keeper.take(conversation);
  const told = await keeper.listen(company.path("/live"));
  for (let round = 0; round < 5; round += 1) {
    const opening = [sam.listen(company.path("/live")), sam.listen(sam.at(conversation, "/live"))];
    const demoted = setRoles(administrator, sam, ["agent"]);
    const opened = (await Promise.allSettled(opening)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    (await demoted).good(200);
    const secret = unique("not for agents");
    await keeper.reply(conversation, secret);
    await until(() => told.texts.some((text) => text.includes(secret)), "the keeper's feed tells it");
    for (const listener of opened) {
      listener.send("ping");
      const settled = () => listener.socket.readyState !== WebSocket.OPEN || listener.texts.includes("pong");
      await until(settled, "the socket is closed, or answers");
      assert.ok(!listener.texts.some((text) => text.includes(secret)));
      listener.close();
    }
    (await setRoles(administrator, sam, ["supervisor"])).good(200);
  }
  told.close();
});

test("18: keys are rotated in two steps: the old one is good while it is in the ring, and not after", async (t) => {
  const state = stateFolder();
  t.after(() => state.remove());
  const [old, fresh] = [key("old"), key("new")];
  /**
   * @template T
   * @param {string} sessionKeys
   * @param {(desk: Desk) => Promise<T>} use
   */
  const withKeys = async (sessionKeys, use) => {
    const rotating = await startDesk({ state: state.folder, sessionKeys, linkKeys: old });
    try {
      return await use(rotating);
    } finally {
      await rotating.stop();
    }
  };
  /** @param {Desk} where @param {string} token */
  const ask = async (where, token) => (await program(where, token).get("/api/companies")).status;
  const first = await withKeys(old, async (one) => (await found(one)).administrator);
  const credentials = { email: first.email, password: PASSWORD };
  const second = await withKeys(`${fresh},${old}`, async (one) => {
    assert.equal(await ask(one, first.session), 200, "the old key is in the ring");
    return (await anonymous(one).post("/api/tokens", credentials)).good(201).token;
  });
  assert.equal(JSON.parse(Buffer.from(second.split(".")[0], "base64url").toString()).kid, "new");
  await withKeys(fresh, async (one) => {
    assert.equal(await ask(one, second), 200);
    assert.equal(await ask(one, first.session), 401, "the old key is retired");
    (await anonymous(one).post("/api/session", credentials)).good(200);
  });
});

test("changing one's password closes the sockets of all other sessions within a second, wherever one works", async () => {
  const [company, second] = [await found(desk), await found(desk)];
  const [conversation, theirs] = [await write(company), await write(second)];
  const sam = await hire(company, "supervisor");
  const there = await joins(second, sam, ["supervisor"]);
  const bearer = await asProgram(sam);
  const own = [...(await sockets(sam, company, conversation)), ...(await sockets(sam, second, theirs))];
  const gone = [...(await sockets(bearer, company, conversation)), ...(await sockets(there, second, theirs))];
  const others = await sockets(company.administrator, company, conversation);
  (await sam.put("/api/password", { current: PASSWORD, password: OTHER })).good(204);
  await assertClosed(gone, 4401);
  for (const session of [bearer, there]) (await session.get("/api/companies")).refused(401, "not_signed_in");
  (await sam.get(second.path("/me"))).good(200);
  await assertAllOpen([...own, ...others]);
});

test("a password that is set by a link closes all sockets of the person within a second, wherever he works", async () => {
  const [company, second] = [await found(desk), await found(desk)];
  const [conversation, theirs] = [await write(company), await write(second)];
  const sam = await hire(company, "supervisor");
  const there = await joins(second, sam, ["supervisor"]);
  const mine = [...(await sockets(sam, company, conversation)), ...(await sockets(there, second, theirs))];
  const others = await sockets(second.administrator, second, theirs);
  (await stranger.post("/api/password/forgot", { email: sam.email })).good(202);
  const token = String(linkIn(await mailTo(desk, sam.email, "new password")).split("/password/reset/")[1]);
  for (const listener of mine) await assertOpen(listener);
  (await stranger.post("/api/password/reset", { token, password: OTHER })).good(200);
  await assertClosed(mine, 4401);
  await assertWorthless(sam.session, company, "another password");
  await assertWorthless(there.session, second, "another password");
  await assertAllOpen(others);
});

// spec: G2
test("a temporary password ends all sessions of the person, and closes their sockets within a second", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const sam = await hire(company, "supervisor");
  const bearer = await asProgram(sam);
  const mine = [
    ...(await sockets(sam, company, conversation)),
    ...(await sockets(bearer, company, conversation)),
  ];
  const others = await sockets(company.administrator, company, conversation);
  const { administrator } = company;
  (
    await administrator.post(at(administrator, sam, "/password-reset"), { temporary_password: "tempword" })
  ).good(200);
  await assertClosed(mine, 4401);
  for (const session of [sam, bearer]) {
    (await session.get("/api/companies")).refused(401, "not_signed_in");
    await assert.rejects(session.listen(company.path("/live")), { status: 401 });
  }
  await assertAllOpen(others);
});

// spec: G5
test("a forced change of password closes the person's sockets within a second, there and nowhere else", async () => {
  const [company, second] = [await found(desk), await found(desk)];
  const [conversation, theirs] = [await write(company), await write(second)];
  const sam = await hire(company, "supervisor");
  const there = await joins(second, sam, ["supervisor"]);
  const bearer = await asProgram(sam);
  const mine = [
    ...(await sockets(sam, company, conversation)),
    ...(await sockets(bearer, company, conversation)),
  ];
  const elsewhere = [...(await sockets(sam, second, theirs)), ...(await sockets(there, second, theirs))];
  const { administrator } = company;
  (await administrator.post(at(administrator, sam, "/force-password-change"))).good(204);
  await assertClosed(mine, 4401);
  for (const session of [sam, bearer]) {
    (await session.get(company.path("/me"))).refused(401, "not_signed_in");
    await assert.rejects(session.listen(company.path("/live")), { status: 401 });
    (await session.get(second.path("/me"))).good(200);
  }
  await assertAllOpen(elsewhere);
});

test("whatever an administrator does to a person, his sessions and his membership at another company stay", async () => {
  const [here, there] = [await found(desk), await found(desk)];
  const { administrator } = here;
  const conversation = await write(there);
  const sam = await hire(here, "supervisor");
  const atOther = await joins(there, sam, ["supervisor"]);
  await atOther.take(conversation);
  const membership = async () => {
    const {
      presence: _p,
      last_seen_at: _l,
      ...rest
    } = (await there.administrator.get(there.path(`/agents/${atOther.id}`))).good(200);
    return rest;
  };
  const before = await membership();
  const listeners = [
    ...(await sockets(sam, there, conversation)),
    ...(await sockets(atOther, there, conversation)),
  ];
  const sessions = async () => (await atOther.get("/api/sessions")).good(200).items.length;
  const open = await sessions();

  const deeds = [
    () => administrator.patch(at(administrator, sam), { name: "Nobody", function: "None", language: "fr" }),
    () => setRoles(administrator, sam, ["agent"]),
    () => administrator.patch(at(administrator, sam), { add_ons: ["dispenser"], max_chats: 1 }),
    () => administrator.post(at(administrator, sam, "/force-password-change")),
    () => administrator.post(at(administrator, sam, "/password-reset")),
    () => disable(administrator, sam),
    () => enable(administrator, sam),
    () => disable(administrator, sam),
    () => administrator.delete(at(administrator, sam)),
  ];
  for (const deed of deeds) {
    const answer = await deed();
    answer.good();
    for (const session of [sam, atOther]) {
      assert.equal((await session.get(there.path("/me"))).status, 200, answer.request);
    }
    for (const listener of listeners) await assertOpen(listener);
    assert.equal(await sessions(), open, answer.request);
    assert.deepEqual(await membership(), before, answer.request);
  }
  assert.equal((await atOther.read(conversation)).assignee.id, atOther.id);
  const { companies, must_change_password } = (await signIn(sam.email)).good(200);
  assert.deepEqual([companies.length, companies[0].slug, must_change_password], [1, there.slug, false]);

  // What is another company's has no address here.
  for (const [method, rest, body] of /** @type {[string, string, unknown][]} */ ([
    ["GET", "", undefined],
    ["PATCH", "", { roles: ["agent"] }],
    ["PUT", "/disabled", { transfer_to: "queue" }],
    ["DELETE", "/disabled", undefined],
    ["POST", "/password-reset", {}],
    ["POST", "/force-password-change", undefined],
    ["DELETE", "", undefined],
  ])) {
    for (const company of [here, there]) {
      const path = company.path(`/agents/${atOther.id}${rest}`);
      (await administrator.request(method, path, body)).refused(404, "not_found");
    }
  }
  assert.deepEqual(await membership(), before);
  await assertAllOpen(listeners);
});

test("an administrator does not rename a person at another company", async () => {
  const [here, there] = [await found(desk), await found(desk)];
  const sam = await hire(here, "agent");
  const atOther = await joins(there, sam);
  const name = async () => {
    const { first_name, last_name } = (await there.administrator.get(at(there.administrator, atOther))).good(
      200,
    );
    return [first_name, last_name];
  };
  const before = await name();
  const { status } = await here.administrator.patch(at(here.administrator, sam), {
    first_name: "Rude",
    last_name: "Word",
  });
  assert.ok(status === 200 || status === 409 || status === 403, `${status}`);
  assert.deepEqual(await name(), before);
});

test("one company's role change leaves the sockets at another open", async () => {
  const [here, there] = [await found(desk), await found(desk)];
  const conversation = await write(there);
  const sam = await hire(here, "supervisor");
  await joins(there, sam, ["supervisor"]);
  const elsewhere = await sockets(sam, there, conversation);
  const feed = await sam.listen(here.path("/live"));
  (await setRoles(here.administrator, sam, ["agent"])).good(200);
  await assertClosed([feed], 1012);
  (await sam.patch(there.path(), { description: unique("Lamps") })).good(200);
  await assertAllOpen(elsewhere);
});

test("a new person who is invited has no session before he accepts", async () => {
  const company = await found(desk);
  const email = address("new");
  const body = { email, roles: ["agent"], send_email: false };
  const answer = await company.administrator.post(company.path("/agents"), body);
  answer.good(201);
  assert.equal(answer.header("set-cookie"), null);
  const rows = await desk.sql(
    `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = '${email}'`,
  );
  assert.deepEqual(rows, []);
});
