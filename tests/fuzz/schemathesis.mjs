// Lets Schemathesis try every operation of the contract on a desk of its own: `make schemathesis`.
// What follows the program's path on the command line is passed on: `--max-examples 500`, `--seed 7`, …

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT, startDesk } from "../support/desk.mjs";
import { idFor, oneOfEach } from "../support/things.mjs";
import { found, hire } from "../support/world.mjs";

/** So many of each thing: what is tried deletes some. */
const OF_EACH = 6;
const ADMINISTRATORS = 20;
/** The dashboard's shell is the same whatever its address says. */
const SHELL = /^\/(invitation|password)\//;
const HOOKS = fileURLToPath(new URL("callers.py", import.meta.url));
const CONFIG = fileURLToPath(new URL("schemathesis.toml", import.meta.url));

const ALL_FAILURES = "--continue-on-failure";

const [, , program = "schemathesis", ...options] = process.argv;
const desk = await startDesk({ vars: { WORDS_A_MINUTE: "1000000" } });
const company = await found(desk);
const { administrator } = company;
const people = [administrator];
while (people.length < ADMINISTRATORS) people.push(await hire(company, "administrator"));
/** @type {Awaited<ReturnType<typeof oneOfEach>>[]} */
const things = [];
for (let n = 0; n < OF_EACH; n += 1) things.push(await oneOfEach(company));

const folder = mkdtempSync(join(tmpdir(), "edgedesk-contract-"));
const document = JSON.parse(readFileSync(join(ROOT, "public/openapi.json"), "utf8"));
for (const [path, operations] of Object.entries(document.paths)) {
  for (const { parameters = [] } of Object.values(operations)) {
    for (const parameter of parameters) {
      const known = parameter.in === "path" && !SHELL.test(path) ? named(path, parameter.name) : [];
      if (known.length > 0) parameter.schema = { enum: known };
    }
  }
}
const contract = join(folder, "openapi.json");
writeFileSync(contract, JSON.stringify(document));

/** What a place in a path may be, of what there is. @param {string} path @param {string} name @returns {string[]} */
function named(path, name) {
  const [first] = things;
  if (name === "company") return [company.slug];
  if (name === "token") return things.map(({ invitation }) => invitation);
  if (name === "agent_id") return [administrator.id];
  if (name === "tag_id") return things.map(({ tags = "" }) => tags);
  if (name === "payment" || name === "order")
    return things.map((one) => String(name === "order" ? one.orders : one.payment));
  return name === "id" && first && idFor({ path }, first) ? things.map((one) => idFor({ path }, one)) : [];
}

const run = spawn(
  program,
  // Forms are sent from our own pages.
  [
    "--config-file",
    CONFIG,
    "run",
    contract,
    "--url",
    desk.url,
    "-H",
    `Origin: ${desk.url}`,
    ALL_FAILURES,
    ...options,
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: "1",
      SCHEMATHESIS_HOOKS: HOOKS,
      FUZZ_URL: desk.url,
      FUZZ_PEOPLE: JSON.stringify(people.map(({ email, password }) => ({ email, password }))),
      FUZZ_SECRETS: JSON.stringify(
        Object.fromEntries(things.map(({ conversation }) => [conversation.id, conversation.secret])),
      ),
    },
  },
);
const [code] = await once(run, "exit");
rmSync(folder, { recursive: true });
await desk.stop();
process.exitCode = code ?? 1;
