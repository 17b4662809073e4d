// Somebody's photo, or the letter in its place.
import { html } from "../html.js";

/** @param {{ name: string, photo?: string | null }} props */
export function Face({ name, photo }) {
  if (photo) return html`<img class="avatar" src=${photo} alt="" width="32" height="32" />`;
  return html`<span class="avatar" aria-hidden="true">${[...name][0]}</span>`;
}
