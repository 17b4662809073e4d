// Searching in a window: by keyboard and by mouse, as one types, to the very message.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();
const company = await found(desk, { company: "Search Party" });
const sam = await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" });
const lamp = await write(company, {
  name: "Zoë Ångström",
  subject: "My order",
  body: "The <b>lamp</b> arrived in pieces & the cable is missing.",
});
const chair = await write(company, { name: "Björn Falk", subject: "A lamp post", body: "Do you sell any?" });
await sam.take(lamp);
for (let n = 1; n <= 40; n += 1) await sam.comment(lamp, `We wait for the carrier, day ${n}.`);
await sam.comment(lamp, "The warehouse has found the parcel.");
await until(
  async () => (await sam.get(sam.path("/search?q=parcel"))).good().items.length === 1,
  "everything can be searched",
);

test("a search as one types, by keyboard, to the message that was meant", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, sam);
  await page.getByRole("heading", { level: 1, name: "All conversations" }).waitFor();
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Search conversations" });
  assert.ok(await field.evaluate((element) => element === document.activeElement));
  await page.getByText("#123").waitFor({ state: "detached" });

  await page.keyboard.type("lam");
  const results = page.locator(".results li");
  await results.nth(1).waitFor();
  await page.getByRole("status").filter({ hasText: "Conversations found: 2" }).waitFor();
  assert.deepEqual(await results.locator("mark").allTextContents(), ["lamp", "lamp"]);
  assert.equal(
    await results
      .locator(".snippet")
      .textContent()
      .then((text) => text?.trim()),
    "Zoë Ångström: The <b>lamp</b> arrived in pieces & the cable is missing.",
  );
  assert.match(page.url(), /\/search\?q=lam$/);
  await window.isAccessible("search results");

  // Down into the list, up back to the field; Enter opens.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  assert.ok(await field.evaluate((element) => element === document.activeElement));
  await field.fill("lamp pieces");
  await results.nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "My order" }).waitFor();
  const line = page.locator(".said[data-sought]");
  await line.filter({ hasText: "arrived in pieces" }).waitFor();
  await until(
    () =>
      line.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      }),
    "the message is in sight",
  );
  assert.match(page.url(), new RegExp(`/search/${lamp.id}\\?q=lamp\\+pieces&at=2$`));

  // The address says it all.
  await page.reload();
  await page.locator(".said[data-sought]").filter({ hasText: "arrived in pieces" }).waitFor();
  assert.equal(await field.inputValue(), "lamp pieces");
  await results.first().waitFor();

  // Escape leads back to where one was.
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1, name: "All conversations" }).waitFor();
  assert.equal(await field.inputValue(), "");
  await window.close();
});

test("nothing found, a number, a contact, a comment; what cannot be had is said, and can be tried again", async () => {
  const window = await openWindow(browser, desk.url, {
    viewport: { width: 390, height: 800 },
    colorScheme: "dark",
  });
  const { page } = window;
  await signIn(window, sam);
  const field = page.getByRole("searchbox", { name: "Search conversations" });
  await field.fill("elephant");
  await page.getByText("Nothing was found for “elephant”.").waitFor();
  await window.isAccessible("nothing found");

  const { number } = await sam.read(chair);
  await field.fill(`#${number}`);
  await page.locator(".results li", { hasText: "A lamp post" }).waitFor();
  assert.deepEqual(await page.locator(".results mark").allTextContents(), [`#${number}`]);

  await field.fill("angstrom");
  await page.getByRole("group", { name: "Contacts" }).getByRole("button", { name: "Zoë Ångström" }).click();
  await page.locator(".results mark", { hasText: lamp.email }).waitFor();

  await field.fill("warehouse");
  await page.locator(".results").getByText("Internal comment").waitFor();
  await window.isAccessible("results on a telephone");

  await page.route("**/search?q=*", (route) => route.abort());
  await field.fill("carrier");
  await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
  await page.unroute("**/search?q=*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".results li", { hasText: "day 40" }).click();
  await page.locator(".said[data-sought]", { hasText: "day 40" }).waitFor();
  await page.getByRole("link", { name: /Back/ }).click();
  await page.locator(".results li", { hasText: "day 40" }).waitFor();
  await window.close();
});

test("an answer that comes late does not replace a newer one", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, sam);
  /** @type {(() => void) | undefined} */
  let release;
  await page.route("**/search?q=parcel", async (route) => {
    await new Promise((resolve) => {
      release = () => resolve(undefined);
    });
    await route.continue().catch(() => undefined);
  });
  const field = page.getByRole("searchbox", { name: "Search conversations" });
  await field.fill("parcel");
  await until(() => release !== undefined, "the first question is asked");
  await field.fill("pieces");
  await page.locator(".results mark", { hasText: "pieces" }).waitFor();
  release?.();
  await field.fill("post");
  await page.locator(".results mark", { hasText: "post" }).waitFor();
  assert.equal(await page.locator(".results mark", { hasText: "parcel" }).count(), 0);
  await window.close();
});
