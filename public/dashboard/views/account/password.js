// Changing my password.
import { put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useForm } from "../../resource.js";
import { toast } from "../../toast.js";
import { Fault, Field } from "../fields.js";

/** @param {{ onDone?: () => void }} props */
export function Password({ onDone }) {
  const { problem, busy, onSubmit } = useForm(async (form, element) => {
    await put("/api/password", {
      current: String(form.get("current")),
      password: String(form.get("password")),
    });
    element.reset();
    toast(t("password_changed"));
    onDone?.();
  });
  const wrong = problem?.code === "wrong_credentials" ? t("wrong_password") : undefined;
  return html`<section class="card" aria-labelledby="change-password-title">
    <h2 id="change-password-title">${t("change_password")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${wrong ? undefined : problem} fields=${["password"]} />
      <${Field} name="current" type="password" label=${t("current_password")} fault=${wrong} autocomplete="current-password" />
      <${Field} name="password" type="password" label=${t("new_password")} hint=${t("password_hint")} fault=${problem?.of("password")}
        autocomplete="new-password" />
      <p class="hint">${t("change_password_hint")}</p>
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("change_password")}</button></p>
    </form>
  </section>`;
}
