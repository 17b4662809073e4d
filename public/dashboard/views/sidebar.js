// The left pane: views, then folders, teams and tags, each with its live counter.
import { useState } from "preact/hooks";
import { placeOf, VIEW_NAMES } from "../filters.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { folders, may, me, tags, teams } from "../session.js";

/** @import { View } from "../filters.js" */
/** @import { Inbox } from "../inbox.js" */

/** @param {{ inbox: Inbox, view: View | undefined }} props view: none while searching */
export function Sidebar({ inbox, view }) {
  const seen = folders.value.filter(({ see_incoming }) => see_incoming);
  const own = teams.value.filter(
    ({ agents }) => may("tenant.settings") || agents.some(({ id }) => id === me.value?.id),
  );
  return html`<nav class="sidebar" aria-label=${t("views")}>
    <ul>
      ${VIEW_NAMES.map((name) => html`<${Item} key=${name} inbox=${inbox} name=${name} current=${view} />`)}
    </ul>
    <${Group} title=${t("settings_folders")} items=${seen} kind="folder" inbox=${inbox} view=${view} />
    <${Group} title=${t("teams")} items=${own} kind="team" inbox=${inbox} view=${view} />
    <${Group} title=${t("tags")} items=${tags.value} kind="tag" inbox=${inbox} view=${view} />
  </nav>`;
}

/** Stays as somebody left it, on this device. @param {{ title: string, items: { id: string, colour?: string }[], kind: "folder" | "team" | "tag", inbox: Inbox, view: View | undefined }} props */
function Group({ title, items, kind, inbox, view }) {
  const key = `edgedesk-closed-${kind}`;
  const [open, setOpen] = useState(() => localStorage.getItem(key) === null);
  if (items.length === 0) return null;
  /** @param {{ currentTarget: HTMLDetailsElement }} event */
  const onToggle = ({ currentTarget }) => {
    setOpen(currentTarget.open);
    if (currentTarget.open) localStorage.removeItem(key);
    else localStorage.setItem(key, "1");
  };
  return html`<details class="group" open=${open} onToggle=${onToggle}>
    <summary><h2>${title}</h2></summary>
    <ul>${items.map(
      ({ id, colour }) =>
        html`<${Item} key=${id} inbox=${inbox} name=${`${kind}-${id}`} current=${view} colour=${colour} />`,
    )}</ul>
  </details>`;
}

/** @param {{ inbox: Inbox, name: View, current: View | undefined, colour?: string }} props */
function Item({ inbox, name, current, colour }) {
  return html`<li>
    <a href=${`/app/${inbox.slug}/${name}`} aria-current=${name === current ? "page" : undefined}>
      <span class="view-name">${colour && html`<span class="dot" data-colour=${colour}></span>`}${viewName(name)}</span>
      ${" "}<span class="count">${inbox.count(name) ?? ""}</span>
    </a>
  </li>`;
}

/** What a view is called. @param {View} view */
export function viewName(view) {
  const place = placeOf(view);
  if (!place) return t(/** @type {import("../i18n.js").Key} */ (`view_${view}`));
  const known = { folder: folders, team: teams, tag: tags }[place.kind].value;
  return known.find(({ id }) => id === place.id)?.name ?? "…";
}
