import { useEffect, useState } from "preact/hooks";
import { get, Problem, post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { enterAfterSigningIn } from "../session.js";
import { explain } from "../toast.js";
import { Door, Field, values } from "./fields.js";

/** @param {{ token: string }} props */
export function Invitation({ token }) {
  const [invitation, setInvitation] = useState(/** @type {any} */ (undefined));
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined));
  const path = `/api/invitations/${encodeURIComponent(token)}`;
  document.title = "Edgedesk";

  useEffect(() => {
    get(path).then(setInvitation, setProblem);
  }, [path]);

  /** @param {Event} event */
  const submit = async (event) => {
    try {
      const { otp, ...said } = values(event);
      const joined = await post(path, { ...said, ...(otp?.trim() ? { otp } : {}) });
      enterAfterSigningIn(joined.company.slug);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };

  if (!invitation) {
    const gone = problem && (problem.status === 410 || problem.status === 404);
    return html`<${Door} title="Edgedesk">
      <p role="status">${problem ? (gone ? t("invitation_gone") : explain(problem)) : t("loading")}</p>
    <//>`;
  }
  return html`<${Door} title=${t("join", { company: invitation.company.name })}>
    <p>${t("join_as", { email: invitation.email })}</p>
    <form class="form" onSubmit=${submit}>
      ${problem && !problem.body.errors && html`<p class="notice notice-error" role="alert">${explain(problem)}</p>`}
      ${
        invitation.needs_password &&
        html`<div class="pair">
        <${Field} name="first_name" label=${t("first_name")} initial=${invitation.first_name}
          autocomplete="given-name" fault=${problem?.of("first_name")} />
        <${Field} name="last_name" label=${t("last_name")} initial=${invitation.last_name}
          autocomplete="family-name" fault=${problem?.of("last_name")} />
      </div>`
      }
      <${Field} name="password" type="password" fault=${problem?.of("password")}
        label=${t(invitation.needs_password ? "join_password" : "join_known_password")}
        autocomplete=${invitation.needs_password ? "new-password" : "current-password"}
        hint=${invitation.needs_password ? t("password_hint") : undefined} />
      ${
        problem &&
        ["otp_required", "wrong_otp"].includes(problem.code) &&
        html`<${Field} name="otp" label=${t("code_or_recovery")} autocomplete="one-time-code" />`
      }
      <button class="button button-primary">${t("join_button")}</button>
    </form>
  <//>`;
}
