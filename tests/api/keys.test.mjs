// Changing keys without an interruption: a new key in front, the old one dropped later.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Actor, anonymous } from "../support/actors.mjs";
import { key, startDesk, stateFolder } from "../support/desk.mjs";
import { found, PASSWORD, write } from "../support/world.mjs";

const state = stateFolder();
after(() => state.remove());

const [oldKey, newKey] = [key("2026a"), key("2026b")];

/**
 * Runs a desk on the same data with these key rings.
 *
 * @template T
 * @param {{ sessionKeys: string, linkKeys: string }} rings
 * @param {(desk: import("../support/desk.mjs").Desk) => Promise<T>} use
 */
async function withKeys(rings, use) {
  const desk = await startDesk({ state: state.folder, ...rings });
  try {
    return await use(desk);
  } finally {
    await desk.stop();
  }
}

/** @param {string} ring */
const both = (ring) => ({ sessionKeys: ring, linkKeys: ring });

test("sessions and links live as long as their key is in the ring", async () => {
  const before = await withKeys(both(oldKey), async (desk) => {
    const company = await found(desk);
    const { session, email } = company.administrator;
    const { id, secret, url } = await write(company);
    return { session, email, slug: company.slug, id, secret, path: new URL(url).pathname };
  });
  const session = { authorization: `Bearer ${before.session}` };
  const link = { authorization: `Bearer ${before.secret}` };
  const conversation = `/api/public/conversations/${before.id}`;

  const fresh = await withKeys(both(`${newKey},${oldKey}`), async (desk) => {
    (await new Actor(desk, session).get("/api/companies")).good(200);
    (await new Actor(desk, link).get(conversation)).good(200);
    assert.equal((await anonymous(desk).get(before.path)).status, 303);
    const credentials = { email: before.email, password: PASSWORD };
    return (await anonymous(desk).post("/api/tokens", credentials)).good(201).token;
  });

  await withKeys(both(newKey), async (desk) => {
    (await new Actor(desk, { authorization: `Bearer ${fresh}` }).get("/api/companies")).good(200);
    (await new Actor(desk, session).get("/api/companies")).refused(401, "not_signed_in");
    (await new Actor(desk, link).get(conversation)).refused(404, "not_found");
    assert.equal((await anonymous(desk).get(before.path)).status, 404);
    (await anonymous(desk).post("/api/session", { email: before.email, password: PASSWORD })).good(200);
  });

  await withKeys({ sessionKeys: oldKey, linkKeys: newKey }, async (desk) => {
    (await new Actor(desk, session).get("/api/companies")).good(200);
    (await new Actor(desk, { authorization: `Bearer ${fresh}` }).get("/api/companies")).refused(401);
    (await new Actor(desk, link).get(conversation)).refused(404);
  });
});

test("another key of the same name is another key", async () => {
  const session = await withKeys(both(oldKey), async (desk) => (await found(desk)).administrator.session);
  const bearer = { authorization: `Bearer ${session}` };
  await withKeys(both(key("2026a")), async (desk) => {
    (await new Actor(desk, bearer).get("/api/companies")).refused(401, "not_signed_in");
  });
  await withKeys(both(oldKey), async (desk) => {
    (await new Actor(desk, bearer).get("/api/companies")).good(200);
  });
});
