// Who has what, in windows: the Agent Status page, the limit and what goes beyond it, colleagues in one conversation,
// customers who wait for too long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Company, Member } from "../support/world.mjs" */

const { desk, browser } = await openStage();

/** A window in which somebody is signed in. @param {Member} person */
async function windowOf(person) {
  const window = await openWindow(browser, desk.url);
  await signIn(window, person);
  return window;
}

/** Conversations that somebody has. @param {Company} company @param {Member} agent @param {string[]} subjects */
async function given(company, agent, ...subjects) {
  const all = [];
  for (const subject of subjects) {
    const customer = await write(company, { subject });
    (await company.administrator.assign(customer, agent)).good(200);
    all.push(customer);
  }
  return all;
}

/** An agent's card on the board. @param {Page} page @param {Member} agent */
const card = (page, { name }) =>
  page.locator("details", { has: page.getByRole("heading", { name, exact: true }) });

/** How many conversations may be had. @param {Company} company @param {number} max_chats */
const limit = async (company, max_chats) =>
  (await company.administrator.patch(company.path(), { max_chats })).good(200);

/** What a figure on top of the board says. @param {Page} page @param {string} name */
const figure = (page, name) =>
  page.locator("dl.figures > div", { has: page.getByText(name, { exact: true }) }).locator("dd");

// spec: F3 F4 F21 C30 C23 H1
test("the board: who is there and what each has, live; a supervisor closes, transfers and gives back", async () => {
  const company = await found(desk, { company: "Status Quo" });
  await limit(company, 5);
  const [ana, ben, clara] = [
    await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" }),
    await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
    await hire(company, "agent", { first_name: "Clara", last_name: "Moreau" }),
  ];
  const [lamp, chair, table, shelf] = await given(company, ana, "A lamp", "A chair", "A table", "A shelf");
  const supervisor = await windowOf(ben);
  const { page } = supervisor;
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("link", { name: "Agent Status" }).click();
  await card(page, ana).getByText("4 of 5").waitFor();
  await card(page, ana).getByText("Offline").waitFor();
  await card(page, clara).getByText("0 of 5").waitFor();
  assert.equal(await figure(page, "Waiting").textContent(), "0");

  // She comes, and says another word: the board follows by itself.
  const agent = await windowOf(ana);
  await card(page, ana).getByText("Online").waitFor();
  await agent.page.getByRole("button", { name: /^Your account.*Online.*4 of 5/ }).click();
  await agent.page.getByRole("radio", { name: "Away" }).check();
  await card(page, ana).getByText("Away").waitFor();
  await agent.page.getByRole("button", { name: /^Your account.*Away/ }).waitFor();

  // Something new waits, and is counted.
  await write(company, { subject: "A new one" });
  await figure(page, "Waiting").filter({ hasText: "1" }).waitFor();

  // Opened by keyboard; one conversation is closed, one transferred.
  await card(page, ana).locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Close: A lamp" }).waitFor();
  await supervisor.isAccessible("an agent's card");
  await page.getByRole("button", { name: "Close: A lamp" }).click();
  await page.getByRole("button", { name: "Close: A lamp" }).waitFor({ state: "detached" });
  await page.getByText("“A lamp” is closed.").waitFor();
  await card(page, ana).getByText("3 of 5").waitFor();
  assert.equal((await ben.read(/** @type {any} */ (lamp))).status, "closed");
  await agent.page.getByRole("button", { name: /3 of 5/ }).waitFor();

  await page.getByRole("button", { name: "Transfer…: A chair" }).click();
  await supervisor.isAccessible("a transfer");
  await page.getByRole("radio", { name: /^Clara Moreau.*Offline.*0 of 5/ }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await card(page, clara).getByText("1 of 5").waitFor();
  await card(page, ana).getByText("2 of 5").waitFor();
  assert.equal((await ben.read(/** @type {any} */ (chair))).assignee.id, clara.id);

  // The rest together, back to the queue.
  await page.getByLabel("Select all").check();
  await page.getByRole("button", { name: "Transfer (2)…" }).click();
  await page.getByRole("radio", { name: "Back to the queue" }).check();
  await page.getByRole("button", { name: "Transfer", exact: true }).click();
  await page.getByText("2 back in the queue.").waitFor();
  await figure(page, "Waiting").filter({ hasText: "3" }).waitFor();
  await card(page, ana).getByText("0 of 5").waitFor();
  for (const one of [table, shelf]) assert.equal((await ben.read(/** @type {any} */ (one))).assignee, null);

  // And from there to the conversation.
  await page.getByRole("link", { name: "3", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Unassigned" }).waitFor();
  await Promise.all([supervisor.close(), agent.close()]);
});

// spec: F21 C30
test("several are closed together, and named before; whoever may only look finds nothing to press", async () => {
  const company = await found(desk, { company: "Closing Time" });
  const [ana, carl] = [
    await hire(company, "agent", { first_name: "Ana", last_name: "Mora" }),
    await hire(company, "compliance", { first_name: "Carl", last_name: "Ode" }),
  ];
  await given(company, ana, "First", "Second", "Third");
  const [administrator, auditor] = [await windowOf(company.administrator), await windowOf(carl)];
  for (const { page } of [administrator, auditor]) {
    await page.goto(`${desk.url}/app/${company.slug}/status`);
    await card(page, ana).locator("summary").click();
    await card(page, ana).getByRole("link", { name: "Second" }).waitFor();
  }
  assert.equal(await card(auditor.page, ana).getByRole("button").count(), 0);
  assert.equal(await card(auditor.page, ana).getByRole("checkbox").count(), 0);
  await auditor.isAccessible("a board that may only be looked at");

  const { page } = administrator;
  await page.getByLabel("Select: First").check();
  await page.getByLabel("Select: Third").check();
  await page.getByRole("button", { name: "Close (2)" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Close 2 of Ana Mora’s conversations?").waitFor();
  for (const subject of ["First", "Third"]) await dialog.getByText(subject).waitFor();
  await administrator.isAccessible("closing several");
  await dialog.getByRole("button", { name: "Close (2)" }).click();
  await page.getByText("2 closed.").waitFor();
  await card(page, ana)
    .getByText(/^1 of /)
    .waitFor();
  // The other window has heard of it, too.
  await card(auditor.page, ana).getByRole("link", { name: "First" }).waitFor({ state: "detached" });
  await card(auditor.page, ana).getByRole("link", { name: "Second" }).waitFor();
  await Promise.all([administrator.close(), auditor.close()]);
});

// spec: H1 H2
test("at the limit: busy, the Dispenser says why, and only who may goes beyond it", async () => {
  const company = await found(desk, { company: "Full House" });
  const [clara, tess, ben] = [
    await hire(company, "agent", {
      first_name: "Clara",
      last_name: "Moreau",
      add_ons: ["dispenser"],
      max_chats: 1,
    }),
    await hire(company, "agent", { first_name: "Tess", last_name: "Ito", add_ons: ["transfer"] }),
    await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
  ];
  const [own] = await given(company, tess, "Hers");
  const waiting = await write(company, { subject: "Waits" });
  const [full, colleague, supervisor] = [await windowOf(clara), await windowOf(tess), await windowOf(ben)];
  await full.page.getByRole("button", { name: /^Your account.*Online.*0 of 1/ }).waitFor();
  await full.page.getByRole("button", { name: /^Take the next one/ }).click();
  await full.page.getByRole("heading", { level: 1, name: "Waits" }).waitFor();
  await full.page.getByRole("button", { name: /^Your account.*Busy.*1 of 1/ }).waitFor();
  await full.page.getByRole("button", { name: /^Take the next one/ }).click();
  await full.page
    .locator(".toast", { hasText: "You have 1 of 1 conversations. Close one or hand one over" })
    .waitFor();
  await full.page.getByRole("button", { name: /^Your account/ }).click();
  await full.page.getByText("to others you are busy").waitFor();
  await full.isAccessible("at the limit");

  // A colleague may hand over, but not beyond the limit.
  const path = `${desk.url}/app/${company.slug}/all/${own?.id}`;
  await colleague.page.goto(path);
  const picker = (/** @type {Page} */ page) => page.getByRole("combobox", { name: "Assigned to" });
  await picker(colleague.page).selectOption(clara.id);
  await colleague.page.getByRole("heading", { name: "Clara Moreau is at the limit" }).waitFor();
  await colleague.page.getByText("Pick somebody else, or ask a supervisor.").waitFor();
  assert.equal(await colleague.page.getByRole("button", { name: "Assign beyond the limit" }).count(), 0);
  await colleague.page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  assert.equal(await picker(colleague.page).inputValue(), tess.id, "still hers");

  // A supervisor sees it coming, and may.
  const { page } = supervisor;
  await page.goto(path);
  await picker(page).focus();
  await picker(page)
    .locator("option", { hasText: "Clara Moreau · Busy · 1 of 1, full" })
    .waitFor({ state: "attached" });
  await picker(page).selectOption(clara.id);
  await page.getByText("has 1 of 1 conversations and gets no more until one ends").waitFor();
  await supervisor.isAccessible("beyond the limit?");
  await page.getByRole("button", { name: "Assign beyond the limit" }).click();
  await page.getByText("Ben Falk assigned it to Clara Moreau, beyond the limit").first().waitFor();
  await full.page.getByRole("button", { name: /^Your account.*Busy.*2 of 1/ }).waitFor();

  // On the board it takes as many words.
  await page.goto(`${desk.url}/app/${company.slug}/status`);
  await card(page, clara).getByText("2 of 1, full").waitFor();
  await card(page, clara).getByText("at the limit").waitFor();
  const [more] = await given(company, tess, "One more");
  await card(page, tess).locator("summary").click();
  await page.getByRole("button", { name: "Transfer…: One more" }).click();
  await page.getByRole("radio", { name: /^Clara Moreau/ }).check();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("has 2 of 1 conversations").waitFor();
  await dialog.getByRole("button", { name: "Transfer", exact: true }).click();
  await dialog.getByText("has 2 of 1 conversations").waitFor();
  await dialog.getByLabel("Assign beyond the limit").check();
  await supervisor.isAccessible("a transfer beyond the limit");
  await dialog.getByRole("button", { name: "Transfer", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await card(page, clara).getByText("3 of 1, full").waitFor();
  assert.equal((await ben.read(/** @type {any} */ (more))).assignee.id, clara.id);
  assert.equal((await ben.read(waiting)).assignee.id, clara.id);
  await Promise.all([full, colleague, supervisor].map((window) => window.close()));
});

// spec: I7 I8 F21
test("disabling somebody who has something leads to Agent Status, where it is cleared up first", async () => {
  const company = await found(desk, { company: "Cleared Desk" });
  const [ana, ben] = [
    await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" }),
    await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
  ];
  const [first] = await given(company, ana, "To be closed", "To be transferred");
  const { contact } = await ben.read(/** @type {any} */ (first));
  (await ben.put(company.path(`/contacts/${contact.id}/sticky`), { agent_id: ana.id })).good();
  const administrator = await windowOf(company.administrator);
  const { page } = administrator;
  const user = `${desk.url}/app/${company.slug}/settings/users/${ana.id}`;
  await page.goto(user);
  await page.getByRole("button", { name: "Disable Agent" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable Agent" }).click();
  await page.getByText("2 open conversations, 1 customer who is stuck").waitFor();
  await page.getByRole("dialog").getByRole("link", { name: "Agent Status" }).click();
  await page.getByRole("button", { name: "Unstick: Marta Lindholm" }).click();
  await page.getByText("Marta Lindholm is not stuck to Ana Mora any more.").waitFor();
  await page.getByRole("button", { name: "Close: To be closed" }).click();
  await page.getByRole("button", { name: "Transfer…: To be transferred" }).click();
  await page.getByRole("radio", { name: /^Ben Falk/ }).check();
  await page.getByRole("button", { name: "Transfer", exact: true }).click();
  await page.getByText("Ana Mora has no conversation").waitFor();
  await page.getByRole("link", { name: "About Ana Mora" }).click();
  await page.getByRole("button", { name: "Disable Agent" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable Agent" }).click();
  await page.getByRole("button", { name: "Enable again" }).waitFor();
  await administrator.close();
});

test("colleagues in one conversation: who looks at it as well, and who is answering already", async () => {
  const company = await found(desk, { company: "Two Heads" });
  const [ana, ben] = [
    await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" }),
    await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
  ];
  const [conversation] = await given(company, ana, "Who answers?");
  const windows = [await windowOf(ana), await windowOf(ben)];
  const [anas, bens] = windows;
  const place = `${desk.url}/app/${company.slug}/all/${conversation?.id}`;
  await anas?.page.goto(place);
  await anas?.page.getByRole("textbox", { name: "Reply" }).waitFor();
  assert.equal(await anas?.page.getByText("looking at this").count(), 0, "not herself");
  await bens?.page.goto(place);
  await anas?.page.getByText("Ben Falk is looking at this, too").waitFor();
  await bens?.page.getByText("Ana Mora is looking at this, too").waitFor();

  await anas?.page.getByRole("textbox", { name: "Reply" }).pressSequentially("Yes, Ana here");
  await bens?.page.getByText("Ana Mora is already answering").waitFor();
  await bens?.isAccessible("a colleague who is answering");
  assert.equal(await anas?.page.getByText("already answering").count(), 0, "nobody warns her of herself");
  await anas?.page.keyboard.press("Control+Enter");
  await bens?.page.getByRole("log").getByText("Yes, Ana here").waitFor();
  await bens?.page.getByText("already answering").waitFor({ state: "detached" });

  await anas?.page.getByRole("link", { name: "Mine" }).click();
  await bens?.page.getByText("looking at this").waitFor({ state: "detached" });
  await Promise.all(windows.map((window) => window.close()));
});

test("the company's patience and the order of its units; who waits for too long is marked until answered", async () => {
  const company = await found(desk, { company: "Patience" });
  const ana = await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" });
  const administrator = await windowOf(company.administrator);
  const { page } = administrator;
  await page.goto(`${desk.url}/app/${company.slug}/settings/company`);
  const rules = page.getByRole("region", { name: "Rules of the desk" });
  await rules.getByLabel(/^Answer within/).fill("2");
  await rules.getByLabel("When it waits longer").selectOption({ label: "Give it back to the queue" });
  await rules.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  const settings = async () => (await company.administrator.get(company.path())).good();
  assert.deepEqual([(await settings()).response_time, (await settings()).escalation], ["PT2H", "queue"]);
  await page.reload();
  assert.equal(await rules.getByLabel(/^Answer within/).inputValue(), "2");
  await rules.getByLabel(/^Answer within/).fill("");
  await rules.getByLabel("When it waits longer").selectOption({ label: "Tell the supervisors" });
  await rules.getByRole("button", { name: "Save" }).click();
  await until(async () => (await settings()).response_time === null, "nobody counts");

  for (const name of ["North", "South"]) {
    (await company.administrator.post(company.path("/business-units"), { name })).good(201);
  }
  const order = async () =>
    (await company.administrator.get(company.path("/business-units")))
      .good()
      .items.map((/** @type {{ name: string }} */ { name }) => name);
  await page.getByRole("link", { name: "Business Units" }).click();
  await page.getByRole("button", { name: "Move South up" }).waitFor();
  const before = await order();
  for (let place = before.indexOf("South"); place > 0; place -= 1) {
    await page.getByRole("button", { name: "Move South up" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(`South is number ${place} of 3 now.`).waitFor();
  }
  assert.equal((await order())[0], "South");
  await until(
    () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Move South down"),
    "the focus stays with the unit",
  );
  await administrator.isAccessible("units in their order");

  // A second is soon over.
  (await company.administrator.patch(company.path(), { response_time: "PT1S" })).good(200);
  const customer = await write(company, { subject: "Anybody?" });
  (await company.administrator.assign(customer, ana)).good(200);
  await page.goto(`${desk.url}/app/${company.slug}/all/${customer.id}`);
  await page.getByRole("link", { name: /Anybody\?.*Escalated/ }).waitFor();
  await page.locator("header").getByText("Escalated", { exact: true }).waitFor();
  await page.getByText("Escalated: the customer has waited longer").first().waitFor();
  await administrator.isAccessible("an escalated conversation");
  await ana.reply(customer, "Here I am.");
  await page.getByRole("link", { name: /Anybody\?.*Escalated/ }).waitFor({ state: "detached" });
  await page.locator("header").getByText("Escalated", { exact: true }).waitFor({ state: "detached" });
  await administrator.close();
});

test("nothing overflows and axe finds nothing on the board, at three widths, light and dark", async () => {
  const company = await found(desk, { company: "A Company With Quite a Long Name Indeed" });
  await limit(company, 2);
  const agent = await hire(company, "super_agent", { last_name: "Averyveryverylongname".repeat(4) });
  const ben = await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" });
  const [first] = await given(company, agent, "Averyveryverylongwordwithoutanyspaceinit".repeat(3), "Short");
  const { contact } = await ben.read(/** @type {any} */ (first));
  (await ben.put(company.path(`/contacts/${contact.id}/sticky`), { agent_id: agent.id })).good();
  const looks = /** @type {const} */ ([
    ["light", 1440],
    ["dark", 390],
  ]);
  for (const [colorScheme, width] of looks) {
    const window = await openWindow(browser, desk.url, { colorScheme, viewport: { width, height: 844 } });
    const { page } = window;
    await signIn(window, ben);
    await page.goto(`${desk.url}/app/${company.slug}/status/${agent.id}`);
    await page.getByRole("button", { name: /^Unstick/ }).waitFor();
    await window.isAccessible(`the board at ${width}, ${colorScheme}`);
    for (const other of [width, 1024]) {
      await page.setViewportSize({ width: other, height: 844 });
      const spare = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(spare <= 0, `the board is ${spare}px too wide at ${other}`);
    }
    await page.setViewportSize({ width, height: 844 });
    await page.getByLabel("Select all").check();
    await page.getByRole("button", { name: /^Transfer \(/ }).click();
    await page.getByRole("radio", { name: /^Ben/ }).check();
    await window.isAccessible(`a transfer at ${width}, ${colorScheme}`);
    await window.close();
  }
});
