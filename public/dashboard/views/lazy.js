// Parts whose code comes when somebody goes there.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/**
 * A component that stands in for another until its modules have come.
 * @template {(props: any) => unknown} Component
 * @param {() => Promise<Component>} load
 * @param {() => unknown} [waiting] what is there meanwhile
 * @returns {Component & { ahead: () => void }} `ahead` brings the modules at leisure, before somebody asks for them
 */
export function lazily(load, waiting = loading) {
  const loaded = signal(/** @type {Component | undefined} */ (undefined));
  const fault = signal(/** @type {unknown} */ (undefined));
  const bring = async () => {
    if (loaded.peek()) return;
    fault.value = undefined;
    try {
      loaded.value = await load();
    } catch (error) {
      fault.value = error;
    }
  };
  const Lazy = (/** @type {any} */ props) => {
    useEffect(() => {
      bring();
    }, []);
    if (loaded.value) return html`<${loaded.value} ...${props} />`;
    if (fault.value) return html`<${Missing} fault=${fault.value} again=${bring} />`;
    return waiting();
  };
  return /** @type {any} */ (Object.assign(Lazy, { ahead: () => atLeisure(bring) }));
}

const loading = () => html`<p class="starting" role="status">${t("loading")}</p>`;

/** Of a dialog there is nothing before it is there. */
export const nothing = () => null;

/** @param {{ fault: unknown, again: () => void }} props */
function Missing({ fault, again }) {
  // Modules that do not fit together are of two versions: only the whole page brings the newer one.
  const retry = fault instanceof SyntaxError ? () => location.reload() : again;
  return html`<div class="starting" role="alert">
    <p>${t("unreachable")}</p>
    <p><button class="button" onClick=${retry}>${t("try_again")}</button></p>
  </div>`;
}

/** @param {() => void} work */
function atLeisure(work) {
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === "function") requestIdleCallback(work);
  else setTimeout(work, 1_000);
}
