// Light, dark, or as the system has it.
import { signal } from "@preact/signals";

/** @typedef {"system" | "light" | "dark"} Theme */

export const theme = signal(/** @type {Theme} */ (localStorage.getItem("edgedesk-theme") ?? "system"));

/** @param {Theme} chosen */
export function choose(chosen) {
  theme.value = chosen;
  localStorage.setItem("edgedesk-theme", chosen);
  applyTheme();
}

export function applyTheme() {
  if (theme.peek() === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.peek();
}
