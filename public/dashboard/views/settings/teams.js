// Agent groups and business units: two kinds of the same thing.
import { useState } from "preact/hooks";
import { ask, at, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { agents } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Choices, Fault, Field } from "../fields.js";
import { Order } from "./order.js";

/** @typedef {{ id: string, name: string, priority?: number, agents: { id: string, name: string }[] }} Team */
/** @typedef {"teams" | "business-units"} Kind */

/** What each kind is called. */
const WORDS = /** @type {const} */ ({
  teams: { title: "settings_groups", create: "create_group", hint: "groups_hint", none: "no_groups" },
  "business-units": { title: "settings_units", create: "create_unit", hint: "units_hint", none: "no_units" },
});

/** @param {{ slug: string, kind: Kind }} props */
export function Teams({ slug, kind }) {
  const path = `${at(slug)}/${kind}`;
  const { data, problem, reload } = useResource(path);
  const [editing, setEditing] = useState(/** @type {string | undefined} */ (undefined));
  const words = WORDS[kind];
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  const done = () => {
    setEditing(undefined);
    reload();
  };
  const ordered = kind === "business-units" && data.items.length > 1;
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    const order = data.items.toSpliced(from, 1).toSpliced(to, 0, data.items[from]);
    return attempt(renumber(path, order).then(reload));
  };
  return html`
    <header class="screen-head">
      <h1>${t(words.title)}</h1>
      <button class="button button-primary" onClick=${() => setEditing("new")}>${t(words.create)}</button>
    </header>
    <p class="hint">${t(words.hint)}${ordered && ` ${t("units_order_hint")}`}</p>
    ${editing === "new" && html`<${Edit} path=${path} kind=${kind} onDone=${done} onCancel=${() => setEditing(undefined)} />`}
    ${data.items.length === 0 && editing !== "new" && html`<p class="hint">${t(words.none)}</p>`}
    <ul class="cards">
      ${data.items.map((/** @type {Team} */ team, /** @type {number} */ place) =>
        editing === team.id
          ? html`<li key=${team.id}><${Edit} path=${path} kind=${kind} team=${team} onDone=${done} onCancel=${() => setEditing(undefined)} /></li>`
          : html`<li key=${team.id} class="card row">
              ${ordered && html`<${Order} id=${team.id} name=${team.name} place=${place} of=${data.items.length} onMove=${(/** @type {number} */ to) => move(place, to)} />`}
              <div><h2>${team.name}</h2><p class="hint">${team.agents.map(({ name }) => name).join(", ") || t("nobody_in_it")}</p></div>
              <button class="button" onClick=${() => setEditing(team.id)} aria-label=${`${t("edit")}: ${team.name}`}>${t("edit")}</button>
            </li>`,
      )}
    </ul>
  `;
}

/** Gives each its place in the order; those that have it already are left alone. @param {string} path @param {Team[]} order */
async function renumber(path, order) {
  for (const [priority, { id, priority: before }] of order.entries()) {
    if (priority !== before) await patch(`${path}/${id}`, { priority });
  }
}

/** @param {{ path: string, kind: Kind, team?: Team, onDone: () => void, onCancel: () => void }} props */
function Edit({ path, kind, team, onDone, onCancel }) {
  const [asking, setAsking] = useState(false);
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const body = { name: text(form, "name"), agents: form.getAll("agents") };
    await (team ? patch(`${path}/${team.id}`, body) : post(path, body));
    toast(t("saved"));
    onDone();
  });
  const remove = async () => {
    setAsking(false);
    await attempt(ask("DELETE", `${path}/${team?.id}`).then(onDone));
  };
  const taken = problem?.code === "name_taken" ? problem.message : undefined;
  return html`<form class="card form form-wide" onSubmit=${onSubmit} noValidate>
    <${Fault} problem=${taken ? undefined : problem} fields=${["name"]} />
    <${Field} name="name" label=${t("name")} initial=${team?.name} fault=${problem?.of("name") ?? taken} autocomplete="off" />
    <${Choices} legend=${t("agents")} name="agents" chosen=${team?.agents.map(({ id }) => id) ?? []}
      options=${agents.value.map(({ id, name }) => ({ value: id, words: name }))} />
    <p class="form-actions">
      <button class="button button-primary" disabled=${busy}>${t(team ? "save" : "create")}</button>
      <button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>
      ${team && html`<button type="button" class="button button-danger" onClick=${() => setAsking(true)}>${t("delete")}</button>`}
    </p>
    ${
      asking &&
      html`<${Confirm} title=${t("delete_question", { name: team?.name ?? "" })} action=${t("delete")} onConfirm=${remove}
        onClose=${() => setAsking(false)}><p>${t(kind === "teams" ? "delete_group_consequence" : "delete_unit_consequence")}</p><//>`
    }
  </form>`;
}
