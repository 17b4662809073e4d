// Selling, in windows: the catalogue, an order in a conversation that its customer confirms and pays, the bank's file, and
// the role that sees nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Window } from "./browser.mjs" */
/** @import { Company, Member } from "../support/world.mjs" */

const { desk, browser } = await openStage();

/** A window in which somebody is signed in. @param {Member} person */
async function windowOf(person) {
  const window = await openWindow(browser, desk.url);
  await signIn(window, person);
  return window;
}

/** Nothing that axe knows is wrong, on a desk in daylight and on a telephone in the dark. @param {Window} window @param {string} screen */
async function isAccessible(window, screen) {
  const { page } = window;
  await window.isAccessible(screen);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await window.isAccessible(`${screen}, small and dark`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${screen} is wider than a telephone by ${wider}px`);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

/** @param {number} amount */
const euros = (amount) => ({ amount, currency: "EUR" });

/** Something that is sold. @param {Company} company @param {string} name @param {number} amount */
const sell = async ({ administrator }, name, amount) =>
  (
    await administrator.post(administrator.path("/catalog"), { name, price: euros(amount), tax_rate: 2_000 })
  ).good(201);

/** An order that is to be paid by transfer, and its payment. @param {Member} member @param {string} name @param {number} amount */
async function awaited(member, name, amount) {
  const body = {
    contact: { email: `${name.toLowerCase()}@buyers.example`, name },
    lines: [{ name: "Lamp", quantity: 1, unit_price: euros(amount) }],
  };
  const order = (await member.post(member.path("/orders"), body)).good(201);
  (await member.post(member.path(`/orders/${order.id}/confirmation`))).good(200);
  const payment = (
    await member.post(member.path(`/orders/${order.id}/payments`), { method: "transfer" })
  ).good(201);
  return { order, payment };
}

/** A row of a table. @param {Page} page @param {string | RegExp} text */
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

// spec: J1 B13 J13
test("an agent sells in a conversation; the customer confirms and pays, and every window sees it", async () => {
  const company = await found(desk, { company: "Lumen" });
  await sell(company, "Reading lamp", 4_990);
  await sell(company, "Bulb", 690);
  const nadia = await hire(company, "agent", { first_name: "Nadia", last_name: "Haddad" });
  const customer = await write(company, { subject: "A lamp for reading" });
  (await company.administrator.assign(customer, nadia)).good(200);
  const [agent, other, buyer] = [
    await windowOf(nadia),
    await windowOf(company.administrator),
    await openWindow(browser, desk.url),
  ];
  const { page } = agent;

  // The catalogue, from the composer.
  await agent.visit(`/app/${company.slug}/mine/${customer.id}`);
  await page.getByRole("button", { name: "From the catalogue…" }).click();
  const dialog = page.getByRole("dialog", { name: "Send from the catalogue" });
  await dialog.getByLabel("Search by name or description").fill("lamp");
  await dialog.getByText("Bulb").waitFor({ state: "detached" });
  await dialog.getByRole("checkbox", { name: /Reading lamp/ }).check();
  await dialog.getByLabel(/Words that go with it/).fill("Would this one fit?");
  await isAccessible(agent, "sending from the catalogue");
  await dialog.getByRole("button", { name: /^Send to/ }).click();
  await dialog.waitFor({ state: "detached" });
  const card = page.locator(".said[data-kind=catalog]");
  await card.getByText("Would this one fit?").waitFor();
  await card.getByText("€49.90").waitFor();

  // An order, by keyboard alone from the panel on.
  await page.getByRole("complementary").getByRole("link", { name: "New order" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "New order" }).waitFor();
  await page.getByRole("button", { name: "Add from the catalogue" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Reading lamp/ }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("What (line 1)").inputValue(), "Reading lamp");
  assert.equal(await page.getByLabel(/^Price .*\(line 1\)/).inputValue(), "49.90");
  await page.getByLabel("Quantity (line 1)").fill("2");
  await page.getByRole("button", { name: "Add a line" }).focus();
  await page.keyboard.press("Enter");
  // The focus is in the new line.
  await page.keyboard.type("Gift wrap");
  await page.getByLabel(/^Price .*\(line 2\)/).fill("2,5");
  await page.locator(".line-totals").getByText("€122.76").waitFor();
  await isAccessible(agent, "a new order");
  await page.getByRole("button", { name: "Send to the customer" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Order 1" }).waitFor();
  await page.locator("header").getByText("Offered").waitFor();
  await isAccessible(agent, "an order");

  // The other window knows of it, in the conversation and in the list.
  await other.visit(`/app/${company.slug}/all/${customer.id}`);
  const log = other.page.getByRole("log");
  await log.getByRole("link", { name: "Nadia Haddad sent order 1, €122.76" }).waitFor();
  const beside = other.page.getByRole("region", { name: "Orders" });
  await beside.getByText("Offered").waitFor();
  await isAccessible(other, "a conversation with an order");

  // The customer confirms on his page, and pays on the provider's.
  await buyer.page.goto(customer.url);
  await buyer.page.getByRole("button", { name: "Confirm the order" }).click();
  await log.getByRole("link", { name: /confirmed order 1/ }).waitFor();
  await beside.getByText("Awaiting payment").waitFor();
  await page.locator("header").getByText("Awaiting payment").waitFor();
  await buyer.page.getByRole("button", { name: "Pay by card" }).click();
  await buyer.page
    .getByRole("button", { name: "Pay", exact: true })
    .or(buyer.page.getByRole("link", { name: "Continue to the payment" }))
    .first()
    .waitFor();
  const onward = buyer.page.getByRole("link", { name: "Continue to the payment" });
  if ((await onward.count()) > 0) await buyer.page.goto(String(await onward.getAttribute("href")));
  await buyer.page.getByRole("button", { name: "Pay", exact: true }).click();
  await log.getByRole("link", { name: "€122.76 came for order 1, by card" }).waitFor();
  await beside.getByText("Paid").waitFor();
  await page.locator(".screen-head").first().getByText("Paid").waitFor();

  // From the log to the order; a reconciler's buttons are not an agent's.
  await log.getByRole("link", { name: /came for order 1/ }).click();
  await other.page.getByRole("button", { name: "Reconcile" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Reconcile" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Delete" }).count(), 0);
  await other.page.getByRole("button", { name: "Reconcile" }).click();
  await other.page.locator(".screen-head").first().getByText("Reconciled").waitFor();
  await page.locator(".screen-head").first().getByText("Reconciled").waitFor();
  await Promise.all([agent.close(), other.close(), buyer.close()]);
});

// spec: J7 J8 J9 N11
test("whoever is kept to the orders sees nothing else, and reconciles what the bank's file says", async () => {
  const company = await found(desk, { company: "Ledger" });
  const { administrator } = company;
  const otto = await hire(company, "order_payment_admin", {
    first_name: "Otto",
    last_name: "Payer",
    add_ons: ["payment_reconciler", "independent_orders"],
  });
  await write(company, { subject: "Not for Otto" });
  const [ana, ben, clara] = [
    await awaited(administrator, "Ana", 4_990),
    await awaited(administrator, "Ben", 1_250),
    await awaited(administrator, "Clara", 700),
  ];
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await page.goto(`${desk.url}/sign-in`);
  await page.getByLabel("E-mail address").fill(otto.email);
  await page.getByLabel("Password").fill(otto.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  await row(page, "Ana").getByText("€49.90").waitFor();
  for (const name of ["New conversation", /^Notifications/])
    assert.equal(await page.getByRole("button", { name }).count(), 0, String(name));
  assert.equal(await page.getByRole("searchbox", { name: "Search", exact: true }).count(), 0);
  assert.equal(await page.getByRole("link", { name: /Conversations|Contacts|Catalogue/ }).count(), 0);
  await isAccessible(window, "the orders, by themselves");
  // Nor does he get there by an address.
  for (const path of ["", "/all", "/contacts", "/search", "/settings", "/catalog"]) {
    await window.visit(`/app/${company.slug}${path}`);
    await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  }
  assert.equal(await page.getByText("Not for Otto").count(), 0);

  // The list, narrowed; what it is narrowed by survives a reload.
  await page.getByRole("link", { name: "Awaiting payment" }).click();
  await page.getByLabel("Search by number, customer or line").fill("ben");
  await row(page, "Ana").waitFor({ state: "detached" });
  await page.waitForURL(/state=awaiting_payment&q=ben/);
  await page.reload();
  await row(page, "Ben").waitFor();
  assert.equal(await row(page, "Ana").count(), 0);

  // By days of the company's: they stand in the address as well, and one telephone's width is enough.
  const day = new Date().toISOString().slice(0, 10);
  const before = new Date(Date.parse(day) - 3 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Until", { exact: true }).fill(before);
  await page
    .getByText("No order matches.")
    .or(page.getByRole("link", { name: /Clear/ }))
    .first()
    .waitFor();
  await page.waitForURL(new RegExp(`to=${before}`));
  await isAccessible(window, "orders of some days, of which there are none");
  await page.reload();
  assert.equal(await page.getByLabel("Until", { exact: true }).inputValue(), before);
  await page.getByLabel("Until", { exact: true }).fill("");
  await row(page, "Ben").waitFor();
  await page.getByLabel("From", { exact: true }).fill(before);
  await page.waitForURL(new RegExp(`from=${before}`));
  await row(page, "Ben").waitFor();

  // What others do is there at once, though it belongs to no conversation, and nothing is asked for in between.
  await window.visit(`/app/${company.slug}/orders`);
  await row(page, "Ana").waitFor();
  await page.waitForLoadState("networkidle");
  const asked = page.waitForRequest((request) => request.url().includes(`/companies/${company.slug}/orders`));
  await awaited(administrator, "Dario", 300);
  await row(page, "Dario").waitFor({ timeout: 5_000 });
  await asked;
  const boss = await windowOf(administrator);
  const { order: darios, payment: hers } = await awaited(administrator, "Dora", 200);
  await boss.visit(`/app/${company.slug}/orders/${darios.id}`);
  await boss.page.locator(".payment").getByText("Awaited", { exact: true }).waitFor();
  await window.visit(`/app/${company.slug}/orders/payments`);
  await row(page, "Dora").getByText("Awaited", { exact: true }).waitFor();
  await boss.page.waitForLoadState("networkidle");
  (await otto.post(company.path(`/orders/${darios.id}/payments/${hers.id}/receipt`))).good(200);
  await boss.page.locator(".payment").getByText("Paid", { exact: true }).waitFor({ timeout: 5_000 });
  await row(page, "Dora").getByText("Paid", { exact: true }).waitFor({ timeout: 5_000 });
  await boss.close();
  await window.visit(`/app/${company.slug}/orders`);

  // The bank's file: looked at first.
  await page.getByRole("link", { name: "Reconciliation" }).click();
  await isAccessible(window, "a bank's file");
  const statement = [
    "Date;Amount;Currency;Reference",
    `2026-11-20;49,90;EUR;${ana.payment.reference}`,
    `2026-11-20;1,00;EUR;${ben.payment.reference}`,
    "2026-11-21;5,00;EUR;somebody",
    "2026-11-21;much;EUR;unclear",
  ].join("\n");
  await page.getByLabel("Or paste its contents").fill("nothing of use");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.locator("#csv-fault").waitFor();
  const bytes = { name: "bank.csv", mimeType: "text/csv", buffer: Buffer.from(statement) };
  await page.getByLabel("Choose a file").setInputFiles(bytes);
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("heading", { name: "What would be reconciled" }).waitFor();
  await row(page, "The amount differs").waitFor();
  await row(page, "Names no payment").waitFor();
  await page.getByText(/^Line 5:/).waitFor();
  await isAccessible(window, "what would be reconciled");
  const read = async () => (await administrator.get(company.path(`/orders/${ana.order.id}`))).good();
  assert.equal((await read()).state, "awaiting_payment", "nothing was changed yet");
  await page.getByRole("button", { name: "Reconcile 1" }).click();
  await page.getByRole("heading", { name: "What was reconciled" }).waitFor();
  assert.equal((await read()).state, "reconciled");
  // Brought once more, it does nothing more.
  await page.getByRole("button", { name: "Another file" }).click();
  await page.getByLabel("Or paste its contents").fill(statement);
  await page.getByRole("button", { name: "Compare" }).click();
  await row(page, "Reconciled already").waitFor();
  assert.ok(await page.getByRole("button", { name: "Reconcile 0" }).isDisabled());

  // One payment by itself: rejected with a reason, and reopened.
  await page.getByRole("link", { name: "Payments" }).click();
  await isAccessible(window, "the payments");
  await page.getByLabel("Search by reference or order number").fill(clara.payment.reference);
  await row(page, "Ana").waitFor({ state: "detached" });
  await row(page, "Clara").getByRole("link").click();
  await page.getByRole("button", { name: "Record receipt" }).click();
  await page.getByLabel("Amount (EUR)").fill("seven");
  await page.getByRole("dialog").getByRole("button", { name: "Record receipt" }).click();
  await page.getByText("An amount such as 49.90.").waitFor();
  await isAccessible(window, "a receipt with a fault");
  await page.getByLabel("Amount (EUR)").fill("7.00");
  await page.keyboard.press("Enter");
  await page.locator(".payment").getByText("Paid", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByLabel(/^Reason/).fill("It bounced");
  await isAccessible(window, "a rejection");
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await page.getByText(/Otto Payer rejected a payment/).waitFor();
  await page.getByText("It bounced").waitFor();
  await page.locator(".screen-head").first().getByText("Rejected").waitFor();
  await page.getByRole("button", { name: "Reopen" }).click();
  await page.locator(".payment").getByText("Reopened", { exact: true }).waitFor();

  // An order of his own, for somebody who has no conversation.
  await window.visit(`/app/${company.slug}/orders/new`);
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await page.getByText("An order has at least one line.").waitFor();
  await page.getByLabel("Customer’s e-mail address").fill("dora@buyers.example");
  await page.getByLabel("What (line 1)").fill("Shade");
  await page.getByLabel(/^Price .*\(line 1\)/).fill("12.345");
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await page.getByText("An amount such as 49.90.").waitFor();
  await page.getByLabel("Currency").selectOption("KWD");
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await page.getByRole("heading", { level: 1, name: /^Order \d/ }).waitFor();
  await page.getByText("KWD 12.345").first().waitFor();
  assert.equal(
    await page.getByRole("button", { name: "Send to the customer" }).count(),
    0,
    "nowhere to send it",
  );
  await window.close();
});

// spec: J3 J4 J6 J12
test("an order is edited, cancelled, deleted, restored and commented on; who comes late is told how it stands", async () => {
  const company = await found(desk, { company: "Second Thoughts" });
  const { administrator } = company;
  const create = async (/** @type {string} */ name) =>
    (
      await administrator.post(company.path("/orders"), {
        contact: { email: "eve@buyers.example", name: "Eve" },
        lines: [{ name, quantity: 1, unit_price: euros(1_000) }],
      })
    ).good(201);
  const [lamp, chair] = [await create("Lamp"), await create("Chair")];
  const [window, late] = [await windowOf(administrator), await windowOf(administrator)];
  const { page } = window;
  for (const one of [window, late]) {
    await one.visit(`/app/${company.slug}/orders/${lamp.id}`);
    await one.page.getByRole("link", { name: "Edit" }).click();
    await one.page.getByLabel("What (line 1)").waitFor();
  }
  await page.getByLabel("Quantity (line 1)").fill("3");
  await page.getByLabel("Tax (%) (line 1)").fill("19,5");
  await page.getByText("Invoice to").click();
  await page.getByLabel("Name or company").fill("Eve & Daughters");
  await isAccessible(window, "editing an order");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: "Total €35.85" }).waitFor();
  await page.getByText("Eve & Daughters").waitFor();
  // The other window had the order as it was before.
  await late.page.getByLabel("Quantity (line 1)").fill("9");
  await late.page.getByRole("button", { name: "Save" }).click();
  await late.page.getByText(/Order 1 is now: Draft/).waitFor();
  await isAccessible(late, "an order that was changed meanwhile");
  await late.page.getByRole("link", { name: "Look at it" }).click();
  await late.page.getByRole("row", { name: "Total €35.85" }).waitFor();

  await page.getByLabel("Internal comment").fill("She calls on Friday.");
  await page.getByRole("button", { name: "Leave the comment" }).click();
  await page.locator(".sale-comment").getByText("She calls on Friday.").waitFor();
  await page.getByRole("button", { name: "Cancel order" }).click();
  await page.getByLabel(/^Reason/).fill("Changed her mind");
  await isAccessible(window, "cancelling");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await page.locator(".screen-head").first().getByText("Cancelled").waitFor();
  await page.getByText("Changed her mind").waitFor();
  await late.page.getByRole("button", { name: "Customer confirmed" }).click();
  await late.page.getByText(/Order 1 is now: Cancelled/).waitFor();
  await late.page.locator(".screen-head").first().getByText("Cancelled").waitFor();
  assert.equal(await late.page.getByRole("button", { name: "Customer confirmed" }).count(), 0);

  // Deleted, and taken back; deleted again, and found among the deleted ones.
  await window.visit(`/app/${company.slug}/orders/${chair.id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Order 2 is deleted.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Order 2 is back.").waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Order 2 is deleted.").waitFor();
  await isAccessible(window, "a deleted order");
  await page.getByRole("link", { name: "← Orders" }).click();
  await row(page, "Lamp").waitFor();
  assert.equal(await row(page, "Chair").count(), 0);
  await page.getByLabel("Deleted ones").check();
  await row(page, "Chair").getByRole("link").click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.locator(".screen-head").first().getByText("Draft").waitFor();
  await Promise.all([window.close(), late.close()]);
});

/** One pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

// spec: B13
test("the catalogue is kept: priced, pictured, archived and brought back; and how the company sells", async () => {
  const company = await found(desk, { company: "Shelf" });
  const window = await windowOf(company.administrator);
  const { page } = window;
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Catalogue" }).click();
  await page.getByText("The catalogue is empty.").waitFor();
  await isAccessible(window, "an empty catalogue");
  await page.getByRole("button", { name: "New item" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Floor lamp");
  await dialog.getByLabel("Price").fill("1,234.5");
  await dialog.getByLabel("Tax (%)").fill("190");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.locator("#tax_rate-fault").waitFor();
  await isAccessible(window, "an item with a fault");
  await dialog.getByLabel("Tax (%)").fill("19");
  await dialog
    .getByLabel("Choose a picture")
    .setInputFiles({ name: "lamp.png", mimeType: "image/png", buffer: PNG });
  await dialog.getByText("lamp.png is added when you save.").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  const item = page.getByRole("listitem").filter({ hasText: "Floor lamp" });
  await item.getByText("€1,234.50").waitFor();
  await item.getByText("plus 19% tax").waitFor();
  await item.locator("img").waitFor();
  await isAccessible(window, "the catalogue");
  await item.getByRole("button", { name: "Edit: Floor lamp" }).click();
  assert.equal(await dialog.getByLabel("Price").inputValue(), "1234.50");
  await dialog.getByLabel("Price").fill("99");
  await dialog.getByRole("button", { name: "Remove the picture" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await item.getByText("€99.00").waitFor();
  await item.locator("img").waitFor({ state: "detached" });
  await item.getByRole("button", { name: "Archive: Floor lamp" }).click();
  await page.getByText("“Floor lamp” is archived.").waitFor();
  await page.getByText("The catalogue is empty.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await item.getByText("€99.00").waitFor();

  await window.visit(`/app/${company.slug}/settings/orders`);
  await page.getByLabel("Currency").selectOption("CHF");
  await page.getByLabel(/^Bank details/).fill("IBAN CH93 0076 2011 6238 5295 7");
  await page.getByLabel(/^An order runs out/).fill("30");
  await isAccessible(window, "how the company sells");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await page.getByLabel(/^An order runs out/).waitFor();
  assert.equal(await page.getByLabel(/^An order runs out/).inputValue(), "30");
  assert.equal(await page.getByLabel("Currency").inputValue(), "CHF");
  await window.visit(`/app/${company.slug}/orders/new`);
  await page.getByLabel("Currency").waitFor();
  assert.equal(await page.getByLabel("Currency").inputValue(), "CHF");
  await window.close();
});

test("amounts are read as people type them, to the last digit of their currency, or not at all", async () => {
  const read = /** @type {const} */ ([
    ["en-GB", "49.90", "EUR", 4_990],
    ["en-GB", "49,90", "EUR", 4_990],
    ["en-GB", "1,234.5", "EUR", 123_450],
    ["en-GB", "1.234,50", "EUR", 123_450],
    ["en-GB", "1,234", "EUR", 123_400],
    ["en-GB", "0.07", "EUR", 7],
    ["en-GB", "1.234", "KWD", 1_234],
    ["en-GB", "500", "JPY", 500],
    ["en-GB", "5.50", "JPY", undefined],
    ["en-GB", "1.234", "EUR", undefined],
    ["en-GB", "-1", "EUR", undefined],
    ["en-GB", "1e3", "EUR", undefined],
    ["en-GB", "12,34,5", "EUR", undefined],
    ["en-GB", "", "EUR", undefined],
    ["fr-FR", "1 234,50", "EUR", 123_450],
    ["fr-FR", "49.90", "EUR", 4_990],
    ["fr-FR", "1,234", "KWD", 1_234],
    ["fr-FR", "1.234", "EUR", undefined],
  ]);
  for (const locale of ["en-GB", "fr-FR"]) {
    const window = await openWindow(browser, desk.url, { locale });
    await window.visit("/sign-in");
    const cases = read.filter(([of]) => of === locale).map(([, text, currency]) => ({ text, currency }));
    const { amounts, again } = await window.page.evaluate(async (cases) => {
      const path = "/dashboard/money.js";
      const { readAmount, typed, CURRENCIES } = await import(path);
      const numbers = [0, 1, 5, 10, 99, 100, 4_990, 123_456_789, 1_000_000_000_000];
      return {
        amounts: cases.map(({ text, currency }) => readAmount(text, currency)),
        again: CURRENCIES.flatMap((/** @type {string} */ currency) =>
          numbers
            .filter((amount) => readAmount(typed({ amount, currency }), currency) !== amount)
            .map((amount) => [currency, amount]),
        ),
      };
    }, cases);
    assert.deepEqual(
      amounts,
      read.filter(([of]) => of === locale).map(([, , , amount]) => amount),
      locale,
    );
    assert.deepEqual(again, [], "what is written is read again");
    await window.close();
  }
});

test("who may not see orders is told so, and is shown nothing to look for them with", async () => {
  const company = await found(desk, { company: "Not For You" });
  const window = await windowOf(await hire(company, "supervisor"));
  for (const part of ["", "/payments", "/reconciliation"]) {
    await window.visit(`/app/${company.slug}/orders${part}`);
    await window.page.getByText("This part is not open to you.").waitFor();
    assert.equal(await window.page.locator("main").getByRole("link").count(), 0);
    assert.equal(await window.page.locator("main input").count(), 0);
  }
  await window.isAccessible("orders that are not open");
  await window.close();
});
