// The dashboard of a company: three panes, and the other screens under the same bar.
import { useEffect, useMemo } from "preact/hooks";
import { takeNext } from "../commands/commands.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Inbox, VIEW_NAMES } from "../inbox.js";
import { path } from "../router.js";
import { company, me, trouble } from "../session.js";
import { Thread } from "../thread.js";
import { explain, Toast } from "../toast.js";
import { Account } from "./account/account.js";
import { Conversation } from "./conversation.js";
import { Header } from "./header.js";
import { Keys } from "./keys.js";
import { List } from "./list.js";
import { Settings } from "./settings/settings.js";
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
  useEffect(() => inbox.show(place.view), [inbox, place.view]);
  const thread = useMemo(
    () => (place.id ? new Thread(slug, place.id, (one) => inbox.learn(one)) : undefined),
    [slug, place.id, inbox],
  );
  useEffect(() => () => thread?.end(), [thread]);
  const counters = inbox.counters.value;
  const keys = html`<${Keys} inbox=${inbox} thread=${thread} place=${place} inDesk=${inDesk} />`;
  if (!inDesk) return html`<${OutsideDesk} slug=${slug} inbox=${inbox} />${keys}`;
  document.title = `${counters?.unassigned ? `(${counters.unassigned}) ` : ""}${viewName(place.view)} · ${company.value?.name}`;

  return html`
    <a class="skip" href="#list">${t("skip_to_list")}</a>
    <${Header} inbox=${inbox} onNext=${() => takeNext(inbox)} />
    <main class="panes" data-open=${place.id ? "conversation" : "list"}>
      <${Sidebar} inbox=${inbox} view=${place.view} />
      <${List} inbox=${inbox} view=${place.view} selected=${place.id} />
      <${Conversation} thread=${thread} view=${place.view} />
    </main>
    <${Toast} />
    ${keys}
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

/** `/app/{company}/{view}/{conversation}`. @param {string} pathname @returns {{ view: View, id?: string }} */
function placeOf(pathname) {
  const [, , , view, id] = pathname.split("/");
  const known = /^(folder|team)-[\w-]+$/.test(view ?? "")
    ? /** @type {View} */ (view)
    : VIEW_NAMES.find((name) => name === view);
  return { view: known ?? "all", id: known && id ? id : undefined };
}
