// What the law gives a customer: all that is held about him, taken out, or erased for good.
import { useSignal } from "@preact/signals";
import { ask, at } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { go } from "../../router.js";
import { may } from "../../session.js";
import { toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";

/** @import { ContactRecord } from "../../types.js" */

/** Conversations that are counted; of more, so many and more. */
const COUNTED = 100;

/** Whether the person may do any of it. */
export const mayTakeOut = () => may("contact.export") || may("contact.erase");

/** @param {{ slug: string, contact: ContactRecord }} props */
export function ContactPrivacy({ slug, contact }) {
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  return html`<p class="form-actions">
      ${
        may("contact.export") &&
        html`<a class="button" href=${`${at(slug)}/contacts/${contact.id}/export`} download target="_self">${t("export_data")}</a>`
      }
      ${
        may("contact.erase") &&
        html`<button class="button button-danger" onClick=${() => {
          asking.value = true;
        }}>${t("erase_contact")}</button>`
      }
    </p>
    ${asking.value && html`<${Erase} slug=${slug} contact=${contact} onClose=${close} />`}`;
}

/** @param {{ slug: string, contact: ContactRecord, onClose: () => void }} props */
function Erase({ slug, contact, onClose }) {
  const { data } = useResource(`${at(slug)}/conversations?contact=${contact.id}&limit=${COUNTED}`);
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await ask("DELETE", `${at(slug)}/contacts/${contact.id}`, { confirm: text(form, "confirm") });
    toast(t("erase_under_way", { name: contact.name }));
    onClose();
    go(`/app/${slug}/contacts`);
  });
  const wrong = problem?.code === "not_confirmed" ? t("erase_not_confirmed") : undefined;
  return html`<${Dialog} title=${t("erase_contact_question", { name: contact.name })} onClose=${onClose}>
    <form class="form stack" onSubmit=${onSubmit} noValidate>
      <p>${t("erase_contact_first")}</p>
      <ul class="destroyed">
        <li>${t("erase_of_contact")}</li>
        ${data && html`<li>${conversations(data.items.length, data.next)}</li>`}
        <li>${t("erase_of_orders")}</li>
      </ul>
      <p>${t("erase_link_dead")}</p>
      <${Fault} problem=${wrong ? undefined : problem} fields=${["confirm"]} />
      <${Field} name="confirm" type="email" label=${t("erase_type_email", { email: contact.email })}
        fault=${wrong ?? problem?.of("confirm")} autocomplete="off" />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${busy}>${t("erase")}</button>
      </p>
    </form>
  <//>`;
}

/** @param {number} count @param {string | null} more */
function conversations(count, more) {
  if (count === 0) return t("erase_of_no_conversations");
  return count === 1
    ? t("erase_of_conversation")
    : t("erase_of_conversations", { count: `${count}${more ? "+" : ""}` });
}
