// The parts of forms.
import { html } from "../html.js";

/**
 * A labelled field with its fault.
 * @param {{ name: string, label: string, type?: string, value?: string, hint?: string, fault?: string,
 *   autocomplete?: string, onInput?: (event: InputEvent) => void }} props
 */
export function Field({ name, label, type = "text", value, hint, fault, autocomplete, onInput }) {
  const described = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name} name=${name} type=${type} value=${value} autocomplete=${autocomplete} required
      onInput=${onInput} aria-invalid=${fault ? "true" : undefined} aria-describedby=${described}
    />
    ${hint && html`<p class="hint" id=${`${name}-hint`}>${hint}</p>`}
    ${fault && html`<p class="fault" id=${`${name}-fault`}>${fault}</p>`}
  </div>`;
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
