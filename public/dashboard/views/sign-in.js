import { useState } from "preact/hooks";
import { Problem, post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { enterAfterSigningIn } from "../session.js";
import { explain } from "../toast.js";
import { Door, Field, values } from "./fields.js";

export function SignIn() {
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  document.title = `${t("sign_in")} · Edgedesk`;

  /** @param {Event} event */
  const submit = async (event) => {
    const { email, password } = values(event);
    setBusy(true);
    try {
      const { companies } = await post("/api/session", { email, password });
      enterAfterSigningIn(companies[0]?.slug);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  };

  return html`<${Door} title=${t("sign_in")}>
    <form class="form" onSubmit=${submit}>
      ${problem && html`<p class="notice notice-error" role="alert">${explain(problem)}</p>`}
      <${Field} name="email" label=${t("email")} type="email" autocomplete="username" />
      <${Field} name="password" label=${t("password")} type="password" autocomplete="current-password" />
      <button class="button button-primary" disabled=${busy}>${t("sign_in")}</button>
    </form>
    <p>${t("no_account")} <a href="/register">${t("register")}</a></p>
  <//>`;
}
