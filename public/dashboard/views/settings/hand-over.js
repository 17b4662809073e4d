// A link that is shown once, to be handed over.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { toast } from "../../toast.js";

/** @param {{ title: string, hint: string, url: string, back?: string, onDone?: () => void }} props */
export function HandOver({ title, hint, url, back, onDone }) {
  const copy = () =>
    navigator.clipboard.writeText(url).then(
      () => toast(t("copied")),
      () => toast(t("copy_by_hand")),
    );
  return html`<section class="stack">
    <header class="screen-head"><h1>${title}</h1></header>
    <p>${hint}</p>
    <div class="field">
      <label for="hand-over">${t("link")}</label>
      <input id="hand-over" readonly value=${url} onFocus=${(/** @type {any} */ { target }) => target.select()} />
    </div>
    <p class="form-actions">
      <button type="button" class="button button-primary" onClick=${copy}>${t("copy")}</button>
      ${back ? html`<a class="button" href=${back}>${t("done")}</a>` : html`<button class="button" onClick=${onDone}>${t("done")}</button>`}
    </p>
  </section>`;
}
