// The live store of the search: what is asked for stands in the address, what was found follows as one types.
import { signal } from "@preact/signals";
import { at, get, Problem } from "./api.js";
import { go, path, replace } from "./router.js";
import { leave } from "./session.js";

/** @import { SearchResult, SearchResults } from "./types.js" */

/** Who types on is not answered in between. */
const PAUSE = 150;

export class Search {
  slug;
  /** What is asked for, as it was typed. */
  query = signal("");
  /** What was found; none while nothing is asked for, or nothing is known yet. */
  results = signal(/** @type {SearchResults | undefined} */ (undefined));
  /** What the results are of. */
  answered = signal("");
  busy = signal(false);
  trouble = signal(/** @type {Problem | undefined} */ (undefined));

  /** Where the person was before he searched. */
  #before = "";
  #asking = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;

  /** @param {string} slug */
  constructor(slug) {
    this.slug = slug;
    addEventListener("popstate", this.#follow);
    this.#follow();
  }

  end() {
    removeEventListener("popstate", this.#follow);
    this.#stop();
  }

  /** Where the search is. */
  get place() {
    const query = this.query.peek();
    return `/app/${this.slug}/search${query.trim() ? `?${new URLSearchParams({ q: query })}` : ""}`;
  }

  /** Where a result opens. @param {SearchResult} result */
  hrefOf({ conversation, hit }) {
    const query = new URLSearchParams({ q: this.query.peek(), ...(hit.seq ? { at: String(hit.seq) } : {}) });
    return `/app/${this.slug}/search/${conversation.id}?${query}`;
  }

  /** Somebody types. @param {string} text */
  type(text) {
    this.query.value = text;
    if (this.#isOpen()) replace(this.place);
    else {
      this.#before = location.pathname + location.search;
      go(this.place);
    }
    this.#stop();
    if (text.trim()) {
      this.busy.value = true;
      this.#pause = setTimeout(() => this.run(), PAUSE);
    } else this.#forget();
  }

  /** Forgets what was asked for, and goes back to where the person was. */
  leave() {
    this.#stop();
    this.#forget();
    this.query.value = "";
    if (this.#isOpen()) go(this.#before || `/app/${this.slug}/all`);
  }

  /** Opens a result. @param {SearchResult} result */
  open(result) {
    go(this.hrefOf(result));
  }

  /** Opens the result before or after the one that is open. @param {string | undefined} id @param {1 | -1} step */
  move(id, step) {
    const items = this.results.peek()?.items ?? [];
    const now = items.findIndex(({ conversation }) => conversation.id === id);
    const next = items[now === -1 ? 0 : Math.min(Math.max(now + step, 0), items.length - 1)];
    if (next) this.open(next);
  }

  async run() {
    this.#stop();
    const query = this.query.peek();
    this.busy.value = true;
    await this.#ask(query, "", (results) => {
      this.results.value = results;
      this.answered.value = query;
    });
  }

  async more() {
    const known = this.results.peek();
    if (!known?.next) return;
    await this.#ask(this.answered.peek(), `&cursor=${known.next}`, ({ items, next }) => {
      this.results.value = { ...known, items: [...known.items, ...items], next };
    });
  }

  /** @param {string} query @param {string} rest @param {(results: SearchResults) => void} then */
  async #ask(query, rest, then) {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const q = encodeURIComponent(query);
      const results = await get(`${at(this.slug)}/search?q=${q}${rest}`, asking.signal);
      // Only the newest question is answered.
      if (asking.signal.aborted) return;
      this.trouble.value = undefined;
      then(results);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (asking.signal.aborted) return;
      if (error.status === 401) leave();
      else this.trouble.value = error;
    }
    this.busy.value = false;
  }

  /** The address says what is asked for. */
  #follow = () => {
    if (!this.#isOpen()) return;
    const query = new URLSearchParams(location.search).get("q") ?? "";
    if (query === this.query.peek()) return;
    this.query.value = query;
    if (query.trim()) this.run();
    else this.#forget();
  };

  #stop() {
    clearTimeout(this.#pause);
    this.#asking.abort();
  }

  #forget() {
    this.results.value = undefined;
    this.trouble.value = undefined;
    this.busy.value = false;
  }

  #isOpen() {
    return path.peek().split("/")[3] === "search";
  }
}

/** The place in the log that a result points at. */
export const soughtSeq = () =>
  location.pathname.split("/")[3] === "search" ? new URLSearchParams(location.search).get("at") : null;
