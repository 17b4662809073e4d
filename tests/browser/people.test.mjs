// Administrators at work, in windows: people come, change and go; and each looks after his own account.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkIn, mailTo, until } from "../support/desk.mjs";
import { codeOf } from "../support/totp.mjs";
import { found, hire, PASSWORD, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

/** @import { Page } from "playwright-core" */

const { desk, browser } = await openStage();

/** @param {Page} page @param {string} item of the profile menu */
async function fromMenu(page, item) {
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("link", { name: item }).click();
}

// spec: A21 E1 E2 E3 E8 E15 E16 F1 F2 F3 F8 F9 F11
test("an administrator adds an agent by keyboard and hands the link over; the agent joins and is listed", async () => {
  const company = await found(desk, { company: "Open Doors" });
  const administrator = await openWindow(browser, desk.url);
  const { page } = administrator;
  await signIn(administrator, company.administrator);
  await page.getByRole("button", { name: /^Your account/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Account Settings" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Company" }).waitFor();
  await page.getByRole("link", { name: "Users" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("1 / 250").waitFor();
  await page.getByRole("link", { name: "Add Agent" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("E-mail address").focus();
  await page.keyboard.type("no address");
  await page.keyboard.press("Enter");
  await page.getByText("This is not an e-mail address.").waitFor();
  await page.getByLabel("E-mail address").fill("kim@doors.example");
  await page.getByLabel("First name").fill("Kim");
  await page.getByLabel("Last name").fill("Ito");
  assert.ok(await page.getByLabel("Conversation Dispenser").isChecked(), "the Dispenser is ticked");
  await page.getByLabel("Send an email").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  const link = await page.getByLabel("Link").inputValue();
  await administrator.isAccessible("a link to hand over");

  const newcomer = await openWindow(browser, desk.url);
  await newcomer.page.goto(link);
  await newcomer.page.getByLabel("Choose a password").fill(PASSWORD);
  await newcomer.page.getByRole("button", { name: "Join the desk" }).click();
  await newcomer.page.getByText("Nothing here").waitFor();

  await page.getByRole("link", { name: "Done" }).click();
  await page.getByText("2 / 250").waitFor();
  await page.getByLabel("Search by name or e-mail").fill("DOORS.EXAMPLE");
  await page.getByRole("row", { name: /Kim Ito/ }).waitFor();
  assert.equal(await page.getByRole("row").count(), 2, "the heading and Kim");
  await page.getByRole("link", { name: "Kim Ito" }).click();
  await page.getByLabel("Public name").fill("Kimi");
  await page.getByLabel("Max chats").fill("3");
  await page.getByRole("button", { name: "Update Agent" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Update Agent" }).waitFor();
  assert.equal(await page.getByLabel("Public name").inputValue(), "Kimi");
  assert.equal(await page.getByLabel("Max chats").inputValue(), "3");
  await Promise.all([administrator.close(), newcomer.close()]);
});

// spec: I1 I4 I5 I6 I7 I9 E21 G5 C31
test("access is updated, a password change forced, an agent disabled with a plan, and removed", async () => {
  const company = await found(desk, { company: "Comings and Goings" });
  const [brit, sam] = [
    await hire(company, "agent", { first_name: "Brit", last_name: "Jansen" }),
    await hire(company, "supervisor", { first_name: "Sam", last_name: "Rivera" }),
  ];
  const conversation = await write(company, { subject: "Handed over" });
  (await company.administrator.assign(conversation, brit)).good(200);
  const [administrator, agent] = [await openWindow(browser, desk.url), await openWindow(browser, desk.url)];
  await Promise.all([signIn(administrator, company.administrator), signIn(agent, brit)]);
  const { page } = administrator;
  await page.goto(`${desk.url}/app/${company.slug}/settings/users/${brit.id}`);

  await page.getByText("Disable people who leave; remove those who were added by mistake.").waitFor();

  // What she may do changes while she looks, without her doing anything.
  await page.getByLabel("Conversation Dispenser").check();
  await page.getByRole("button", { name: "Update access" }).click();
  await page.getByText("Saved.").waitFor();
  await agent.page.getByRole("button", { name: /^Take the next one/ }).waitFor();

  await page.getByRole("button", { name: "Force Password Change" }).click();
  await administrator.isAccessible("a question");
  await page.getByRole("dialog").getByRole("button", { name: "Force Password Change" }).click();
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await agent.page.getByLabel("E-mail address").fill(brit.email);
  await agent.page.getByLabel("Password").fill(PASSWORD);
  await agent.page.getByRole("button", { name: "Sign in" }).click();
  await agent.page.getByRole("heading", { level: 1, name: "Choose another password" }).waitFor();
  await agent.isAccessible("a password that has to be changed");
  await agent.page.getByLabel("Your present password").fill(PASSWORD);
  await agent.page.getByLabel("New password").fill(`${PASSWORD} again`);
  await agent.page.getByRole("button", { name: "Change the password" }).click();
  await agent.page.getByRole("link", { name: /Handed over/ }).waitFor();

  await page.getByRole("button", { name: "Disable Agent" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable Agent" }).click();
  await page.getByText("1 open conversation,").waitFor();
  await administrator.isAccessible("a plan");
  await page.getByLabel("Give the conversations to").selectOption(sam.id);
  await page.getByRole("dialog").getByRole("button", { name: "Disable Agent" }).click();
  await page.getByRole("button", { name: "Enable again" }).waitFor();
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal((await sam.read(conversation)).assignee.id, sam.id);

  await page.getByRole("button", { name: "Remove user" }).click();
  await page.getByText("Do you really want to remove Brit Jansen?").waitFor();
  await page.getByLabel(/^Type/).fill("Brit");
  await page.getByRole("dialog").getByRole("button", { name: "Remove user" }).click();
  await page.getByText("This is not the name.").waitFor();
  await page.getByLabel(/^Type/).fill("Brit Jansen");
  await page.getByRole("dialog").getByRole("button", { name: "Remove user" }).click();
  await page.getByRole("row", { name: /Sam Rivera/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /Brit/ }).count(), 0);

  await page.getByRole("link", { name: "Audit" }).click();
  for (const action of ["agent.removed", "agent.disabled", "agent.password_change_forced", "agent.updated"]) {
    await page.getByRole("cell", { name: action, exact: true }).waitFor();
  }
  await Promise.all([administrator.close(), agent.close()]);
});

// spec: F12 F13 F14 F15 F16 F17 F20 B9
test("my agent account: names, a picture, a file, a new password, a second factor, sessions", async () => {
  const company = await found(desk, { company: "Mirror" });
  const agent = await hire(company, "super_agent");
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, agent);
  await fromMenu(page, "My agent account");
  await page.getByLabel("Nickname").fill("Brittany");
  await page.getByLabel("Public name").fill("Brit from support");
  await page.getByLabel("Function in the company").fill("Developer");
  await page.getByLabel("Signature").fill("Yours,\nBrit");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  const picture = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  await page
    .getByLabel("Choose a photo")
    .setInputFiles({ name: "me.png", mimeType: "image/png", buffer: picture });
  await page.getByRole("button", { name: "Remove the picture" }).waitFor();
  await page
    .getByLabel("Attach a file")
    .setInputFiles({ name: "about me.txt", mimeType: "text/plain", buffer: Buffer.from("Hello") });
  await page.getByRole("link", { name: "about me.txt" }).waitFor();
  await window.isAccessible("my profile");
  const customer = await write(company, { subject: "Who are you?" });
  await agent.take(customer);
  const [shown] = (await customer.read()).agents;
  assert.equal(shown.name, "Brit from support");
  assert.match(shown.photo_url, /^\/api\/public\/files\//);

  await page.getByRole("link", { name: "Password and sessions" }).click();
  await page.getByRole("button", { name: "Set it up" }).waitFor();
  await page.locator("#factor_password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set it up" }).click();
  const secret = String(await page.locator(".secret").textContent()).replaceAll(" ", "");
  await page.getByRole("img", { name: "QR code" }).waitFor();
  await page.getByLabel("The code that it shows").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("This is not the code of now").waitFor();
  await page.getByLabel("The code that it shows").fill(codeOf(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.locator(".codes li").first().waitFor();
  const codes = await page.locator(".codes li").allTextContents();
  assert.equal(codes.length, 10);
  await window.isAccessible("recovery codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("It is on. 10 recovery codes are left.").waitFor();

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill(agent.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel(/^Code of your authenticator/).fill(String(codes[0]));
  await window.isAccessible("asking for a code");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("It is on. 9 recovery codes are left.").waitFor();
  await window.close();
});

// spec: G1 G6
test("a forgotten password: a link by mail, a new password, and in", async () => {
  const company = await found(desk, { company: "Forgetful" });
  const agent = await hire(company, "super_agent");
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await window.visit("/sign-in");
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await page.getByLabel("E-mail address").fill(agent.email);
  await window.isAccessible("a forgotten password");
  await page.getByRole("button", { name: "Send a link by e-mail" }).click();
  await page.getByText("a link is on its way").waitFor();
  await page.goto(linkIn(await mailTo(desk, agent.email, "Your new password")));
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("Use at least 12 characters.").waitFor();
  await window.isAccessible("a new password");
  await page.getByLabel("New password").fill(`${PASSWORD} indeed`);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(window, { email: agent.email, password: `${PASSWORD} indeed` });
  await window.close();
});

// spec: A16 A17 A18 C27 E19 H1 D1 D2 D4 D6 C7 C8 C9
test("the company's address, a group, a folder with rights: seen by others at once", async () => {
  const company = await found(desk, { company: "Sorting Office" });
  const agent = await hire(company, "agent", { first_name: "Clara", last_name: "Moreau" });
  const conversation = await write(company, { subject: "For the code folder" });
  const customer = await openWindow(browser, desk.url);
  await customer.page.goto(conversation.url);
  await customer.page.getByRole("heading", { name: "For the code folder" }).waitFor();
  const [administrator, clara] = [await openWindow(browser, desk.url), await openWindow(browser, desk.url)];
  await Promise.all([signIn(administrator, company.administrator), signIn(clara, agent)]);
  await clara.page.getByText("Nothing here").waitFor();
  const { page } = administrator;
  await fromMenu(page, "Account Settings");
  await page.getByRole("link", { name: "Folders" }).click();
  await page.getByRole("button", { name: "New folder" }).click();
  await page.getByLabel("Name").fill("Code");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Edit: Code" }).click();
  await page.getByLabel("Let in").selectOption({ label: "Clara Moreau" });
  await page.getByLabel("See all incoming: Clara Moreau").waitFor();
  await administrator.isAccessible("rights in a folder");

  await page.goto(`${desk.url}/app/${company.slug}/all/${conversation.id}`);
  await page.getByRole("combobox", { name: /^Folder/ }).selectOption({ label: "Code" });
  await page
    .getByText(/sorted it into Code/)
    .first()
    .waitFor();
  await clara.page.getByRole("link", { name: /For the code folder/ }).waitFor();
  await clara.page.getByRole("link", { name: /^Code\b/ }).click();
  await clara.page.getByRole("heading", { level: 1, name: "Code" }).waitFor();
  await clara.page.getByRole("link", { name: /For the code folder/ }).waitFor();

  await page.goto(`${desk.url}/app/${company.slug}/settings/groups`);
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name").fill("Sales");
  await page.getByRole("checkbox", { name: "Clara Moreau" }).check();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "Sales" }).waitFor();

  await page.getByRole("link", { name: "Company", exact: true }).click();
  await page.getByLabel(/^127\.0\.0\.1/).fill("sorting-house");
  await page.getByRole("button", { name: "Change the address" }).click();
  await page.waitForURL("**/app/sorting-house/settings/company");
  await page.getByLabel(/^Close a pending conversation/).fill("7");
  await page.getByLabel("Max chats per agent").fill("4");
  await page.getByRole("button", { name: "Save" }).nth(1).click();
  // The "Saved." of the address may still stand there.
  await until(async () => {
    const settings = (await company.administrator.get("/api/companies/sorting-house")).good();
    assert.deepEqual([settings.pending_close_after, settings.max_chats], ["PT168H", 4]);
    return true;
  }, "the rules are saved");
  await customer.page.goto(conversation.url);
  await customer.page.waitForURL(`**/sorting-house/conversations/${conversation.id}`);
  await Promise.all([administrator, clara, customer].map((window) => window.close()));
});

test("nothing overflows and axe finds nothing in the settings, at three widths, light and dark", async () => {
  const company = await found(desk, { company: "A Company With Quite a Long Name Indeed" });
  const agent = await hire(company, "super_agent", { last_name: "Averyveryverylongname".repeat(4) });
  const settings = [
    "company",
    "users",
    "users/new",
    `users/${agent.id}`,
    "groups",
    "business-units",
    "roles",
  ];
  const screens = [
    ...[...settings, "folders", "audit"].map((name) => `settings/${name}`),
    ...["profile", "notifications", "security"].map((name) => `account/${name}`),
  ];
  const looks = /** @type {const} */ ([
    ["light", 1440],
    ["dark", 390],
  ]);
  for (const [colorScheme, width] of looks) {
    const window = await openWindow(browser, desk.url, { colorScheme, viewport: { width, height: 844 } });
    const { page } = window;
    await signIn(window, company.administrator);
    for (const screen of screens) {
      await window.visit(`/app/${company.slug}/${screen}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await page.waitForLoadState("networkidle");
      await window.isAccessible(`${screen} at ${width}, ${colorScheme}`);
      for (const other of [width, 1024]) {
        await page.setViewportSize({ width: other, height: 844 });
        const spare = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(spare <= 0, `${screen} is ${spare}px too wide at ${other}`);
      }
      await page.setViewportSize({ width, height: 844 });
    }
    await window.close();
  }
});
