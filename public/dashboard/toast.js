// Short words about what just happened, read out by screen readers.
import { signal } from "@preact/signals";
import { Problem } from "./api.js";
import { html } from "./html.js";
import { t } from "./i18n.js";

const SHOWN_FOR = 6_000;
/** What can be taken back stays a little longer. */
const OFFERED_FOR = 12_000;
const words = signal("");
/** What is offered with the words, mostly to take it back. @typedef {{ words: string, run: () => unknown }} Offer */
const offer = signal(/** @type {Offer | undefined} */ (undefined));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** @param {string} text @param {Offer} [offered] */
export function toast(text, offered) {
  clearTimeout(fading);
  words.value = text;
  offer.value = offered;
  fading = setTimeout(fade, offered ? OFFERED_FOR : SHOWN_FOR);
}

/** Takes what is offered, if something is: whether there was. */
export function takeOffer() {
  const offered = offer.peek();
  fade();
  offered?.run();
  return offered !== undefined;
}

function fade() {
  clearTimeout(fading);
  words.value = "";
  offer.value = undefined;
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
  return html`<div class="toast" role="status" hidden=${!words.value}>${words.value}
    ${offer.value && html`<button type="button" class="toast-offer" onClick=${takeOffer}>${offer.value.words}</button>`}</div>`;
}
