// What an agent is told of, in windows: under the bell, by the browser with its page closed, and as he chose.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { until } from "../support/desk.mjs";
import { PushedBrowser, PushService } from "../support/push-service.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { BrowserContext, Page } from "playwright-core" */

const { desk, browser } = await openStage();

/** @param {Page} page @param {number} unread */
const bell = (page, unread) => page.getByRole("button", { name: `Notifications, ${unread} not read` });

test("the bell counts and lists live; a conversation that is opened is read, in every window", async () => {
  const company = await found(desk, { company: "Bells" });
  const agent = await hire(company, "super_agent", { first_name: "Brit", last_name: "Jansen" });
  const window = await openWindow(browser, desk.url);
  const second = await openWindow(browser, desk.url, {
    colorScheme: "dark",
    viewport: { width: 390, height: 800 },
  });
  await Promise.all([signIn(window, agent), signIn(second, agent)]);
  const { page } = window;
  await bell(page, 0).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Nothing to tell").waitFor();
  await window.isAccessible("an empty bell");
  await page.keyboard.press("Escape");
  await page.getByText("Nothing to tell").waitFor({ state: "hidden" });

  const [lamp, vase] = [
    await write(company, { subject: "The lamp is dark" }),
    await write(company, { subject: "A vase in two" }),
  ];
  for (const customer of [lamp, vase]) (await company.administrator.assign(customer, agent)).good(200);
  await bell(page, 2).waitFor();
  await page.getByText("#2 is yours").first().waitFor({ state: "attached" });
  await bell(second.page, 2).click();
  await second.page.getByRole("link", { name: /#1 is yours/ }).waitFor();
  await second.isAccessible("a bell on a phone, in the dark");
  await bell(page, 2).focus();
  await page.keyboard.press("Enter");
  await window.isAccessible("a bell");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Mark all as read");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /The lamp is dark/ }).waitFor();
  await Promise.all([bell(page, 1).waitFor(), bell(second.page, 1).waitFor()]);

  // Whoever looks at it has read what comes.
  await lamp.write("Still dark.");
  await page.getByText("Still dark.").first().waitFor();
  await until(async () => {
    const { items, unread } = (await agent.get(agent.path("/notifications"))).good(200);
    return unread === 1 && items.length === 3 && items[0].kind === "answered";
  }, "the answer is read");

  await bell(page, 1).click();
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await Promise.all([bell(page, 0).waitFor(), bell(second.page, 0).waitFor()]);
  await Promise.all([window.close(), second.close()]);
});

test("each chooses of what he is told and how; a phone shows it all", async () => {
  const company = await found(desk, { company: "Choices" });
  const agent = await hire(company, "super_agent");
  const window = await openWindow(browser, desk.url);
  await signIn(window, agent);
  const { page } = window;
  await bell(page, 0).click();
  await page.getByRole("link", { name: "Choose what you are told of" }).click();
  await page.getByRole("heading", { level: 1, name: "Notifications" }).waitFor();
  await window.isAccessible("the choice of notifications");
  await page.getByLabel("a conversation becomes mine: E-mail").check();
  await page.getByLabel("a colleague mentions me: Browser").uncheck();
  await page.getByLabel("E-mail digest").selectOption("Every day");
  await page.getByLabel(/^At/).selectOption("17:00");
  await page.getByLabel("Play a sound").check();
  await page.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Saved.").waitFor();
  const { notifications } = (await agent.get(agent.path("/me"))).good(200);
  assert.ok(notifications.email.assigned && notifications.sound && !notifications.browser.mentioned);
  assert.deepEqual(notifications.digest, { every: "day", hour: 17 });
  await page.reload();
  await page.getByLabel("E-mail digest").waitFor();
  assert.equal(await page.getByLabel("E-mail digest").inputValue(), "day");
  assert.ok(await page.getByLabel("a conversation becomes mine: E-mail").isChecked());
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await window.isAccessible("the choice of notifications on a phone, in the dark");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.ok(!overflow, "nothing is beside the screen");
  await window.close();
});

/**
 * Has the browser get a message, as its push service would.
 * @param {BrowserContext} context
 * @param {Page} page any of the same context
 * @param {object} message
 */
async function pushed(context, page, message) {
  const devtools = await context.newCDPSession(page);
  /** @type {Promise<string>} */
  const id = new Promise((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const one = registrations.find(({ scopeURL }) => scopeURL.startsWith(desk.url));
      if (one) resolve(one.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  const registrationId = await id;
  const data = JSON.stringify(message);
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: desk.url, registrationId, data });
  await devtools.detach();
}

// spec: F19
test("a browser that is turned on tells with every page of the desk closed, and not beside a desk that is looked at", async () => {
  const service = await PushService.started();
  after(() => service.stop());
  const pushes = new PushedBrowser(service);
  const company = await found(desk, { company: "Closed Pages" });
  const agent = await hire(company, "super_agent");
  const window = await openWindow(browser, desk.url, { permissions: ["notifications"] });
  const { page, context } = window;
  // Chromium has no push service here: what it would be subscribed with is ours. All that follows is as it is.
  await context.addInitScript((subscription) => {
    const subscribed = { toJSON: () => subscription, options: {} };
    PushManager.prototype.subscribe = async () => /** @type {any} */ (subscribed);
  }, pushes.subscription);
  await signIn(window, agent);
  await page.goto(`${desk.url}/app/${company.slug}/account/notifications`);
  await page.getByText("only while a page of the desk is open").waitFor();
  await page.getByRole("button", { name: "Tell me here, also with the page closed" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("also while no page of the desk is open").waitFor();
  await window.isAccessible("a browser that is told");
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const shown = () =>
    worker.evaluate(async () => {
      const all = await /** @type {any} */ (self).registration.getNotifications();
      return all.map((/** @type {any} */ one) => [one.title, one.body, one.data.path]);
    });

  const elsewhere = await context.newPage();
  await elsewhere.goto(`${desk.url}/terms`);
  await page.close();
  const customer = await write(company, { subject: "Secret subject" });
  (await company.administrator.assign(customer, agent)).good(200);
  await pushed(context, elsewhere, await pushes.gets(1));
  const path = `/app/${company.slug}/all/${customer.id}`;
  const isShown = (/** @type {string[][]} */ expected) =>
    until(async () => {
      assert.deepEqual(await shown(), expected);
      return true;
    }, "it is shown");
  await isShown([["#1 is yours", "Closed Pages", path]]);
  // What follows about the same conversation takes its place.
  await customer.write("Are you there?");
  await pushed(context, elsewhere, await pushes.gets(2));
  await isShown([["#1: the customer answered", "Closed Pages", path]]);

  // He comes back: what he opens is not shown any more, and what he sees is not shown beside it.
  await elsewhere.goto(`${desk.url}${path}`);
  await elsewhere.bringToFront();
  await isShown([]);
  const message = await pushes.gets(2);
  await pushed(context, elsewhere, message);
  await pushed(context, elsewhere, { ...message, tag: "z", company: { slug: "b", name: "Another company" } });
  await isShown([["#1: the customer answered", "Another company", path]]);

  await elsewhere.goto(`${desk.url}/app/${company.slug}/account/notifications`);
  await elsewhere.getByRole("button", { name: "Stop telling me here" }).click();
  await elsewhere.getByText("only while a page of the desk is open").waitFor();
  assert.deepEqual((await agent.get(agent.path("/push-subscriptions"))).good(200).items, []);
  await window.close();
});
