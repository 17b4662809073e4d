// The chat window on a site of the company's own: another origin, with a strict policy of its own.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Company } from "../support/world.mjs" */

const { desk, browser } = await openStage();

/**
 * A site at http://localhost, which is another site than the desk's 127.0.0.1. It allows the desk's script and frame,
 * and nothing else.
 *
 * @param {string} tag the attributes of its script tag
 */
async function openSite(tag) {
  const policy = `default-src 'none'; script-src ${desk.url}; frame-src ${desk.url}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const server = createServer((request, response) => {
    const [here, there] = request.url === "/two" ? ["Two", "/one"] : ["One", "/two"];
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
    response.end(`<!doctype html><html lang="en"><head><title>Page ${here}</title>
      <meta name="viewport" content="width=device-width">
      <script src="${desk.url}/widget.js" ${tag} async></script></head>
      <body><main><h1>Page ${here}</h1><p><a href="${there}">The other page</a></p></main></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "localhost", () => resolve(undefined)));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://localhost:${port}`;
}

/** @param {Company} company @param {Record<string, unknown>} change */
const set = async (company, change) => (await company.administrator.patch(company.path(), change)).good(200);

/** @param {Page} page @param {string | RegExp} name */
const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });

// spec: B10 B9
test("a visitor writes in the window, goes to another page, and is answered there", async () => {
  const company = await found(desk, { company: "Harbour Lamps" });
  const ana = await hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" });
  const site = await openSite(`data-company="${company.slug}" data-name="Marta Lindholm"`);
  await set(company, { widget_origins: [site] });
  const visitor = await openWindow(browser, site);
  const { page } = visitor;
  const chat = page.frameLocator("edgedesk-chat iframe");
  await visitor.visit("/one");
  await button(page, "Open the chat").waitFor();
  assert.equal(
    await page.locator("edgedesk-chat").getByRole("dialog").count(),
    0,
    "closed until it is opened",
  );
  await visitor.isAccessible("a site with the button");

  // By keyboard: the focus goes to the first field that is empty.
  await button(page, "Open the chat").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Chat with Harbour Lamps" }).waitFor();
  await chat.getByRole("heading", { name: "How can we help you?" }).waitFor();
  await chat.getByText("Nobody is here right now.").waitFor();
  assert.equal(await chat.getByLabel("Your name").inputValue(), "Marta Lindholm");
  await chat.locator("#email:focus").waitFor();
  await visitor.isAccessible("the form in the window");
  await page.evaluate(() =>
    /** @type {any} */ (window).Edgedesk.identify({ name: "Eve", email: "marta@people.example" }),
  );
  await until(
    async () => (await chat.getByLabel("Your e-mail address").inputValue()) === "marta@people.example",
    "the hint is there",
  );
  assert.equal(await chat.getByLabel("Your name").inputValue(), "Marta Lindholm", "what is there stays");

  // Somebody comes: it is said without a reload.
  const agent = await openWindow(browser, desk.url);
  await signIn(agent, ana);
  await page.keyboard.press("Escape");
  await page.locator("edgedesk-chat button.launcher:focus").waitFor();
  await until(
    async () => {
      await button(page, "Open the chat").click();
      if (await chat.getByText("We are here").isVisible()) return true;
      await button(page, "Close the chat").first().click();
      return false;
    },
    "it is said that somebody is there",
    10,
  );

  await chat.getByLabel("Your message").fill("Where is my lamp?");
  await chat.getByRole("button", { name: "Send" }).click();
  await chat.getByRole("log").getByText("Where is my lamp?").waitFor();
  await visitor.isAccessible("a conversation in the window");

  // Another page of the site: the same window, the same conversation.
  await page.getByRole("link", { name: "The other page" }).click();
  await page.getByRole("heading", { name: "Page Two" }).waitFor();
  await chat.getByRole("log").getByText("Where is my lamp?").waitFor();
  await agent.page.getByRole("link", { name: /Where is my lamp/ }).click();
  await agent.page.getByText("Wrote in the chat window").waitFor();
  await button(agent.page, "Take it").click();
  // It is not said again to whom it could not be said: he goes on writing.
  const reply = agent.page.getByRole("textbox", { name: "Reply" });
  await until(
    async () => {
      await reply.fill("It is on its");
      await reply.fill("It is on its way.");
      return chat.getByText("Ana Mora is writing…").isVisible();
    },
    "the visitor sees that she is writing",
    30,
  );
  await agent.page.keyboard.press("Control+Enter");
  await chat.getByRole("log").getByText("It is on its way.").waitFor();
  await chat.getByLabel("Add to the conversation").fill("Thank you!");
  await chat.getByRole("button", { name: "Send" }).click();
  await agent.page.getByRole("log").getByText("Thank you!").waitFor();

  // Closed from within by Escape, it counts what is unread; also on the next page, and after a second answer.
  await chat.getByLabel("Add to the conversation").press("Escape");
  await page.locator("edgedesk-chat button.launcher:focus").waitFor();
  await agent.page.getByRole("textbox", { name: "Reply" }).fill("You are welcome.");
  await agent.page.keyboard.press("Control+Enter");
  await button(page, "Open the chat: 1 unread message").waitFor();
  await page.getByRole("link", { name: "The other page" }).click();
  await page.getByRole("heading", { name: "Page One" }).waitFor();
  await button(page, "Open the chat: 1 unread message").waitFor();
  await agent.page.getByRole("textbox", { name: "Reply" }).fill("Anything else?");
  await agent.page.keyboard.press("Control+Enter");
  await button(page, "Open the chat: 2 unread messages").waitFor();
  await visitor.isAccessible("unread messages");
  // Whoever listens last has heard it after the window's script has.
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener("message", () => resolve(undefined), { once: true });
        postMessage({ edgedesk: "unread", unread: 9 }, "*");
      }),
  );
  await button(page, "Open the chat: 2 unread messages").click();
  await chat.getByRole("log").getByText("Anything else?").waitFor();
  await button(page, "Close the chat").first().click();
  await button(page, "Open the chat").waitFor();

  // A form of the page in the window leads back into the window.
  await button(page, "Open the chat").click();
  await chat.getByRole("button", { name: "This is solved: close it" }).click();
  await chat.getByText("This conversation is closed.").waitFor();
  await Promise.all([visitor.close(), agent.close()]);
});

// spec: B10
test("on a site that the company does not name there is no window, and the console says why", async () => {
  const company = await found(desk, { company: "Elsewhere" });
  const site = await openSite(`data-company="${company.slug}"`);
  await set(company, { widget_origins: ["https://shop.example"] });
  const visitor = await openWindow(browser, site);
  /** @type {string[]} */
  const warnings = [];
  visitor.page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  await visitor.visit("/one");
  await until(() => warnings.some((text) => text.includes(`cannot be shown on ${site}`)), "it is said", 12);
  assert.equal(await visitor.page.locator("edgedesk-chat").count(), 0);
  // The browser says it too.
  visitor.complaints = visitor.complaints.filter((text) => !text.includes("frame-ancestors"));
  await visitor.close();
});

test("on a telephone, in the dark and in French: the window is all there is", async () => {
  const company = await found(desk, { company: "Petit Port" });
  const site = await openSite(`data-company="${company.slug}" data-language="fr"`);
  await set(company, { widget_origins: [site], widget_colour: "#ffd166", widget_position: "start" });
  const visitor = await openWindow(browser, site, {
    colorScheme: "dark",
    reducedMotion: "reduce",
    viewport: { width: 390, height: 844 },
  });
  const { page } = visitor;
  await visitor.visit("/one");
  await button(page, "Ouvrir la discussion").click();
  const chat = page.frameLocator("edgedesk-chat iframe");
  await chat.getByRole("heading", { name: "Comment pouvons-nous vous aider ?" }).waitFor();
  const box = await page.getByRole("dialog").boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, width: 390, height: 844 });
  await visitor.isAccessible("the window on a telephone");
  await chat.getByLabel("Votre nom").fill("Marta");
  await chat.getByLabel("Votre adresse e-mail").fill("marta@people.example");
  await chat.getByLabel("Votre message").fill(" ");
  await chat.getByRole("button", { name: "Envoyer" }).click();
  await chat.getByText("Il manque quelque chose.").waitFor();
  await visitor.isAccessible("a fault in the window");
  await button(page, "Fermer la discussion").click();
  await button(page, "Ouvrir la discussion").waitFor();
  await visitor.close();
});

// spec: B10
test("an administrator copies the line, names the sites and chooses how it looks", async () => {
  const company = await found(desk, { company: "Settings and Sons" });
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, company.administrator);
  await window.visit(`/app/${company.slug}/settings/company`);
  await page.getByText(`data-company="${company.slug}" async`).waitFor();
  const card = page.getByRole("region", { name: "Chat window" });
  await card.getByLabel("Sites that may show it").fill("https://shop.example\nhttp://shop.example");
  await card.getByRole("button", { name: "Save" }).click();
  await card.getByText("Only localhost may be http.").last().waitFor();
  await window.isAccessible("a site that is none");
  await card.getByLabel("Sites that may show it").fill("https://shop.example");
  await card.getByLabel("Greeting").fill("Ask us anything");
  await card.getByLabel("Where lines begin").check();
  await card.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").first().waitFor();
  const now = (await company.administrator.get(company.path())).good(200);
  assert.deepEqual(
    [now.widget_origins, now.widget_greeting, now.widget_position],
    [["https://shop.example"], "Ask us anything", "start"],
  );
  await window.isAccessible("the chat window's settings");
  await window.close();
});
