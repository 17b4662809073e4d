// One rule: when, if, then; tried out before it is kept.
import { useState } from "preact/hooks";
import { ask, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { attempt, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { emptyAction, If, Then, When } from "./automation-parts.js";
import { LastRuns } from "./automation-runs.js";
import { TryOut } from "./automation-try.js";

/**
 * @import { Action, Condition, Conditions, Rule } from "./automation-words.js"
 * @typedef {{ id: string, name: string }[]} Tags
 */

/** What a rule is tried out as: without what it is called. @param {Rule} rule */
const definitionOf = ({ trigger, conditions, actions, stop }) => ({ trigger, conditions, actions, stop });

/** @param {{ path: string, slug: string, rule: Rule, tags: Tags, onDone: () => void, onCancel: () => void }} props */
export function Editor({ path, slug, rule, tags, onDone, onCancel }) {
  const [draft, setDraft] = useState(rule);
  const [asking, setAsking] = useState(false);
  const change = (/** @type {Partial<Rule>} */ part) => setDraft((now) => ({ ...now, ...part }));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const body = {
      name: text(form, "name"),
      enabled: form.get("enabled") === "on",
      ...definitionOf({ ...draft, stop: form.get("stop") === "on" }),
    };
    await (rule.id ? patch(`${path}/${rule.id}`, body) : post(path, body));
    toast(t("saved"));
    onDone();
  });
  const remove = async () => {
    setAsking(false);
    await attempt(ask("DELETE", `${path}/${rule.id}`).then(onDone));
  };
  /** What is wrong with a part, wherever in it. @param {string} field */
  const faultOf = (field) =>
    problem?.body.errors?.find((/** @type {{ field: string }} */ error) => error.field.startsWith(field))
      ?.detail;
  const taken = problem?.code === "name_taken" ? problem.message : undefined;
  const shown = ["name", "trigger", "conditions", "actions"];
  const covered = (problem?.body.errors ?? []).every((/** @type {{ field: string }} */ { field }) =>
    shown.some((one) => field.startsWith(one)),
  );
  return html`<form class="card form rule" onSubmit=${onSubmit} noValidate aria-labelledby="rule-title">
    <h2 id="rule-title">${rule.id ? rule.name : t("new_automation")}</h2>
    ${(!covered || !problem?.body.errors) && html`<${Fault} problem=${taken ? undefined : problem} />`}
    <${Field} name="name" label=${t("name")} initial=${rule.name} fault=${problem?.of("name") ?? taken} autocomplete="off" />
    <fieldset class="rule-part">
      <legend>${t("automation_when")}</legend>
      <${When} trigger=${draft.trigger} tags=${tags} onChange=${(/** @type {Rule["trigger"]} */ trigger) => change({ trigger })} />
      ${faultOf("trigger") && html`<p class="fault">${faultOf("trigger")}</p>`}
    </fieldset>
    <fieldset class="rule-part">
      <legend>${t("automation_if")}</legend>
      <${ConditionList} group="all" conditions=${draft.conditions} tags=${tags} faultOf=${faultOf} onChange=${(/** @type {Conditions} */ conditions) => change({ conditions })} />
      <${ConditionList} group="any" conditions=${draft.conditions} tags=${tags} faultOf=${faultOf} onChange=${(/** @type {Conditions} */ conditions) => change({ conditions })} />
    </fieldset>
    <fieldset class="rule-part">
      <legend>${t("automation_then")}</legend>
      <${ActionList} actions=${draft.actions} tags=${tags} faultOf=${faultOf} onChange=${(/** @type {Action[]} */ actions) => change({ actions })} />
    </fieldset>
    <label class="switch"><input type="checkbox" name="stop" defaultChecked=${rule.stop} /> <span>${t("automation_stop")}</span></label>
    <label class="switch"><input type="checkbox" name="enabled" defaultChecked=${rule.enabled} /> <span>${t("automation_enable")}</span></label>
    <p class="form-actions">
      <button class="button button-primary" disabled=${busy}>${t(rule.id ? "save" : "create")}</button>
      <button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>
      ${rule.id && html`<button type="button" class="button button-danger" onClick=${() => setAsking(true)}>${t("delete")}</button>`}
    </p>
    <${TryOut} path=${path} slug=${slug} definition=${definitionOf(draft)} tags=${tags} />
    ${rule.id && html`<${LastRuns} path=${`${path}/${rule.id}/runs`} slug=${slug} tags=${tags} />`}
    ${
      asking &&
      html`<${Confirm} title=${t("automation_delete_question", { name: rule.name })} action=${t("delete")} onConfirm=${remove}
        onClose=${() => setAsking(false)}><p>${t("automation_delete_consequence")}</p><//>`
    }
  </form>`;
}

/** Words of the two groups of conditions. */
const GROUPS = /** @type {const} */ ({
  all: { title: "automation_all", one: "automation_condition", add: "add_condition" },
  any: { title: "automation_any", one: "automation_alternative", add: "add_alternative" },
});

/**
 * @param {{ group: "all" | "any", conditions: Conditions, tags: Tags, faultOf: (field: string) => string | undefined,
 *   onChange: (conditions: Conditions) => void }} props
 */
function ConditionList({ group, conditions, tags, faultOf, onChange }) {
  const list = conditions[group];
  const words = GROUPS[group];
  const set = (/** @type {Condition[]} */ changed) => onChange({ ...conditions, [group]: changed });
  const add = () => set([...list, { what: "subject", is: "contains", values: [] }]);
  return html`
    ${list.length > 0 ? html`<p class="hint">${t(words.title)}</p>` : group === "all" && html`<p class="hint">${t("automation_always")}</p>`}
    ${
      list.length > 0 &&
      html`<div class="rule-lines">${list.map(
        (
          condition,
          at,
        ) => html`<${If} key=${at} condition=${condition} name=${t(words.one, { n: at + 1 })} tags=${tags}
          fault=${faultOf(`conditions.${group}[${at}]`)} onRemove=${() => set(list.toSpliced(at, 1))}
          onChange=${(/** @type {Condition} */ one) => set(list.with(at, one))} />`,
      )}</div>`
    }
    <button type="button" class="link" onClick=${add}>${t(words.add)}</button>
  `;
}

/**
 * @param {{ actions: Action[], tags: Tags, faultOf: (field: string) => string | undefined,
 *   onChange: (actions: Action[]) => void }} props
 */
function ActionList({ actions, tags, faultOf, onChange }) {
  return html`
    <div class="rule-lines">${actions.map(
      (
        action,
        at,
      ) => html`<${Then} key=${at} action=${action} name=${t("automation_action", { n: at + 1 })} tags=${tags}
        fault=${faultOf(`actions[${at}]`)} onChange=${(/** @type {Action} */ one) => onChange(actions.with(at, one))}
        onRemove=${actions.length > 1 ? () => onChange(actions.toSpliced(at, 1)) : undefined} />`,
    )}</div>
    <button type="button" class="link" onClick=${() => onChange([...actions, emptyAction("priority", tags)])}>${t("add_action")}</button>
  `;
}
