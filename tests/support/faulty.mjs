// The built Worker with a mail transport that is down for a while, since the local one never fails.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./desk.mjs";

const BUILD = join(ROOT, "build");

/** What the bundle's export of the conversation's object is replaced by. */
const faulty = (/** @type {string} */ original, /** @type {number} */ failures) => `
  let failuresLeft = ${failures};
  class Conversation {
    constructor(ctx, env) {
      class SendEmail {
        async send(message) {
          if (failuresLeft-- > 0) throw new Error("the transport is down");
          return env.EMAIL.send(message);
        }
      }
      this.inner = new ${original}(ctx, Object.create(env, { EMAIL: { value: new SendEmail() } }));
    }
    fetch(request) { return this.inner.fetch(request); }
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
  const scriptDir = mkdtempSync(join(tmpdir(), "edgedesk-build-"));
  for (const name of readdirSync(BUILD).filter((file) => file.endsWith(".wasm"))) {
    copyFileSync(join(BUILD, name), join(scriptDir, name));
  }
  const script = readFileSync(join(BUILD, "index.js"), "utf8");
  const [, original] = /export\s*\{[^}]*?([\w$]+) as ConversationObject/.exec(script) ?? [];
  assert.ok(original, "the bundle exports the conversation's object");
  const exported = script.replace(`${original} as ConversationObject`, "Conversation as ConversationObject");
  writeFileSync(join(scriptDir, "index.js"), `${exported}\n${faulty(original, failures)}`);
  return { scriptDir, remove: () => rmSync(scriptDir, { recursive: true, force: true }) };
}
