// Files of words: those that are about to be sent, under the text; those that were, in the log.
import { useEffect, useRef } from "preact/hooks";
import { dragsFiles, filesIn } from "../../live/upload.js";
import { html } from "../html.js";
import { fileSize, t } from "../i18n.js";
import { fileUrl } from "../uploads.js";

/** @import { Attachment } from "../types.js" */
/** @import { Upload, Uploads } from "../uploads.js" */

const SHOWN = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/** The paperclip. @param {{ uploads: Uploads }} props */
export function AttachButton({ uploads }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = () => {
    if (!field.current) return;
    uploads.add(field.current.files ?? []);
    field.current.value = "";
  };
  return html`<button type="button" class="button button-plain attach" title=${t("attach_hint")}
      onClick=${() => field.current?.click()}>${t("attach_files")}</button>
    <input type="file" id="attach" ref=${field} multiple hidden onChange=${chosen} />`;
}

/** What goes with the words; also takes what is dropped on the conversation or pasted. @param {{ uploads: Uploads }} props */
export function Attachments({ uploads }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => receive(place.current, uploads), [uploads]);
  useEffect(() => () => uploads.forgetWaiting(), [uploads]);
  const { files, fault, awaited } = uploads;
  return html`<div class="attachments" ref=${place}>
    ${
      files.value.length > 0 &&
      html`<ul class="attached" aria-label=${t("attached_files")}>
        ${files.value.map((one) => html`<${Row} key=${one.key} uploads=${uploads} one=${one} />`)}
      </ul>`
    }
    <p role="status" class=${fault.value ? "fault" : "hint"}>${fault.value || (awaited.value ? t("waits_for_files") : "")}</p>
  </div>`;
}

/** Files that were sent. @param {{ conversation: string, files?: Attachment[] }} props */
export function Files({ conversation, files = [] }) {
  if (files.length === 0) return null;
  return html`<ul class="files" aria-label=${t("attached_files")}>
    ${files.map((file) => {
      const url = fileUrl(conversation, file.id);
      const shown = SHOWN.includes(file.type);
      return html`<li key=${file.id}>
        ${
          shown
            ? html`<a class="picture" href=${url} target="_blank" rel="noopener">
                <img src=${url} alt=${file.name} width="160" height="120" loading="lazy" decoding="async" /></a>`
            : html`<a class="file" href=${url} download=${file.name}><${Kind} name=${file.name} />
                <span class="name">${file.name}</span> <small>${fileSize(file.size)}</small></a>`
        }
      </li>`;
    })}
  </ul>`;
}

/** @param {{ uploads: Uploads, one: Upload }} props */
function Row({ uploads, one }) {
  const remove = () => {
    uploads.remove(one);
    // The button is gone: the keyboard goes on where one writes.
    document.getElementById("composer")?.focus();
  };
  const { name, size, state, part, attachment, fault, again } = one;
  const onItsWay = state === "waiting" || state === "sending";
  return html`<li data-state=${state}>
    ${
      attachment && SHOWN.includes(attachment.type)
        ? html`<img src=${fileUrl(uploads.id, attachment.id)} alt="" width="32" height="32" />`
        : html`<${Kind} name=${name} />`
    }
    <span class="about"><span class="name">${name}</span> <small>${fileSize(size)}</small>
    ${onItsWay && html`<progress max="1" value=${part} aria-label=${t("upload_of", { name })}></progress>`}
    ${fault && html`<span class="fault" role="alert">${fault}</span>`}
    ${
      state === "failed" &&
      again &&
      html`<button type="button" class="link" onClick=${() => uploads.retry(one)}>${t("try_again")}</button>`
    }
    </span>
    <button type="button" class="remove" aria-label=${t(onItsWay ? "cancel_file" : "remove_file", { name })}
      title=${t(onItsWay ? "cancel_file" : "remove_file", { name })} onClick=${remove}>×</button>
  </li>`;
}

/** The ending of a file's name, as a sign. @param {{ name: string }} props */
function Kind({ name }) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(name)?.[1] ?? "";
  return html`<span class="kind" aria-hidden="true">${ending}</span>`;
}

/** Takes what is dropped on the conversation around a place, or pasted into its form. @param {HTMLElement | null} place @param {Uploads} uploads */
function receive(place, uploads) {
  const zone = /** @type {HTMLElement | null} */ (place?.closest("section") ?? null);
  const form = place?.closest("form");
  if (!zone || !form) return;
  const ends = new AbortController();
  const { signal } = ends;
  const mark = (/** @type {boolean} */ over) => zone.toggleAttribute("data-dropping", over);
  /** @param {DragEvent} event */
  const drag = (event) => {
    if (!dragsFiles(event)) return;
    // Also beside the zone: the browser would leave the page for the file.
    event.preventDefault();
    const over = event.target instanceof Node && zone.contains(event.target);
    if (event.dataTransfer) event.dataTransfer.dropEffect = over ? "copy" : "none";
    mark(over);
  };
  /** @param {DragEvent} event */
  const drop = (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    mark(false);
    if (event.target instanceof Node && zone.contains(event.target))
      uploads.add(event.dataTransfer?.files ?? []);
  };
  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    const files = filesIn(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  };
  document.addEventListener("dragover", drag, { signal });
  document.addEventListener("drop", drop, { signal });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false), { signal });
  form.addEventListener("paste", paste, { signal });
  return () => {
    mark(false);
    ends.abort();
  };
}
