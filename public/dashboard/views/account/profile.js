// How colleagues and customers know me.
import { ask, at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { shrink, upload } from "../../pictures.js";
import { text, useForm } from "../../resource.js";
import { me, refreshMe } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Face } from "../face.js";
import { Fault, Field } from "../fields.js";
import { NameFields } from "../settings/name-fields.js";

/** @param {{ slug: string }} props */
export function Profile({ slug }) {
  const person = me.value;
  const path = `${at(slug)}/me`;
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(path, {
      name: text(form, "name"),
      public_name: text(form, "public_name"),
      function: text(form, "function"),
      language: text(form, "language") || null,
      signature: text(form, "signature"),
      append_signature: form.has("append_signature"),
      description: text(form, "description"),
    });
    await refreshMe();
    toast(t("saved"));
  });
  if (!person) return null;
  const fault = (/** @type {string} */ field) => problem?.of(field);
  const shown = person.public_name === person.name ? "" : person.public_name;
  return html`
    <section class="card" aria-labelledby="photo-title">
      <h2 id="photo-title">${t("photo")}</h2>
      <${Photo} path=${path} />
    </section>
    <section class="card" aria-labelledby="profile-title">
      <h2 id="profile-title">${t("account_profile")}</h2>
      <form class="form form-wide" onSubmit=${onSubmit} noValidate>
        <${Fault} problem=${problem} fields=${["name", "public_name", "function", "signature", "description"]} />
        <${NameFields} own initial=${{ ...person, public_name: shown }} fault=${fault} />
        <${Field} name="signature" label=${t("signature")} rows=${3} initial=${person.signature} fault=${fault("signature")} optional />
        <label class="switch"><input type="checkbox" name="append_signature" defaultChecked=${person.append_signature} /> ${t("append_signature")}</label>
        <${Field} name="description" label=${t("description")} hint=${t("description_hint")} rows=${4} initial=${person.description}
          fault=${fault("description")} optional />
        <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
      </form>
      <${DescriptionFile} slug=${slug} path=${`${path}/description-file`} />
    </section>
  `;
}

/** @param {{ path: string }} props */
function Photo({ path }) {
  const person = me.value;
  if (!person) return null;
  const choose = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    if (!file) return;
    await attempt(
      shrink(file, 256)
        .then((picture) => upload(`${path}/photo`, picture))
        .then(refreshMe),
    );
    event.target.value = "";
  };
  return html`<div class="picture">
    <${Face} name=${person.name} photo=${person.photo_url} />
    <div class="stack">
      <label class="button">${t("choose_photo")}<input type="file" accept="image/png,image/jpeg,image/gif,image/webp" class="visually-hidden" onChange=${choose} /></label>
      ${person.photo_url && html`<button class="link" onClick=${() => attempt(ask("DELETE", `${path}/photo`).then(refreshMe))}>${t("remove_picture")}</button>`}
      <small>${t("picture_hint")}</small>
    </div>
  </div>`;
}

/** @param {{ slug: string, path: string }} props */
function DescriptionFile({ slug, path }) {
  const file = me.value?.description_file;
  const choose = async (/** @type {any} */ event) => {
    const [chosen] = event.target.files;
    if (!chosen) return;
    await attempt(upload(`${path}?name=${encodeURIComponent(chosen.name)}`, chosen).then(refreshMe));
    event.target.value = "";
  };
  return html`<div class="picture">
    <div class="stack">
      <p>${
        file
          ? html`<a href=${`${at(slug)}/files/${file.id}`} target="_self" download>${file.name}</a>${" "}
            <button class="link" onClick=${() => attempt(ask("DELETE", path).then(refreshMe))}>${t("remove")}</button>`
          : t("no_file")
      }</p>
      <label class="button">${t("attach_file")}<input type="file" class="visually-hidden" onChange=${choose} /></label>
      <small>${t("file_hint")}</small>
    </div>
  </div>`;
}
