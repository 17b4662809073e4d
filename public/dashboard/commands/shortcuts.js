// The dashboard's keys: one table, for what they do and for the list of them.

/** @import { Key } from "../i18n.js" */
/** @import { Group } from "./commands.js" */

/** Every key, what it does, and the command or the group of commands behind it; the list has keys of its own. */
export const SHORTCUTS = /** @type {{ key: string, words: Key, command?: string, group?: Group }[]} */ ([
  { key: "Ctrl K", words: "palette" },
  { key: "/", words: "key_search", command: "search" },
  { key: "j", words: "key_down", command: "down" },
  { key: "k", words: "key_up", command: "up" },
  { key: "x", words: "key_select" },
  { key: "Shift j / k", words: "key_select_more" },
  { key: "Esc", words: "key_select_none" },
  { key: "z", words: "key_undo" },
  { key: "u", words: "key_back", command: "back" },
  { key: "g", words: "key_next", command: "next" },
  { key: "c", words: "key_claim", command: "claim" },
  { key: "a", words: "key_assign", group: "assign" },
  { key: "r", words: "key_reply", command: "reply" },
  { key: "n", words: "key_comment", command: "comment" },
  { key: "s", words: "key_snooze", group: "snooze" },
  { key: "f", words: "key_folder", group: "folder" },
  { key: "t", words: "key_team", group: "team" },
  { key: "m", words: "key_merge", command: "merge" },
  { key: "e", words: "key_close", command: "close" },
  { key: "?", words: "key_help", command: "help" },
]);

/** The key of a command. @param {string} id */
export const keyOf = (id) => SHORTCUTS.find(({ command }) => command === id)?.key;
