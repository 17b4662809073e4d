// Helping somebody to a new password, or making him choose one.
import { useState } from "preact/hooks";
import { post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { may } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Confirm, Dialog } from "../dialog.js";
import { Fault, Field } from "../fields.js";

/** @import { AgentRecord } from "../../types.js" */

/** @param {{ agent: AgentRecord, path: string, onHandOver: (link: { title: string, hint: string, url: string }) => void }} props */
export function PasswordHelp({ agent, path, onHandOver }) {
  const [asking, setAsking] = useState(/** @type {"force" | "temporary" | undefined} */ (undefined));
  const close = () => setAsking(undefined);
  if (!may("agent.reset_password") && !may("agent.force_password_change")) return null;
  const link = (/** @type {boolean} */ send_email) =>
    attempt(
      post(`${path}/password-reset`, { send_email }).then(({ reset_url }) => {
        if (!reset_url) return toast(t("reset_sent", { email: agent.email }));
        onHandOver({
          title: t("hand_over_reset", { name: agent.name }),
          hint: t("hand_over_reset_hint"),
          url: reset_url,
        });
      }),
    );
  const force = () => {
    close();
    return attempt(
      post(`${path}/force-password-change`).then(() => toast(t("was_forced", { name: agent.name }))),
    );
  };
  return html`<section class="card" aria-labelledby="password-title">
    <h2 id="password-title">${t("password")}</h2>
    <p>${t("password_help_hint")}</p>
    <p class="form-actions">
      ${
        may("agent.reset_password") &&
        html`<button class="button" onClick=${() => link(true)}>${t("send_reset_link")}</button>
          <button class="button" onClick=${() => link(false)}>${t("reset_link")}</button>
          <button class="button" onClick=${() => setAsking("temporary")}>${t("temporary_password")}</button>`
      }
      ${
        may("agent.force_password_change") &&
        html`<button class="button" onClick=${() => setAsking("force")}>${t("force_password_change")}</button>`
      }
    </p>
    ${
      asking === "force" &&
      html`<${Confirm} title=${t("force_question", { name: agent.name })} action=${t("force_password_change")}
        onConfirm=${force} onClose=${close}><p>${t("force_consequence")}</p><//>`
    }
    ${asking === "temporary" && html`<${Temporary} agent=${agent} path=${path} onClose=${close} />`}
  </section>`;
}

/** @param {{ agent: AgentRecord, path: string, onClose: () => void }} props */
function Temporary({ agent, path, onClose }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await post(`${path}/password-reset`, { temporary_password: text(form, "temporary_password") });
    toast(t("temporary_set", { name: agent.name }));
    onClose();
  });
  return html`<${Dialog} title=${t("temporary_question", { name: agent.name })} onClose=${onClose}>
    <form class="form stack" onSubmit=${onSubmit} noValidate>
      <p>${t("temporary_consequence")}</p>
      <${Fault} problem=${problem} fields=${["temporary_password"]} />
      <${Field} name="temporary_password" label=${t("temporary_password")} fault=${problem?.of("temporary_password")}
        hint=${t("temporary_hint")} autocomplete="off" />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${busy}>${t("set_password")}</button>
      </p>
    </form>
  <//>`;
}
