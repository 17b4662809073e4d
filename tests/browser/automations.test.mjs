// Automation rules in a window: written as sentences, tried out on real conversations, put in order, switched on and off;
// and what customers are told outside business hours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { byRules, makeRule, ran } from "../support/rules.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Member } from "../support/world.mjs" */

const { desk, browser } = await openStage();
const phone = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };

/** A window on the rules of somebody's company. @param {Member} person @param {object} [options] */
async function rulesOf(person, options) {
  const window = await openWindow(browser, desk.url, options);
  await signIn(window, person);
  await window.visit(`/app/${person.company.slug}/settings/automations`);
  await window.page.getByRole("heading", { level: 1, name: "Automations" }).waitFor();
  return window;
}

test("a rule is written by keyboard, tried out, kept, and acts; what it did is shown", async () => {
  const company = await found(desk, { company: "Written Rules" });
  const folder = (await company.administrator.post(company.path("/folders"), { name: "Refunds" })).good(201);
  const [match, miss] = [
    await write(company, { subject: "A refund, please" }),
    await write(company, { subject: "A lamp" }),
  ];
  const listed = company.path("/conversations");
  await until(
    async () => (await company.administrator.get(listed)).good(200).items.length === 2,
    "both are listed",
  );
  const window = await rulesOf(company.administrator);
  const { page } = window;
  await page.getByText("There are no rules yet.").waitFor();
  await window.isAccessible("no rules");
  await page.getByRole("button", { name: "New rule" }).focus();
  await page.keyboard.press("Enter");
  const condition = page.getByRole("group", { name: "Condition 1" });
  await condition.getByLabel("How").selectOption("has the word");
  await condition.getByLabel("Words, separated by commas").fill("refund, money back");
  const action = page.getByRole("group", { name: "Action 1" });
  await action.getByLabel("What").selectOption("Sort into");
  await action.getByLabel("Value").selectOption("Refunds");
  await page.getByRole("button", { name: "Add an action" }).click();
  const second = page.getByRole("group", { name: "Action 2" });
  await second.getByLabel("What").selectOption("Write to the customer");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("Please fill this in.").waitFor();
  await page.getByText("Please write something.").waitFor();
  await window.isAccessible("a rule with faults");
  await page.getByLabel("Name").fill("Refunds first");
  await second.getByLabel("Write to the customer").fill("Dear {{contact.first_name}}, we look into it.");

  await page.getByRole("button", { name: "Try it out" }).click();
  await page.getByText("It would have acted in 1 of 2.").waitFor();
  await page.getByText("· A lamp").click();
  await page.getByText("found: “A lamp”").waitFor();
  await page
    .getByText(/A refund, please/)
    .first()
    .click();
  await page.getByText("Sort into Refunds").waitFor();
  await window.isAccessible("a rule that was tried out");
  for (const one of [match, miss]) assert.deepEqual(await byRules(company, one), []);

  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { level: 2, name: "Refunds first" }).waitFor();
  await page.getByText("Subject has the word “refund” or “money back”").waitFor();
  await page.getByText("Has not acted yet").waitFor();
  const customer = await write(company, { subject: "My money back!" });
  const [rule] = (await company.administrator.get(company.path("/automations"))).good(200).items;
  await ran(company, rule);
  assert.equal((await company.administrator.read(customer)).folder.id, folder.id);
  await page.reload();
  await page.getByText(/^Last acted/).waitFor();
  await page.getByRole("button", { name: "Edit: Refunds first" }).click();
  await page.getByText("Sort into Refunds – done").waitFor();
  assert.equal(await condition.getByLabel("Words, separated by commas").inputValue(), "refund, money back");
  await window.isAccessible("a rule that has acted");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("Delete the rule “Refunds first”?").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There are no rules yet.").waitFor();
  await window.close();
});

test("rules are put in order and switched by keyboard; a template is a start; what is broken says so", async () => {
  const company = await found(desk, { company: "Rule Order" });
  const { administrator } = company;
  const folder = (await administrator.post(company.path("/folders"), { name: "Doomed" })).good(201);
  await makeRule(company, { name: "First" });
  await makeRule(company, { name: "Second", actions: [{ kind: "folder", folder_id: folder.id }] });
  const window = await rulesOf(administrator, phone);
  const { page } = window;
  await window.visit(`/app/${company.slug}/settings/folders`);
  await page.getByRole("button", { name: "Edit: Doomed" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("Rules that name it are skipped from then on: “Second”").waitFor();
  await question.getByRole("button", { name: "Delete" }).click();
  await question.waitFor({ state: "detached" });
  await until(
    async () => (await administrator.get(company.path("/folders"))).good(200).items.length === 0,
    "it is gone",
  );
  await window.visit(`/app/${company.slug}/settings/automations`);
  await page.getByText("Skipped: it names something that was deleted").waitFor();
  await window.isAccessible("a list of rules on a phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `${wide} px`);
  await page.getByRole("button", { name: "Move Second up" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Second is number 1 of 2 now.").waitFor();
  const names = async () =>
    (await administrator.get(company.path("/automations")))
      .good(200)
      .items.map((/** @type {any} */ { name }) => name);
  assert.deepEqual(await names(), ["Second", "First"]);
  await page.getByRole("switch", { name: "On: First" }).focus();
  await page.keyboard.press("Space");
  await page.getByText("First is off").waitFor();
  assert.equal((await administrator.get(company.path("/automations"))).good(200).items[1].enabled, false);

  await page.getByRole("button", { name: /Nobody waits too long/ }).click();
  assert.equal(await page.getByLabel("When: Number").inputValue(), "2");
  await window.isAccessible("a template on a phone");
  const editor = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(editor <= 390, `${editor} px`);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { level: 2, name: "Nobody waits too long" }).waitFor();
  assert.deepEqual(await names(), ["Second", "First", "Nobody waits too long"]);
  await window.close();
});

test("who may not make rules finds none", async () => {
  const company = await found(desk, { company: "No Rules For Me" });
  const agent = await hire(company, "super_agent");
  const window = await openWindow(browser, desk.url);
  await signIn(window, agent);
  await window.visit(`/app/${company.slug}/settings/automations`);
  await window.page.getByText("You may not").or(window.page.getByRole("alert")).first().waitFor();
  assert.equal(await window.page.getByRole("link", { name: "Automations" }).count(), 0);
  await window.close();
});

test("the reply outside business hours is written beside the hours, and reaches the customer", async () => {
  const company = await found(desk, { company: "After Hours" });
  const closed = ((new Date().getUTCDay() + 6 + 3) % 7) + 1;
  const hours = [{ day: closed, opens: "09:00", closes: "10:00" }];
  (await company.administrator.patch(company.path(), { business_hours: hours })).good(200);
  const window = await openWindow(browser, desk.url);
  await signIn(window, company.administrator);
  const { page } = window;
  await window.visit(`/app/${company.slug}/settings/company`);
  await page.getByText(/^Whoever writes while you are closed.*Closed now/).waitFor();
  await page.getByLabel("Reply to customers while we are closed").check();
  const section = page.getByRole("region", { name: "Reply outside business hours" });
  await section.getByRole("button", { name: "Save" }).click();
  await section.getByText("Please write something.").waitFor();
  await page.getByLabel(/^Words for customers: English/).fill("We are back in the morning.");
  await page.getByLabel(/^Words for customers: Français/).fill("De retour demain matin.");
  await section.getByRole("button", { name: "Add a date" }).click();
  await page.getByLabel("Date 1").fill("2026-12-25");
  await section.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await window.isAccessible("the reply outside business hours");
  await page.reload();
  assert.equal(await page.getByLabel("Date 1").inputValue(), "2026-12-25");
  assert.ok(await page.getByLabel("Reply to customers while we are closed").isChecked());

  const customer = await write(company, { subject: "At night" });
  await until(async () => (await byRules(company, customer)).length === 1, "he is told");
  const his = await openWindow(browser, desk.url, phone);
  await his.visit(customer.url);
  await his.page.getByText("We are back in the morning.").waitFor();
  assert.equal(await his.page.getByText("Reply outside business hours").count(), 0);
  await window.visit(`/app/${company.slug}/all/${customer.id}`);
  await page.getByRole("log").getByText("We are back in the morning.").waitFor();
  await Promise.all([window.close(), his.close()]);
});
