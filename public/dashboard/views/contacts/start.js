// Writing to a customer first.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { at, get, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { go } from "../../router.js";
import { attempt, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";

/** @import { ContactRecord } from "../../types.js" */

const FIELDS = ["contact.email", "contact.name", "subject", "body"];

/** @param {{ inbox: import("../../inbox.js").Inbox, onClose: () => void }} props */
export function StartConversation({ inbox, onClose }) {
  const { slug } = inbox;
  const known = useSignal(/** @type {ContactRecord[]} */ ([]));
  // One name for this message, however often it is sent.
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const suggest = (/** @type {string} */ words) => {
    if (words.trim().length < 2) return;
    const path = `${at(slug)}/contacts?limit=8&q=${encodeURIComponent(words.trim().slice(0, 100))}`;
    attempt(
      get(path).then(({ items }) => {
        known.value = items;
      }),
    );
  };
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const conversation = await post(`${at(slug)}/conversations`, {
      client_id,
      contact: { email: text(form, "contact.email"), name: text(form, "contact.name") || undefined },
      subject: text(form, "subject"),
      body: text(form, "body"),
    });
    inbox.learn(conversation);
    toast(t("conversation_started"));
    onClose();
    go(`/app/${slug}/all/${conversation.id}`);
  });
  const fault = (/** @type {string} */ field) => problem?.of(field);
  return html`<${Dialog} title=${t("new_conversation")} onClose=${onClose}>
    <form class="form form-wide" onSubmit=${onSubmit} novalidate>
      <${Fault} problem=${problem} fields=${FIELDS} />
      <${Field} name="contact.email" type="email" label=${t("customers_email")} autocomplete="off" list="known-contacts"
        fault=${fault("contact.email")} onInput=${(/** @type {any} */ event) => suggest(event.target.value)} />
      <datalist id="known-contacts">
        ${known.value.map(({ id, name, email }) => html`<option key=${id} value=${email}>${name}</option>`)}
      </datalist>
      <${Field} name="contact.name" label=${t("customers_name")} hint=${t("customers_name_hint")} autocomplete="off" optional
        fault=${fault("contact.name")} />
      <${Field} name="subject" label=${t("subject")} fault=${fault("subject")} />
      <${Field} name="body" label=${t("message")} rows=${6} fault=${fault("body")} />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${busy}>${t("send")}</button>
      </p>
    </form>
  <//>`;
}
