// The built Worker with faults that are called for while it runs: what the Worker, the conversations and the Desks are
// given by the runtime fails by chance, or at a moment that is told.

import assert from "node:assert/strict";
import { after } from "node:test";
import { startDesk, stateFolder } from "../support/desk.mjs";
import { build, wrapped } from "../support/faulty.mjs";

/**
 * @typedef {object} Plan
 * @property {number} [seed]
 * @property {number} [refused] how often, of 1, the database refuses what it is asked, and has not done it
 * @property {number} [unanswered] how often it has done it, and says that it has not
 * @property {number} [panic] how many looks at the clock, or answers made, from now the code breaks off; 0 for never
 * @property {number} [panicked] how often it did
 * @property {"sends" | "refuses" | "is silent" | "sends and refuses"} [mailer]
 * @property {number} [mailerFor] mails that it does so with; every one when it is not said
 */

/** Where a plan is told to the Worker. */
const PLAN = "/api/faults";

const PLANNED = `
  const plan = { seed: 1, refused: 0, unanswered: 0, panic: 0, panicked: 0, mailer: "sends", mailerFor: 0 };
  const chance = () => {
    plan.seed = (Math.imul(plan.seed, 1664525) + 1013904223) >>> 0;
    return plan.seed / 2 ** 32;
  };

  class Entry extends Entrypoint {
    async fetch(request) {
      if (new URL(request.url).pathname !== "${PLAN}") return new OriginalEntry(this.ctx, faulty(this.env)).fetch(request);
      const told = Object.assign(plan, await request.json());
      return Response.json(told);
    }
  }

  const faulty = (env) => Object.create(env, {
    DB: { value: new D1Database(env.DB) },
    EMAIL: { value: new SendEmail(env.EMAIL) },
  });
`;

/** A database that fails as the real one does: before it has done something, or after it. */
const DATABASE = `
  const asked = async (act) => {
    const fate = chance();
    if (fate < plan.refused) throw new Error("D1_ERROR: the database is overloaded");
    const result = await act();
    if (fate < plan.refused + plan.unanswered) throw new Error("D1_ERROR: the network connection was lost");
    return result;
  };
  const inner = new WeakMap();
  const prepared = (statement) => {
    const outer = { bind: (...values) => prepared(statement.bind(...values)) };
    for (const way of ["first", "run", "all", "raw"]) outer[way] = (...how) => asked(() => statement[way](...how));
    inner.set(outer, statement);
    return outer;
  };
  class D1Database {
    constructor(database) {
      this.database = database;
    }
    prepare(sql) {
      return prepared(this.database.prepare(sql));
    }
    batch(statements) {
      return asked(() => this.database.batch(statements.map((statement) => inner.get(statement))));
    }
  }
`;

const MAILER = `
  class SendEmail {
    constructor(transport) {
      this.transport = transport;
    }
    async send(message) {
      const manner = plan.mailerFor > 0 ? plan.mailer : "sends";
      plan.mailerFor -= 1;
      if (manner === "is silent") return new Promise(() => {});
      if (manner !== "refuses") await this.transport.send(message);
      if (manner !== "sends") throw Object.assign(new Error("429, too many mails"), { code: "E_RATE_LIMIT_EXCEEDED" });
    }
  }
`;

/** A panic of compiled Rust is a trap: nothing is unwound, and whatever was borrowed stays so. */
const PANIC = `
  const breakOff = () => {
    if (plan.panic === 0) return;
    plan.panic -= 1;
    if (plan.panic > 0) return;
    plan.panicked += 1;
    throw new WebAssembly.RuntimeError("unreachable");
  };
  const now = Date.now;
  Date.now = () => {
    breakOff();
    return now.call(Date);
  };
  globalThis.Response = new Proxy(Response, {
    construct(target, parts, made) {
      breakOff();
      return Reflect.construct(target, parts, made);
    },
  });
`;

/** A build whose faults are planned by {@link tell}. */
export function buildWithFaults() {
  return build(
    ({ Conversation, Desk, Entry }) => `
      import { WorkerEntrypoint as Entrypoint } from "cloudflare:workers";
      const OriginalEntry = ${Entry};
      ${PLANNED} ${DATABASE} ${MAILER} ${PANIC}
      ${wrapped("Conversation", Conversation, "faulty(env)")}
      ${wrapped("Desk", Desk, "faulty(env)")}
    `,
    ["Conversation", "Desk", "Entry"],
  );
}

/**
 * What is to go wrong from now on; a desk that starts anew has forgotten it.
 *
 * @param {import("../support/desk.mjs").Desk} desk of {@link buildWithFaults}
 * @param {Plan} plan
 * @returns {Promise<Required<Plan>>} what is left of the whole plan
 */
export async function tell({ url }, plan) {
  const answer = await fetch(url + PLAN, { method: "POST", body: JSON.stringify(plan) });
  assert.equal(answer.status, 200);
  return /** @type {Promise<Required<Plan>>} */ (answer.json());
}

/** A desk of that build with its data on disk, all put away after the tests of a file. */
export async function deskWithFaults() {
  const { scriptDir, remove: removeBuild } = buildWithFaults();
  const { folder, remove } = stateFolder();
  const desk = await startDesk({ state: folder, scriptDir });
  after(async () => {
    await desk.stop();
    removeBuild();
    remove();
  });
  return { desk, folder };
}
