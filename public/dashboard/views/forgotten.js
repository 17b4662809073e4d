// Forgotten, and set anew.
import { useState } from "preact/hooks";
import { post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { text, useForm } from "../resource.js";
import { go } from "../router.js";
import { companies, enterAfterSigningIn } from "../session.js";
import { Toast, toast } from "../toast.js";
import { Password } from "./account/password.js";
import { Door, Fault, Field } from "./fields.js";

/** Asks for a link to a new password. */
export function Forgotten() {
  const [sent, setSent] = useState("");
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const email = text(form, "email");
    await post("/api/password/forgot", { email });
    setSent(email);
  });
  document.title = `${t("forgotten_password")} · Edgedesk`;
  return html`<${Door} title=${t("forgotten_password")}>
    ${
      sent
        ? html`<p class="notice" role="status">${t("forgotten_sent", { email: sent })}</p>`
        : html`<form class="form" onSubmit=${onSubmit} noValidate>
            <p>${t("forgotten_hint")}</p>
            <${Fault} problem=${problem} fields=${["email"]} />
            <${Field} name="email" type="email" label=${t("email")} fault=${problem?.of("email")} autocomplete="username" />
            <button class="button button-primary" disabled=${busy}>${t("send_reset_link")}</button>
          </form>`
    }
    <p><a href="/sign-in">${t("sign_in")}</a></p>
  <//>`;
}

/** Sets a new password, for whoever holds the link. @param {{ token: string }} props */
export function NewPassword({ token }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await post("/api/password/reset", { token, password: String(form.get("password")) });
    toast(t("password_set"));
    go("/sign-in");
  });
  document.title = `${t("new_password")} · Edgedesk`;
  const gone = problem?.status === 410;
  return html`<${Door} title=${t("new_password")}>
    <form class="form" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["password"]} />
      ${gone && html`<p><a href="/password">${t("ask_again")}</a></p>`}
      <${Field} name="password" type="password" label=${t("new_password")} hint=${t("password_hint")} fault=${problem?.of("password")}
        autocomplete="new-password" />
      <button class="button button-primary" disabled=${busy}>${t("set_password")}</button>
    </form>
  <//>`;
}

/** Somebody's administrator asked for another password: nothing else before that. */
export function MustChange() {
  document.title = `${t("new_password")} · Edgedesk`;
  const done = () => {
    companies.value = undefined;
    enterAfterSigningIn(undefined);
  };
  return html`<${Door} title=${t("must_change_title")}>
    <p>${t("must_change_hint")}</p>
    <${Password} onDone=${done} />
    <${Toast} />
  <//>`;
}
