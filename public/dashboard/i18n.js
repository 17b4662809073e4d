// Words in the reader's language, from a catalogue; dates and numbers from the browser.

/** @typedef {keyof typeof import("./locales/en.js").en} Key */

/** Only the reader's own is fetched. @type {Record<string, () => Promise<Record<Key, string>>>} */
const catalogues = {
  en: async () => (await import("./locales/en.js")).en,
  fr: async () => (await import("./locales/fr.js")).fr,
};
export const language =
  navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in catalogues) ?? "en";
const catalogue = await /** @type {() => Promise<Record<Key, string>>} */ (catalogues[language])();
document.documentElement.lang = language;

const plural = new Intl.PluralRules(language);

/**
 * The words for a key, with `{name}` replaced by values, and `{name|one|several}` by the form that goes with a number.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return catalogue[key].replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (_, name, one, several) => {
    if (several === undefined) return String(values[name] ?? "");
    return plural.select(Number(values[name])) === "one" ? one : several;
  });
}

const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
/** The narrow form of French is a bare minus. */
const style = language === "fr" ? "short" : "narrow";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style });

/** A short form for lists: the age within a day, the date after. @param {string} instant @param {number} now */
export function age(instant, now) {
  const minutes = Math.round((new Date(instant).getTime() - now) / 60_000);
  if (minutes > -1) return t("now");
  if (minutes > -60) return relative.format(minutes, "minute");
  if (minutes > -60 * 24) return relative.format(Math.round(minutes / 60), "hour");
  return day.format(new Date(instant));
}

/** How long something has lasted, in its largest unit. @param {string} since @param {number} now */
export function span(since, now) {
  const minutes = Math.max(0, Math.floor((now - new Date(since).getTime()) / 60_000));
  if (minutes < 60) return inUnit(minutes, "minute");
  if (minutes < 60 * 48) return inUnit(Math.floor(minutes / 60), "hour");
  return inUnit(Math.floor(minutes / 60 / 24), "day");
}

/** @param {number} number @param {"minute" | "hour" | "day"} unit */
const inUnit = (number, unit) => units[unit].format(number);

const formatOf = (/** @type {string} */ unit) =>
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" });
const units = { minute: formatOf("minute"), hour: formatOf("hour"), day: formatOf("day") };

/** How large a file is. @param {number} bytes */
export function fileSize(bytes) {
  const [unit, size] =
    bytes < 1_024
      ? ["byte", bytes]
      : bytes < 1_048_576
        ? ["kilobyte", bytes / 1_024]
        : ["megabyte", bytes / 1_048_576];
  const digits = unit === "megabyte" ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: digits }).format(size);
}

/** The time of day, with the date where it is not today's. @param {string} instant */
export function moment(instant) {
  const at = new Date(instant);
  const today = new Date().toDateString() === at.toDateString();
  return today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

const conjunction = new Intl.ListFormat(language, { type: "conjunction" });

/** "Ana, Ben and Clara". @param {string[]} names */
export const list = (names) => conjunction.format(names);

/** The name of a day of the week, 1 for Monday. @param {number} day */
export const weekday = (day) =>
  new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(
    new Date(Date.UTC(2024, 0, day)),
  );

const languages = new Intl.DisplayNames([language], { type: "language" });

/** What a language is called in the reader's. @param {string} code */
export const languageName = (code) => (code ? (languages.of(code) ?? code) : "");

/** In full, for titles. @param {string} instant */
export const inFull = (instant) => full.format(new Date(instant));
