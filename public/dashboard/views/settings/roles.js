// Roles: what each allows, and roles of the company's own, cloned from a preset.
import { useState } from "preact/hooks";
import { ask, at, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { attempt, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { roleName } from "./role-names.js";

/** @typedef {Record<string, string[]>} Grants */
/** @typedef {{ id: string, name: string, base: string | null, assignable: boolean, confined: boolean, grants: Grants, grantable: boolean }} Role */

/** @param {{ slug: string }} props */
export function Roles({ slug }) {
  const path = `${at(slug)}/roles`;
  const { data, problem, reload } = useResource(path);
  const [open, setOpen] = useState(/** @type {{ role: Role, clone: boolean } | undefined} */ (undefined));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  /** @type {Role[]} */
  const roles = data.items;
  const done = () => {
    setOpen(undefined);
    reload();
  };
  if (open) {
    return html`<${Edit} path=${path} role=${open.role} clone=${open.clone} preset=${roles.find(({ id }) => id === open.role.base) ?? open.role}
      onDone=${done} onCancel=${() => setOpen(undefined)} />`;
  }
  return html`
    <header class="screen-head"><h1>${t("settings_roles")}</h1></header>
    <p class="hint">${t("roles_hint")}</p>
    <ul class="cards">
      ${roles.map(
        (role) => html`<li key=${role.id} class="card row">
          <div>
            <h2>${roleName(role)}</h2>
            <p class="hint">${role.base ? t("based_on", { role: t(/** @type {any} */ (`role_${role.base}`)) }) : t("preset")}
              ${!role.assignable && ` · ${t("never_assigned")}`}${role.confined && ` · ${t("orders_only")}`}</p>
          </div>
          ${
            role.grantable &&
            html`<button class="button" onClick=${() => setOpen({ role, clone: !role.base })}
              aria-label=${`${t(role.base ? "edit" : "clone")}: ${roleName(role)}`}>${t(role.base ? "edit" : "clone")}</button>`
          }
        </li>`,
      )}
    </ul>
  `;
}

/** How far a permission reaches: what people choose from. */
const REACHES = /** @type {const} */ (["none", "own", "participating", "folder", "team", "all"]);

/** What each reach stands for. @type {Record<string, string[]>} */
const SCOPES = {
  none: [],
  own: ["own"],
  participating: ["own", "participating"],
  folder: ["own", "participating", "folder"],
  team: ["own", "participating", "team"],
  all: ["all"],
};

/** The widest reach that scopes have. @param {string[]} scopes */
const reachOf = (scopes) =>
  REACHES.findLast((reach) => reach !== "none" && scopes.includes(reach)) ?? (scopes.length ? "own" : "none");

/**
 * @param {{ path: string, role: Role, clone: boolean, preset: Role, onDone: () => void, onCancel: () => void }} props
 */
function Edit({ path, role, clone, preset, onDone, onCancel }) {
  const [asking, setAsking] = useState(false);
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const grants = Object.fromEntries(
      capabilities.map((name) => {
        const reach = text(form, name);
        // A reach that people cannot choose, as the Dispenser's, stays as it is.
        const kept = reachOf(role.grants[name] ?? []) === reach ? (role.grants[name] ?? []) : SCOPES[reach];
        return [name, kept ?? []];
      }),
    );
    const body = { name: text(form, "name"), grants };
    await (clone ? post(path, { ...body, base: preset.id }) : patch(`${path}/${role.id}`, body));
    toast(t("saved"));
    onDone();
  });
  const capabilities = [...new Set([...Object.keys(preset.grants), ...Object.keys(role.grants)])];
  const remove = async () => {
    setAsking(false);
    await attempt(ask("DELETE", `${path}/${role.id}`).then(onDone));
  };
  const taken = problem?.code === "name_taken" ? problem.message : undefined;
  return html`
    <header class="screen-head"><h1>${clone ? t("clone_of", { role: roleName(preset) }) : roleName(role)}</h1></header>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${taken ? undefined : problem} fields=${["name"]} />
      <${Field} name="name" label=${t("name")} initial=${clone ? "" : role.name} fault=${problem?.of("name") ?? taken} autocomplete="off" />
      <div class="table-scroll" tabindex="0" role="region" aria-label=${t("permissions")}><table>
        <thead><tr><th scope="col">${t("permission")}</th><th scope="col">${t("reach")}</th></tr></thead>
        <tbody>
          ${capabilities.map((name) => {
            const reach = reachOf(role.grants[name] ?? []);
            return html`<tr key=${name}>
              <th scope="row"><label for=${name}><code>${name}</code></label></th>
              <td><select class="input" id=${name} name=${name}>
                ${REACHES.map((one) => html`<option value=${one} selected=${one === reach}>${t(`reach_${one}`)}</option>`)}
              </select></td>
            </tr>`;
          })}
        </tbody>
      </table></div>
      <p class="form-actions">
        <button class="button button-primary" disabled=${busy}>${t(clone ? "create" : "save")}</button>
        <button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>
        ${!clone && html`<button type="button" class="button button-danger" onClick=${() => setAsking(true)}>${t("delete")}</button>`}
      </p>
    </form>
    ${
      asking &&
      html`<${Confirm} title=${t("delete_question", { name: role.name })} action=${t("delete")} onConfirm=${remove}
        onClose=${() => setAsking(false)}><p>${t("delete_role_consequence")}</p><//>`
    }
  `;
}
