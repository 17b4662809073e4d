// Short words about what just happened, read out by screen readers.
import { signal } from "@preact/signals";
import { Problem } from "./api.js";
import { html } from "./html.js";
import { t } from "./i18n.js";

const SHOWN_FOR = 6_000;
const words = signal("");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** @param {string} text */
export function toast(text) {
  clearTimeout(fading);
  words.value = text;
  fading = setTimeout(() => {
    words.value = "";
  }, SHOWN_FOR);
}

/** Does something, and says why where it did not work. @param {Promise<unknown>} work */
export async function attempt(work) {
  try {
    await work;
  } catch (error) {
    complain(error);
  }
}

/** Says why something did not work. @param {unknown} error */
export function complain(error) {
  if (!(error instanceof Problem)) throw error;
  if (error.code === "at_capacity") return toast(t("i_am_full", error.body));
  const winner = error.code === "already_assigned" ? error.body.assignee?.name : undefined;
  toast(winner ? t("just_taken", { name: winner }) : explain(error));
}

/** @param {Problem} problem */
export const explain = (problem) =>
  problem.message || t(problem.status === 0 ? "unreachable" : "something_wrong");

export function Toast() {
  return html`<div class="toast" role="status" hidden=${!words.value}>${words.value}</div>`;
}
