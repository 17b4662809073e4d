// The parts of forms.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { explain } from "../toast.js";

/** @import { Problem } from "../api.js" */

/**
 * A labelled field with its fault. `value` keeps what is typed in step with a state, `initial` is only where it starts.
 * @param {{ name: string, label: string, type?: string, value?: string, initial?: string | number | null, hint?: string,
 *   fault?: string, autocomplete?: string, inputmode?: string, optional?: boolean, rows?: number, min?: number, max?: number, list?: string,
 *   onInput?: (event: InputEvent) => void }} props
 */
export function Field({ name, label, hint, fault, initial, rows, optional, type = "text", ...input }) {
  const described = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  const shared = {
    id: name,
    name,
    required: !optional,
    defaultValue: initial ?? undefined,
    "aria-invalid": fault ? "true" : undefined,
    "aria-describedby": described,
    ...input,
  };
  return html`<div class="field">
    <label for=${name}>${label}${optional && html` <small>${t("optional")}</small>`}</label>
    ${rows ? html`<textarea rows=${rows} ...${shared}></textarea>` : html`<input type=${type} ...${shared} />`}
    ${hint && html`<p class="hint" id=${`${name}-hint`}>${hint}</p>`}
    ${fault && html`<p class="fault" id=${`${name}-fault`}>${fault}</p>`}
  </div>`;
}

/**
 * One of several, with its fault.
 * @param {{ name: string, label: string, options: [value: string, words: string][], initial?: string | null,
 *   hint?: string, fault?: string, onChange?: (event: Event) => void }} props
 */
export function Select({ name, label, options, initial, hint, fault, onChange }) {
  const described = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} name=${name} onChange=${onChange} aria-describedby=${described}
      aria-invalid=${fault ? "true" : undefined}>
      ${options.map(
        ([value, words]) =>
          html`<option key=${value} value=${value} selected=${value === (initial ?? "")}>${words}</option>`,
      )}
    </select>
    ${hint && html`<p class="hint" id=${`${name}-hint`}>${hint}</p>`}
    ${fault && html`<p class="fault" id=${`${name}-fault`}>${fault}</p>`}
  </div>`;
}

/**
 * Any of several.
 * @param {{ legend: string, name: string, options: { value: string, words: string, hint?: string, disabled?: boolean }[],
 *   chosen: string[], type?: "checkbox" | "radio", fault?: string, onChange?: (event: Event) => void }} props
 */
export function Choices({ legend, name, options, chosen, type = "checkbox", fault, onChange }) {
  return html`<fieldset class="choices" aria-describedby=${fault ? `${name}-fault` : undefined}>
    <legend>${legend}</legend>
    ${options.map(
      ({ value, words, hint, disabled }) => html`<label key=${value}>
        <input type=${type} name=${name} value=${value} defaultChecked=${chosen.includes(value)} disabled=${disabled}
          onChange=${onChange} />
        <span>${words}${hint && html` <small>${hint}</small>`}</span>
      </label>`,
    )}
    ${fault && html`<p class="fault" id=${`${name}-fault`}>${fault}</p>`}
  </fieldset>`;
}

/** What is wrong with a form as a whole, unless its fields say it. @param {{ problem?: Problem, fields?: string[] }} props */
export function Fault({ problem, fields = [] }) {
  if (!problem) return null;
  const errors = /** @type {{ field: string }[]} */ (problem.body.errors ?? []);
  if (errors.length > 0 && errors.every(({ field }) => fields.includes(field))) return null;
  return html`<p class="notice notice-error" role="alert" tabindex="-1">${explain(problem)}</p>`;
}

/** What is in a form. @param {Event} event @returns {Record<string, string>} */
export function values(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** The frame of the screens before the dashboard. @param {{ title: string, children?: any }} props */
export function Door({ title, children }) {
  return html`<div class="door">
    <header><a class="brand" href="/" target="_self">Edgedesk</a></header>
    <main>
      <h1>${title}</h1>
      ${children}
    </main>
  </div>`;
}
