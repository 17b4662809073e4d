// Signing up, in and out.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous, browser, program } from "../support/actors.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { ROUTES } from "../support/routes.mjs";
import {
  address,
  asProgram,
  found,
  hire,
  invite,
  PASSWORD,
  signUp,
  unique,
  write,
} from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);

/** @param {Record<string, unknown>} [changes] */
const register = (changes) => stranger.post("/api/signup", signUp(changes));

/** @param {unknown} email @param {unknown} password */
const signIn = (email, password) => stranger.post("/api/session", { email, password });

// spec: A7 A13
test("signing up takes name, surname, company, e-mail, password and accepted terms; each is needed", async () => {
  const founded = (await register({ first_name: "Zoé", last_name: "N'Diaye" })).good(201);
  assert.deepEqual(founded.company.roles, ["administrator"]);
  assert.equal(founded.me.first_name, "Zoé");
  assert.equal(founded.me.last_name, "N'Diaye");

  for (const field of ["first_name", "last_name", "company", "email", "password", "accept_terms"]) {
    (await register({ [field]: undefined })).refusedField(field, "required");
  }
  for (const field of ["first_name", "last_name", "company"]) {
    (await register({ [field]: "  " })).refusedField(field, "required");
    (await register({ [field]: "two\nlines" })).refusedField(field);
    (await register({ [field]: "x".repeat(201) })).refusedField(field);
  }
  for (const email of [
    "ada",
    "ada@",
    "@people.example",
    "ada @people.example",
    "ada@people.example\r\nBcc: x@y.example",
  ]) {
    (await register({ email })).refusedField("email");
  }
  (await register({ accept_terms: false })).refusedField("accept_terms");
  (await register({ accept_terms: "yes" })).refusedField("accept_terms");
  (await register({ phone: "1" })).refusedField("phone", "unknown_field");
});

test("all faults of a form are told at once, and nobody is signed up", async () => {
  const email = address("eva");
  const problem = (await register({ email, first_name: "", company: "", accept_terms: false })).refused(422);
  const fields = problem.errors.map((/** @type {any} */ error) => error.field);
  assert.deepEqual(fields.sort(), ["accept_terms", "company", "first_name"]);
  (await signIn(email, PASSWORD)).refused(401, "wrong_credentials");
});

test("whoever signed up is signed in, as administrator of the new company", async () => {
  const form = signUp();
  const answer = await stranger.post("/api/signup", form);
  const { company } = answer.good(201);
  const ada = browser(desk, "edgedesk", String(answer.cookie("edgedesk")?.value));
  assert.deepEqual((await ada.get("/api/companies")).good(200).items, [company]);
  const me = (await ada.get(`/api/companies/${company.slug}/me`)).good(200);
  assert.deepEqual([me.email, me.roles], [form.email, ["administrator"]]);
});

// spec: A8 G7
test("each listed special character suffices in a password, and one is needed", async () => {
  for (const special of "$#§/\\[]{}!,.") {
    const password = `a Lamp by the sea${special}`;
    const { email } = (await register({ password })).good(201).me;
    (await signIn(email, password)).good(200);
  }
  for (const password of ["a Lamp by the sea", "a Lamp by the sea?", "a Lamp by the sea-_%&*"]) {
    (await register({ password })).refusedField("password", "password_special");
  }
});

test("a password may be long, but neither short, endless nor obvious", async () => {
  for (const length of [64, 128]) {
    const password = "ab cdefg!é".repeat(13).slice(0, length);
    const { email } = (await register({ password })).good(201).me;
    (await signIn(email, password)).good(200);
    (await signIn(email, `${password.slice(0, -1)}x`)).refused(401);
  }
  for (const password of ["Ab3!xyz", "x!".repeat(2_048), "Password1234!", ""]) {
    (await register({ password })).refusedField("password");
  }
  const company = unique("Rosewood Furniture");
  (await register({ company, password: `${company}!` })).refusedField("password");
});

test("a password counts to its last character, case and blank", async () => {
  const password = `${"a Lamp by the sea ".repeat(5)}!Z `;
  const { email } = (await register({ password })).good(201).me;
  (await signIn(email, password)).good(200);
  for (const wrong of [
    password.trimEnd(),
    password.toLowerCase(),
    `${password.slice(0, -2)}Y `,
    `${password} `,
  ]) {
    (await signIn(email, wrong)).refused(401);
  }
});

// spec: A10
test("the URL is made from the company's name", async () => {
  const tail = unique("x");
  const { company } = (await register({ company: `Zoé & Söhne ${tail}` })).good(201);
  assert.match(company.slug, new RegExp(`^zoe-[a-z-]*${tail}$`));
  (await stranger.get(`/${company.slug}`)).good(200);
  for (const name of ["株式会社", "ab"]) {
    const { slug } = (await register({ company: name })).good(201).company;
    assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  }
});

// spec: A11
test("the URL can be chosen, if it is one", async () => {
  const slug = unique("chosen");
  assert.equal((await register({ slug })).good(201).company.slug, slug);
  for (const bad of [
    "a",
    "With Blank",
    "UPPER",
    "-first",
    "last-",
    "two--hyphens",
    "../up",
    "аcme",
    "x".repeat(64),
  ]) {
    (await register({ slug: bad })).refusedField("slug");
  }
});

// spec: A12
test("a taken URL is refused with another one, which works", async () => {
  const slug = unique("taken");
  (await register({ slug })).good(201);
  const refusal = (await register({ slug })).refused(409, "slug_taken");
  assert.notEqual(refusal.suggestion, slug);
  assert.equal((await register({ slug: refusal.suggestion })).good(201).company.slug, refusal.suggestion);

  const company = unique("Same Name");
  (await register({ company })).good(201);
  const again = (await register({ company })).refused(409, "slug_taken");
  (await register({ company, slug: again.suggestion })).good(201);
});

test("no company gets a URL of our own pages, but another one is offered", async () => {
  const ours = ROUTES.map(({ path }) => path.split("/")[1] ?? "").filter(
    (first) => first && !first.startsWith("{"),
  );
  assert.ok(ours.includes("api") && ours.includes("register"));
  for (const slug of new Set([...ours, "vendor", "styles", "admin"])) {
    const { suggestion } = (await register({ slug })).refused(409, "slug_taken");
    assert.equal((await stranger.get(`/api/slugs/${suggestion}`)).good(200).available, true);
  }
});

test("whether a URL is free can be asked before", async () => {
  const slug = unique("asked");
  assert.deepEqual((await stranger.get(`/api/slugs/${slug}`)).good(200), { slug, available: true });
  (await register({ slug })).good(201);
  const taken = (await stranger.get(`/api/slugs/${slug}`)).good(200);
  assert.equal(taken.available, false);
  assert.equal((await stranger.get(`/api/slugs/${taken.suggestion}`)).good(200).available, true);
  assert.equal((await stranger.get("/api/slugs/Not%20one")).good(200).available, false);
});

test("of ten who want a URL at once one gets it, the others are offered something else", async () => {
  const slug = unique("contested");
  const answers = await Promise.all(Array.from({ length: 10 }, () => register({ slug })));
  assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
  for (const answer of answers.filter((one) => one.status !== 201)) {
    assert.match(answer.refused(409, "slug_taken").suggestion, /^[a-z0-9-]+$/);
  }
});

test("an address is one account: its owner adds companies, nobody else does", async () => {
  const email = address("ada");
  (await register({ email })).good(201);
  const second = (await register({ email })).good(201);
  const { companies } = (await signIn(email, PASSWORD)).good(200);
  assert.equal(companies.length, 2);
  assert.equal(second.me.email, email);
  (await register({ email, password: "another § password" })).refused(409, "email_taken");
});

// spec: E9
test("the e-mail address is the login, whatever its case and the blanks around it", async () => {
  const form = signUp();
  const founded = (
    await stranger.post("/api/signup", { ...form, email: ` ${form.email.toUpperCase()} ` })
  ).good(201);
  assert.equal(founded.me.email, form.email);
  const { user, companies } = (await signIn(`  ${form.email.toUpperCase()} `, PASSWORD)).good(200);
  assert.equal(user.email, form.email);
  assert.deepEqual(companies, [founded.company]);
});

// spec: A9
test("a wrong e-mail and a wrong password get the same answer, to the byte", async () => {
  const company = await found(desk);
  const { email } = company.administrator;
  const invited = await invite(company, ["agent"]);
  for (const path of ["/api/session", "/api/tokens"]) {
    (await stranger.post(path, { email, password: PASSWORD })).good();
    const wrong = await stranger.post(path, { email, password: `${PASSWORD}!` });
    assert.ok(wrong.refused(401, "wrong_credentials").detail);
    assert.equal(wrong.header("set-cookie"), null);
    for (const other of [address("nobody"), "no address", "", invited.email, "x".repeat(5_000)]) {
      const answer = await stranger.post(path, { email: other, password: PASSWORD });
      assert.equal(answer.status, 401);
      assert.equal(answer.text, wrong.text, other);
      assert.deepEqual(answer.plainHeaders, wrong.plainHeaders);
    }
    const endless = await stranger.post(path, { email, password: "x!".repeat(4_096) });
    assert.equal(endless.text, wrong.text);
  }
});

test("the cookie is kept from scripts and other sites; over HTTPS it is bound to the host", async () => {
  const { email } = (await register()).good(201).me;
  const answer = await signIn(email, PASSWORD);
  const local = answer.cookie("edgedesk");
  const attributes = local?.attributes.filter((attribute) => !attribute.startsWith("Max-Age"));
  assert.deepEqual(attributes?.sort(), ["HttpOnly", "Path=/", "SameSite=Lax"]);

  const secure = await desk.runtime.mf.dispatchFetch("https://desk.example/api/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  assert.equal(secure.status, 200);
  const [cookie = ""] = secure.headers.getSetCookie();
  assert.match(cookie, /^__Host-edgedesk=/);
  const parts = cookie
    .split("; ")
    .slice(1)
    .filter((part) => !part.startsWith("Max-Age"));
  assert.deepEqual(parts.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
});

test("over HTTPS a cookie without the prefix, which a neighbouring host could set, signs nobody in", async () => {
  const { administrator } = await found(desk);
  const ask = async (/** @type {string} */ cookie) => {
    const headers = { cookie: `${cookie}=${administrator.session}` };
    return (await desk.runtime.mf.dispatchFetch("https://desk.example/api/companies", { headers })).status;
  };
  assert.equal(await ask("__Host-edgedesk"), 200);
  assert.equal(await ask("edgedesk"), 401);
});

test("a token for a program signs in without a cookie, and says how long", async () => {
  const { administrator } = await found(desk);
  const { email } = administrator;
  const answer = await stranger.post("/api/tokens", { email, password: PASSWORD });
  const { token, expires_at } = answer.good(201);
  assert.equal(answer.cookie("edgedesk"), undefined);
  assert.ok(Date.parse(expires_at) > Date.now());
  (await program(desk, token).get("/api/companies")).good(200);
  (await stranger.get("/api/companies")).refused(401, "not_signed_in");
});

test("a token that was tampered with signs nobody in", async () => {
  const { administrator } = await found(desk);
  const token = administrator.session;
  const [head = "", claims = "", signature = ""] = token.split(".");
  const none = Buffer.from('{"alg":"none","kid":"a"}').toString("base64url");
  const other = Buffer.from(claims, "base64url")
    .toString()
    .replace(/"exp":\d/, '"exp":9');
  const longer = Buffer.from(other).toString("base64url");
  (await program(desk, token).get("/api/companies")).good(200);
  const first = signature.startsWith("A") ? "B" : "A";
  for (const forged of [
    "",
    "x",
    `${head}.${claims}.`,
    `${head}.${claims}`,
    `${none}.${claims}.`,
    `${none}.${claims}.${signature}`,
    `${head}.${longer}.${signature}`,
    `${head}.${claims}.${first}${signature.slice(1)}`,
  ]) {
    (await program(desk, forged).get("/api/companies")).refused(401, "not_signed_in");
    (await browser(desk, "edgedesk", forged).get("/api/companies")).refused(401, "not_signed_in");
  }
});

test("signing out ends this session at once, and no other one", async () => {
  const { administrator } = await found(desk);
  const elsewhere = await asProgram(administrator);
  const stolen = program(desk, administrator.session);
  (await administrator.get("/api/companies")).good(200);
  (await stolen.get("/api/companies")).good(200);

  const answer = await administrator.delete("/api/session");
  answer.good(204);
  assert.equal(answer.cookie("edgedesk")?.value, "");
  (await administrator.get("/api/companies")).refused(401, "not_signed_in");
  (await stolen.get("/api/companies")).refused(401, "not_signed_in");
  (await stolen.get(administrator.path("/me"))).refused(401, "not_signed_in");
  (await elsewhere.get("/api/companies")).good(200);
  (await administrator.delete("/api/session")).refused(401, "not_signed_in");
});

test("signing out closes this session's sockets within a second, and no other's", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const sam = await hire(company, "supervisor");
  const elsewhere = await asProgram(sam);
  const live = sam.at(conversation, "/live");
  const feed = sam.path("/live");
  const mine = await Promise.all([sam.listen(live), sam.listen(feed)]);
  const others = await Promise.all([
    elsewhere.listen(live),
    elsewhere.listen(feed),
    company.administrator.listen(live),
    conversation.listen(conversation.path("/live")),
  ]);

  (await sam.delete("/api/session")).good(204);
  for (const listener of mine) assert.equal(await listener.closed(1), 4401);
  await assert.rejects(sam.listen(live), { status: 401 });
  await conversation.write("Still there?");
  const [theirs, , administrators, customers] = others;
  for (const listener of [theirs, administrators, customers]) await listener?.hearsMessage("Still there?");
  await until(
    () => others[1]?.events.some(({ event }) => event.conversation?.preview === "Still there?"),
    "the feed goes on",
  );
  for (const listener of others) listener.close();
});

test("signing out ends the session at every company of the person", async () => {
  const first = await found(desk);
  const ada = first.administrator;
  const { slug } = (await ada.post("/api/companies", { company: unique("Second") })).good(201);
  const feeds = [await ada.listen(first.path("/live")), await ada.listen(`/api/companies/${slug}/live`)];
  (await ada.delete("/api/session")).good(204);
  for (const feed of feeds) assert.equal(await feed.closed(1), 4401);
});

test("a socket that opens while its session ends does not outlive it", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  for (let round = 0; round < 10; round += 1) {
    const session = await asProgram(company.administrator);
    const opening = [
      session.listen(company.administrator.at(conversation, "/live")),
      session.listen(company.path("/live")),
    ];
    const signedOut = session.delete("/api/session");
    const opened = (await Promise.allSettled(opening)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    (await signedOut).good(204);
    for (const listener of opened) assert.equal(await listener.closed(2), 4401);
  }
});

test("passwords are stored as salted argon2id of the recommended cost", async () => {
  const first = (await register()).good(201).me;
  const second = (await register()).good(201).me;
  const rows = await desk.sql(`SELECT password_hash FROM users WHERE id IN ('${first.id}', '${second.id}')`);
  const [one = "", two = ""] = rows.map((row) => String(row.password_hash));
  for (const hash of [one, two])
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{20,}\$[\w+/]{40,}$/);
  assert.notEqual(one, two);
});
