// Without a network, and with a server that dies: what is said, what is kept, and what comes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Customer, Member } from "../support/world.mjs" */

const { desk, browser } = await openStage();

/** @param {Page} page @param {string} body */
async function say(page, body) {
  await page.getByRole("textbox", { name: "Reply" }).fill(body);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** What an agent said in a conversation, by the log. @param {Member} agent @param {Customer} customer */
const said = async (agent, customer) =>
  (await agent.events(customer))
    .filter((/** @type {any} */ { by, kind }) => by.kind === "agent" && kind === "message")
    .map((/** @type {any} */ { body }) => body);

/** What is on the screen, in its order. @param {Page} page */
const shown = (page) => page.getByRole("log").locator('[data-by="agent"] .text').allTextContents();

/** That the browser was told of failing requests is what being offline is. @param {import("./browser.mjs").Window} window */
function forgive(window) {
  window.complaints = window.complaints.filter((text) => !/ERR_|WebSocket connection/.test(text));
}

/** @param {string} name @param {string} subject */
async function stage(name, subject) {
  const company = await found(desk, { company: name });
  const agent = await hire(company, "super_agent");
  const customer = await write(company, { subject });
  await agent.take(customer);
  const window = await openWindow(browser, desk.url);
  await signIn(window, agent);
  await window.page.getByRole("link", { name: new RegExp(subject) }).click();
  await window.page.getByRole("textbox", { name: "Reply" }).waitFor();
  return { company, agent, customer, window, page: window.page };
}

test("said without a network: kept through a reload and in another window, sent once and in order", async () => {
  const { company, agent, customer, window, page } = await stage("Tunnel", "In the tunnel");
  const other = await write(company, { subject: "Written meanwhile" });
  const address = page.url();
  await window.context.setOffline(true);
  const banner = page.getByRole("status").filter({ hasText: "Connection lost" });
  await banner.filter({ hasText: "What you see was up to date at" }).waitFor();
  for (const body of ["One", "Two", "Two", "Three"]) await say(page, body);
  await page.getByText("Waits for the network").nth(3).waitFor();
  await banner.filter({ hasText: "4 messages wait here" }).waitFor();
  await window.isAccessible("without a network");
  await page
    .getByRole("log")
    .getByRole("listitem")
    .filter({ hasText: "Three" })
    .getByRole("button", { name: "Discard" })
    .click();
  await banner.filter({ hasText: "3 messages wait here" }).waitFor();
  assert.deepEqual(await said(agent, customer), []);
  await customer.write("Are you there?");
  (await agent.put(agent.at(other, "/status"), { status: "closed" })).good(200);

  // The page comes back, but its requests still fail: what was said is there again.
  await page.route("**/messages", (route) => route.abort());
  await window.context.setOffline(false);
  await page.goto(address);
  await page.getByText("Waits for the network").nth(2).waitFor();
  assert.deepEqual(await shown(page), ["One", "Two", "Two"]);
  const second = await window.context.newPage();
  await second.goto(address);
  await until(async () => (await shown(second)).length === 3, "the other window has them too");
  await second.getByText("Waits for the network").first().waitFor({ state: "detached" });
  await until(async () => (await said(agent, customer)).length === 3, "all are sent");
  await page.unroute("**/messages");
  await page.getByText("Waits for the network").first().waitFor({ state: "detached" });
  for (const one of [page, second]) {
    await one.getByRole("log").getByText("Are you there?").waitFor();
    await until(async () => (await shown(one)).length === 3, "each is shown once");
    assert.deepEqual(await shown(one), ["One", "Two", "Two"]);
  }
  assert.deepEqual(await said(agent, customer), ["One", "Two", "Two"]);
  await page.getByRole("link", { name: /Written meanwhile/ }).waitFor({ state: "detached" });
  assert.deepEqual(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("unsent"))),
    [],
  );
  forgive(window);
  await window.close();
});

test("a server that dies and comes back: nothing is missing, nothing is there twice", async () => {
  const { agent, customer, window, page } = await stage("Phoenix", "After the fire");
  await say(page, "Before");
  await page.getByRole("log").getByText("Before").waitFor();
  const crash = desk.runtime.crash();
  await say(page, "During");
  await say(page, "After");
  await crash;
  await until(async () => (await said(agent, customer)).length === 3, "all are sent", 30);
  assert.deepEqual(await said(agent, customer), ["Before", "During", "After"]);
  await until(async () => (await shown(page)).length === 3, "all are shown");
  assert.deepEqual(await shown(page), ["Before", "During", "After"]);
  await page.getByText("Sending…").waitFor({ state: "detached" });
  await customer.write("Still here.");
  await page.getByRole("log").getByText("Still here.").waitFor();
  await page.getByText("Connection lost").waitFor({ state: "detached" });
  forgive(window);
  await window.close();
});

test("what is refused says why, and can be tried again or discarded; the next words do not wait for it", async () => {
  const { agent, customer, window, page } = await stage("No Entry", "Refused");
  const refuse = /** @param {import("playwright-core").Route} route */ (route) =>
    route.request().postDataJSON().body === "Second"
      ? route.continue()
      : route.fulfill({
          status: 403,
          contentType: "application/problem+json",
          body: JSON.stringify({ status: 403, code: "forbidden", detail: "Not today." }),
        });
  await page.route("**/messages", refuse);
  await say(page, "First");
  await page.getByText("Not sent: Not today.").waitFor();
  await say(page, "Third");
  await page.getByText("Not sent: Not today.").nth(1).waitFor();
  await say(page, "Second");
  await until(async () => (await said(agent, customer)).length === 1, "the one that is allowed is sent");
  await window.isAccessible("refused words");
  await page.reload();
  await page.getByText("Not sent: Not today.").nth(1).waitFor();
  await page.unroute("**/messages");
  const line = (/** @type {string} */ text) =>
    page.getByRole("log").getByRole("listitem").filter({ hasText: text });
  await line("First").getByRole("button", { name: "Try again" }).click();
  await line("Third").getByRole("button", { name: "Discard" }).click();
  await page.getByText("Not sent").first().waitFor({ state: "detached" });
  await until(async () => (await said(agent, customer)).length === 2, "it is sent");
  assert.deepEqual(await said(agent, customer), ["Second", "First"]);
  await window.close();
});

test("who signs out with something unsent is asked, and leaves nothing behind for the next one", async () => {
  const { company, agent, customer, window, page } = await stage("Shared Desk", "Left behind");
  const next = await hire(company, "super_agent");
  await page.route("**/messages", (route) => route.abort());
  await say(page, "A secret");
  await page.getByText("Waits for the network").waitFor();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Not everything is sent yet" }).waitFor();
  await window.isAccessible("signing out with something unsent");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Waits for the network").waitFor();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Sign out and delete" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("A secret")), false);
  await page.unroute("**/messages");
  await signIn(window, next);
  await window.visit(`/app/${company.slug}/all/${customer.id}`);
  await page.getByRole("log").getByText("Good morning, what can I do?").waitFor();
  assert.equal(await page.getByText("A secret").count(), 0);
  assert.deepEqual(await said(agent, customer), []);
  forgive(window);
  await window.close();
});

test("words whose answer is lost on its way are sent again, and are there once", async () => {
  const { agent, customer, window, page } = await stage("Echo", "Heard twice");
  let lost = 0;
  await page.route("**/messages", async (route) => {
    await route.fetch();
    lost += 1;
    if (lost < 3) await route.abort();
    else await route.continue();
  });
  await say(page, "Once");
  await until(() => lost >= 3, "it was sent again", 10);
  await until(
    async () => (await page.evaluate(() => Object.keys(localStorage).join())).includes("unsent") === false,
    "it is settled",
  );
  assert.deepEqual(await said(agent, customer), ["Once"]);
  assert.deepEqual(await shown(page), ["Once"]);
  forgive(window);
  await window.close();
});
