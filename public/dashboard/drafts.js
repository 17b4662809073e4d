// What was typed and not sent survives: reloads, crashes, the next day. It is gone when its writer signs out.
import { signal } from "@preact/signals";

/** @import { Mode } from "./thread.js" */
/**
 * What is being written: its text, the automated responses in it, and who was named in it.
 * @typedef {{ text: string, responses: string[], mentions: import("./types.js").Named[] }} Draft
 */

const PREFIX = "edgedesk-draft-";
/** After the key of the draft that files go with. */
const FILES = "-files";
const WRITER = "edgedesk-drafts-of";
/** @returns {Draft} */
const nothing = () => ({ text: "", responses: [], mentions: [] });

/** @param {string} id @param {Mode} mode */
const keyOf = (id, mode) => `${PREFIX}${id}-${mode}`;

/** The conversations in which something was begun. */
export const drafted = signal(begun());

/** @param {string} id @param {Mode} mode @returns {Draft} */
export const draft = (id, mode) => read(localStorage.getItem(keyOf(id, mode)));

/** @param {string} id @param {Mode} mode @param {Draft} draft */
export function keepDraft(id, mode, draft) {
  const key = keyOf(id, mode);
  try {
    if (draft.text) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // No room left in this browser: it stays on the screen, at least.
  }
  notice();
}

/** The files that go with a draft. @param {string} id @param {Mode} mode @returns {unknown} what was kept */
export function draftFiles(id, mode) {
  try {
    return JSON.parse(localStorage.getItem(`${keyOf(id, mode)}${FILES}`) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} id @param {Mode} mode @param {unknown[]} files */
export function keepDraftFiles(id, mode, files) {
  const key = `${keyOf(id, mode)}${FILES}`;
  try {
    if (files.length > 0) localStorage.setItem(key, JSON.stringify(files));
    else localStorage.removeItem(key);
  } catch {
    // No room left in this browser: they stay on the screen, at least.
  }
  notice();
}

/**
 * Hears what happens to a draft in another window; the one who wrote last is right.
 * @param {string} id
 * @param {(mode: Mode, draft: Draft) => void} hear
 * @returns {() => void} ends it
 */
export function hearDraft(id, hear) {
  /** @param {StorageEvent} event */
  const onStorage = ({ key, newValue }) => {
    for (const mode of /** @type {const} */ (["message", "note"]))
      if (key === keyOf(id, mode)) hear(mode, read(newValue));
  };
  addEventListener("storage", onStorage);
  return () => removeEventListener("storage", onStorage);
}

/** Drafts are their writer's: whoever else signs in at this browser does not find them. @param {string} email */
export function claimDrafts(email) {
  if (localStorage.getItem(WRITER) === email) return;
  if (localStorage.getItem(WRITER)) forgetDrafts();
  localStorage.setItem(WRITER, email);
}

/** Its writer signs out: nothing of his stays behind. */
export function forgetDrafts() {
  for (const key of keys()) localStorage.removeItem(key);
  localStorage.removeItem(WRITER);
  notice();
}

addEventListener("storage", notice);

function notice() {
  const now = begun();
  const same = now.size === drafted.peek().size && [...now].every((id) => drafted.peek().has(id));
  if (!same) drafted.value = now;
}

function begun() {
  return new Set(keys().map((key) => key.slice(PREFIX.length).replace(/-(message|note)(-files)?$/, "")));
}

function keys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

/** @param {string | null} kept */
function read(kept) {
  try {
    return { ...nothing(), ...JSON.parse(kept ?? "{}") };
  } catch {
    return nothing();
  }
}
