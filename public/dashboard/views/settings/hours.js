// Business hours: for each day of the week, from when to when.
import { html } from "../../html.js";
import { t, weekday } from "../../i18n.js";

/** @typedef {{ day: number, opens: string, closes: string }} OpeningHours */

/** @param {{ hours: OpeningHours[], onChange: (hours: OpeningHours[]) => void, fault?: string }} props */
export function Hours({ hours, onChange, fault }) {
  const set = (/** @type {number} */ at, /** @type {Partial<OpeningHours>} */ change) =>
    onChange(hours.map((one, place) => (place === at ? { ...one, ...change } : one)));
  const next = () => Math.min((hours.at(-1)?.day ?? 0) + 1, 7);
  return html`<fieldset class="choices">
    <legend>${t("business_hours")}</legend>
    <p class="hint">${hours.length === 0 ? t("always_open") : t("business_hours_hint")}</p>
    ${hours.map(
      (one, at) => html`<div class="hours" key=${at}>
        <select class="input" name="day" aria-label=${t("day")} onChange=${(/** @type {any} */ { target }) => set(at, { day: Number(target.value) })}>
          ${[1, 2, 3, 4, 5, 6, 7].map((day) => html`<option value=${day} selected=${day === one.day}>${weekday(day)}</option>`)}
        </select>
        <input class="input" type="time" name="opens" aria-label=${t("opens")} value=${one.opens}
          onInput=${(/** @type {any} */ { target }) => set(at, { opens: target.value })} />
        <span aria-hidden="true">–</span>
        <input class="input" type="time" name="closes" aria-label=${t("closes")} value=${one.closes}
          onInput=${(/** @type {any} */ { target }) => set(at, { closes: target.value })} />
        <button type="button" class="link" aria-label=${`${t("remove")}: ${weekday(one.day)}`}
          onClick=${() => onChange(hours.filter((_, place) => place !== at))}>${t("remove")}</button>
      </div>`,
    )}
    ${fault && html`<p class="fault">${fault}</p>`}
    <button type="button" class="link" onClick=${() => onChange([...hours, { day: next(), opens: "09:00", closes: "17:00" }])}>
      ${t("add_hours")}</button>
  </fieldset>`;
}

/** The hours of a form that has {@link Hours} in it. @param {FormData} form @returns {OpeningHours[]} */
export function readHours(form) {
  const [days, opens, closes] = ["day", "opens", "closes"].map((name) => form.getAll(name).map(String));
  return (days ?? []).map((day, at) => ({
    day: Number(day),
    opens: opens?.[at] ?? "",
    closes: closes?.[at] ?? "",
  }));
}
