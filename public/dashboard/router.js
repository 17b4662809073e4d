// Where we are: the address is the state, so that it can be shared, reloaded and gone back from.
import { signal } from "@preact/signals";

/** The path of the page. */
export const path = signal(location.pathname);

addEventListener("popstate", () => {
  path.value = location.pathname;
});

addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target) return;
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!plain || event.defaultPrevented || !isOurs(link.pathname)) return;
  event.preventDefault();
  go(link.pathname);
});

/** @param {string} to */
export function go(to) {
  if (to === location.pathname) return;
  history.pushState(null, "", to);
  path.value = to;
}

/** Like {@link go}, without a way back. @param {string} to */
export function replace(to) {
  history.replaceState(null, "", to);
  path.value = to;
}

/** @param {string} pathname */
function isOurs(pathname) {
  return /^\/(app|register|sign-in|invitation|password)(\/|$)/.test(pathname);
}
