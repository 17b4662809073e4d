// The parts of a rule's editor: a trigger, a condition, an action, each a line that reads as words.
import { useState } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { ACTIONS, COMPARISONS, optionsOf, partsOf, TRIGGERS, UNITS, valueName } from "./automation-words.js";

/**
 * @import { Action, Condition, Is, Option, Trigger, What } from "./automation-words.js"
 * @typedef {{ id: string, name: string }[]} Tags
 */

/** @param {{ label: string, value: string, options: readonly Option[], onChange: (value: string) => void, invalid?: boolean }} props */
export function Pick({ label, value, options, onChange, invalid }) {
  return html`<select class="input" aria-label=${label} aria-invalid=${invalid ? "true" : undefined}
    onChange=${(/** @type {any} */ { target }) => onChange(target.value)}>
    ${options.map(([one, words]) => html`<option key=${one} value=${one} selected=${one === value}>${words}</option>`)}
  </select>`;
}

/** @param {{ label: string, value: string, onChange: (duration: string) => void }} props a length of time */
function Duration({ label, value, onChange }) {
  const { amount, unit } = partsOf(value);
  const set = (/** @type {number} */ number, /** @type {keyof typeof UNITS} */ of) =>
    onChange(`PT${Math.max(0, Math.round(number * UNITS[of]))}S`);
  const units = /** @type {(keyof typeof UNITS)[]} */ (Object.keys(UNITS)).filter(
    (name) => name !== "seconds" || unit === name,
  );
  return html`<input class="input number" type="number" min="1" value=${amount} aria-label=${`${label}: ${t("duration_amount")}`}
      onChange=${(/** @type {any} */ { target }) => set(Number(target.value), unit)} />
    <${Pick} label=${`${label}: ${t("duration_unit")}`} value=${unit} options=${units.map((name) => [name, t(`unit_${name}`)])}
      onChange=${(/** @type {any} */ of) => set(amount, of)} />`;
}

/** @param {{ trigger: Trigger, tags: Tags, onChange: (trigger: Trigger) => void }} props */
export function When({ trigger, tags, onChange }) {
  const label = t("automation_when");
  const choose = (/** @type {string} */ kind) =>
    onChange(kind === "waited" ? { kind, after: "PT2H" } : { kind });
  return html`<div class="rule-line">
    <${Pick} label=${label} value=${trigger.kind} onChange=${choose}
      options=${TRIGGERS.map((kind) => [kind, t(`when_${kind}`)])} />
    ${
      trigger.kind === "status_changed" &&
      html`<span>${t("when_to")}</span><${Pick} label=${t("what_status")} value=${trigger.to ?? ""}
        options=${[["", t("when_any_status")], ...(optionsOf("status", tags) ?? [])]}
        onChange=${(/** @type {string} */ to) => onChange({ kind: trigger.kind, ...(to && { to }) })} />`
    }
    ${
      trigger.kind === "tag_added" &&
      html`<${Pick} label=${t("what_tag")} value=${trigger.tag_id ?? ""}
        options=${[["", t("when_any_tag")], ...(optionsOf("tag", tags) ?? [])]}
        onChange=${(/** @type {string} */ tag_id) => onChange({ kind: trigger.kind, ...(tag_id && { tag_id }) })} />`
    }
    ${
      trigger.kind === "waited" &&
      html`<${Duration} label=${label} value=${trigger.after ?? "PT2H"}
        onChange=${(/** @type {string} */ after) => onChange({ ...trigger, after })} />`
    }
  </div>`;
}

/**
 * @param {{ condition: Condition, name: string, tags: Tags, fault?: string, onChange: (condition: Condition) => void,
 *   onRemove: () => void }} props
 */
export function If({ condition, name, tags, fault, onChange, onRemove }) {
  const { what, is, values } = condition;
  const choose = (/** @type {What} */ chosen) =>
    onChange({ what: chosen, is: COMPARISONS[chosen][0] ?? "is", values: [] });
  const compares = is !== "none" && is !== "any";
  return html`<div class="rule-line" role="group" aria-label=${name}>
    <${Pick} label=${t("automation_what")} value=${what} onChange=${choose}
      options=${/** @type {What[]} */ (Object.keys(COMPARISONS)).map((one) => [one, t(`what_${one}`)])} />
    <${Pick} label=${t("automation_how")} value=${is} options=${COMPARISONS[what].map((one) => [one, t(`is_${one}`)])}
      onChange=${(/** @type {Is} */ chosen) => onChange({ ...condition, is: chosen, values: chosen === "none" || chosen === "any" ? [] : values })} />
    ${compares && html`<${Values} key=${what} what=${what} values=${values} tags=${tags} invalid=${Boolean(fault)} onChange=${(/** @type {string[]} */ chosen) => onChange({ ...condition, values: chosen })} />`}
    <button type="button" class="link" onClick=${onRemove} aria-label=${`${t("remove")}: ${name}`}>${t("remove")}</button>
    ${fault && html`<p class="fault">${fault}</p>`}
  </div>`;
}

/** Words with commas between them; what is being typed stays as it is typed. @param {{ values: string[], invalid: boolean, onChange: (values: string[]) => void }} props */
function Words({ values, invalid, onChange }) {
  const [text, setText] = useState(values.join(", "));
  const type = (/** @type {string} */ typed) => {
    setText(typed);
    onChange(
      typed
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean),
    );
  };
  return html`<input class="input grow" aria-label=${t("automation_values")} placeholder=${t("automation_values")} value=${text}
    aria-invalid=${invalid ? "true" : undefined} onInput=${(/** @type {any} */ { target }) => type(target.value)} />`;
}

/** @param {{ what: What, values: string[], tags: Tags, invalid: boolean, onChange: (values: string[]) => void }} props */
function Values({ what, values, tags, invalid, onChange }) {
  const options = optionsOf(what, tags);
  if (!options) return html`<${Words} values=${values} invalid=${invalid} onChange=${onChange} />`;
  const single = what === "business_hours" || what === "first_message";
  const free = options.filter(([value]) => !values.includes(value));
  const add = (/** @type {string} */ value) => value && onChange(single ? [value] : [...values, value]);
  return html`${
    !single &&
    values.map(
      (
        value,
      ) => html`<button key=${value} type="button" class="chip" onClick=${() => onChange(values.filter((one) => one !== value))}
        aria-label=${t("automation_drop_value", { value: valueName(what, value, tags) })}>${valueName(what, value, tags)} <span aria-hidden="true">×</span></button>`,
    )
  }
  <${Pick} key=${values.length} label=${t("automation_value")} value=${single ? (values[0] ?? "") : ""} invalid=${invalid}
    options=${[...(single && values[0] ? [] : [["", t(values.length ? "automation_or" : "choose")]]), ...(single ? options : free)]} onChange=${add} />`;
}

/** What an action is before anything is chosen. @param {string} kind @param {Tags} tags @returns {Action} */
export function emptyAction(kind, tags) {
  const first = (/** @type {string} */ what) => optionsOf(what, tags)?.[0]?.[0] ?? "";
  if (kind === "tag" || kind === "untag") return { kind, tag_id: first("tag") };
  if (kind === "folder") return { kind, folder_id: first("folder") || null };
  if (kind === "team") return { kind, team_id: first("team") || null };
  if (kind === "assign") return { kind, agent_id: first("assignee") };
  if (kind === "priority") return { kind, priority: "high" };
  if (kind === "snooze") return { kind, for: "PT4H" };
  return kind === "close" ? { kind } : { kind, body: "" };
}

/** Which of an action's fields names something, and of which kind. */
const NAMES = /** @type {const} */ ({
  tag: ["tag_id", "tag"],
  untag: ["tag_id", "tag"],
  folder: ["folder_id", "folder"],
  team: ["team_id", "team"],
  assign: ["agent_id", "assignee"],
  priority: ["priority", "priority"],
});

/**
 * @param {{ action: Action, name: string, tags: Tags, fault?: string, onChange: (action: Action) => void,
 *   onRemove?: () => void }} props
 */
export function Then({ action, name, tags, fault, onChange, onRemove }) {
  const [field, what] = NAMES[/** @type {keyof typeof NAMES} */ (action.kind)] ?? [];
  const none = { folder: t("no_folder_at_all"), team: t("no_team_at_all") }[action.kind];
  const chosen = field ? (action[field] ?? "") : "";
  const known = what ? (optionsOf(what, tags) ?? []) : [];
  const gone = chosen && !known.some(([value]) => value === chosen);
  const options = [
    ...(none ? [["", none]] : chosen ? [] : [["", t("choose")]]),
    ...(gone ? [[chosen, t("automation_unnamed")]] : []),
    ...known,
  ];
  const says = action.kind === "note" || action.kind === "message";
  return html`<div class="rule-line" role="group" aria-label=${name}>
    <${Pick} label=${t("automation_what")} value=${action.kind} onChange=${(/** @type {string} */ kind) => onChange(emptyAction(kind, tags))}
      options=${ACTIONS.map((kind) => [kind, t(`do_${kind}`)])} />
    ${
      field &&
      html`<${Pick} label=${t("automation_value")} value=${chosen} invalid=${Boolean(fault)} options=${options}
        onChange=${(/** @type {string} */ value) => onChange({ ...action, [field]: value || null })} />`
    }
    ${
      action.kind === "snooze" &&
      html`<${Duration} label=${t("do_snooze")} value=${action.for ?? "PT4H"}
        onChange=${(/** @type {string} */ span) => onChange({ ...action, for: span })} />`
    }
    ${onRemove && html`<button type="button" class="link" onClick=${onRemove} aria-label=${`${t("remove")}: ${name}`}>${t("remove")}</button>`}
    ${
      says &&
      html`<textarea class="input whole" rows="3" aria-label=${t(`do_${action.kind === "note" ? "note" : "message"}`)} value=${action.body ?? ""}
        aria-invalid=${fault ? "true" : undefined} onInput=${(/** @type {any} */ { target }) => onChange({ ...action, body: target.value })}></textarea>
        ${action.kind === "message" && html`<p class="hint whole">${t("do_message_hint", { placeholders: "{{contact.first_name|…}}, {{company.name}}, {{conversation.number}}" })}</p>`}`
    }
    ${fault && html`<p class="fault">${fault}</p>`}
  </div>`;
}
