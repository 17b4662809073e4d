// A contact's address is unproven: whoever named it on the contact page holds the link of what he wrote there. What two
// conversations become by merging is read by the owner of the mailbox alone.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { linkIn, mailTo, until } from "../support/desk.mjs";
import { bring, brought, carrying } from "../support/files.mjs";
import { Floor } from "../support/floor.mjs";
import { form } from "../support/forms.mjs";
import { UpgradeRefused } from "../support/listener.mjs";
import { byMail, newLinks } from "../support/mailbox.mjs";
import { mortalDesk } from "../support/mortal.mjs";
import { address, found, words, write } from "../support/world.mjs";

const { desk } = await Floor.open();

/**
 * @typedef {import("../support/world.mjs").Member} Member
 * @typedef {import("../support/world.mjs").Customer} Customer
 * @typedef {import("../support/desk.mjs").Desk} Desk
 */

/** @param {Member} member @param {Customer} from @param {{ id: string }} into */
const merge = (member, from, into) => member.put(member.at(from, "/merger"), { into: into.id });

/** All that somebody is answered who tries an old link by every door. @param {Customer} old @param {string} file */
async function everythingHeard(old, file) {
  const heard = [];
  for (const answer of [
    await old.get(old.path()),
    await old.get(old.path("/events")),
    await old.get(old.path("/events?after=0")),
    await old.get(old.path(`/files/${file}`)),
    await old.post(old.path("/messages"), words("Let me in")),
    await old.setStatus("closed"),
    await old.put(old.path("/rating"), { score: 1 }),
  ]) {
    heard.push(answer);
  }
  const tab = old.inBrowser();
  for (const path of [old.page(), old.page("?lang=fr"), new URL(old.url).pathname]) {
    let answer = await tab.get(path);
    heard.push(answer);
    // Wherever it leads, with whatever it hands out.
    for (let step = 0; answer.status === 303 && step < 4; step += 1) {
      const to = String(answer.header("location"));
      const id = /conversations\/([^/?#]+)/.exec(to)?.[1] ?? "";
      const key = answer.cookie(`edgedesk-${id}`)?.value;
      const next = key ? tab.with({ cookie: `edgedesk-${id}=${key}` }) : tab;
      answer = await next.get(to);
      heard.push(answer);
    }
  }
  for (const [rest, fields] of /** @type {const} */ ([
    ["/messages", { client_id: randomUUID(), body: "Let me in" }],
    ["/status", { status: "closed" }],
    ["/rating", { score: "1", comment: "" }],
    ["/language", { language: "fr" }],
  ])) {
    heard.push(await tab.post(old.page(rest), new URLSearchParams(fields)));
  }
  return heard;
}

for (const side of /** @type {const} */ (["source", "target"])) {
  test(`whoever opened the ${side} under another's address reads nothing of the other one`, async () => {
    const company = await found(desk);
    const { administrator } = company;
    const email = address("victim");
    const victim = await write(company, { email, subject: "Private matter", body: "My diagnosis is secret" });
    const picture = await brought(victim, victim.path(), "x-ray");
    (await victim.post(victim.path("/messages"), carrying([picture.id], "See the x-ray"))).good(201);
    const thief = await write(company, { email, subject: "A trap", body: "Please merge me" });
    const [from, into] = side === "source" ? [thief, victim] : [victim, thief];
    const sockets = [await thief.listen(thief.path("/live")), await victim.listen(victim.path("/live"))];
    for (const socket of sockets) await socket.hears({ type: "hello" });

    (await merge(administrator, from, into)).good(200);
    const heard = await everythingHeard(thief, picture.id);
    const all = [...heard.map(({ text }) => text), ...(sockets[0]?.texts ?? [])].join("\n");
    for (const secret of ["diagnosis", "Private matter", "x-ray", victim.id, victim.secret, email]) {
      assert.ok(!all.includes(secret), `${secret} is told`);
    }
    for (const answer of heard)
      assert.ok(answer.status >= 300, `a dead link opens nothing: ${answer.status}`);
    for (const socket of sockets) assert.equal(await socket.closed(), 4401);
    await assert.rejects(thief.listen(thief.path("/live")), UpgradeRefused);
    // The one who was robbed needs the mail as well: nobody knows which of the two owns the mailbox.
    const robbed = await everythingHeard(victim, picture.id);
    for (const answer of robbed) assert.ok(answer.status >= 300);

    const owner = await byMail(into);
    const page = JSON.stringify(await owner.read());
    for (const line of ["My diagnosis is secret", "See the x-ray", "Please merge me"])
      assert.ok(page.includes(line), line);
    assert.ok(!page.includes("Let me in"), "nothing lands by a dead link");
    await owner.write("It is me");
    assert.equal((await newLinks(into)).length, 1, "one mail");
  });
}

test("an old link says what happened and where the new one is, to people and to programs, and nothing else", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const email = address("marta");
  const into = await write(company, { email, subject: "The lamp", body: "It is dark" });
  const from = await write(company, { email, subject: "The bulb", body: "It broke" });
  (await merge(administrator, from, into)).good(200);
  for (const old of [from, into]) {
    (await bring(old, old.path(), "a picture")).refused(410, "joined");
    const problem = (await old.get(old.path())).refused(410, "joined");
    assert.deepEqual(Object.keys(problem).toSorted(), ["code", "detail", "status", "title", "type"]);
    const tab = old.inBrowser();
    const english = await tab.get(old.page());
    const french = await tab.get(old.page("?lang=fr"));
    assert.match(english.text, /Two of your conversations were joined/);
    assert.match(french.text, /Deux de vos conversations ont été réunies/);
    // What was typed on a page that was open before comes back, and lands nowhere.
    const typed = "It is <still> dark";
    const late = await tab.post(old.page("/messages"), new URLSearchParams(words(typed)));
    const rated = await tab.post(
      old.page("/rating"),
      new URLSearchParams({ score: "2", comment: "Slow & dull" }),
    );
    assert.match(late.text, /<textarea[^>]*readonly[^>]*>It is &#60;still&#62; dark<\/textarea>/);
    assert.match(rated.text, /<textarea[^>]*readonly[^>]*>Slow &#38; dull<\/textarea>/);
    for (const page of [english, french, late, rated]) {
      assert.equal(page.status, 410);
      for (const inside of [email, "The lamp", "The bulb", "It broke", "It is dark"])
        assert.ok(!page.text.includes(inside), inside);
    }
    form(english.text, `/${company.slug}/link`);
    form(french.text, `/${company.slug}/link?lang=fr`);
  }
  const said = JSON.stringify([await administrator.events(into), await administrator.events(from)]);
  assert.ok(!said.includes("still"));

  // A link that was replaced for another reason says no more than before.
  const other = await write(company);
  (await administrator.post(administrator.at(other, "/link"), {})).good(200);
  (await other.get(other.path())).refused(404, "not_found");
  const lost = await other.inBrowser().post(other.page("/messages"), new URLSearchParams(words("Hello?")));
  assert.equal(lost.status, 404);
  assert.match(lost.text, /readonly[^>]*>Hello\?</);
});

test("merged step by step, each old link is dead, and the last mail opens all of it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const email = address("marta");
  const all = [];
  for (const n of [1, 2, 3]) all.push(await write(company, { email, body: `First words ${n}` }));
  const [one, two, three] = /** @type {[Customer, Customer, Customer]} */ (all);
  (await merge(administrator, one, two)).good(200);
  const between = await byMail(two);
  await between.write("In between");
  (await merge(administrator, two, three)).good(200);
  for (const old of [one, two, three, between]) (await old.get(old.path())).refused(410, "joined");
  const owner = await byMail(three, 2);
  const page = JSON.stringify(await owner.read());
  for (const line of ["First words 1", "First words 2", "First words 3", "In between"])
    assert.ok(page.includes(line), line);
  // Asked for, it is the same one.
  const ask = new URLSearchParams({ email });
  (await owner.inBrowser().post(`/${company.slug}/link`, ask)).good(200);
  assert.equal(linkIn(await mailTo(desk, email, "The links")), owner.url);
});

test("the new link is owed with the words: it is mailed after a crash as well, and there is one", async () => {
  const mortal = await mortalDesk();
  try {
    const fragile = /** @type {Desk} */ (/** @type {unknown} */ ({ url: mortal.url }));
    await mortal.start();
    const company = await found(fragile, { company: "Nine Letters" });
    const { administrator } = company;
    const email = address("marta");
    const [into, from] = [
      await write(company, { email, body: "One" }),
      await write(company, { email, body: "Two" }),
    ];
    const attempt = merge(administrator, from, into).catch(() => undefined);
    const events = async () =>
      (await administrator.events(into)).filter(
        (/** @type {any} */ { kind, what }) => kind === "absorbed" || what === "link_replaced",
      );
    await until(async () => (await events()).length > 0, "it has begun");
    await mortal.kill();
    await attempt;
    await mortal.start();
    (await merge(administrator, from, into)).good(200);
    (await merge(administrator, from, into)).good(200);
    const owner = await byMail(into);
    const page = JSON.stringify(await owner.read());
    assert.ok(page.includes("One") && page.includes("Two"));
    assert.equal((await events()).length, 2, "taken in once, and one link");
    // Mails go out in order: with the next one there, no second new link is on its way.
    await administrator.reply(into, "We are on it");
    await mailTo(fragile, email, "answered you");
    assert.equal((await newLinks(into)).length, 1);
    for (const old of [from, into]) (await old.get(old.path())).refused(410, "joined");
  } finally {
    await mortal.kill();
    mortal.bury();
  }
});
