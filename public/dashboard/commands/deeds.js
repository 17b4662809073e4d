// What can be done to the conversation that is open, by its name; only what the person may do.
import { t } from "../i18n.js";
import { go } from "../router.js";
import { agents, folders, may, mayTo, me, teams } from "../session.js";
import { attempt } from "../toast.js";

/** @import { Selection } from "../selection.js" */
/** @import { Thread } from "../thread.js" */
/** @import { Conversation } from "../types.js" */
/** @import { Command } from "./commands.js" */

/** What can be done to the conversation that is open. @param {Thread} thread @param {Conversation} conversation @param {string} back the list it was opened from @returns {Command[]} */
export function deeds(thread, conversation, back) {
  const { status, assignee, folder, merged_into: into } = conversation;
  const closed = status === "closed";
  const to = (/** @type {string} */ capability) => mayTo(capability, conversation);
  const all = /** @type {(Command | false | null | undefined)[]} */ ([
    { id: "back", group: "act", words: t("key_back"), run: () => go(back) },
    into && {
      id: "merged-into",
      group: "act",
      words: t("command_merged_into", { number: into.number }),
      run: () => go(`/app/${thread.slug}/all/${into.id}`),
    },
    to("conversation.merge") && press("merge", "merge-into", t("merge_into")),
    !closed &&
      !assignee &&
      me.value?.assignable &&
      may("conversation.assign_self_pick") && {
        id: "claim",
        group: "act",
        words: t("key_claim"),
        run: () => attempt(thread.claim()),
      },
    to("conversation.reply") && press("reply", "mode-message", t("key_reply")),
    to("conversation.comment_internal") && press("comment", "mode-note", t("key_comment")),
    to(closed ? "conversation.reopen" : "conversation.close") && {
      id: "close",
      group: "act",
      words: t(closed ? "reopen" : "close"),
      run: () => attempt(thread.setStatus(closed ? "open" : "closed")),
    },
    ...(!closed && to("conversation.snooze") ? snoozes(thread, status) : []),
    ...(closed ? [] : assignments(thread, conversation)),
    ...(into ? [] : sorting(folder)).map(({ id, name }) => ({
      id: `folder-${id}`,
      group: "folder",
      words: id ? t("command_folder", { name }) : t("command_no_folder"),
      run: () => attempt(thread.sort(id)),
    })),
    ...(to("conversation.assign_team") ? teamsFor(conversation) : []).map(({ id, name }) => ({
      id: `team-${id}`,
      group: "team",
      words: id ? t("command_team", { name }) : t("command_no_team"),
      run: () => attempt(thread.giveToTeam(id)),
    })),
  ]);
  return all.filter((one) => Boolean(one)).map((one) => /** @type {Command} */ (one));
}

/** What can be done to those that are selected, and not to one. @param {Selection} selection @returns {Command[]} */
export function selectedDeeds(selection) {
  const count = selection.conversations.value.length;
  if (count < 2 || !may("conversation.merge")) return [];
  return [press("merge", "bulk-merge", t("command_merge_selected", { count }))];
}

/** @param {string} id @param {string} button @param {string} words @returns {Command} */
function press(id, button, words) {
  const run = () => {
    // Who may only do the one has no buttons to choose by.
    const chosen = document.getElementById(button) ?? document.getElementById("composer");
    if (chosen instanceof HTMLButtonElement) chosen.click();
    else chosen?.focus();
  };
  return { id, group: "act", words, run };
}

/** @param {Thread} thread @param {string} status @returns {Command[]} */
function snoozes(thread, status) {
  if (status === "snoozed")
    return [{ id: "wake", group: "snooze", words: t("wake"), run: () => attempt(thread.setStatus("open")) }];
  const tomorrow = new Date();
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(9, 0, 0, 0);
  const choices = /** @type {const} */ ([
    ["snooze_hours", new Date(Date.now() + 3 * 3_600_000)],
    ["snooze_tomorrow", tomorrow],
    ["snooze_week", new Date(Date.now() + 7 * 86_400_000)],
  ]);
  return choices.map(([key, until]) => ({
    id: key,
    group: "snooze",
    words: t("command_snooze", { until: t(key) }),
    run: () => attempt(thread.setStatus("snoozed", until)),
  }));
}

/** @param {Thread} thread @param {Conversation} conversation @returns {Command[]} */
function assignments(thread, conversation) {
  const { assignee } = conversation;
  const give = mayTo("conversation.assign_other", conversation)
    ? agents.value.filter(({ assignable, id }) => assignable && id !== assignee?.id)
    : [];
  const others = give.map(({ id, name, email }) => ({
    id: `assign-${id}`,
    group: /** @type {const} */ ("assign"),
    words: t("command_assign", { name }),
    about: email,
    run: () => attempt(thread.assign(id)),
  }));
  if (!assignee || !mayTo("conversation.unassign", conversation)) return others;
  const run = () => attempt(thread.assign(null));
  return [...others, { id: "assign-nobody", group: "assign", words: t("assign_to_nobody"), run }];
}

/** The folders that a conversation may be sorted into; null for none. @param {{ id: string } | null} folder */
function sorting(folder) {
  const all = (me.value?.capabilities["conversation.assign_folder"] ?? []).includes("all");
  const mayLeave = !folder || all || folders.value.some(({ id, assign }) => id === folder.id && assign);
  if (!mayLeave) return [];
  const others = folders.value.filter(({ id, assign }) => (all || assign) && id !== folder?.id);
  return folder ? [...others, { id: null, name: "" }] : others;
}

/** @param {Conversation} conversation */
function teamsFor(conversation) {
  const now = conversation.team ?? conversation.business_unit;
  const others = teams.value.filter(({ id }) => id !== now?.id);
  return now ? [...others, { id: null, name: "" }] : others;
}
