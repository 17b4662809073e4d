// Automation rules: their list in order, switched on and off, and one of them being written.
import { useState } from "preact/hooks";
import { at, patch, put } from "../../api.js";
import { html } from "../../html.js";
import { moment, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { attempt, explain, toast } from "../../toast.js";
import { Editor } from "./automation-editor.js";
import { ruleWords } from "./automation-words.js";
import { Order } from "./order.js";

/**
 * @import { Rule } from "./automation-words.js"
 * @typedef {Rule & { id: string }} Stored
 * @typedef {{ id: string, name: string }[]} Tags
 */

/** @returns {Rule} */
const emptyRule = () => ({
  name: "",
  enabled: true,
  trigger: { kind: "conversation_opened" },
  conditions: { all: [{ what: "subject", is: "contains", values: [] }], any: [] },
  actions: [{ kind: "priority", priority: "high" }],
  stop: false,
});

/** Rules to begin with, in the reader's language. @returns {{ hint: string, rule: Rule }[]} */
const templates = () => [
  {
    hint: t("template_urgent_hint"),
    rule: {
      ...emptyRule(),
      name: t("template_urgent"),
      conditions: {
        all: [{ what: "subject", is: "has_word", values: ["urgent", "asap", "emergency", "urgence"] }],
        any: [],
      },
    },
  },
  {
    hint: t("template_thanks_hint"),
    rule: {
      ...emptyRule(),
      name: t("template_thanks"),
      trigger: { kind: "customer_wrote" },
      conditions: {
        all: [{ what: "first_message", is: "is", values: ["no"] }],
        any: [
          {
            what: "body",
            is: "is",
            values: ["thanks", "thank you", "thanks!", "thank you!", "merci", "merci !"],
          },
        ],
      },
      actions: [{ kind: "close" }],
    },
  },
  {
    hint: t("template_waiting_hint"),
    rule: {
      ...emptyRule(),
      name: t("template_waiting"),
      trigger: { kind: "waited", after: "PT2H" },
      conditions: { all: [], any: [] },
      actions: [
        { kind: "priority", priority: "urgent" },
        { kind: "note", body: t("template_waiting_hint") },
      ],
    },
  },
];

/** @param {{ slug: string }} props */
export function Automations({ slug }) {
  const path = `${at(slug)}/automations`;
  const { data, problem, reload } = useResource(path);
  const known = useResource(`${at(slug)}/tags`);
  const [editing, setEditing] = useState(/** @type {Rule | undefined} */ (undefined));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data || !(known.data || known.problem)) return html`<p role="status">${t("loading")}</p>`;
  /** @type {Tags} */
  const tags = known.data?.items ?? [];
  /** @type {Stored[]} */
  const rules = data.items;
  const done = () => {
    setEditing(undefined);
    reload();
  };
  if (editing) {
    return html`<header class="screen-head"><h1>${t("settings_automations")}</h1></header>
      <${Editor} path=${path} slug=${slug} rule=${editing} tags=${tags} onDone=${done} onCancel=${() => setEditing(undefined)} />`;
  }
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    const ids = rules.map(({ id }) => id);
    const order = ids.toSpliced(from, 1).toSpliced(to, 0, ids[from] ?? "");
    return attempt(put(`${path}/order`, { ids: order }).then(reload));
  };
  return html`
    <header class="screen-head">
      <h1>${t("settings_automations")}</h1>
      <button class="button button-primary" onClick=${() => setEditing(emptyRule())}>${t("new_automation")}</button>
    </header>
    <p class="hint">${rules.length ? t("automations_hint") : t("no_automations")}</p>
    <ul class="cards">${rules.map(
      (
        rule,
        place,
      ) => html`<${Card} key=${rule.id} rule=${rule} tags=${tags} path=${path} onChange=${reload} onEdit=${() => setEditing(rule)}>
        ${rules.length > 1 && html`<${Order} id=${rule.id} name=${rule.name} place=${place} of=${rules.length} onMove=${(/** @type {number} */ to) => move(place, to)} />`}
      <//>`,
    )}</ul>
    <section class="stack" aria-labelledby="templates-title">
      <h2 id="templates-title">${t("automation_templates")}</h2>
      <ul class="templates">${templates().map(
        ({ rule, hint }) => html`<li key=${rule.name}>
          <button class="card template" onClick=${() => setEditing(rule)}><strong>${rule.name}</strong> <span class="hint">${hint}</span></button>
        </li>`,
      )}</ul>
    </section>
  `;
}

/** @param {{ rule: Stored, tags: Tags, path: string, onChange: () => void, onEdit: () => void, children?: any }} props */
function Card({ rule, tags, path, onChange, onEdit, children }) {
  const { id, name, enabled, broken, failures = 0, last_run_at: ran } = rule;
  const words = ruleWords(rule, tags);
  const turn = () =>
    attempt(
      patch(`${path}/${id}`, { enabled: !enabled }).then(() => {
        toast(t(enabled ? "automation_disabled" : "automation_enabled", { name }));
        onChange();
      }),
    );
  return html`<li class="card row rule-card" data-enabled=${enabled}>
    ${children}
    <div class="grow">
      <h2>${name}</h2>
      <dl class="sentence">
        <div><dt>${t("automation_when")}</dt> <dd>${words.when}</dd></div>
        <div><dt>${t("automation_if")}</dt> <dd>${words.conditions}</dd></div>
        <div><dt>${t("automation_then")}</dt> <dd>${words.actions}</dd></div>
      </dl>
      ${broken && broken.length > 0 && html`<p class="fault">${t("automation_broken")}</p>`}
      <p class="hint">${ran ? t("automation_last_run", { at: moment(ran) }) : t("automation_never_ran")}</p>
      ${failures > 0 && html`<p class="fault">${t("automation_failures", { count: failures })}</p>`}
    </div>
    <label class="switch"><input type="checkbox" role="switch" checked=${enabled} onChange=${turn} aria-label=${`${t("automation_on")}: ${name}`} /> <span aria-hidden="true">${t("automation_on")}</span></label>
    <button class="button" onClick=${onEdit} aria-label=${`${t("edit")}: ${name}`}>${t("edit")}</button>
  </li>`;
}
