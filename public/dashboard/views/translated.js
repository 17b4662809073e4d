// A message's words: as they were written first, in the reader's language once that is there, and back by one click.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { languageName, t } from "../i18n.js";
import { me } from "../session.js";
import { withMentions } from "./mentioned.js";

/** @import { LogEvent } from "../types.js" */
/** @import { Thread } from "../thread.js" */

/** @param {{ thread: Thread, event: LogEvent }} props */
export function Words({ thread, event }) {
  const { seq, body, kind, by } = event;
  const { translations } = thread;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const to = me.value?.translates_to;
  const mine = by.id !== undefined && by.id === me.value?.id;
  const wanted = Boolean(to && body && kind === "message" && !mine);
  const byCustomer = by.kind === "customer";
  useEffect(() => {
    const { current } = place;
    if (!wanted || !current) return;
    // A screen ahead, so that whoever reads on finds it there.
    const near = { root: current.closest(".log"), rootMargin: "100% 0px" };
    const look = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) translations.want(seq, byCustomer);
    }, near);
    look.observe(current);
    return () => look.disconnect();
  }, [wanted, translations, seq, byCustomer]);
  if (!body) return null;

  const known = wanted ? translations.read.value : undefined;
  const translation = known?.get(seq);
  const failed = known?.has(seq) && !translation;
  const translated = translation && translation.from !== translation.language;
  const asWritten = translations.original.value.has(seq);
  const shown = translated && !asWritten;
  const told = translations.told.value.get(seq);
  const lang = translation ? (shown ? translation.language : translation.from) : told?.from;
  return html`<p class="text" ref=${place} lang=${lang || undefined}>${shown ? translation.text : withMentions(body, event.mentions)}</p>
    ${
      translated &&
      html`<p class="translated">
        <span>${t(asWritten ? "written_in" : "translated_from", { language: languageName(translation.from) })}</span>
        <button class="link" onClick=${() => translations.toggle(seq)}>${t(asWritten ? "show_translation" : "show_original")}</button>
      </p>`
    }
    ${
      failed &&
      html`<p class="translated" data-state="failed">
        <span>${t("not_translated")}</span>
        <button class="link" onClick=${() => translations.retry(seq, byCustomer)}>${t("try_again")}</button>
      </p>`
    }
    ${told && html`<${Told} thread=${thread} translation=${told} />`}`;
}

/** What the customer reads of it. @param {{ thread: Thread, translation: { language: string, text: string } }} props */
export const Told = ({ thread, translation: { language, text } }) => html`<details class="told">
  <summary>${t("told_in", { name: thread.conversation.value?.contact.name ?? "", language: languageName(language) })}</summary>
  <p class="text" lang=${language}>${text}</p>
</details>`;
