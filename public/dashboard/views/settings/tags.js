// Tags: what they are called, how they look, and how many conversations have them.
import { useState } from "preact/hooks";
import { ask, at, Problem, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { may, refreshTags } from "../../session.js";
import { complain, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { TagMark } from "../marks.js";
import { MergeTag } from "./merge-tag.js";

/** @import { Tag } from "../../types.js" */

const COLOURS = /** @type {const} */ ([
  "grey",
  "red",
  "orange",
  "yellow",
  "green",
  "teal",
  "blue",
  "purple",
  "pink",
]);

/** @param {{ slug: string }} props */
export function Tags({ slug }) {
  const path = `${at(slug)}/tags`;
  const { data, problem, reload } = useResource(path);
  const [editing, setEditing] = useState(/** @type {string | undefined} */ (undefined));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  const stop = () => setEditing(undefined);
  const done = () => {
    stop();
    refreshTags();
    reload();
  };
  return html`
    <header class="screen-head">
      <h1>${t("settings_tags")}</h1>
      ${may("tag.create") && html`<button class="button button-primary" onClick=${() => setEditing("new")}>${t("create_tag")}</button>`}
    </header>
    <p class="hint">${t("tags_hint")}</p>
    ${editing === "new" && html`<div class="card"><${Edit} path=${path} onDone=${done} onCancel=${stop} /></div>`}
    ${data.items.length === 0 && editing !== "new" && html`<p class="hint">${t("no_tags")}</p>`}
    <ul class="cards">
      ${data.items.map((/** @type {Tag} */ tag) =>
        editing === tag.id
          ? html`<li key=${tag.id} class="card"><${Edit} path=${path} tag=${tag} others=${data.items.filter((/** @type {Tag} */ one) => one.id !== tag.id)} onDone=${done} onCancel=${stop} /></li>`
          : html`<li key=${tag.id} class="card row">
              <div><h2><${TagMark} tag=${tag} /></h2>
                ${tag.conversations !== undefined && html`<p class="hint"><a href=${`/app/${slug}/tag-${tag.id}`}>${t("tag_used", { count: tag.conversations })}</a></p>`}</div>
              <button class="button" onClick=${() => setEditing(tag.id)} aria-label=${`${t("edit")}: ${tag.name}`}>${t("edit")}</button>
            </li>`,
      )}
    </ul>
  `;
}

/** @param {{ path: string, tag?: Tag, others?: Tag[], onDone: () => void, onCancel: () => void }} props */
function Edit({ path, tag, others = [], onDone, onCancel }) {
  const [merging, setMerging] = useState(false);
  const [asking, setAsking] = useState(false);
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const body = { name: text(form, "name"), colour: text(form, "colour") };
    await (tag ? patch(`${path}/${tag.id}`, body) : post(path, body));
    toast(t("saved"));
    onDone();
  });
  const taken = problem?.code === "name_taken" ? problem.message : undefined;
  return html`<form class="form form-wide" onSubmit=${onSubmit} noValidate>
    <${Fault} problem=${taken ? undefined : problem} fields=${["name"]} />
    <${Field} name="name" label=${t("name")} initial=${tag?.name} fault=${problem?.of("name") ?? taken} autocomplete="off" />
    <fieldset class="swatches">
      <legend class="label">${t("colour")}</legend>
      ${COLOURS.map(
        (colour) => html`<label key=${colour}>
          <input type="radio" name="colour" value=${colour} defaultChecked=${colour === (tag?.colour || "grey")} />
          <span class="tag" data-colour=${colour}>${t(`colour_${colour}`)}</span>
        </label>`,
      )}
    </fieldset>
    <p class="form-actions">
      <button class="button button-primary" disabled=${busy}>${t(tag ? "save" : "create")}</button>
      <button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>
      ${tag && may("tag.create") && may("tag.delete") && html`<button type="button" class="button" onClick=${() => setMerging(true)}>${t("merge_into")}</button>`}
      ${tag && may("tag.delete") && html`<button type="button" class="button button-danger" onClick=${() => setAsking(true)}>${t("delete")}</button>`}
    </p>
    ${asking && tag && html`<${Delete} path=${path} tag=${tag} onDone=${onDone} onClose=${() => setAsking(false)} />`}
  </form>
  ${merging && tag && html`<${MergeTag} path=${path} tag=${tag} others=${others} onDone=${onDone} onClose=${() => setMerging(false)} />`}`;
}

/** Says what it touches; what many have is taken off in parts, and told how far it is. @param {{ path: string, tag: Tag, onDone: () => void, onClose: () => void }} props */
function Delete({ path, tag, onDone, onClose }) {
  const [progress, setProgress] = useState(/** @type {number | undefined} */ (undefined));
  const remove = async () => {
    setProgress(0);
    try {
      for (let done = 0; ; ) {
        const part = await oneMore(`${path}/${tag.id}`);
        if (part === 0) break;
        done += part;
        setProgress(done);
      }
      onDone();
    } catch (error) {
      onClose();
      complain(error);
    }
  };
  return html`<${Confirm} title=${t("delete_question", { name: tag.name })} action=${t("delete")} onConfirm=${remove}
      onClose=${onClose} busy=${progress !== undefined}>
    <p>${tag.conversations === undefined ? t("delete_tag_consequence") : t("delete_tag_count", { count: tag.conversations })}</p>
    <p role="status">${progress ? t("still_untagging", { count: progress }) : ""}</p>
  <//>`;
}

/** How many conversations lost it, with more to come; none when it is deleted. @param {string} path @returns {Promise<number>} */
async function oneMore(path) {
  try {
    await ask("DELETE", path);
    return 0;
  } catch (error) {
    if (error instanceof Problem && error.code === "still_untagging") return Number(error.body.done);
    throw error;
  }
}
