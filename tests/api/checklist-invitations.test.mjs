// Invitations, as the security checklist wants them (items 19 to 24), and what they prove about an address.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { linkIn, mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { codeOf } from "../support/totp.mjs";
import {
  address,
  asProgram,
  Company,
  found,
  hire,
  invite,
  Member,
  member,
  OTHER,
  PASSWORD,
  unique,
  write,
} from "../support/world.mjs";

const DAY = 86_400_000;

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);

/** @param {string} token @param {unknown} [body] */
const accept = (token, body = { password: PASSWORD }) => stranger.post(`/api/invitations/${token}`, body);

/** @param {string} token */
const show = (token) => stranger.get(`/api/invitations/${token}`);

/** @param {string} url */
const tokenIn = (url) => String(url.split("/invitation/")[1]);

/** @param {string} email @param {string} [password] @param {string} [otp] */
const signIn = (email, password = PASSWORD, otp) =>
  stranger.post("/api/session", { email, password, ...(otp ? { otp } : {}) });

/** What the database holds of whoever may have joined. */
const rows = async () => {
  const tables = ["invitations", "users", "memberships", "sessions", "team_members"];
  return JSON.stringify(
    await Promise.all(tables.map((table) => desk.sql(`SELECT * FROM ${table} ORDER BY 1, 2`))),
  );
};

/** @param {string} agent @param {number} milliseconds */
const ageInvitation = (agent, milliseconds) =>
  desk.sql(`UPDATE invitations SET created_at = created_at - ${milliseconds},
    expires_at = expires_at - ${milliseconds} WHERE membership_id = '${agent}'`);

/**
 * An invitation that a member sends by mail, as it arrives.
 *
 * @param {Member} by
 * @param {string} email
 * @param {Record<string, unknown>} [more]
 * @returns {Promise<{ agent: any, token: string, email: string }>}
 */
async function inviteByMail(by, email, more = {}) {
  const body = { email, first_name: "Real", last_name: "Owner", roles: ["agent"], ...more };
  const before = (await mailsTo(desk, email)).length;
  const { agent, invitation_url } = (await by.post(by.path("/agents"), body)).good(201);
  assert.equal(invitation_url, undefined);
  const mail = await until(async () => (await mailsTo(desk, email))[before], "the invitation is mailed");
  return { agent, token: tokenIn(linkIn(mail)), email };
}

/** @param {Member} by @param {string} agent @param {boolean} [send_email] */
const again = (by, agent, send_email = false) =>
  by.post(by.path(`/agents/${agent}/invitation`), { send_email });

/** That an invitation is void, to whoever looks and whoever tries. @param {{ token: string, email: string }} void_ */
async function isVoid({ token, email }) {
  (await show(token)).refused(410, "invitation_gone");
  (await accept(token)).refused(410, "invitation_gone");
  (await signIn(email)).refused(401, "wrong_credentials");
}

// spec: E5 H3
test("19: an invitation is accepted just before seven days are over, and no more when they are", async () => {
  const company = await found(desk);
  const [punctual, late] = [await invite(company, ["agent"]), await invite(company, ["agent"])];
  const byMail = await inviteByMail(company.administrator, address("late"));
  const [row] = await desk.sql(
    `SELECT expires_at - created_at AS span FROM invitations WHERE membership_id = '${late.agent.id}'`,
  );
  assert.equal(row?.span, 7 * DAY);
  for (const one of [late, byMail]) await ageInvitation(one.agent.id, 7 * DAY);
  await ageInvitation(punctual.agent.id, 7 * DAY - 5_000);
  (await accept(punctual.token)).good(200);
  await isVoid(late);
  await isVoid(byMail);
});

// spec: E5
test("19: who came too late is invited once more, and the late link stays dead", async () => {
  const company = await found(desk);
  const late = await invite(company, ["agent"]);
  await ageInvitation(late.agent.id, 7 * DAY);
  await isVoid(late);
  const { invitation_url } = (await again(company.administrator, late.agent.id)).good(201);
  await isVoid(late);
  (await accept(tokenIn(invitation_url))).good(200);
  (await signIn(late.email)).good(200);
});

test("20: an invitation is accepted once", async () => {
  const { token, email } = await invite(await found(desk), ["agent"]);
  (await accept(token)).good(200);
  const before = await rows();
  (await accept(token)).refused(410, "invitation_gone");
  (await accept(token, { password: OTHER })).refused(410, "invitation_gone");
  (await show(token)).refused(410, "invitation_gone");
  assert.equal(await rows(), before);
  (await signIn(email, OTHER)).refused(401, "wrong_credentials");
  (await signIn(email)).good(200);
});

test("20: of twenty who accept at once one joins, and leaves one user, one member and one session", async () => {
  const company = await found(desk);
  const { token, email, agent } = await invite(company, ["agent"]);
  const passwords = Array.from({ length: 20 }, (_, n) => `${PASSWORD} ${n}`);
  const answers = await Promise.all(passwords.map((password) => accept(token, { password })));
  const joined = answers.filter(({ status }) => status === 200);
  assert.equal(joined.length, 1);
  for (const answer of answers.filter((one) => one !== joined[0])) answer.refused(410, "invitation_gone");

  const users = await desk.sql(`SELECT id FROM users WHERE email = '${email}'`);
  assert.equal(users.length, 1);
  const user = users[0]?.id;
  const members = await desk.sql(`SELECT id, status FROM memberships WHERE user_id = '${user}'`);
  assert.deepEqual(members, [{ id: agent.id, status: "active" }]);
  assert.equal((await desk.sql(`SELECT id FROM sessions WHERE user_id = '${user}'`)).length, 1);
});

test("20: of twenty with an account who accept at once one joins", async () => {
  const [first, second] = [await found(desk), await found(desk)];
  const { email } = first.administrator;
  const { token, agent } = await invite(second, ["agent"], { email });
  const before = await desk.sql(`SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE u.email = '${email}'`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => accept(token)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  // So many attempts at one password may also be too many.
  for (const { status, request } of answers)
    assert.ok([200, 410, 429].includes(status), `${request} ${status}`);
  const members = await desk.sql(`SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE u.email = '${email}' AND m.status = 'active'`);
  assert.deepEqual(members.map(({ id }) => id).sort(), [first.administrator.id, agent.id].sort());
  const sessions = await desk.sql(`SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE u.email = '${email}'`);
  assert.equal(sessions.length, before.length + 1);
});

test("20: two handed-over invitations accepted at once set one password", async () => {
  const [a, b] = [await found(desk), await found(desk)];
  const email = address("both");
  const tokens = [
    (await invite(a, ["agent"], { email })).token,
    (await invite(b, ["agent"], { email })).token,
  ];
  const passwords = [PASSWORD, OTHER];
  const answers = await Promise.all(
    tokens.map((token, n) => accept(token, { password: passwords[n] ?? "" })),
  );
  const won = answers.findIndex(({ status }) => status === 200);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1, "the other has not that password");
  (await signIn(email, passwords[won])).good(200);
  (await signIn(email, passwords[1 - won])).refused(401, "wrong_credentials");
});

test("21: looking, as a browser and as a program, uses nothing up", async () => {
  const { token } = await invite(await found(desk), ["agent"]);
  const before = await rows();
  for (let look = 0; look < 10; look += 1) {
    for (const path of [`/invitation/${token}`, `/api/invitations/${token}`]) {
      for (const method of ["GET", "HEAD"]) {
        const answer = await stranger.request(method, path);
        assert.equal(answer.status, 200, answer.request);
      }
    }
  }
  assert.equal(await rows(), before);
  (await accept(token)).good(200);
});

test("22: what is no token is not found, and changes nothing", async () => {
  const company = await found(desk);
  const { token, agent } = await invite(company, ["agent"]);
  const customer = await write(company);
  const [{ token_hash } = {}] = await desk.sql(
    `SELECT token_hash FROM invitations WHERE membership_id = '${agent.id}'`,
  );
  const session = company.administrator.session;
  const reset = (
    await company.administrator.post(
      company.path(`/agents/${(await hire(company, "agent")).id}/password-reset`),
      {
        send_email: false,
      },
    )
  ).good(200).reset_url;
  const wrong = [
    "",
    " ",
    "\0",
    "null",
    "undefined",
    "true",
    "0",
    token.slice(0, 10),
    token.slice(0, -1),
    token.slice(1),
    `${token}=`,
    `${token} `,
    ` ${token}`,
    token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
    `["${token}"]`,
    `{"token":"${token}"}`,
    `${token}/`,
    `${token}/x`,
    "%",
    "_",
    "' OR 1=1 --",
    String(token_hash),
    String(agent.id),
    customer.secret,
    session,
    String(reset).split("/reset/")[1] ?? "",
  ];
  assert.equal(wrong.filter((one) => one === token).length, 0);
  const before = await rows();
  for (const one of wrong) {
    const path = `/api/invitations/${encodeURIComponent(one)}`;
    for (const answer of [await stranger.get(path), await stranger.post(path, { password: PASSWORD })]) {
      answer.refused(404, "not_found");
    }
  }
  assert.equal(await rows(), before);
  // In the body there is no place for a token, whatever it is made of.
  for (const given of [token, "", " ", null, [token], { token }]) {
    (await stranger.post("/api/invitations", { token: given, password: PASSWORD })).refused(404, "not_found");
    (await accept("none", { token: given, password: PASSWORD })).refusedField("token", "unknown_field");
  }
  assert.equal(await rows(), before);
  (await accept(token)).good(200);
});

test("22: an invitation's token opens nothing else", async () => {
  const company = await found(desk);
  const { token } = await invite(company, ["administrator"]);
  const before = await rows();
  const bearer = stranger.with({ authorization: `Bearer ${token}` });
  (await bearer.get("/api/companies")).refused(401, "not_signed_in");
  (await stranger.with({ cookie: `edgedesk=${token}` }).get(company.path())).refused(401, "not_signed_in");
  (await stranger.post("/api/password/reset", { token, password: OTHER })).refused(410, "link_gone");
  assert.equal((await stranger.get(`/${company.slug}/c/${token}`)).status, 404);
  assert.equal(await rows(), before);
});

test("23: links lead to the configured host, whatever host the request names", async () => {
  const company = await found(desk);
  const { headers } = await asProgram(company.administrator);
  /** @param {string} path @param {unknown} body @param {Record<string, string>} more @returns {Promise<string>} */
  const post = (path, body, more) =>
    new Promise((resolve, reject) => {
      const type = { "content-type": "application/json" };
      const sent = request(desk.url + path, {
        method: "POST",
        headers: { ...type, authorization: headers.authorization, ...more },
      });
      sent.once("error", reject);
      sent.once("response", (answer) => {
        answer
          .setEncoding("utf8")
          .toArray()
          .then((parts) => resolve(parts.join("")), reject);
      });
      sent.end(JSON.stringify(body));
    });
  /** @type {Record<string, string>[]} */
  const evils = [
    { host: "evil.example" },
    { host: "evil.example:8443", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher" },
    {
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example;proto=http",
      "x-host": "evil.example",
    },
    { "x-original-url": "https://evil.example/", "x-forwarded-server": "evil.example" },
  ];
  for (const evil of evils) {
    const [mailed, handed] = [address("mailed"), address("handed")];
    await post(company.path("/agents"), { email: mailed, roles: ["agent"] }, evil);
    assert.ok(linkIn(await mailTo(desk, mailed, "Join")).startsWith(`${desk.url}/invitation/`));
    const body = { email: handed, roles: ["agent"], send_email: false };
    const answer = await post(company.path("/agents"), body, evil);
    assert.ok(JSON.parse(answer).invitation_url.startsWith(`${desk.url}/invitation/`), answer);
    assert.ok(!answer.includes("evil"), answer);
    const more = JSON.parse(
      await post(
        company.path(`/agents/${JSON.parse(answer).agent.id}/invitation`),
        { send_email: false },
        evil,
      ),
    );
    assert.ok(more.invitation_url.startsWith(`${desk.url}/invitation/`));
  }
});

// spec: E21 N13
test("24: the invited cannot choose what he is, nor where, nor who", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  const { token, email } = await invite(company, ["agent"]);
  const wishes = {
    role: "administrator",
    roles: ["administrator"],
    add_ons: ["transfer"],
    owner: true,
    tenant_id: other.slug,
    company_id: other.slug,
    company: other.slug,
    email: address("else"),
    status: "active",
    max_chats: 99,
    business_units: [],
    user_id: other.administrator.id,
  };
  const before = await rows();
  for (const [field, value] of Object.entries(wishes)) {
    (await accept(token, { password: PASSWORD, [field]: value })).refusedField(field, "unknown_field");
  }
  assert.equal(await rows(), before);
  const joined = await member(company, await accept(token), { email, password: PASSWORD });
  const me = (await joined.get(joined.path("/me"))).good(200);
  assert.deepEqual([me.roles, me.add_ons, me.owner, me.email], [["agent"], [], false, email]);
  assert.equal(me.capabilities["tenant.settings"], undefined);
});

// spec: E4 N13
test("24: a new invitation kills the one before, by hand and by mail", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const first = await invite(company, ["agent"]);
  const { email } = first;
  const second = tokenIn((await again(administrator, first.agent.id)).good(201).invitation_url);
  assert.notEqual(second, first.token);
  await isVoid(first);
  const answer = (await again(administrator, first.agent.id, true)).good(201);
  assert.equal(answer.invitation_url, undefined, "only the mail carries the link");
  await isVoid({ token: second, email });
  const third = tokenIn(linkIn(await mailTo(desk, email, "Join")));
  const fourth = tokenIn((await again(administrator, first.agent.id)).good(201).invitation_url);
  for (const token of [first.token, second, third]) await isVoid({ token, email });
  (await accept(fourth)).good(200);
  for (const token of [first.token, second, third, fourth])
    (await accept(token)).refused(410, "invitation_gone");
  (await again(administrator, first.agent.id)).refused(409, "already_member");
});

test("24: of invitations that are renewed at once one is good", async () => {
  const company = await found(desk);
  const { agent, token } = await invite(company, ["agent"]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => again(company.administrator, agent.id)));
  const renewed = answers.filter(({ status }) => status === 201);
  assert.ok(renewed.length > 0);
  const tokens = [token, ...renewed.map(({ body }) => tokenIn(body.invitation_url))];
  const shown = await Promise.all(tokens.map((one) => show(one)));
  assert.equal(shown.filter(({ status }) => status === 200).length, 1);
});

// spec: E20 E21
test("24: an invitation is void once the inviter is demoted, disabled or removed", async () => {
  const company = await found(desk);
  const { administrator } = company;
  /** @type {Record<string, (id: string) => Promise<import("../support/actors.mjs").Answer>>} */
  const falls = {
    demoted: (id) => administrator.patch(company.path(`/agents/${id}`), { roles: ["agent"] }),
    disabled: (id) => administrator.put(company.path(`/agents/${id}/disabled`), { transfer_to: "queue" }),
    removed: (id) => administrator.delete(company.path(`/agents/${id}`)),
  };
  for (const [how, fall] of Object.entries(falls)) {
    const inviter = await hire(company, "supervisor");
    const byMail = await inviteByMail(inviter, address(how));
    const body = {
      email: address(how),
      roles: ["agent"],
      send_email: false,
      first_name: "Ha",
      last_name: "Nd",
    };
    const answer = (await inviter.post(inviter.path("/agents"), body)).good(201);
    const byHand = { token: tokenIn(answer.invitation_url), email: body.email };
    const untouched = await invite(company, ["agent"]);
    (await show(byMail.token)).good(200);
    (await fall(inviter.id)).good();
    await isVoid(byMail);
    await isVoid(byHand);
    (await accept(untouched.token)).good(200);
    // Somebody else may invite him instead.
    const { invitation_url } = (await again(administrator, byMail.agent.id)).good(201);
    (await accept(tokenIn(invitation_url))).good(200);
  }
});

/** An administrator who invites, and how to demote him. @param {Company} company */
async function inviterAt(company) {
  const inviter = await hire(company, "administrator");
  /** @param {string[]} roles @param {string[]} [add_ons] */
  const invites = async (roles, add_ons = []) => {
    const email = address("x");
    const body = { email, first_name: "Some", last_name: "Body", roles, add_ons, send_email: false };
    const { invitation_url } = (await inviter.post(inviter.path("/agents"), body)).good(201);
    return { token: tokenIn(invitation_url), email };
  };
  /** @param {Record<string, unknown>} given */
  const mayNotInvite = async (given) => {
    const body = { email: address("x"), send_email: false, ...given };
    return (await inviter.post(inviter.path("/agents"), body)).refused(403).missing;
  };
  /** @param {string} role */
  const demote = async (role) =>
    (await company.administrator.patch(company.path(`/agents/${inviter.id}`), { roles: [role] })).good(200);
  return { invites, mayNotInvite, demote };
}

test("24: an inviter who was demoted leaves no invitation that gives his rank or a higher one", async () => {
  const { invites, demote } = await inviterAt(await found(desk));
  const [high, equal] = [await invites(["administrator"]), await invites(["supervisor"])];
  const low = await invites(["super_agent"]);
  await demote("supervisor");
  await isVoid(high);
  await isVoid(equal);
  (await accept(low.token)).good(200);
});

// spec: E21
test("24: an inviter who may choose no roles any more leaves no invitation to a role that he may not give", async () => {
  const { invites, mayNotInvite, demote } = await inviterAt(await found(desk));
  const [titled, plain] = [await invites(["client_manager"]), await invites(["agent"])];
  await demote("agent_manager");
  assert.equal(await mayNotInvite({ roles: ["client_manager"] }), "agent.role");
  (await accept(plain.token)).good(200);
  await isVoid(titled);
});

test("24: an inviter who may give no add-ons any more leaves no invitation with add-ons", async () => {
  const { invites, mayNotInvite, demote } = await inviterAt(await found(desk));
  const add_ons = ["dispenser", "transfer"];
  const equipped = await invites(["agent"], add_ons);
  await demote("agent_manager");
  assert.equal(await mayNotInvite({ roles: ["agent"], add_ons }), "agent.addons");
  await isVoid(equipped);
});

test("24: a demotion and an acceptance at once leave nobody with what the inviter may not give", async () => {
  const company = await found(desk);
  for (let round = 0; round < 5; round += 1) {
    const inviter = await hire(company, "supervisor");
    const body = {
      email: address("x"),
      first_name: "At",
      last_name: "Once",
      roles: ["super_agent"],
      send_email: false,
    };
    const { agent, invitation_url } = (await inviter.post(inviter.path("/agents"), body)).good(201);
    const demoted = () =>
      company.administrator.patch(company.path(`/agents/${inviter.id}`), { roles: ["agent"] });
    const [accepted, change] = await Promise.all([accept(tokenIn(invitation_url)), demoted()]);
    change.good(200);
    assert.ok([200, 410].includes(accepted.status), accepted.text);
    const [row] = await desk.sql(`SELECT status FROM memberships WHERE id = '${agent.id}'`);
    assert.equal(row?.status, accepted.status === 200 ? "active" : "invited");
  }
});

// spec: I1 N4
test("24: an invitation is void once the invited was removed, and the same person may be invited anew", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const first = await invite(company, ["administrator"]);
  (await administrator.delete(company.path(`/agents/${first.agent.id}`))).good(204);
  await isVoid(first);
  const anew = await invite(company, ["agent"], { email: first.email });
  assert.equal(anew.agent.id, first.agent.id);
  await isVoid(first);
  const joined = await member(company, await accept(anew.token), { email: first.email, password: PASSWORD });
  assert.deepEqual((await joined.get(joined.path("/me"))).good(200).roles, ["agent"]);
});

/**
 * Company A hands an invitation over to somebody who is not the owner of the address, and he joins.
 *
 * @returns {Promise<{ a: Company, impostor: Member, email: string }>}
 */
async function impostorAt() {
  const a = await found(desk);
  const email = address("victim");
  const { token } = await invite(a, ["agent"], { email, first_name: "Im", last_name: "Postor" });
  const impostor = await member(a, await accept(token), { email, password: PASSWORD });
  return { a, impostor, email };
}

// spec: N5 N13
test("an account whose password came by a handed-over link is taken back by whoever reads the address", async () => {
  const { a, impostor, email } = await impostorAt();
  const feed = await impostor.listen(a.path("/live"));
  const program = await asProgram(impostor);
  const b = await found(desk);
  const { token, agent } = await inviteByMail(b.administrator, email);

  const shown = (await show(token)).good(200);
  assert.equal(shown.needs_password, true, "he is asked for no password that he cannot know");
  (await accept(token, {})).refusedField("password");
  (await accept(token, { password: "short" })).refusedField("password");
  const answer = await accept(token, { password: OTHER });
  answer.good(200);
  const owner = await member(b, answer, { email, password: OTHER });
  assert.equal(owner.id, agent.id);

  (await impostor.get(a.path("/me"))).refused(401, "not_signed_in");
  (await impostor.get("/api/companies")).refused(401, "not_signed_in");
  (await program.get(a.path("/me"))).refused(401, "not_signed_in");
  assert.equal(await feed.closed(), 4401);
  (await signIn(email)).refused(401, "wrong_credentials");
  const { companies } = (await signIn(email, OTHER)).good(200);
  assert.deepEqual(companies.map((/** @type {any} */ one) => one.slug).sort(), [a.slug, b.slug].sort());
  (await owner.get(a.path("/me"))).good(200);
  assert.equal((await desk.sql(`SELECT id FROM users WHERE email = '${email}'`)).length, 1);
});

/** An impostor who turned on a second factor, and the owner of the address, who took the account back. */
async function takenBackFromSecondFactor() {
  const { impostor, email } = await impostorAt();
  const { secret } = (await impostor.post("/api/second-factor", { password: PASSWORD })).good(201);
  const { recovery_codes } = (await impostor.put("/api/second-factor", { code: codeOf(secret) })).good(200);
  (await signIn(email)).refused(401, "otp_required");
  const b = await found(desk);
  const { token } = await inviteByMail(b.administrator, email);
  const owner = await member(b, await accept(token, { password: OTHER }), { email });
  return { owner, email, recovery_codes };
}

test("a second factor that the other one set up does not keep the owner of the address out", async () => {
  const { owner, email, recovery_codes } = await takenBackFromSecondFactor();
  (await signIn(email, OTHER)).good(200);
  // Nor do the other one's codes come back to life with a second factor of the owner's.
  const own = (await owner.post("/api/second-factor", { password: OTHER })).good(201);
  (await owner.put("/api/second-factor", { code: codeOf(own.secret) })).good(200);
  (await signIn(email, OTHER, recovery_codes[0])).refused(401, "wrong_otp");
});

test("nothing is left of a second factor that the other one set up", async () => {
  const { owner } = await takenBackFromSecondFactor();
  const state = (await owner.get("/api/second-factor")).good(200);
  assert.deepEqual(state, { enabled: false, recovery_codes_left: 0 });
});

test("a link to a new password that was handed over before is void once the owner has taken his account", async () => {
  const { a, impostor, email } = await impostorAt();
  const help = a.path(`/agents/${impostor.id}/password-reset`);
  const { reset_url } = (await a.administrator.post(help, { send_email: false })).good(200);
  const b = await found(desk);
  const { token } = await inviteByMail(b.administrator, email);
  (await accept(token, { password: OTHER })).good(200);

  const reset = { token: String(reset_url).split("/reset/")[1], password: "taken back § once more" };
  (await stranger.post("/api/password/reset", reset)).refused(410, "link_gone");
  (await signIn(email, OTHER)).good(200);
  for (const body of [{ send_email: false }, { temporary_password: "a temporary one" }]) {
    (await a.administrator.post(help, body)).refused(409, "belongs_elsewhere");
  }
  (await signIn(email, OTHER)).good(200);
});

test("an address is proved once: after that nobody sets another password by an invitation", async () => {
  const { email } = await impostorAt();
  const [b, c] = [await found(desk), await found(desk)];
  const { token } = await inviteByMail(b.administrator, email);
  const answer = await accept(token, { password: OTHER });
  const owner = await member(b, answer, { email, password: OTHER });

  for (const byMail of [true, false]) {
    const company = byMail ? c : await found(desk);
    const later = byMail
      ? await inviteByMail(company.administrator, email)
      : await invite(company, ["agent"], { email });
    assert.equal((await show(later.token)).good(200).needs_password, false);
    (await accept(later.token, { password: "yet another § one" })).refused(401, "wrong_credentials");
    (await accept(later.token, { password: OTHER })).good(200);
    (await owner.get(b.path("/me"))).good(200);
  }
  (await signIn(email, "yet another § one")).refused(401, "wrong_credentials");
});

// spec: N13
test("a handed-over invitation takes over no account: it asks for the account's password", async () => {
  const { a, impostor, email } = await impostorAt();
  const b = await found(desk);
  const { token } = await invite(b, ["agent"], { email });
  assert.equal((await show(token)).good(200).needs_password, false);
  (await accept(token, { password: OTHER })).refused(401, "wrong_credentials");
  (await impostor.get(a.path("/me"))).good(200);
  (await accept(token, { password: PASSWORD })).good(200);
  (await impostor.get(a.path("/me"))).good(200);
});

test("an invitation that was mailed and then handed over proves nothing", async () => {
  const { a, impostor, email } = await impostorAt();
  const b = await found(desk);
  const { agent } = await inviteByMail(b.administrator, email);
  const { invitation_url } = (await again(b.administrator, agent.id, false)).good(201);
  const token = tokenIn(invitation_url);
  assert.equal((await show(token)).good(200).needs_password, false);
  (await accept(token, { password: OTHER })).refused(401, "wrong_credentials");
  (await impostor.get(a.path("/me"))).good(200);
});

test("who joined by mail keeps his account, whatever is handed over to others", async () => {
  const a = await found(desk);
  const email = address("real");
  const { token } = await inviteByMail(a.administrator, email);
  const owner = await member(a, await accept(token), { email, password: PASSWORD });
  const b = await found(desk);
  for (const { token: other } of [await invite(b, ["agent"], { email })]) {
    (await accept(other, { password: OTHER })).refused(401, "wrong_credentials");
    (await accept(other, {})).refused(401, "wrong_credentials");
  }
  const [row] = await desk.sql(`SELECT status FROM memberships m JOIN users u ON u.id = m.user_id
    JOIN companies c ON c.id = m.company_id WHERE u.email = '${email}' AND c.slug = '${b.slug}'`);
  assert.equal(row?.status, "invited");
  (await owner.get(a.path("/me"))).good(200);
  (await signIn(email)).good(200);
});

test("wrong passwords at an invitation count like those at the door", async () => {
  const { email } = await impostorAt();
  const { token } = await invite(await found(desk), ["agent"], { email });
  const answers = [];
  for (let n = 0; n < 11; n += 1) answers.push(await accept(token, { password: `${OTHER} ${unique("x")}` }));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array.from({ length: 10 }, () => 401), 429],
  );
  assert.ok(Number(answers.at(-1)?.header("retry-after")) > 0);
  (await accept(token)).refused(429);
});
