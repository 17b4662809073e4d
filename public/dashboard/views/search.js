// Searching: the field above the list, what was found, and the way to the message that was meant.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { age, inFull, t } from "../i18n.js";
import { soughtSeq } from "../search.js";
import { explain } from "../toast.js";
import { useNow } from "./now.js";

/** @import { Search } from "../search.js" */
/** @import { SearchHit, SearchResult } from "../types.js" */

const FIELD = "search-field";

/** Puts the cursor where one searches. */
export function focusSearch() {
  const field = document.getElementById(FIELD);
  if (!(field instanceof HTMLInputElement)) return;
  field.focus();
  field.select();
}

/** @param {{ search: Search }} props */
export function SearchField({ search }) {
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      search.leave();
      /** @type {HTMLElement} */ (event.currentTarget).blur();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      links()[0]?.focus();
    }
  };
  return html`<form class="search" role="search" onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    const [first] = search.results.peek()?.items ?? [];
    if (first && search.answered.peek() === search.query.peek()) search.open(first);
    else if (search.query.peek().trim()) search.run();
  }}>
    <label class="visually-hidden" for=${FIELD}>${t("search_placeholder")}</label>
    <input id=${FIELD} class="input" type="search" autocomplete="off" spellcheck="false" maxlength="200"
      placeholder=${t("search_placeholder")} value=${search.query.value} aria-keyshortcuts="/"
      onInput=${(/** @type {any} */ event) => search.type(event.currentTarget.value)} onKeyDown=${onKeyDown} />
    <kbd aria-hidden="true">/</kbd>
  </form>`;
}

/** @param {{ search: Search, selected?: string }} props */
export function SearchResults({ search, selected }) {
  const [results, problem, query] = [search.results.value, search.trouble.value, search.query.value.trim()];
  const now = useNow();
  const count = results?.items.length ?? 0;
  return html`<section class="list results" id="list" tabindex="-1" aria-labelledby="list-title"
      aria-busy=${search.busy.value} onKeyDown=${moveAmongLinks}>
    <h1 id="list-title">${t("search_results")}</h1>
    <p class="found" role="status">${
      search.busy.value && !results
        ? t("loading")
        : results && count > 0
          ? t(results.next ? "search_found_more" : "search_found", { count })
          : ""
    }</p>
    ${!query && html`<p class="empty">${t("search_hint")}</p>`}
    ${
      problem &&
      html`<div class="empty" role="alert">
        <p>${problem.of("q") ? t("search_too_long") : explain(problem)}</p>
        <button class="button" onClick=${() => search.run()}>${t("try_again")}</button>
      </div>`
    }
    ${
      query &&
      results &&
      count === 0 &&
      !problem &&
      html`<div class="empty">
        <p><strong>${t("search_none", { query: search.answered.value.trim() })}</strong></p>
        <p>${t("search_none_hint")}</p>
      </div>`
    }
    ${results && results.contacts.length > 0 && html`<${Contacts} search=${search} contacts=${results.contacts} />`}
    ${
      results &&
      count > 0 &&
      html`<ol>${results.items.map(
        (one) => html`<${Result} key=${one.conversation.id} search=${search} result=${one} now=${now}
          selected=${one.conversation.id === selected} />`,
      )}</ol>`
    }
    ${results?.next && html`<button class="button more" onClick=${() => search.more()}>${t("load_more")}</button>`}
  </section>`;
}

/** Whoever is meant by name: all that was said with him. @param {{ search: Search, contacts: { id: string, name: string, email: string }[] }} props */
function Contacts({ search, contacts }) {
  return html`<div class="found-contacts" role="group" aria-label=${t("search_contacts")}>
    ${contacts.slice(0, 5).map(
      ({ id, name, email }) => html`<button class="button" key=${id} title=${email}
        onClick=${() => search.type(email)}>${name}</button>`,
    )}
  </div>`;
}

/** @param {{ search: Search, result: SearchResult, now: number, selected: boolean }} props */
function Result({ search, result, now, selected }) {
  const { conversation, hit } = result;
  const { contact, subject, status, number, last_event_at } = conversation;
  const at = hit.at ?? last_event_at;
  /** @param {MouseEvent} event */
  const onClick = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    search.open(result);
  };
  return html`<li>
    <a class="conversation-item" href=${search.hrefOf(result)} aria-current=${selected ? "true" : undefined} onClick=${onClick}>
      <span class="line"><strong>${contact.name}</strong>
        <time datetime=${at} title=${inFull(at)}>${age(at, now)}</time></span>
      <span class="line"><span class="subject">${hit.field === "subject" ? html`<${Snippet} hit=${hit} />` : subject}</span>
        <small class="number">${hit.field === "number" ? html`<${Snippet} hit=${hit} />` : `#${number}`}</small></span>
      <${Said} hit=${hit} preview=${conversation.preview} />
      <span class="line"><span class="status" data-status=${status}>${t(`status_${status}`)}</span>
        <small>${conversation.assignee?.name ?? t("unassigned")}</small></span>
    </a>
  </li>`;
}

/** What was said, and by whom. @param {{ hit: SearchHit, preview: string }} props */
function Said({ hit, preview }) {
  if (hit.field === "contact") return html`<span class="snippet"><${Snippet} hit=${hit} /></span>`;
  if (hit.field !== "message" && hit.field !== "note") return html`<span class="preview">${preview}</span>`;
  return html`<span class="snippet" data-kind=${hit.field}>
    ${hit.field === "note" && html`<span class="tag">${t("internal_comment")}</span>${" "}`}
    <span class="by">${hit.by?.name ?? t("by_itself")}:${" "}</span><${Snippet} hit=${hit} />
  </span>`;
}

/** @param {{ hit: SearchHit }} props */
function Snippet({ hit }) {
  return html`${hit.snippet.map(({ text, match }) => (match ? html`<mark>${text}</mark>` : text))}`;
}

/** @returns {HTMLElement[]} */
const links = () =>
  [...document.querySelectorAll(".results .conversation-item")].filter((one) => one instanceof HTMLElement);

/** Up and down among the results; up from the first one leads back to the field. @param {KeyboardEvent} event */
function moveAmongLinks(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") return focusSearch();
  if (!step) return;
  const all = links();
  const now = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (now === -1) return;
  event.preventDefault();
  if (now + step < 0) focusSearch();
  else all[now + step]?.focus();
}

/** Up and down among the results, from wherever one is. @param {Search} search @param {string | undefined} open @param {boolean} searching */
export function useSearchKeys(search, open, searching) {
  useEffect(() => {
    if (!searching) return;
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const step = /** @type {Record<string, 1 | -1>} */ ({ j: 1, k: -1 })[event.key];
      const target = /** @type {HTMLElement} */ (event.target);
      const elsewhere = target.closest("input, textarea, select, dialog[open], [popover]");
      if (!step || event.ctrlKey || event.metaKey || event.altKey || elsewhere) return;
      event.preventDefault();
      search.move(open, step);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [search, open, searching]);
}

/** Brings the message that a result points at into sight, once it is there. @param {import("../thread.js").Thread | undefined} thread */
export function useSoughtMessage(thread) {
  const shown = useRef("");
  const events = thread?.events.value;
  const known = thread?.conversation.value !== undefined;
  useEffect(() => {
    const seq = soughtSeq();
    const name = `${thread?.id} ${seq}`;
    if (!seq || !/^\d+$/.test(seq) || shown.current === name) return;
    const line = document.querySelector(`.log [data-seq="${seq}"]`);
    if (!line) return;
    shown.current = name;
    for (const other of document.querySelectorAll(".log [data-sought]")) other.removeAttribute("data-sought");
    line.setAttribute("data-sought", "");
    line.scrollIntoView({ block: "center" });
  });
  void events;
  void known;
}
