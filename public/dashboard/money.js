// Amounts of money: whole numbers of minor units and a currency, as the contract has them. They are shown and typed as
// decimal numbers, and turned into each other digit by digit: never through fractions.
import { language } from "./i18n.js";

/** @typedef {{ amount: number, currency: string }} Money */

/** The currencies of ISO 4217 that are in use, by the digits behind their point. */
const BY_DIGITS = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
     COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
     IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
     NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
     SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];
const digits = new Map(
  BY_DIGITS.flatMap(([count, codes]) =>
    String(codes)
      .split(/\s+/)
      .map((code) => /** @type {const} */ ([code, Number(count)])),
  ),
);

export const CURRENCIES = [...digits.keys()].sort();

/** Of a tax rate in percent; rates are whole numbers of basis points. */
const RATE_DIGITS = 2;

/** How many digits stand behind the point of a currency. @param {string} currency */
export const digitsOf = (currency) => digits.get(currency) ?? 2;

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** "€49.90", as it is written where the reader is. @param {Money} money */
export function money({ amount, currency }) {
  const count = digitsOf(currency);
  const options = { minimumFractionDigits: count, maximumFractionDigits: count };
  const format =
    formats.get(currency) ?? new Intl.NumberFormat(language, { style: "currency", currency, ...options });
  formats.set(currency, format);
  return format.format(/** @type {any} */ (decimal(amount, count)));
}

/** "19%", as it is written where the reader is. @param {number} rate in basis points */
export const percent = (rate) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: RATE_DIGITS }).format(
    /** @type {any} */ (decimal(rate, RATE_DIGITS + 2)),
  );

/** An amount as one would type it: "49.90". @param {Money} money */
export const typed = ({ amount, currency }) => inDigits(amount, digitsOf(currency), digitsOf(currency));

/** A tax rate as one would type it, in percent: "19". @param {number} rate in basis points */
export const typedRate = (rate) => inDigits(rate, RATE_DIGITS, 0);

/** What was typed, in minor units; nothing where it is no amount of this currency. @param {string} text @param {string} currency */
export const readAmount = (text, currency) => readUnits(text, digitsOf(currency));

/** What was typed as percent, in basis points; nothing where it is no rate. @param {string} text */
export const readRate = (text) => readUnits(text.replace("%", ""), RATE_DIGITS);

/** What a line comes to: without tax, its tax, rounded half up, and both. @param {number} price @param {number} quantity @param {number} rate */
export function lineTotals(price, quantity, rate) {
  const net = BigInt(price) * BigInt(quantity);
  const tax = (net * BigInt(rate) + 5_000n) / 10_000n;
  return { net: Number(net), tax: Number(tax), total: Number(net + tax) };
}

/** @param {number} amount @param {number} count of digits behind the point, as it has them @param {number} least shown of them */
const inDigits = (amount, count, least) =>
  new Intl.NumberFormat(language, {
    useGrouping: false,
    minimumFractionDigits: least,
    maximumFractionDigits: count,
  }).format(/** @type {any} */ (decimal(amount, count)));

/** 4990 with two digits: "49.90". @param {number} amount @param {number} count */
function decimal(amount, count) {
  const all = String(Math.abs(amount)).padStart(count + 1, "0");
  const [whole, rest] = [all.slice(0, all.length - count), all.slice(all.length - count)];
  return `${amount < 0 ? "-" : ""}${whole}${rest && `.${rest}`}`;
}

/** The reader's own signs. */
const parts = new Intl.NumberFormat(language).formatToParts(1_234_567.8);
const POINT = parts.find(({ type }) => type === "decimal")?.value ?? ".";
const GROUP = parts.find(({ type }) => type === "group")?.value ?? ",";

/**
 * A decimal number as people type it, with the point of their language or the other one; what may mean two things is none.
 * @param {string} text
 * @param {number} count of digits behind the point
 * @returns {number | undefined}
 */
function readUnits(text, count) {
  const bare = text.replace(/[\s'’]/g, "");
  if (!/^\d[\d.,]*$/.test(bare)) return undefined;
  const at = pointIn(bare);
  if (at === undefined) return undefined;
  const whole = at < 0 ? bare : bare.slice(0, at);
  const rest = (at < 0 ? "" : bare.slice(at + 1)).replace(/0+$/, "");
  if (!/^(\d+|\d{1,3}([.,]\d{3})+)$/.test(whole) || !/^\d*$/.test(rest) || rest.length > count)
    return undefined;
  const units = Number(whole.replace(/[.,]/g, "") + rest.padEnd(count, "0"));
  return Number.isSafeInteger(units) ? units : undefined;
}

/** Where its point is; -1 without one, nothing where that cannot be told. @param {string} text */
function pointIn(text) {
  const signs = [...text].filter((sign) => sign === "." || sign === ",");
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  if (signs.length === 0) return -1;
  const sign = signs.at(-1);
  if (signs.length > 1) return signs.every((one) => one === sign) ? -1 : last;
  if (sign === POINT) return last;
  const threeBehind = text.length - last - 1 === 3;
  if (!threeBehind) return last;
  return sign === GROUP ? -1 : undefined;
}
