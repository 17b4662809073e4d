// A comment's words, with the colleagues in them made out.
import { html } from "../html.js";
import { me } from "../session.js";
import { mark } from "./composer/mentions.js";

/** @import { Named } from "../types.js" */

/**
 * @param {string} text
 * @param {Named[]} [mentions]
 * @returns {unknown[]} pieces of the text
 */
export function withMentions(text, mentions = []) {
  const longest = mentions.toSorted((a, b) => b.name.length - a.name.length);
  return longest.reduce(
    (pieces, one) => pieces.flatMap((piece) => (typeof piece === "string" ? split(piece, one) : [piece])),
    /** @type {unknown[]} */ ([text]),
  );
}

/** @param {string} text @param {Named} one */
function split(text, { id, name }) {
  const parts = text.split(mark(name));
  return parts.flatMap((part, place) =>
    place === 0 ? [part] : [html`<mark class="mention" data-me=${id === me.value?.id}>@${name}</mark>`, part],
  );
}
