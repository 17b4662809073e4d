// What is known of a customer, to be corrected.
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";

/** @param {{ slug: string, contact: import("../../types.js").ContactRecord, onClose: () => void, onSaved: () => Promise<void> }} props */
export function EditContact({ slug, contact, onClose, onSaved }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(`${at(slug)}/contacts/${contact.id}`, {
      name: text(form, "name"),
      email: text(form, "email"),
      phone: text(form, "phone"),
      organisation: text(form, "organisation"),
      note: text(form, "note"),
    });
    toast(t("contact_saved"));
    onClose();
    await onSaved();
  });
  const taken = problem?.code === "email_taken" ? t("contact_email_taken") : undefined;
  const fault = (/** @type {string} */ field) => problem?.of(field);
  return html`<${Dialog} title=${t("edit_contact")} onClose=${onClose}>
    <form class="form form-wide" onSubmit=${onSubmit} novalidate>
      ${!taken && html`<${Fault} problem=${problem} fields=${["name", "email", "phone", "organisation", "note"]} />`}
      <${Field} name="name" label=${t("name")} initial=${contact.name} fault=${fault("name")} />
      <${Field} name="email" type="email" label=${t("email")} initial=${contact.email} hint=${t("contact_email_hint")}
        fault=${taken ?? fault("email")} />
      <${Field} name="phone" type="tel" label=${t("phone")} initial=${contact.phone} optional fault=${fault("phone")} />
      <${Field} name="organisation" label=${t("organisation")} initial=${contact.organisation} optional
        fault=${fault("organisation")} />
      <${Field} name="note" label=${t("contact_note")} rows=${4} initial=${contact.note} hint=${t("contact_note_hint")}
        optional fault=${fault("note")} />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${busy}>${t("save")}</button>
      </p>
    </form>
  <//>`;
}
