// `make dev`: the built Worker on workerd, with its data in a local folder, the company `acme` in it, and a rebuild
// whenever a source changes.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, watch } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyMigrations, startRuntime } from "./runtime.mjs";
import { people, seed } from "./seed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Changes that come together, as from an editor or a checkout, are built once. */
const QUIET_MILLISECONDS = 200;

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    host: { type: "string", default: "127.0.0.1" },
    state: { type: "string", default: ".wrangler/state" },
  },
});

await writeSecrets();
const origin = `http://localhost:${options.port}`;
const runtime = await startRuntime({
  root,
  port: Number(options.port),
  host: options.host,
  state: options.state,
  vars: { ENVIRONMENT: "local", PUBLIC_ORIGIN: origin, MAIL_FROM: "desk@edgedesk.localhost" },
  quiet: false,
});
await applyMigrations(runtime);
await seed(runtime.url);
introduce();
rebuildOnChange();

/** Key rings of this machine, made once: a restart signs nobody out. */
async function writeSecrets() {
  const file = `${root}/.dev.vars`;
  if (existsSync(file)) return;
  const ring = () => `dev:${randomBytes(32).toString("base64")}`;
  await writeFile(file, `SESSION_KEYS="${ring()}"\nLINK_KEYS="${ring()}"\nVAPID_KEYS="${ring()}"\n`, {
    mode: 0o600,
  });
}

function introduce() {
  const lines = people.map((person) => `    ${person.email.padEnd(26)} ${person.roles.join(", ")}`);
  process.stdout.write(`
  Edgedesk is up.

  The front door        ${origin}/
  Acme's contact page   ${origin}/acme
  Acme's dashboard      ${origin}/app/acme
  Mails sent            ${origin}/dev/mail

  Sign in with the password ${people[0]?.password} as
${lines.join("\n")}

  Sources are watched: save a file and it is rebuilt. Stop with Ctrl-C.
`);
}

function rebuildOnChange() {
  /** @type {NodeJS.Timeout | undefined} */
  let quiet;
  let building = false;
  let again = false;
  const changed = () => {
    clearTimeout(quiet);
    quiet = setTimeout(build, QUIET_MILLISECONDS);
  };
  const build = async () => {
    if (building) {
      again = true;
      return;
    }
    building = true;
    again = false;
    const started = Date.now();
    if (await make("build")) {
      await runtime.reload().then(
        () => applyMigrations(runtime),
        (error) => console.error(String(error)),
      );
      console.log(`rebuilt in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
    building = false;
    if (again) changed();
  };
  for (const folder of ["src", "schema", "public"]) {
    watch(`${root}/${folder}`, { recursive: true }, (_event, file) => {
      if (!file?.startsWith("vendor")) changed();
    });
  }
}

/** @param {string} target */
function make(target) {
  const child = spawn("make", ["--no-print-directory", target], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => child.on("exit", (code) => resolve(code === 0)));
}
