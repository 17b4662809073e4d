import { useState } from "preact/hooks";
import { Problem, post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { enterAfterSigningIn } from "../session.js";
import { explain } from "../toast.js";
import { Door, Field, values } from "./fields.js";

export function SignIn() {
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  const [asksForCode, setAsksForCode] = useState(false);
  document.title = `${t("sign_in")} · Edgedesk`;

  /** @param {Event} event */
  const submit = async (event) => {
    const { email, password, otp } = values(event);
    setBusy(true);
    try {
      const code = otp?.trim() ? { otp } : {};
      const { companies, must_change_password } = await post("/api/session", { email, password, ...code });
      if (must_change_password) go("/password/change");
      else enterAfterSigningIn(companies[0]?.slug);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "otp_required" || error.code === "wrong_otp") setAsksForCode(true);
      setProblem(error);
      setBusy(false);
    }
  };

  return html`<${Door} title=${t("sign_in")}>
    <form class="form" onSubmit=${submit}>
      ${problem && problem.code !== "otp_required" && html`<p class="notice notice-error" role="alert">${explain(problem)}</p>`}
      <${Field} name="email" label=${t("email")} type="email" autocomplete="username" />
      <${Field} name="password" label=${t("password")} type="password" autocomplete="current-password" />
      ${asksForCode && html`<${Field} name="otp" label=${t("code_or_recovery")} hint=${t("code_hint")} autocomplete="one-time-code" />`}
      <button class="button button-primary" disabled=${busy}>${t("sign_in")}</button>
    </form>
    <p><a href="/password">${t("forgotten_password")}</a></p>
    <p>${t("no_account")} <a href="/register">${t("register")}</a></p>
  <//>`;
}
