// The customer's side, in the panel: how he rated the conversation, and his link.
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { mayTo } from "../session.js";
import { attempt, toast } from "../toast.js";
import { Confirm } from "./dialog.js";

/** @import { Conversation } from "../types.js" */

/** @param {{ conversation: Conversation }} props */
export function RatingGiven({ conversation: { rating } }) {
  if (!rating) return null;
  return html`<section class="rating-given">
    <h2>${t("rating")}</h2>
    <p><span class="stars" aria-hidden="true">${"★".repeat(rating.score)}${"☆".repeat(5 - rating.score)}</span>
      ${" "}<strong>${t("rating_of", { score: rating.score })}</strong></p>
    ${rating.comment && html`<p class="text">${rating.comment}</p>`}
  </section>`;
}

/** @param {{ thread: import("../thread.js").Thread, conversation: Conversation }} props */
export function CustomersLink({ thread, conversation }) {
  const asking = useSignal(false);
  const { name, email } = conversation.contact;
  if (conversation.merged_into || !mayTo("conversation.reply", conversation)) return null;
  const close = () => {
    asking.value = false;
  };
  const replace = async () => {
    close();
    await thread.replaceLink();
    toast(t("link_replaced"));
  };
  return html`<section>
    <h2>${t("customers_link")}</h2>
    <button class="button" onClick=${() => {
      asking.value = true;
    }}>${t("replace_link")}</button>
    ${
      asking.value &&
      html`<${Confirm} title=${t("replace_link_question", { name })} action=${t("replace_link")}
        onConfirm=${() => attempt(replace())} onClose=${close}>
        <p>${t("replace_link_hint")}</p>
        <p>${t("replace_link_mail", { name, email })}</p>
      <//>`
    }
  </section>`;
}
