// Brings a company back from its export: `RESTORE_KEY=… node tools/restore.mjs FILE --desk URL [--slug other]`.
//
// Sends the lines in pieces, then has the conversations opened one by one. Broken off, it goes on where it was.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

/** Most lines and characters of one piece. */
const LINES = 400;
const CHARACTERS = 500_000;
/** How often a piece is sent that fails for no reason of its own, and how long to wait before the first time. */
const ATTEMPTS = 6;
const WAIT_MILLISECONDS = 500;

const USAGE = `RESTORE_KEY=... node tools/restore.mjs FILE --desk URL [--slug URL-OF-THE-COMPANY]

  FILE    a company's export
  --desk  where the desk is: https://desk.example.com
  --slug  another URL for the company, where its own is taken`;

/**
 * @typedef {{ company_id: string, slug: string, exported_at: string, state: string, lines: number, opened: number }} Restoration
 * @typedef {{ desk: string, key: string, slug?: string | undefined, say?: (text: string) => void }} Options
 */

/** What the desk refuses, in its own words. */
export class Refused extends Error {}

/**
 * @param {string} file
 * @param {Options} options
 * @returns {Promise<Restoration>} as it is when it is done
 */
export async function restore(file, { desk, key, slug, say = () => {} }) {
  const first = await firstLine(file);
  const ask = asker(`${desk.replace(/\/$/, "")}/api/restorations/${first.id}`, key);
  const known = await ask("GET", "", { absent: true });
  const goesOn = known?.exported_at === first.exported_at && known?.state !== "done";
  let restoration = goesOn ? known : undefined;
  if (restoration?.state !== "opening") {
    const from = restoration?.lines ?? 0;
    if (from > 0) say(`${from} lines are there already.`);
    for await (const { after, text, count } of pieces(file, from)) {
      const query = `/lines?after=${after}${after === 0 && slug ? `&slug=${encodeURIComponent(slug)}` : ""}`;
      restoration = await ask("POST", query, { body: text, type: "application/x-ndjson" });
      say(`${after + count} lines`);
    }
  }
  while (restoration && restoration.state !== "done") {
    const body = JSON.stringify(slug ? { slug } : {});
    restoration = await ask("POST", "/opening", { body, type: "application/json" });
    if (restoration?.state !== "done") say(`conversations are open up to number ${restoration?.opened}`);
  }
  if (!restoration) throw new Refused(`${file} is empty.`);
  return restoration;
}

/** @param {string} file */
async function firstLine(file) {
  for await (const line of linesOf(file)) {
    try {
      const first = JSON.parse(line);
      if (first.kind === "company" && first.format) return first;
    } catch {}
    break;
  }
  throw new Refused(`${file} is no company's export, or one of a version that cannot be brought back.`);
}

/**
 * The lines after some of them, by as many as one request takes.
 *
 * @param {string} file
 * @param {number} from
 */
async function* pieces(file, from) {
  let number = 0;
  let after = from;
  /** @type {string[]} */
  let lines = [];
  let characters = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (number <= from) continue;
    if (lines.length === LINES || (lines.length > 0 && characters + line.length > CHARACTERS)) {
      yield { after, text: `${lines.join("\n")}\n`, count: lines.length };
      after += lines.length;
      lines = [];
      characters = 0;
    }
    lines.push(line);
    characters += line.length;
  }
  if (lines.length > 0) yield { after, text: `${lines.join("\n")}\n`, count: lines.length };
}

/** @param {string} file */
function linesOf(file) {
  return createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
}

/** @param {string} base @param {string} key */
function asker(base, key) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: string, type?: string, absent?: boolean }} [what]
   * @returns {Promise<Restoration | undefined>}
   */
  return async function ask(method, path, { body, type, absent } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const headers = { authorization: `Bearer ${key}`, ...(type && { "content-type": type }) };
      const answer = await fetch(base + path, { method, headers, ...(body !== undefined && { body }) }).catch(
        (error) => (attempt < ATTEMPTS ? undefined : Promise.reject(error)),
      );
      if (answer?.ok) return /** @type {Restoration} */ (await answer.json());
      if (answer?.status === 404 && absent) return undefined;
      if (answer && answer.status < 500 && answer.status !== 429) throw await refusal(answer);
      if (attempt === ATTEMPTS)
        throw answer ? await refusal(answer) : new Refused("The desk does not answer.");
      await pause(WAIT_MILLISECONDS * 2 ** (attempt - 1));
    }
  };
}

/** @param {Response} answer */
async function refusal(answer) {
  if (answer.status === 404) return new Refused("The desk has no RESTORE_KEY, or it is another one.");
  const problem = await answer.json().catch(() => ({}));
  return new Refused(`${answer.status} ${problem.code ?? ""}: ${problem.detail ?? "no more is known"}`);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { desk: { type: "string" }, slug: { type: "string" }, help: { type: "boolean" } },
  });
  const [file] = positionals;
  const key = process.env.RESTORE_KEY;
  if (values.help || !file || !values.desk || !key) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
  try {
    const { slug, lines } = await restore(file, { desk: values.desk, key, slug: values.slug, say });
    process.stdout.write(`${lines} lines are back: ${values.desk.replace(/\/$/, "")}/app/${slug}\n`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1]?.endsWith("tools/restore.mjs")) await main();
