// What can be done to the conversations that are selected.
import { useState } from "preact/hooks";
import { doToAll } from "../bulk-actions.js";
import { PRIORITIES } from "../filters.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { agentWords } from "../presence.js";
import { MOST_SELECTED } from "../selection.js";
import { agents, folders, may, me, tags, teams } from "../session.js";
import { snoozes } from "../snoozes.js";
import { lazily, nothing } from "./lazy.js";
import { TagMark } from "./marks.js";
import { PickMenu } from "./pick-menu.js";

/** @import { Action } from "../bulk-actions.js" */
/** @import { Inbox } from "../inbox.js" */
/** @import { Place } from "../places.js" */
/** @import { Selection } from "../selection.js" */
/** @import { Conversation } from "../types.js" */
/** @import { Choice } from "./pick-menu.js" */

const MergeSelected = lazily(async () => (await import("./merge-selected.js")).MergeSelected, nothing);

/** @param {{ inbox: Inbox, selection: Selection, place: Place }} props */
export function BulkBar({ inbox, selection, place }) {
  const [busy, setBusy] = useState(false);
  const [merging, setMerging] = useState(/** @type {Conversation[] | undefined} */ (undefined));
  const chosen = selection.conversations.value;
  // What is merged leaves the list, but not the dialog.
  const dialog =
    merging &&
    html`<${MergeSelected} inbox=${inbox} selection=${selection} place=${place} conversations=${merging}
      onClose=${() => setMerging(undefined)} />`;
  if (chosen.length === 0) return dialog;
  /** @param {Action} action */
  const run = async (action) => {
    setBusy(true);
    const done = await doToAll(inbox, chosen, action).finally(() => setBusy(false));
    if (done && action.kind !== "tag" && action.kind !== "untag") selection.clear();
  };
  const listed = inbox.items.value?.length ?? 0;
  const more = chosen.length < Math.min(MOST_SELECTED, inbox.total.value ?? MOST_SELECTED);
  const selectAll = async () => {
    while (inbox.next.peek() && (inbox.items.peek()?.length ?? 0) < MOST_SELECTED) {
      const before = inbox.next.peek();
      await inbox.more();
      if (inbox.next.peek() === before) break;
    }
    selection.all();
  };
  const all =
    listed > MOST_SELECTED || inbox.next.value
      ? t("select_first", { count: MOST_SELECTED })
      : t("select_all");
  return html`<div class="bulk" role="group" aria-label=${t("bulk_actions")} aria-busy=${busy}>
    <p><strong role="status">${t("selected", { count: chosen.length })}</strong>
      ${more && html`<button type="button" class="link" onClick=${selectAll}>${all}</button>`}
      <button type="button" class="link" onClick=${() => selection.clear()}>${t("clear_selection")}</button></p>
    <div class="bulk-actions">${menus(chosen, run, () => setMerging(chosen), busy)}</div>
    ${dialog}
  </div>`;
}

/** @param {Conversation[]} chosen @param {(action: Action) => unknown} run @param {() => unknown} merge @param {boolean} disabled */
function menus(chosen, run, merge, disabled) {
  const closed = chosen.every(({ status }) => status === "closed");
  const open = chosen.some(({ status }) => status !== "closed");
  /** @param {string} id @param {string} label @param {Choice[]} choices @param {string} [none] */
  const menu = (id, label, choices, none) =>
    html`<${PickMenu} id=${`bulk-${id}`} label=${label} choices=${choices} none=${none} disabled=${disabled} />`;
  /** @param {string} words @param {Action} action */
  const button = (words, action) =>
    html`<button type="button" class="button button-small" disabled=${disabled} onClick=${() => run(action)}>${words}</button>`;
  return html`
    ${open && may("conversation.close") && button(t("close"), { kind: "close" })}
    ${closed && may("conversation.reopen") && button(t("reopen"), { kind: "reopen" })}
    ${open && (may("conversation.assign_other") || may("conversation.unassign")) && menu("assign", t("bulk_assign"), assignees(run))}
    ${may("conversation.assign_folder") && menu("folder", t("bulk_folder"), placesFor(run))}
    ${may("conversation.assign_team") && menu("team", t("bulk_team"), teamsFor(run))}
    ${may("conversation.tag") && menu("tag", t("bulk_tag"), tagsFor(chosen, run), t("no_tags"))}
    ${may("conversation.tag") && menu("priority", t("bulk_priority"), prioritiesFor(run))}
    ${open && may("conversation.snooze") && menu("snooze", t("snooze"), snoozesFor(run))}
    ${
      chosen.length > 1 &&
      may("conversation.merge") &&
      html`<button type="button" id="bulk-merge" class="button button-small" disabled=${disabled} onClick=${merge}>${t("merge_selected")}</button>`
    }
  `;
}

/** @param {(action: Action) => unknown} run @returns {Choice[]} */
function assignees(run) {
  const nobody = {
    key: "",
    words: t("assign_to_nobody"),
    onPick: () => run({ kind: "assign", agent_id: null }),
  };
  const others = may("conversation.assign_other") ? agents.value : [];
  // Oneself comes first: that is what one looks for most often.
  const people = others.filter(({ assignable }) => assignable).sort((a) => (a.id === me.value?.id ? -1 : 0));
  const choices = people.map((one) => ({
    key: one.id,
    words: agentWords(one),
    onPick: () => run({ kind: "assign", agent_id: one.id }),
  }));
  return may("conversation.unassign") ? [...choices, nobody] : choices;
}

/** @param {(action: Action) => unknown} run @returns {Choice[]} */
function placesFor(run) {
  const everywhere = (me.value?.capabilities["conversation.assign_folder"] ?? []).includes("all");
  const choices = folders.value
    .filter(({ assign }) => everywhere || assign)
    .map(({ id, name }) => ({ key: id, words: name, onPick: () => run({ kind: "folder", folder_id: id }) }));
  return [
    ...choices,
    { key: "", words: t("no_folder"), onPick: () => run({ kind: "folder", folder_id: null }) },
  ];
}

/** @param {(action: Action) => unknown} run @returns {Choice[]} */
function teamsFor(run) {
  const choices = teams.value.map(({ id, name }) => ({
    key: id,
    words: name,
    onPick: () => run({ kind: "team", team_id: id }),
  }));
  return [...choices, { key: "", words: t("no_team"), onPick: () => run({ kind: "team", team_id: null }) }];
}

/** On all: taken off. On some or none: put on all. @param {Conversation[]} chosen @param {(action: Action) => unknown} run @returns {Choice[]} */
function tagsFor(chosen, run) {
  return tags.value.map((tag) => {
    const having = chosen.filter((one) => one.tags.some(({ id }) => id === tag.id)).length;
    const checked = having === chosen.length || (having > 0 ? "mixed" : false);
    return {
      key: tag.id,
      words: tag.name,
      look: html`<${TagMark} tag=${tag} />`,
      checked,
      onPick: () => run({ kind: checked === true ? "untag" : "tag", tag_id: tag.id }),
    };
  });
}

/** @param {(action: Action) => unknown} run @returns {Choice[]} */
function prioritiesFor(run) {
  return PRIORITIES.map((priority) => ({
    key: priority,
    words: t(`priority_${priority}`),
    onPick: () => run({ kind: "priority", priority }),
  }));
}

/** @param {(action: Action) => unknown} run @returns {Choice[]} */
function snoozesFor(run) {
  return snoozes().map(([key, until]) => ({
    key,
    words: t(key),
    onPick: () => run({ kind: "snooze", until: until.toISOString() }),
  }));
}
