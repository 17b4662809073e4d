// Account Settings: the menu on the left, and the screen it leads to.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { company } from "../../session.js";
import { useCurrentInSight } from "../current.js";
import { Audit } from "./audit.js";
import { Automations } from "./automations.js";
import { CompanySettings } from "./company.js";
import { Folders } from "./folders.js";
import { NewUser } from "./new-user.js";
import { OrderRules } from "./orders.js";
import { Privacy } from "./privacy.js";
import { Responses } from "./responses.js";
import { Roles } from "./roles.js";
import { sectionName, sections } from "./sections.js";
import { Tags } from "./tags.js";
import { Teams } from "./teams.js";
import { User } from "./user.js";
import { Users } from "./users.js";

/** @import { Section } from "./sections.js" */

/** @param {{ slug: string, section?: string, id?: string }} props */
export function Settings({ slug, section, id }) {
  const open = sections();
  const current = open.find((name) => name === section) ?? (section ? undefined : open[0]);
  document.title = `${current ? sectionName(current) : t("settings")} · ${company.value?.name}`;
  const menu = useCurrentInSight(current);
  return html`<main class="settings">
    <nav class="sidebar" ref=${menu} aria-label=${t("settings")}>
      <a class="back" href=${`/app/${slug}`}>← ${t("conversations")}</a>
      <h2>${t("settings")}</h2>
      <ul>
        ${open.map(
          (name) => html`<li key=${name}>
            <a href=${`/app/${slug}/settings/${name}`} aria-current=${name === current ? "page" : undefined}>
              <span>${sectionName(name)}</span>
            </a>
          </li>`,
        )}
      </ul>
    </nav>
    <div class="screen">${current ? screen(current, slug, id) : html`<p role="alert">${t("no_permission")}</p>`}</div>
  </main>`;
}

/** @param {Section} section @param {string} slug @param {string} [id] */
function screen(section, slug, id) {
  switch (section) {
    case "company":
      return html`<${CompanySettings} slug=${slug} />`;
    case "users":
      if (id === "new") return html`<${NewUser} slug=${slug} />`;
      return id ? html`<${User} key=${id} slug=${slug} id=${id} />` : html`<${Users} slug=${slug} />`;
    case "groups":
      return html`<${Teams} key="groups" slug=${slug} kind="teams" />`;
    case "business-units":
      return html`<${Teams} key="units" slug=${slug} kind="business-units" />`;
    case "roles":
      return html`<${Roles} slug=${slug} />`;
    case "folders":
      return html`<${Folders} slug=${slug} />`;
    case "tags":
      return html`<${Tags} slug=${slug} />`;
    case "responses":
      return html`<${Responses} slug=${slug} />`;
    case "automations":
      return html`<${Automations} slug=${slug} />`;
    case "orders":
      return html`<${OrderRules} slug=${slug} />`;
    case "privacy":
      return html`<${Privacy} slug=${slug} />`;
    case "audit":
      return html`<${Audit} slug=${slug} />`;
  }
}
