// "My agent account": what people say of themselves, their photographs and files.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous } from "../support/actors.mjs";
import { PNG } from "../support/body.mjs";
import { startDesk } from "../support/desk.mjs";
import { found, hire, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const company = await found(desk);
const agent = await hire(company, "agent");
const stranger = (await found(desk)).administrator;

const IMAGE_BYTES = 1_500 * 1_024;
const FILE_BYTES = 5 * 1_024 * 1_024;

const IMAGES = {
  "image/png": PNG,
  "image/jpeg": Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]),
  "image/gif": Buffer.from("GIF89a\x01\0\x01\0<script>alert(1)</script>", "latin1"),
  "image/webp": Buffer.from("RIFF\x1a\0\0\0WEBPVP8L", "latin1"),
};

const NO_IMAGES = {
  svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  "svg with a prologue": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
  html: "<!doctype html><script>alert(1)</script>",
  "html before a picture": `<script>${PNG.toString("latin1")}</script>`,
  pdf: "%PDF-1.7",
  text: "a photograph",
};

/** @param {import("../support/world.mjs").Member} member @param {Record<string, unknown>} body */
const change = (member, body) => member.patch(member.path("/me"), body);

/** @returns {Promise<any>} */
const me = async () => (await agent.get(agent.path("/me"))).good(200);

/** @param {string} path @param {Uint8Array} bytes @param {string} [type] */
const send = (path, bytes, type = "application/octet-stream") =>
  agent.request("PUT", agent.path(path), bytes, { "content-type": type });

/** @param {string} path a file as its bytes, with its headers */
async function fetched(path) {
  const response = await fetch(desk.url + path, { headers: { cookie: String(agent.headers.cookie) } });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** @param {Response} response that a browser runs nothing of it */
function harmless({ headers }) {
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.match(String(headers.get("content-security-policy")), /default-src 'none'.*sandbox/);
}

// spec: E12 F12 F13 F14 F15 F16 F20 N15
test("people say how they are called, what they do, what they sign with, and who they are", async () => {
  const before = await me();
  const body = {
    name: "Noor",
    public_name: "Noor of Lamps",
    function: "Head of repairs",
    signature: "Kind regards\nNoor",
    description: "Lamps since 2009.\n\nDutch and French.",
    language: "nl",
  };
  const after = (await change(agent, body)).good(200);
  assert.deepEqual(after, { ...before, ...body });
  assert.deepEqual(await me(), after);
  const seen = (await company.administrator.get(company.path(`/agents/${agent.id}`))).good(200);
  assert.deepEqual(
    [seen.name, seen.public_name, seen.function],
    [body.name, body.public_name, body.function],
  );
  assert.equal(seen.description, body.description);

  const fallen = (await change(agent, { public_name: "", language: null })).good(200);
  assert.deepEqual([fallen.public_name, fallen.language], ["Noor", null]);
  for (const [field, wrong] of Object.entries({
    name: " ",
    function: "two\nlines",
    signature: "x".repeat(1_001),
    description: "x".repeat(5_001),
    language: "en,fr",
    colour: "red",
    email: "other@people.example",
  })) {
    (await change(agent, { [field]: wrong })).refusedField(field);
  }
  assert.deepEqual(await me(), fallen);
});

// spec: F18 F19
test("notifications are chosen by mail and in the browser, each for itself", async () => {
  const browser = { new_conversation: true, assigned: false, answered: false, escalated: false };
  const email = { new_conversation: false, assigned: true, answered: true, escalated: true };
  const { notifications } = (await change(agent, { notifications: { email, browser } })).good(200);
  assert.deepEqual(notifications.email, { ...notifications.email, ...email });
  assert.deepEqual(notifications.browser, { ...notifications.browser, ...browser });
  assert.deepEqual((await me()).notifications, notifications);
  for (const wrong of [{ email: { everything: true } }, { telegram: email }, { email: true }]) {
    (await change(agent, { notifications: wrong })).refused(422);
  }
  assert.deepEqual((await me()).notifications, notifications);
});

// spec: F3
test("people say whether they are there, and that is kept", async () => {
  for (const availability of ["busy", "away", "online"]) {
    assert.equal((await change(agent, { availability })).good(200).availability, availability);
    assert.equal((await me()).availability, availability);
  }
  (await change(agent, { availability: "offline" })).refusedField("availability");
});

// spec: F17
test("a photograph is a picture, whatever its sender says it is", async () => {
  for (const [type, bytes] of Object.entries(IMAGES)) {
    const { url } = (await send("/me/photo", bytes, "text/html")).good(200);
    assert.equal((await me()).photo_url, url);
    const { response, bytes: got } = await fetched(url);
    assert.equal(response.status, 200);
    assert.ok(got.equals(bytes), "byte for byte");
    assert.equal(response.headers.get("content-type"), type);
    harmless(response);
  }
  const { photo_url } = await me();
  for (const [what, text] of Object.entries(NO_IMAGES)) {
    for (const type of ["image/png", "image/svg+xml"]) {
      const answer = await send("/me/photo", Buffer.from(text, "latin1"), type);
      assert.equal(answer.refused(415).code, "no_image", what);
    }
  }
  (await send("/me/photo", Buffer.alloc(0))).refused(400);
  assert.equal((await me()).photo_url, photo_url);
});

// spec: F17 B6
test("customers see the photograph of whoever answers them", async () => {
  const { url } = (await send("/me/photo", PNG)).good(200);
  const conversation = await write(company);
  (await company.administrator.assign(conversation, agent)).good(200);
  await agent.reply(conversation, "Good morning.");
  const { agents } = await conversation.read();
  assert.equal(agents[0].photo_url, url);
  const { response } = await fetched(url);
  assert.equal(response.status, 200);
  (await agent.delete(agent.path("/me/photo"))).good(204);
  assert.equal((await me()).photo_url, null);
  (await anonymous(desk).get(url)).refused(404);
});

// spec: F17
test("a photograph has its limit, to the byte", async () => {
  const large = Buffer.alloc(IMAGE_BYTES + 1);
  PNG.copy(large);
  (await send("/me/photo", large)).refused(413, "too_large");
  (await send("/me/photo", large.subarray(0, IMAGE_BYTES))).good(200);
});

// spec: F16
test("a file goes with the description, for colleagues to download and never to open", async () => {
  const page = Buffer.from("<!doctype html><script>alert(document.domain)</script>");
  const name = 'Über "me"; x=1.html';
  const path = `/me/description-file?name=${encodeURIComponent(name)}`;
  const kept = (await send(path, page, "text/html")).good(200);
  assert.equal(kept.name, name);
  assert.deepEqual((await me()).description_file, kept);
  const seen = (await company.administrator.get(company.path(`/agents/${agent.id}`))).good(200);
  assert.deepEqual(seen.description_file, kept);

  const at = company.path(`/files/${kept.id}`);
  const { response, bytes } = await fetched(at);
  assert.equal(response.status, 200);
  assert.ok(bytes.equals(page));
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  const told = String(response.headers.get("content-disposition"));
  assert.match(told, /^attachment; filename="[^"]*"; filename\*=/);
  assert.ok(told.endsWith(`; filename*=UTF-8''${encodeURIComponent(name)}`), told);
  harmless(response);

  (await anonymous(desk).get(at)).refused(401);
  (await anonymous(desk).get(`/api/public/files/${kept.id}`)).refused(404);
  (await stranger.get(at)).refused(404);
  (await stranger.get(stranger.path(`/files/${kept.id}`))).refused(404);
  const confined = await hire(company, "order_payment_admin");
  (await confined.get(at)).refused(404);

  (await send("/me/description-file", page)).refused(422);
  (await send("/me/description-file?name=%0A", page)).refusedField("name");
  (await send("/me/description-file?name=x&kind=text/html", page)).refused(422);
  (await agent.delete(agent.path("/me/description-file"))).good(204);
  assert.equal((await me()).description_file, null);
  (await agent.get(at)).refused(404);
});

// spec: F16
test("a file with the description has its limit, to the byte", async () => {
  const path = "/me/description-file?name=lamps.bin";
  (await send(path, Buffer.alloc(FILE_BYTES + 1))).refused(413, "too_large");
  (await send(path, Buffer.alloc(FILE_BYTES, 7))).good(200);
});

test("nobody sets another's photograph, and none comes from another site", async () => {
  const foreign = agent.with({ origin: "https://elsewhere.example" });
  (await foreign.request("PUT", agent.path("/me/photo"), PNG)).refused(403, "cross_site");
  (await stranger.request("PUT", agent.path("/me/photo"), PNG)).refused(404);
  (await anonymous(desk).request("PUT", agent.path("/me/photo"), PNG)).refused(401);
});
