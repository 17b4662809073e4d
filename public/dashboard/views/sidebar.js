// The left pane: views with their live counters, then folders and teams.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { VIEW_NAMES } from "../inbox.js";
import { folders, may, me, teams } from "../session.js";

/** @import { View } from "../inbox.js" */

/** @param {{ inbox: import("../inbox.js").Inbox, view: View }} props */
export function Sidebar({ inbox, view }) {
  const counters = inbox.counters.value;
  const seen = folders.value.filter(({ see_incoming }) => see_incoming);
  const own = teams.value.filter(
    ({ agents }) => may("tenant.settings") || agents.some(({ id }) => id === me.value?.id),
  );
  return html`<nav class="sidebar" aria-label=${t("views")}>
    <ul>
      ${VIEW_NAMES.map(
        (name) =>
          html`<${Item} key=${name} inbox=${inbox} name=${name} current=${view} count=${counters?.[name]} />`,
      )}
    </ul>
    <${Group} title=${t("settings_folders")} items=${seen} kind="folder" inbox=${inbox} view=${view} />
    <${Group} title=${t("teams")} items=${own} kind="team" inbox=${inbox} view=${view} />
  </nav>`;
}

/**
 * @param {{ title: string, items: { id: string }[], kind: "folder" | "team", inbox: import("../inbox.js").Inbox, view: View }} props
 */
function Group({ title, items, kind, inbox, view }) {
  if (items.length === 0) return null;
  return html`<h2>${title}</h2>
    <ul>${items.map(({ id }) => html`<${Item} key=${id} inbox=${inbox} name=${`${kind}-${id}`} current=${view} />`)}</ul>`;
}

/** @param {{ inbox: import("../inbox.js").Inbox, name: View, current: View, count?: number }} props */
function Item({ inbox, name, current, count }) {
  return html`<li>
    <a href=${`/app/${inbox.slug}/${name}`} aria-current=${name === current ? "page" : undefined}>
      <span>${viewName(name)}</span> <span class="count">${count ?? ""}</span>
    </a>
  </li>`;
}

/** What a view is called. @param {View} view */
export function viewName(view) {
  const [, kind, id] = /^(folder|team)-(.+)$/.exec(view) ?? [];
  const named = (kind === "folder" ? folders.value : teams.value).find((one) => one.id === id);
  return kind ? (named?.name ?? "…") : t(/** @type {import("../i18n.js").Key} */ (`view_${view}`));
}
