// The dashboard of a company: three panes, and the other screens under the same bar.
import { useEffect, useMemo } from "preact/hooks";
import { takeNext } from "../commands/commands.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Inbox } from "../inbox.js";
import { Notices } from "../notices.js";
import { Place } from "../places.js";
import { lookAtPush } from "../push.js";
import { path, search } from "../router.js";
import { Selection } from "../selection.js";
import { company, me, trouble } from "../session.js";
import { Thread } from "../thread.js";
import { attempt, explain, Toast } from "../toast.js";
import { Account } from "./account/account.js";
import { Contacts } from "./contacts/contacts.js";
import { Conversation } from "./conversation.js";
import { Header } from "./header.js";
import { Keys } from "./keys.js";
import { List } from "./list.js";
import { useListKeys } from "./list-keys.js";
import { Settings } from "./settings/settings.js";
import { Sidebar, viewName } from "./sidebar.js";
import { AgentStatus } from "./status/status.js";

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
  const selection = useMemo(() => new Selection(inbox.items), [inbox]);
  const place = Place.of(slug, path.value, search.value);
  const inDesk = !["settings", "account", "status", "contacts"].includes(path.value.split("/")[3] ?? "");
  const { list } = place;
  useEffect(() => {
    selection.clear();
    inbox.show(place.view, place.filters);
  }, [inbox, selection, list]);
  const thread = useMemo(
    () => (place.id ? new Thread(slug, place.id, (one) => inbox.learn(one)) : undefined),
    [slug, place.id, inbox],
  );
  useEffect(() => () => thread?.end(), [thread]);
  const notices = useNotices(inbox, place.id);
  useListKeys(inbox, selection, place, inDesk);
  const counters = inbox.counters.value;
  const keys = html`<${Keys} inbox=${inbox} thread=${thread} place=${place} inDesk=${inDesk} />`;
  if (!inDesk) return html`<${OutsideDesk} slug=${slug} inbox=${inbox} notices=${notices} />${keys}`;
  document.title = `${counters?.unassigned ? `(${counters.unassigned}) ` : ""}${viewName(place.view)} · ${company.value?.name}`;

  return html`
    <a class="skip" href="#list">${t("skip_to_list")}</a>
    <${Header} inbox=${inbox} notices=${notices} onNext=${() => takeNext(inbox)} />
    <main class="panes" data-open=${place.id ? "conversation" : "list"}>
      <${Sidebar} inbox=${inbox} view=${place.view} />
      <${List} inbox=${inbox} selection=${selection} place=${place} />
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

/**
 * Agent Status, Account Settings and "My agent account", under the same bar.
 * @param {{ slug: string, inbox: Inbox, notices: Notices }} props
 */
function OutsideDesk({ slug, inbox, notices }) {
  const [, , , screen, section, id] = path.value.split("/");
  const screens = /** @type {Record<string, () => unknown>} */ ({
    contacts: () => html`<${Contacts} slug=${slug} id=${section} />`,
    status: () => html`<${AgentStatus} inbox=${inbox} id=${section} />`,
    account: () => html`<${Account} slug=${slug} section=${section} />`,
    settings: () => html`<${Settings} slug=${slug} section=${section} id=${id} />`,
  });
  return html`
    <${Header} inbox=${inbox} notices=${notices} onNext=${() => takeNext(inbox)} />
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
