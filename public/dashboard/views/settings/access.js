// Roles and add-ons, to be chosen: only those that the person may give.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { Choices } from "../fields.js";
import { ADD_ONS, roleName } from "./role-names.js";

/**
 * @param {{ roles: any[], chosen: string[], addOns: string[], problem?: import("../../api.js").Problem,
 *   picked: string[], onPick: (roles: string[]) => void }} props
 */
export function Access({ roles, chosen, addOns, problem, picked, onPick }) {
  const options = roles
    .filter(({ id, grantable }) => grantable || chosen.includes(id))
    .map((role) => ({
      value: role.id,
      words: roleName(role),
      hint: role.assignable ? undefined : t("never_assigned"),
      disabled: !role.grantable && !chosen.includes(role.id),
    }));
  const carried = new Set(roles.filter(({ id }) => picked.includes(id)).flatMap(({ add_ons }) => add_ons));
  const fault = problem?.body.errors?.find((/** @type {{ field: string }} */ { field }) =>
    field.startsWith("roles"),
  )?.detail;
  return html`
    <${Choices} legend=${t("roles")} name="roles" options=${options} chosen=${chosen} fault=${fault}
      onChange=${(/** @type {any} */ { target }) => onPick(new FormData(target.form).getAll("roles").map(String))} />
    ${
      carried.size > 0 &&
      html`<${Choices} legend=${t("add_ons")} name="add_ons" chosen=${addOns}
        options=${ADD_ONS.filter((name) => carried.has(name)).map((name) => ({ value: name, words: t(`add_on_${name}`) }))} />`
    }
  `;
}
