// Who follows a conversation without having had it: oneself, or others whom one lets in.
import { useSignal } from "@preact/signals";
import { at, get } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { mayTo, me, slug } from "../session.js";
import { attempt } from "../toast.js";

/** @import { Colleague, Conversation } from "../types.js" */
/** @import { Thread } from "../thread.js" */

/** @param {{ thread: Thread, conversation: Conversation }} props */
export function Followers({ thread, conversation }) {
  const colleagues = useSignal(/** @type {Colleague[] | undefined} */ (undefined));
  const followers = conversation.followers ?? [];
  const mine = me.value?.id ?? "";
  const follows = followers.some(({ id }) => id === mine);
  const mayRemove = mayTo("conversation.assign_other", conversation);
  const fetch = () => {
    const path = `${at(slug.value ?? "")}/conversations/${conversation.id}/colleagues`;
    attempt(
      get(path).then(({ items }) => {
        colleagues.value = items;
      }),
    );
  };
  /** @param {HTMLSelectElement} picker */
  const add = (picker) => {
    const { value } = picker;
    picker.value = "";
    if (value) attempt(thread.follow(value, true));
  };
  const others = (colleagues.value ?? []).filter(
    ({ id }) => id !== mine && !followers.some((one) => one.id === id),
  );
  return html`<section aria-labelledby="followers-title">
    <h2 id="followers-title">${t("followers")}</h2>
    ${
      followers.length > 0 &&
      html`<ul class="followers">
        ${followers.map(
          ({ id, name }) => html`<li key=${id}><span>${id === mine ? t("you") : name}</span>
            ${
              id !== mine &&
              mayRemove &&
              html`<button class="link" aria-label=${t("remove_follower", { name })} onClick=${() => attempt(thread.follow(id, false))}>${t("remove")}</button>`
            }</li>`,
        )}
      </ul>`
    }
    <p><button class="link" onClick=${() => attempt(thread.follow(mine, !follows))}>${t(follows ? "unfollow" : "follow")}</button></p>
    <label class="picker wide"><span class="visually-hidden">${t("add_follower")}</span>
      <select class="input" onFocus=${fetch} onPointerDown=${fetch} onChange=${(/** @type {any} */ { target }) => add(target)}>
        <option value="">${t("add_follower")}</option>
        ${others.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
      </select></label>
  </section>`;
}
