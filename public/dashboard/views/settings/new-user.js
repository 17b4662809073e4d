// Add Agent.
import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { at, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { number, text, useForm, useResource } from "../../resource.js";
import { go } from "../../router.js";
import { company, refreshAgents } from "../../session.js";
import { toast } from "../../toast.js";
import { Fault, Field, Select } from "../fields.js";
import { Access } from "./access.js";
import { HandOver } from "./hand-over.js";
import { LANGUAGES } from "./languages.js";

/** @param {{ slug: string }} props */
export function NewUser({ slug }) {
  const roles = useResource(`${at(slug)}/roles`).data?.items;
  const units = useResource(`${at(slug)}/business-units`).data?.items;
  const picked = useSignal(["agent"]);
  const byMail = useSignal(true);
  const [invited, setInvited] = useState(/** @type {any} */ (undefined));
  // One name for one attempt: a repeat after a lost answer invites nobody twice.
  const [clientId, setClientId] = useState(() => crypto.randomUUID());
  const { problem, busy, onSubmit } = useForm(async (form) => {
    setClientId(crypto.randomUUID());
    const answer = await post(`${at(slug)}/agents`, {
      client_id: clientId,
      email: text(form, "email"),
      first_name: text(form, "first_name"),
      last_name: text(form, "last_name"),
      roles: form.getAll("roles"),
      add_ons: form.getAll("add_ons"),
      ...(text(form, "language") ? { language: text(form, "language") } : {}),
      business_units: [text(form, "business_unit")].filter(Boolean),
      phones: { landline: text(form, "landline"), mobile: text(form, "mobile") },
      ...(number(form, "max_chats") === null ? {} : { max_chats: number(form, "max_chats") }),
      send_email: form.get("send_email") === "on",
    });
    refreshAgents();
    if (answer.invitation_url) return setInvited(answer);
    toast(t("invitation_sent", { email: answer.agent.email }));
    go(`/app/${slug}/settings/users`);
  });
  if (invited) {
    return html`<${HandOver} title=${t("hand_over_invitation", { name: invited.agent.name })}
      hint=${t("hand_over_invitation_hint")} url=${invited.invitation_url} back=${`/app/${slug}/settings/users`} />`;
  }
  if (!roles || !units) return html`<p role="status">${t("loading")}</p>`;
  const fault = (/** @type {string} */ field) => problem?.of(field);
  return html`
    <header class="screen-head"><h1>${t("add_agent")}</h1></header>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["email", "first_name", "last_name", "max_chats", "phones.landline", "phones.mobile", "roles"]} />
      <${Field} name="email" type="email" label=${t("email")} hint=${t("email_hint")} fault=${fault("email")} autocomplete="off" />
      <div class="pair">
        <${Field} name="first_name" label=${t("first_name")} fault=${fault("first_name")} optional autocomplete="off" />
        <${Field} name="last_name" label=${t("last_name")} fault=${fault("last_name")} optional autocomplete="off" />
      </div>
      <${Access} roles=${roles} chosen=${["agent"]} addOns=${["dispenser"]} problem=${problem} picked=${picked.value}
        onPick=${(/** @type {string[]} */ chosen) => {
          picked.value = chosen;
        }} />
      <div class="pair">
        <${Select} name="language" label=${t("language")}
          options=${[["", t("language_of_company", { company: company.value?.name ?? "" })], ...LANGUAGES]} />
        <${Select} name="business_unit" label=${t("business_unit")}
          options=${units.map((/** @type {any} */ { id, name }) => [id, name])} initial=${units[0]?.id} />
      </div>
      <div class="pair">
        <${Field} name="landline" type="tel" label=${t("landline")} fault=${fault("phones.landline")} optional autocomplete="off" />
        <${Field} name="mobile" type="tel" label=${t("mobile")} fault=${fault("phones.mobile")} optional autocomplete="off" />
      </div>
      <${Field} name="max_chats" type="number" min=${1} max=${1000} label=${t("max_chats")} hint=${t("max_chats_hint")}
        fault=${fault("max_chats")} optional />
      <label class="switch"><input type="checkbox" name="send_email" checked=${byMail.value}
        onChange=${(/** @type {any} */ { target }) => {
          byMail.value = target.checked;
        }} /> ${t("send_an_email")}</label>
      <p class="hint">${byMail.value ? t("send_an_email_hint") : t("hand_over_hint")}</p>
      <p class="form-actions">
        <button class="button button-primary" disabled=${busy}>${t("create")}</button>
        <a class="button" href=${`/app/${slug}/settings/users`}>${t("cancel")}</a>
      </p>
    </form>
  `;
}
