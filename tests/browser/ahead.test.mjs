// The first questions are asked before the modules have come that want their answers, each once, and whoever signs in
// on that page is not told what a stranger was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();

test("a conversation's words are on their way before the dashboard's modules are there, and are asked for once", async () => {
  const company = await found(desk, { company: "Early Birds" });
  const conversation = await write(company, { subject: "A worm", body: "Is there one left?" });
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  const address = `/app/${company.slug}/all/${conversation.id}`;

  // A stranger's answers are not those of whoever signs in then.
  await window.visit(address);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await signIn(window, company.administrator);

  await page.goto("about:blank");
  const asked = /** @type {string[]} */ ([]);
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const of = (/** @type {string} */ path) => asked.filter((one) => one === path).length;
  const wanted = [
    "/api/companies",
    company.path("/me"),
    company.path(`/conversations/${conversation.id}`),
    company.path(`/conversations/${conversation.id}/events`),
  ];
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    release = resolve;
  });
  await page.route("**/dashboard/main.js", async (route) => {
    await released;
    await route.continue();
  });
  const visit = window.visit(address);
  await until(() => wanted.every((path) => of(path) === 1), "all of it is asked for");
  release();
  await visit;
  await page.getByRole("log").getByText("Is there one left?").waitFor();
  for (const path of [wanted[0], wanted[2], wanted[3]]) assert.equal(of(String(path)), 1, path);
  await window.close();
});
