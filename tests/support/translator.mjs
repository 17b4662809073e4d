// A translation service that speaks as LibreTranslate does (POST /translate), over real HTTP: what it was asked is kept, and it
// can be slow, wrong, or silent.

import { Outside } from "./outside.mjs";

/**
 * @typedef {{ q: string, source: string, target: string, format?: string, api_key?: string }} Question
 * @typedef {(question: Question) => { status?: number, body?: unknown } | undefined} Behaviour what it answers instead;
 *   nothing where it is as ever
 */

/** Words by which it knows a language. @type {Record<string, RegExp>} */
const MARKS = {
  de: /\b(guten|meine|nicht|lampe|danke|ist|bitte)\b/i,
  fr: /\b(bonjour|nous|votre|lampe|merci|est|vous)\b/i,
  en: /\b(good|the|lamp|what|thank|we)\b/i,
};

export class TranslationService extends Outside {
  /** @type {Question[]} */
  asked = [];
  /** @type {Behaviour} */
  behaviour = () => undefined;
  /** The key it wants, if any. */
  key = "";
  /** While it holds, nobody gets an answer. @type {Promise<unknown> | undefined} */
  holds;
  /** How many wait for an answer. */
  waiting = 0;
  constructor() {
    super(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString("utf8");
      if (request.method !== "POST" || request.url !== "/translate") {
        response.writeHead(404).end();
        return;
      }
      const question = /** @type {Question} */ (JSON.parse(text));
      this.asked.push(question);
      this.waiting += 1;
      await this.holds;
      this.waiting -= 1;
      const { status = 200, body } = this.behaviour(question) ?? this.#answer(question);
      const answer = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json" }).end(answer);
    });
  }

  static started() {
    return new TranslationService().start();
  }

  /** As ever from now on. */
  calm() {
    this.behaviour = () => undefined;
    this.holds = undefined;
  }

  /** Answers nobody until it is let go. @returns {() => void} */
  hold() {
    /** @type {() => void} */
    let release = () => {};
    this.holds = new Promise((resolve) => {
      release = () => {
        this.holds = undefined;
        resolve(undefined);
      };
    });
    return release;
  }

  /** What it was asked about a text. @param {string} part */
  about(part) {
    return this.asked.filter(({ q }) => q.includes(part));
  }

  /** The words are kept, so that one sees where they went. @param {Question} question */
  #answer({ q, source, target, api_key }) {
    if (this.key && api_key !== this.key) return { status: 403, body: { error: "Invalid API key" } };
    const found = Object.keys(MARKS).find((language) => MARKS[language]?.test(q)) ?? "en";
    const detectedLanguage = source === "auto" ? { confidence: 90, language: found } : undefined;
    return { body: { translatedText: translated(q, target), detectedLanguage } };
  }
}

/** A text, as the service puts it into a language. @param {string} text @param {string} language */
export const translated = (text, language) => `[${language}] ${text.trim()}`;
