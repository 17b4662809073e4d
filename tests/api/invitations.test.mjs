// Inviting people, and accepting.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous, browser } from "../support/actors.mjs";
import { linkIn, mailsTo, mailTo, startDesk } from "../support/desk.mjs";
import { address, found, hire, invite, member, PASSWORD, unique, write } from "../support/world.mjs";

const DAY = 86_400_000;

const desk = await startDesk();
after(() => desk.stop());

const stranger = anonymous(desk);

/** @param {string} token @param {unknown} [body] */
const accept = (token, body = { password: PASSWORD }) => stranger.post(`/api/invitations/${token}`, body);

/** @param {string} url */
const tokenIn = (url) => String(url.split("/invitation/")[1]);

/** @param {string} email @param {string} [password] */
const signIn = (email, password = PASSWORD) => stranger.post("/api/session", { email, password });

// spec: E4 E7 G6
test("the invited gets a mail, sets a password by its link, and can sign in from then on", async () => {
  const company = await found(desk);
  const email = address("brit");
  const body = { email, first_name: "Brit", last_name: "Jansen", roles: ["agent"] };
  const invited = (await company.administrator.post(company.path("/agents"), body)).good(201);
  assert.equal(invited.invitation_url, undefined, "only the mail carries the link");
  (await signIn(email)).refused(401, "wrong_credentials");

  const link = linkIn(await mailTo(desk, email, "Join"));
  assert.ok(link.startsWith(`${desk.url}/invitation/`));
  (await stranger.get(new URL(link).pathname)).good(200);
  const answer = await accept(tokenIn(link));
  answer.good(200);
  const brit = await member(company, answer, { email, password: PASSWORD });
  assert.equal(brit.id, invited.agent.id);
  assert.equal(brit.name, "Brit Jansen");
  (await signIn(email)).good(200);
});

// spec: E6
test("an address and a role are enough to invite; the name is given when accepting", async () => {
  const company = await found(desk);
  const email = address("noname");
  const body = { email, roles: ["agent"], send_email: false };
  const { invitation_url } = (await company.administrator.post(company.path("/agents"), body)).good(201);
  const token = tokenIn(invitation_url);
  (await accept(token)).refused(422);
  const answer = await accept(token, { password: PASSWORD, first_name: "Nora", last_name: "Name" });
  answer.good(200);
  assert.equal((await member(company, answer, { email })).name, "Nora Name");

  for (const field of ["email", "roles"]) {
    const without = { ...body, email: address("x"), [field]: undefined };
    (await company.administrator.post(company.path("/agents"), without)).refusedField(field, "required");
  }
  (await company.administrator.post(company.path("/agents"), { ...body, roles: [] })).refusedField("roles");
  (await company.administrator.post(company.path("/agents"), { ...body, roles: ["emperor"] })).refused(422);
});

// spec: E15 N13
test("the mail can be left out: then the answer has the link, never a password", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [quiet, loud] = [address("quiet"), address("loud")];
  const body = { first_name: "Qui", last_name: "Et", roles: ["agent"] };
  const path = company.path("/agents");
  const handed = (await administrator.post(path, { ...body, email: quiet, send_email: false })).good(201);
  const mailed = (await administrator.post(path, { ...body, email: loud, send_email: true })).good(201);
  assert.ok(handed.invitation_url.startsWith(`${desk.url}/invitation/`));
  assert.equal(mailed.invitation_url, undefined);
  await mailTo(desk, loud, "Join");
  assert.deepEqual(await mailsTo(desk, quiet), [], "the later mail is there, the earlier one would be");
  (await accept(tokenIn(handed.invitation_url))).good(200);
});

test("looking does not use an invitation up, accepting does", async () => {
  const company = await found(desk);
  const { token, email } = await invite(company, ["supervisor"]);
  for (let look = 0; look < 10; look += 1) {
    const shown = (await stranger.get(`/api/invitations/${token}`)).good(200);
    assert.equal(shown.company.slug, company.slug);
    assert.equal(shown.email, email);
    assert.deepEqual(shown.roles, ["supervisor"]);
  }
  (await accept(token)).good(200);
  (await accept(token)).refused(410);
  (await stranger.get(`/api/invitations/${token}`)).refused(410);
});

// spec: E5 H3
test("an invitation is good for seven days, and not longer", async () => {
  const company = await found(desk);
  const late = await invite(company, ["agent"]);
  const punctual = await invite(company, ["agent"]);
  const { expires_at } = (await stranger.get(`/api/invitations/${late.token}`)).good(200);
  const left = Date.parse(expires_at) - Date.now();
  assert.ok(left > 7 * DAY - 60_000 && left <= 7 * DAY, `${left / DAY} days`);

  await ageInvitation(late.agent.id, 7 * DAY + 1_000);
  await ageInvitation(punctual.agent.id, 7 * DAY - 60_000);
  (await accept(late.token)).refused(410);
  (await stranger.get(`/api/invitations/${late.token}`)).refused(410);
  (await signIn(late.email)).refused(401);
  (await accept(punctual.token)).good(200);
});

/** @param {string} agent @param {number} milliseconds */
function ageInvitation(agent, milliseconds) {
  return desk.sql(`UPDATE invitations SET created_at = created_at - ${milliseconds},
    expires_at = expires_at - ${milliseconds} WHERE membership_id = '${agent}'`);
}

test("of twenty who accept at once one joins", async () => {
  const company = await found(desk);
  const { token, email } = await invite(company, ["agent"]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => accept(token, { password: `${PASSWORD} ${n}` })),
  );
  const joined = answers.findIndex((answer) => answer.status === 200);
  for (const [n, answer] of answers.entries()) {
    if (n === joined) answer.good(200);
    else answer.refused(410);
  }
  for (const n of [(joined + 1) % 20, joined, (joined + 19) % 20]) {
    assert.equal((await signIn(email, `${PASSWORD} ${n}`)).status, n === joined ? 200 : 401);
  }
});

test("what is no invitation is not found, whatever it looks like", async () => {
  const { token } = await invite(await found(desk), ["agent"]);
  for (const wrong of [
    token.slice(0, -1),
    `${token}A`,
    token.toUpperCase(),
    "%00",
    "%20",
    "null",
    "'--",
    "x".repeat(3_000),
  ]) {
    (await stranger.get(`/api/invitations/${wrong}`)).refused(404, "not_found");
    (await accept(wrong)).refused(404, "not_found");
  }
  (await accept(token)).good(200);
});

test("the invited cannot choose what he is", async () => {
  const company = await found(desk);
  const { token, email } = await invite(company, ["agent"]);
  for (const field of ["roles", "add_ons", "email", "company", "status"]) {
    (await accept(token, { password: PASSWORD, [field]: ["administrator"] })).refusedField(
      field,
      "unknown_field",
    );
  }
  const answer = await accept(token);
  answer.good(200);
  const joined = await member(company, answer, { email });
  assert.deepEqual((await joined.get(joined.path("/me"))).good().roles, ["agent"]);
});

test("the rule for passwords holds here too, and a refusal leaves the invitation good", async () => {
  const { token } = await invite(await found(desk), ["agent"]);
  (await accept(token, { password: "a Lamp by the sea" })).refusedField("password", "password_special");
  (await accept(token, { password: "short!" })).refusedField("password");
  (await accept(token, {})).refusedField("password");
  (await accept(token, { password: "a Lamp by the sea/" })).good(200);
});

test("who has an account joins with its password, and keeps it", async () => {
  const [first, second] = [await found(desk), await found(desk)];
  const { email } = first.administrator;
  const { token } = await invite(second, ["agent"], { email });
  (await accept(token, { password: "another § password" })).refused(401, "wrong_credentials");
  (await accept(token)).good(200);
  (await signIn(email, "another § password")).refused(401);
  const { companies } = (await signIn(email)).good(200);
  assert.deepEqual(
    companies.map((/** @type {any} */ one) => one.roles),
    [["administrator"], ["agent"]],
  );
});

test("nobody is invited twice to one company", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  const { email } = await invite(company, ["agent"]);
  const again = { email: email.toUpperCase(), roles: ["agent"], send_email: false };
  (await company.administrator.post(company.path("/agents"), again)).refused(409, "already_member");
  (await other.administrator.post(other.path("/agents"), again)).good(201);
});

// spec: E10
test("blanks before or after the address do not count", async () => {
  const company = await found(desk);
  const email = address("blank");
  const body = { email: `  ${email} `, roles: ["agent"], send_email: false };
  const { agent } = (await company.administrator.post(company.path("/agents"), body)).good(201);
  assert.equal(agent.email, email);
  const inner = { ...body, email: `in ${email}` };
  (await company.administrator.post(company.path("/agents"), inner)).refusedField("email");
});

test("the link leads to our own host, whatever host the request names", async () => {
  const company = await found(desk);
  const email = address("host");
  const evil = {
    "x-forwarded-host": "evil.example",
    forwarded: "host=evil.example",
    "x-forwarded-proto": "gopher",
  };
  const body = { email, roles: ["agent"] };
  (await company.administrator.with(evil).post(company.path("/agents"), body)).good(201);
  assert.ok(linkIn(await mailTo(desk, email, "Join")).startsWith(`${desk.url}/invitation/`));
});

test("nobody gives a role above his own", async () => {
  const company = await found(desk);
  const supervisor = await hire(company, "supervisor");
  const agent = await hire(company, "agent");
  /** @param {import("../support/world.mjs").Member} by @param {string[]} roles */
  const inviteBy = (by, roles) =>
    by.post(company.path("/agents"), { email: address("x"), roles, send_email: false });

  (await inviteBy(company.administrator, ["administrator"])).good(201);
  (await inviteBy(supervisor, ["super_agent"])).good(201);
  (await inviteBy(supervisor, ["agent", "agent_manager"])).good(201);
  for (const roles of [["administrator"], ["supervisor"], ["agent", "administrator"]]) {
    assert.equal((await inviteBy(supervisor, roles)).refused(403).missing, "agent.invite");
  }
  assert.equal((await inviteBy(agent, ["agent"])).refused(403).missing, "agent.invite");
});

test("the invited is listed, but does not work here before he accepts", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const { agent, token } = await invite(company, ["agent"]);
  const conversation = await write(company);
  const status = async () => {
    const { items } = (await administrator.get(company.path("/agents"))).good(200);
    return items.find((/** @type {any} */ one) => one.id === agent.id)?.status;
  };
  const assign = () => administrator.put(administrator.at(conversation, "/assignee"), { agent_id: agent.id });

  assert.equal(await status(), "invited");
  (await assign()).refused(422, "not_assignable");
  (await accept(token)).good(200);
  assert.equal(await status(), "active");
  (await assign()).good(200);
});

test("an invitation reaches no other company's desk", async () => {
  const [company, other] = [await found(desk), await found(desk)];
  const { token, email } = await invite(company, ["administrator"]);
  const answer = await accept(token);
  answer.good(200);
  const joined = browser(desk, "edgedesk", String(answer.cookie("edgedesk")?.value));
  (await joined.get(company.path())).good(200);
  (await joined.get(other.path())).refused(404, "not_found");
  const { companies } = (await signIn(email)).good(200);
  assert.deepEqual(
    companies.map((/** @type {any} */ one) => one.slug),
    [company.slug],
  );
});

test("names in mails cannot break out of them", async () => {
  const company = await found(desk, { company: `<b>${unique("Lamps")}</b> & "Co"` });
  const email = address("mail");
  (await company.administrator.post(company.path("/agents"), { email, roles: ["agent"] })).good(201);
  const mail = await mailTo(desk, email, "Join");
  assert.ok(!mail.html.includes("<b>"), mail.html);
  const lines = { email: address("x"), first_name: "A\r\nBcc: x@y.example", roles: ["agent"] };
  (await company.administrator.post(company.path("/agents"), lines)).refusedField("first_name");
});
