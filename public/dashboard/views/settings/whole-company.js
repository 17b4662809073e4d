// The company as a whole, for its owners: taken out, or erased for good.
import { useState } from "preact/hooks";
import { ask, at } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";

/** @param {{ slug: string, company: any }} props */
export function WholeCompany({ slug, company }) {
  const [asking, setAsking] = useState(false);
  return html`<section class="card" aria-labelledby="whole-title">
    <h2 id="whole-title">${t("whole_company")}</h2>
    <p>${t("export_company_hint")}</p>
    <p class="form-actions">
      <a class="button" href=${`${at(slug)}/export`} download target="_self">${t("export_company")}</a>
      <button class="button button-danger" onClick=${() => setAsking(true)}>${t("erase_company")}</button>
    </p>
    ${asking && html`<${Erase} slug=${slug} name=${company.name} onClose=${() => setAsking(false)} />`}
  </section>`;
}

/** @param {{ slug: string, name: string, onClose: () => void }} props */
function Erase({ slug, name, onClose }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await ask("DELETE", at(slug), {
      slug: text(form, "slug"),
      password: String(form.get("password")),
      otp: text(form, "otp") || null,
    });
    // There is nothing here any more, and perhaps no account: everything begins anew.
    location.assign("/");
  });
  const wrong = {
    slug: problem?.code === "not_confirmed" ? t("erase_slug_wrong") : undefined,
    password: problem?.code === "wrong_credentials" ? t("wrong_password") : undefined,
    otp: problem?.code.endsWith("otp") || problem?.code === "otp_required" ? problem.message : undefined,
  };
  const said = wrong.slug ?? wrong.password ?? wrong.otp;
  return html`<${Dialog} title=${t("erase_company_question", { name })} onClose=${onClose}>
    <form class="form stack" onSubmit=${onSubmit} noValidate>
      <p>${t("erase_company_first", { name })}</p>
      <ul class="destroyed">
        <li>${t("erase_company_conversations")}</li>
        <li>${t("erase_company_orders")}</li>
        <li>${t("erase_company_people")}</li>
        <li>${t("erase_company_links")}</li>
      </ul>
      <${Fault} problem=${said ? undefined : problem} />
      <${Field} name="slug" label=${t("erase_type_slug", { slug })} fault=${wrong.slug} autocomplete="off" />
      <${Field} name="password" type="password" label=${t("current_password")} fault=${wrong.password} autocomplete="current-password" />
      <${Field} name="otp" label=${t("erase_code")} hint=${t("erase_code_hint")} fault=${wrong.otp} inputmode="numeric"
        autocomplete="one-time-code" optional />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${busy}>${t("erase")}</button>
      </p>
    </form>
  <//>`;
}
