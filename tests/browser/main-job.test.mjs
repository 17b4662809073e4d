// The main job, in windows: a company registers, a customer writes without JavaScript, two agents reach for the
// conversation, one gets it, they talk, it is closed and opened again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, PASSWORD, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();

// spec: A6 A7 A8 A10 A11 A12 A13 A14
test("a founder registers and stands in the new dashboard", async () => {
  const taken = await found(desk, { company: "Lamp House" });
  const founder = await openWindow(browser, desk.url);
  const { page } = founder;
  await founder.visit("/");
  await founder.isAccessible("the front door");
  await page.getByRole("navigation").getByRole("link", { name: "Register" }).click();
  await page.getByLabel("First name").fill("Zoé");
  await page.getByLabel("Last name").fill("Martin");
  await page.getByLabel("Company").fill("Café Zoé");
  await page.getByText("/cafe-zoe").waitFor();
  await page.getByLabel("E-mail address").fill("zoe@cafe.example");
  await page.getByLabel("Password").fill("a Lamp by the sea");
  await founder.isAccessible("registering");
  await page.getByRole("button", { name: "Create my desk" }).click();
  await page.getByText("Use at least one special character").waitFor();
  await page.getByText("Please read and accept the terms").waitFor();
  await founder.isAccessible("registering, with faults");

  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel(/I have read and accept/).check();
  await page.getByRole("button", { name: "I want to change it!" }).click();
  await page.getByLabel(/^Address/).fill(taken.slug);
  await page.getByText("Another company has this address").waitFor();
  await page.getByRole("button", { name: "Create my desk" }).click();
  await page.getByText("Another company has this address").waitFor();
  await page.getByRole("button", { name: /^Take / }).click();
  await page.getByText("This address is free.").waitFor();
  const slug = await page.getByLabel(/^Address/).inputValue();
  await page.getByRole("button", { name: "Create my desk" }).click();
  await page.waitForURL(`**/app/${slug}`);
  await page.getByText("Nothing here").waitFor();
  await founder.isAccessible("an empty dashboard");
  await founder.close();
});

// spec: B1 B2 B3 B4 B5 B6 B7 B8 B9 C5 C15 C17
test("customer and agents: a race, a talk, an internal comment, an end and a new beginning", async () => {
  const company = await found(desk, { company: "Harbour Lights" });
  const [ana, ben] = await Promise.all([
    hire(company, "super_agent", { first_name: "Ana", last_name: "Mora" }),
    hire(company, "supervisor", { first_name: "Ben", last_name: "Falk" }),
  ]);
  await ana.patch(company.path("/me"), { public_name: "Ana from Harbour", function: "Support" });

  const windows = await Promise.all([openWindow(browser, desk.url), openWindow(browser, desk.url)]);
  await Promise.all([signIn(windows[0], ana), signIn(windows[1], ben)]);

  // The customer has no JavaScript yet.
  const plain = await openWindow(browser, desk.url, { javaScriptEnabled: false });
  await plain.visit(`/${company.slug}`);
  await plain.page.getByLabel("Your name").fill("Marta Lindholm");
  await plain.page.getByLabel("Your e-mail address").fill("marta@example.org");
  await plain.page.getByLabel("What is it about?").fill("The lamp is dark");
  await plain.page.getByLabel("Your message").fill("It was bright yesterday.");
  await plain.page.getByRole("button", { name: "Send" }).click();
  await plain.page.waitForURL("**/conversations/*");
  assert.ok(!plain.page.url().includes("/c/"), "no secret stays in the address");
  await plain.page.getByText("It was bright yesterday.").waitFor();
  await plain.page.getByText("Somebody will take care of it.").waitFor();
  await plain.page.getByLabel("Add to the conversation").fill("And it smells.");
  await plain.page.getByRole("button", { name: "Send" }).click();
  await plain.page.getByText("And it smells.").waitFor();

  // It arrives at both dashboards by itself; both reach for it at once.
  for (const { page } of windows) await page.getByRole("link", { name: /The lamp is dark/ }).click();
  for (const window of windows) await window.isAccessible("an unassigned conversation");
  const takes = windows.map(({ page }) => page.getByRole("button", { name: "Take it" }));
  // Pressed as they are: the one who is slower may see his button go away under his finger.
  const buttons = await Promise.all(takes.map((take) => take.elementHandle()));
  await Promise.all(
    buttons.map((button) => button?.evaluate((one) => /** @type {HTMLElement} */ (one).click())),
  );
  for (const take of takes) await take.waitFor({ state: "detached" });
  const id = String(windows[0].page.url().split("/").at(-1));
  const { assignee } = await ana.read({ id });
  assert.ok([ana.id, ben.id].includes(assignee.id));

  // Whoever it is, Ana goes on with it.
  await ben.assign({ id }, ana);
  const [agent] = windows;
  await agent.page
    .getByRole("combobox", { name: "Assigned to" })
    .locator("option:checked", { hasText: ana.name })
    .waitFor({ state: "attached" });

  // The link from the mail, in a window with JavaScript.
  const mails = /** @type {{ to: string, text: string }[]} */ (
    await (await fetch(`${desk.url}/dev/mail.json`)).json()
  );
  const link = mails.find(({ to }) => to === "marta@example.org")?.text.match(/http\S+\/c\/\S+/)?.[0];
  const customer = await openWindow(browser, desk.url);
  await customer.page.goto(String(link));
  await customer.page.getByText("Ana from Harbour is taking care of it.").waitFor();
  await customer.isAccessible("the customer's page");

  const canary = `CANARY-${crypto.randomUUID()}`;
  await agent.page.getByRole("button", { name: "Internal comment" }).click();
  await agent.page.getByRole("textbox", { name: "Internal comment" }).fill(`He is furious. ${canary}`);
  await agent.isAccessible("writing an internal comment");
  await agent.page.getByRole("button", { name: "Leave the comment" }).click();
  await windows[1].page.getByText(canary).waitFor();

  await agent.page.getByRole("button", { name: "Reply" }).click();
  await agent.page.getByRole("textbox", { name: "Reply" }).fill("Good morning Marta, is it plugged in?");
  await customer.page.getByText("Ana from Harbour is writing…").waitFor();
  await agent.page.keyboard.press("Control+Enter");
  await customer.page.getByText("Good morning Marta, is it plugged in?").waitFor();
  await customer.page.getByText("Ana from Harbour answered.").waitFor();

  await customer.page.getByLabel("Add to the conversation").fill("It is now. Thank you!");
  await customer.page.getByRole("button", { name: "Send" }).click();
  await agent.page.getByRole("log").getByText("It is now. Thank you!").waitFor();
  assert.equal(await customer.page.getByText("It is now. Thank you!").count(), 1, "shown once");

  await agent.page.getByRole("button", { name: "Close", exact: true }).click();
  await customer.page.getByText("This conversation is closed.").waitFor();
  await agent.page.getByRole("button", { name: "Reopen" }).waitFor();
  await agent.isAccessible("a closed conversation");
  await customer.page.getByRole("button", { name: "Open it again" }).click();
  await customer.page.getByText("Conversation opened again").waitFor();
  await agent.page.getByRole("button", { name: "Close", exact: true }).waitFor();
  await agent.page.getByRole("complementary").getByText("took it").first().waitFor();

  for (const window of [plain, customer]) {
    const leaks = window.received.filter(
      (bytes) => bytes.includes(canary) || bytes.includes(ana.id) || bytes.includes("Ana Mora"),
    );
    assert.deepEqual(leaks, [], "nothing internal reached the customer");
    assert.ok(
      window.received.some((bytes) => bytes.includes("The lamp is dark")),
      "and the rest did",
    );
  }
  assert.ok(
    customer.received.some((bytes) => bytes.includes('"type":"event"')),
    "frames were looked at too",
  );
  await Promise.all([plain, customer, ...windows].map((window) => window.close()));
});

// spec: A2 A4 A5
test("one person, two companies: the switcher, and nothing of the one in the other", async () => {
  const company = await found(desk, { company: "North Pier" });
  await company.administrator.post("/api/companies", { company: "South Pier", slug: "south-pier" });
  await write(company, { subject: "Only for the north" });
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, company.administrator);
  await page.getByText("Only for the north").waitFor();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await window.isAccessible("the account menu");
  await page.getByRole("link", { name: "South Pier" }).click();
  await page.waitForURL("**/app/south-pier");
  await page.getByText("Nothing here").waitFor();
  assert.equal(await page.getByText("Only for the north").count(), 0);
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("link", { name: "North Pier" }).click();
  await page.getByText("Only for the north").waitFor();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await window.isAccessible("signing in");
  await window.close();
});

test("what was typed survives a reload, and a lost connection is said and mended", async () => {
  const company = await found(desk, { company: "Lost and Found" });
  const agent = await hire(company, "super_agent");
  const customer = await write(company, { subject: "Is anybody there?" });
  await agent.take(customer);
  const window = await openWindow(browser, desk.url);
  const { page, context } = window;
  await signIn(window, agent);
  await page.getByRole("link", { name: /Is anybody there/ }).click();
  await page.getByRole("textbox", { name: "Reply" }).fill("A draft");
  await page.reload();
  assert.equal(await page.getByRole("textbox", { name: "Reply" }).inputValue(), "A draft");

  await context.setOffline(true);
  await page.getByRole("textbox", { name: "Reply" }).fill("Said while the line was down");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Waits for the network").waitFor();
  await context.setOffline(false);
  await page.getByText("Waits for the network").waitFor({ state: "detached" });
  const said = (await agent.events(customer)).filter(
    (/** @type {any} */ event) => event.body === "Said while the line was down",
  );
  assert.equal(said.length, 1);
  assert.equal(await page.getByRole("log").getByText("Said while the line was down").count(), 1);
  // The browser was told of failing requests; that is what being offline is.
  window.complaints = window.complaints.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
  await window.close();
});

test("what became of a conversation while the line was down stands in its heading", async () => {
  const company = await found(desk, { company: "Gap" });
  const agent = await hire(company, "super_agent");
  const customer = await write(company, { subject: "Is the line good?" });
  await agent.take(customer);
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  let line = Promise.resolve();
  /** @type {import("playwright-core").WebSocketRoute | undefined} */
  let socket;
  await page.routeWebSocket(/\/conversations\/[^/]+\/live/, async (route) => {
    await line;
    route.connectToServer();
    socket = route;
  });
  await signIn(window, agent);
  await page.getByRole("link", { name: /Is the line good/ }).click();
  await page.getByRole("button", { name: "Snooze" }).waitFor();
  await until(() => socket, "it listens");
  let mend = () => {};
  line = new Promise((resolve) => {
    mend = resolve;
  });
  await socket?.close({ code: 1012 });
  (await company.administrator.assign(customer, null)).good(200);
  mend();
  await page.getByRole("button", { name: "Take it" }).waitFor();
  await window.close();
});

// spec: E4 E6 E7
test("an invitation: mail, password, work, by keyboard alone", async () => {
  const company = await found(desk, { company: "Keyboard Works" });
  await write(company, { subject: "First in line" });
  const body = { email: "kim@people.example", first_name: "Kim", last_name: "Ito", roles: ["super_agent"] };
  (await company.administrator.post(company.path("/agents"), body)).good(201);
  const mails = /** @type {{ to: string, text: string }[]} */ (
    await (await fetch(`${desk.url}/dev/mail.json`)).json()
  );
  const link = String(mails.find(({ to }) => to === body.email)?.text.match(/http\S+\/invitation\/\S+/)?.[0]);
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await page.goto(link);
  await page.getByRole("heading", { name: "Join Keyboard Works" }).waitFor();
  await window.isAccessible("an invitation");
  await page.getByLabel("Choose a password").focus();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("First in line").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
  await window.isAccessible("the shortcuts");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor({ state: "hidden" });
  await page.keyboard.press("j");
  await page.getByRole("button", { name: "Take it" }).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("button", { name: "Take it" }).waitFor({ state: "detached" });
  await page.keyboard.press("r");
  await page.keyboard.type("Here I am.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("log").getByText("Here I am.").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "Reopen" }).waitFor();
  await window.close();
});

test("nothing overflows and axe finds nothing, at three widths, light and dark", async () => {
  const company = await found(desk, { company: "A Company With Quite a Long Name Indeed" });
  const agent = await hire(company, "super_agent");
  const customer = await write(company, { subject: "Averyveryverylongwordwithoutanyspaceinit".repeat(4) });
  await agent.take(customer);
  await agent.comment(customer, "For us.");
  await agent.reply(customer, "https://example.org/".padEnd(300, "x"));
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    for (const width of [1440, 1024, 390]) {
      const window = await openWindow(browser, desk.url, { colorScheme, viewport: { width, height: 844 } });
      const { page } = window;
      await signIn(window, agent);
      const screens = [
        `/app/${company.slug}`,
        `/app/${company.slug}/all/${customer.id}`,
        `/${company.slug}`,
        "/register",
      ];
      for (const screen of [...screens, new URL(customer.url).pathname]) {
        await window.visit(screen);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await page.waitForLoadState("networkidle");
        const what = `${screen} at ${width}, ${colorScheme}`;
        const spare = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(spare <= 0, `${what} is ${spare}px too wide`);
        await window.isAccessible(what);
      }
      await window.close();
    }
  }
});
