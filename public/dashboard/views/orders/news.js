// When orders are to be looked at again. What happens to one in a conversation comes with the company's feed; of others,
// and where somebody has no feed, one learns by asking.
import { useEffect, useRef } from "preact/hooks";

/** Several changes within this time cause one request, in milliseconds. */
const GATHER = 800;
/** Without a word from the feed one asks after this. */
const ASK_EVERY = 15_000;

/**
 * @param {import("../../inbox.js").Inbox} inbox
 * @param {() => unknown} refresh
 * @param {(conversation: string) => boolean} [concerns] of which conversations it wants to hear; all without it
 */
export function useNews(inbox, refresh, concerns) {
  const latest = useRef({ refresh, concerns });
  latest.current = { refresh, concerns };
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let gathering;
    const look = () => {
      gathering = undefined;
      if (!document.hidden) latest.current.refresh();
    };
    const deaf = inbox.listen(({ type, event }) => {
      const { concerns } = latest.current;
      const news = type === "event" && event.kind === "conversation";
      if (!news || (concerns && !concerns(event.conversation.id))) return;
      gathering ??= setTimeout(look, GATHER);
    });
    const asking = setInterval(look, ASK_EVERY);
    document.addEventListener("visibilitychange", look);
    return () => {
      deaf();
      clearTimeout(gathering);
      clearInterval(asking);
      document.removeEventListener("visibilitychange", look);
    };
  }, [inbox]);
}
