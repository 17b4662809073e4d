// The built Worker with a fault: a mail transport that is down for a while, since the local one never fails, or alarms
// that ring when nothing is due, since the local ones are punctual.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

const BUILD = join(ROOT, "build");

/** What the bundle exports, by the names that a fault gives to what it puts in its place. */
const EXPORTS = { Conversation: "ConversationObject", Desk: "DeskObject", Entry: "default" };

/** A class of the bundle's objects, in another environment, with these words before everything that it does. */
export const wrapped = (
  /** @type {"Conversation" | "Desk"} */ name,
  /** @type {string} */ original,
  /** @type {string} */ env,
  /** @type {string} */ first = "",
) => `
  class ${name} {
    constructor(ctx, env) {
      this.inner = new ${original}(ctx, ${env});
    }
    async fetch(request) {
      ${first}
      return this.inner.fetch(request);
    }
    alarm(info) { return this.inner.alarm(info); }
    webSocketMessage(...heard) { return this.inner.webSocketMessage(...heard); }
    webSocketClose(...end) { return this.inner.webSocketClose(...end); }
    webSocketError(...end) { return this.inner.webSocketError(...end); }
  }
`;

/**
 * A build whose conversations fail to send their first mails.
 *
 * @param {number} failures
 * @returns {{ scriptDir: string, remove: () => void }}
 */
export function buildWithoutMail(failures) {
  return build(({ Conversation }) => {
    const env = "Object.create(env, { EMAIL: { value: new SendEmail(env) } })";
    const transport = `
      let failuresLeft = ${failures};
      class SendEmail {
        constructor(env) {
          this.env = env;
        }
        async send(message) {
          if (failuresLeft-- > 0) throw new Error("the transport is down");
          return this.env.EMAIL.send(message);
        }
      }
    `;
    return wrapped("Conversation", Conversation, env) + transport;
  });
}

/** Where a conversation's object is asked to ring its alarm. */
const BELL = "https://conversation.example/bell";

/**
 * A build whose conversations ring when they are told to: as often as that, whatever is due.
 *
 * @returns {{ scriptDir: string, remove: () => void }}
 */
export function buildWithBell() {
  const first = `
    if (request.url.startsWith("${BELL}")) {
      const times = Number(new URL(request.url).searchParams.get("times"));
      await Promise.all(Array.from({ length: times }, () => this.inner.alarm()));
      return new Response();
    }
  `;
  return build(({ Conversation }) => wrapped("Conversation", Conversation, "env", first));
}

/**
 * Rings a conversation's alarm so often at once, and waits until that is over.
 *
 * @param {import("./desk.mjs").Desk} desk of {@link buildWithBell}
 * @param {{ id: string }} conversation
 * @param {number} times
 */
export async function ring(desk, { id }, times) {
  const objects = /** @type {any} */ (await desk.runtime.mf.getDurableObjectNamespace("CONVERSATIONS"));
  const answer = await objects.get(objects.idFromName(id)).fetch(`${BELL}?times=${times}`);
  assert.equal(answer.status, 200);
  await answer.text();
}

/**
 * The build with other classes in the place of some that it exports.
 *
 * @param {(originals: Record<keyof typeof EXPORTS, string>) => string} write those classes, given what the originals are called
 * @param {(keyof typeof EXPORTS)[]} [names]
 * @returns {{ scriptDir: string, remove: () => void }}
 */
export function build(write, names = ["Conversation"]) {
  const scriptDir = mkdtempSync(join(tmpdir(), "edgedesk-build-"));
  for (const name of readdirSync(BUILD).filter((file) => file.endsWith(".wasm"))) {
    copyFileSync(join(BUILD, name), join(scriptDir, name));
  }
  let script = readFileSync(join(BUILD, "index.js"), "utf8");
  const originals = { Conversation: "", Desk: "", Entry: "" };
  for (const name of names) {
    const exported = EXPORTS[name];
    const [, original] = new RegExp(`export\\s*\\{[^}]*?([\\w$]+) as ${exported}\\b`).exec(script) ?? [];
    assert.ok(original, `the bundle exports ${exported}`);
    originals[name] = original;
    script = script.replace(`${original} as ${exported}`, `${name} as ${exported}`);
  }
  writeFileSync(join(scriptDir, "index.js"), `${script}\n${write(originals)}`);
  return { scriptDir, remove: () => rmSync(scriptDir, { recursive: true, force: true }) };
}
