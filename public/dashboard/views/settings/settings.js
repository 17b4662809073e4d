// Account Settings: the menu on the left, and the screen it leads to.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { company, may } from "../../session.js";
import { Audit } from "./audit.js";
import { Automations } from "./automations.js";
import { CompanySettings } from "./company.js";
import { Folders } from "./folders.js";
import { NewUser } from "./new-user.js";
import { Responses } from "./responses.js";
import { Roles } from "./roles.js";
import { Tags } from "./tags.js";
import { Teams } from "./teams.js";
import { User } from "./user.js";
import { Users } from "./users.js";

/**
 * @typedef {"company" | "users" | "groups" | "business-units" | "roles" | "folders" | "tags" | "responses" | "automations"
 *   | "audit"} Section
 */

/**
 * Every section: its name, and what one has to be allowed for it.
 * @type {Record<Section, { name: import("../../i18n.js").Key, needs: string[] }>}
 */
const SECTIONS = {
  company: { name: "settings_company", needs: ["tenant.settings"] },
  users: { name: "settings_users", needs: ["agent.list"] },
  groups: { name: "settings_groups", needs: ["team.manage"] },
  "business-units": { name: "settings_units", needs: ["team.manage"] },
  roles: { name: "settings_roles", needs: ["agent.role"] },
  folders: { name: "settings_folders", needs: ["folder.create", "folder.acl"] },
  tags: { name: "settings_tags", needs: ["tag.create", "tag.delete"] },
  responses: { name: "automated_responses", needs: ["template.create", "template.edit", "template.delete"] },
  automations: { name: "settings_automations", needs: ["automation.manage"] },
  audit: { name: "settings_audit", needs: ["tenant.audit_view"] },
};

/** The sections that the person may enter. */
export const sections = () =>
  /** @type {Section[]} */ (Object.keys(SECTIONS)).filter((name) => SECTIONS[name].needs.some(may));

/** What a section is called. @param {Section} name */
export const sectionName = (name) => t(SECTIONS[name].name);

/** @param {{ slug: string, section?: string, id?: string }} props */
export function Settings({ slug, section, id }) {
  const open = sections();
  const current = open.find((name) => name === section) ?? (section ? undefined : open[0]);
  document.title = `${current ? t(SECTIONS[current].name) : t("settings")} · ${company.value?.name}`;
  return html`<main class="settings">
    <nav class="sidebar" aria-label=${t("settings")}>
      <a class="back" href=${`/app/${slug}`}>← ${t("conversations")}</a>
      <h2>${t("settings")}</h2>
      <ul>
        ${open.map(
          (name) => html`<li key=${name}>
            <a href=${`/app/${slug}/settings/${name}`} aria-current=${name === current ? "page" : undefined}>
              <span>${t(SECTIONS[name].name)}</span>
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
    case "audit":
      return html`<${Audit} slug=${slug} />`;
  }
}
