// What a report is to be about, as the address has it, as the server is asked, and as it is written on the screen.
import { t } from "./i18n.js";

/**
 * @typedef {{ count: number, mean_seconds: number | null, median_seconds: number | null, p90_seconds: number | null }} Spread
 * @typedef {{ online_seconds: number, away_seconds: number, busy_seconds: number }} Attendance
 * @typedef {object} Measures
 * @property {number} opened
 * @property {number} closed
 * @property {number} reopened
 * @property {number} customer_messages
 * @property {number} replies
 * @property {Spread} first_response
 * @property {Spread} resolution
 * @property {Spread} waiting
 * @property {{ count: number, mean_hundredths: number | null }} rating
 * @property {number} [conversations]
 * @property {Attendance} [attendance]
 *
 * @typedef {Measures & { key: string | null, name?: string }} ReportRow
 * @typedef {object} Report
 * @property {string} report
 * @property {string} from
 * @property {string} to
 * @property {string} time_zone
 * @property {string} group
 * @property {Measures} totals
 * @property {{ from: string, to: string, totals: Measures } | null} before
 * @property {ReportRow[]} rows
 * @property {{ interval: "day" | "week" | "month", rows: ReportRow[] }} series
 * @property {number[][]} heat
 * @property {number} outstanding
 */

export const SUBJECTS = /** @type {const} */ (["conversations", "agents", "payments"]);
export const PERIODS = /** @type {const} */ (["today", "7", "30", "90", "month", "last_month", "365"]);
export const GROUPS = /** @type {const} */ ([
  "day",
  "week",
  "month",
  "hour",
  "weekday",
  "agent",
  "team",
  "folder",
  "tag",
  "channel",
]);
export const PAYMENT_GROUPS = /** @type {const} */ ([
  "day",
  "week",
  "month",
  "agent",
  "state",
  "method",
  "currency",
]);
/** What a report may be narrowed by. */
const NARROWED_BY = /** @type {const} */ (["agent", "team", "folder", "tag", "channel"]);

const DAY = 86_400_000;
const language = () => document.documentElement.lang;

/** @param {number} day @returns {string} as `2026-12-25` */
const date = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** What day it is at the company, counted from 1970. @param {string} zone */
function today(zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(new Date());
  return Date.parse(`${parts}T00:00:00Z`) / DAY;
}

/** The first and the last day of a period. @param {string} period @param {string} zone */
export function daysOf(period, zone) {
  const last = today(zone);
  const [year = 0, month = 1] = date(last).split("-").map(Number);
  const start = (/** @type {number} */ of) => Date.UTC(year, of, 1) / DAY;
  if (period === "month") return { from: date(start(month - 1)), to: date(last) };
  if (period === "last_month") return { from: date(start(month - 2)), to: date(start(month - 1) - 1) };
  const days = period === "today" ? 1 : Number(period);
  return { from: date(last - days + 1), to: date(last) };
}

/** What the address says; the thirty last days by day where it says nothing. @param {string} query */
export function readWanted(query) {
  const params = new URLSearchParams(query);
  const of = (/** @type {string} */ name) => params.get(name) ?? "";
  return {
    period: of("from") ? "custom" : of("period") || "30",
    ...{ from: of("from"), to: of("to"), group: of("group") || "day", clock: of("clock") || "calendar" },
    compare: of("compare") !== "false",
    ...{ agent: of("agent"), team: of("team"), folder: of("folder"), tag: of("tag"), channel: of("channel") },
  };
}

/** @typedef {ReturnType<typeof readWanted>} Wanted */

/** What is not as usual, for the address. @param {Wanted} wanted */
export function writeWanted(wanted) {
  const usual = readWanted("");
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    const custom = name === "period" && value === "custom";
    if (!custom && value !== usual[/** @type {keyof Wanted} */ (name)]) params.set(name, String(value));
  }
  return params.size ? `?${params}` : "";
}

/**
 * What a report of a kind is about: another one may have been grouped or narrowed down by what is unknown to it.
 *
 * @param {Wanted} wanted
 * @param {string} subject
 * @returns {Record<string, string>}
 */
export function about(wanted, subject) {
  const groups = subject === "payments" ? PAYMENT_GROUPS : GROUPS;
  const group = groups.filter((name) => name === wanted.group).map((name) => ["group", name]);
  if (subject === "payments") return Object.fromEntries(group);
  const narrowed = NARROWED_BY.filter((name) => wanted[name]).map((name) => [name, wanted[name]]);
  return { ...Object.fromEntries([...group, ...narrowed]), clock: wanted.clock };
}

/** What the server is asked. @param {Wanted} wanted @param {string} zone @param {string} subject @param {string} [format] */
export function asked(wanted, zone, subject, format) {
  const days =
    wanted.period === "custom" ? { from: wanted.from, to: wanted.to } : daysOf(wanted.period, zone);
  const params = new URLSearchParams({ ...days, compare: String(wanted.compare), ...about(wanted, subject) });
  if (format) params.set("format", format);
  return params;
}

/** How long something took, in its two largest units. @param {number | null | undefined} seconds */
export function lasting(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const parts = /** @type {const} */ ([
    ["day", Math.floor(seconds / 86_400)],
    ["hour", Math.floor(seconds / 3_600) % 24],
    ["minute", Math.floor(seconds / 60) % 60],
    ["second", seconds % 60],
  ]);
  const first = parts.findIndex(([, number]) => number > 0);
  if (first < 0) return unit("second", 0);
  const some = parts.slice(first, first + 2).filter(([, number]) => number > 0);
  return some.map(([name, number]) => unit(name, number)).join(" ");
}

/** How long somebody was there: in hours, however many, so that two can be compared. @param {number | undefined} seconds */
export function attended(seconds = 0) {
  if (seconds < 3_600) return lasting(seconds < 60 ? seconds : seconds - (seconds % 60));
  return unit("hour", Math.round(seconds / 360) / 10);
}

/** @param {string} name @param {number} value */
const unit = (name, value) =>
  new Intl.NumberFormat(language(), { style: "unit", unit: name, unitDisplay: "short" }).format(value);

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(language()).format(value);

/** Of a rating. @param {number | null} hundredths */
export const score = (hundredths) =>
  hundredths === null
    ? "–"
    : new Intl.NumberFormat(language(), { minimumFractionDigits: 2 }).format(hundredths / 100);

/** A day, as `25 Dec` or `25 Dec 2026`. @param {string} day as `2026-12-25` @param {boolean} [year] */
export const shortDay = (day, year = false) =>
  new Intl.DateTimeFormat(language(), {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
    ...(year ? { year: "numeric" } : {}),
  }).format(new Date(`${day}T00:00:00Z`));

/** @param {string} day as `2026-12-25` */
export const monthName = (day) =>
  new Intl.DateTimeFormat(language(), { month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** The name of a day of the week, 1 for Monday, in short. @param {number} day */
export const shortWeekday = (day) =>
  new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" }).format(
    new Date(Date.UTC(2024, 0, day)),
  );

/** What a row is about. @param {string} group @param {{ key: string | null, name?: string }} row */
export function rowName(group, { key, name }) {
  if (key === null) return t("group_none");
  if (group === "day") return shortDay(key, true);
  if (group === "week") return `${t("part_week")} ${shortDay(key, true)}`;
  if (group === "month") return monthName(key);
  if (group === "hour") return `${key.padStart(2, "0")}:00`;
  if (group === "weekday") return shortWeekday(Number(key));
  const said = { channel: "channel", state: "order_state", method: "method" }[group];
  if (said) return t(/** @type {import("./i18n.js").Key} */ (`${said}_${key}`));
  return name ?? key;
}

/** By how much something is more than before, as people write it; none where there was nothing. @param {number} now @param {number} before */
export function change(now, before) {
  if (before === 0) return undefined;
  const format = new Intl.NumberFormat(language(), {
    style: "percent",
    signDisplay: "exceptZero",
    maximumFractionDigits: 0,
  });
  return format.format((now - before) / before);
}
