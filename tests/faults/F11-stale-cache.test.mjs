// F11: KV answers with what was so before, or with nonsense. It has looks in it, and nothing that anybody may do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { deskOnDisk, until } from "../support/desk.mjs";
import { Customer, firstWords, found, hire, unique, write } from "../support/world.mjs";
import { bystander, settles } from "./invariants.mjs";

const { desk, folder } = await deskOnDisk();
const cache = /** @type {any} */ (await desk.runtime.mf.getKVNamespace("CACHE"));

/** What is cached of a company. @param {string} slug @returns {Promise<{ key: string, text: string }>} */
async function cached(slug) {
  return until(async () => {
    const { keys } = await cache.list({ prefix: "profile-" });
    const key = keys
      .map((/** @type {any} */ { name }) => name)
      .find((/** @type {string} */ name) => name.endsWith(`:${slug}`));
    const text = key && (await cache.get(key));
    return text && { key, text };
  }, "its face is cached");
}

/** Everything that is cached is as it was at that moment from now on. @returns {Promise<() => Promise<void>>} puts it so */
async function remembered() {
  const { keys } = await cache.list();
  const all = await Promise.all(
    keys.map(async (/** @type {any} */ { name }) => [name, await cache.get(name)]),
  );
  return async () => {
    for (const [name, text] of all) await cache.put(name, text);
  };
}

test("F11: an old copy shows an old name, and lets nobody in who may not come in any more", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [gone, demoted] = [await hire(company, "supervisor"), await hire(company, "administrator")];
  const page = () => anonymous(desk).get(`/${company.slug}`);
  const before = (await page()).text;
  await cached(company.slug);
  const stale = await remembered();

  const name = unique("Renamed");
  (await administrator.patch(company.path(), { name })).good(200);
  (await administrator.put(company.path(`/agents/${gone.id}/disabled`), {})).good();
  (await administrator.patch(company.path(`/agents/${demoted.id}`), { roles: ["agent"] })).good(200);
  const { slug } = company;
  await stale();

  assert.equal((await page()).text.includes(name), before.includes(name), "looks are as old as the copy");
  assert.ok([401, 403].includes((await gone.get(gone.path("/me"))).status), "who is disabled is out");
  (await demoted.patch(company.path(), { name: "Mine" })).refused(403);
  (await administrator.get(company.path("/me"))).good(200);
  assert.equal((await administrator.get(company.path())).good(200).name, name);
  assert.equal(company.slug, slug);
  await stale();
  const form = firstWords();
  const opened = (await anonymous(desk).post(`/api/public/companies/${slug}/conversations`, form)).good(201);
  const second = new Customer(company, { ...opened, email: form.email });
  assert.equal((await second.read()).events.length > 0, true);
  (await gone.post(gone.at(second, "/claim"), {})).refused(401);
  await settles(folder);
});

test("F11: a customer's link that was replaced opens nothing, whatever is cached", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const customer = await write(company);
  await anonymous(desk).get(`/${company.slug}`);
  const stale = await remembered();
  const answer = await administrator.post(administrator.at(customer, "/link"), {});
  assert.ok(answer.status < 300, answer.text);
  await stale();
  assert.ok([401, 403, 404].includes((await customer.get(customer.path())).status));
});

test("F11: nonsense in the cache costs time, and nothing else", async () => {
  const company = await found(desk);
  const other = await bystander(desk);
  (await anonymous(desk).get(`/${company.slug}`)).good(200);
  const { key } = await cached(company.slug);
  for (const nonsense of ["", "null", "{}", "[1]", "not JSON", '{"id":1}']) {
    await cache.put(key, nonsense);
    (await anonymous(desk).get(`/${company.slug}`)).good(200);
    await write(company);
    await other.isServed();
  }
  // That there is none is not kept: who founds a company there is found at once.
  const slug = unique("late").toLowerCase();
  (await anonymous(desk).get(`/${slug}`)).refused(404);
});
