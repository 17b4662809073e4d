// My second factor: an authenticator, and codes for when it is lost.
import { useState } from "preact/hooks";
import { ask, post, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { toast } from "../../toast.js";
import { Fault, Field } from "../fields.js";

/** @typedef {{ secret: string, uri: string, qr: { size: number, path: string } }} Enrolment */

export function SecondFactor() {
  const { data, reload } = useResource("/api/second-factor");
  const [enrolment, setEnrolment] = useState(/** @type {Enrolment | undefined} */ (undefined));
  const [codes, setCodes] = useState(/** @type {string[] | undefined} */ (undefined));
  if (!data) return null;
  const confirmed = (/** @type {string[]} */ fresh) => {
    setEnrolment(undefined);
    setCodes(fresh);
    reload();
  };
  return html`<section class="card" aria-labelledby="factor-title">
    <h2 id="factor-title">${t("second_factor")}</h2>
    <p>${data.enabled ? t("second_factor_on", { left: data.recovery_codes_left }) : t("second_factor_off")}</p>
    ${codes && html`<${RecoveryCodes} codes=${codes} onDone=${() => setCodes(undefined)} />`}
    ${!data.enabled && !enrolment && html`<${Begin} onBegin=${setEnrolment} />`}
    ${enrolment && html`<${Enrol} enrolment=${enrolment} onConfirm=${confirmed} />`}
    ${data.enabled && !codes && html`<${TurnOff} onDone=${reload} />`}
  </section>`;
}

/** @param {{ onBegin: (enrolment: Enrolment) => void }} props */
function Begin({ onBegin }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    onBegin(await post("/api/second-factor", { password: String(form.get("factor_password")) }));
  });
  const wrong = problem?.code === "wrong_credentials" ? t("wrong_password") : undefined;
  return html`<form class="form form-wide" onSubmit=${onSubmit} noValidate>
    <${Fault} problem=${wrong ? undefined : problem} />
    <${Field} name="factor_password" type="password" label=${t("current_password")} fault=${wrong} autocomplete="current-password" />
    <p class="form-actions"><button class="button" disabled=${busy}>${t("set_up")}</button></p>
  </form>`;
}

/** @param {{ enrolment: Enrolment, onConfirm: (codes: string[]) => void }} props */
function Enrol({ enrolment, onConfirm }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const answer = await put("/api/second-factor", { code: text(form, "code") });
    onConfirm(answer.recovery_codes);
  });
  const { qr, secret, uri } = enrolment;
  const wrong = problem?.code === "wrong_otp" ? problem.message : undefined;
  return html`<form class="form form-wide" onSubmit=${onSubmit} noValidate>
    <p>${t("scan_this")}</p>
    <svg class="qr" viewBox=${`0 0 ${qr.size} ${qr.size}`} role="img" aria-label=${t("qr_code")} shape-rendering="crispEdges">
      <rect width=${qr.size} height=${qr.size} fill="white" /><path d=${qr.path} fill="black" />
    </svg>
    <p>${t("or_type")} <code class="secret">${secret.match(/.{1,4}/g)?.join(" ")}</code> · <a href=${uri} target="_self">${t("open_authenticator")}</a></p>
    <${Fault} problem=${wrong ? undefined : problem} />
    <${Field} name="code" label=${t("code_shown")} fault=${wrong} autocomplete="one-time-code" />
    <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("confirm")}</button></p>
  </form>`;
}

/** @param {{ codes: string[], onDone: () => void }} props */
function RecoveryCodes({ codes, onDone }) {
  const copy = () =>
    navigator.clipboard.writeText(codes.join("\n")).then(
      () => toast(t("copied")),
      () => toast(t("copy_by_hand")),
    );
  return html`<div class="notice stack" role="status">
    <p>${t("recovery_codes_hint")}</p>
    <ul class="codes">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
    <p class="form-actions">
      <button class="button" onClick=${copy}>${t("copy")}</button>
      <button class="button button-primary" onClick=${onDone}>${t("kept_them")}</button>
    </p>
  </div>`;
}

/** @param {{ onDone: () => void }} props */
function TurnOff({ onDone }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await ask("DELETE", "/api/second-factor", {
      password: String(form.get("off_password")),
      otp: text(form, "otp"),
    });
    toast(t("second_factor_is_off"));
    onDone();
  });
  const wrong = problem?.code === "wrong_credentials" ? t("wrong_password") : undefined;
  const wrongCode =
    problem && ["wrong_otp", "otp_required"].includes(problem.code) ? problem.message : undefined;
  return html`<details>
    <summary>${t("turn_off")}</summary>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${wrong || wrongCode ? undefined : problem} />
      <${Field} name="off_password" type="password" label=${t("current_password")} fault=${wrong} autocomplete="current-password" />
      <${Field} name="otp" label=${t("code_or_recovery")} fault=${wrongCode} autocomplete="one-time-code" />
      <p class="form-actions"><button class="button button-danger" disabled=${busy}>${t("turn_off")}</button></p>
    </form>
  </details>`;
}
