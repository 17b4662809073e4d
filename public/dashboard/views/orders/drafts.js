// The lines of an order while they are typed: texts as people write them, read into whole numbers when they are sent.
import { t } from "../../i18n.js";
import { lineTotals, readAmount, readRate, typed, typedRate } from "../../money.js";

/** @import { CatalogItem, OrderLine } from "../../types.js" */
/**
 * @typedef {{ key: string, item_id?: string, name: string, quantity: string, price: string, tax: string }} DraftLine
 * @typedef {Partial<Record<"name" | "quantity" | "price" | "tax", string>>} LineFaults
 */

export const MOST_LINES = 100;
const MOST_OF_ONE = 1_000_000;

/** @returns {DraftLine} with the tax of the line before */
export const emptyLine = (tax = "0") => ({
  key: crypto.randomUUID(),
  name: "",
  quantity: "1",
  price: "",
  tax,
});

/** @param {OrderLine} line @returns {DraftLine} */
export const draftOf = ({ item_id, name, quantity, unit_price, tax_rate }) => ({
  key: crypto.randomUUID(),
  ...(item_id ? { item_id } : {}),
  name,
  quantity: String(quantity),
  price: typed(unit_price),
  tax: typedRate(tax_rate),
});

/** @param {CatalogItem} item @returns {DraftLine} */
export const draftOfItem = ({ id, name, price, tax_rate }) => ({
  key: crypto.randomUUID(),
  item_id: id,
  name,
  quantity: "1",
  price: typed(price),
  tax: typedRate(tax_rate),
});

/** Whether nothing was typed yet. @param {DraftLine} line */
export const isEmpty = ({ item_id, name, price }) => !item_id && !name.trim() && !price.trim();

/** What a line says; what cannot be read is left out of it. @param {DraftLine} line @param {string} currency */
function read({ name, quantity, price, tax }, currency) {
  const count = /^\d{1,7}$/.test(quantity.trim()) ? Number(quantity) : 0;
  return {
    name: name.trim() || undefined,
    quantity: count >= 1 && count <= MOST_OF_ONE ? count : undefined,
    price: readAmount(price.trim(), currency),
    rate: tax.trim() === "" ? 0 : readRate(tax.trim()),
  };
}

/**
 * The lines as the contract wants them, or what is wrong with them; empty ones count as none.
 * @param {DraftLine[]} lines
 * @param {string} currency
 */
export function readLines(lines, currency) {
  const written = lines.filter((line) => !isEmpty(line));
  const faults = new Map(written.map((line) => [line.key, faultsOf(line, currency)]));
  const faulty = [...faults.values()].some((faults) => Object.keys(faults).length > 0);
  const body = written.map((line) => {
    const { name, quantity, price, rate } = read(line, currency);
    const { item_id } = line;
    return {
      ...(item_id ? { item_id } : {}),
      name,
      quantity,
      unit_price: { amount: price, currency },
      tax_rate: rate,
    };
  });
  return { written, faults, body: faulty ? undefined : body };
}

/** @param {DraftLine} line @param {string} currency @returns {LineFaults} */
function faultsOf(line, currency) {
  const { name, quantity, price, rate } = read(line, currency);
  const example = typed({ amount: 4990, currency });
  return {
    ...(name === undefined ? { name: t("line_name_missing") } : {}),
    ...(quantity === undefined ? { quantity: t("line_quantity_unreadable") } : {}),
    ...(price === undefined ? { price: t("amount_unreadable", { example }) } : {}),
    ...(rate === undefined || rate > 10_000 ? { tax: t("line_tax_unreadable") } : {}),
  };
}

/** What the readable lines come to. @param {DraftLine[]} lines @param {string} currency */
export function totalsOf(lines, currency) {
  const sums = { net: 0, tax: 0, total: 0 };
  for (const line of lines) {
    const one = totalOf(line, currency);
    sums.net += one?.net ?? 0;
    sums.tax += one?.tax ?? 0;
    sums.total += one?.total ?? 0;
  }
  return sums;
}

/** What a line comes to, once it can be read. @param {DraftLine} line @param {string} currency */
export function totalOf(line, currency) {
  const { quantity, price, rate } = read(line, currency);
  if (quantity === undefined || price === undefined || rate === undefined) return undefined;
  return lineTotals(price, quantity, rate);
}

/** What the server finds wrong, by line. @param {{ field: string, detail: string }[]} errors @param {DraftLine[]} written */
export function faultsOfServer(errors, written) {
  const names = /** @type {Record<string, keyof LineFaults>} */ ({
    item_id: "name",
    name: "name",
    quantity: "quantity",
    unit_price: "price",
    tax_rate: "tax",
  });
  /** @type {Map<string, LineFaults>} */
  const faults = new Map();
  for (const { field, detail } of errors) {
    const [, place, name = ""] = /^lines\[(\d+)\](?:\.(\w+))?/.exec(field) ?? [];
    const line = written[Number(place)];
    if (place === undefined || !line) continue;
    faults.set(line.key, { ...faults.get(line.key), [names[name] ?? "name"]: detail });
  }
  return faults;
}
