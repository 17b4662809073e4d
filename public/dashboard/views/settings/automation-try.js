// A rule tried out on real conversations: what it would have done, and why not.
import { useState } from "preact/hooks";
import { Problem, post } from "../../api.js";
import { html } from "../../html.js";
import { moment, t } from "../../i18n.js";
import { explain } from "../../toast.js";
import { actionWords, conditionWords, valueName } from "./automation-words.js";

/**
 * @import { Action, Condition } from "./automation-words.js"
 * @typedef {{ id: string, name: string }[]} Tags
 * @typedef {{ condition: Condition, holds: boolean, found: string[] }} Verdict
 * @typedef {{ conversation: { id: string, number: number, subject: string }, triggered_at: string | null, applies: boolean,
 *   explanation: { all: Verdict[], any: Verdict[] }, actions: Action[] }} TriedOut
 */

/** @param {{ path: string, slug: string, definition: object, tags: Tags }} props */
export function TryOut({ path, slug, definition, tags }) {
  const [state, setState] = useState(
    /** @type {{ busy?: boolean, fault?: string, result?: { items: TriedOut[], applies_to: number } }} */ ({}),
  );
  const tryOut = async () => {
    setState({ busy: true });
    try {
      setState({ result: await post(`${path}/dry-run`, { rule: definition, limit: 25 }) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setState({ fault: explain(error) });
    }
  };
  const { busy, fault, result } = state;
  return html`<section class="rule-try stack" aria-labelledby="try-title">
    <h3 id="try-title">${t("try_out")}</h3>
    <p class="hint">${t("try_out_hint")}</p>
    <button type="button" class="button" disabled=${busy} onClick=${tryOut}>${t("try_out")}</button>
    <div role="status" class="whole">
      ${busy && html`<p>${t("trying_out")}</p>`}
      ${fault && html`<p class="fault">${fault}</p>`}
      ${result && html`<p><strong>${result.items.length ? t("would_act", { count: result.applies_to, of: result.items.length }) : t("try_out_none")}</strong></p>`}
    </div>
    ${
      result &&
      result.items.length > 0 &&
      html`<ul class="rows whole">${result.items.map((one) => html`<${Tried} key=${one.conversation.id} slug=${slug} tried=${one} tags=${tags} />`)}</ul>`
    }
  </section>`;
}

/** @param {{ slug: string, tried: TriedOut, tags: Tags }} props */
function Tried({ slug, tried, tags }) {
  const { conversation, triggered_at, applies, explanation, actions } = tried;
  const verdicts = [...explanation.all, ...explanation.any];
  return html`<li>
    <details>
      <summary>
        <span class="mark" data-applies=${applies}>${t(applies ? "would_have_acted" : "would_not_have")}</span>
        <span>${conversation.number} · ${conversation.subject}</span>
      </summary>
      <div class="stack tried">
        <p class="hint">${triggered_at ? t("triggered_at", { at: moment(triggered_at) }) : t("never_triggered")}</p>
        ${
          verdicts.length > 0 &&
          html`<ul>${verdicts.map(
            ({ condition, holds, found }, at) => html`<li key=${at} class="verdict" data-holds=${holds}>
              <span class="visually-hidden">${t(holds ? "condition_held" : "condition_held_not")}: </span>
              ${conditionWords(condition, tags)} <small>${t("found_was", { found: found.map((value) => valueName(condition.what, value, tags)).join(", ") || t("found_nothing") })}</small>
            </li>`,
          )}</ul>`
        }
        ${applies && html`<ol class="would">${actions.map((action, at) => html`<li key=${at}>${actionWords(action, tags)}</li>`)}</ol>`}
        <a href=${`/app/${slug}/all/${conversation.id}`}>${t("run_in", { number: conversation.number })}</a>
      </div>
    </details>
  </li>`;
}
