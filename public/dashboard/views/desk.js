// The dashboard of a company: three panes, and the other screens under the same bar.
import { useEffect, useMemo } from "preact/hooks";
import { takeNext } from "../commands/commands.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Inbox } from "../inbox.js";
import { Notices } from "../notices.js";
import { Place } from "../places.js";
import { lookAtPush } from "../push.js";
import { path, search as query, replace } from "../router.js";
import { Search } from "../search.js";
import { Selection } from "../selection.js";
import { company, isConfined, me, trouble } from "../session.js";
import { Thread } from "../thread.js";
import { attempt, explain, Toast } from "../toast.js";
import { Conversation } from "./conversation.js";
import { Header } from "./header.js";
import { Keys } from "./keys.js";
import { lazily } from "./lazy.js";
import { List } from "./list.js";
import { useListKeys } from "./list-keys.js";
import { inConversations, screens } from "./screens.js";
import { SearchField, SearchResults, useSearchKeys, useSoughtMessage } from "./search.js";
import { Sidebar, viewName } from "./sidebar.js";

const Account = lazily(async () => (await import("./account/account.js")).Account);
const AgentStatus = lazily(async () => (await import("./status/status.js")).AgentStatus);
const Catalog = lazily(async () => (await import("./catalog/catalog.js")).Catalog);
const Contacts = lazily(async () => (await import("./contacts/contacts.js")).Contacts);
const Monitoring = lazily(async () => (await import("./monitoring/monitoring.js")).Monitoring);
const Orders = lazily(async () => (await import("./orders/orders.js")).Orders);
const Reports = lazily(async () => (await import("./reports/reports.js")).Reports);
const Settings = lazily(async () => (await import("./settings/settings.js")).Settings);

export function Desk() {
  const here = company.value;
  if (trouble.value) return html`<${Trouble} />`;
  if (!here || !me.value) return html`<p class="starting" role="status">${t("loading")}</p>`;
  const desk = isConfined() ? SectionDesk : CompanyDesk;
  return html`<${desk} key=${here.slug} slug=${here.slug} />`;
}

/** @param {{ slug: string }} props */
function CompanyDesk({ slug }) {
  const inbox = useMemo(() => new Inbox(slug), [slug]);
  useEffect(() => () => inbox.end(), [inbox]);
  const selection = useMemo(() => new Selection(inbox.items), [inbox]);
  const place = Place.of(slug, path.value, query.value);
  const [, , , screen = "", sought] = path.value.split("/");
  const inDesk = inConversations(screen);
  const search = useMemo(() => new Search(slug), [slug]);
  useEffect(() => () => search.end(), [search]);
  const searching = screen === "search";
  const id = searching ? sought : place.id;
  const list = searching ? search.place : place.list;
  useEffect(() => {
    if (searching) return;
    selection.clear();
    inbox.show(place.view, place.filters);
  }, [inbox, selection, searching, place.list]);
  const thread = useMemo(
    () => (id ? new Thread(slug, id, (one) => inbox.learn(one)) : undefined),
    [slug, id, inbox],
  );
  useEffect(() => () => thread?.end(), [thread]);
  const notices = useNotices(inbox, id);
  useSoughtMessage(thread);
  useListKeys(inbox, selection, place, inDesk && !searching);
  useSearchKeys(search, id, inDesk && searching);
  const counters = inbox.counters.value;
  const situation = { inbox, selection, thread, place, back: list, inDesk, searching };
  const keys = html`<${Keys} ...${situation} />`;
  if (!inDesk) return html`<${OutsideDesk} slug=${slug} inbox=${inbox} notices=${notices} />${keys}`;
  document.title = `${counters?.unassigned ? `(${counters.unassigned}) ` : ""}${searching ? t("search") : viewName(place.view)} · ${company.value?.name}`;

  return html`
    <a class="skip" href="#list">${t("skip_to_list")}</a>
    <${Header} inbox=${inbox} notices=${notices} onNext=${() => takeNext(inbox)} />
    <main class="panes" data-open=${id ? "conversation" : "list"}>
      <${Sidebar} inbox=${inbox} view=${searching ? undefined : place.view} />
      <div class="middle">
        <${SearchField} search=${search} />
        ${
          searching
            ? html`<${SearchResults} search=${search} selected=${id} />`
            : html`<${List} inbox=${inbox} selection=${selection} place=${place} />`
        }
      </div>
      <${Conversation} thread=${thread} back=${list} />
    </main>
    <${Toast} />
    ${keys}
  `;
}

/** What I am told of, as long as this desk is open. @param {Inbox} inbox @param {string | undefined} open conversation */
function useNotices(inbox, open) {
  const notices = useMemo(() => new Notices(inbox.slug), [inbox]);
  useEffect(() => {
    const deaf = inbox.listen((frame) => notices.hear(frame));
    return () => {
      deaf();
      notices.end();
    };
  }, [inbox, notices]);
  useEffect(() => notices.opens(open), [notices, open]);
  useEffect(() => {
    const agent = me.peek()?.id;
    if (agent) attempt(lookAtPush(inbox.slug, agent));
  }, [inbox]);
  return notices;
}

/** For whoever is kept to one section: it, and his own account. @param {{ slug: string }} props */
function SectionDesk({ slug }) {
  const inbox = useMemo(() => new Inbox(slug, false), [slug]);
  useEffect(() => () => inbox.end(), [inbox]);
  const [, , , screen = ""] = path.value.split("/");
  const open = [...screens().map((one) => one.path), "account"];
  const lost = !open.some((one) => one === screen);
  useEffect(() => {
    if (lost) replace(`/app/${slug}/${open[0]}`);
  }, [lost]);
  if (lost) return null;
  const place = Place.of(slug, path.value, query.value);
  return html`<${OutsideDesk} slug=${slug} inbox=${inbox} />
    <${Keys} inbox=${inbox} place=${place} back=${`/app/${slug}`} inDesk=${false} searching=${false} />`;
}

/**
 * Orders, Contacts, Agent Status, Account Settings and "My agent account", under the same bar.
 * @param {{ slug: string, inbox: Inbox, notices?: Notices }} props
 */
function OutsideDesk({ slug, inbox, notices }) {
  const [, , , screen, section, id] = path.value.split("/");
  const shown = /** @type {Record<string, () => unknown>} */ ({
    orders: () => html`<${Orders} inbox=${inbox} section=${section} part=${id} />`,
    contacts: () => html`<${Contacts} slug=${slug} id=${section} />`,
    catalog: () => html`<${Catalog} slug=${slug} />`,
    status: () => html`<${AgentStatus} inbox=${inbox} id=${section} />`,
    monitoring: () => html`<${Monitoring} inbox=${inbox} />`,
    reports: () => html`<${Reports} slug=${slug} subject=${section} />`,
    account: () => html`<${Account} slug=${slug} section=${section} />`,
    settings: () => html`<${Settings} slug=${slug} section=${section} id=${id} />`,
  });
  return html`
    <${Header} inbox=${inbox} notices=${notices} onNext=${() => takeNext(inbox)} />
    ${shown[screen ?? ""]?.()}
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
