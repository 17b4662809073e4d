// The states that a list is narrowed to: each is a link, so that going back works.
import { html } from "../../html.js";
import { t } from "../../i18n.js";

/**
 * @param {{ all: readonly string[], chosen: string | undefined, nameOf: (state: string) => string,
 *   to: (state: string | undefined) => string }} props `chosen` with commas between, as it stands in the address
 */
export function StateChips({ all, chosen, nameOf, to }) {
  const on = (chosen ?? "").split(",").filter(Boolean);
  const toggled = (/** @type {string} */ state) => {
    const rest = on.filter((one) => one !== state);
    return (rest.length < on.length ? rest : [...rest, state]).join(",") || undefined;
  };
  return html`<ul class="states" aria-label=${t("order_states")}>
    <li><a class="state-chip" href=${to(undefined)} aria-current=${on.length === 0 ? "true" : undefined}>${t("order_any_state")}</a></li>
    ${all.map(
      (state) => html`<li key=${state}>
        <a class="state-chip" href=${to(toggled(state))} aria-current=${on.includes(state) ? "true" : undefined}>${nameOf(state)}</a>
      </li>`,
    )}
  </ul>`;
}
