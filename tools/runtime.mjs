// Starts the built Worker on workerd, through Miniflare's API, with wrangler.toml as the only source of
// configuration. Wrangler itself is not loaded: importing it alone takes twice as long as all of this.

import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { parse as parseToml } from "smol-toml";

/**
 * @typedef {object} RuntimeOptions
 * @property {string} root folder of wrangler.toml
 * @property {number} [port] 0 (the default) lets the system choose; the choice survives reload() and crashes
 * @property {string} [host]
 * @property {string} [state] folder for all data, laid out as `wrangler … --persist-to` does; without it
 *   the data lives in memory and is gone after stop()
 * @property {Record<string, string>} [vars] text bindings that win over [vars] and .dev.vars
 * @property {string} [scriptDir] folder of the built Worker, instead of the one `main` names
 * @property {boolean} [quiet] false prints the Worker's console and the runtime's log; they are always kept
 *   in `logs`
 *
 * @typedef {object} SentEmail a message the Worker gave to a send_email binding
 * @property {string} from
 * @property {string} to
 * @property {string} subject
 * @property {string} [text]
 * @property {string} [html]
 *
 * @typedef {object} Runtime
 * @property {string} url the direct socket: workerd itself, static files first, then the Worker
 * @property {string} workerUrl a second socket, to the Worker alone: no static files, and none of the cost of
 *   Miniflare's emulated assets router (about 80 % of a trivial request); the one to measure with
 * @property {number | undefined} pid workerd's process id. Killed alone, Miniflare restarts it at once on the
 *   same port and the same data (also the in-memory data); open connections break, alarms stay.
 * @property {string[]} logs the last lines of the Worker's console and of the runtime
 * @property {SentEmail[]} emails what the Worker has sent so far, oldest first
 * @property {() => Promise<void>} reload reads the script and the configuration again; same port, same data,
 *   open connections break. When it throws, nothing listens until a later reload() succeeds.
 * @property {() => Promise<void>} crash SIGKILLs workerd alone and waits until it is up again
 * @property {() => Promise<void>} stop
 * @property {(binding: string, statements: string[]) => Promise<Row[][]>} sql runs the statements in one
 *   transaction on a D1 database and returns the rows of each
 * @property {import("miniflare").Miniflare} mf
 * @property {string} root
 * @property {Config} config wrangler.toml as parsed
 *
 * @typedef {Record<string, string | number | null>} Row
 * @typedef {Record<string, any>} Config
 * @typedef {{ folder: string, close: () => void }} Store
 * @typedef {import("node:child_process").ChildProcess} ChildProcess
 * @typedef {{ workerd?: ChildProcess, logs: string[], emails: SentEmail[], quiet: boolean }} Output
 * @typedef {Output & { key: string }} Session
 */

/** Sections of wrangler.toml that say something about the local runtime, and those that do not. */
const MAPPED_SECTIONS = [
  ..."name main compatibility_date compatibility_flags vars d1_databases kv_namespaces r2_buckets".split(" "),
  ..."durable_objects migrations send_email assets ratelimits triggers analytics_engine_datasets".split(" "),
];
const REMOTE_SECTIONS = [
  ..."$schema account_id ai build dev env keep_vars limits logpush minify no_bundle observability".split(" "),
  ..."placement preview_urls route routes rules secrets send_metrics upload_source_maps".split(" "),
  ..."workers_dev find_additional_modules".split(" "),
];

const KEPT_LOG_LINES = 500;
/** Below this much free space a tmpfs (64 MB in many containers) is no place for databases. */
const MEMORY_FOLDER_BYTES = 256 * 1024 * 1024;
const HELPER = "runtime-helper";
const MIGRATIONS_TABLE = "d1_migrations";

/** The session whose code is running, so that a spawned workerd can be told apart from its siblings. */
const currentSession = /** @type {AsyncLocalStorage<Session>} */ (new AsyncLocalStorage());

// Miniflare hides the process it spawns (also the one after a crash), Node announces every one.
channel("child_process").subscribe((message) => {
  const session = currentSession.getStore();
  if (session) session.workerd = /** @type {{ process: ChildProcess }} */ (message).process;
});

/**
 * Starts the Worker and resolves once it answers on `url`. SIGINT, SIGTERM and the end of this process
 * stop workerd too; only a SIGKILL of this process alone (not of its group) would leave it behind.
 *
 * @param {RuntimeOptions} options
 * @returns {Promise<Runtime>}
 */
export async function startRuntime(options) {
  const root = resolve(options.root);
  const session = /** @type {Session} */ ({
    logs: [],
    emails: [],
    quiet: options.quiet ?? true,
    key: randomUUID(),
  });
  const store = openStore(options.state);
  const inSession = (/** @type {() => Promise<any>} */ run) => currentSession.run(session, run);
  try {
    return await inSession(() => start({ ...options, root }, session, store));
  } catch (error) {
    store.close();
    throw readableError(error, options);
  }
}

/**
 * Where the data goes. "Memory" is a folder on a tmpfs if there is one: Miniflare's own would be a temporary
 * folder on disk, with an fsync for each write.
 *
 * @param {string | undefined} state
 * @returns {Store}
 */
function openStore(state) {
  if (state !== undefined) return { folder: resolve(state), close: () => {} };
  const parent = memoryFolder();
  removeOrphans(parent);
  const folder = mkdtempSync(join(parent, `edgedesk-${process.pid}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    folder,
    close: () => {
      process.removeListener("exit", remove);
      remove();
    },
  };
}

/** @returns {string} */
function memoryFolder() {
  const tmpfs = "/dev/shm";
  if (!existsSync(tmpfs)) return tmpdir();
  const { bavail, bsize } = statfsSync(tmpfs);
  return bavail * bsize < MEMORY_FOLDER_BYTES ? tmpdir() : tmpfs;
}

/**
 * Removes what killed processes have left behind, since nobody else would free that memory.
 *
 * @param {string} parent
 */
function removeOrphans(parent) {
  for (const name of readdirSync(parent)) {
    const pid = /^edgedesk-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/**
 * A process that nobody has waited for (no init in the container) is dead as well.
 *
 * @param {number} pid
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !readFileSync(stat, "utf8").includes(") Z ");
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * @param {RuntimeOptions} options
 * @param {Session} session
 * @param {Store} store
 * @returns {Promise<Runtime>}
 */
async function start(options, session, store) {
  enableCompileCache(); // saves a quarter of the import of Miniflare's 6 MB
  const miniflare = await import("miniflare");
  const shared = sharedOptions(session, store.folder, miniflare);
  const read = () => {
    const config = readConfig(options.root);
    const workers = [workerOptions(config, options), helperOptions(config, session.key)];
    return { config, options: miniflare.convertV4MiniflareOptions({ ...shared, workers }) };
  };
  let current = read();
  const mf = new miniflare.Miniflare(current.options);
  try {
    await mf.ready;
  } catch (error) {
    await mf.dispose().catch(() => {});
    throw error;
  }
  const url = (await mf.unsafeGetDirectURL()).origin;
  const workerUrl = (await mf.unsafeGetDirectURL(HELPER)).origin;
  const sqlUrl = (await mf.unsafeGetDirectURL(HELPER, "Sql")).href;
  const { logs, emails } = session;
  return {
    ...{ url, workerUrl, mf, root: options.root, logs, emails },
    get config() {
      return current.config;
    },
    get pid() {
      return session.workerd?.pid;
    },
    sql: (binding, statements) => runSql(sqlUrl, session.key, { binding, statements }),
    reload: async () => {
      current = read();
      await currentSession
        .run(session, () => mf.setOptions(current.options))
        .catch((error) => Promise.reject(readableError(error, options)));
    },
    crash: async () => {
      await crash(session);
      await mf.ready;
    },
    stop: async () => {
      await mf.dispose();
      store.close();
    },
  };
}

/**
 * @param {string} url
 * @param {string} key
 * @param {{ binding: string, statements: string[] }} body
 * @returns {Promise<Row[][]>}
 */
async function runSql(url, key, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: key },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return /** @type {Promise<Row[][]>} */ (response.json());
}

/** @param {Session} session */
async function crash({ workerd }) {
  if (!workerd?.kill("SIGKILL")) throw new Error("workerd is not running");
  await once(workerd, "exit");
}

/**
 * Options of the whole instance: no look-up of cf.json on the network, no telemetry (off by default), no
 * registry of other Workers on this machine.
 *
 * @param {Session} session
 * @param {string} folder
 * @param {typeof import("miniflare")} miniflare
 */
function sharedOptions(session, folder, { Log, LogLevel }) {
  class SessionLog extends Log {
    /** @override @param {import("miniflare").LogLevel} level @param {string} message */
    logWithLevel(level, message) {
      if (level > LogLevel.INFO) return;
      const email = parseEmailLog(message);
      if (email) session.emails.push(email);
      keepLog(session, message, level <= LogLevel.WARN);
    }
  }
  return {
    cf: false,
    port: 0,
    log: new SessionLog(LogLevel.INFO),
    logRequests: false,
    unsafeTriggerHandlers: true,
    resourcePersistencePath: join(folder, "v3"),
    handleStructuredLogs: (/** @type {{ level: string, message: string }} */ { level, message }) =>
      keepLog(session, message, level === "error" || level === "warn"),
  };
}

/**
 * Miniflare tells of a sent e-mail in its log only: the head of the message and the files with its texts.
 *
 * @param {string} message
 * @returns {SentEmail | undefined}
 */
function parseEmailLog(message) {
  const [title, ...rest] = message.split("\n");
  if (!title?.includes("send_email binding called with MessageBuilder")) return undefined;
  const field = (/** @type {string} */ name) =>
    rest.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const content = (/** @type {string | undefined} */ file) => (file ? readFileSync(file, "utf8") : undefined);
  return {
    from: field("From") ?? "",
    to: field("To") ?? "",
    subject: field("Subject") ?? "",
    text: content(field("Text")),
    html: content(field("HTML")),
  };
}

/**
 * @param {Session} session
 * @param {string} line
 * @param {boolean} bad
 */
function keepLog(session, line, bad) {
  session.logs.push(line);
  if (session.logs.length > KEPT_LOG_LINES) session.logs.shift();
  if (!session.quiet) console[bad ? "error" : "log"](line);
}

/**
 * @param {string} root
 * @returns {Config}
 */
function readConfig(root) {
  const file = join(root, "wrangler.toml");
  const config = /** @type {Config} */ (parseToml(readFileSync(file, "utf8")));
  const known = new Set([...MAPPED_SECTIONS, ...REMOTE_SECTIONS]);
  for (const section of Object.keys(config)) {
    // Better than a Worker that misses a binding at run time.
    if (!known.has(section)) throw new Error(`${file}: tools/runtime.mjs does not support "${section}"`);
  }
  if (!config.main) throw new Error(`${file}: "main" is missing`);
  return config;
}

/**
 * Maps wrangler.toml as wrangler itself does: the same names and ids lead to the same folders in `state`.
 *
 * @param {Config} config
 * @param {RuntimeOptions} options
 * @returns {any}
 */
function workerOptions(config, options) {
  return {
    name: config.name,
    rootPath: options.root,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    ...scriptOptions(config, options),
    bindings: { ...config.vars, ...readDevVars(options.root), ...options.vars },
    d1Databases: databaseIds(config),
    kvNamespaces: ids(config.kv_namespaces, "preview_id", "id"),
    r2Buckets: ids(config.r2_buckets, "preview_bucket_name", "bucket_name"),
    durableObjects: durableObjects(config),
    ratelimits: byName(config.ratelimits),
    email: { send_email: config.send_email ?? [] },
    analyticsEngineDatasets: datasets(config.analytics_engine_datasets),
    assets: assetOptions(config),
    cronTriggers: config.triggers?.crons,
    // With assets this socket leads to Miniflare's router service (files first, then the Worker),
    // without them to the Worker; in both cases past Miniflare's slow entry service.
    unsafeDirectSockets: [{ host: options.host ?? "127.0.0.1", port: options.port ?? 0 }],
  };
}

/**
 * A second Worker in the same workerd, for two sockets. The one leads to the Worker itself: a socket of its
 * own would lead to the router as soon as there are assets. The other runs SQL, since Miniflare's
 * getD1Database() takes 200 ms for its first answer; it listens on this machine only and wants the key.
 *
 * @param {Config} config
 * @param {string} key
 */
function helperOptions(config, key) {
  return {
    name: HELPER,
    modules: true,
    script: HELPER_SCRIPT,
    compatibilityDate: config.compatibility_date,
    bindings: { KEY: key },
    d1Databases: databaseIds(config),
    unsafeDirectSockets: [
      { host: "127.0.0.1", port: 0, serviceName: config.name },
      { host: "127.0.0.1", port: 0, entrypoint: "Sql" },
    ],
  };
}

const HELPER_SCRIPT = `
  import { WorkerEntrypoint } from "cloudflare:workers";
  export class Sql extends WorkerEntrypoint {
    async fetch(request) {
      if (request.headers.get("authorization") !== this.env.KEY) return new Response(null, { status: 403 });
      const { binding, statements } = await request.json();
      const database = this.env[binding];
      try {
        const results = await database.batch(statements.map((sql) => database.prepare(sql)));
        return Response.json(results.map((result) => result.results));
      } catch (error) {
        return new Response(error.message, { status: 500 });
      }
    }
  }
  export default {};
`;

/** What is measured goes nowhere here. @param {{ binding: string, dataset?: string }[]} [datasets] */
function datasets(datasets = []) {
  return Object.fromEntries(
    datasets.map(({ binding, dataset }) => [binding, { dataset: dataset ?? binding }]),
  );
}

/** @param {Config} config */
function databaseIds(config) {
  return ids(config.d1_databases, "preview_database_id", "database_id");
}

/**
 * worker-build leaves one bundle and its wasm file. Miniflare 5 wants each module named.
 *
 * @param {Config} config
 * @param {RuntimeOptions} options
 */
function scriptOptions(config, { root, scriptDir }) {
  const main = resolve(root, config.main);
  const folder = scriptDir ? resolve(root, scriptDir) : dirname(main);
  const entry = join(folder, basename(main));
  if (!existsSync(entry)) throw new Error(`${entry} is missing: build the Worker first`);
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  return {
    modulesRoot: folder,
    modules: [
      { type: "ESModule", path: entry },
      ...wasm.map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
    ],
  };
}

/** @param {string} root */
function readDevVars(root) {
  const file = join(root, ".dev.vars");
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}

/**
 * @param {Config[] | undefined} entries
 * @param {string} previewKey
 * @param {string} key
 * @returns {Record<string, string>}
 */
function ids(entries = [], previewKey, key) {
  return Object.fromEntries(entries.map((e) => [e.binding, e[previewKey] ?? e[key] ?? e.binding]));
}

/** @param {Config} config */
function durableObjects(config) {
  /** @type {Config[]} */
  const migrations = config.migrations ?? [];
  const sqlite = new Set(migrations.flatMap((migration) => migration.new_sqlite_classes ?? []));
  /** @type {Config[]} */
  const bindings = config.durable_objects?.bindings ?? [];
  return Object.fromEntries(
    bindings.map(({ name, class_name }) => [
      name,
      { className: class_name, useSQLite: sqlite.has(class_name) },
    ]),
  );
}

/** @param {Config[] | undefined} entries */
function byName(entries = []) {
  return Object.fromEntries(entries.map(({ name, ...rest }) => [name, rest]));
}

/** @param {Config} config */
function assetOptions({ assets }) {
  if (!assets) return undefined;
  const { directory, binding, run_worker_first, html_handling, not_found_handling } = assets;
  return {
    directory,
    binding,
    run_worker_first,
    routerConfig: { has_user_worker: true },
    assetConfig: { html_handling, not_found_handling },
  };
}

/**
 * @param {unknown} error
 * @param {RuntimeOptions} options
 */
function readableError(error, { port = 0, host = "127.0.0.1" }) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === "ERR_ADDRESS_IN_USE") {
    return new Error(`port ${port} on ${host} is already in use`, { cause: error });
  }
  if (code === "ERR_RUNTIME_FAILURE") {
    return new Error(`workerd did not start: ${runtimeMessages(message)}`, { cause: error });
  }
  return error;
}

/**
 * workerd writes its errors as lines of JSON; what counts is their messages.
 *
 * @param {string} text
 */
function runtimeMessages(text) {
  const messages = [...text.matchAll(/^\{.*\}$/gm)].map(([line]) => String(JSON.parse(line).message).trim());
  return messages.length > 0 ? messages.join("\n") : text;
}

/**
 * Brings each database that names a migrations_dir up to date, in wrangler's order and table, so that
 * `wrangler d1 migrations` sees the same. Each file and its row in that table are one transaction.
 *
 * @param {Runtime} runtime
 * @returns {Promise<string[]>} the files that were applied
 */
export async function applyMigrations(runtime) {
  const applied = [];
  for (const database of runtime.config.d1_databases ?? []) {
    if (database.migrations_dir) applied.push(...(await migrate(runtime, database)));
  }
  return applied;
}

/**
 * @param {Runtime} runtime
 * @param {Config} database
 */
async function migrate(runtime, database) {
  const folder = resolve(runtime.root, database.migrations_dir);
  const table = `"${database.migrations_table ?? MIGRATIONS_TABLE}"`;
  const run = (/** @type {string[]} */ statements) => runtime.sql(database.binding, statements);
  const [, rows = []] = await run([createTable(table), `SELECT name FROM ${table}`]);
  const done = new Set(rows.map((row) => row.name));
  const pending = migrationFiles(folder).filter((name) => !done.has(name));
  for (const name of pending) {
    const sql = readFileSync(join(folder, name), "utf8");
    // Appended as text, as wrangler does, so that a file without its last semicolon fails here too.
    const record = `INSERT INTO ${table} (name) VALUES ('${name.replaceAll("'", "''")}');`;
    await run(splitStatements(`${sql}\n${record}`)).catch((/** @type {Error} */ error) => {
      throw new Error(`${join(folder, name)}: ${error.message}`, { cause: error });
    });
  }
  return pending;
}

/** @param {string} table */
function createTable(table) {
  return `CREATE TABLE IF NOT EXISTS ${table}(
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
  )`;
}

/**
 * By leading number, then by name.
 *
 * @param {string} folder
 */
function migrationFiles(folder) {
  const number = (/** @type {string} */ name) => {
    const parsed = Number.parseInt(name, 10);
    return Number.isNaN(parsed) ? Number.POSITIVE_INFINITY : parsed;
  };
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.startsWith("."))
    .sort((a, b) => (number(a) === number(b) ? (a < b ? -1 : 1) : number(a) < number(b) ? -1 : 1));
}

/** One token: a comment, a quoted text, a semicolon, a word, blanks, or any other character. */
const SQL_TOKEN =
  /--[^\n]*|\/\*.*?(?:\*\/|$)|'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|;|[\w$\u0080-\uffff]+|\s+|./gs;

/**
 * Splits where SQLite's own shell would (sqlite3_complete): a trigger goes on until `; END;`.
 *
 * @param {string} sql
 * @returns {string[]}
 */
export function splitStatements(sql) {
  const statements = [];
  /** @type {string[]} the statement's tokens that count, in upper case */
  let tokens = [];
  let start = 0;
  for (const { 0: text, index } of sql.matchAll(SQL_TOKEN)) {
    if (/^(\s|--|\/\*)/.test(text)) continue;
    const ends = text === ";" && (!isTrigger(tokens) || tokens.slice(-2).join(" ") === "; END");
    if (!ends) {
      tokens.push(text.toUpperCase());
      continue;
    }
    if (tokens.length > 0) statements.push(sql.slice(start, index).trim());
    tokens = [];
    start = index + 1;
  }
  return tokens.length > 0 ? [...statements, sql.slice(start).trim()] : statements;
}

/** @param {string[]} tokens */
function isTrigger(tokens) {
  return /^(EXPLAIN )?CREATE (TEMP |TEMPORARY )?TRIGGER\b/.test(tokens.slice(0, 4).join(" "));
}
