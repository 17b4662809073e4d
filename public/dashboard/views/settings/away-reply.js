// Holidays, and what customers are told who write while the company is closed.
import { useState } from "preact/hooks";
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm, useResource } from "../../resource.js";
import { may } from "../../session.js";
import { toast } from "../../toast.js";
import { Fault, Field } from "../fields.js";
import { LANGUAGES } from "./languages.js";

/** The languages for which there is a field of its own. */
const OFFERED = ["en", "fr"];

/** @param {{ slug: string, company: any, onChange: () => void }} props */
export function AwayReply({ slug, company, onChange }) {
  const [holidays, setHolidays] = useState(/** @type {string[]} */ (company.holidays));
  const now = useResource(`${at(slug)}/business-hours`);
  const { enabled, texts } = company.away_reply;
  const languages = [...new Set([company.language, ...OFFERED, ...Object.keys(texts)])];
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const written = languages.map((language) => [language, text(form, `away_${language}`)]);
    await patch(at(slug), {
      holidays: form.getAll("holiday").map(String).filter(Boolean),
      away_reply: {
        enabled: form.get("away_enabled") === "on",
        texts: Object.fromEntries(written.filter(([, words]) => words)),
      },
    });
    toast(t("saved"));
    onChange();
    now.reload();
  });
  const name = (/** @type {string} */ language) =>
    LANGUAGES.find(([known]) => known === language)?.[1] ?? language;
  const holidayFault = problem?.body.errors?.find((/** @type {{ field: string }} */ { field }) =>
    field.startsWith("holidays"),
  )?.detail;
  return html`<section class="card" aria-labelledby="away-title">
    <h2 id="away-title">${t("away_reply")}</h2>
    <p class="hint">${t("away_reply_hint")} ${now.data && t(now.data.open ? "now_open" : "now_closed", { at: now.data.local_time.slice(11) })}</p>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${languages.map((language) => `away_reply.texts.${language}`)} />
      <label class="switch"><input type="checkbox" name="away_enabled" defaultChecked=${enabled} /> <span>${t("away_reply_enabled")}</span></label>
      ${languages.map(
        (
          language,
        ) => html`<${Field} key=${language} name=${`away_${language}`} rows=${3} label=${t("away_reply_in", { language: name(language) })}
          initial=${texts[language]} fault=${problem?.of(`away_reply.texts.${language}`)} optional />`,
      )}
      <p class="hint">${t("away_reply_other")}</p>
      <${Holidays} dates=${holidays} onChange=${setHolidays} fault=${holidayFault} />
      <p class="form-actions"><button class="button" disabled=${busy || !may("tenant.hours")}>${t("save")}</button></p>
    </form>
  </section>`;
}

/** @param {{ dates: string[], onChange: (dates: string[]) => void, fault?: string }} props */
function Holidays({ dates, onChange, fault }) {
  return html`<fieldset class="choices">
    <legend>${t("holidays")}</legend>
    <p class="hint">${t("holidays_hint")}</p>
    ${dates.map(
      (date, place) => html`<div class="hours" key=${place}>
        <input class="input" type="date" name="holiday" aria-label=${`${t("holiday_date")} ${place + 1}`} value=${date}
          onInput=${(/** @type {any} */ { target }) => onChange(dates.with(place, target.value))} />
        <button type="button" class="link" aria-label=${`${t("remove")}: ${date}`} onClick=${() => onChange(dates.toSpliced(place, 1))}>${t("remove")}</button>
      </div>`,
    )}
    ${fault && html`<p class="fault">${fault}</p>`}
    <button type="button" class="link" onClick=${() => onChange([...dates, ""])}>${t("add_holiday")}</button>
  </fieldset>`;
}
