// Data taken out and erased, in windows: a contact by an administrator, what is kept and the company by its owner.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, PASSWORD, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();
const NARROW = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };

// spec: B12
test("an administrator takes a contact's data out, then erases the contact; a supervisor is not offered that", async () => {
  const company = await found(desk, { company: "Short Memory" });
  const email = "marta@memory.example";
  const conversation = await write(company, { name: "Marta Lindholm", email, subject: "The lamp" });
  await write(company, { name: "Marta Lindholm", email, subject: "The shade" });
  const neighbour = await write(company, { name: "Lars Berg", subject: "A boat" });
  const supervisor = await openWindow(browser, desk.url);
  await signIn(supervisor, await hire(company, "supervisor"));
  const path = `/app/${company.slug}/all/${conversation.id}`;
  await supervisor.visit(path);
  await supervisor.page.getByRole("button", { name: "Edit contact" }).waitFor();
  assert.equal(await supervisor.page.getByRole("button", { name: "Erase…" }).count(), 0);

  const window = await openWindow(browser, desk.url);
  await signIn(window, company.administrator);
  const { page } = window;
  const { contact } = await company.administrator.read(conversation);
  await window.visit(`/app/${company.slug}/contacts/${contact.id}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export data" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `contact-${contact.id}.json`);

  await page.getByRole("button", { name: "Erase…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Erase Marta Lindholm?" });
  await dialog.getByText("2 conversations with all messages").waitFor();
  await window.isAccessible("a contact to be erased");
  await dialog.getByLabel(/^To confirm, type/).fill("lars@memory.example");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await dialog.getByText("That is not the address above.").waitFor();
  await dialog.getByLabel(/^To confirm, type/).fill(email);
  await page.keyboard.press("Enter");
  await page.getByText("Marta Lindholm is being erased").waitFor();
  await page.getByRole("link", { name: "Lars Berg" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Marta Lindholm" }).count(), 0);
  // Whoever had it in a list, or open, has it no more.
  await until(
    async () => (await supervisor.page.getByRole("link", { name: /The shade/ }).count()) === 0,
    "it left the list",
  );
  await supervisor.page
    .getByRole("link", { name: /A boat/ })
    .first()
    .waitFor();
  assert.equal((await neighbour.read()).subject, "A boat");

  await window.visit(`/app/${company.slug}/settings/privacy`);
  const ledger = page.getByRole("region", { name: "Erasures" }).getByRole("row");
  await ledger.filter({ hasText: "A contact" }).waitFor();
  await window.isAccessible("the ledger");
  await Promise.all([supervisor.close(), window.close()]);
});

// spec: B12 A1
test("an owner sets how long is kept, takes the company out and erases it, on a small screen", async () => {
  const company = await found(desk, { company: "Closing Down" });
  await write(company);
  const window = await openWindow(browser, desk.url, NARROW);
  await signIn(window, company.administrator);
  const { page } = window;
  await window.visit(`/app/${company.slug}/settings/privacy`);
  const days = page.getByLabel(/^Days that closed conversations are kept/);
  await days.fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Between 30 and 36500, please.").waitFor();
  await days.fill("365");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog", { name: "Erase what is older than 365 days?" }).waitFor();
  await window.isAccessible("a shorter time to be confirmed");
  await page.getByRole("button", { name: "Erase what is older" }).click();
  await page.getByText("Saved").first().waitFor();
  await page.getByText("Nothing was erased yet.").waitFor();
  await window.isAccessible("privacy settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export the company" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `${company.slug}.ndjson`);

  await page.getByRole("button", { name: "Erase the company…" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase Closing Down?" });
  await window.isAccessible("a company to be erased");
  await dialog.getByLabel(/^To confirm, type/).fill(company.slug);
  await dialog.getByLabel("Your present password").fill("another one");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await dialog.getByLabel("Your present password").and(page.locator("[aria-invalid=true]")).waitFor();
  await dialog.getByLabel("Your present password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await page.waitForURL(`${desk.url}/`);
  await window.visit(`/app/${company.slug}`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await window.close();
});
