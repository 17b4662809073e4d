// An agent who reads French and a customer who writes German, each in his own language, and what was written one key away.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { until } from "../support/desk.mjs";
import { set } from "../support/floor.mjs";
import { TranslationService, translated } from "../support/translator.mjs";
import { found, hire, write } from "../support/world.mjs";
import { openStage, openWindow, signIn } from "./browser.mjs";

const service = await TranslationService.started();
after(() => service.stop());
const { desk, browser } = await openStage({ vars: { TRANSLATE_URL: service.url } });
beforeEach(() => service.calm());

const GERMAN = "Guten Tag, meine Lampe leuchtet seit gestern nicht mehr. Was kann ich tun?";
const FRENCH = "Bonjour, nous vous envoyons une nouvelle lampe dès demain matin, sans aucun frais.";
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: /** @type {const} */ ("dark") };

/** A company with a French agent, and a German who wrote to it. @param {string} name */
async function abroad(name) {
  const company = await found(desk, { company: name });
  await set(company, { translation: "on" });
  const agent = await hire(company, "supervisor", {
    first_name: "Chloé",
    last_name: "Martin",
    language: "fr",
  });
  const customer = await write(company, {
    name: "Anna Vogt",
    subject: "Lampe defekt",
    body: GERMAN,
    language: "de",
  });
  return { company, agent, customer };
}

// spec: E14
test("each reads the other in his own language, and what was written by one key", async () => {
  const { company, agent, customer } = await abroad("Sans Frontières");
  const own = `/app/${company.slug}/all/${customer.id}`;
  const release = service.hold();
  const desktop = await openWindow(browser, desk.url, { locale: "fr-FR" });
  await signInFrench(desktop, agent);
  await desktop.visit(own);
  const { page } = desktop;
  const first = page.locator('.said[data-by="customer"]').first();
  // What was written is there first, and is replaced when the translation comes.
  await first.getByText(GERMAN, { exact: true }).waitFor();
  await until(() => service.waiting > 0, "it is asked for");
  release();
  const text = first.locator("p.text");
  await first.getByText(translated(GERMAN, "fr"), { exact: true }).waitFor();
  assert.equal(await text.getAttribute("lang"), "fr");
  await first.getByText("langue d’origine : allemand").waitFor();
  await desktop.isAccessible("a translated message");
  await first.getByRole("button", { name: "Afficher l’original" }).press("Enter");
  await first.getByText(GERMAN, { exact: true }).waitFor();
  assert.equal(await text.getAttribute("lang"), "de");
  await page.keyboard.press("Enter");
  await first.getByText(translated(GERMAN, "fr"), { exact: true }).waitFor();

  const his = await openWindow(browser, desk.url, { ...PHONE, locale: "de-DE" });
  await his.visit(customer.url);
  await page.getByText("Votre réponse sera traduite pour Anna Vogt (allemand).").waitFor();
  await page.getByLabel("Répondre").last().fill(FRENCH);
  await page.keyboard.press("Control+Enter");
  const answer = his.page.locator('.said[data-by="agent"]');
  await answer.getByText(translated(FRENCH, "de"), { exact: true }).waitFor();
  assert.equal(await answer.locator(":scope > .text").getAttribute("lang"), "de");
  const summary = answer.locator("summary");
  assert.equal(await answer.getByText(FRENCH, { exact: true }).isVisible(), false);
  await summary.press("Enter");
  const original = answer.locator("details .text");
  assert.equal(await original.textContent(), FRENCH);
  assert.equal(await original.getAttribute("lang"), "fr");
  await his.isAccessible("a translated answer");
  // What the customer reads, the agent sees.
  const mine = page.locator('.said[data-by="agent"]').last();
  await mine.locator("summary").press("Enter");
  await mine.getByText(translated(FRENCH, "de"), { exact: true }).waitFor();
  await desktop.isAccessible("what the customer reads");
  // So it is after a reload, on both sides.
  await page.reload();
  await mine.getByText("Ce que lit Anna Vogt (allemand)").waitFor();
  await first.getByText(translated(GERMAN, "fr"), { exact: true }).waitFor();
  await his.page.reload();
  await answer.getByText(translated(FRENCH, "de"), { exact: true }).waitFor();
  await his.close();
  await desktop.close();

  // Without JavaScript the page says as much.
  const plain = await openWindow(browser, desk.url, { ...PHONE, javaScriptEnabled: false });
  await plain.visit(customer.url);
  await plain.page.getByText(translated(FRENCH, "de"), { exact: true }).waitFor();
  await plain.page.getByText("Original message").click();
  assert.equal(await plain.page.getByText(FRENCH, { exact: true }).isVisible(), true);
  await plain.close();
});

test("what cannot be translated stays as it was written, says so, and is tried again by a click", async () => {
  const { company, agent, customer } = await abroad("Hors Service");
  service.behaviour = () => ({ status: 500, body: {} });
  const phone = await openWindow(browser, desk.url, { ...PHONE, locale: "fr-FR" });
  await signInFrench(phone, agent);
  await phone.visit(`/app/${company.slug}/all/${customer.id}`);
  const first = phone.page.locator('.said[data-by="customer"]').first();
  await first.getByText("La traduction n’est pas disponible pour le moment.").waitFor();
  await first.getByText(GERMAN, { exact: true }).waitFor();
  await phone.isAccessible("a message that could not be translated");
  service.calm();
  await first.getByRole("button", { name: "Réessayer" }).click();
  await first.getByText(translated(GERMAN, "fr"), { exact: true }).waitFor();
  await phone.isAccessible("a translated message on a phone");
  await phone.close();
});

test("an administrator switches it on; where nothing translates, he is told so", async () => {
  const company = await found(desk, { company: "Switched" });
  const window = await openWindow(browser, desk.url);
  const { page } = window;
  await signIn(window, company.administrator);
  await window.visit(`/app/${company.slug}/settings/company`);
  const card = page.getByRole("region", { name: "Translation" });
  await card.getByLabel("Translate messages").check();
  await card.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  await page.reload();
  assert.equal(await card.getByLabel("Translate messages").isChecked(), true);
  await window.isAccessible("the settings with translation");
  // As the server of a desk without a service says it.
  await page.route(`**/api/companies/${company.slug}`, async (route) => {
    const response = await route.fetch();
    const settings = { ...(await response.json()), translation: "off", translation_available: false };
    await route.fulfill({ response, json: settings });
  });
  await page.reload();
  await card.getByText("This desk has no translation service.").waitFor();
  assert.equal(await card.getByLabel("Translate messages").isDisabled(), true);
  await window.isAccessible("the settings without a service");
  await window.close();
});

/** Signs somebody in whose browser speaks French. @param {import("./browser.mjs").Window} window @param {{ email: string, password: string }} person */
async function signInFrench({ page, url }, { email, password }) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("Adresse e-mail").fill(email);
  await page.getByLabel("Mot de passe").fill(password);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL(/\/app\//);
}
