// A menu that scrolls sideways shows where one is.
import { useEffect, useRef } from "preact/hooks";

/**
 * For the menu: whatever is marked as current in it is brought into sight.
 * @param {string | undefined} current changes when one goes elsewhere
 */
export function useCurrentInSight(current) {
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    menu.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return menu;
}
