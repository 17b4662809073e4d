// Whether messages are translated, for agents and for customers.
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useForm } from "../../resource.js";
import { may, refreshMe } from "../../session.js";
import { toast } from "../../toast.js";
import { Fault } from "../fields.js";

/** @param {{ slug: string, company: any, onChange: () => void }} props */
export function Translation({ slug, company, onChange }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(at(slug), { translation: form.get("translation") === "on" ? "on" : "off" });
    await refreshMe();
    toast(t("saved"));
    onChange();
  });
  const { translation, translation_available: available } = company;
  // What was on when the service went can still be switched off.
  const fixed = !available && translation === "off";
  return html`<section class="card" aria-labelledby="translation-title">
    <h2 id="translation-title">${t("translation")}</h2>
    <p class="hint">${t("translation_hint")}</p>
    ${!available && html`<p class="notice" id="translation-missing">${t("translation_missing")}</p>`}
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} />
      <label class="switch"><input type="checkbox" name="translation" defaultChecked=${translation === "on"} disabled=${fixed}
        aria-describedby=${available ? undefined : "translation-missing"} /> <span>${t("translation_on")}</span></label>
      <p class="form-actions"><button class="button" disabled=${busy || fixed || !may("tenant.settings")}>${t("save")}</button></p>
    </form>
  </section>`;
}
