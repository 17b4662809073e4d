// How the company sells: in which currency, how it is paid, and how long an offer stands.
import { at, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { CURRENCIES } from "../../money.js";
import { number, text, useForm, useResource } from "../../resource.js";
import { explain, toast } from "../../toast.js";
import { Fault, Field, Select } from "../fields.js";

/** @import { OrderSettings } from "../../types.js" */

const HOURS_OF_DAY = 24;

/** @param {{ slug: string }} props */
export function OrderRules({ slug }) {
  const path = `${at(slug)}/order-settings`;
  const { data, problem, reload } = useResource(path);
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  return html`
    <header class="screen-head"><h1>${t("orders")}</h1></header>
    <section class="card" aria-label=${t("orders")}>
      <${Form} path=${path} settings=${data} reload=${reload} />
    </section>`;
}

/** @param {{ path: string, settings: OrderSettings, reload: () => Promise<void> }} props */
function Form({ path, settings, reload }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const days = number(form, "offer_days");
    await put(path, {
      currency: text(form, "currency"),
      bank_details: text(form, "bank_details"),
      expires_after: days === null ? null : `PT${Math.round(days * HOURS_OF_DAY)}H`,
    });
    toast(t("saved"));
    await reload();
  });
  const fault = (/** @type {string} */ field) => problem?.of(field);
  const days = settings.expires_after && hoursOf(settings.expires_after) / HOURS_OF_DAY;
  return html`<form class="form form-wide" onSubmit=${onSubmit} novalidate>
    <${Fault} problem=${problem} fields=${["currency", "bank_details", "expires_after"]} />
    <div class="narrow"><${Select} name="currency" label=${t("currency")} hint=${t("currency_hint")} initial=${settings.currency}
      options=${CURRENCIES.map((code) => [code, code])} fault=${fault("currency")} /></div>
    <${Field} name="bank_details" label=${t("bank_details")} hint=${t("bank_details_hint")} rows=${4} initial=${settings.bank_details}
      optional fault=${fault("bank_details")} />
    <div class="narrow"><${Field} name="offer_days" type="number" min=${1} label=${t("offer_days")} hint=${t("offer_days_hint")}
      initial=${days && Number(days.toFixed(2))} optional fault=${fault("expires_after")} /></div>
    <p class="hint">${t(settings.card ? "card_set_up" : "card_not_set_up")}</p>
    <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
  </form>`;
}

/** Hours of an ISO 8601 duration of days, hours and less. @param {string} duration */
function hoursOf(duration) {
  const [, days = 0, hours = 0, minutes = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$/.exec(duration) ?? [];
  return Number(days) * HOURS_OF_DAY + Number(hours) + Number(minutes) / 60;
}
