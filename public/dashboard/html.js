// Templates: htm bound to preact. Everything put into them is escaped; nothing is ever parsed as HTML.
import htm from "htm";
import { h } from "preact";

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = /** @type {any} */ (htm).bind(h);
