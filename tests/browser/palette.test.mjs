// The command palette and the keys: everything by its name, nothing that one may not do, and no letter lost in a field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */

const { desk, browser } = await openStage();

/** @param {Page} page */
const field = (page) => page.getByRole("combobox", { name: "Command palette" });
/** @param {Page} page */
const options = (page) => page.getByRole("listbox", { name: "Commands" }).getByRole("option");
/** @param {Page} page */
const chosen = async (page) => {
  const id = await page.getByRole("combobox", { expanded: true }).getAttribute("aria-activedescendant");
  const option = page.locator(`#${id}`);
  assert.equal(await option.getAttribute("aria-selected"), "true");
  return (await option.locator("span").textContent())?.trim();
};

/** Chooses by letters. @param {Page} page @param {string} letters @param {string} expected */
async function command(page, letters, expected) {
  await page.keyboard.press("Control+k");
  await field(page).waitFor();
  await page.keyboard.type(letters);
  await until(async () => (await chosen(page)) === expected, `"${letters}" finds ${expected}`);
  await page.keyboard.press("Enter");
  await field(page).waitFor({ state: "detached" });
}

test("everything by a few letters: conversations, colleagues, places and what can be done", async () => {
  const company = await found(desk, { company: "Palette" });
  const [ben, ana] = [
    await hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
    await hire(company, "super_agent", { first_name: "Ana", last_name: "Móra" }),
  ];
  (await company.administrator.post(company.path("/folders"), { name: "Returns" })).good(201);
  const lamp = await write(company, { subject: "The lamp is dark" });
  await write(company, { subject: "A chair without legs" });
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ben);
  await page.getByRole("link", { name: /The lamp is dark/ }).waitFor();

  await page.keyboard.press("Control+k");
  await field(page).waitFor();
  await window.isAccessible("the palette");
  assert.ok((await options(page).count()) > 10);
  assert.equal(await options(page).filter({ hasText: "Assign to" }).count(), 0, "no conversation is open");
  await page.keyboard.type("zzzz");
  await page.getByText("Nothing is called that.").waitFor();
  assert.equal(await options(page).count(), 0);
  await window.isAccessible("nothing found");
  await page.keyboard.press("Escape");
  await field(page).waitFor({ state: "detached" });

  // Who types on before it is there loses no letter, and does nothing by one.
  await page.evaluate(() => {
    for (const key of ["k", "l", "m", "p"])
      document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, ctrlKey: key === "k", bubbles: true, cancelable: true }),
      );
  });
  await field(page).waitFor();
  assert.equal(await field(page).inputValue(), "lmp");
  await page.keyboard.type("dark");
  await until(async () => (await chosen(page)) === "#1 The lamp is dark", "all letters count");
  await page.keyboard.press("Escape");
  await field(page).waitFor({ state: "detached" });

  await command(page, "lmpdark", "#1 The lamp is dark");
  await page.getByRole("button", { name: "Take it" }).waitFor();
  await command(page, "assign mora", "Assign to Ana Móra");
  await until(async () => (await ben.read(lamp)).assignee?.id === ana.id, "it is hers");
  await command(page, "returns sort", "Sort into Returns");
  await until(async () => (await ben.read(lamp)).folder?.name === "Returns", "it is sorted");
  await command(page, "close", "Close");
  await page.getByRole("button", { name: "Reopen" }).waitFor();
  await command(page, "#2", "#2 A chair without legs");
  await page.getByRole("heading", { name: "A chair without legs" }).waitFor();
  await command(page, "snoozed", "Go to Snoozed");
  await page.waitForURL("**/snoozed");
  await command(page, "falk", "Ben Falk");
  await page.waitForURL("**/status/*");
  // Also from the other screens; what was used last comes first.
  await page.keyboard.press("Control+k");
  await field(page).waitFor();
  assert.equal(await chosen(page), "Ben Falk");
  await page.keyboard.press("ArrowDown");
  assert.equal(await chosen(page), "Go to Snoozed");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await options(page).last().getAttribute("aria-selected"), "true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/snoozed");
  await window.close();
});

test("only what one may do; keys outside fields only; the list of keys is complete", async () => {
  const company = await found(desk, { company: "Keys" });
  const agent = await hire(company, "super_agent", { first_name: "Kim", last_name: "Ito" });
  const auditor = await hire(company, "compliance");
  (await company.administrator.post(company.path("/folders"), { name: "Returns" })).good(201);
  const customer = await write(company, { subject: "First in line" });
  const window = await openWindow(browser, desk.url, {
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
  });
  const { page } = window;
  await signIn(window, agent);
  await page.getByRole("link", { name: /First in line/ }).waitFor();
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  const keys = await list.locator("kbd").allTextContents();
  assert.equal(new Set(keys).size, keys.length, "no key does two things");
  for (const key of ["Ctrl K", "j", "k", "u", "g", "c", "a", "r", "n", "s", "f", "t", "e", "?"])
    assert.ok(keys.includes(key), key);
  await window.isAccessible("the list of keys");
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });

  await page.keyboard.press("j");
  await page.getByRole("button", { name: "Take it" }).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("button", { name: "Take it" }).waitFor({ state: "detached" });
  await page.keyboard.press("r");
  await page.keyboard.type("cnesjkugaft?");
  assert.equal(await page.getByRole("textbox", { name: "Reply" }).inputValue(), "cnesjkugaft?");
  await page.keyboard.press("Control+k");
  await field(page).waitFor();
  await window.isAccessible("the palette on a telephone");
  await page.keyboard.press("Escape");
  await page.locator("#composer:focus").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await page.getByRole("combobox", { name: "Snooze until…" }).waitFor();
  await page.keyboard.type("tomorrow");
  await page.keyboard.press("Enter");
  await until(async () => (await agent.read(customer)).status === "snoozed", "it is snoozed");
  await window.close();

  const other = await openWindow(browser, desk.url);
  await signIn(other, auditor);
  await other.visit(`/app/${company.slug}/all/${customer.id}`);
  await other.page.getByRole("heading", { name: "First in line" }).waitFor();
  for (const key of "afstceg") await other.page.keyboard.press(key);
  assert.equal(
    await other.page.getByRole("dialog").count(),
    0,
    "there is nothing to choose from that one may",
  );
  await other.page.keyboard.press("Control+k");
  await field(other.page).waitFor();
  for (const words of ["Assign to", "Take it", /^\s*Close/, "Snooze:", "Take the next one"]) {
    assert.equal(await options(other.page).filter({ hasText: words }).count(), 0, String(words));
  }
  await other.close();
});
