// The agent's signature: seen under what he writes, and sent with it.
import { html } from "../../html.js";
import { t } from "../../i18n.js";

/**
 * What is sent: the text with the signature under it, unless it ends with it already.
 * @param {string} text
 * @param {string} signature empty where there is to be none
 */
export function signed(text, signature) {
  const written = text.trimEnd();
  if (!signature || written.includes(signature)) return text;
  return `${written}\n\n${signature}`;
}

/** @param {{ signature: string, on: boolean, toggle: () => void }} props */
export function Signature({ signature, on, toggle }) {
  if (!signature) return null;
  return html`<div class="signature" data-on=${on}>
    ${on && html`<p aria-label=${t("signature")} role="note">${signature}</p>`}
    <button type="button" class="link" onClick=${toggle}>${t(on ? "leave_signature_out" : "add_signature")}</button>
  </div>`;
}
