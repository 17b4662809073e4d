// Files, in windows: chosen, dragged, pasted; on their way, cancelled, tried again; on both sides, with a script and without.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PNG } from "../support/body.mjs";
import { until } from "../support/desk.mjs";
import { brought, carrying, stored } from "../support/files.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */

const { desk, browser } = await openStage();
const company = await found(desk, { company: "Lamps and Sons" });
const agent = await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" });

const picture = { name: "lamp.png", mimeType: "image/png", buffer: PNG };
const text = (/** @type {string} */ name) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(`This is ${name}`),
});

/** Drops or pastes a file. @param {Page} page @param {"drop" | "paste"} how @param {string} selector @param {string} name */
const hand = (page, how, selector, name) =>
  page.evaluate(
    ([how, selector, name, png]) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: "image/png" }));
      const place = document.querySelector(selector);
      const options = { bubbles: true, cancelable: true };
      if (how === "paste") {
        place?.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
      } else {
        place?.dispatchEvent(new DragEvent("dragover", { ...options, dataTransfer: data }));
        place?.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
      }
    },
    /** @type {const} */ ([how, selector, name, PNG.toString("base64")]),
  );

/** A gate that what is sent to a conversation's files waits before. @param {Page} page */
async function gateBefore(page) {
  /** @type {() => void} */
  let open = () => {};
  let opened = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  /** @type {number | undefined} */
  let answer;
  await page.route("**/files?*", async (route) => {
    await opened;
    if (answer) await route.fulfill({ status: answer, json: {} }).catch(() => {});
    else await route.continue().catch(() => {});
  });
  return {
    open: () => open(),
    /** @param {number} [status] with which everything is answered; by the desk without it */
    answerWith(status) {
      answer = status;
      opened = Promise.resolve();
      open();
    },
  };
}

/** Files in the tray of a form. @param {Page} page @param {string} [name] */
const tray = (page, name) => page.locator(".attached li", { hasText: name });

/** The pictures and files that were sent. @param {Page} page */
const sent = (page) => page.locator(".files li");

// spec: B5 B7
test("an agent chooses, drags and pastes files, watches them go, cancels, tries again, and sends", async () => {
  const customer = await write(company, { subject: "Which lamp?" });
  const window = await openWindow(browser, desk.url);
  await signIn(window, agent);
  const { page } = window;
  const visit = () => window.visit(`/app/${company.slug}/all/${customer.id}`);
  await visit();
  await page.locator("#composer").waitFor();
  const gate = await gateBefore(page);

  await page.locator("#attach").setInputFiles([picture, text("notes.txt")]);
  await page.getByRole("progressbar", { name: "Upload of lamp.png" }).waitFor();
  await page.getByRole("button", { name: "Cancel notes.txt" }).click();
  await tray(page, "notes.txt").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.id), "composer");
  // What waits for its files is sent once they are there, and not before.
  await page.locator("#composer").fill("Is it this one?");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Will be sent as soon as the files are there").waitFor();
  assert.equal(await sent(page).count(), 0);
  await window.isAccessible("files on their way");
  gate.open();
  await page.getByRole("img", { name: "lamp.png" }).waitFor();
  assert.equal(await page.locator("#composer").inputValue(), "");
  assert.equal(await tray(page).count(), 0);
  await until(async () => (await stored(desk, customer.id)).length === 1, "what was cancelled is not stored");

  // What fails is tried again; what can never work is said so at once.
  gate.answerWith(500);
  await page.locator("#attach").setInputFiles(text("invoice.txt"));
  await page.getByRole("alert").filter({ hasText: "Could not be sent." }).waitFor();
  await window.isAccessible("a file that failed");
  gate.answerWith();
  await tray(page, "invoice.txt").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Remove invoice.txt" }).waitFor();
  await page.locator("#attach").setInputFiles({ ...text("nothing.txt"), buffer: Buffer.alloc(0) });
  await page.getByText("There is nothing in nothing.txt.").waitFor();

  await hand(page, "drop", ".log", "dragged.png");
  await hand(page, "paste", "#composer", "pasted.png");
  await page.getByRole("button", { name: "Remove dragged.png" }).waitFor();
  await page.getByRole("button", { name: "Remove pasted.png" }).click();
  await tray(page, "pasted.png").waitFor({ state: "detached" });

  // A comment has files of its own; a draft keeps its files over a reload.
  await page.locator("#mode-note").click();
  assert.equal(await tray(page).count(), 0);
  await visit();
  await tray(page, "dragged.png").waitFor();
  await tray(page, "invoice.txt").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page
    .locator(".log")
    .getByRole("link", { name: /invoice\.txt/ })
    .waitFor();
  await page.getByRole("img", { name: "dragged.png" }).waitFor();
  await visit();
  await page
    .locator(".log")
    .getByRole("link", { name: /invoice\.txt/ })
    .waitFor();
  assert.equal(await tray(page).count(), 0);
  const there = (await customer.read()).events.flatMap(
    (/** @type {any} */ { attachments }) => attachments ?? [],
  );
  assert.deepEqual(
    there.map((/** @type {any} */ { name }) => name),
    ["lamp.png", "invoice.txt", "dragged.png"],
  );
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .locator(".log")
      .getByRole("link", { name: /invoice\.txt/ })
      .click(),
  ]);
  assert.equal(download.suggestedFilename(), "invoice.txt");
  await window.isAccessible("files in a conversation");
  await window.close();
});

test("on a narrow dark screen the tray and the files are at hand", async () => {
  const customer = await write(company, { subject: "A dark lamp" });
  const [one, two] = [
    await brought(customer, customer.path(), PNG, "lamp.png"),
    await brought(
      customer,
      customer.path(),
      "%PDF-1.7",
      "a rather long name of an invoice of the last year.pdf",
    ),
  ];
  (await customer.post(customer.path("/messages"), carrying([one.id, two.id]))).good(201);
  const viewport = { width: 390, height: 844 };
  const window = await openWindow(browser, desk.url, { viewport, colorScheme: "dark" });
  await signIn(window, agent);
  await window.visit(`/app/${company.slug}/all/${customer.id}`);
  const { page } = window;
  await page.getByRole("img", { name: "lamp.png" }).waitFor();
  await page
    .locator("#attach")
    .setInputFiles([picture, text("a rather long name of a file that is attached.txt")]);
  await page.getByRole("button", { name: /^Remove a rather long/ }).waitFor();
  await window.isAccessible("files on a narrow dark screen");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, viewport.width, "nothing sticks out");
  await window.close();
});

// spec: B5
test("a customer drags, pastes and removes files on his page, and sees those of the agent at once", async () => {
  const customer = await write(company, { subject: "My lamp" });
  const window = await openWindow(browser, desk.url, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
  });
  const { page } = window;
  await window.visit(customer.url);
  const gate = await gateBefore(page);
  await page.getByLabel(/^Attach files/).setInputFiles(text("one.txt"));
  await page.getByRole("progressbar", { name: "Upload of one.txt" }).waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await window.isAccessible("a customer's files on their way");
  gate.open();
  await page
    .locator("#log")
    .getByRole("link", { name: /one\.txt/ })
    .waitFor();

  gate.answerWith();
  await hand(page, "drop", "h1", "dragged.png");
  await hand(page, "paste", "#body", "pasted.png");
  await page.getByRole("button", { name: "Remove pasted.png" }).click();
  await page.getByLabel("Add to the conversation").fill("Here it is");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("img", { name: "dragged.png" }).waitFor();
  assert.equal(await tray(page).count(), 0);

  const file = await brought(agent, agent.at(customer), "%PDF-1.7", "manual.pdf");
  (await agent.post(agent.at(customer, "/messages"), carrying([file.id], ""))).good(201);
  await page
    .locator("#log")
    .getByRole("link", { name: /manual\.pdf/ })
    .waitFor();
  await window.isAccessible("files on the customer's page");
  await page.reload();
  await page
    .locator("#log")
    .getByRole("link", { name: /manual\.pdf/ })
    .waitFor();
  await page.getByRole("img", { name: "dragged.png" }).waitFor();
  await window.close();
});

// spec: B3 B5
test("without a script, files go with the first words and with those that follow", async () => {
  const window = await openWindow(browser, desk.url, { javaScriptEnabled: false });
  const { page } = window;
  await window.visit(`/${company.slug}`);
  await page.getByLabel("Your name").fill("Marta Lindholm");
  await page.getByLabel("Your e-mail address").fill("marta.files@people.example");
  await page.getByLabel("What is it about?").fill("The lamp does not light");
  await page.getByLabel("Your message").fill("See the picture.");
  await page.getByLabel(/^Attach files/).setInputFiles([picture, text("story.txt")]);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: "The lamp does not light" }).waitFor();
  await page.getByRole("img", { name: "lamp.png" }).waitFor();
  await page.getByLabel(/^Attach files/).setInputFiles(text("more.txt"));
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("link", { name: /more\.txt/ }).waitFor();
  await page.getByLabel("Add to the conversation").fill("Without a file");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Without a file").waitFor();
  await page.getByLabel("Add to the conversation").fill("Typed with care");
  await page.getByLabel(/^Attach files/).setInputFiles({ ...text("nothing.txt"), buffer: Buffer.alloc(0) });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("There is nothing in this file.").waitFor();
  assert.equal(await page.getByLabel("Add to the conversation").inputValue(), "Typed with care");
  await window.close();
});

test("on the contact page, what is dropped is added to what was chosen", async () => {
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await window.visit(`/${company.slug}`);
  const field = page.getByLabel(/^Attach files/);
  await field.setInputFiles(text("chosen.txt"));
  await hand(page, "drop", "h1", "dragged.png");
  const names = () =>
    field.evaluate((/** @type {HTMLInputElement} */ { files }) => [...(files ?? [])].map(({ name }) => name));
  assert.deepEqual(await names(), ["chosen.txt", "dragged.png"]);
  await window.isAccessible("the contact page with files");
  await window.close();
});
