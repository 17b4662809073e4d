// The security checklist, items 1 to 10: passwords, lock-out, second factor, and help from an administrator.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous, browser, program } from "../support/actors.mjs";
import { linkIn, mailsTo, startDesk, until } from "../support/desk.mjs";
import { codeOf } from "../support/totp.mjs";
import {
  address,
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
 * @typedef {import("../support/actors.mjs").Answer} Answer
 * @typedef {import("../support/actors.mjs").Actor} Actor
 * @typedef {import("../support/world.mjs").Company} Company
 */

const MINUTE = 60_000;
const SPECIAL = [..."$#§/\\[]{}!,."];
/** Good as a temporary password only: short, and nothing special in it. */
const TEMPORARY = "tempword";

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);

/** @param {Record<string, unknown>} [changes] */
const register = (changes) => stranger.post("/api/signup", signUp(changes));

/** @param {unknown} email @param {unknown} [password] @param {string} [otp] */
const signIn = (email, password = PASSWORD, otp = undefined) =>
  stranger.post("/api/session", { email, password, otp });

/** @param {string} token @param {Record<string, unknown>} [body] */
const accept = (token, body = { password: PASSWORD }) => stranger.post(`/api/invitations/${token}`, body);

/** @param {string} token @param {unknown} password */
const reset = (token, password) => stranger.post("/api/password/reset", { token, password });

/** @param {Actor} who @param {unknown} password @param {unknown} [current] */
const change = (who, password, current = PASSWORD) => who.put("/api/password", { current, password });

/** @param {string} email @param {Record<string, string>} [headers] */
const forgot = (email, headers = {}) => stranger.with(headers).post("/api/password/forgot", { email });

/** @param {string} email */
const resetMails = async (email) =>
  (await mailsTo(desk, email)).filter(({ subject }) => subject.includes("new password"));

/** @param {string} url */
const tokenIn = (url) => String(url.split("/password/reset/")[1]);

/**
 * The token of a link that is mailed to whoever says that he forgot his password.
 *
 * @param {string} email
 */
async function mailedToken(email) {
  const before = (await resetMails(email)).length;
  (await forgot(email)).good(202);
  const mail = await until(async () => (await resetMails(email))[before], "the link is mailed");
  return tokenIn(linkIn(mail));
}

/** @param {Member} by @param {Member} whom @param {Record<string, unknown>} [body] */
const help = (by, whom, body) => by.post(by.path(`/agents/${whom.id}/password-reset`), body);

/** @param {Member} by @param {Member} whom */
const force = (by, whom) => by.post(by.path(`/agents/${whom.id}/force-password-change`));

/**
 * The token of a link that the administrator hands over.
 *
 * @param {Member} whom
 */
async function handedToken(whom) {
  const answer = await help(whom.company.administrator, whom, { send_email: false });
  return tokenIn(answer.good(200).reset_url);
}

/**
 * The same person in another session.
 *
 * @param {Member} person
 * @param {Answer} signedIn
 */
function again(person, signedIn) {
  signedIn.good(200);
  return new Member(person.company, { ...person, session: String(signedIn.cookie("edgedesk")?.value) });
}

/**
 * Lets somebody join another company, too.
 *
 * @param {Company} company
 * @param {Member} person
 * @param {string[]} [roles]
 */
async function joins(company, person, roles = ["agent"]) {
  const { token } = await invite(company, roles, { email: person.email });
  const answer = await accept(token, { password: person.password });
  answer.good(200);
  return member(company, answer, person);
}

/** @param {Company} company @param {Record<string, unknown>} policy */
async function setPolicy(company, policy) {
  const answer = await company.administrator.patch(company.path(), { password_policy: policy });
  return answer.good(200).password_policy;
}

/**
 * One who has not joined yet, one who is disabled, one who was removed.
 *
 * @param {Company} company
 */
async function notWorking(company) {
  const { administrator } = company;
  const invited = await invite(company, ["agent"]);
  const [disabled, removed] = [await hire(company, "agent"), await hire(company, "agent")];
  (await administrator.put(company.path(`/agents/${disabled.id}/disabled`), {})).good(200);
  (await administrator.delete(company.path(`/agents/${removed.id}`))).good(204);
  return { invited, disabled, removed };
}

/**
 * A code that is not the one of now, nor of any moment near.
 *
 * @param {string} secret
 */
function wrongCode(secret) {
  const near = [-2, -1, 0, 1, 2].map((later) => codeOf(secret, later));
  return String(
    ["111111", "222222", "333333", "444444", "555555", "666666"].find((one) => !near.includes(one)),
  );
}

/**
 * Turns somebody's second factor on. The code of the step after now is unused then.
 *
 * @param {Member} person
 * @returns {Promise<{ secret: string, codes: string[], used: string }>}
 */
async function enrol(person) {
  const { secret } = (await person.post("/api/second-factor", { password: person.password })).good(201);
  const used = codeOf(secret);
  const { recovery_codes } = (await person.put("/api/second-factor", { code: used })).good(200);
  return { secret, codes: recovery_codes, used };
}

/** @param {Answer[]} answers */
const statuses = (answers) => answers.map(({ status }) => status).sort();

/** @param {number} count @param {number} status */
const times = (count, status) => Array.from({ length: count }, () => status);

/** @param {Answer} one @param {Answer} other */
function assertSame(one, other) {
  assert.equal(one.status, other.status);
  assert.equal(one.text, other.text);
  assert.deepEqual(one.plainHeaders, other.plainHeaders);
}

// spec: A8 G7
test("1: a password without a special character is refused wherever one is chosen", async () => {
  const plain = "a Lamp by the sea?";
  (await register({ password: plain })).refusedField("password", "password_special");
  const company = await found(desk);
  const { token } = await invite(company, ["agent"]);
  (await accept(token, { password: plain })).refusedField("password", "password_special");
  const sam = await hire(company, "agent");
  (await change(sam, plain)).refusedField("password", "password_special");
  (await reset(await mailedToken(sam.email), plain)).refusedField("password", "password_special");
  (await signIn(sam.email)).good(200);
});

// spec: A8 G7
test("1: each listed special character suffices alone, wherever a password is chosen", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  let current = PASSWORD;
  for (const special of SPECIAL) {
    const password = `a Lamp by the sea${special}`;
    (await change(sam, password, current)).good(204);
    current = password;
    (await accept((await invite(company, ["agent"])).token, { password })).good(200);
  }
  const link = await handedToken(sam);
  (await reset(link, `the sea by a Lamp${SPECIAL[2]}`)).good(200);
});

test("2: seven characters are too few, 64 and 128 are fine, 4 KiB are refused", async () => {
  const sam = await hire(await found(desk), "agent");
  const token = await mailedToken(sam.email);
  const { token: invitation } = await invite(sam.company, ["agent"]);
  /** @param {string} password @param {string} fault */
  const refused = async (password, fault) => {
    (await register({ password })).refusedField("password", fault);
    (await accept(invitation, { password })).refusedField("password", fault);
    (await change(sam, password)).refusedField("password", fault);
    (await reset(token, password)).refusedField("password", fault);
  };
  for (const short of ["", "Ab3!xyz", "Ab3!xyz.89§"]) await refused(short, "password_too_short");
  for (const long of ["ab c!é".repeat(43), "ab c!ef§".repeat(512)]) await refused(long, "password_too_long");

  for (const length of [12, 64, 128, 256]) {
    const password = [..."ab c§é!😀".repeat(32)].slice(0, length).join("");
    assert.equal([...password].length, length);
    const { email } = (await register({ password })).good(201).me;
    (await signIn(email, password)).good(200);
  }
  (await signIn(sam.email, "ab c!ef§".repeat(512))).refused(401, "wrong_credentials");
  (await reset(token, OTHER)).good(200);
});

/**
 * Those of these passwords that are taken for a new one.
 *
 * @param {Member} person
 * @param {string[]} passwords
 */
async function taken(person, passwords) {
  const accepted = [];
  let token = await handedToken(person);
  for (const password of passwords) {
    const answer = await reset(token, password);
    if (answer.status !== 422) {
      answer.good(200);
      accepted.push(password);
      token = await handedToken(person);
    } else {
      answer.refusedField("password", "password_obvious");
    }
  }
  return accepted;
}

test("3: what everybody guesses first is refused, however little the company asks for", async () => {
  const company = await found(desk);
  await setPolicy(company, { min_length: 8, special: false });
  const sam = await hire(company, "agent");
  const common = [
    "password",
    "password1",
    "12345678",
    "1234567890",
    "11111111",
    "sunshine",
    "football",
    "superman",
    "qwerty123",
    "1q2w3e4r",
    "abcd1234",
    "trustno1",
  ];
  assert.deepEqual(await taken(sam, common), []);
});

test("3: one's own e-mail address is no password, wherever it is chosen", async () => {
  const email = address("ada");
  (await register({ email, password: email })).refusedField("password", "password_obvious");
  const company = await found(desk);
  const invited = await invite(company, ["agent"]);
  (await accept(invited.token, { password: invited.email })).refusedField("password", "password_obvious");
  const sam = await hire(company, "agent");
  (await change(sam, sam.email)).refusedField("password", "password_obvious");
  assert.deepEqual(await taken(sam, [sam.email, `${sam.email.toUpperCase()}!`]), []);
});

test("3: the company's name and an exclamation mark are no password when signing up", async () => {
  const company = unique("Rosewood Furniture");
  (await register({ company, password: `${company}!` })).refusedField("password", "password_obvious");
});

for (const [how, choose] of /** @type {[string, (who: Member, password: string) => Promise<Answer>][]} */ ([
  ["accepting", async (who, password) => accept((await invite(who.company, ["agent"])).token, { password })],
  ["changing it", (who, password) => change(who, password)],
  ["setting it anew", async (who, password) => reset(await handedToken(who), password)],
])) {
  test(`3: the company's name and an exclamation mark are no password when ${how}`, async () => {
    const name = unique("Rosewood Furniture");
    const sam = await hire(await found(desk, { company: name }), "agent");
    (await choose(sam, `${name}!`)).refusedField("password", "password_obvious");
  });
}

test("4: a password counts to its last character, case and blank, also beyond the 72nd", async () => {
  const password = `${"a Lamp § by the sea ".repeat(5)}Z `;
  assert.ok(password.length > 80);
  const { email } = (await register({ password })).good(201).me;
  for (const wrong of [
    `${password.slice(0, 75)}${"x".repeat(password.length - 75)}`,
    `${password.slice(0, -2)}Y `,
    password.slice(0, 72),
    password.toLowerCase(),
    password.trimEnd(),
    `${password} `,
    ` ${password}`,
  ]) {
    (await signIn(email, wrong)).refused(401, "wrong_credentials");
  }
  (await signIn(email, password)).good(200);
});

test("5: a password is at rest as salted argon2id only, whichever way it came", async () => {
  const company = await found(desk);
  const [changed, renewed, helped, accepted] = [
    await hire(company, "agent"),
    await hire(company, "agent"),
    await hire(company, "agent"),
    await hire(company, "agent"),
  ];
  (await change(changed, OTHER)).good(204);
  (await reset(await mailedToken(renewed.email), OTHER)).good(200);
  (await help(company.administrator, helped, { temporary_password: OTHER })).good(200);
  const people = [company.administrator, changed, renewed, helped, accepted];
  const emails = people.map(({ email }) => `'${email}'`).join(", ");
  const rows = await desk.sql(`SELECT password_hash AS hash FROM users WHERE email IN (${emails})`);
  const hashes = rows.map(({ hash }) => String(hash));
  assert.equal(hashes.length, people.length);
  for (const hash of hashes) {
    assert.match(hash, /^\$argon2id\$v=19\$m=(19456|47104),t=[12],p=1\$[\w+/]{20,}\$[\w+/]{40,}$/);
  }
  assert.equal(new Set(hashes).size, people.length, "three have one password, and no hash in common");
});

test("6: unknown, wrong, disabled, removed and invited get the same answer, to the byte", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { invited, disabled, removed } = await notWorking(company);
  for (const path of ["/api/session", "/api/tokens"]) {
    const wrong = await stranger.post(path, { email: administrator.email, password: OTHER });
    assert.ok(wrong.refused(401, "wrong_credentials").detail);
    for (const email of [address("nobody"), disabled.email, removed.email, invited.email, "no address"]) {
      assertSame(await stranger.post(path, { email, password: PASSWORD }), wrong);
    }
  }
  (await administrator.delete(company.path(`/agents/${disabled.id}/disabled`))).good(200);
  (await signIn(disabled.email)).good(200);
});

test("6: whether there is such a user does not show in how long the answer takes", async () => {
  const company = await found(desk);
  const invited = await invite(company, ["agent"]);
  /** @param {() => string} email */
  const fastest = async (email) => {
    const durations = [];
    for (let round = 0; round < 6; round += 1) {
      const begun = performance.now();
      (await signIn(email(), OTHER)).refused(401);
      durations.push(performance.now() - begun);
    }
    return Math.min(...durations);
  };
  const known = await fastest(() => company.administrator.email);
  const unknown = await fastest(() => address("nobody"));
  const waiting = await fastest(() => invited.email);
  // The hash is most of it: where it were left out, the answer would take a small part of the time.
  for (const other of [unknown, waiting]) {
    assert.ok(other > known / 2 && other < known * 2, `${other} ms, and ${known} ms for a user`);
  }
});

/** @param {Answer} answer */
function assertTooOften(answer) {
  const problem = answer.refused(429, "too_often");
  const wait = Number(answer.header("retry-after"));
  assert.ok(Number.isInteger(wait) && wait > 0 && wait <= 15 * 60, `Retry-After: ${wait}`);
  assert.equal(problem.retry_after, wait);
  assert.equal(answer.header("set-cookie"), null);
}

/**
 * Wrong attempts that cost little: a password beyond every limit is wrong without being hashed.
 *
 * @param {string} email
 * @param {number} count
 */
async function failFast(email, count) {
  for (let n = 0; n < count; n += 1)
    (await signIn(email, "x!".repeat(200))).refused(401, "wrong_credentials");
}

/** @param {string} email @param {number} count */
async function fail(email, count) {
  for (let n = 0; n < count; n += 1) {
    const from = { "x-forwarded-for": `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` };
    const path = n % 2 ? "/api/session" : "/api/tokens";
    const answer = await stranger.with(from).post(path, { email, password: `${OTHER}${n}` });
    answer.refused(401, "wrong_credentials");
  }
}

test("7: after ten wrong passwords everybody has to wait, also with the right one, from wherever", async () => {
  const { administrator } = await found(desk);
  const { email } = administrator;
  const neighbour = (await found(desk)).administrator;
  await fail(email, 10);
  for (const path of ["/api/session", "/api/tokens"]) {
    for (const password of [PASSWORD, OTHER]) {
      for (const from of ["198.51.100.7", "2001:db8::7", "127.0.0.1"]) {
        const headers = { "x-forwarded-for": from, "x-real-ip": from, "cf-connecting-ip": from };
        assertTooOften(await stranger.with(headers).post(path, { email, password }));
      }
      assertTooOften(await stranger.post(path, { email: ` ${email.toUpperCase()} `, password }));
    }
  }
  (await signIn(neighbour.email)).good(200);
  (await administrator.get("/api/companies")).good(200);
});

test("7: an address that nobody has is locked just the same", async () => {
  const { administrator } = await found(desk);
  const nobody = address("nobody");
  await fail(administrator.email, 10);
  await fail(nobody, 10);
  const [known, unknown] = [await signIn(administrator.email), await signIn(nobody)];
  assertTooOften(known);
  assertTooOften(unknown);
  const same = (/** @type {Answer} */ answer) => ({ ...answer.body, retry_after: 0 });
  assert.deepEqual(same(unknown), same(known));
  assert.deepEqual([...unknown.headers.keys()], [...known.headers.keys()]);
});

test("7: the wait is a quarter of an hour from the first attempt, not longer", async () => {
  const { email } = (await found(desk)).administrator;
  await failFast(email, 10);
  assertTooOften(await signIn(email));
  await desk.sql(`UPDATE attempts SET since = since - ${15 * MINUTE - 20_000}`);
  const wait = Number((await signIn(email)).header("retry-after"));
  assert.ok(wait >= 1 && wait <= 20, `${wait} s`);
  await desk.sql("UPDATE attempts SET since = since - 20000");
  (await signIn(email)).good(200);
});

test("7: nine wrong passwords lock nobody out, and signing in forgets them", async () => {
  const { email } = (await found(desk)).administrator;
  for (let round = 0; round < 2; round += 1) {
    await fail(email, 9);
    (await signIn(email)).good(200);
  }
});

test("7: of thirty wrong passwords at once exactly ten are looked at", async () => {
  const { email } = (await found(desk)).administrator;
  const tries = Array.from({ length: 30 }, (_, n) => signIn(email, `${OTHER}${n}`));
  const answers = await Promise.all(tries);
  assert.deepEqual(statuses(answers), [...times(10, 401), ...times(20, 429)]);
  for (const answer of answers) {
    if (answer.status === 429) assertTooOften(answer);
    else answer.refused(401, "wrong_credentials");
  }
  assertTooOften(await signIn(email));
});

test("7: of thirty wrong passwords at once, given in five places, exactly ten are looked at", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { email } = administrator;
  const { token } = await invite(await found(desk), ["agent"], { email });
  const places = [
    () => signIn(email, OTHER),
    () => stranger.post("/api/tokens", { email, password: OTHER }),
    () => change(administrator, OTHER, `${OTHER}!`),
    () => administrator.post("/api/second-factor", { password: OTHER }),
    () => accept(token, { password: OTHER }),
  ];
  const answers = await Promise.all(Array.from({ length: 6 }, () => places.map((place) => place())).flat());
  assert.deepEqual(statuses(answers), [...times(10, 401), ...times(20, 429)]);
  for (const place of places) assertTooOften(await place());
  (await administrator.get(company.path())).good(200);
});

test("7: who is locked out gets in by a link to a new password", async () => {
  const { email } = (await found(desk)).administrator;
  await failFast(email, 10);
  assertTooOften(await signIn(email));
  (await reset(await mailedToken(email), OTHER)).good(200);
  (await signIn(email, OTHER)).good(200);
});

// spec: G2
test("7: who is locked out gets in by a temporary password", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  await failFast(sam.email, 10);
  (await help(company.administrator, sam, { temporary_password: TEMPORARY })).good(200);
  (await signIn(sam.email, TEMPORARY)).good(200);
});

test("7: signing up another company with the right password is no wrong attempt", async () => {
  const { email } = (await found(desk)).administrator;
  (await register({ email })).good(201);
  await failFast(email, 9);
  (await signIn(email)).good(200);
});

// spec: G1
test("8: forgotten passwords get the same answer, whether or not there is such a user", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { invited, disabled, removed } = await notWorking(company);
  const others = [address("nobody"), disabled.email, removed.email, invited.email];
  const answers = [];
  for (const email of others) answers.push(await forgot(email));
  const known = await forgot(` ${administrator.email.toUpperCase()} `);
  known.good(202);
  assert.equal(known.text, "");
  for (const answer of answers) assertSame(answer, known);
  await until(async () => (await resetMails(administrator.email)).length === 1, "the user is mailed");
  for (const email of others)
    assert.deepEqual(await resetMails(email), [], `${email} came before, and got no mail`);
});

test("8: a link to a new password works once, and ends all sessions", async () => {
  const { administrator } = await found(desk);
  const { email } = administrator;
  const token = await mailedToken(email);
  assert.match(token, /^[\w-]{22,}$/, "128 bits and more");
  (await signIn(email)).good(200);
  (await reset(token, "too short!")).refusedField("password", "password_too_short");
  (await administrator.get("/api/companies")).good(200);

  const done = await reset(token, OTHER);
  assert.deepEqual(done.good(200), { email });
  assert.equal(done.header("set-cookie"), null, "whoever has the link alone is not signed in");
  (await administrator.get("/api/companies")).refused(401, "not_signed_in");
  (await signIn(email)).refused(401, "wrong_credentials");
  (await signIn(email, OTHER)).good(200);
  (await reset(token, `${OTHER} again`)).refused(410, "link_gone");
  (await signIn(email, OTHER)).good(200);
});

test("8: of twenty who use a link at once one sets the password", async () => {
  const { email } = (await found(desk)).administrator;
  const token = await mailedToken(email);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => reset(token, `${OTHER} ${n}`)));
  assert.deepEqual(statuses(answers), [200, ...times(19, 410)]);
  const winner = answers.findIndex(({ status }) => status === 200);
  (await signIn(email, `${OTHER} ${winner}`)).good(200);
  (await signIn(email, `${OTHER} ${(winner + 1) % 20}`)).refused(401);
});

test("8: a link lasts an hour, and the newest one only", async () => {
  const { email } = (await found(desk)).administrator;
  const first = await mailedToken(email);
  const second = await mailedToken(email);
  (await reset(first, OTHER)).refused(410, "link_gone");
  const age = (/** @type {number} */ milliseconds) =>
    desk.sql(`UPDATE password_resets SET created_at = created_at - ${milliseconds},
      expires_at = expires_at - ${milliseconds}
      WHERE user_id = (SELECT id FROM users WHERE email = '${email}')`);
  await age(60 * MINUTE - 20_000);
  (await reset(second, "too short!")).refused(422);
  await age(20_000);
  (await reset(second, OTHER)).refused(410, "link_gone");
  (await signIn(email)).good(200);
});

test("8: a link is worth nothing once the password was changed by other means", async () => {
  const { administrator } = await found(desk);
  const token = await mailedToken(administrator.email);
  (await change(administrator, OTHER)).good(204);
  (await reset(token, `${OTHER} of a thief`)).refused(410, "link_gone");
  (await signIn(administrator.email, OTHER)).good(200);
});

test("8: what is no link sets nobody's password", async () => {
  const { email } = (await found(desk)).administrator;
  const token = await mailedToken(email);
  const gone = await reset("none", OTHER);
  gone.refused(410, "link_gone");
  for (const wrong of [
    "",
    " ",
    token.slice(0, -1),
    `${token}A`,
    token.toUpperCase(),
    "\0",
    "%",
    "x".repeat(3_000),
  ]) {
    assertSame(await reset(wrong, OTHER), gone);
  }
  for (const wrong of [null, 1, [token], { token }]) {
    const { status } = await stranger.post("/api/password/reset", { token: wrong, password: OTHER });
    assert.equal(status, 422);
  }
  (await signIn(email)).good(200);
  (await reset(token, OTHER)).good(200);
});

test("8: an hour brings five mails to an address, the answers stay the same", async () => {
  const { email } = (await found(desk)).administrator;
  const first = await forgot(email);
  first.good(202);
  for (let n = 0; n < 7; n += 1) assertSame(await forgot(email), first);
  const neighbour = (await found(desk)).administrator;
  await mailedToken(neighbour.email);
  await until(async () => (await resetMails(email)).length === 5, "five mails are there");
  await desk.sql(`UPDATE attempts SET since = since - ${60 * MINUTE}`);
  (await forgot(email)).good(202);
  await until(async () => (await resetMails(email)).length === 6, "an hour later there is one more");
});

// spec: N13
test("8: the mail leads to our own host and has no password in it, its token is at rest as a hash", async () => {
  const { email } = (await found(desk)).administrator;
  const evil = {
    "x-forwarded-host": "evil.example",
    forwarded: "host=evil.example",
    origin: "http://evil.example",
  };
  (await forgot(email, evil)).good(202);
  const mail = await until(async () => (await resetMails(email))[0], "the link is mailed");
  const link = linkIn(mail);
  assert.ok(link.startsWith(`${desk.url}/password/reset/`), link);
  assert.ok(!mail.text.includes("evil.example") && !mail.html.includes("evil.example"));
  assert.ok(!mail.text.includes(PASSWORD) && !mail.html.includes(PASSWORD));
  const rows = JSON.stringify(await desk.sql("SELECT * FROM password_resets"));
  assert.ok(!rows.includes(tokenIn(link)));
});

test("9: changing one's password takes the present one, and ends all other sessions", async () => {
  const { administrator } = await found(desk);
  const { email } = administrator;
  const elsewhere = again(administrator, await signIn(email));
  const { token } = (await stranger.post("/api/tokens", { email, password: PASSWORD })).good(201);
  const others = [elsewhere, program(desk, token)];

  (await administrator.put("/api/password", { password: OTHER })).refusedField("current", "required");
  (await change(administrator, OTHER, "")).refused(401, "wrong_credentials");
  (await change(administrator, OTHER, `${PASSWORD} `)).refused(401, "wrong_credentials");
  (await change(administrator, PASSWORD)).refusedField("password", "password_unchanged");
  (await change(stranger, OTHER)).refused(401, "not_signed_in");
  for (const session of others) (await session.get("/api/companies")).good(200);
  (await signIn(email, OTHER)).refused(401);

  (await change(administrator, OTHER)).good(204);
  for (const session of others) (await session.get("/api/companies")).refused(401, "not_signed_in");
  (await administrator.get("/api/companies")).good(200);
  (await signIn(email)).refused(401, "wrong_credentials");
  (await signIn(email, OTHER)).good(200);
});

test("9: after eight changes at once one password works, and it is none that was refused", async () => {
  const { administrator } = await found(desk);
  const wanted = Array.from({ length: 8 }, (_, n) => `${OTHER} ${n}`);
  const answers = await Promise.all(wanted.map((password) => change(administrator, password)));
  assert.ok(answers.some(({ status }) => status === 204));
  await desk.sql("DELETE FROM attempts");
  const works = await Promise.all(wanted.map((password) => signIn(administrator.email, password)));
  assert.deepEqual(statuses(works), [200, ...times(7, 401)]);
  assert.equal(answers[works.findIndex(({ status }) => status === 200)]?.status, 204);
  (await signIn(administrator.email)).refused(401);
});

test("9: another site cannot change a password", async () => {
  const { administrator } = await found(desk);
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: undefined },
    { "sec-fetch-site": "cross-site" },
  ]) {
    (await change(administrator.with(headers), OTHER)).refused(403, "cross_site");
  }
  (await signIn(administrator.email)).good(200);
});

test("10: no route lets an administrator set somebody's password for good", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const sam = await hire(company, "agent");
  const path = company.path(`/agents/${sam.id}`);
  for (const field of ["password", "password_hash", "new_password"]) {
    (await administrator.patch(path, { [field]: OTHER })).refusedField(field, "unknown_field");
    (await help(administrator, sam, { [field]: OTHER })).refusedField(field, "unknown_field");
  }
  for (const body of [{ email: sam.email }, { user_id: sam.id }, { agent_id: sam.id }]) {
    const answer = await administrator.put("/api/password", { current: PASSWORD, password: OTHER, ...body });
    answer.refusedField(String(Object.keys(body)[0]), "unknown_field");
  }
  const invitation = { email: address("x"), roles: ["agent"], password: OTHER, send_email: false };
  (await administrator.post(company.path("/agents"), invitation)).refusedField("password", "unknown_field");
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const { status } = await administrator.request(method, `${path}/password`, { password: OTHER });
    assert.ok(status === 404 || status === 405, `${method}: ${status}`);
  }
  (await administrator.put(`${path}/password-reset`, { temporary_password: OTHER })).refused(405);
  (await sam.get(sam.path("/me"))).good(200);
  (await signIn(sam.email)).good(200);
  (await signIn(administrator.email)).good(200);
});

// spec: G2 G3 N14
test("10: a temporary password need not follow the policy, but has to be changed before anything else", async () => {
  const company = await found(desk);
  await setPolicy(company, { min_length: 20, digit: true, mixed_case: true });
  const { administrator } = company;
  const { token, email } = await invite(company, ["supervisor"]);
  const first = "A Lamp § by the sea, 1";
  const accepted = await accept(token, { password: first });
  accepted.good(200);
  const before = await member(company, accepted, { email, password: first });
  const conversation = await write(company);

  assert.deepEqual((await help(administrator, before, { temporary_password: TEMPORARY })).good(200), {});
  (await before.get("/api/companies")).refused(401, "not_signed_in");
  (await signIn(email, first)).refused(401, "wrong_credentials");
  const answer = await signIn(email, TEMPORARY);
  const { must_change_password, companies } = answer.good(200);
  assert.equal(must_change_password, true);
  assert.deepEqual(
    companies.map((/** @type {any} */ one) => one.must_change_password),
    [true],
  );
  const sam = again(before, answer);
  await assertHasToChange(sam, conversation);

  (await change(sam, TEMPORARY, TEMPORARY)).refused(422);
  (await change(sam, OTHER, TEMPORARY)).refused(422);
  await assertHasToChange(sam, conversation);
  (await change(sam, "A Boat § on the lake 2", TEMPORARY)).good(204);
  (await sam.get(sam.path("/me"))).good(200);
  await sam.take(conversation);
  (await signIn(email, TEMPORARY)).refused(401);
  assert.equal((await signIn(email, "A Boat § on the lake 2")).good(200).must_change_password, false);
});

/**
 * That a member can do nothing at his company before he chooses another password.
 *
 * @param {Member} who
 * @param {import("../support/world.mjs").Customer} conversation
 */
async function assertHasToChange(who, conversation) {
  const required = [403, "password_change_required"];
  const path = who.at(conversation);
  for (const answer of [
    await who.get(who.path()),
    await who.get(who.path("/me")),
    await who.get(who.path("/agents")),
    await who.get(who.path("/conversations")),
    await who.get(path),
    await who.get(`${path}/events`),
    await who.post(`${path}/claim`, {}),
    await who.post(`${path}/messages`, { client_id: crypto.randomUUID(), body: "Hello" }),
    await who.patch(who.path("/me"), { function: "Support" }),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], required, answer.request);
  }
  await assert.rejects(who.listen(who.path("/live")), { status: 403 });
  await assert.rejects(who.listen(`${path}/live`), { status: 403 });
}

test("10: a temporary password has eight characters at least, and 256 at most", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  for (const temporary_password of ["", "seven c", "x".repeat(257)]) {
    const answer = await help(company.administrator, sam, { temporary_password });
    answer.refusedField("temporary_password");
  }
  (await sam.get(sam.path("/me"))).good(200);
  (await help(company.administrator, sam, { temporary_password: "eight ch" })).good(200);
  assert.equal((await signIn(sam.email, "eight ch")).good(200).must_change_password, true);
});

// spec: G1 G2 N13
test("an administrator helps by a link that is mailed, or handed over; the person chooses", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [mailed, handed] = [await hire(company, "agent"), await hire(company, "agent")];
  assert.deepEqual((await help(administrator, mailed)).good(200), {});
  const mail = await until(async () => (await resetMails(mailed.email))[0], "the link is mailed");
  const { reset_url } = (await help(administrator, handed, { send_email: false })).good(200);
  assert.ok(reset_url.startsWith(`${desk.url}/password/reset/`));
  assert.deepEqual(await resetMails(handed.email), []);
  for (const [person, url] of /** @type {[Member, string][]} */ ([
    [mailed, linkIn(mail)],
    [handed, reset_url],
  ])) {
    (await person.get(person.path("/me"))).good(200);
    (await reset(tokenIn(url), "a Lamp by the sea")).refusedField("password", "password_special");
    (await reset(tokenIn(url), OTHER)).good(200);
    (await reset(tokenIn(url), `${OTHER}!`)).refused(410);
    (await person.get(person.path("/me"))).refused(401);
    assert.equal((await signIn(person.email, OTHER)).good(200).must_change_password, false);
  }
});

// spec: G1 G5
test("supervisors help those below them, agents nobody; nobody helps his betters", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [supervisor, other] = [await hire(company, "supervisor"), await hire(company, "supervisor")];
  const [agent, colleague] = [await hire(company, "agent"), await hire(company, "agent")];
  const stranger = (await found(desk)).administrator;
  for (const [by, whom] of /** @type {[Member, Member][]} */ ([
    [agent, colleague],
    [agent, supervisor],
    [agent, administrator],
    [supervisor, other],
    [supervisor, administrator],
  ])) {
    for (const body of [{}, { send_email: false }, { temporary_password: TEMPORARY }]) {
      assert.equal((await help(by, whom, body)).refused(403, "forbidden").missing, "agent.reset_password");
    }
    assert.equal((await force(by, whom)).refused(403, "forbidden").missing, "agent.force_password_change");
  }
  for (const body of [{}, { temporary_password: TEMPORARY }]) {
    (await stranger.post(company.path(`/agents/${agent.id}/password-reset`), body)).refused(404, "not_found");
    (await stranger.post(stranger.path(`/agents/${agent.id}/password-reset`), body)).refused(
      404,
      "not_found",
    );
  }
  (await stranger.post(stranger.path(`/agents/${agent.id}/force-password-change`))).refused(404, "not_found");
  for (const person of [administrator, supervisor, other, agent, colleague]) {
    (await person.get(person.path("/me"))).good(200);
    assert.deepEqual(await resetMails(person.email), []);
  }

  assert.match((await help(supervisor, agent, { send_email: false })).good(200).reset_url, /reset/);
  (await help(supervisor, agent, { temporary_password: TEMPORARY })).good(200);
  (await signIn(agent.email, TEMPORARY)).good(200);
  (await force(supervisor, colleague)).good(204);
  (await colleague.get(colleague.path("/me"))).refused(401);
  (await force(administrator, supervisor)).good(204);
  (await supervisor.get(supervisor.path("/me"))).refused(401);
});

test("there is no help for who has not joined, or is disabled", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const invited = await invite(company, ["agent"]);
  const disabled = await hire(company, "agent");
  (await administrator.put(company.path(`/agents/${disabled.id}/disabled`), {})).good(200);
  for (const id of [invited.agent.id, disabled.id]) {
    for (const body of [{}, { send_email: false }, { temporary_password: TEMPORARY }]) {
      (await administrator.post(company.path(`/agents/${id}/password-reset`), body)).refused(
        409,
        "not_active",
      );
    }
    (await administrator.post(company.path(`/agents/${id}/force-password-change`))).refused(
      409,
      "not_active",
    );
  }
  (await signIn(invited.email, TEMPORARY)).refused(401);
  (await signIn(disabled.email, TEMPORARY)).refused(401);
  (await accept(invited.token)).good(200);
});

test("of who works elsewhere, too, an administrator neither gets the link nor sets a password", async () => {
  const [here, there] = [await found(desk), await found(desk)];
  const sam = await hire(here, "agent");
  await joins(there, sam);
  for (const body of [{ send_email: false }, { temporary_password: TEMPORARY }]) {
    const refusal = (await help(here.administrator, sam, body)).refused(409, "belongs_elsewhere");
    assert.equal(refusal.reset_url, undefined);
  }
  (await sam.get(sam.path("/me"))).good(200);
  (await signIn(sam.email, TEMPORARY)).refused(401);
  assert.deepEqual((await help(here.administrator, sam)).good(200), {});
  const mail = await until(async () => (await resetMails(sam.email))[0], "the link is mailed");
  (await reset(tokenIn(linkIn(mail)), OTHER)).good(200);
  (await signIn(sam.email, OTHER)).good(200);
});

// spec: G5
test("whoever is forced to change his password signs in again, and does nothing before he has", async () => {
  const company = await found(desk);
  const conversation = await write(company);
  const before = await hire(company, "supervisor");
  (await force(company.administrator, before)).good(204);
  (await before.get(before.path("/me"))).refused(401, "not_signed_in");

  const answer = await signIn(before.email);
  const sam = again(before, answer);
  assert.equal(answer.body.must_change_password, true);
  const { items } = (await sam.get("/api/companies")).good(200);
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.must_change_password),
    [true],
  );
  await assertHasToChange(sam, conversation);
  (await change(sam, PASSWORD)).refusedField("password", "password_unchanged");
  await assertHasToChange(sam, conversation);

  (await change(sam, OTHER)).good(204);
  (await sam.get(sam.path("/me"))).good(200);
  await sam.take(conversation);
  (await before.get(before.path("/me"))).refused(401, "not_signed_in");
});

// spec: G5
test("a forced change is done by a link to a new password, too", async () => {
  const company = await found(desk);
  const before = await hire(company, "agent");
  (await force(company.administrator, before)).good(204);
  (await reset(await mailedToken(before.email), OTHER)).good(200);
  const answer = await signIn(before.email, OTHER);
  const sam = again(before, answer);
  assert.equal(answer.body.must_change_password, false);
  (await sam.get(sam.path("/me"))).good(200);
});

// spec: G5
test("a forced change is not done by setting the same password by a link", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  (await force(company.administrator, sam)).good(204);
  const { status } = await reset(await mailedToken(sam.email), PASSWORD);
  const { must_change_password } = (await signIn(sam.email)).good(200);
  assert.ok(status === 422 || must_change_password, `${status}, and the old password may stay`);
});

// spec: G3 N14
test("a temporary password is not kept by setting it again by a link", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  (await help(company.administrator, sam, { temporary_password: OTHER })).good(200);
  const { status } = await reset(await mailedToken(sam.email), OTHER);
  const { must_change_password } = (await signIn(sam.email, OTHER)).good(200);
  assert.ok(status === 422 || must_change_password, `${status}, and the administrator's password may stay`);
});

// spec: G5
test("a change that one company forces keeps nobody from working at another", async () => {
  const [here, there] = [await found(desk), await found(desk)];
  const sam = await hire(here, "agent");
  const elsewhere = await joins(there, sam);
  (await force(here.administrator, sam)).good(204);
  (await sam.get(here.path("/me"))).refused(401);
  for (const session of [sam, elsewhere]) (await session.get(there.path("/me"))).good(200);
  const answer = await signIn(sam.email);
  const fresh = again(sam, answer);
  const flags = answer.body.companies.map((/** @type {any} */ one) => [one.slug, one.must_change_password]);
  assert.deepEqual(
    new Map(flags),
    new Map([
      [here.slug, true],
      [there.slug, false],
    ]),
  );
  (await fresh.get(there.path("/me"))).good(200);
  (await fresh.get(here.path("/me"))).refused(403, "password_change_required");
});

// spec: G4
test("a company's policy holds for every way to a password of one's own", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  const { token } = await invite(company, ["agent"]);
  /** @type {[Record<string, unknown>, string, string, string][]} policy, what it refuses, why, what it takes */
  const cases = [
    [{ min_length: 16 }, "fifteen chars!!", "password_too_short", "sixteen chars!!!"],
    [{ digit: true }, "a Lamp by the sea!", "password_digit", "a Lamp by the sea! 7"],
    [{ mixed_case: true }, "a lamp by the sea!", "password_mixed_case", "A lamp by the sea!"],
    [{ mixed_case: true }, "A LAMP BY THE SEA!", "password_mixed_case", "a LAMP by the sea!"],
    [{}, "a Lamp by the sea", "password_special", "a Lamp by the sea/"],
    [{ min_length: 8, special: false }, "seven c", "password_too_short", "by a sea"],
  ];
  let current = PASSWORD;
  for (const [policy, bad, fault, good] of cases) {
    const set = await setPolicy(company, policy);
    const usual = { min_length: 12, special: true, digit: false, mixed_case: false };
    assert.deepEqual(set, { ...usual, ...policy });
    assert.deepEqual((await company.administrator.get(company.path())).good(200).password_policy, set);
    (await change(sam, bad, current)).refusedField("password", fault);
    (await accept(token, { password: bad })).refusedField("password", fault);
    (await reset(await handedToken(sam), bad)).refusedField("password", fault);
    (await change(sam, good, current)).good(204);
    current = good;
  }
  (await signIn(sam.email, current)).good(200);
});

// spec: G4
test("a policy that is stricter does not lock out those who are in", async () => {
  const company = await found(desk);
  const sam = await hire(company, "agent");
  await setPolicy(company, { min_length: 64, digit: true, mixed_case: true });
  (await sam.get(sam.path("/me"))).good(200);
  assert.equal((await signIn(sam.email)).good(200).must_change_password, false);
});

// spec: G4
test("a policy asks for 8 to 64 characters, and whoever may not set it cannot", async () => {
  const company = await found(desk);
  const path = company.path();
  for (const min_length of [0, 7, 65, 1_000]) {
    const answer = await company.administrator.patch(path, { password_policy: { min_length } });
    answer.refusedField("password_policy.min_length", "out_of_range");
  }
  for (const password_policy of [
    { min_length: -1 },
    { min_length: "12" },
    { digit: 1 },
    { capitals: true },
    "lax",
  ]) {
    (await company.administrator.patch(path, { password_policy })).refused(422);
  }
  for (const min_length of [8, 64])
    assert.equal((await setPolicy(company, { min_length })).min_length, min_length);
  const lax = { password_policy: { min_length: 8, special: false } };
  for (const role of ["agent", "super_agent"]) {
    const someone = await hireWith(company, role, "a Lamp § by the sea ".repeat(4));
    (await someone.patch(path, lax)).refused(403, "forbidden");
  }
  const outsider = (await found(desk)).administrator;
  (await outsider.patch(path, lax)).refused(404, "not_found");
  const { password_policy } = (await company.administrator.get(path)).good(200);
  assert.deepEqual([password_policy.min_length, password_policy.special], [64, true]);
});

/**
 * @param {Company} company
 * @param {string} role
 * @param {string} password
 */
async function hireWith(company, role, password) {
  const { token, email } = await invite(company, [role]);
  const answer = await accept(token, { password });
  answer.good(200);
  return member(company, answer, { email, password });
}

// spec: G4
test("who works for several companies chooses a password that satisfies all of them", async () => {
  const [long, plain, left] = [await found(desk), await found(desk), await found(desk)];
  const sam = await hire(long, "agent");
  const atLeft = await joins(left, sam);
  await joins(plain, sam);
  await setPolicy(long, { min_length: 20, special: false });
  await setPolicy(plain, { min_length: 8, special: false, digit: true });
  await setPolicy(left, { min_length: 30, special: true, mixed_case: true });
  const link = await mailedToken(sam.email);
  /** @type {[string, string][]} */
  const faults = [
    ["A lamp by the sea, 25 chars 7", "password_too_short"],
    ["A lamp by the sea and nothing special 7", "password_special"],
    ["A lamp by the sea, and no digit at all", "password_digit"],
    ["a lamp by the sea, and no capital 7 at all", "password_mixed_case"],
  ];
  for (const [password, fault] of faults) {
    (await change(sam, password)).refusedField("password", fault);
    (await reset(link, password)).refusedField("password", fault);
  }
  const good = "A Lamp by the sea, and all of it: 7";
  (await change(sam, good)).good(204);

  // A company that he left has no say any more.
  (await left.administrator.delete(left.path(`/agents/${atLeft.id}`))).good(204);
  (await change(sam, "a lamp by the sea but no digit", good)).refusedField("password", "password_digit");
  (await change(sam, "a lamp by the 7 sea", good)).refusedField("password", "password_too_short");
  (await change(sam, "a lamp by the sea at 7", good)).good(204);
});

// spec: G4
test("a company that merely invited somebody has no say in the password he has", async () => {
  const [own, other] = [await found(desk), await found(desk)];
  const sam = await hire(own, "agent");
  await setPolicy(other, { min_length: 64, digit: true, mixed_case: true });
  const { token } = await invite(other, ["agent"], { email: sam.email });
  (await change(sam, OTHER)).good(204);
  (await stranger.get(`/api/invitations/${token}`)).good(200);
  const newcomer = await invite(other, ["agent"]);
  (await accept(newcomer.token)).refusedField("password", "password_too_short");
});

test("a second factor is asked for once it is confirmed, and its code is good once", async () => {
  const { administrator } = await found(desk);
  const { email } = administrator;
  const state = async () => (await administrator.get("/api/second-factor")).good(200);
  assert.deepEqual(await state(), { enabled: false, recovery_codes_left: 0 });
  (await administrator.put("/api/second-factor", { code: "000000" })).refused(409, "nothing_to_confirm");
  (await administrator.post("/api/second-factor", {})).refusedField("password", "required");
  (await administrator.post("/api/second-factor", { password: OTHER })).refused(401, "wrong_credentials");

  const answer = await administrator.post("/api/second-factor", { password: PASSWORD });
  const { secret, uri, qr } = answer.good(201);
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.ok(uri.startsWith(`otpauth://totp/Edgedesk:${encodeURIComponent(email)}?`), uri);
  assert.equal(new URL(uri).searchParams.get("secret"), secret);
  assert.ok(qr.size > 20 && /^(M\d+ \d+h1v1h-1z)+$/.test(qr.path));
  (await signIn(email)).good(200);
  (await administrator.put("/api/second-factor", { code: wrongCode(secret) })).refused(401, "wrong_otp");
  assert.deepEqual(await state(), { enabled: false, recovery_codes_left: 0 });

  const used = codeOf(secret);
  const { recovery_codes } = (await administrator.put("/api/second-factor", { code: used })).good(200);
  assert.equal(new Set(recovery_codes).size, 10);
  for (const recovery of recovery_codes) assert.match(recovery, /^[a-z0-9]{4}(-[a-z0-9]{4}){5}$/);
  assert.deepEqual(await state(), { enabled: true, recovery_codes_left: 10 });
  (await administrator.post("/api/second-factor", { password: PASSWORD })).refused(
    409,
    "second_factor_is_on",
  );
  (await administrator.put("/api/second-factor", { code: codeOf(secret, 1) })).refused(
    409,
    "second_factor_is_on",
  );

  for (const otp of [undefined, "", "  "]) (await signIn(email, PASSWORD, otp)).refused(401, "otp_required");
  for (const otp of [wrongCode(secret), codeOf(secret, 10), "x"]) {
    const refusal = await signIn(email, PASSWORD, otp);
    refusal.refused(401, "wrong_otp");
    assert.equal(refusal.header("set-cookie"), null);
  }
  (await signIn(email, PASSWORD, used)).refused(401, "wrong_otp");
  const next = codeOf(secret, 1);
  (await signIn(email, PASSWORD, `${next.slice(0, 3)} ${next.slice(3)}`)).good(200);
  (await signIn(email, PASSWORD, next)).refused(401, "wrong_otp");
  (await stranger.post("/api/tokens", { email, password: PASSWORD, otp: next })).refused(401, "wrong_otp");
});

test("an account with a second factor does not show before the password is right", async () => {
  const { administrator } = await found(desk);
  const { secret } = await enrol(administrator);
  const unknown = await signIn(address("nobody"), OTHER);
  for (const otp of [undefined, wrongCode(secret), codeOf(secret, 1)]) {
    assertSame(await signIn(administrator.email, OTHER, otp), unknown);
  }
  const { email } = administrator;
  (await register({ email })).refused(409, "email_taken");
  (await signIn(email, PASSWORD, codeOf(secret, 1))).good(200);
});

test("of eight who use a code at once one signs in", async () => {
  const { administrator } = await found(desk);
  const { secret, codes } = await enrol(administrator);
  for (const otp of [codeOf(secret, 1), String(codes[0])]) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => signIn(administrator.email, PASSWORD, otp)),
    );
    assert.deepEqual(statuses(answers), [200, ...times(7, 401)]);
    await desk.sql("DELETE FROM attempts");
  }
});

test("a recovery code signs in once, however it is typed; nobody else's does", async () => {
  const { administrator } = await found(desk);
  const other = (await found(desk)).administrator;
  const { codes } = await enrol(administrator);
  const theirs = await enrol(other);
  const { email } = administrator;
  const [plain = "", shouted = "", bare = "", kept = ""] = codes;
  (await signIn(email, PASSWORD, theirs.codes[0])).refused(401, "wrong_otp");
  for (const typed of [plain, shouted.toUpperCase(), ` ${bare.replaceAll("-", "")} `]) {
    (await signIn(email, PASSWORD, typed)).good(200);
    (await signIn(email, PASSWORD, typed)).refused(401, "wrong_otp");
  }
  assert.equal((await administrator.get("/api/second-factor")).good(200).recovery_codes_left, 7);
  (await signIn(email, OTHER, kept)).refused(401, "wrong_credentials");
  (await signIn(email, PASSWORD, kept)).good(200);
  assert.equal((await other.get("/api/second-factor")).good(200).recovery_codes_left, 10);
});

test("7: ten wrong codes lock as ten wrong passwords do, also when thirty come at once", async () => {
  const { administrator } = await found(desk);
  const { secret } = await enrol(administrator);
  const { email } = administrator;
  const wrong = wrongCode(secret);
  const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(email, PASSWORD, wrong)));
  assert.deepEqual(statuses(answers), [...times(10, 401), ...times(20, 429)]);
  assertTooOften(await signIn(email, PASSWORD, codeOf(secret, 1)));
});

test("a second factor is turned off with password and code, and the old codes are worth nothing", async () => {
  const { administrator } = await found(desk);
  const { secret, codes } = await enrol(administrator);
  const { email } = administrator;
  const off = (/** @type {Record<string, unknown>} */ body) =>
    administrator.request("DELETE", "/api/second-factor", body);
  (await off({ password: PASSWORD })).refusedField("otp", "required");
  (await off({ password: OTHER, otp: codeOf(secret, 1) })).refused(401, "wrong_credentials");
  (await off({ password: PASSWORD, otp: "" })).refused(401, "otp_required");
  (await off({ password: PASSWORD, otp: wrongCode(secret) })).refused(401, "wrong_otp");
  (await signIn(email)).refused(401, "otp_required");
  (await off({ password: PASSWORD, otp: codeOf(secret, 1) })).good(204);
  (await signIn(email)).good(200);

  const second = await enrol(administrator);
  assert.notEqual(second.secret, secret);
  for (const old of codes.slice(0, 3)) (await signIn(email, PASSWORD, old)).refused(401, "wrong_otp");
  (await off({ password: PASSWORD, otp: second.codes[0] })).good(204);
  assert.deepEqual((await administrator.get("/api/second-factor")).good(200), {
    enabled: false,
    recovery_codes_left: 0,
  });
});

test("neither a link nor an administrator gets anybody past his second factor", async () => {
  const company = await found(desk);
  const [forgetful, helped] = [await hire(company, "agent"), await hire(company, "agent")];
  const [one, two] = [await enrol(forgetful), await enrol(helped)];
  (await reset(await mailedToken(forgetful.email), OTHER)).good(200);
  (await signIn(forgetful.email, OTHER)).refused(401, "otp_required");
  (await signIn(forgetful.email, OTHER, one.codes[0])).good(200);

  (await help(company.administrator, helped, { temporary_password: TEMPORARY })).good(200);
  (await signIn(helped.email, TEMPORARY)).refused(401, "otp_required");
  (await signIn(helped.email, TEMPORARY, two.codes[0])).good(200);

  const invited = await invite(await found(desk), ["agent"], { email: forgetful.email });
  (await accept(invited.token, { password: OTHER })).refused(401, "otp_required");
  (await accept(invited.token, { password: OTHER, otp: wrongCode(one.secret) })).refused(401, "wrong_otp");
  const joined = await accept(invited.token, { password: OTHER, otp: one.codes[1] });
  joined.good(200);
  (await browser(desk, "edgedesk", String(joined.cookie("edgedesk")?.value)).get("/api/companies")).good(200);
});

test("the database has neither the secret of a second factor nor a recovery code", async () => {
  const { administrator } = await found(desk);
  const { secret, codes } = await enrol(administrator);
  const users = await desk.sql(`SELECT * FROM users WHERE email = '${administrator.email}'`);
  const rows = JSON.stringify([users, await desk.sql("SELECT * FROM recovery_codes")]);
  assert.equal(users.length, 1);
  assert.ok(!rows.includes(secret));
  for (const recovery of codes)
    assert.ok(!rows.includes(recovery) && !rows.includes(recovery.replaceAll("-", "")));
});
