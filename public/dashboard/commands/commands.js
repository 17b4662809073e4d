// Everything one can do in the dashboard by its name: for the palette, and for the keys. What the person may not do, here
// and now, is not among them.
import { at, patch, post } from "../api.js";
import { VIEW_NAMES } from "../filters.js";
import { t } from "../i18n.js";
import { ownPresence } from "../presence.js";
import { go } from "../router.js";
import { agents, companies, folders, isConfined, may, me, refreshMe, teams } from "../session.js";
import { choose } from "../theme.js";
import { attempt, toast } from "../toast.js";
import { beside } from "../views/list-keys.js";
import { screens } from "../views/screens.js";
import { focusSearch } from "../views/search.js";
import { sectionName, sections } from "../views/settings/sections.js";
import { viewName } from "../views/sidebar.js";
import { deeds, selectedDeeds } from "./deeds.js";

/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */
/** @import { Selection } from "../selection.js" */
/** @import { Thread } from "../thread.js" */

/** @typedef {"go" | "act" | "assign" | "snooze" | "folder" | "team" | "conversation" | "colleague"} Group */
/** `about`: more words that it is found by. @typedef {{ id: string, group: Group, words: string, about?: string, run: () => unknown }} Command */
/**
 * Where one is; `back` is the list one came from, `searching` whether that is what a search found.
 * @typedef {{ inbox: Inbox, selection?: Selection, thread?: Thread, place: Place, back: string, inDesk: boolean, searching: boolean,
 *   help: () => void }} Situation
 */

/** Everything that can be done now. @param {Situation} situation @returns {Command[]} */
export function commands(situation) {
  const { inbox, selection, thread, place, back, inDesk, searching } = situation;
  const conversation = thread?.conversation.value;
  const forSelected = inDesk && !searching && selection ? selectedDeeds(selection) : [];
  const forOpen = inDesk && thread && conversation ? deeds(thread, conversation, back) : [];
  return [
    ...forSelected,
    // With several selected, it is those that are meant.
    ...forOpen.filter(({ id }) => !forSelected.some((one) => one.id === id)),
    ...(inDesk && !searching ? moves(inbox, place) : []),
    ...everywhere(situation),
    ...places(inbox.slug),
    ...conversations(inbox),
    ...colleagues(inbox.slug),
  ];
}

/** The Dispenser: whoever has waited longest, mine now. @param {Inbox} inbox */
export function takeNext(inbox) {
  return attempt(
    post(`${at(inbox.slug)}/conversations/next`).then((conversation) => {
      if (!conversation) return toast(t("nobody_waits"));
      inbox.learn(conversation);
      go(`/app/${inbox.slug}/mine/${conversation.id}`);
    }),
  );
}

/** @param {Inbox} inbox @param {Place} place @returns {Command[]} */
function moves(inbox, place) {
  return [
    { id: "down", group: "act", words: t("key_down"), run: () => move(inbox, place, 1) },
    { id: "up", group: "act", words: t("key_up"), run: () => move(inbox, place, -1) },
  ];
}

/** @param {Inbox} inbox @param {Place} place @param {1 | -1} step */
function move(inbox, place, step) {
  const next = beside(inbox, place, step);
  if (next) go(place.to(next.id));
}

/** @param {Situation} situation @returns {Command[]} */
function everywhere({ inbox, inDesk, help }) {
  const next = may("conversation.assign_self") && me.value?.assignable;
  const themes = /** @type {const} */ (["system", "light", "dark"]);
  const words = /** @type {const} */ (["online", "away", "busy"]);
  const all = /** @type {(Command | false | undefined)[]} */ ([
    next && { id: "next", group: "act", words: t("key_next"), run: () => takeNext(inbox) },
    ...words
      .filter((name) => !isConfined() && name !== ownPresence())
      .map((name) => ({
        id: `availability-${name}`,
        group: "act",
        words: t("command_availability", { name: t(`presence_${name}`) }),
        run: () => attempt(patch(`${at(inbox.slug)}/me`, { availability: name }).then(refreshMe)),
      })),
    ...themes.map((name) => ({
      id: `theme-${name}`,
      group: "act",
      words: t("command_theme", { name: t(name) }),
      run: () => choose(name),
    })),
    inDesk && { id: "search", group: "act", words: t("key_search"), run: focusSearch },
    inDesk && { id: "help", group: "act", words: t("shortcuts"), run: help },
  ]);
  return all.filter((one) => Boolean(one)).map((one) => /** @type {Command} */ (one));
}

/** Where one can go. @param {string} slug @returns {Command[]} */
function places(slug) {
  const to = (/** @type {string} */ path, /** @type {string} */ name, about = "") => ({
    id: `go-${path}`,
    group: /** @type {const} */ ("go"),
    words: t("command_go", { name }),
    about,
    run: () => go(`/app/${slug}/${path}`),
  });
  const own = teams.value.filter(({ agents }) => agents.some(({ id }) => id === me.value?.id));
  const others = companies.value?.filter((one) => one.slug !== slug) ?? [];
  return [
    ...(isConfined() ? [] : VIEW_NAMES).map((name) => to(name, viewName(name))),
    ...folders.value
      .filter(({ see_incoming }) => see_incoming)
      .map(({ id, name }) => to(`folder-${id}`, name, t("folder"))),
    ...own.map(({ id, name }) => to(`team-${id}`, name, t("team"))),
    ...screens()
      .filter(({ path }) => path)
      .map(({ path, name }) => to(path, t(name))),
    to("account", t("my_account")),
    ...sections().map((name) => to(`settings/${name}`, sectionName(name), t("settings"))),
    ...others.map((one) => ({
      id: `company-${one.id}`,
      group: /** @type {const} */ ("go"),
      words: t("command_company", { name: one.name }),
      run: () => go(`/app/${one.slug}`),
    })),
  ];
}

/** The conversations that are known here, by number, subject and customer. @param {Inbox} inbox @returns {Command[]} */
function conversations(inbox) {
  return inbox.all.value.map(({ id, number, subject, contact }) => ({
    id: `conversation-${id}`,
    group: "conversation",
    words: `#${number} ${subject}`,
    about: `${contact.name} ${contact.email}`,
    run: () => go(`/app/${inbox.slug}/all/${id}`),
  }));
}

/** Colleagues, where one may see what they have. @param {string} slug @returns {Command[]} */
function colleagues(slug) {
  if (!may("status_board.view")) return [];
  return agents.value.map(({ id, name, email }) => ({
    id: `colleague-${id}`,
    group: "colleague",
    words: name,
    about: email,
    run: () => go(`/app/${slug}/status/${id}`),
  }));
}
