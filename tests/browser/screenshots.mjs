// `make screenshots`: the pictures of the README, taken from a desk seeded as `make dev` seeds it.
import { mkdir } from "node:fs/promises";
import { people, seed } from "../../tools/seed.mjs";
import { ROOT, startDesk } from "../support/desk.mjs";
import { openBrowser, openWindow, signIn } from "./browser.mjs";

const folder = `${ROOT}/docs/images`;
const nadia = /** @type {(typeof people)[number]} */ (
  people.find(({ first_name }) => first_name === "Nadia")
);

const desk = await startDesk();
await seed(desk.url);
const browser = await openBrowser();
await mkdir(folder, { recursive: true });

const agent = await openWindow(browser, desk.url, { viewport: { width: 1440, height: 860 } });
await signIn(agent, nadia);
await agent.visit("/app/acme/all");
await agent.page.getByRole("link", { name: /Invoice 2043/ }).click();
await agent.page.getByRole("log").getByText("Glad to hear.").waitFor();
await agent.page.screenshot({ path: `${folder}/dashboard.png` });
await agent.close();

const sam = /** @type {(typeof people)[number]} */ (people.find(({ first_name }) => first_name === "Sam"));
const supervisor = await openWindow(browser, desk.url, { viewport: { width: 1440, height: 860 } });
await signIn(supervisor, sam);
await supervisor.visit("/app/acme/status");
await supervisor.page.locator("summary").filter({ hasText: nadia.first_name }).click();
await supervisor.page.getByRole("button", { name: /^Transfer…: Can we add/ }).waitFor();
await supervisor.page.mouse.move(0, 0);
await supervisor.page.screenshot({ path: `${folder}/agent-status.png` });
await supervisor.close();

const mails = /** @type {{ to: string, text: string }[]} */ (
  await (await fetch(`${desk.url}/dev/mail.json`)).json()
);
const link = String(mails.find(({ to }) => to === "tom@example.org")?.text.match(/http\S+\/c\/\S+/)?.[0]);
const phone = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };
const customer = await openWindow(browser, desk.url, phone);
await customer.page.goto(link);
await customer.page.getByText("taking care of it").waitFor();
await customer.page.screenshot({ path: `${folder}/customer.png`, fullPage: true });
await customer.close();

await browser.close();
await desk.stop();
