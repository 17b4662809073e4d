// What a rule says, in words; and what there is to choose from.
import { list, t } from "../../i18n.js";
import { agents, folders, teams } from "../../session.js";
import { LANGUAGES } from "./languages.js";

/** @import { Key } from "../../i18n.js" */

/**
 * @typedef {"subject" | "body" | "contact_email" | "contact_domain" | "language" | "channel" | "folder" | "team" | "tag"
 *   | "priority" | "status" | "assignee" | "business_hours" | "first_message"} What
 * @typedef {"is" | "is_not" | "contains" | "contains_not" | "starts_with" | "has_word" | "none" | "any"} Is
 * @typedef {{ what: What, is: Is, values: string[] }} Condition
 * @typedef {{ kind: string, to?: string, tag_id?: string, after?: string }} Trigger
 * @typedef {{ kind: string, tag_id?: string, folder_id?: string | null, team_id?: string | null, agent_id?: string,
 *   priority?: string, for?: string, body?: string }} Action
 * @typedef {{ all: Condition[], any: Condition[] }} Conditions
 * @typedef {{ id?: string, name: string, enabled: boolean, trigger: Trigger, conditions: Conditions, actions: Action[],
 *   stop: boolean, broken?: { kind: string, id: string }[], last_run_at?: string | null, failures?: number }} Rule
 * @typedef {[value: string, words: string]} Option
 */

export const TRIGGERS = /** @type {const} */ ([
  "conversation_opened",
  "customer_wrote",
  "wrote_outside_hours",
  "agent_answered",
  "status_changed",
  "assigned",
  "tag_added",
  "waited",
]);

export const ACTIONS = /** @type {const} */ ([
  "tag",
  "untag",
  "folder",
  "team",
  "priority",
  "assign",
  "close",
  "snooze",
  "note",
  "message",
]);

const TEXT = /** @type {const} */ (["contains", "contains_not", "starts_with", "has_word", "is", "is_not"]);
const EITHER = /** @type {const} */ (["is", "is_not"]);
const REFERENCE = /** @type {const} */ (["is", "is_not", "none", "any"]);

/** How each may be compared, most usual first. @type {Record<What, readonly Is[]>} */
export const COMPARISONS = {
  subject: TEXT,
  body: TEXT,
  contact_email: ["contains", "contains_not", "starts_with", "is", "is_not"],
  contact_domain: EITHER,
  language: REFERENCE,
  channel: EITHER,
  folder: REFERENCE,
  team: REFERENCE,
  tag: REFERENCE,
  priority: EITHER,
  status: EITHER,
  assignee: REFERENCE,
  business_hours: ["is"],
  first_message: ["is"],
};

const STATUSES = /** @type {const} */ (["new", "open", "pending", "snoozed", "closed"]);
const PRIORITIES = /** @type {const} */ (["low", "normal", "high", "urgent"]);
const CHANNELS = /** @type {const} */ (["web", "agent", "email", "chat"]);

/** @param {{ id: string, name: string }[]} things @returns {Option[]} */
const named = (things) => things.map(({ id, name }) => [id, name]);

/** What there is of a kind; none where anything may be written. @param {string} what @param {{ id: string, name: string }[]} tags @returns {Option[] | undefined} */
export function optionsOf(what, tags) {
  /** @type {Record<string, () => Option[]>} */
  const options = {
    folder: () => named(folders.value),
    team: () => named(teams.value),
    tag: () => named(tags),
    assignee: () => named(agents.value),
    language: () => LANGUAGES,
    status: () => STATUSES.map((name) => [name, t(`status_${name}`)]),
    priority: () => PRIORITIES.map((name) => [name, t(`priority_${name}`)]),
    channel: () => CHANNELS.map((name) => [name, t(`channel_${name}`)]),
    business_hours: () => [
      ["inside", t("value_inside")],
      ["outside", t("value_outside")],
    ],
    first_message: () => [
      ["yes", t("value_yes")],
      ["no", t("value_no")],
    ],
  };
  return options[what]?.();
}

/** A value in words. @param {string} what @param {string} value @param {{ id: string, name: string }[]} tags */
export function valueName(what, value, tags) {
  const options = optionsOf(what, tags);
  return options
    ? (options.find(([known]) => known === value)?.[1] ?? t("automation_unnamed"))
    : `“${value}”`;
}

/** @param {Condition} condition @param {{ id: string, name: string }[]} tags */
export function conditionWords({ what, is, values }, tags) {
  const words = values.map((value) => valueName(what, value, tags)).join(` ${t("automation_or_word")} `);
  return [t(`what_${what}`), t(`is_${is}`), words].filter(Boolean).join(" ");
}

/** @param {Trigger} trigger @param {{ id: string, name: string }[]} tags */
export function triggerWords({ kind, to, tag_id, after }, tags) {
  const words = t(/** @type {Key} */ (`when_${kind}`));
  if (kind === "status_changed" && to) return `${words} ${t("when_to")} ${valueName("status", to, tags)}`;
  if (kind === "tag_added" && tag_id) return `${words}: ${valueName("tag", tag_id, tags)}`;
  return after ? `${words} ${durationWords(after)}` : words;
}

/** @param {Action} action @param {{ id: string, name: string }[]} tags */
export function actionWords(action, tags) {
  const words = t(/** @type {Key} */ (`do_${action.kind}`));
  if (action.tag_id) return `${words} ${valueName("tag", action.tag_id, tags)}`;
  if (action.kind === "folder")
    return `${words} ${action.folder_id ? valueName("folder", action.folder_id, tags) : t("no_folder_at_all")}`;
  if (action.kind === "team")
    return `${words} ${action.team_id ? valueName("team", action.team_id, tags) : t("no_team_at_all")}`;
  if (action.agent_id) return `${words} ${valueName("assignee", action.agent_id, tags)}`;
  if (action.priority) return `${words}: ${valueName("priority", action.priority, tags)}`;
  if (action.for) return `${words} ${durationWords(action.for)}`;
  return action.body ? `${words}: “${action.body.slice(0, 60)}${action.body.length > 60 ? "…" : ""}”` : words;
}

/** A rule in one sentence. @param {Rule} rule @param {{ id: string, name: string }[]} tags */
export function ruleWords({ trigger, conditions, actions }, tags) {
  const all = conditions.all.map((one) => conditionWords(one, tags));
  const any = conditions.any.map((one) => conditionWords(one, tags)).join(` ${t("automation_or_word")} `);
  const held = [...all, ...(any ? [any] : [])];
  return {
    when: triggerWords(trigger, tags),
    conditions: held.length ? list(held) : t("automation_always"),
    actions: list(actions.map((one) => actionWords(one, tags))),
  };
}

/** Units of time, the largest first. */
export const UNITS = /** @type {const} */ ({ days: 86_400, hours: 3_600, minutes: 60, seconds: 1 });

/** A duration in its largest whole unit. @param {string} duration ISO 8601, of days to seconds */
export function partsOf(duration) {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  const number = (/** @type {string | undefined} */ digits) => Number(digits ?? 0);
  const total = number(days) * 86_400 + number(hours) * 3_600 + number(minutes) * 60 + number(seconds);
  const names = /** @type {(keyof typeof UNITS)[]} */ (Object.keys(UNITS));
  const unit = names.find((name) => total > 0 && total % UNITS[name] === 0) ?? "minutes";
  return { amount: total / UNITS[unit], unit };
}

/** @param {string} duration */
const durationWords = (duration) => {
  const { amount, unit } = partsOf(duration);
  return `${amount} ${t(`unit_${unit}`)}`;
};
