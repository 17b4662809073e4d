// Writing: automated responses by their slash, colleagues by their sign, the signature, and drafts that survive.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */

const { desk, browser } = await openStage();
const company = await found(desk, { company: "Harbour Lights" });
const [ana, ben] = await Promise.all([
  hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" }),
  hire(company, "agent", { first_name: "Ben", last_name: "Falk" }),
]);
await ana.patch(ana.path("/me"), { public_name: "Ana from Harbour", signature: "Ana\nHarbour Lights" });
const respond = (/** @type {Record<string, unknown>} */ body) =>
  ana.post(ana.path("/responses"), body).then((answer) => answer.good(201));
await respond({
  name: "Opening hours",
  shortcut: "hours",
  body: "Hello {{contact.first_name|there}},\nwe open at nine.",
});
await respond({ name: "Refund", shortcut: "refund", body: "You get it all back.", scope: "company" });

await respond({ name: "Goodbye", shortcut: "bye", body: "Bye, {{contact.first_name}}\n{{agent.signature}}" });

/** @param {Page} page */
const reply = (page) => page.getByRole("textbox", { name: "Reply" });
/** @param {Page} page */
const options = (page) => page.getByRole("listbox").getByRole("option");
/** @param {Page} page @param {string} name */
const option = (page, name) => options(page).filter({ hasText: name });

/** @param {string} subject */
async function opened(subject) {
  const conversation = await write(company, { subject, name: "Marta Lindholm" });
  (await ana.assign(conversation, ana)).good(200);
  return { conversation, path: `/app/${company.slug}/all/${conversation.id}` };
}

// spec: C13 F15
test("a slash offers what was written before, filled in and undone like typing", async () => {
  const { conversation, path } = await opened("The lamp is dark");
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  await window.visit(path);
  await reply(page).click();
  await page.keyboard.type("and/or at 5/6 ");
  assert.equal(await page.getByRole("listbox").count(), 0, "a slash within a word is a slash");
  await page.keyboard.type("/");
  await page.getByRole("listbox", { name: "Automated responses" }).waitFor();
  assert.equal(await options(page).count(), 3);
  await window.isAccessible("automated responses are offered");
  await page.keyboard.press("ArrowUp");
  const second = await page.getByRole("listbox").getByRole("option", { selected: true }).textContent();
  assert.match(String(second), /Refund/);
  await page.keyboard.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "detached" });
  assert.equal(await reply(page).inputValue(), "and/or at 5/6 /", "what was typed stays");
  await page.keyboard.type("NIN");
  await option(page, "Opening hours").waitFor();
  assert.equal(await options(page).count(), 1, "found by its text");
  await page.keyboard.press("Enter");
  const filled = "and/or at 5/6 Hello Marta,\nwe open at nine.";
  await until(async () => (await reply(page).inputValue()) === filled, "it is put in");
  await page.keyboard.press("Control+z");
  await until(async () => (await reply(page).inputValue()) === "and/or at 5/6 /NIN", "it is undone");
  await page.keyboard.press("Control+Shift+z");
  await until(async () => (await reply(page).inputValue()) === filled, "and done again");
  await page.keyboard.type(" Bye!");
  await page.getByText("Ana\nHarbour Lights").waitFor();
  await page.keyboard.press("Control+Enter");
  const sent = `${filled} Bye!\n\nAna\nHarbour Lights`;
  await page.getByRole("log").getByText("Bye!").waitFor();
  const said = await until(
    async () =>
      (await conversation.read()).events.find((/** @type {any} */ { body }) => body?.includes("Bye!")),
    "the customer has it",
  );
  assert.equal(said.body, sent, "with the signature, once");
  const used = async () => (await ana.get(ana.path("/responses?q=nine"))).good(200).items[0].uses;
  await until(async () => (await used()) === 1, "it is counted");

  // The mouse does the same; what it opened leaves nothing behind.
  await page.getByRole("button", { name: "Automated responses" }).click();
  await page.keyboard.press("Escape");
  assert.equal(await reply(page).inputValue(), "");
  await page.getByRole("button", { name: "Automated responses" }).click();
  await option(page, "Refund").click();
  await until(async () => (await reply(page).inputValue()) === "You get it all back.", "it is put in");
  await page.getByRole("button", { name: "Without signature" }).click();
  await page.keyboard.press("Control+Enter");
  const plain = await until(
    async () =>
      (await conversation.read()).events.find((/** @type {any} */ { body }) => body?.includes("all back")),
    "the customer has it",
  );
  assert.equal(plain.body, "You get it all back.");
  // Who signs by himself signs once.
  await page.getByRole("button", { name: "Without signature" }).waitFor();
  await reply(page).pressSequentially("/bye");
  await option(page, "Goodbye").waitFor();
  await page.keyboard.press("Enter");
  await until(async () => (await reply(page).inputValue()).startsWith("Bye, Marta"), "it is put in");
  await page.keyboard.press("Control+Enter");
  const once = await until(
    async () =>
      (await conversation.read()).events.find((/** @type {any} */ { body }) => body?.startsWith("Bye")),
    "the customer has it",
  );
  assert.equal(once.body, "Bye, Marta\nAna\nHarbour Lights");
  await window.close();
});

// spec: C13
test("an answer is kept as a response for next time, for anybody", async () => {
  const { path } = await opened("A second lamp");
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  await window.visit(path);
  await reply(page).fill("Dear Marta, turn it the other way.");
  await page.getByRole("button", { name: "Keep as automated response…" }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(
    await dialog.getByLabel("Text").inputValue(),
    "Dear {{contact.first_name}}, turn it the other way.",
  );
  await dialog.getByText("Dear Camille, turn it the other way.").waitFor();
  await window.isAccessible("keeping an answer");
  await dialog.getByLabel("Text").fill("Dear {{contact.nme}}");
  await dialog.getByText("There is no placeholder {{contact.nme}}").waitFor();
  await dialog.getByLabel("Text").fill("Dear {{contact.first_name}}, turn it.");
  await dialog.getByLabel("Name", { exact: true }).fill("Turn it");
  await dialog.getByLabel(/^Shortcut/).fill("/turn");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await reply(page).fill("");
  await reply(page).pressSequentially("/turn");
  await option(page, "Turn it").waitFor();
  await page.keyboard.press("Tab");
  await until(async () => (await reply(page).inputValue()) === "Dear Marta, turn it.", "it is put in");
  await reply(page).fill("");
  await window.close();
});

// spec: C12
test("whoever writes responses finds, shares and deletes them in the settings", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ben);
  await window.visit(`/app/${company.slug}/settings/responses`);
  await page.getByRole("heading", { name: "Refund" }).waitFor();
  assert.equal(await page.getByText("Opening hours").count(), 0, "hers are hers");
  await page.getByRole("button", { name: "Write a text" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Night shift");
  await page.getByLabel("Text", { exact: true }).fill("Good evening ");
  await page.getByRole("button", { name: "Customer’s first name" }).click();
  assert.equal(
    await page.getByLabel("Text", { exact: true }).inputValue(),
    "Good evening {{contact.first_name}}",
  );
  await page.getByText("Good evening Camille").waitFor();
  await window.isAccessible("writing an automated response");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Night shift" }).waitFor();
  await page.getByRole("button", { name: "Edit: Night shift" }).click();
  await page.getByRole("combobox", { name: "Who uses it" }).last().selectOption("company");
  await page.getByRole("button", { name: "Save" }).click();
  await until(async () => {
    const { items } = (await ana.get(ana.path("/responses?scope=company&q=evening"))).good(200);
    return items.length === 1;
  }, "she has it, too");
  await page.getByRole("searchbox").fill("back");
  await page.getByRole("heading", { name: "Night shift" }).waitFor({ state: "detached" });
  await page.getByRole("searchbox").fill("evening");
  await page.getByRole("heading", { name: "Night shift" }).waitFor();
  await page.getByRole("button", { name: "Delete: Night shift" }).click();
  await page.getByRole("dialog").getByText("your colleagues neither").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nothing has these words in it.").waitFor();
  await window.isAccessible("automated responses");
  await window.close();

  const phone = await openWindow(browser, desk.url, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  });
  await signIn(phone, ana);
  await phone.visit(`/app/${company.slug}/settings/responses`);
  await phone.page.getByRole("heading", { name: "Refund" }).waitFor();
  await phone.isAccessible("automated responses on a telephone in the dark");
  await phone.close();
});

test("a colleague who is named in a comment has it before him", async () => {
  const { conversation, path } = await opened("A third lamp");
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  await window.visit(path);
  await page.getByRole("button", { name: "Internal comment" }).click();
  const comment = page.getByRole("textbox", { name: "Internal comment" });
  await comment.pressSequentially("Please look, @fal");
  const offer = option(page, "Ben Falk");
  await offer.waitFor();
  assert.match(String(await offer.textContent()), /will follow/);
  await window.isAccessible("colleagues are offered");
  await page.keyboard.press("Enter");
  assert.equal(await comment.inputValue(), "Please look, @Ben Falk ");
  // A reload in between loses nothing of it.
  await page.reload();
  await page.getByRole("button", { name: "Internal comment" }).click();
  assert.equal(await comment.inputValue(), "Please look, @Ben Falk ");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("log").locator("mark", { hasText: "@Ben Falk" }).waitFor();
  await page.getByRole("region", { name: "Followers" }).getByText("Ben Falk").waitFor();
  await window.isAccessible("a comment with a colleague in it");
  await comment.pressSequentially("And @Ben Falk again, by hand.");
  await page.keyboard.press("Control+Enter");
  const mentions = await until(async () => {
    const events = await ana.events(conversation);
    return events.find((/** @type {any} */ { body }) => body?.includes("by hand"))?.mentions;
  }, "he is named again");
  assert.deepEqual(mentions, [{ id: ben.id, name: ben.name }]);

  const other = await openWindow(browser, desk.url);
  await signIn(other, ben);
  await other.visit(`/app/${company.slug}/all/${conversation.id}`);
  await other.page.locator("mark[data-me=true]").first().waitFor();
  await page.getByRole("button", { name: "Remove Ben Falk from the followers" }).click();
  await other.page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await page.getByRole("button", { name: "No longer follow" }).click();
  await page.getByLabel("Add a follower…").focus();
  await page.getByLabel("Add a follower…").selectOption({ label: "Ben Falk" });
  await page.getByRole("region", { name: "Followers" }).getByRole("listitem").getByText("Ben Falk").waitFor();
  await Promise.all([window.close(), other.close()]);
});

test("what was begun survives leaving, reloading and another window, and not signing out", async () => {
  const [one, two] = [await opened("A fourth lamp"), await opened("A fifth lamp")];
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, ana);
  await window.visit(one.path);
  await reply(page).fill("Half a sen");
  await page.getByRole("button", { name: "Internal comment" }).click();
  await page.getByRole("textbox", { name: "Internal comment" }).fill("Half a thought");
  await page
    .getByRole("link", { name: /A fourth lamp/ })
    .getByText("Draft")
    .waitFor();
  await page.getByRole("link", { name: /A fifth lamp/ }).click();
  await page.getByRole("heading", { name: "A fifth lamp" }).waitFor();
  assert.equal(await reply(page).inputValue(), "", "another conversation has its own");
  await page.getByRole("link", { name: /A fourth lamp/ }).click();
  await until(async () => (await reply(page).inputValue()) === "Half a sen", "it is there again");
  await page.reload();
  await until(async () => (await reply(page).inputValue()) === "Half a sen", "it is there again");

  const second = await page.context().newPage();
  await second.goto(new URL(one.path, desk.url).href);
  await until(async () => (await reply(second).inputValue()) === "Half a sen", "it is there as well");
  await reply(second).fill("Half a sentence.");
  await until(async () => (await reply(page).inputValue()) === "Half a sentence.", "the last one is right");
  await page.getByText("changed in another window").waitFor();
  await second.close();

  await window.visit(two.path);
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  assert.deepEqual(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("draft"))),
    [],
  );
  await window.close();
});
