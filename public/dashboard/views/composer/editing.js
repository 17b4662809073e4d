// Changing what is in a text field, so that it can be undone like typing.

/**
 * Puts text in the place of a part of what is written, and the cursor behind it.
 * @param {HTMLTextAreaElement} field
 * @param {number} from
 * @param {number} to
 * @param {string} text
 */
export function replace(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  // The only way that keeps what came before within reach of Ctrl+Z; it tells of the change by itself.
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (done) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
}

/**
 * The word that is being typed behind a sign at the start of a line or a word, up to the cursor.
 * @param {HTMLTextAreaElement} field
 * @param {RegExp} pattern its first group is what stands before the sign, its second the word
 * @returns {{ from: number, to: number, query: string } | undefined} where the sign and the word are
 */
export function wordBefore(field, pattern) {
  const to = field.selectionStart;
  if (to !== field.selectionEnd) return undefined;
  const found = pattern.exec(field.value.slice(0, to));
  if (!found) return undefined;
  const [, before = "", query = ""] = found;
  return { from: found.index + before.length, to, query };
}

/** How many lines a field that cannot grow by itself should have. @param {string} text */
export const linesFor = (text) =>
  CSS.supports("field-sizing", "content") ? 3 : Math.min(12, Math.max(3, text.split("\n").length));
