// The built Worker with a fault: a mail transport that is down for a while, since the local one never fails, or alarms
// that ring when nothing is due, since the local ones are punctual.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

const BUILD = join(ROOT, "build");

/** The bundle's class of conversations, with these words before everything that it does. */
const wrapped = (
  /** @type {string} */ original,
  /** @type {string} */ env,
  /** @type {string} */ first = "",
) => `
  class Conversation {
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
  return build((original) => {
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
    return wrapped(original, env) + transport;
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
  return build((original) => wrapped(original, "env", first));
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

/** @param {(original: string) => string} conversation what the bundle's export of conversations is replaced by */
function build(conversation) {
  const scriptDir = mkdtempSync(join(tmpdir(), "edgedesk-build-"));
  for (const name of readdirSync(BUILD).filter((file) => file.endsWith(".wasm"))) {
    copyFileSync(join(BUILD, name), join(scriptDir, name));
  }
  const script = readFileSync(join(BUILD, "index.js"), "utf8");
  const [, original] = /export\s*\{[^}]*?([\w$]+) as ConversationObject/.exec(script) ?? [];
  assert.ok(original, "the bundle exports the conversation's object");
  const exported = script.replace(`${original} as ConversationObject`, "Conversation as ConversationObject");
  writeFileSync(join(scriptDir, "index.js"), `${exported}\n${conversation(original)}`);
  return { scriptDir, remove: () => rmSync(scriptDir, { recursive: true, force: true }) };
}
