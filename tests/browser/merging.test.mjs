// Two conversations of a customer become one, before an agent's eyes and before the customer's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { byMail } from "../support/mailbox.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };

test("an agent merges two conversations; the customer's old page is out of use, and his mail opens both", async () => {
  const company = await found(desk, { company: "One Matter" });
  const sam = await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" });
  const email = "marta@matter.example";
  const into = await write(company, { email, subject: "The lamp does not light" });
  const from = await write(company, { email, subject: "Lamp again", body: "It is still dark" });
  await write(company, { email: "lars@matter.example", subject: "Not hers" });
  await sam.comment(from, "She has written twice.");
  const [agent, customer] = [await openWindow(browser, desk.url), await openWindow(browser, desk.url, PHONE)];
  await signIn(agent, sam);
  await customer.visit(new URL(from.url).pathname);
  await customer.page.getByText("It is still dark").waitFor();
  await customer.page.getByLabel("Add to the conversation").fill("Half a sentence");
  const { page } = agent;
  await agent.visit(`/app/${company.slug}/all/${from.id}`);
  await page.getByRole("heading", { name: "Lamp again", level: 1 }).waitFor();

  // By the palette, and by the menu.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("merge");
  await page.getByRole("option", { name: "Merge into…", selected: true }).waitFor();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Merge conversation #2" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Merge into…" }).click();
  await dialog.getByRole("radio").first().waitFor();
  assert.equal(await dialog.getByRole("radio").count(), 1, "her own others, and no one else's");
  assert.ok(await dialog.getByRole("button", { name: "Merge", exact: true }).isDisabled());
  await dialog.getByRole("radio", { name: /#1 The lamp does not light/ }).check();
  await dialog.getByText("closed for good").waitFor();
  await dialog.getByText("Their links stop working; Marta Lindholm gets a new one by mail.").waitFor();
  await agent.isAccessible("the dialog to merge");
  await dialog.getByRole("button", { name: "Merge into #1" }).click();

  await page.getByRole("heading", { name: "The lamp does not light", level: 1 }).waitFor();
  const log = page.getByRole("log");
  await log.getByText("Sam Rivera merged conversation #2 “Lamp again” into this one").waitFor();
  await log.getByText("It is still dark").waitFor();
  await log.getByText("She has written twice.").waitFor();
  await agent.isAccessible("what was merged");

  // The page that was open says so, and keeps what was typed; nothing is sent from it any more.
  const old = customer.page;
  const notice = old.getByText("Two of your conversations were joined. We sent you a mail with a new link");
  await notice.waitFor();
  assert.equal(await old.getByLabel("Add to the conversation").inputValue(), "Half a sentence");
  await old.getByRole("button", { name: "Send" }).click();
  await old.getByText("Your message could not be sent. It is back in the field.").waitFor();
  await notice.waitFor();
  assert.equal(await old.getByLabel("Add to the conversation").inputValue(), "Half a sentence");
  await customer.isAccessible("a customer's page that was open when it was joined");
  assert.ok(!customer.received.some((text) => text.includes("The lamp does not light")));

  // The old link, and a page without a script: what was typed comes back.
  await customer.visit(new URL(from.url).pathname);
  await old.getByRole("heading", { name: "This link does not open anything any more" }).waitFor();
  await notice.waitFor();
  assert.equal(await old.getByText(email).count(), 0);
  await customer.isAccessible("an old link after conversations were joined");
  await old.getByRole("button", { name: "Send me the links" }).waitFor();

  // By the mail.
  const owner = await byMail(into);
  await customer.visit(new URL(owner.url).pathname);
  await old.getByRole("heading", { name: "The lamp does not light" }).waitFor();
  await old.getByText("Your conversation “Lamp again” was joined with this one").waitFor();
  await old.getByText("It is still dark").waitFor();
  assert.equal(await old.getByText("She has written twice.").count(), 0);
  await customer.isAccessible("a customer's page with what was joined");
  assert.ok(!customer.received.some((text) => text.includes("She has written twice.")));

  await agent.visit(`/app/${company.slug}/all/${from.id}`);
  await page.getByText("This conversation was merged.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Reopen" }).count(), 0);
  assert.equal(await page.getByRole("textbox", { name: /Answer|Message/ }).count(), 0);
  await agent.isAccessible("a conversation that was merged");
  await page.getByRole("link", { name: "#1 The lamp does not light" }).click();
  await page.getByRole("heading", { name: "The lamp does not light", level: 1 }).waitFor();
  await Promise.all([agent.close(), customer.close()]);
});

// spec: C12
test("an administrator merges two tags, on a small screen", async () => {
  const company = await found(desk, { company: "Two Tags" });
  const { administrator } = company;
  for (const name of ["Refund", "Repay"]) {
    (await administrator.post(company.path("/tags"), { name, colour: "teal" })).good(201);
  }
  const [, repay] = (await administrator.get(company.path("/tags"))).good(200).items;
  const customer = await write(company);
  (await administrator.put(administrator.at(customer, `/tags/${repay.id}`), {})).good(200);
  await until(
    async () => (await administrator.get(company.path("/tags"))).good(200).items[1].conversations === 1,
    "it is counted",
  );
  const window = await openWindow(browser, desk.url, PHONE);
  await signIn(window, administrator);
  const { page } = window;
  await window.visit(`/app/${company.slug}/settings/tags`);
  await page.getByRole("button", { name: "Edit: Repay" }).click();
  await page.getByRole("button", { name: "Merge into…" }).click();
  const dialog = page.getByRole("dialog", { name: "Merge the tag Repay" });
  await dialog.getByRole("radio", { name: "Refund" }).check();
  await dialog.getByText("On 1 conversation now: it bears").waitFor();
  await window.isAccessible("the dialog to merge a tag");
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await page.getByText("Repay was merged into Refund").waitFor();
  assert.equal(await page.getByText("Saved", { exact: true }).count(), 0, "and nothing else is sent");
  await page.getByRole("button", { name: "Edit: Repay" }).waitFor({ state: "detached" });
  assert.deepEqual(
    (await administrator.read(customer)).tags.map((/** @type {any} */ { name }) => name),
    ["Refund"],
  );
  await window.close();
});
