// What was typed and not sent survives: reloads, crashes, the next day.

/** @param {string} id @param {string} mode */
const key = (id, mode) => `edgedesk-draft-${id}-${mode}`;

/** @param {string} id @param {string} mode */
export const draft = (id, mode) => localStorage.getItem(key(id, mode)) ?? "";

/** @param {string} id @param {string} mode @param {string} text */
export function keepDraft(id, mode, text) {
  if (text) localStorage.setItem(key(id, mode), text);
  else localStorage.removeItem(key(id, mode));
}
