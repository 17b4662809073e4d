// Colleagues who are named in an internal comment: `@` at the start of a word offers them.
import { useSignal } from "@preact/signals";
import { at, get } from "../../api.js";
import { t } from "../../i18n.js";
import { fold } from "../../responses.js";
import { me, slug } from "../../session.js";
import { attempt } from "../../toast.js";
import { replace, wordBefore } from "./editing.js";
import { useSuggestions } from "./suggestions.js";

/** @import { Colleague, Named } from "../../types.js" */

const SIGN = /(^|[\s(])@([\p{L}\p{N}._'’-]{0,40}(?: [\p{L}\p{N}._'’-]{0,40})?)$/u;
const SHOWN = 8;

/**
 * @param {{ conversation: string, field: { current: HTMLTextAreaElement | null }, onMentioned: (one: Named) => void }} props
 */
export function useMentions({ conversation, field, onMentioned }) {
  const typing = useSignal(
    /** @type {{ from: number, to: number, query: string } | undefined} */ (undefined),
  );
  const colleagues = useSignal(/** @type {Colleague[]} */ ([]));
  const found = typing.value ? named(colleagues.value, typing.value.query).slice(0, SHOWN) : [];

  const look = () => {
    const before = typing.peek();
    typing.value = field.current ? wordBefore(field.current, SIGN) : undefined;
    if (!typing.peek() || before) return;
    const path = `${at(slug.peek() ?? "")}/conversations/${conversation}/colleagues`;
    attempt(
      get(path).then(({ items }) => {
        colleagues.value = items.filter((/** @type {Named} */ { id }) => id !== me.peek()?.id);
      }),
    );
  };
  const close = () => {
    typing.value = undefined;
  };
  /** @param {string} id */
  const choose = (id) => {
    const word = typing.peek();
    const one = colleagues.peek().find((colleague) => colleague.id === id);
    close();
    if (!field.current || !word || !one) return;
    replace(field.current, word.from, word.to, `@${one.name} `);
    onMentioned({ id, name: one.name });
  };
  const suggestions = useSuggestions({
    label: t("colleagues"),
    items: found.map(({ id, name, sees }) => ({ id, label: name, hint: sees ? "" : t("will_follow") })),
    onChoose: choose,
    onClose: close,
  });
  return { look, close, suggestions, colleagues };
}

/** @param {Colleague[]} colleagues @param {string} query */
function named(colleagues, query) {
  const wanted = fold(query);
  return colleagues.filter(({ name }) => ` ${fold(name)}`.includes(` ${wanted}`));
}

/**
 * Who is named in a text: whoever was chosen from the list and is still there, and whoever was typed by hand if only one
 * is called so.
 * @param {string} text
 * @param {Named[]} chosen
 * @param {Named[]} known
 * @returns {string[]} ids
 */
export function mentionedIn(text, chosen, known) {
  const names = [...new Set([...chosen, ...known].map(({ name }) => name))].sort(
    (a, b) => b.length - a.length,
  );
  const ids = new Set();
  let rest = text;
  for (const name of names) {
    const parts = rest.split(mark(name));
    if (parts.length === 1) continue;
    // What is "@Ana Mora" is not "@Ana" as well.
    rest = parts.join(" ");
    const picked = chosen.filter((one) => one.name === name);
    const called = known.filter((one) => one.name === name);
    const meant = picked.length > 0 ? picked : called.length === 1 ? called : [];
    for (const { id } of meant) ids.add(id);
  }
  return [...ids];
}

/** A name with its sign, where no other word goes on. @param {string} name */
export const mark = (name) =>
  new RegExp(`@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "u");
