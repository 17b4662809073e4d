// Sending something of the catalogue to the customer of a conversation.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { at, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { Glance, Items } from "./pick.js";

/** @import { CatalogItem } from "../../types.js" */

const MOST = 20;

/** @param {{ slug: string, conversation: import("../../types.js").Conversation, onClose: () => void }} props */
export function SendCatalog({ slug, conversation, onClose }) {
  const chosen = useSignal(/** @type {string[]} */ ([]));
  // One name for this message, however often it is sent.
  const client_id = useMemo(() => crypto.randomUUID(), []);
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await post(`${at(slug)}/conversations/${conversation.id}/catalog`, {
      client_id,
      item_ids: chosen.value,
      text: text(form, "text"),
    });
    toast(t("catalog_sent"));
    onClose();
  });
  const toggle = (/** @type {string} */ id) => {
    const rest = chosen.value.filter((one) => one !== id);
    chosen.value = rest.length < chosen.value.length ? rest : [...rest, id];
  };
  const count = chosen.value.length;
  const full = count >= MOST;
  return html`<${Dialog} title=${t("catalog_send")} onClose=${onClose}>
    <form class="form form-wide" onSubmit=${onSubmit} novalidate>
      <${Fault} problem=${problem} fields=${["text"]} />
      <${Items} slug=${slug} row=${(/** @type {CatalogItem} */ item) => {
        const on = chosen.value.includes(item.id);
        return html`<label class="item catalog-choice"><input type="checkbox" checked=${on} disabled=${full && !on}
          onChange=${() => toggle(item.id)} /> <${Glance} item=${item} /></label>`;
      }} />
      <p class="hint" role="status">${t("catalog_chosen", { count, most: MOST })}</p>
      <${Field} name="text" label=${t("catalog_text")} rows=${3} optional fault=${problem?.of("text")} />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${busy || count === 0}>${t("catalog_send_to", { name: conversation.contact.name })}</button>
      </p>
    </form>
  <//>`;
}
