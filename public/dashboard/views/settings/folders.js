// Folders, and who sees and assigns what is in them.
import { useState } from "preact/hooks";
import { ask, at, patch, post, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { agents, may, refreshFolders } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { roleName } from "./role-names.js";
import { UsedBy } from "./used-by.js";

/** @typedef {{ agent_id?: string, team_id?: string, role?: string, see_incoming: boolean, assign: boolean }} Right */
/** @typedef {{ id: string, name: string }} Folder */

/** @param {{ slug: string }} props */
export function Folders({ slug }) {
  const path = `${at(slug)}/folders`;
  const { data, problem, reload } = useResource(path);
  const [editing, setEditing] = useState(/** @type {string | undefined} */ (undefined));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  const done = () => {
    setEditing(undefined);
    refreshFolders();
    reload();
  };
  return html`
    <header class="screen-head">
      <h1>${t("settings_folders")}</h1>
      ${may("folder.create") && html`<button class="button button-primary" onClick=${() => setEditing("new")}>${t("create_folder")}</button>`}
    </header>
    <p class="hint">${t("folders_hint")}</p>
    ${editing === "new" && html`<div class="card"><${Name} path=${path} onDone=${done} onCancel=${() => setEditing(undefined)} /></div>`}
    ${data.items.length === 0 && editing !== "new" && html`<p class="hint">${t("no_folders")}</p>`}
    <ul class="cards">
      ${data.items.map((/** @type {Folder} */ folder) =>
        editing === folder.id
          ? html`<li key=${folder.id} class="card"><${Edit} slug=${slug} path=${path} folder=${folder} onDone=${done} onCancel=${() => setEditing(undefined)} /></li>`
          : html`<li key=${folder.id} class="card row">
              <h2>${folder.name}</h2>
              <button class="button" onClick=${() => setEditing(folder.id)} aria-label=${`${t("edit")}: ${folder.name}`}>${t("edit")}</button>
            </li>`,
      )}
    </ul>
  `;
}

/** @param {{ path: string, folder?: Folder, onDone: () => void, onCancel?: () => void }} props */
function Name({ path, folder, onDone, onCancel }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const body = { name: text(form, "name") };
    await (folder ? patch(`${path}/${folder.id}`, body) : post(path, body));
    toast(t("saved"));
    onDone();
  });
  const taken = problem?.code === "name_taken" ? problem.message : undefined;
  return html`<form class="form form-wide" onSubmit=${onSubmit} noValidate>
    <${Fault} problem=${taken ? undefined : problem} fields=${["name"]} />
    <${Field} name="name" label=${t("name")} initial=${folder?.name} fault=${problem?.of("name") ?? taken} autocomplete="off" />
    <p class="form-actions">
      <button class="button ${folder ? "" : "button-primary"}" disabled=${busy}>${t(folder ? "rename" : "create")}</button>
      ${onCancel && html`<button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>`}
    </p>
  </form>`;
}

/** @param {{ slug: string, path: string, folder: Folder, onDone: () => void, onCancel: () => void }} props */
function Edit({ slug, path, folder, onDone, onCancel }) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    await attempt(ask("DELETE", `${path}/${folder.id}`).then(onDone));
  };
  return html`
    ${may("folder.edit") ? html`<${Name} path=${path} folder=${folder} onDone=${onDone} />` : html`<h2>${folder.name}</h2>`}
    ${may("folder.acl") && html`<${Rights} slug=${slug} path=${`${path}/${folder.id}/rights`} />`}
    <p class="form-actions">
      <button class="button" onClick=${onCancel}>${t("done")}</button>
      ${may("folder.delete") && html`<button class="button button-danger" onClick=${() => setAsking(true)}>${t("delete")}</button>`}
    </p>
    ${
      asking &&
      html`<${Confirm} title=${t("delete_question", { name: folder.name })} action=${t("delete")} onConfirm=${remove}
        onClose=${() => setAsking(false)}><p>${t("delete_folder_consequence")}</p><${UsedBy} slug=${slug} id=${folder.id} /><//>`
    }
  `;
}

/** @param {{ slug: string, path: string }} props */
function Rights({ slug, path }) {
  const { data, reload } = useResource(path);
  const roles = useResource(`${at(slug)}/roles`).data?.items;
  const groups = useResource(`${at(slug)}/teams`).data?.items;
  const units = useResource(`${at(slug)}/business-units`).data?.items;
  if (!data || !roles || !groups || !units) return html`<p role="status">${t("loading")}</p>`;
  /** @type {Right[]} */
  const rights = data.items;
  const holders = [
    ...roles
      .filter((/** @type {any} */ { confined }) => !confined)
      .map((/** @type {any} */ role) => [`role:${role.id}`, `${t("role")}: ${roleName(role)}`]),
    ...groups.map((/** @type {any} */ { id, name }) => [`team_id:${id}`, `${t("group")}: ${name}`]),
    ...units.map((/** @type {any} */ { id, name }) => [`team_id:${id}`, `${t("business_unit")}: ${name}`]),
    ...agents.value.map(({ id, name }) => [`agent_id:${id}`, name]),
  ];
  const keyOf = (/** @type {Right} */ { agent_id, team_id, role }) =>
    agent_id ? `agent_id:${agent_id}` : team_id ? `team_id:${team_id}` : `role:${role}`;
  const words = (/** @type {string} */ key) => holders.find(([known]) => known === key)?.[1] ?? "…";
  const save = (/** @type {Right[]} */ wanted) => attempt(put(path, wanted).then(reload));
  const add = (/** @type {any} */ { target }) => {
    const [kind, id] = target.value.split(/:(.*)/);
    target.value = "";
    if (kind) save([...rights, { [kind]: id, see_incoming: true, assign: false }]);
  };
  const set = (/** @type {Right} */ right, /** @type {Partial<Right>} */ change) =>
    save(rights.map((one) => (one === right ? { ...one, ...change } : one)));
  const free = holders.filter(([key]) => !rights.some((right) => keyOf(right) === key));
  return html`<div class="stack">
    <h2 id="rights-title">${t("folder_rights")}</h2>
    <p class="hint">${t("folder_rights_hint")}</p>
    ${
      rights.length > 0 &&
      html`<div class="table-scroll" tabindex="0" role="region" aria-labelledby="rights-title"><table>
        <thead><tr><th scope="col">${t("who")}</th><th scope="col">${t("see_incoming")}</th><th scope="col">${t("may_assign")}</th><th><span class="visually-hidden">${t("remove")}</span></th></tr></thead>
        <tbody>
          ${rights.map((right) => {
            const name = words(keyOf(right));
            return html`<tr key=${keyOf(right)}>
              <th scope="row">${name}</th>
              <td><input type="checkbox" checked=${right.see_incoming} aria-label=${`${t("see_incoming")}: ${name}`}
                onChange=${(/** @type {any} */ { target }) => set(right, { see_incoming: target.checked })} /></td>
              <td><input type="checkbox" checked=${right.assign} aria-label=${`${t("may_assign")}: ${name}`}
                onChange=${(/** @type {any} */ { target }) => set(right, { assign: target.checked })} /></td>
              <td><button class="link" aria-label=${`${t("remove")}: ${name}`} onClick=${() => save(rights.filter((one) => one !== right))}>${t("remove")}</button></td>
            </tr>`;
          })}
        </tbody>
      </table></div>`
    }
    <div class="field narrow">
      <label for="add-right">${t("add_right")}</label>
      <select id="add-right" onChange=${add}>
        <option value="">${t("choose")}</option>
        ${free.map(([key, name]) => html`<option key=${key} value=${key}>${name}</option>`)}
      </select>
    </div>
  </div>`;
}
