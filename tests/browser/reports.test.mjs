// Reports and monitoring in windows: looked at, narrowed down, taken out as files, sent by mail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();
const DARK = /** @type {const} */ ({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });

const company = await found(desk, { company: "Lamps and Sons" });
await set(company, { response_time: "PT1H" });
const ana = await hire(company, "supervisor", {
  first_name: "Ana",
  last_name: "Okafor",
  add_ons: ["conversation_reports"],
});
for (const n of [0, 1, 2]) {
  const customer = await write(company);
  await ana.take(customer);
  await ana.reply(customer, "Good morning!");
  if (n < 2) (await ana.setStatus(customer, "closed")).good(200);
}

/** A figure by its name. @param {import("playwright-core").Page} page @param {string} name */
const figure = (page, name) =>
  page.locator(".report-figures div", { has: page.getByText(name, { exact: true }) }).locator("dd");

/** Nothing is wider than the window. @param {import("playwright-core").Page} page */
const fits = async (page) =>
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);

// spec: K3
test("a supervisor looks at a report, narrows it down, and takes it out; the address keeps what she chose", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("link", { name: "Reports", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Reports" }).waitFor();
  const opened = figure(page, "Opened");
  await opened.waitFor();
  assert.match(String(await opened.textContent()), /^3/);
  await page.getByRole("img", { name: "Opened and closed over time" }).waitFor();
  await page.getByText("As a table").first().click();
  await page.getByRole("region", { name: "Opened and closed over time" }).getByRole("table").waitFor();
  await window.isAccessible("a report");

  // By keys alone.
  await page.getByLabel("Rows by").focus();
  await page.keyboard.press("A");
  await until(() => new URL(page.url()).searchParams.get("group") === "agent", "the address says so");
  await page.getByRole("row", { name: /Ana Okafor/ }).waitFor();
  await page.getByText("Narrow down").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Channel", { exact: true }).selectOption({ label: "Chat window" });
  await page.getByText("Nothing happened in these days.").waitFor();
  await page.reload();
  await page.getByText("Nothing happened in these days.").waitFor();
  assert.equal(await page.getByLabel("Channel", { exact: true }).inputValue(), "chat");
  await window.isAccessible("an empty report");
  await page.getByLabel("Channel", { exact: true }).selectOption({ label: "All channels" });
  await page.getByLabel("Period").selectOption({ label: "Other days…" });
  await page.getByLabel("From", { exact: true }).waitFor();

  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  assert.match(csv.suggestedFilename(), /^conversations-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(readFileSync(await csv.path(), "utf8").includes("Ana Okafor"));
  const [xlsx] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Excel" }).click(),
  ]);
  assert.equal(
    readFileSync(await xlsx.path())
      .subarray(0, 2)
      .toString(),
    "PK",
  );
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByText("Conversations handled").first().waitFor();
  // She has been there since she signed in, and says nothing against it.
  const online = figure(page, "Time online");
  assert.match(String(await online.textContent()), /^\d+ (sec|min).*away 0 sec, busy 0 sec/);
  await page.getByRole("figure", { name: "Time online by agent" }).getByText("Ana Okafor").first().waitFor();
  await page.getByRole("columnheader", { name: "Time away" }).waitFor();
  await window.isAccessible("a report on agents");
  await page.getByText("Narrow down").click();
  await page.getByLabel("Channel", { exact: true }).selectOption({ label: "Web page" });
  await online.waitFor({ state: "detached" });
  await page.getByText("Conversations handled").first().waitFor();
  await window.close();
});

// spec: K3
test("a report is sent every week until she wants it no more", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  // She comes from a report on payments by state, which conversations do not have.
  await window.visit(`/app/${company.slug}/reports/conversations?group=state`);
  await page.getByRole("button", { name: "By e-mail" }).click();
  const dialog = page.getByRole("dialog", { name: "By e-mail" });
  await dialog.getByText("No report is sent to you yet.").waitFor();
  await dialog.getByLabel("Name").fill("My week");
  await window.isAccessible("having a report sent");
  await dialog.getByRole("button", { name: "Send it" }).click();
  await dialog.getByText("My week").waitFor();
  await dialog.getByRole("button", { name: "Do not send “My week” any more" }).click();
  await dialog.getByText("No report is sent to you yet.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await window.close();
});

// spec: F22 K7
test("monitoring is live, also on a telephone at night; who may not look on is told so", async () => {
  const window = await openWindow(browser, desk.url, DARK);
  const { page } = window;
  await signIn(window, company.administrator);
  await window.visit(`/app/${company.slug}/monitoring`);
  await figure(page, "Waiting").waitFor();
  assert.equal(await figure(page, "Waiting").textContent(), "0");
  assert.match(String(await figure(page, "Service level today").textContent()), /^100/);
  await write(company);
  await until(async () => (await figure(page, "Waiting").textContent()) === "1", "it is told at once", 8);
  await fits(page);
  await window.isAccessible("monitoring");
  await window.visit(`/app/${company.slug}/reports/conversations?group=hour`);
  await page.getByRole("row", { name: /23:00/ }).waitFor();
  await fits(page);
  await window.isAccessible("a report on a telephone");
  await window.close();

  const agent = await hire(company, "agent");
  const other = await openWindow(browser, desk.url);
  await signIn(other, agent);
  await other.visit(`/app/${company.slug}/monitoring`);
  await other.page.getByRole("alert").waitFor();
  await other.visit(`/app/${company.slug}/reports/agents`);
  await other.page.getByRole("heading", { level: 1, name: "Reports" }).waitFor();
  await other.page.getByText("Conversations handled").first().waitFor();
  assert.equal(await other.page.getByRole("link", { name: "CSV" }).count(), 0);
  await other.close();
});
