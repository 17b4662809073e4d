// One thing done to several conversations: all of it or nothing, and how to take it back.
import { at, Problem, post } from "./api.js";
import { t } from "./i18n.js";
import { complain, explain, toast } from "./toast.js";

/** @import { Inbox } from "./inbox.js" */
/** @import { Conversation } from "./types.js" */
/**
 * @typedef {{ kind: "close" | "reopen" } | { kind: "snooze", until: string } | { kind: "assign", agent_id: string | null }
 *   | { kind: "folder", folder_id: string | null } | { kind: "team", team_id: string | null }
 *   | { kind: "tag" | "untag", tag_id: string } | { kind: "priority", priority: Conversation["priority"] }} Action
 * @typedef {{ ids: string[], action: Action }} Step
 * @typedef {{ id: string, code: string, detail: string }} Refused
 */

/**
 * Does it, says so, and offers to take it back; what cannot be done to all is done to none.
 * @param {Inbox} inbox
 * @param {Conversation[]} conversations as they are before
 * @param {Action} action
 * @returns {Promise<boolean>} whether it was done
 */
export async function doToAll(inbox, conversations, action) {
  try {
    const { done, refused } = await send(inbox, { ids: conversations.map(({ id }) => id), action });
    const changed = conversations.filter(({ id }) => done.includes(id));
    const back = backwards(action, changed);
    const undo = back.length > 0 ? { words: t("undo"), run: () => takeBack(inbox, back) } : undefined;
    const words = t(`done_${action.kind}`, { count: done.length });
    toast(refused.length > 0 ? `${words} ${tellRefused(refused, conversations)}` : words, undo);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const refused = /** @type {Refused[] | undefined} */ (error.body.refused);
    if (!refused) complain(error);
    else toast(`${t("nothing_done")} ${tellRefused(refused, conversations)}`);
    return false;
  }
}

/**
 * What brings conversations back to where they were: nothing for those that an action did not change.
 * @param {Action} action
 * @param {Conversation[]} before
 * @returns {Step[]}
 */
export function backwards(action, before) {
  const steps = /** @type {Map<string, Step>} */ (new Map());
  for (const one of before) {
    const back = backwardsOf(action, one);
    if (!back) continue;
    const step = steps.get(JSON.stringify(back)) ?? { ids: [], action: back };
    steps.set(JSON.stringify(back), { ...step, ids: [...step.ids, one.id] });
  }
  return [...steps.values()];
}

/** @param {Action} action @param {Conversation} was @returns {Action | undefined} */
function backwardsOf(action, was) {
  const has = "tag_id" in action && was.tags.some(({ id }) => id === action.tag_id);
  switch (action.kind) {
    case "close":
    case "snooze":
    case "reopen":
      return statusAgain(action.kind, was);
    case "assign":
      return unlessSame(action.agent_id, was.assignee?.id, (agent_id) => ({ kind: "assign", agent_id }));
    case "folder":
      return unlessSame(action.folder_id, was.folder?.id, (folder_id) => ({ kind: "folder", folder_id }));
    case "team": {
      const team = was.team ?? was.business_unit;
      return unlessSame(action.team_id, team?.id, (team_id) => ({ kind: "team", team_id }));
    }
    case "tag":
      return has ? undefined : { kind: "untag", tag_id: action.tag_id };
    case "untag":
      return has ? { kind: "tag", tag_id: action.tag_id } : undefined;
    case "priority":
      return was.priority === action.priority ? undefined : { kind: "priority", priority: was.priority };
  }
}

/** @param {"close" | "snooze" | "reopen"} kind @param {Conversation} was @returns {Action | undefined} */
function statusAgain(kind, { status, snoozed_until }) {
  if (status === "closed") return kind === "close" ? undefined : { kind: "close" };
  if (status === "snoozed") return snoozed_until ? { kind: "snooze", until: snoozed_until } : undefined;
  return kind === "reopen" ? undefined : { kind: "reopen" };
}

/** @param {string | null} now @param {string | undefined} was @param {(id: string | null) => Action} again */
const unlessSame = (now, was, again) => (now === (was ?? null) ? undefined : again(was ?? null));

/** @param {Inbox} inbox @param {Step[]} steps */
async function takeBack(inbox, steps) {
  try {
    const answers = [];
    for (const step of steps) answers.push(await send(inbox, step));
    const refused = answers.flatMap((answer) => answer.refused);
    toast(refused.length > 0 ? t("undone_but", { count: refused.length }) : t("undone"));
  } catch (error) {
    complain(error);
  }
}

/** @param {Inbox} inbox @param {Step} step @returns {Promise<{ done: string[], refused: Refused[] }>} */
const send = (inbox, step) =>
  post(`${at(inbox.slug)}/conversations/bulk`, { client_id: crypto.randomUUID(), ...step });

/** Which could not be changed, and why: the first, and how many more. @param {Refused[]} refused @param {Conversation[]} conversations */
function tellRefused(refused, conversations) {
  const [first] = refused;
  if (!first) return "";
  const subject = conversations.find(({ id }) => id === first.id)?.subject ?? "";
  const why = explain(new Problem(409, first));
  const more = refused.length > 1 ? ` ${t("and_more", { count: refused.length - 1 })}` : "";
  return `${t("refused_one", { name: subject, why })}${more}`;
}
