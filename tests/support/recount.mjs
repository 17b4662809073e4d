// Reports worked out the slow way: from the stored logs, minute by minute, as docs/reports.md says it in words.

const MINUTE = 60_000;
/** Steps of orders by which somebody asks the other side for something. */
const ASKS_CUSTOMERS = ["offered", "payment_asked"];
const ASKS_AGENTS = ["requested", "confirmed", "declined"];

/**
 * @typedef {{ day: number, opens: string, closes: string }} Hours
 * @typedef {object} Fact
 * @property {string} kind
 * @property {number} at
 * @property {string | undefined} agent
 * @property {number} [since]
 * @property {number} [score]
 * @property {any} conversation
 *
 * @typedef {object} Calendar
 * @property {string} zone
 * @property {Hours[]} hours
 * @property {string[]} holidays
 */

/** What clocks show. */
export class Clock {
  /** @param {Calendar} calendar */
  constructor({ zone, hours, holidays }) {
    this.hours = hours;
    this.holidays = holidays;
    this.format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "short",
    });
    /** @type {Map<number, boolean>} */
    this.known = new Map();
    /** @type {Map<number, { date: string, time: string, hour: number, weekday: number }>} */
    this.shown = new Map();
  }

  /** @param {number} at */
  shows(at) {
    const known = this.shown.get(at);
    if (known) return known;
    const shown = this.#read(at);
    this.shown.set(at, shown);
    return shown;
  }

  /** @param {number} at */
  #read(at) {
    const [date = "", time = ""] = this.format.format(at).split(" ");
    const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
    return { date, time, hour: Number(time.slice(0, 2)), weekday };
  }

  /** @param {number} minute */
  isOpen(minute) {
    const known = this.known.get(minute);
    if (known !== undefined) return known;
    const { date, time, weekday } = this.shows(minute * MINUTE);
    const open =
      !this.holidays.includes(date) &&
      (this.hours.length === 0 ||
        this.hours.some(({ day, opens, closes }) => day === weekday && opens <= time && time < closes));
    this.known.set(minute, open);
    return open;
  }

  /** Milliseconds between two instants, both whole minutes. @param {number} from @param {number} until */
  openBetween(from, until) {
    let minutes = 0;
    for (let minute = from / MINUTE; minute < until / MINUTE; minute += 1)
      if (this.isOpen(minute)) minutes += 1;
    return minutes * MINUTE;
  }
}

/**
 * The facts of a stored conversation.
 *
 * @param {import("./histories/stored.mjs").StoredConversation} conversation
 * @returns {Fact[]}
 */
export function factsOf(conversation) {
  /** @type {Fact[]} */
  const facts = [];
  /** @type {{ opened?: number, running?: number, waiting?: number, holder?: string, closed: boolean, fresh: boolean }} */
  const known = { closed: false, fresh: false };
  for (const { at: text, by, event } of conversation.log) {
    const at = Date.parse(text);
    const agent = by.kind === "agent" ? by.id : undefined;
    const tell = (/** @type {string} */ kind, /** @type {object} */ more = {}) =>
      facts.push({ kind, at, agent: agent ?? known.holder, conversation: conversation.state, ...more });
    const answered = () => {
      if (known.fresh) tell("first_response", { since: known.opened });
      if (known.waiting !== undefined) tell("waiting", { since: known.waiting });
      known.fresh = false;
      known.waiting = undefined;
    };
    if (event.kind === "system") {
      tell("opened");
      known.opened = at;
      known.running = at;
      known.fresh = event.channel !== "agent";
    } else if (["message", "catalog"].includes(event.kind) && agent) {
      tell("reply");
      answered();
    } else if (event.kind === "order" && agent && event.known && ASKS_CUSTOMERS.includes(event.what)) {
      answered();
    } else if (event.kind === "order" && !agent && ASKS_AGENTS.includes(event.what)) {
      known.waiting ??= at;
    } else if (event.kind === "absorbed" && !event.continued && event.brings.waiting_since) {
      const there = Date.parse(event.brings.waiting_since);
      known.waiting = Math.min(known.waiting ?? there, there);
    } else if (event.kind === "merged") {
      known.fresh = false;
      known.waiting = undefined;
      if (!known.closed) tell("closed", { since: known.running });
      known.closed = true;
    } else if (event.kind === "message" && by.kind === "customer") {
      tell("customer_message");
      known.waiting ??= at;
    } else if (event.kind === "assignment") {
      known.holder = event.to?.id;
    } else if (event.kind === "rating") {
      tell("rated", { score: event.score });
    } else if (event.kind === "status") {
      if (["closed", "pending"].includes(event.to)) known.waiting = undefined;
      if (["new", "open"].includes(event.to)) known.waiting ??= at;
      if (event.to === "closed" && !known.closed) tell("closed", { since: known.running });
      if (event.to !== "closed" && known.closed) {
        tell("reopened");
        known.running = at;
      }
      known.closed = event.to === "closed";
    }
  }
  return facts;
}

/**
 * The figures of some facts.
 *
 * @param {Fact[]} facts
 * @param {(fact: Fact) => number} took
 */
export function figures(facts, took) {
  const of = (/** @type {string} */ kind) => facts.filter((fact) => fact.kind === kind);
  const spread = (/** @type {string} */ kind) => spreadOf(of(kind).map(took));
  const scores = new Map(of("rated").map((fact) => [fact.conversation.id, fact.score ?? 0]));
  const sum = [...scores.values()].reduce((all, score) => all + score, 0);
  return {
    opened: of("opened").length,
    closed: of("closed").length,
    reopened: of("reopened").length,
    customer_messages: of("customer_message").length,
    replies: of("reply").length,
    first_response: spread("first_response"),
    resolution: spread("closed"),
    waiting: spread("waiting"),
    rating: {
      count: scores.size,
      mean_hundredths: scores.size ? Math.round((100 * sum) / scores.size) : null,
    },
  };
}

/** @param {number[]} millis */
export function spreadOf(millis) {
  const sorted = millis.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) return { count, mean_seconds: null, median_seconds: null, p90_seconds: null };
  const at = (/** @type {number} */ place) => sorted[place] ?? 0;
  const seconds = (/** @type {number} */ span) => Math.floor((span + 500) / 1_000);
  const middle = count % 2 ? at((count - 1) / 2) : Math.floor((at(count / 2 - 1) + at(count / 2)) / 2);
  return {
    count,
    mean_seconds: seconds(Math.round(sorted.reduce((sum, one) => sum + one, 0) / count)),
    median_seconds: seconds(middle),
    p90_seconds: seconds(at(Math.ceil(count * 0.9) - 1)),
  };
}
