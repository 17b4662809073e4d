// The same thing asked for twice at once, by a double click or a line that broke: it happens once, and every answer is the first.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { RULE, SCHEDULE } from "../support/body.mjs";
import { mailsTo, startDesk } from "../support/desk.mjs";
import { found, hire, invite, unique } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const { administrator } = company;

const ROUNDS = 3;
const AT_ONCE = [1, 2, 3];

/** What is made, and whether its name is its own. @type {[string, Record<string, unknown>, boolean][]} */
const KINDS = [
  ["folders", {}, true],
  ["tags", {}, true],
  ["teams", {}, true],
  ["business-units", {}, true],
  ["roles", { base: "agent" }, true],
  ["automations", RULE, true],
  ["responses", { body: "We open at nine.", scope: "company" }, false],
  ["report-schedules", SCHEDULE, false],
];

/** @param {string} kind @returns {Promise<any[]>} */
const listed = async (kind) => (await administrator.get(company.path(`/${kind}`))).good(200).items;

test("equal requests under one name, at the same moment, make one thing and have one answer", async () => {
  for (const [kind, more] of KINDS) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const body = { ...more, name: unique(kind), client_id: randomUUID() };
      const answers = await Promise.all(
        AT_ONCE.map(() => administrator.post(company.path(`/${kind}`), body)),
      );
      const [first, ...others] = answers.map((answer) => answer.good(201));
      for (const other of others) assert.deepEqual(other, first, kind);
      assert.equal((await listed(kind)).filter(({ name }) => name === body.name).length, 1, kind);
      const another = { ...body, name: unique(kind) };
      (await administrator.post(company.path(`/${kind}`), another)).refused(409, "client_id_reused");
    }
  }
});

test("without a name for the request, what has a name of its own is made once, and whoever is late is told so", async () => {
  for (const [kind, more] of KINDS.filter(([, , named]) => named)) {
    const body = { ...more, name: unique(kind) };
    const answers = await Promise.all(AT_ONCE.map(() => administrator.post(company.path(`/${kind}`), body)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409], kind);
    for (const late of answers.filter(({ status }) => status === 409)) late.refused(409, "name_taken");
    assert.equal((await listed(kind)).filter(({ name }) => name === body.name).length, 1, kind);
  }
});

test("an invitation and the ways to a new password are one, however often they are asked for at once", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { agent } = await invite(company, ["agent"]);
    const again = { client_id: randomUUID(), send_email: false };
    const invitations = await Promise.all(
      AT_ONCE.map(() => administrator.post(company.path(`/agents/${agent.id}/invitation`), again)),
    );
    const urls = new Set(invitations.map((answer) => answer.good(201).invitation_url));
    assert.equal(urls.size, 1);
    const [token] = [...urls].map((url) => String(url).split("/").at(-1));
    (await administrator.get(`/api/invitations/${token}`)).good(200);

    const sam = await hire(company, "agent");
    const help = company.path(`/agents/${sam.id}/password-reset`);
    const link = { client_id: randomUUID(), send_email: false };
    const helped = await Promise.all(AT_ONCE.map(() => administrator.post(help, link)));
    const ways = new Set(helped.map((answer) => answer.good(200).reset_url));
    assert.equal(ways.size, 1, "nobody closed the way that another one was given");
    const opened = String([...ways][0])
      .split("/")
      .at(-1);
    (
      await administrator.post("/api/password/reset", { token: opened, password: "a-new one, for ever!" })
    ).good(200);

    const mail = { client_id: randomUUID(), send_email: true };
    for (const answer of await Promise.all(AT_ONCE.map(() => administrator.post(help, mail))))
      answer.good(200);
    const mails = (await mailsTo(desk, sam.email)).filter(({ text }) => text.includes("/password/reset/"));
    assert.equal(mails.length, 1, "one mail");

    const forced = { client_id: randomUUID() };
    const force = company.path(`/agents/${sam.id}/force-password-change`);
    for (const answer of await Promise.all(AT_ONCE.map(() => administrator.post(force, forced))))
      assert.equal(answer.status, 204);
  }
});

// spec: A9
test("a change of one's password that is sent twice is one; a wrong password stays wrong", async () => {
  const sam = await hire(company, "agent");
  const wanted = { current: sam.password, password: "another-good one, too!" };
  const answers = await Promise.all(AT_ONCE.map(() => sam.put("/api/password", wanted)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 204, 204],
  );
  assert.equal((await sam.put("/api/password", wanted)).status, 204, "a line that broke: it is so already");
  const other = { current: sam.password, password: "something-else entirely!" };
  (await sam.put("/api/password", other)).refused(401, "wrong_credentials");
  // What is long ago is no repeat.
  await desk.sql(
    `UPDATE users SET password_changed_at = ${Date.now() - 120_000} WHERE email = '${sam.email}'`,
  );
  (await sam.put("/api/password", wanted)).refused(401, "wrong_credentials");
  const credentials = { email: sam.email, password: wanted.password };
  (await administrator.post("/api/tokens", credentials)).good(201);
});
