// In which language the customer will read the answer, where that is another than the agent's.
import { html } from "../../html.js";
import { languageName, t } from "../../i18n.js";
import { me } from "../../session.js";

/** @param {{ thread: import("../../thread.js").Thread, conversation: import("../../types.js").Conversation }} props */
export function Translates({ thread, conversation }) {
  const own = me.value?.translates_to;
  const his = thread.translations.customers.value || (conversation.language ?? "").split("-")[0];
  if (!own || !his || his === own) return null;
  const { name } = conversation.contact;
  return html`<p class="hint translates">${t("will_be_translated", { name, language: languageName(his) })}</p>`;
}
