// What the pages weigh, and how long a slow machine on a slow line takes to the first message.
import { brotliCompressSync, gzipSync } from "node:zlib";
import { people } from "../../tools/seed.mjs";
import { openBrowser } from "../browser/browser.mjs";
import { openFront } from "./front.mjs";
import { median } from "./report.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @typedef {import("./comparing.mjs").Bench} Bench */

/** A telephone of the middle class on a slow mobile line (Lighthouse's "slow 4G"). */
const SLOW = { processor: 4, latency: 150, download: (1.6e6 / 8) * 0.9, upload: (750e3 / 8) * 0.9 };
const ROUNDS = 5;
const COMPRESSED = /javascript|json|css|html|svg|text/;

/** By the name that --only takes. @type {Record<string, (bench: Bench) => Promise<unknown>>} */
export const weighing = { weights };

/** @param {Bench} bench */
async function weights({ edgedesk, report }) {
  const [conversation] = await edgedesk.open(1);
  if (!conversation) throw new Error("no conversation was opened");
  const { url: site, slug } = edgedesk;
  const browser = await openBrowser();
  const front = await openFront(site);
  try {
    const state = await signedIn(browser, site);
    const pages = [
      { name: "dashboard", path: `/app/${slug}/all/${conversation.id}`, shows: ".said .text", state },
      { name: "contact page", path: `/${slug}`, shows: "form textarea", state: undefined },
      {
        name: "customer's page",
        path: `/${slug}/c/${conversation.secret}`,
        shows: "#log .said, #log .text, #log li",
        state: undefined,
      },
    ];
    for (const page of pages) {
      const { requests, kilobytes, first } = await load(browser, { url: front.url + page.path, ...page });
      report({ what: `${page.name}: requests of the first visit`, edgedesk: requests });
      report({ what: `${page.name}: kB gzipped, everything`, edgedesk: kilobytes });
      report({ what: `${page.name}: kB of HTML and styles, brotli`, edgedesk: first });
      const times = [];
      for (let round = 0; round < ROUNDS; round++) {
        times.push((await load(browser, { url: front.url + page.path, ...page, slow: true })).shown);
      }
      report({ what: `${page.name}: first words, processor ÷ 4, slow 4G: ms`, edgedesk: median(times) });
    }
    const script = Buffer.from(await (await fetch(`${site}/widget.js`)).arrayBuffer());
    report({
      what: "widget: kB gzipped of its script",
      edgedesk: gzipSync(script, { level: 9 }).length / 1000,
    });
  } finally {
    await browser.close();
    front.close();
  }
}

/** The cookies of somebody who answers. @param {Browser} browser @param {string} site */
async function signedIn(browser, site) {
  const person = people.find(({ roles }) => roles.includes("super_agent"));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${site}/sign-in`);
  const { status } = await page.evaluate(
    async (body) =>
      await fetch("/api/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }).then(({ status }) => ({ status })),
    { email: person?.email, password: person?.password },
  );
  if (status !== 200) throw new Error(`signing in answered ${status}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/**
 * A first visit, with an empty cache: what came over the line, and when the first words were there.
 *
 * @param {Browser} browser
 * @param {{ url: string, shows: string, state?: any, slow?: boolean }} visit
 */
async function load(browser, { url, shows, state, slow = false }) {
  const context = await browser.newContext({ storageState: state, ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    if (slow) await slowDown(page);
    let requests = 0;
    let kilobytes = 0;
    let first = 0;
    const read = /** @type {Promise<void>[]} */ ([]);
    page.on("response", (response) => {
      if (response.status() >= 300 || slow) return;
      requests += 1;
      read.push(
        response.body().then(
          (body) => {
            const type = response.headers()["content-type"] ?? "";
            const compressed = COMPRESSED.test(type);
            kilobytes += (compressed ? gzipSync(body, { level: 9 }) : body).length / 1000;
            if (/html|css/.test(type)) first += brotliCompressSync(body).length / 1000;
          },
          () => undefined,
        ),
      );
    });
    const started = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator(shows).first().waitFor();
    const shown = performance.now() - started;
    await page.waitForLoadState("networkidle");
    await Promise.all(read);
    return { requests, kilobytes, first, shown };
  } finally {
    await context.close();
  }
}

/** @param {Page} page */
async function slowDown(page) {
  const devtools = await page.context().newCDPSession(page);
  const { processor, latency, download, upload } = SLOW;
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: processor });
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency },
    downloadThroughput: download,
    uploadThroughput: upload,
  });
}
