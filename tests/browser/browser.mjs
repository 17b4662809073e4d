// Chromium windows on a desk of their own, and what every screen has to bear.
import assert from "node:assert/strict";
import { after } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { startDesk } from "../support/desk.mjs";

/** @import { Browser, BrowserContext, Page } from "playwright-core" */

/** Without these, Chromium looks for hosts of its own. */
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** @returns {Promise<Browser>} */
export function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS.split(" ") });
}

/**
 * A desk and a browser for the tests of a file, put away after them.
 *
 * @param {import("../support/desk.mjs").DeskOptions} [options]
 * @returns {Promise<{ desk: import("../support/desk.mjs").Desk, browser: Browser }>}
 */
export async function openStage(options) {
  const [desk, browser] = await Promise.all([startDesk(options), openBrowser()]);
  after(async () => {
    await browser.close();
    await desk.stop();
  });
  return { desk, browser };
}

/** A person in front of a window, whose page never complains. */
export class Window {
  /** @type {string[]} */
  complaints = [];
  /** Everything that came over the wire, answers and frames. @type {string[]} */
  received = [];

  /** @param {BrowserContext} context @param {Page} page @param {string} url of the desk */
  constructor(context, page, url) {
    this.context = context;
    this.page = page;
    this.url = url;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // A refused request is the page's business; what it makes of it is asserted on the screen.
      const refused = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !refused) this.complaints.push(message.text());
    });
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => this.received.push(String(payload))),
    );
    page.on("response", async (response) => {
      const body = await response.body().catch(() => Buffer.from(""));
      this.received.push(
        JSON.stringify(await response.allHeaders().catch(() => ({}))),
        body.toString("utf8"),
      );
    });
  }

  /** @param {string} path */
  async visit(path) {
    await this.page.goto(new URL(path, this.url).href);
  }

  /** No rule of WCAG 2.2 AA that axe knows is broken. @param {string} screen */
  async isAccessible(screen) {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    await this.page.evaluate(settled);
    const { violations } = await new AxeBuilder({ page: this.page }).withTags(tags).analyze();
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    assert.deepEqual(told, [], `axe on ${screen}`);
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
  }
}

/** Until what fades or moves has come to its end: colours half way have no contrast. Runs in the page. */
function settled() {
  const ends = document.getAnimations().filter((one) => {
    const { endTime } = one.effect?.getComputedTiming() ?? {};
    return one.playState === "running" && Number.isFinite(endTime);
  });
  return Promise.allSettled(ends.map((one) => one.finished)).then(() => {});
}

/**
 * @param {Browser} browser
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function openWindow(browser, url, options = {}) {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  return new Window(context, await context.newPage(), url);
}

/**
 * Signs somebody in, by hand.
 * @param {Window} window
 * @param {{ email: string, password: string }} person
 */
export async function signIn({ page, url }, { email, password }) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1 }).filter({ hasText: "conversations" }).waitFor();
}
