// What was sent of the catalogue, in the log of a conversation.
import { html } from "../../html.js";
import { money } from "../../money.js";

/** @import { CatalogCard } from "../../types.js" */

/** @param {{ items?: CatalogCard[] }} props */
export const CatalogCards = ({ items = [] }) => html`<ul class="catalog-cards">
  ${items.map(
    ({ id, name, description, price, picture_url }) => html`<li key=${id}>
      ${picture_url && html`<img src=${picture_url} alt="" loading="lazy" />`}
      <strong>${name}</strong>
      <span>${money(price)}</span>
      ${description && html`<small>${description}</small>`}
    </li>`,
  )}
</ul>`;
