// Automated responses in the composer: `/` at the start of a word offers them, one is put in its place.
import { useSignal } from "@preact/signals";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { matching, refreshResponses, rendered, responses } from "../../responses.js";
import { may, slug } from "../../session.js";
import { attempt } from "../../toast.js";
import { replace, wordBefore } from "./editing.js";
import { useSuggestions } from "./suggestions.js";

/** @typedef {{ from: number, to: number, query: string }} Typing where the slash and the word behind it are */

const SLASH = /(^|\s)\/([^\s/]{0,40})$/;
const SHOWN = 8;

/**
 * @param {{ conversation: string, field: { current: HTMLTextAreaElement | null }, onInserted: (id: string) => void }} props
 */
export function useResponses({ conversation, field, onInserted }) {
  const typing = useSignal(/** @type {Typing | undefined} */ (undefined));
  const byButton = useSignal(false);
  const all = responses.value ?? [];
  const found = typing.value ? matching(all, typing.value.query).slice(0, SHOWN) : [];

  const look = () => {
    const before = typing.peek();
    const now = field.current && may("template.use") ? wordBefore(field.current, SLASH) : undefined;
    typing.value = now;
    if (now && !before) attempt(refreshResponses(slug.peek() ?? ""));
  };
  const close = () => {
    const { current } = field;
    const word = typing.peek();
    // The slash that the button wrote goes with the list that it opened.
    if (byButton.peek() && current && word && !word.query) replace(current, word.from, word.to, "");
    forget();
  };
  const forget = () => {
    typing.value = undefined;
    byButton.value = false;
  };
  /** @param {string} id */
  const choose = (id) => {
    const word = typing.peek();
    forget();
    attempt(
      rendered(slug.peek() ?? "", id, conversation).then((text) => {
        const { current } = field;
        if (!current || !word) return;
        // Whoever typed on meanwhile keeps what he typed.
        const still = current.value.slice(word.from, word.to) === `/${word.query}`;
        const place = still ? word : { from: current.selectionStart, to: current.selectionEnd };
        replace(current, place.from, place.to, text);
        onInserted(id);
      }),
    );
  };
  const open = () => {
    const { current } = field;
    if (!current) return;
    const { selectionStart: from, selectionEnd: to, value } = current;
    byButton.value = true;
    replace(current, from, to, /\S$/.test(value.slice(0, from)) ? " /" : "/");
    look();
  };
  const footer = html`<a class="link" href=${`/app/${slug.value}/settings/responses`}>${t("manage_responses")}</a>`;
  const suggestions = useSuggestions({
    label: t("automated_responses"),
    items: found.map(({ id, name, shortcut, body }) => ({
      id,
      label: name,
      hint: shortcut && `/${shortcut}`,
      detail: body,
    })),
    onChoose: choose,
    onClose: close,
    footer,
    preview: true,
  });
  const none =
    typing.value && responses.value && all.length === 0
      ? html`<div class="suggestions"><p class="hint">${t("no_responses_yet")}</p><div class="footer">${footer}</div></div>`
      : undefined;
  return { look, open, close: forget, suggestions: { ...suggestions, list: suggestions.list || none } };
}
