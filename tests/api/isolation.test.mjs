// What is another's does not exist: every route with an id, for everybody who has no business there.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { bodyFor } from "../support/body.mjs";
import { startDesk, stateFolder, until } from "../support/desk.mjs";
import { fill, ROUTES } from "../support/routes.mjs";
import { found, hire, write } from "../support/world.mjs";

const state = stateFolder();
const desk = await startDesk({ state: state.folder });
after(async () => {
  await desk.stop();
  state.remove();
});

const AT_COMPANY = ROUTES.filter(({ path }) => path.startsWith("/api/companies/{company}"));
const AT_CONVERSATION = AT_COMPANY.filter(({ path }) => path.includes("{id}"));
const PUBLIC = ROUTES.filter(({ path }) => path.startsWith("/api/public/conversations/{id}"));
const PAGES = ROUTES.filter(({ path }) => path.startsWith("/{company}/conversations/{id}"));

const lamps = await found(desk);
const shoes = await found(desk);
const sibling = await hire(lamps, "agent");
const conversation = await write(lamps);
const foreign = await write(shoes);

const nothing = await anonymous(desk).get("/api/nothing/here");

/**
 * @param {import("../support/actors.mjs").Actor} actor
 * @param {import("../support/routes.mjs").Route} route
 * @param {Record<string, string>} values
 */
const request = (actor, route, values) =>
  actor.request(route.method, fill(route.path, values), bodyFor(route));

/** A UUIDv7 that nothing has. */
const unknownId = () => `01999999-0000-7${randomUUID().slice(15)}`;

/** All that could have changed, as its owners see it. */
async function everything() {
  const { administrator } = lamps;
  await until(async () => {
    const [item] = (await administrator.get(lamps.path("/conversations"))).good().items;
    return item?.rev === (await administrator.read(conversation)).rev;
  }, "the list is up to date");
  const paths = [
    lamps.path(),
    lamps.path("/agents"),
    lamps.path("/conversations"),
    lamps.path("/conversations/counters"),
  ];
  const answers = await Promise.all(paths.map((path) => administrator.get(path)));
  const inside = [await administrator.read(conversation), await administrator.events(conversation)];
  return JSON.stringify([answers.map((answer) => answer.good()), inside]);
}

/** The files of conversations' objects. */
const objectFiles = () =>
  readdirSync(state.folder, { recursive: true })
    .map(String)
    .filter(
      (file) => file.includes("ConversationObject") && file.endsWith(".sqlite") && !file.includes("metadata"),
    )
    .sort();

test("there are routes to try", () => {
  nothing.refused(404, "not_found");
  assert.ok(
    AT_CONVERSATION.length >= 8 && AT_COMPANY.length >= 15 && PUBLIC.length >= 5 && PAGES.length >= 3,
  );
});

test("another company's administrator finds nothing at any route of ours, to the byte", async () => {
  const before = await everything();
  const values = { company: lamps.slug, id: conversation.id };
  for (const route of AT_COMPANY) {
    const none = await request(shoes.administrator, route, {
      company: "no-such-company",
      id: conversation.id,
    });
    const answer = await request(shoes.administrator, route, values);
    answer.refused(404, "not_found");
    assert.equal(answer.text, nothing.text, answer.request);
    assert.equal(none.text, nothing.text, none.request);
    assert.deepEqual(answer.plainHeaders, none.plainHeaders, answer.request);
  }
  assert.equal(await everything(), before);
});

test("another company's administrator finds nothing of ours under his own company", async () => {
  const before = await everything();
  for (const route of AT_CONVERSATION) {
    const answer = await request(shoes.administrator, route, { company: shoes.slug, id: conversation.id });
    answer.refused(404, "not_found");
    assert.equal(answer.text, nothing.text, answer.request);
  }
  assert.equal(await everything(), before);
  (await shoes.administrator.get(shoes.administrator.at(foreign))).good(200);
});

test("a colleague without business there finds nothing either", async () => {
  const before = await everything();
  for (const route of AT_CONVERSATION) {
    const answer = await request(sibling, route, { company: lamps.slug, id: conversation.id });
    answer.refused(404, "not_found");
    assert.equal(answer.text, nothing.text, answer.request);
  }
  assert.equal(await everything(), before);
});

test("ids that nothing has are not found, and leave no trace", async () => {
  const files = objectFiles();
  assert.equal(files.length, 2, "one of each conversation");
  const ids = [unknownId(), randomUUID(), "x", "%2e%2e%2f", "%00", `${conversation.id}x`, "0".repeat(2_000)];
  for (const id of ids) {
    for (const route of AT_CONVERSATION) {
      const answer = await request(lamps.administrator, route, { company: lamps.slug, id });
      answer.refused(404, "not_found");
      assert.equal(answer.text, nothing.text, answer.request);
    }
  }
  for (const id of [unknownId(), randomUUID(), "x"]) {
    for (const actor of [conversation, anonymous(desk), lamps.administrator]) {
      for (const route of PUBLIC) {
        const answer = await request(actor, route, { id });
        assert.equal(answer.refused(404, "not_found") && answer.text, nothing.text, answer.request);
      }
    }
  }
  await write(lamps);
  assert.equal(objectFiles().length, files.length + 1, "only what exists has a file");
});

test("a customer finds nothing of another's conversation", async () => {
  const before = await everything();
  for (const route of PUBLIC) {
    const answer = await request(foreign, route, { id: conversation.id });
    answer.refused(404, "not_found");
    assert.equal(answer.text, nothing.text, answer.request);
  }
  const browser = foreign.inBrowser();
  for (const route of PAGES) {
    const theirs = await request(browser, route, { company: lamps.slug, id: conversation.id });
    const none = await request(browser, route, { company: lamps.slug, id: unknownId() });
    assert.equal(theirs.status, 404, theirs.request);
    assert.equal(theirs.text, none.text);
  }
  assert.equal(await everything(), before);
});

test("a customer's page exists under its company's address only", async () => {
  const browser = conversation.inBrowser();
  (await browser.get(conversation.page())).good(200);
  for (const company of [shoes.slug, "no-such-company"]) {
    for (const route of PAGES) {
      const answer = await request(browser, route, { company, id: conversation.id });
      assert.equal(answer.status, 404, answer.request);
    }
  }
});

test("a customer's link exists under its company's address only", async () => {
  assert.equal((await anonymous(desk).get(`/${lamps.slug}/c/${conversation.secret}`)).status, 303);
  for (const company of [shoes.slug, "no-such-company"]) {
    const answer = await anonymous(desk).get(`/${company}/c/${conversation.secret}`);
    assert.equal(answer.status, 404, answer.request);
  }
});

test("who is not signed in is told so, before anything else, at every route of a company", async () => {
  for (const route of AT_COMPANY) {
    for (const company of [lamps.slug, "no-such-company"]) {
      const answer = await request(anonymous(desk), route, { company, id: conversation.id });
      answer.refused(401, "not_signed_in");
    }
  }
});

test("what is not found comes before what is wrong with the body", async () => {
  for (const route of AT_CONVERSATION.filter(({ method }) => method !== "GET")) {
    const path = fill(route.path, { company: lamps.slug, id: conversation.id });
    for (const body of ["{", '{"colour":1}', "x".repeat(70_000)]) {
      (await sibling.request(route.method, path, body)).refused(404, "not_found");
    }
    (await sibling.request(route.method, path, "x", { "content-type": "text/plain" })).refused(
      404,
      "not_found",
    );
  }
});

test("a confined role finds nothing outside its section", async () => {
  const confined = await hire(lamps, "order_payment_admin");
  for (const route of AT_CONVERSATION) {
    const answer = await request(confined, route, { company: lamps.slug, id: conversation.id });
    answer.refused(404, "not_found");
  }
  for (const path of ["/conversations", "/conversations/counters", "/agents"]) {
    (await confined.get(lamps.path(path))).refused(404, "not_found");
  }
  (await confined.get(lamps.path("/me"))).good(200);
});
