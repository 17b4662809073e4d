// Telling of what happens while nobody looks, as the person chose: by the browser, as long as a page is open and the
// service worker does not tell of it anyway; and by a sound.
import { t } from "./i18n.js";
import { push } from "./push.js";
import { go } from "./router.js";
import { me } from "./session.js";

/** @import { Notice } from "./types.js" */

/**
 * @param {string} slug
 * @param {{ kind: Notice["kind"], conversation: { id: string, number: number } | null }} news
 */
export function notify(slug, { kind, conversation }) {
  const wishes = me.peek()?.notifications;
  if (!wishes) return;
  if (wishes.sound && wishes.page[kind]) chime();
  const allowed = "Notification" in window && Notification.permission === "granted";
  if (!wishes.browser[kind] || !document.hidden || !allowed || push.peek() === "on") return;
  const shown = new Notification(words(kind, conversation?.number), {
    body: t("app_name"),
    tag: conversation?.id,
  });
  shown.onclick = () => {
    focus();
    go(`/app/${slug}/${conversation ? `all/${conversation.id}` : "unassigned"}`);
    shown.close();
  };
}

/** Two short, soft tones. A page that nobody has touched yet makes none. */
function chime() {
  const audio = new AudioContext();
  const ends = [660, 880].map((frequency, at) => tone(audio, frequency, audio.currentTime + at * 0.12));
  Promise.all(ends).then(() => audio.close());
}

/** @param {AudioContext} audio @param {number} frequency @param {number} from */
function tone(audio, frequency, from) {
  const [oscillator, loudness] = [audio.createOscillator(), audio.createGain()];
  oscillator.frequency.value = frequency;
  loudness.gain.setValueAtTime(0.08, from);
  loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.25);
  oscillator.connect(loudness).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.25);
  return new Promise((resolve) => {
    oscillator.onended = resolve;
  });
}

/**
 * What happened, in words; without a number where it is not known yet.
 * @param {Notice["kind"]} kind
 * @param {number | undefined} number
 */
export const words = (kind, number) =>
  number === undefined ? t("notified_somebody_waits") : t(`notified_${kind}`, { number });
