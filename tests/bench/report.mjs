// The figures: medians, percentiles, and the table.
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";

/**
 * @typedef {object} Row
 * @property {string} what with its unit: "/s" means more is better, everything else less
 * @property {number} edgedesk
 * @property {number} [floor]
 * @property {boolean} [limited] whether the load generator was the limit of a side
 */

const WIDTHS = [65, 11, 11, 8];

/** @param {number[]} values */
export function median(values) {
  return percentile(values, 0.5);
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} share 0.99 is p99
 */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param {Row} row */
export function ratio({ edgedesk, floor }) {
  return floor === undefined ? undefined : edgedesk / floor;
}

/** @param {string} root of the repository */
export function machine(root) {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/workerd/package.json"), "utf8"));
  const [busy = 0] = loadavg();
  return {
    cores: availableParallelism(),
    processor: `${cpus()[0]?.model ?? "unknown"}, ${arch()}`,
    load: busy,
    node: process.version,
    workerd: version,
    command: ["node tests/bench/bench.mjs", ...process.argv.slice(2)].join(" "),
  };
}

/** @param {ReturnType<typeof machine>} machine */
export function heading({ cores, processor, load, node, workerd, command }) {
  const lines = [
    `${cores} cores (${processor}), load before the start ${load.toFixed(2)}, node ${node}, workerd ${workerd}`,
    `$ ${command}`,
    "",
    line(["what", "Edgedesk", "floor", "ratio"]),
    line(WIDTHS.map((width) => "-".repeat(width))),
  ];
  return lines.join("\n");
}

/** @param {Row} row */
export function tableLine(row) {
  const { what, edgedesk, floor, limited } = row;
  const share = ratio(row);
  const figures = [edgedesk, floor].map((value) => (value === undefined ? "–" : figure(value)));
  return line([what, ...figures, share === undefined ? "–" : share.toFixed(2) + (limited ? "*" : "")]);
}

/** @param {string[]} cells the first one to the left, the others to the right */
function line(cells) {
  const [first = "", ...others] = cells.map((cell, at) => {
    const width = WIDTHS[at] ?? 0;
    return at === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  return [first, ...others].join("  ").trimEnd();
}

/**
 * Three digits that count.
 *
 * @param {number} value
 */
function figure(value) {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
