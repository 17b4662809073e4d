// Customers' cards beside their conversations, and writing to them first, in windows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const { desk, browser } = await openStage();

// spec: B11 B12
test("a supervisor corrects a customer and sticks him to an agent; a colleague sees it at once", async () => {
  const company = await found(desk, { company: "Known Faces" });
  const [sam, brit] = [
    await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" }),
    await hire(company, "agent", { first_name: "Brit", last_name: "Jansen" }),
  ];
  const email = "marta@faces.example";
  const earlier = await write(company, { name: "Marta L", email, subject: "An older question" });
  const conversation = await write(company, { name: "Marta L", email, subject: "The lamp does not light" });
  (await company.administrator.assign(conversation, brit)).good(200);
  const [supervisor, agent] = [await openWindow(browser, desk.url), await openWindow(browser, desk.url)];
  await signIn(supervisor, sam);
  await signIn(agent, brit);
  const path = `/app/${company.slug}/all/${conversation.id}`;
  await Promise.all([supervisor.visit(path), agent.visit(path)]);
  await agent.page.getByRole("link", { name: email }).waitFor();
  assert.equal(await agent.page.getByRole("button", { name: "Edit contact" }).count(), 0);
  assert.equal(
    await agent.page.getByText("An older question").count(),
    0,
    "what he may not see is not there",
  );

  const { page } = supervisor;
  await page.getByRole("button", { name: "Edit contact" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Edit contact" });
  await dialog.getByLabel("E-mail address").fill("no address");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This is not an e-mail address.").waitFor();
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByLabel("Name", { exact: true }).fill("Marta Lindholm");
  await dialog.getByLabel("Phone").fill("+46 8 123 45");
  await dialog.getByLabel("Note").fill("Call after noon.");
  await supervisor.isAccessible("a contact being edited");
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Call after noon.").waitFor();
  await agent.page.getByText("Call after noon.").waitFor();
  await agent.page.getByRole("link", { name: "+46 8 123 45" }).waitFor();

  await page.getByLabel("Sticky agent").selectOption({ label: "Brit Jansen" });
  await until(async () => {
    const { sticky_agent_name } = (
      await sam.get(company.path(`/contacts/${(await sam.read(conversation)).contact.id}`))
    ).good(200);
    return sticky_agent_name === "Brit Jansen";
  }, "she is stuck to Brit");
  await page.getByRole("link", { name: "An older question", exact: true }).click();
  await page.getByRole("heading", { name: "An older question" }).waitFor();
  assert.ok(page.url().endsWith(earlier.id));
  await supervisor.isAccessible("a contact beside a conversation");
  await Promise.all([supervisor.close(), agent.close()]);
});

// spec: B12
test("an agent finds a customer, and writes to another one first, on a small screen", async () => {
  const company = await found(desk, { company: "First Words" });
  const brit = await hire(company, "supervisor", { first_name: "Brit", last_name: "Jansen" });
  await write(company, { name: "Marta Lindholm", email: "marta@words.example", subject: "Hello" });
  const narrow = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };
  const window = await openWindow(browser, desk.url, narrow);
  await signIn(window, brit);
  const { page } = window;
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("link", { name: "Marta Lindholm" }).waitFor();
  await window.isAccessible("contacts");
  await page.getByLabel(/^Search by name/).fill("nobody like this");
  await page.getByText("No contact matches.").waitFor();
  await page.getByLabel(/^Search by name/).fill("WORDS.ex");
  await page.getByRole("link", { name: "Marta Lindholm" }).click();
  await page.getByRole("link", { name: "Hello" }).waitFor();
  await window.isAccessible("a contact");

  await page.getByRole("button", { name: "New conversation" }).click();
  const dialog = page.getByRole("dialog", { name: "New conversation" });
  await dialog.getByRole("button", { name: "Send" }).click();
  await dialog.getByLabel("Customer’s e-mail address").fill("lars@words.example");
  await dialog.getByLabel("Customer’s name").fill("Lars");
  await dialog.getByLabel("Subject").fill("Your boat is ready");
  await window.isAccessible("a conversation to be started");
  await dialog.getByLabel("Message").fill("Come and fetch it.");
  await dialog.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: "Your boat is ready" }).waitFor();
  await page.getByRole("log").getByText("Come and fetch it.").waitFor();
  await window.close();
});
