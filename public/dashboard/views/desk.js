// The dashboard of a company: three panes, and the keys that work in all of them.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { at, post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Inbox, VIEW_NAMES } from "../inbox.js";
import { go, path } from "../router.js";
import { Search } from "../search.js";
import { company, may, me, trouble } from "../session.js";
import { Thread } from "../thread.js";
import { attempt, explain, Toast, toast } from "../toast.js";
import { Account } from "./account/account.js";
import { Conversation } from "./conversation.js";
import { Header } from "./header.js";
import { List } from "./list.js";
import { focusSearch, SearchField, SearchResults, useSoughtMessage } from "./search.js";
import { Settings } from "./settings/settings.js";
import { Shortcuts } from "./shortcuts.js";
import { Sidebar, viewName } from "./sidebar.js";
import { AgentStatus } from "./status/status.js";

/** @import { View } from "../inbox.js" */

export function Desk() {
  const here = company.value;
  if (trouble.value) return html`<${Trouble} />`;
  if (!here || !me.value) return html`<p class="starting" role="status">${t("loading")}</p>`;
  return html`<${CompanyDesk} key=${here.slug} slug=${here.slug} />`;
}

/** @param {{ slug: string }} props */
function CompanyDesk({ slug }) {
  const inbox = useMemo(() => new Inbox(slug), [slug]);
  useEffect(() => () => inbox.end(), [inbox]);
  const place = placeOf(path.value);
  const inDesk = !["settings", "account", "status"].includes(path.value.split("/")[3] ?? "");
  const search = useMemo(() => new Search(slug), [slug]);
  useEffect(() => () => search.end(), [search]);
  useEffect(() => {
    if (place.view !== "search") inbox.show(place.view);
  }, [inbox, place.view]);
  const thread = useMemo(
    () => (place.id ? new Thread(slug, place.id, (one) => inbox.learn(one)) : undefined),
    [slug, place.id, inbox],
  );
  useEffect(() => () => thread?.end(), [thread]);
  const help = useSignal(false);
  useSoughtMessage(thread);
  useShortcuts(inbox, search, thread, place, help, inDesk);
  const counters = inbox.counters.value;
  if (!inDesk) return html`<${OutsideDesk} slug=${slug} inbox=${inbox} />`;
  document.title = `${counters?.unassigned ? `(${counters.unassigned}) ` : ""}${place.view === "search" ? t("search") : viewName(place.view)} · ${company.value?.name}`;

  return html`
    <a class="skip" href="#list">${t("skip_to_list")}</a>
    <${Header} inbox=${inbox} onNext=${() => takeNext(inbox)} />
    <main class="panes" data-open=${place.id ? "conversation" : "list"}>
      <${Sidebar} inbox=${inbox} view=${place.view} />
      <div class="middle">
        <${SearchField} search=${search} />
        ${
          place.view === "search"
            ? html`<${SearchResults} search=${search} selected=${place.id} />`
            : html`<${List} inbox=${inbox} view=${place.view} selected=${place.id} />`
        }
      </div>
      <${Conversation} thread=${thread} view=${place.view} />
    </main>
    <${Toast} />
    <${Shortcuts} open=${help} />
  `;
}

/** Agent Status, Account Settings and "My agent account", under the same bar. @param {{ slug: string, inbox: Inbox }} props */
function OutsideDesk({ slug, inbox }) {
  const [, , , screen, section, id] = path.value.split("/");
  const screens = /** @type {Record<string, () => unknown>} */ ({
    status: () => html`<${AgentStatus} inbox=${inbox} id=${section} />`,
    account: () => html`<${Account} slug=${slug} section=${section} />`,
    settings: () => html`<${Settings} slug=${slug} section=${section} id=${id} />`,
  });
  return html`
    <${Header} inbox=${inbox} onNext=${() => takeNext(inbox)} />
    ${screens[screen ?? ""]?.()}
    <${Toast} />
  `;
}

function Trouble() {
  const problem = trouble.value;
  const text =
    problem?.code === "no_company"
      ? t("no_company")
      : problem?.status === 404
        ? t("not_found")
        : problem && explain(problem);
  return html`<main class="starting">
    <p role="alert">${text}</p>
    <p><a class="button" href="/app" target="_self">${t("try_again")}</a></p>
  </main>`;
}

/** `/app/{company}/{view}/{conversation}`. @param {string} pathname @returns {{ view: View | "search", id?: string }} */
function placeOf(pathname) {
  const [, , , view, id] = pathname.split("/");
  if (view === "search") return { view, id: id || undefined };
  const known = /^(folder|team)-[\w-]+$/.test(view ?? "")
    ? /** @type {View} */ (view)
    : VIEW_NAMES.find((name) => name === view);
  return { view: known ?? "all", id: known && id ? id : undefined };
}

/** The Dispenser: whoever has waited longest, mine now. @param {Inbox} inbox */
function takeNext(inbox) {
  return attempt(
    post(`${at(inbox.slug)}/conversations/next`).then((conversation) => {
      if (!conversation) return toast(t("nobody_waits"));
      inbox.learn(conversation);
      go(`/app/${inbox.slug}/mine/${conversation.id}`);
    }),
  );
}

/**
 * @param {Inbox} inbox
 * @param {Search} search
 * @param {Thread | undefined} thread
 * @param {{ view: View | "search", id?: string }} place
 * @param {{ value: boolean }} help
 * @param {boolean} inDesk
 */
function useShortcuts(inbox, search, thread, place, help, inDesk) {
  useEffect(() => {
    if (!inDesk) return;
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("input, textarea, select, dialog[open]")
      )
        return;
      const status = thread?.conversation.peek()?.status;
      const keys = /** @type {Record<string, () => unknown>} */ ({
        "/": focusSearch,
        j: () => (place.view === "search" ? search.move(place.id, 1) : move(inbox, place, 1)),
        k: () => (place.view === "search" ? search.move(place.id, -1) : move(inbox, place, -1)),
        c: () => thread && attempt(thread.claim()),
        r: () => document.getElementById("mode-message")?.click(),
        n: () => document.getElementById("mode-note")?.click(),
        e: () => thread && attempt(thread.setStatus(status === "closed" ? "open" : "closed")),
        g: () => may("conversation.assign_self") && takeNext(inbox),
        u: () => go(`/app/${inbox.slug}/${place.view}`),
        "?": () => {
          help.value = true;
        },
      });
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [inbox, search, thread, place.view, place.id, inDesk]);
}

/** @param {Inbox} inbox @param {{ view: View | "search", id?: string }} place @param {1 | -1} step */
function move(inbox, place, step) {
  const items = inbox.items.peek() ?? [];
  const now = items.findIndex(({ id }) => id === place.id);
  const next = items[now === -1 ? 0 : Math.min(Math.max(now + step, 0), items.length - 1)];
  if (next) go(`/app/${inbox.slug}/${place.view}/${next.id}`);
}
