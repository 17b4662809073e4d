// Merging a tag into another one: it says what it touches; what many have is replaced in parts, and told how far it is.
import { useState } from "preact/hooks";
import { Problem, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { complain, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { TagMark } from "../marks.js";

/** @import { Tag } from "../../types.js" */

/** @param {{ path: string, tag: Tag, others: Tag[], onDone: () => void, onClose: () => void }} props */
export function MergeTag({ path, tag, others, onDone, onClose }) {
  const [into, setInto] = useState(/** @type {Tag | undefined} */ (undefined));
  const [progress, setProgress] = useState(/** @type {number | undefined} */ (undefined));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!into) return;
    setProgress(0);
    try {
      for (let done = 0, part = -1; part !== 0; setProgress(done)) {
        part = await oneMore(`${path}/${tag.id}/merger`, into.id);
        done += part;
      }
      toast(t("tag_merged", { name: tag.name, into: into.name }));
      onDone();
    } catch (error) {
      onClose();
      complain(error);
    }
  };
  return html`<${Dialog} title=${t("merge_tag_title", { name: tag.name })} onClose=${onClose}>
    <form class="form merge" onSubmit=${submit}>
      ${
        others.length === 0
          ? html`<p>${t("merge_tag_none")}</p>`
          : html`<fieldset class="merge-choices">
            <legend>${t("merge_tag_choose")}</legend>
            ${others.map(
              (one) => html`<label key=${one.id}>
                <input type="radio" name="into" value=${one.id} checked=${one.id === into?.id} onChange=${() => setInto(one)} />
                <span><${TagMark} tag=${one} /></span>
              </label>`,
            )}
          </fieldset>
          <p class="hint">${tag.conversations === undefined ? t("merge_tag_consequence") : t("merge_tag_count", { count: tag.conversations })}</p>`
      }
      <p role="status">${progress ? t("still_merging", { count: progress }) : ""}</p>
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${!into || progress !== undefined}>${t("merge")}</button>
      </p>
    </form>
  <//>`;
}

/** How many conversations have the other one now, with more to come; none when it is done. @param {string} path @param {string} into @returns {Promise<number>} */
async function oneMore(path, into) {
  try {
    await put(path, { into });
    return 0;
  } catch (error) {
    if (error instanceof Problem && error.code === "still_merging") return Number(error.body.done);
    throw error;
  }
}
