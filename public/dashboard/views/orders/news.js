// When orders are to be looked at again: whenever the company's feed tells of one, of a conversation that one belongs to, or
// that something may have been missed.
import { useEffect, useRef } from "preact/hooks";

/** Several changes within this time cause one request, in milliseconds. */
const GATHER = 300;

/** @typedef {{ id: string, conversation?: { id: string } | null }} Concerned */

/**
 * @param {import("../../inbox.js").Inbox} inbox
 * @param {() => unknown} refresh
 * @param {() => Concerned | undefined} [about] the order it is about; every one without it
 */
export function useNews(inbox, refresh, about) {
  const latest = useRef({ refresh, about });
  latest.current = { refresh, about };
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let gathering;
    const look = () => {
      gathering = undefined;
      if (!document.hidden) latest.current.refresh();
    };
    const deaf = inbox.listen((frame) => {
      const { about } = latest.current;
      if (concerns(frame, about && (about() ?? { id: "" }))) gathering ??= setTimeout(look, GATHER);
    });
    document.addEventListener("visibilitychange", look);
    return () => {
      deaf();
      clearTimeout(gathering);
      document.removeEventListener("visibilitychange", look);
    };
  }, [inbox]);
}

/** @param {any} frame @param {Concerned | undefined} one */
function concerns({ type, event, order }, one) {
  if (type === "hello" || type === "resync") return true;
  if (type === "order") return !one || order.id === one.id;
  // Where its conversation goes, an order goes, and who may see it.
  if (type !== "event" || event.kind !== "conversation") return false;
  return !one || event.conversation.id === one.conversation?.id;
}
