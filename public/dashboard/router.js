// Where we are: the address is the state, so that it can be shared, reloaded and gone back from.
import { batch, signal } from "@preact/signals";

/** The path of the page. */
export const path = signal(location.pathname);
/** Its query, with the question mark; empty where there is none. */
export const search = signal(location.search);

addEventListener("popstate", follow);

addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target) return;
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!plain || event.defaultPrevented || !isOurs(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

/** @param {string} to a path, with its query if it has one */
export function go(to) {
  if (to === location.pathname + location.search) return;
  history.pushState(null, "", to);
  follow();
}

/** Like {@link go}, without a way back. @param {string} to */
export function replace(to) {
  history.replaceState(null, "", to);
  follow();
}

function follow() {
  batch(() => {
    path.value = location.pathname;
    search.value = location.search;
  });
}

/** @param {string} pathname */
function isOurs(pathname) {
  return /^\/(app|register|sign-in|invitation|password)(\/|$)/.test(pathname);
}
