// The sections of Account Settings, and who may enter them.
import { t } from "../../i18n.js";
import { may } from "../../session.js";

/**
 * @typedef {"company" | "users" | "groups" | "business-units" | "roles" | "folders" | "tags" | "responses" | "automations"
 *   | "orders" | "audit" | "privacy"} Section
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
  orders: { name: "orders", needs: ["tenant.settings"] },
  privacy: { name: "settings_privacy", needs: ["tenant.settings", "contact.erase"] },
  audit: { name: "settings_audit", needs: ["tenant.audit_view"] },
};

/** The sections that the person may enter. */
export const sections = () =>
  /** @type {Section[]} */ (Object.keys(SECTIONS)).filter((name) => SECTIONS[name].needs.some(may));

/** What a section is called. @param {Section} name */
export const sectionName = (name) => t(SECTIONS[name].name);
