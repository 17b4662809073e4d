// Telling of what happens while nobody looks, as the person chose.
import { t } from "./i18n.js";
import { go } from "./router.js";
import { mayTo, me } from "./session.js";

/** What happened longer ago is no news, though it is heard of only now. */
const FRESH = 5 * 60_000;

/** @import { Conversation, Occasions } from "./types.js" */

/**
 * A conversation is now so, and was so before, as far as is known here.
 * @param {string} slug
 * @param {Conversation} now
 * @param {Conversation | undefined} before
 */
export function notifyOf(slug, now, before) {
  const person = me.peek();
  if (!person || !document.hidden || !("Notification" in window) || Notification.permission !== "granted")
    return;
  const what = occasion(now, before, person.id);
  if (!what || !person.notifications.browser[what]) return;
  const shown = new Notification(t(`notified_${what}`, { who: now.contact.name }), {
    body: now.subject,
    tag: now.id,
  });
  shown.onclick = () => {
    focus();
    go(`/app/${slug}/all/${now.id}`);
    shown.close();
  };
}

/**
 * @param {Conversation} now
 * @param {Conversation | undefined} before
 * @param {string} me
 * @returns {keyof Occasions | undefined}
 */
function occasion(now, before, me) {
  const escalated =
    now.escalated_at && !before?.escalated_at && Date.parse(now.escalated_at) > Date.now() - FRESH;
  if (escalated && mayTo("status_board.act", now)) return "escalated";
  if (now.assignee?.id === me) {
    if (before && before.assignee?.id !== me) return "assigned";
    return now.unread > (before?.unread ?? 0) ? "answered" : undefined;
  }
  return !before && !now.assignee && now.status === "new" ? "new_conversation" : undefined;
}
