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

test("several are merged from the list: which one stays is said and chosen, and what cannot be merged stays as it is", async () => {
  const company = await found(desk, { company: "Three of a Kind" });
  const sam = await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" });
  const email = "marta@kind.example";
  const first = await write(company, { email, subject: "Where is it" });
  const second = await write(company, { email, subject: "Still nothing" });
  const third = await write(company, { email, subject: "Hello" });
  await write(company, { email: "lars@kind.example", name: "Lars", subject: "A sofa" });
  const agent = await openWindow(browser, desk.url);
  await signIn(agent, sam);
  const { page } = agent;
  await agent.visit(`/app/${company.slug}/all`);
  const box = (/** @type {string} */ subject) => page.getByRole("checkbox", { name: `, ${subject}` });
  const bar = page.getByRole("group", { name: "For the selected conversations" });
  await box("Hello").check();
  await bar.getByText("1 selected").waitFor();
  assert.equal(await bar.getByRole("button", { name: "Merge…" }).count(), 0, "one is not merged with itself");
  await box("A sofa").check();

  // Nothing that belongs together: it says so, and Escape leaves everything selected.
  await bar.getByRole("button", { name: "Merge…" }).click();
  const two = page.getByRole("dialog", { name: "Merge 2 conversations" });
  await two.getByText("None of the others can be merged into it.").waitFor();
  assert.ok(await two.getByRole("button", { name: "Merge", exact: true }).isDisabled());
  await page.keyboard.press("Escape");
  await two.waitFor({ state: "detached" });
  for (const subject of ["Where is it", "Still nothing"]) await box(subject).check();
  await bar.getByText("4 selected").waitFor();

  // By its key, and by the palette.
  await box("Hello").focus();
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: "Merge 4 conversations" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("merge");
  await page.getByRole("option", { name: "Merge the 4 selected…", selected: true }).waitFor();
  await page.keyboard.press("Enter");
  const stays = (/** @type {string} */ name) => dialog.getByRole("radio", { name });
  await stays("Where is it").waitFor();
  assert.ok(await stays("Where is it").isChecked(), "the first one is offered");
  await dialog.getByText("Everything said in #2 and #3 will stand in #1").waitFor();
  await dialog.getByText("Their links stop working; Marta Lindholm gets a new one by mail.").waitFor();
  await dialog.getByText("Stays as it is: it is not Marta Lindholm’s").waitFor();
  await stays("A sofa").check();
  await dialog.getByText("None of the others can be merged into it.").waitFor();
  await stays("Still nothing").check();
  await dialog.getByText("Everything said in #1 and #3 will stand in #2").waitFor();
  await agent.isAccessible("the dialog to merge several");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await agent.isAccessible("the dialog to merge several, on a telephone");
  await page.setViewportSize({ width: 1440, height: 900 });

  // Meanwhile a colleague has closed one for good.
  const elsewhere = await write(company, { email, subject: "Elsewhere" });
  (await sam.put(sam.at(third, "/merger"), { into: elsewhere.id })).good(200);
  await dialog.getByRole("button", { name: "Merge 2 into #2" }).click();
  const refusals = dialog.getByRole("alert");
  await refusals.getByText("“#3 Hello”: This conversation was merged into conversation 5.").waitFor();
  assert.equal(await refusals.getByRole("listitem").count(), 1);
  await dialog.getByRole("button", { name: "Merge 1 into #2" }).waitFor();
  assert.equal((await sam.read(first)).merged_into.number, 2);
  assert.equal((await sam.read(second)).merged_into ?? null, null);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });

  // What can be merged is, and the one that stays is opened.
  await bar.getByRole("button", { name: "Select none" }).click();
  for (const subject of ["Still nothing", "Elsewhere"]) await box(subject).check();
  await bar.getByRole("button", { name: "Merge…" }).click();
  await page.getByRole("button", { name: "Merge 1 into #2" }).click();
  await page.getByText("Merged into #2: 1").waitFor();
  await page.getByRole("heading", { name: "Still nothing", level: 1 }).waitFor();
  const log = page.getByRole("log");
  for (const subject of ["Where is it", "Elsewhere"]) {
    await log.getByText(`“${subject}” into this one`).waitFor();
  }
  await bar.waitFor({ state: "detached" });
  await agent.close();
});

test("who may not merge is not offered it", async () => {
  const company = await found(desk, { company: "Read Only" });
  const reader = await hire(company, "compliance");
  for (const subject of ["One", "Two"]) await write(company, { email: "marta@read.example", subject });
  const window = await openWindow(browser, desk.url);
  await signIn(window, reader);
  const { page } = window;
  await window.visit(`/app/${company.slug}/all`);
  for (const subject of ["One", "Two"]) await page.getByRole("checkbox", { name: `, ${subject}` }).check();
  await page.getByText("2 selected").waitFor();
  assert.equal(await page.getByRole("button", { name: "Merge…" }).count(), 0);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("merge");
  await page.getByRole("dialog").getByText("Nothing").first().waitFor();
  assert.equal(await page.getByRole("option", { name: /Merge/ }).count(), 0);
  await window.close();
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
