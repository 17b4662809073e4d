// The company: how it presents itself, and the rules of its desk.
import { useState } from "preact/hooks";
import { ask, at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { shrink, upload } from "../../pictures.js";
import { number, text, useForm, useResource } from "../../resource.js";
import { replace } from "../../router.js";
import { may, refreshCompanies } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Choices, Fault, Field, Select } from "../fields.js";
import { AwayReply } from "./away-reply.js";
import { Hours, readHours } from "./hours.js";
import { LANGUAGES } from "./languages.js";
import { Translation } from "./translation.js";
import { Widget } from "./widget.js";

const DAY = 86_400;
const HOUR = 3_600;

/** @param {{ slug: string }} props */
export function CompanySettings({ slug }) {
  const { data, problem, reload } = useResource(at(slug));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  return html`
    <header class="screen-head"><h1>${t("settings_company")}</h1></header>
    <${Presentation} slug=${slug} company=${data} onChange=${reload} />
    <${Address} slug=${slug} company=${data} />
    <${Rules} slug=${slug} company=${data} onChange=${reload} />
    <${AwayReply} slug=${slug} company=${data} onChange=${reload} />
    <${Translation} slug=${slug} company=${data} onChange=${reload} />
    <${Widget} slug=${slug} company=${data} onChange=${reload} />
    <${Passwords} slug=${slug} company=${data} onChange=${reload} />
  `;
}

/** @param {{ slug: string, company: any, onChange: () => void }} props */
function Presentation({ slug, company, onChange }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(at(slug), { name: text(form, "name"), description: text(form, "description") });
    await refreshCompanies();
    toast(t("saved"));
    onChange();
  });
  const logo = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    if (!file) return;
    await attempt(
      shrink(file, 512)
        .then((picture) => upload(`${at(slug)}/logo`, picture))
        .then(onChange),
    );
    event.target.value = "";
  };
  return html`<section class="card" aria-labelledby="presentation-title">
    <h2 id="presentation-title">${t("presentation")}</h2>
    <div class="picture">
      ${company.logo_url ? html`<img src=${company.logo_url} alt=${t("logo")} class="logo" />` : html`<span class="logo logo-none" aria-hidden="true">${company.name[0]}</span>`}
      <div class="stack">
        <label class="button">${t("choose_logo")}<input type="file" accept="image/png,image/jpeg,image/gif,image/webp" class="visually-hidden" onChange=${logo} /></label>
        ${company.logo_url && html`<button class="link" onClick=${() => attempt(ask("DELETE", `${at(slug)}/logo`).then(onChange))}>${t("remove_picture")}</button>`}
        <small>${t("picture_hint")}</small>
      </div>
    </div>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["name", "description"]} />
      <${Field} name="name" label=${t("company")} initial=${company.name} fault=${problem?.of("name")} autocomplete="organization" />
      <${Field} name="description" label=${t("short_description")} hint=${t("short_description_hint")} initial=${company.description}
        fault=${problem?.of("description")} optional />
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
    </form>
  </section>`;
}

/** @param {{ slug: string, company: any }} props */
function Address({ slug, company }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const changed = await patch(at(slug), { slug: text(form, "slug") });
    await refreshCompanies();
    toast(t("saved"));
    replace(`/app/${changed.slug}/settings/company`);
  });
  const suggestion = problem?.body.suggestion;
  const taken = problem?.code === "slug_taken" ? t("url_taken") : undefined;
  return html`<section class="card" aria-labelledby="address-title">
    <h2 id="address-title">${t("url")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${taken ? undefined : problem} fields=${["slug"]} />
      <${Field} name="slug" label=${`${location.host}/`} initial=${company.slug} hint=${t("url_change_hint")}
        fault=${problem?.of("slug") ?? (taken && `${taken}${suggestion ? ` ${t("url_suggestion", { slug: suggestion })}` : ""}`)} autocomplete="off" />
      <p class="form-actions"><button class="button" disabled=${busy || !may("tenant.url")}>${t("change_address")}</button></p>
    </form>
  </section>`;
}

/** @param {{ slug: string, company: any, onChange: () => void }} props */
function Rules({ slug, company, onChange }) {
  const [hours, setHours] = useState(/** @type {any[]} */ (company.business_hours));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const hours = number(form, "response_hours");
    await patch(at(slug), {
      pending_close_after: `PT${Math.round(Number(number(form, "pending_days")) * DAY)}S`,
      max_chats: number(form, "max_chats"),
      seats: number(form, "seats"),
      language: text(form, "language"),
      time_zone: text(form, "time_zone"),
      assignment_policy: text(form, "assignment_policy"),
      response_time: hours === null ? null : `PT${Math.round(hours * HOUR)}S`,
      escalation: text(form, "escalation"),
      business_hours: readHours(form),
    });
    toast(t("saved"));
    onChange();
  });
  const fault = (/** @type {string} */ field) => problem?.of(field);
  const hoursFault = problem?.body.errors?.find((/** @type {{ field: string }} */ { field }) =>
    field.startsWith("business_hours"),
  )?.detail;
  const promised = company.response_time && secondsOf(company.response_time) / HOUR;
  const zones = Intl.supportedValuesOf("timeZone");
  const known = zones.includes(company.time_zone) ? zones : [company.time_zone, ...zones];
  return html`<section class="card" aria-labelledby="rules-title">
    <h2 id="rules-title">${t("rules")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["pending_close_after", "max_chats", "seats", "response_time", "time_zone"]} />
      <div class="pair">
        <${Field} name="pending_days" type="number" min=${0.01} label=${t("pending_days")} hint=${t("pending_days_hint")}
          initial=${Number((secondsOf(company.pending_close_after) / DAY).toFixed(2))} fault=${fault("pending_close_after")} />
        <${Field} name="max_chats" type="number" min=${1} max=${1000} label=${t("max_chats_company")} hint=${t("max_chats_company_hint")}
          initial=${company.max_chats} fault=${fault("max_chats")} />
      </div>
      <div class="pair">
        <${Field} name="seats" type="number" min=${1} max=${1000} label=${t("seats")} hint=${t("seats_hint", { used: company.seats.used })}
          initial=${company.seats.total} fault=${fault("seats")} />
        <${Select} name="assignment_policy" label=${t("assignment_policy")} initial=${company.assignment_policy} hint=${t("assignment_policy_hint")}
          options=${[["off", t("policy_off")], ["round_robin", t("policy_round_robin")], ["balanced", t("policy_balanced")]]} />
      </div>
      <div class="pair">
        <${Field} name="response_hours" type="number" min=${0} label=${t("response_hours")} hint=${t("response_hours_hint")}
          initial=${promised && Number(promised.toFixed(4))} fault=${fault("response_time")} optional />
        <${Select} name="escalation" label=${t("escalation")} initial=${company.escalation} hint=${t("escalation_hint")}
          options=${[["notify", t("escalation_notify")], ["queue", t("escalation_queue")]]} />
      </div>
      <div class="pair">
        <${Select} name="language" label=${t("language")} initial=${company.language} options=${LANGUAGES} />
        <${Select} name="time_zone" label=${t("time_zone")} initial=${company.time_zone} options=${known.map((zone) => [zone, zone.replaceAll("_", " ")])}
          fault=${fault("time_zone")} />
      </div>
      <${Hours} hours=${hours} onChange=${setHours} fault=${hoursFault} />
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
    </form>
  </section>`;
}

/** @param {{ slug: string, company: any, onChange: () => void }} props */
function Passwords({ slug, company, onChange }) {
  const policy = company.password_policy;
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const asked = form.getAll("asked");
    await patch(at(slug), {
      password_policy: {
        min_length: number(form, "min_length"),
        special: asked.includes("special"),
        digit: asked.includes("digit"),
        mixed_case: asked.includes("mixed_case"),
      },
    });
    toast(t("saved"));
    onChange();
  });
  const asked = /** @type {const} */ (["special", "digit", "mixed_case"]);
  return html`<section class="card" aria-labelledby="policy-title">
    <h2 id="policy-title">${t("password_policy")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["password_policy.min_length"]} />
      <${Field} name="min_length" type="number" min=${8} max=${64} label=${t("min_length")} initial=${policy.min_length}
        fault=${problem?.of("password_policy.min_length")} />
      <${Choices} legend=${t("password_asks")} name="asked" chosen=${asked.filter((name) => policy[name])}
        options=${asked.map((name) => ({ value: name, words: t(`asks_${name}`) }))} />
      <p class="hint">${t("password_policy_hint")}</p>
      <p class="form-actions"><button class="button button-primary" disabled=${busy || !may("tenant.password_policy")}>${t("save")}</button></p>
    </form>
  </section>`;
}

/** Seconds of an ISO 8601 duration of days to seconds. @param {string} duration */
function secondsOf(duration) {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  const number = (/** @type {string | undefined} */ digits) => Number(digits ?? 0);
  return number(days) * DAY + number(hours) * HOUR + number(minutes) * 60 + number(seconds);
}
