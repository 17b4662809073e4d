// Forms in pages, as a browser without JavaScript fills them in and sends them.

import assert from "node:assert/strict";

/**
 * The fields of the form that leads to `action`, but for files, as they are filled in, entities decoded.
 *
 * @param {string} page
 * @param {string} action
 * @returns {URLSearchParams}
 */
export function form(page, action) {
  const [, inner = ""] =
    new RegExp(`<form[^>]*action="${literal(action)}"[^>]*>(.*?)</form>`, "s").exec(page) ?? [];
  assert.ok(inner, `there is a form to ${action}`);
  const fields = new URLSearchParams();
  for (const [tag] of inner.matchAll(/<(?:input|button)[^>]*>/g)) {
    const { name, type, value } = attributes(tag);
    if (name && type !== "file") fields.set(name, value ?? "");
  }
  for (const [, tag = "", text = ""] of inner.matchAll(/<textarea([^>]*)>(.*?)<\/textarea>/gs)) {
    fields.set(attributes(tag).name ?? "", decoded(text));
  }
  return fields;
}

/** A text as a pattern that is that text. @param {string} text */
const literal = (text) => text.replace(/[?.+*()[\]{}|^$\\]/g, "\\$&");

/** @param {string} tag @returns {Record<string, string | undefined>} */
function attributes(tag) {
  return Object.fromEntries(
    [...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value = ""]) => [name, decoded(value)]),
  );
}

/** @param {string} text */
function decoded(text) {
  /** @type {Record<string, string>} */
  const named = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (named[name] ?? all),
  );
}

/** @param {URLSearchParams} fields @param {Record<string, string>} changes */
export function filled(fields, changes) {
  for (const [name, value] of Object.entries(changes)) fields.set(name, value);
  return fields;
}
