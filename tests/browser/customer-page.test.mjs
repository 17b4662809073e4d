// The customer's page in windows: beside an agent's, in French, without JavaScript, and when the line breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkIn, mailTo, until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */

const { desk, browser } = await openStage();
const company = await found(desk, { company: "Harbour Lights" });
const business_hours = [1, 2, 3, 4, 5].map((day) => ({ day, opens: "09:00", closes: "17:30" }));
await company.administrator.patch(company.path(), {
  description: "Lamps for boats and piers.",
  business_hours,
  time_zone: "Europe/Paris",
});
const ana = await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" });
await ana.patch(company.path("/me"), { public_name: "Ana from Harbour", function: "Lamp doctor" });

const phone = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };

/** What is said in the log, in order. @param {Page} page */
const said = (page) => page.locator("#log .said .text").allTextContents();

// spec: B4 B5 B6 B7 B8 B9
test("beside an agent: writing, reading, rating, each seen by the other, and no comment by the customer", async () => {
  const conversation = await write(company, { subject: "The green lamp flickers" });
  await ana.take(conversation);
  const [customer, agent] = await Promise.all([
    openWindow(browser, desk.url, phone),
    openWindow(browser, desk.url),
  ]);
  await customer.page.goto(conversation.url);
  await customer.page.getByText("Ana from Harbour is taking care of it.").waitFor();
  await customer.page.getByText("Lamp doctor").waitFor();
  await customer.page.locator(".day", { hasText: "Today" }).waitFor();
  await customer.isAccessible("the page of somebody who has an agent");
  await signIn(agent, ana);
  await agent.page.getByRole("link", { name: /green lamp/ }).click();
  await customer.page
    .locator(".said", { hasText: "what can I do" })
    .getByText("Read", { exact: true })
    .waitFor();

  await agent.page.getByRole("button", { name: "Internal comment" }).click();
  await agent.page.getByRole("textbox", { name: "Internal comment" }).pressSequentially("Between us");
  await agent.page.getByRole("button", { name: "Reply" }).click();
  await agent.page.getByRole("textbox", { name: "Reply" }).fill("Is it plugged in?");
  await customer.page.getByText("Ana from Harbour is writing…").waitFor();
  const typing = customer.received.filter((text) => text.includes('"type":"typing"'));
  assert.equal(typing.length, 1, "of a comment nothing was told");
  await agent.page.getByRole("button", { name: "Send" }).click();
  await customer.page.getByText("Is it plugged in?").waitFor();
  await customer.page.getByText("Ana from Harbour answered.").waitFor();
  await agent.page
    .locator(".said", { hasText: "Is it plugged in?" })
    .getByText("Read", { exact: true })
    .waitFor();
  await agent.isAccessible("a conversation that was read");

  await customer.page.getByLabel("Add to the conversation").fill("It is now.");
  await agent.page.getByText("Marta Lindholm is writing").waitFor();
  await customer.page.keyboard.press("Control+Enter");
  await agent.page.getByRole("log").getByText("It is now.").waitFor();
  assert.equal(
    await customer.page.locator("#body").evaluate((body) => body === document.activeElement),
    true,
  );
  await customer.page
    .locator(".said", { hasText: "It is now." })
    .getByText("Read", { exact: true })
    .waitFor();
  assert.equal(await customer.page.getByText("Read", { exact: true }).count(), 1, "under the last one only");

  await agent.page.getByRole("button", { name: "Close", exact: true }).click();
  await customer.page.getByText("This conversation is closed.").waitFor();
  await customer.page
    .getByRole("group", { name: "How did we do?" })
    .getByLabel("Good", { exact: true })
    .check();
  await customer.isAccessible("the page of a closed conversation");
  await customer.page.getByLabel("Anything you would like to add?").fill("Patient people.");
  await customer.page.getByRole("button", { name: "Send your rating" }).click();
  await customer.page.getByText("Thank you. You rated this conversation: Good.").waitFor();
  await customer.isAccessible("a rated conversation");
  await agent.page.getByRole("complementary").getByText("4 of 5", { exact: true }).waitFor();
  await agent.page.getByRole("complementary").getByText("Patient people.").waitFor();
  await agent.isAccessible("a conversation that was rated");

  // The link is in the wrong hands: whoever has it loses the line at once.
  await agent.page.getByRole("button", { name: "Replace the link" }).click();
  await agent.isAccessible("asking before the link is replaced");
  await agent.page.getByRole("dialog").getByRole("button", { name: "Replace the link" }).click();
  await customer.page.getByText("This link is not valid any more.").waitFor();
  await customer.page.reload();
  await customer.page.getByRole("heading", { name: "This link does not open anything any more" }).waitFor();
  await customer.isAccessible("a link that was replaced");
  await customer.page.goto(linkIn(await mailTo(desk, conversation.email, "A new link")));
  await customer.page.getByText("This conversation is closed.").waitFor();
  await Promise.all([customer.close(), agent.close()]);
});

test("in a French browser everything is in French, live words too", async () => {
  const window = await openWindow(browser, desk.url, { locale: "fr-FR" });
  const { page } = window;
  await window.visit(`/${company.slug}`);
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  await page.getByText("lun.–ven.").waitFor();
  await page.getByLabel("Votre nom").fill("Zoé Martin");
  await page.getByLabel("Votre adresse e-mail").fill("zoe@people.example");
  await page.getByLabel("De quoi s’agit-il").fill("La lampe verte");
  await page.getByLabel("Votre message").fill("Elle clignote.");
  await window.isAccessible("the contact page in French");
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.getByText("Nous avons bien reçu votre message.").waitFor();
  await window.isAccessible("the page in French");
  const id = String(page.url().split("/").at(-1));
  await ana.take({ id });
  await page.getByText("Ana from Harbour s’en occupe.").waitFor();
  await page.getByText("Ana from Harbour s’en charge désormais").waitFor();
  await ana.reply({ id }, "Bonjour !");
  await page.getByText("Ana from Harbour vous a répondu.").waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("Ana from Harbour answered.").waitFor();
  await page.getByRole("button", { name: "Français" }).click();
  await page.getByRole("link", { name: "Demander un nouveau lien" }).click();
  await window.isAccessible("asking for a link in French");
  await page.getByLabel("L’adresse e-mail depuis laquelle").fill("zoe@people.example");
  await page.getByRole("button", { name: "M’envoyer les liens" }).click();
  await page.getByRole("heading", { name: "Consultez votre messagerie" }).waitFor();
  await mailTo(desk, "zoe@people.example", "Les liens de vos conversations");
  await window.close();
});

test("what was written while the line was down is sent once, in order, even over a reload, and nothing is missed", async () => {
  const conversation = await write(company, { subject: "Is the line good?" });
  await ana.take(conversation);
  const window = await openWindow(browser, desk.url);
  const { page, context } = window;
  /** @type {import("playwright-core").WebSocketRoute | undefined} */
  let socket;
  let line = Promise.resolve();
  await page.routeWebSocket(/\/live/, async (route) => {
    await line;
    route.connectToServer();
    socket = route;
  });
  await page.goto(conversation.url);
  await until(() => socket, "it listens");

  let mend = () => {};
  line = new Promise((resolve) => {
    mend = resolve;
  });
  await context.setOffline(true);
  await socket?.close({ code: 1012 });
  await page.getByText("You are offline.").waitFor();
  await window.isAccessible("the page offline");
  const field = page.getByLabel("Add to the conversation");
  for (const text of ["First", "Second"]) {
    await field.fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  }
  await page.getByText("Waiting for the connection…").first().waitFor();
  await ana.reply(conversation, "Said meanwhile");
  await field.fill("Not sent yet");
  await context.setOffline(false);
  mend();
  await until(
    async () =>
      assert.deepEqual((await said(page)).slice(1).sort(), ["First", "Said meanwhile", "Second"]) ?? true,
    "all is there, once",
  );
  await page.getByText("You are offline.").waitFor({ state: "hidden" });
  const bodies = (await ana.events(conversation)).map((/** @type {any} */ { body }) => body).filter(Boolean);
  assert.deepEqual(bodies.slice(1), ["Said meanwhile", "First", "Second"]);

  // A reload in the middle of sending: the name of the message stays, so it is one.
  await page.route("**/messages", (route) => route.abort());
  await field.fill("Over a reload");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Waiting for the connection…").waitFor();
  await field.fill("A draft");
  await page.reload();
  assert.equal(await field.inputValue(), "A draft");
  await page.getByText("Over a reload").waitFor();
  await page.unroute("**/messages");
  await page.getByText("Waiting for the connection…").waitFor({ state: "detached", timeout: 20_000 });
  const sent = (await ana.events(conversation)).filter(
    (/** @type {any} */ { body }) => body === "Over a reload",
  );
  assert.equal(sent.length, 1);
  assert.equal((await said(page)).filter((text) => text === "Over a reload").length, 1);
  // The browser was told of failing requests; that is what being offline is.
  window.complaints = window.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(text));
  await window.close();
});

test("without JavaScript: following, adding, closing, rating, changing the language, opening again", async () => {
  const conversation = await write(company, { subject: "A plain question" });
  await ana.take(conversation);
  await ana.reply(conversation, "A plain answer.");
  const window = await openWindow(browser, desk.url, { ...phone, javaScriptEnabled: false });
  const { page } = window;
  await page.goto(conversation.url);
  await page.getByText("Ana from Harbour answered.").waitFor();
  await page.getByLabel("Add to the conversation").fill("Thank you.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Thank you.").waitFor();
  await page.getByRole("button", { name: "This is solved: close it" }).click();
  await page.getByText("This conversation is closed.").waitFor();
  await page.getByLabel("Very good").check();
  await page.getByRole("button", { name: "Send your rating" }).click();
  await page.getByText("Thank you. You rated this conversation: Very good.").waitFor();
  await page.getByLabel("Fair").check();
  await page.getByRole("button", { name: "Change your rating" }).click();
  await page.getByText("You rated this conversation: Fair.").waitFor();
  await page.getByRole("button", { name: "Français" }).click();
  await page.getByText("Cette conversation est fermée.").waitFor();
  await page.getByRole("button", { name: "Rouvrir la conversation" }).click();
  await page.getByText("Conversation rouverte").waitFor();
  await window.close();
});
