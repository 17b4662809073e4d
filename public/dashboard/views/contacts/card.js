// The customer of a conversation: who he is, whose he is, and what there was before.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { at } from "../../api.js";
import { STATUSES, writeFilters } from "../../filters.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { may, slug } from "../../session.js";
import { lazily, nothing } from "../lazy.js";
import { Earlier } from "./earlier.js";
import { ContactPrivacy, mayTakeOut } from "./privacy.js";
import { StickyAgent } from "./sticky-agent.js";

/** @import { ContactRecord, Conversation } from "../../types.js" */

const EditContact = lazily(async () => (await import("./edit.js")).EditContact, nothing);

/** @param {{ conversation: Conversation }} props */
export function ContactCard({ conversation }) {
  const company = slug.value ?? "";
  const { id, name, email } = conversation.contact;
  const { data, reload } = useResource(`${at(company)}/contacts/${id}`);
  // Who is corrected elsewhere is corrected here.
  useEffect(() => {
    reload();
  }, [name, email]);
  return html`<section>
    <h2>${t("contact")}</h2>
    ${data ? html`<${Known} contact=${data} slug=${company} reload=${reload} />` : html`<div class="contact"><${Named} name=${name} email=${email} /></div>`}
    <p><a class="contact-all" href=${allOf(company, id)}>${t("all_of_contact")}</a></p>
    <p class="hint">${t(`came_by_${conversation.channel}`)}</p>
    <${Earlier} slug=${company} contact=${id} current=${conversation.id} />
    ${
      data &&
      mayTakeOut() &&
      html`<details class="personal"><summary>${t("personal_data")}</summary>
        <${ContactPrivacy} slug=${company} contact=${data} /></details>`
    }
  </section>`;
}

/** All that somebody ever wrote. @param {string} slug @param {string} contact */
const allOf = (slug, contact) =>
  `/app/${slug}/all${writeFilters({ sort: "recent", contact, status: STATUSES.join(",") })}`;

/** @param {{ name: string, email: string }} props */
const Named = ({ name, email }) => html`<p><strong>${name}</strong></p>
  <p><a href=${`mailto:${email}`}>${email}</a></p>`;

/** What is known of him. @param {{ contact: ContactRecord, slug: string, reload: () => Promise<void> }} props */
export function Known({ contact, slug: company, reload }) {
  const editing = useSignal(false);
  const close = () => {
    editing.value = false;
  };
  const { name, email, phone, organisation, note } = contact;
  return html`<div class="contact">
    <${Named} name=${name} email=${email} />
    ${phone && html`<p><a href=${`tel:${phone.replace(/[^+\d]/g, "")}`}>${phone}</a></p>`}
    ${organisation && html`<p>${organisation}</p>`}
    ${note && html`<p class="contact-note"><span class="visually-hidden">${t("contact_note")}: </span>${note}</p>`}
    <${StickyAgent} slug=${company} contact=${contact} reload=${reload} />
    ${
      may("contact.edit") &&
      html`<button class="button" onClick=${() => {
        editing.value = true;
      }}>${t("edit_contact")}</button>`
    }
    ${editing.value && html`<${EditContact} slug=${company} contact=${contact} onClose=${close} onSaved=${reload} />`}
  </div>`;
}
