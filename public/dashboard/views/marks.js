// Tags and priority of a conversation, wherever it is shown; and how they are set.
import { PRIORITIES } from "../filters.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { tags as known, mayTo } from "../session.js";
import { attempt } from "../toast.js";
import { PickMenu } from "./pick-menu.js";

/** @import { Conversation, Tag } from "../types.js" */

/** A tag as it is called now: a conversation remembers what it was called then. @param {Tag} tag @returns {Tag} */
export const present = (tag) => known.value.find(({ id }) => id === tag.id) ?? tag;

/** @param {{ tag: Tag }} props */
export function TagMark({ tag }) {
  const { name, colour } = present(tag);
  return html`<span class="tag" data-colour=${colour}>${name}</span>`;
}

/** @param {{ tags: Tag[] }} props */
export const Tags = ({ tags }) => tags.map((tag) => html`<${TagMark} key=${tag.id} tag=${tag} />`);

/** Nothing where it is as usual. @param {{ priority: Conversation["priority"] }} props */
export function Priority({ priority }) {
  if (priority === "normal") return null;
  return html`<span class="status" data-priority=${priority}>${t(`priority_${priority}`)}</span>`;
}

/** Beside a conversation: its tags and its priority, to be changed by whoever may. @param {{ thread: import("../thread.js").Thread, conversation: Conversation }} props */
export function Marks({ thread, conversation }) {
  const { tags, priority } = conversation;
  const may = mayTo("conversation.tag", conversation);
  const free = known.value.filter(({ id }) => !tags.some((tag) => tag.id === id));
  const choices = free.map((tag) => ({
    key: tag.id,
    words: tag.name,
    look: html`<${TagMark} tag=${tag} />`,
    onPick: () => attempt(thread.tag(tag.id, true)),
  }));
  if (!may && tags.length === 0 && priority === "normal") return null;
  return html`<section>
    <h2 id="marks-title">${t("tags")}</h2>
    <ul class="marks-list" aria-labelledby="marks-title">
      ${tags.map((tag) => html`<li key=${tag.id}><${Removable} thread=${thread} tag=${tag} may=${may} /></li>`)}
      ${may && html`<li key=""><${PickMenu} id="add-tag" label=${t("add_tag")} choices=${choices} none=${t("no_tags")} /></li>`}
    </ul>
    ${
      may
        ? html`<label class="picker">${t("priority")}
          <select class="input" value=${priority} onChange=${(/** @type {any} */ { target }) => attempt(thread.prioritise(target.value))}>
            ${PRIORITIES.map((one) => html`<option key=${one} value=${one}>${t(`priority_${one}`)}</option>`)}
          </select></label>`
        : html`<p><${Priority} priority=${priority} /></p>`
    }
  </section>`;
}

/** @param {{ thread: import("../thread.js").Thread, tag: Tag, may: boolean }} props */
function Removable({ thread, tag, may }) {
  const { name, colour } = present(tag);
  if (!may) return html`<${TagMark} tag=${tag} />`;
  return html`<span class="tag" data-colour=${colour}>${name}
    <button type="button" class="chip-off" aria-label=${t("untag", { name })} onClick=${() => attempt(thread.tag(tag.id, false))}>×</button></span>`;
}
