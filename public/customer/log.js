// The log of the customer's page: lines as the server renders them, by the reader's own clock.

import { fileList } from "./files.js";
import { within } from "./within.js";

/** @typedef {{ seq: number, at: string, by: { kind: string, name?: string }, kind: string, body?: string, to?: string,
 *   attachments?: import("./files.js").Attachment[], agent?: string | null, score?: number, subject?: string, items?: any[], what?: string, order?: { number: number } }} PublicEvent
 *   `items` are `PublicItem`s of a conversation that was joined with this one, or cards of the catalogue */
/** @typedef {Omit<PublicEvent, "seq"> & { translation?: Omit<Translation, "seq"> }} PublicItem */

/** @typedef {{ seq: number, language: string, from: string, text: string }} Translation */

const language = document.documentElement.lang;
/** His own habits, where they are of the language that the page is in. */
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const date = new Intl.DateTimeFormat(locale, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

export class Log {
  #list;
  #words;
  #files;
  #head;
  #closed;

  /** @param {HTMLElement} list @param {any} words @param {{ files: string, head: number, closed: boolean }} at */
  constructor(list, words, { files, head, closed }) {
    this.#list = list;
    this.#words = words;
    this.#files = files;
    this.#head = head;
    this.#closed = closed;
    this.#settle();
  }

  /** The number of the newest event that is shown, or not worth a line. */
  get head() {
    return this.#head;
  }

  /** The next event; one that is known already, or that leaves a gap, is left to the socket. @param {PublicEvent} event */
  add(event) {
    if (event.seq !== this.#head + 1) return false;
    this.#head = event.seq;
    if (!this.#isNews(event)) return true;
    const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 240;
    const pending = event.by.kind === "customer" ? this.#pendingOf(event.body) : undefined;
    pending?.remove();
    const item = this.#item(event, event.seq);
    const pendingOnes = this.#list.querySelector("[data-client]");
    for (const one of event.kind === "absorbed" ? (event.items ?? []) : []) {
      this.#list.insertBefore(this.#item(one, event.seq), pendingOnes);
    }
    this.#list.insertBefore(item, pendingOnes);
    this.#settle();
    if (atEnd) item.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Words that are on their way. @param {import("./outbox.js").Outgoing} outgoing @param {string} note */
  addPending({ client_id, body, attachments, at }, note) {
    const item = this.#said({ kind: "customer" }, body, attachments, at);
    item.dataset.client = client_id;
    item.dataset.state = "sending";
    item.append(small("receipt", note));
    this.#list.append(item);
    item.scrollIntoView({ block: "nearest" });
  }

  /** What becomes of words on their way. @param {string} client_id @param {string} note */
  notePending(client_id, note) {
    const receipt = this.#list.querySelector(`[data-client="${client_id}"] .receipt`);
    if (receipt && receipt.textContent !== note) receipt.textContent = note;
  }

  /** @param {string} client_id */
  dropPending(client_id) {
    this.#list.querySelector(`[data-client="${client_id}"]`)?.remove();
  }

  /** A message in his language; what was written is one click away. @param {Translation} translation */
  translate({ seq, language, from, text }) {
    const item = this.#list.querySelector(`.said[data-seq="${seq}"]`);
    if (item) this.#translateIn(item, { language, from, text });
  }

  /** @param {Element} item @param {Omit<Translation, "seq">} translation */
  #translateIn(item, { language, from, text }) {
    const written = item.querySelector(":scope > .text");
    if (!written || item.querySelector(".original")) return;
    const shown = paragraph("text", text);
    shown.lang = language;
    const original = document.createElement("details");
    original.className = "original";
    const summary = document.createElement("summary");
    const says = document.createElement("span");
    says.textContent = this.#words.translated;
    summary.append(says, " ", this.#words.original);
    written.replaceWith(shown, original);
    /** @type {HTMLElement} */ (written).lang = from;
    original.append(summary, written);
  }

  /** The company has read up to there. @param {number} seq */
  showRead(seq) {
    const his = [...this.#list.querySelectorAll('.said[data-by="customer"][data-seq]')];
    const last = his.findLast((item) => Number(/** @type {HTMLElement} */ (item).dataset.seq) <= seq);
    if (!last || last.querySelector(".receipt")) return;
    for (const old of this.#list.querySelectorAll("[data-seq] .receipt")) old.remove();
    last.append(small("receipt", this.#words.read ?? ""));
  }

  /** Whose turn it is follows from who spoke last: only closing and opening again are news. @param {PublicEvent} event */
  #isNews({ kind, to }) {
    if (kind !== "status") return true;
    const was = this.#closed;
    this.#closed = to === "closed";
    return was !== this.#closed;
  }

  /** @param {string | undefined} body */
  #pendingOf(body) {
    const pending = [...this.#list.querySelectorAll("[data-client]")];
    return pending.find((item) => textOf(item) === (body ?? "").trim());
  }

  /** Something that was said or done here, or in a conversation that was joined with this one. @param {PublicItem} one @param {number} seq */
  #item(one, seq) {
    const item =
      one.kind === "message"
        ? this.#said(one.by, one.body ?? "", one.attachments ?? [], one.at)
        : this.#happened(one);
    item.dataset.seq = String(seq);
    if (one.translation) this.#translateIn(item, one.translation);
    return item;
  }

  /** @param {PublicEvent["by"]} by @param {string} body @param {import("./files.js").Attachment[]} files @param {string} at */
  #said(by, body, files, at) {
    const item = document.createElement("li");
    item.className = "said";
    item.dataset.by = by.kind;
    const who = paragraph("who", "");
    const name = document.createElement("strong");
    name.textContent = by.kind === "customer" ? (this.#words.you ?? "") : (by.name ?? "");
    who.append(name, " ", time(at));
    item.append(who);
    if (body) item.append(paragraph("text", body));
    if (files.length > 0) item.append(fileList(this.#files, files, this.#words.files));
    return item;
  }

  /** @param {PublicItem} event */
  #happened(event) {
    const item = document.createElement("li");
    item.className = "happened";
    const what = document.createElement("span");
    what.textContent = this.#describe(event);
    item.append(what, " ", time(event.at));
    // Cards, orders and their buttons are the server's to show; what was typed meanwhile is kept.
    if (event.kind === "order" || event.kind === "catalog") {
      const link = document.createElement("a");
      link.href = location.pathname + location.search;
      link.textContent = this.#words.show ?? "";
      item.append(" ", link);
    }
    return item;
  }

  /** @param {PublicItem} event */
  #describe({ kind, agent, to, score, subject, what, order }) {
    const { in_charge = "", looking = "", started = "", closed = "", reopened = "" } = this.#words;
    if (kind === "assignment") return agent ? within(in_charge, agent) : looking;
    if (kind === "rating")
      return within(this.#words.rated ?? "", this.#words.scores?.[Number(score) - 1] ?? "");
    if (kind === "absorbed") return within(this.#words.joined ?? "", subject ?? "");
    if (kind === "catalog") return this.#words.shown ?? "";
    if (kind === "order") return within(this.#words.orders?.[what ?? ""] ?? "", String(order?.number));
    if (kind !== "status") return started;
    return to === "closed" ? closed : reopened;
  }

  /** Times and days by his own clock: the server only knew the company's. */
  #settle() {
    for (const day of this.#list.querySelectorAll(".day")) day.remove();
    let last = "";
    for (const one of this.#list.querySelectorAll("time")) {
      const at = new Date(one.dateTime);
      one.textContent = clock.format(at);
      one.title = `${date.format(at)}, ${clock.format(at)}`;
      const day = dayOf(at);
      if (day === last) continue;
      last = day;
      const item = document.createElement("li");
      item.className = "day";
      item.textContent = day;
      const line = one.closest("li");
      const before = line?.previousElementSibling;
      this.#list.insertBefore(item, before?.id === "unread" ? before : (line ?? null));
    }
  }
}

/** @param {Element} item */
const textOf = (item) => (item.querySelector(".text")?.textContent ?? "").trim();

/** @param {Date} at */
function dayOf(at) {
  const days = Math.round((startOf(at) - startOf(new Date())) / 86_400_000);
  const day = days === 0 || days === -1 ? relative.format(days, "day") : date.format(at);
  return day.slice(0, 1).toLocaleUpperCase(locale) + day.slice(1);
}

/** @param {Date} at */
const startOf = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** @param {string} at */
function time(at) {
  const element = document.createElement("time");
  element.dateTime = at;
  return element;
}

/** @param {string} name @param {string} content */
function paragraph(name, content) {
  const p = document.createElement("p");
  p.className = name;
  p.textContent = content;
  return p;
}

/** @param {string} name @param {string} content */
function small(name, content) {
  const element = document.createElement("small");
  element.className = name;
  element.textContent = content;
  return element;
}
