// Hostile words in every field, shown on every screen: nothing of them runs, and nothing breaks.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { SCHEDULE } from "../support/body.mjs";
import { mailsTo } from "../support/desk.mjs";
import { payloads } from "../support/payloads.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Customer } from "../support/world.mjs" */
/** @import { Window } from "./browser.mjs" */

const { desk, browser } = await openStage();
const CORPUS = payloads();
/** What stands between two payloads of one text. */
const BETWEEN = "\n·\n";

/** The corpus as texts of this many characters at most. @param {number} most */
function texts(most) {
  const packed = [""];
  for (const text of CORPUS.filter(({ length }) => length <= most)) {
    const last = packed.at(-1) ?? "";
    if (last.length + BETWEEN.length + text.length > most) packed.push(text);
    else packed[packed.length - 1] = last ? `${last}${BETWEEN}${text}` : text;
  }
  return packed;
}

/** @param {number} amount in cents */
const euros = (amount) => ({ amount, currency: "EUR" });

/** Those that get through as a name: what cannot be shown is refused, never stored. */
const NAMES = CORPUS.filter((text) => text.length <= 100 && text.trim() !== "");

/**
 * Sends texts into a field until some were taken; a refusal has to be a clear one.
 * @param {string[]} all @param {(text: string) => Promise<import("../support/actors.mjs").Answer>} send
 */
async function fill(all, send) {
  let taken = 0;
  let refusal = "";
  for (const text of all) {
    const answer = await send(text);
    assert.ok(answer.status < 500, `${answer.request}: ${answer.status} to ${JSON.stringify(text)}`);
    if (answer.status < 300) taken += 1;
    else assert.ok([409, 422].includes(answer.status), `${answer.request}: ${answer.text}`);
    if (answer.status >= 300) refusal = `${answer.request}: ${answer.text}`;
  }
  assert.ok(taken > 0, `nothing was taken, ${refusal}`);
}

/** Watches a window for anything that runs, or is reported. @param {Window} window */
async function watch({ page }) {
  const seen = /** @type {string[]} */ ([]);
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", () => seen.push("a window opened"));
  await page.addInitScript(() => {
    /** @type {any} */ (globalThis).reports = [];
    addEventListener("securitypolicyviolation", (event) => {
      /** @type {any} */ (globalThis).reports.push(
        `${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      );
    });
  });
  return seen;
}

/** That a screen stands: no report, no script that is not ours, nothing wider than the window. @param {Window} window @param {string} screen */
async function stands({ page }, screen) {
  const { reports, title, wide, foreign } = await page.evaluate(() => ({
    reports: /** @type {any} */ (globalThis).reports,
    title: document.title,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    foreign: document.querySelectorAll(
      "img[src='x'], svg[onload], iframe, object, embed, [onerror], [onload], a[href^='javascript' i]",
    ).length,
  }));
  assert.deepEqual(reports, [], `reports on ${screen}`);
  assert.notEqual(title, "broken", screen);
  assert.equal(foreign, 0, `elements of theirs on ${screen}`);
  assert.ok(wide <= 0, `${screen} is ${wide} px too wide`);
}

test(`${CORPUS.length} hostile texts run nowhere and break nothing`, async () => {
  assert.ok(CORPUS.length > 450, "the corpus is there");
  const company = await found(desk, { company: "Glass House" });
  const sam = await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" });
  const { administrator } = company;
  const conversation = await write(company);
  const bodies = texts(19_000);
  await fill(bodies, (body) =>
    conversation.post(conversation.path("/messages"), { client_id: randomUUID(), body }),
  );
  await fill(bodies, (body) =>
    sam.post(sam.at(conversation, "/messages"), { client_id: randomUUID(), body }),
  );
  await fill(bodies, (body) => sam.post(sam.at(conversation, "/notes"), { client_id: randomUUID(), body }));
  const path = (/** @type {string} */ rest) => company.path(rest);
  const some = (/** @type {number} */ count, /** @type {number} */ from) =>
    Array.from({ length: count }, (_, place) => NAMES[(from + place * 37) % NAMES.length] ?? "");
  const { id } = (await sam.read(conversation)).contact;
  await fill(some(6, 0), (text) =>
    sam.patch(path(`/contacts/${id}`), { name: text, phone: text, organisation: text, note: text }),
  );
  await fill(some(8, 1), (name) => administrator.post(path("/folders"), { name }));
  await fill(some(8, 2), (name) => administrator.post(path("/teams"), { name, agents: [] }));
  await fill(some(8, 3), (name) => administrator.post(path("/tags"), { name }));
  await fill(some(8, 4), (name) =>
    administrator.post(path("/responses"), { name, body: name, scope: "company" }),
  );
  await fill(some(8, 5), (text) =>
    sam.patch(path("/me"), {
      name: text,
      public_name: text,
      function: text,
      signature: text,
      description: text,
    }),
  );
  await fill(some(8, 6), (text) => administrator.patch(path(""), { name: text, description: text }));
  // Also where few may write: rules, roles, what is sold, and what comes from the customer beside words.
  await fill(some(8, 8), (text) =>
    administrator.post(path("/automations"), {
      name: text,
      trigger: { kind: "conversation_opened" },
      conditions: { all: [{ what: "subject", is: "contains", values: [text] }], any: [] },
      actions: [
        { kind: "note", body: text },
        { kind: "message", body: text },
      ],
    }),
  );
  await fill(some(8, 9), (name) => administrator.post(path("/roles"), { name, base: "agent" }));
  await fill(some(8, 10), (name) => administrator.post(path("/business-units"), { name }));
  await fill(some(8, 11), (text) =>
    administrator.post(path("/catalog"), { name: text, description: text, price: euros(1_000) }),
  );
  await fill(some(4, 12), (name) => administrator.post(path("/report-schedules"), { name, ...SCHEDULE }));
  const orders = /** @type {string[]} */ ([]);
  await fill(some(8, 13), async (text) => {
    const answer = await administrator.post(path("/orders"), {
      conversation_id: conversation.id,
      lines: [{ name: text, quantity: 1, unit_price: euros(1_000) }],
      note: text,
      billing: { name: text, address: text },
      send: true,
    });
    if (answer.status === 201) orders.push(answer.body.id);
    return answer;
  });
  await fill(bodies, (body) => administrator.post(path(`/orders/${orders[0]}/comments`), { body }));
  await fill(bodies, (comment) =>
    conversation.put(conversation.path("/rating"), { score: 1, comment: comment.slice(0, 900) }),
  );
  const opened = /** @type {Customer[]} */ ([]);
  for (const text of some(25, 7)) {
    const answer = await conversation.post(`/api/public/companies/${company.slug}/conversations`, {
      ...{ client_id: randomUUID(), name: text, subject: text, body: text, email: "eve@glass.example" },
    });
    assert.ok([201, 422].includes(answer.status), answer.text);
    if (answer.status === 201) opened.push(answer.body);
  }
  assert.ok(opened.length > 5, "some were opened");

  const windows = [
    await openWindow(browser, desk.url),
    await openWindow(browser, desk.url, { viewport: { width: 390, height: 844 } }),
  ];
  for (const [at, window] of windows.entries()) {
    const seen = await watch(window);
    await signIn(window, at === 0 ? administrator : sam);
    const { page } = window;
    const inside = `/app/${company.slug}`;
    for (const screen of SCREENS(conversation, opened.at(-1), id, orders[0])) {
      await window.visit(inside + screen);
      await page.locator("main, .panes").first().waitFor();
      await page.waitForLoadState("networkidle");
      await stands(window, `${screen} at ${page.viewportSize()?.width} px`);
    }
    for (const one of [conversation.url, opened.at(-1)?.url ?? "", `/${company.slug}`]) {
      await page.goto(new URL(new URL(one, desk.url).pathname, desk.url).href);
      await page.waitForLoadState("networkidle");
      await stands(window, `the customer's side at ${page.viewportSize()?.width} px`);
    }
    assert.deepEqual(seen, []);
    await window.close();
  }
  const mails = await mailsTo(desk, "eve@glass.example");
  assert.ok(
    mails.every(({ text = "", html = "" }) => !/<script|onerror|onload/i.test(text + html)),
    "mails carry nothing typed",
  );
});

/** @type {(conversation: { id: string }, other: { id: string } | undefined, contact: string, order: string | undefined) => string[]} */
const SCREENS = (conversation, other, contact, order) => [
  "/all",
  `/all/${conversation.id}`,
  `/all/${other?.id}`,
  "/contacts",
  `/contacts/${contact}`,
  "/orders",
  `/orders/${order}`,
  `/orders/${order}/edit`,
  `/orders/new?conversation=${conversation.id}`,
  "/orders/payments",
  "/catalog",
  "/reports",
  "/monitoring",
  "/status",
  "/account",
  "/settings/company",
  "/settings/folders",
  "/settings/groups",
  "/settings/tags",
  "/settings/responses",
  "/settings/automations",
  "/settings/users",
  "/settings/roles",
  "/settings/business-units",
  "/settings/orders",
  "/settings/privacy",
  "/settings/audit",
  `/search?q=${encodeURIComponent("<script>")}`,
];
