// An answer that was written once, kept as an automated response.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { refreshResponses } from "../../responses.js";
import { slug } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { ResponseForm } from "../responses/form.js";

/**
 * @param {{ text: string, contact: string, onClose: () => void }} props
 */
export function SaveResponse({ text, contact, onClose }) {
  const done = () => {
    toast(t("response_saved"));
    attempt(refreshResponses(slug.peek() ?? ""));
    onClose();
  };
  return html`<${Dialog} title=${t("new_response")} onClose=${onClose}>
    <${ResponseForm} slug=${slug.value} initial=${{ body: general(text, contact) }} onDone=${done} onCancel=${onClose} />
  <//>`;
}

/**
 * The text for anybody: the customer's name is whoever's it will be.
 * @param {string} text
 * @param {string} contact
 */
export function general(text, contact) {
  const [first = ""] = contact.split(/\s+/);
  const word = (/** @type {string} */ name) =>
    new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "gu");
  const whole = contact.trim() ? text.replace(word(contact.trim()), "{{contact.name}}") : text;
  return first.length > 1 ? whole.replace(word(first), "{{contact.first_name}}") : whole;
}
