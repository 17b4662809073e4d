// A very long list in a window, and the counters of a company that has very many conversations.
import { randomBytes } from "node:crypto";
import { openBrowser, openWindow, signIn } from "../browser/browser.mjs";
import { fillIndex } from "../support/many.mjs";
import { ask } from "./http.mjs";
import { median, percentile } from "./report.mjs";
import { openingRequest } from "./words.mjs";

const LISTED = 10_000;
const [CLOSED, UNDER_WAY] = [95_000, 5_000];
/** Pixels a frame: a page a few times a second, which is as fast as one reads anything. */
const STEP = 240;
const COUNTED = 30;

/** @typedef {import("./comparing.mjs").Bench} Bench */

/** By the name that --only takes. */
export const listing = { "list-10000": longList, "counters-100000": manyCounted };

/** @param {Bench} bench */
async function longList({ edgedesk, report }) {
  const company = await edgedesk.found({});
  await fillIndex(edgedesk.sql, company.slug, LISTED);
  const browser = await openBrowser();
  try {
    const window = await openWindow(browser, edgedesk.url);
    await signIn(window, edgedesk.founder);
    const { page } = window;
    await page.goto(`${edgedesk.url}/app/${company.slug}/all`);
    await page.locator(".list-rows li").first().waitFor();
    const told = async (/** @type {string} */ what, /** @type {() => Promise<number[]>} */ work) => {
      await browser.startTracing(page, { categories: ["toplevel"] });
      const frames = await work();
      const tasks = tasksOf(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
      const said = `list of ${LISTED}, ${what}`;
      report({ what: `${said}: longest task, processor ms`, edgedesk: Math.max(...tasks) });
      report({ what: `${said}: tasks over 50 processor ms`, edgedesk: tasks.filter((ms) => ms > 50).length });
      if (frames.length === 0) return;
      report({ what: `${said}: frame, p50 ms`, edgedesk: median(frames) });
      report({ what: `${said}: frame, p99 ms`, edgedesk: percentile(frames, 0.99) });
    };
    await told("loaded by scrolling", () => page.evaluate(scroll, { step: STEP, until: LISTED }));
    await told("flung back", () => page.evaluate(scroll, { step: -STEP * 8, until: 0 }));
    report({
      what: `list of ${LISTED}: rows that are there`,
      edgedesk: await page.locator(".list-rows li").count(),
    });
    await told("one comes in", async () => {
      const unique = randomBytes(6).toString("hex");
      await ask(edgedesk.origin, openingRequest(company.slug, unique, unique.slice(0, 8), "News"));
      await page.locator(".list-rows li", { hasText: "News" }).waitFor();
      return [];
    });
  } finally {
    await browser.close();
  }
}

/**
 * What each task of the pages' main threads took of the processor, in milliseconds: that is what a person would feel on
 * a machine that does nothing else.
 *
 * @param {{ name: string, ph: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[]} events
 */
function tasksOf(events) {
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const isMain = (/** @type {{ pid: number, tid: number }} */ { pid, tid }) =>
    threads.some((thread) => thread.pid === pid && thread.tid === tid);
  const tasks = events.filter(({ name, ph }) => ph === "X" && name === "ThreadControllerImpl::RunTask");
  return tasks.filter(isMain).map(({ tdur = 0 }) => tdur / 1_000);
}

/**
 * In the page: scrolls by a step each frame, until so many are loaded and their end, or the top, is in sight.
 *
 * @param {{ step: number, until: number }} how
 * @returns {Promise<number[]>} how long each frame took, in milliseconds
 */
async function scroll({ step, until }) {
  const [pane, list] = [document.querySelector(".list-rows"), document.querySelector(".list-rows ol")];
  if (!(pane instanceof HTMLElement) || !(list instanceof HTMLElement)) throw new Error("there is no list");
  const frames = [];
  for (let last = await new Promise(requestAnimationFrame); ; ) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    const atEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 1;
    if (step > 0 ? atEnd && Number(list.dataset.items) >= until : pane.scrollTop === 0) return frames;
    pane.scrollTop += step;
  }
}

/** @param {Bench} bench */
async function manyCounted({ edgedesk, report }) {
  const company = await edgedesk.found({});
  const base = `/api/companies/${company.slug}`;
  const make = async (/** @type {string} */ kind, /** @type {string} */ name) =>
    (
      await ask(edgedesk.origin, {
        method: "POST",
        path: `${base}/${kind}`,
        bearer: company.founder,
        body: JSON.stringify({ name }),
      })
    ).id;
  const tags = [];
  for (const name of ["One", "Two", "Three", "Four"]) tags.push(await make("tags", name));
  const folders = [await make("folders", "Here"), await make("folders", "There")];
  await fillIndex(edgedesk.sql, company.slug, CLOSED, { closed: true, tags, folders });
  await fillIndex(edgedesk.sql, company.slug, UNDER_WAY, { tags, folders });
  for (const [what, path] of /** @type {const} */ ([
    ["counters", "/conversations/counters"],
    ["first page of a tag", `/conversations?status=new,open,pending&tag=${tags[0]}`],
    ["me, for comparison", "/me"],
  ])) {
    const milliseconds = [];
    for (let n = 0; n < COUNTED; n++) {
      const began = performance.now();
      await ask(edgedesk.origin, { method: "GET", path: base + path, bearer: company.founder });
      milliseconds.push(performance.now() - began);
    }
    report({ what: `${CLOSED + UNDER_WAY} conversations: ${what}, p50 ms`, edgedesk: median(milliseconds) });
  }
}
