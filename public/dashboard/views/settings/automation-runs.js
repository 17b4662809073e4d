// What a rule did last, and what it could not do.
import { html } from "../../html.js";
import { moment, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { actionWords } from "./automation-words.js";

/**
 * @import { Action } from "./automation-words.js"
 * @typedef {{ kind: "done" | "refused" | "broken" | "given_up" | "stopped", code?: string }} Outcome
 * @typedef {{ conversation_id: string, number: number, at: string, failed: boolean,
 *   steps: { action: Action, outcome: Outcome }[] }} Run
 */

const REASONS = /** @type {const} */ ([
  "at_capacity",
  "not_assignable",
  "conversation_closed",
  "illegal_transition",
  "too_many",
]);

/** @param {Outcome} outcome */
function outcomeWords({ kind, code = "" }) {
  if (kind !== "refused") return t(`outcome_${kind}`);
  const known = REASONS.find((one) => one === code);
  return t("outcome_refused", { reason: known ? t(`reason_${known}`) : t("reason_other", { code }) });
}

/** @param {{ path: string, slug: string, tags: { id: string, name: string }[] }} props */
export function LastRuns({ path, slug, tags }) {
  const { data } = useResource(path);
  if (!data) return null;
  /** @type {Run[]} */
  const runs = data.items;
  return html`<section class="stack" aria-labelledby="runs-title">
    <h3 id="runs-title">${t("last_runs")}</h3>
    ${runs.length === 0 && html`<p class="hint">${t("no_runs")}</p>`}
    <ul class="rows whole">${runs.map(
      ({ conversation_id, number, at, failed, steps }) => html`<li key=${conversation_id + at} class="run">
        <a href=${`/app/${slug}/all/${conversation_id}`}>${t("run_in", { number })}</a> <small>${moment(at)}</small>
        <ul>${steps.map(
          (
            { action, outcome },
            place,
          ) => html`<li key=${place} class=${failed && outcome.kind !== "done" ? "fault" : "hint"}>
            ${actionWords(action, tags)} – ${outcomeWords(outcome)}
          </li>`,
        )}</ul>
      </li>`,
    )}</ul>
  </section>`;
}
