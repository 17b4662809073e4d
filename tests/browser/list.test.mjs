// The list, in windows: tags and what they are called, filters in the address, several at once and back again, and very
// many without anything moving under one's eyes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { fillIndex } from "../support/many.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Company, Member } from "../support/world.mjs" */

const { desk, browser } = await openStage();

/** A window in which somebody is signed in. @param {Member} person @param {import("playwright-core").BrowserContextOptions} [options] */
async function windowOf(person, options) {
  const window = await openWindow(browser, desk.url, options);
  await signIn(window, person);
  return window;
}

/** A row of the list, by its subject. @param {Page} page @param {string} subject */
const row = (page, subject) => page.locator(".list-rows li", { hasText: subject });

/** The subjects that are listed, from the top. @param {Page} page */
const subjects = (page) => page.locator(".list-rows .subject").allTextContents();

/** The checkbox of a row. @param {Page} page @param {string} subject */
const box = (page, subject) => page.getByRole("checkbox", { name: new RegExp(`^Select: .*${subject}`) });

/** What can be done to the selected. @param {Page} page */
const bar = (page) => page.getByRole("group", { name: "For the selected conversations" });

/** Waits until exactly these are listed. @param {Page} page @param {string[]} wanted */
const lists = (page, wanted) =>
  until(async () => {
    assert.deepEqual(await subjects(page), wanted);
    return true;
  }, "the list is so");

/** @param {Company} company @param {string} path @param {object} body @returns {Promise<any>} */
const make = async ({ administrator }, path, body) =>
  (await administrator.post(administrator.path(path), body)).good(201);

/** A tag's line in the left pane. @param {Page} page @param {string} name @param {number} count */
const counted = (page, name, count) =>
  page
    .getByRole("navigation", { name: "Views" })
    .getByRole("link", { name: `${name} ${count}`, exact: true })
    .waitFor();

// spec: C10 C11 C12
test("a tag is made, put on a conversation, renamed everywhere, and deleted with a word of what that touches", async () => {
  const company = await found(desk, { company: "Tag Sale" });
  await write(company, { subject: "A lamp" });
  const window = await windowOf(company.administrator);
  const { page } = window;
  await page.goto(`${desk.url}/app/${company.slug}/settings/tags`);
  await page.getByText("There is no tag yet.").waitFor();
  await page.getByRole("button", { name: "New tag" }).click();
  await page.getByLabel("Name").fill("Refund");
  await page.getByRole("radio", { name: "Red" }).check();
  await window.isAccessible("a new tag");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Edit: Refund" }).waitFor();
  await page.getByRole("button", { name: "New tag" }).click();
  await page.getByLabel("Name").fill("refund");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("There is one of this name already.").first().waitFor();

  await page.getByRole("link", { name: "← Conversations" }).click();
  await row(page, "A lamp").getByRole("link").click();
  await page.getByRole("button", { name: "Add a tag" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#add-tag").getByRole("button", { name: "Refund" }).click();
  await row(page, "A lamp").getByText("Refund").waitFor();
  await counted(page, "Refund", 1);
  await page.getByText("added the tag Refund").first().waitFor();
  await page.getByRole("combobox", { name: "Priority" }).selectOption("urgent");
  await row(page, "A lamp").getByText("Urgent").waitFor();
  await window.isAccessible("a tagged conversation");
  await page.getByRole("link", { name: "Refund 1" }).click();
  await page.getByRole("heading", { level: 1, name: "Refund" }).waitFor();
  await lists(page, ["A lamp"]);

  await page.goto(`${desk.url}/app/${company.slug}/settings/tags`);
  await page.getByRole("button", { name: "Edit: Refund" }).click();
  await page.getByLabel("Name").fill("Money back");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "← Conversations" }).click();
  await row(page, "A lamp").getByText("Money back").waitFor();
  await counted(page, "Money back", 1);

  await page.goto(`${desk.url}/app/${company.slug}/settings/tags`);
  await page.getByRole("button", { name: "Edit: Money back" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 conversation loses this tag").waitFor();
  await window.isAccessible("deleting a tag");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There is no tag yet.").waitFor();
  await page.getByRole("link", { name: "← Conversations" }).click();
  await row(page, "A lamp").waitFor();
  await row(page, "A lamp").getByText("Money back").waitFor({ state: "detached" });
  await window.close();
});

test("filters and order stand in the address: shared, reloaded, gone back from, and cleared", async () => {
  const company = await found(desk, { company: "Filter House" });
  const { administrator } = company;
  const tag = await make(company, "/tags", { name: "Late", colour: "orange" });
  const [first, second, third] = [
    await write(company, { subject: "First" }),
    await write(company, { subject: "Second" }),
    await write(company, { subject: "Third" }),
  ];
  for (const one of [first, third])
    (await administrator.put(administrator.at(one, `/tags/${tag.id}`), undefined)).good();
  (await administrator.put(administrator.at(second, "/priority"), { priority: "urgent" })).good();
  (await administrator.put(administrator.at(first, "/priority"), { priority: "high" })).good();
  const window = await windowOf(administrator);
  const { page } = window;
  await lists(page, ["First", "Second", "Third"]);
  await page.getByRole("combobox", { name: "Order" }).selectOption("Most pressing");
  await lists(page, ["Second", "First", "Third"]);
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("combobox", { name: "Tag" }).selectOption("Late");
  await lists(page, ["First", "Third"]);
  await window.isAccessible("filters");
  await page.keyboard.press("Escape");
  const address = page.url();
  assert.ok(address.endsWith(`/all?tag=${tag.id}&sort=priority`), address);
  await row(page, "First").getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "First" }).waitFor();
  assert.ok(page.url().includes(`/all/${first.id}?tag=${tag.id}`));

  // Somebody else opens it, and sees the same; it follows what happens.
  const other = await windowOf(await hire(company, "supervisor"));
  await other.page.goto(address);
  await lists(other.page, ["First", "Third"]);
  (await administrator.put(administrator.at(second, `/tags/${tag.id}`), undefined)).good();
  await lists(other.page, ["Second", "First", "Third"]);
  (await administrator.delete(administrator.at(third, `/tags/${tag.id}`))).good();
  await lists(other.page, ["Second", "First"]);
  await other.page.getByRole("link", { name: "Without this filter: Tag: Late" }).click();
  await lists(other.page, ["Second", "First", "Third"]);
  await other.page.goBack();
  await lists(other.page, ["Second", "First"]);
  await other.page.getByRole("button", { name: /^Filter/ }).click();
  await other.page.getByRole("combobox", { name: "Priority" }).selectOption("Low");
  await other.page.getByText("No conversation is like this.").waitFor();
  await other.page.keyboard.press("Escape");
  await other.page.getByRole("link", { name: "Clear filters" }).first().click();
  await lists(other.page, ["Second", "First", "Third"]);
  await Promise.all([window.close(), other.close()]);
});

test("several are selected by mouse and by keys, changed together, and brought back", async () => {
  const company = await found(desk, { company: "Many Hands" });
  const { administrator } = company;
  const folder = await make(company, "/folders", { name: "Code" });
  await make(company, "/tags", { name: "Late", colour: "orange" });
  const all = [];
  for (const subject of ["One", "Two", "Three", "Four"]) all.push(await write(company, { subject }));
  (
    await administrator.put(administrator.at(/** @type {any} */ (all[0]), "/folder"), {
      folder_id: folder.id,
    })
  ).good();
  await until(
    async () =>
      (await administrator.get(company.path(`/conversations?folder=${folder.id}`))).good().items.length,
    "it is in the folder",
  );
  const window = await windowOf(administrator);
  const { page } = window;
  await lists(page, ["One", "Four", "Three", "Two"]);
  await row(page, "One").hover();
  await box(page, "One").check();
  await box(page, "Three").click({ modifiers: ["Shift"] });
  await page.getByText("3 selected").waitFor();
  await page.getByRole("button", { name: "Select all" }).click();
  await page.getByText("4 selected").waitFor();
  await window.isAccessible("a selection");
  await page.keyboard.press("Escape");
  await page.getByText("4 selected").waitFor({ state: "detached" });

  // By keys alone: down, select on the way, and into a folder.
  await page.keyboard.press("j");
  await page.getByRole("heading", { level: 1, name: "One" }).waitFor();
  await page.keyboard.press("x");
  await page.getByText("1 selected").waitFor();
  await page.keyboard.press("Shift+J");
  await page.getByText("2 selected").waitFor();
  await page.getByRole("heading", { level: 1, name: "Four" }).waitFor();
  await bar(page).getByRole("button", { name: "Folder" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.locator("#bulk-folder").waitFor({ state: "hidden" });
  await page.getByText("2 selected").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#bulk-folder").getByRole("button", { name: "Code" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("2 sorted.").waitFor();
  await counted(page, "Code", 2);
  // Back where each was: one in the folder, one in none.
  await page.keyboard.press("z");
  await page.getByText("Taken back.").waitFor();
  await counted(page, "Code", 1);
  assert.equal((await administrator.read(/** @type {any} */ (all[0]))).folder.id, folder.id);
  assert.equal((await administrator.read(/** @type {any} */ (all[3]))).folder, null);

  // A tag on all of them keeps the selection; what is closed is gone from the list, and comes again.
  for (const subject of ["Two", "Three"]) await box(page, subject).check();
  await bar(page).getByRole("button", { name: "Tag" }).click();
  await page.locator("#bulk-tag").getByRole("checkbox", { name: "Late" }).click();
  await page.getByText("2 tagged.").waitFor();
  await row(page, "Two").getByText("Late").waitFor();
  await bar(page).getByRole("button", { name: "Close", exact: true }).click();
  await page.getByText("2 closed.").waitFor();
  await row(page, "Two").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "Two").waitFor();
  await row(page, "Three").waitFor();
  await window.close();
});

test("what cannot be done to all is done to none, and says why", async () => {
  const company = await found(desk, { company: "All Or None" });
  const { administrator } = company;
  const agent = await hire(company, "agent", { first_name: "Ana", last_name: "Mora", max_chats: 1 });
  for (const subject of ["One", "Two"]) await write(company, { subject });
  const window = await windowOf(administrator, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  });
  const { page } = window;
  for (const subject of ["One", "Two"]) await box(page, subject).check();
  await bar(page).getByRole("button", { name: "Assign" }).click();
  await window.isAccessible("a selection on a telephone");
  await page
    .locator("#bulk-assign")
    .getByRole("button", { name: /^Ana Mora/ })
    .click();
  await page.locator(".toast", { hasText: "1" }).waitFor();
  await page.getByText("2 selected").waitFor();
  const board = (await administrator.get(company.path("/status-board"))).good(200);
  assert.equal(board.items.find((/** @type {any} */ { id }) => id === agent.id)?.open ?? 0, 0);
  await window.close();
});

test("of very many, only those in sight are there; what comes in above moves nothing", async () => {
  const company = await found(desk, { company: "Long List" });
  await fillIndex((statements) => desk.runtime.sql("DB", statements), company.slug, 1_000);
  const window = await windowOf(company.administrator);
  const { page } = window;
  const rows = page.locator(".list-rows");
  await page.getByRole("listitem").filter({ hasText: "#1" }).first().waitFor();
  const item = page.locator('.list-rows li[aria-posinset="1"]');
  assert.equal(await item.getAttribute("aria-setsize"), "1000");
  const there = () => page.locator(".list-rows li").count();
  assert.ok((await there()) < 40);
  await until(
    async () => {
      await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return (await page.locator('.list-rows li[aria-posinset="1000"]').count()) === 1;
    },
    "the end is reached",
    30,
  );
  assert.ok((await there()) < 40);
  await window.isAccessible("the end of a long list");

  // In the middle of it, a new one arrives at the top.
  await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  const inSight = () =>
    rows.evaluate((element) => {
      const top = element.getBoundingClientRect().top;
      const places = [...element.querySelectorAll("li")].map((row) => ({
        id: row.getAttribute("data-id"),
        y: Math.round(row.getBoundingClientRect().top - top),
        at: Number(row.getAttribute("aria-posinset")),
      }));
      return places.filter(({ y }) => y >= 0).sort((a, b) => a.y - b.y)[0];
    });
  const before = await until(inSight, "rows are there");
  const customer = await write(company, { subject: "A new one" });
  await until(async () => (await inSight())?.at === before.at + 1, "one more is above");
  const after = await inSight();
  assert.deepEqual([after?.id, after?.y], [before.id, before.y]);

  // The keyboard keeps its place when the row with the focus is out of sight, and follows what it opens.
  await page.goto(`${desk.url}/app/${company.slug}/all/${customer.id}`);
  await page.getByRole("heading", { level: 1, name: "A new one" }).waitFor();
  await row(page, "A new one").getByRole("link").focus();
  await rows.evaluate((element) => element.scrollTo(0, 4_000));
  await until(async () => (await inSight())?.at !== 1, "it is scrolled");
  assert.equal(
    await page.evaluate(() => document.activeElement?.closest("li")?.getAttribute("aria-posinset")),
    "1",
  );
  await window.close();
});

test("a red bar marks what a colleague has open, and says who it is; it goes when he goes", async () => {
  const company = await found(desk, { company: "Two Pairs of Eyes" });
  const [sam, kim] = [
    await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" }),
    await hire(company, "supervisor", { first_name: "Kim", last_name: "Osei" }),
  ];
  const [one, two] = [
    await write(company, { subject: "Under two eyes" }),
    await write(company, { subject: "Unseen" }),
  ];
  const [first, second] = [await windowOf(sam), await windowOf(kim)];
  const inList = (/** @type {string} */ subject) =>
    first.page.locator(".list-row").filter({ hasText: subject });
  await inList("Under two eyes").waitFor();
  await second.visit(`/app/${company.slug}/all/${one.id}`);
  await inList("Under two eyes").filter({ hasText: "Open at Kim Osei" }).waitFor();
  assert.equal(await inList("Under two eyes").getAttribute("title"), "Open at Kim Osei");
  assert.equal(await inList("Unseen").getAttribute("data-viewed"), "false");
  const bar = await inList("Under two eyes").evaluate(
    (item) => getComputedStyle(item, "::before").backgroundColor,
  );
  assert.notEqual(bar, "rgba(0, 0, 0, 0)");
  assert.equal(
    await second.page.locator('.list-row[data-viewed="true"]').count(),
    0,
    "what one has open oneself is not marked",
  );
  await first.isAccessible("a list with what a colleague has open");
  await second.visit(`/app/${company.slug}/all/${two.id}`);
  await inList("Unseen").filter({ hasText: "Open at Kim Osei" }).waitFor();
  await inList("Under two eyes").and(first.page.locator('[data-viewed="false"]')).waitFor();
  await second.close();
  await inList("Unseen").and(first.page.locator('[data-viewed="false"]')).waitFor();
  await first.close();
});
