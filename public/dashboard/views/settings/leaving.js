// Disable Agent, Remove user: what becomes of what he still has is asked first.
import { useState } from "preact/hooks";
import { ask, Problem, put } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { agentWords } from "../../presence.js";
import { useForm } from "../../resource.js";
import { go } from "../../router.js";
import { agents, may } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field, Select } from "../fields.js";

/** @import { AgentRecord } from "../../types.js" */

/** @param {{ slug: string, agent: AgentRecord, path: string, onChange: () => void }} props */
export function Leaving({ slug, agent, path, onChange }) {
  const [asking, setAsking] = useState(/** @type {"disable" | "remove" | undefined} */ (undefined));
  const close = () => setAsking(undefined);
  if (!may("agent.disable") && !may("agent.remove")) return null;
  const enable = () =>
    attempt(
      ask("DELETE", `${path}/disabled`).then(() => {
        toast(t("enabled_again", { name: agent.name }));
        onChange();
      }),
    );
  return html`<section class="card" aria-labelledby="leaving-title">
    <h2 id="leaving-title">${t("leaving")}</h2>
    <p>${t(agent.status === "disabled" ? "disabled_hint" : "leaving_hint")}</p>
    <p class="form-actions">
      ${
        may("agent.disable") &&
        agent.status === "active" &&
        html`<button class="button button-warn" onClick=${() => setAsking("disable")}>${t("disable_agent")}</button>`
      }
      ${
        may("agent.disable") &&
        agent.status === "disabled" &&
        html`<button class="button" onClick=${enable}>${t("enable_agent")}</button>`
      }
      ${may("agent.remove") && html`<button class="button button-danger" onClick=${() => setAsking("remove")}>${t("remove_user")}</button>`}
    </p>
    ${asking === "disable" && html`<${Disable} slug=${slug} agent=${agent} path=${path} onClose=${close} onDone=${onChange} />`}
    ${asking === "remove" && html`<${Remove} agent=${agent} path=${path} onClose=${close} onDone=${() => go(`/app/${slug}/settings/users`)} />`}
  </section>`;
}

/** @param {{ slug: string, agent: AgentRecord, path: string, onClose: () => void, onDone: () => void }} props */
function Disable({ slug, agent, path, onClose, onDone }) {
  const [left, setLeft] = useState(/** @type {Problem | undefined} */ (undefined));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const transfer_to = form.get("transfer_to");
    try {
      await put(`${path}/disabled`, {
        ...(transfer_to ? { transfer_to } : {}),
        unstick: form.get("unstick") === "on",
      });
    } catch (error) {
      if (error instanceof Problem && error.code.startsWith("has_")) setLeft(error);
      throw error;
    }
    toast(t("was_disabled", { name: agent.name }));
    onClose();
    onDone();
  });
  const shown = problem && !problem.code.startsWith("has_") ? problem : undefined;
  return html`<${Dialog} title=${t("disable_question", { name: agent.name })} onClose=${onClose}>
    <form class="form stack" onSubmit=${onSubmit}>
      <p>${t("disable_consequence")}</p>
      <${Fault} problem=${shown} />
      ${left && html`<${Plan} agent=${agent} open=${left.body.open_conversations} sticky=${left.body.sticky_contacts} slug=${slug} />`}
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-warn" disabled=${busy}>${t("disable_agent")}</button>
      </p>
    </form>
  <//>`;
}

/** @param {{ agent: AgentRecord, path: string, onClose: () => void, onDone: () => void }} props */
function Remove({ agent, path, onClose, onDone }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    if (String(form.get("confirm")).trim() !== agent.name) {
      throw new Problem(422, { errors: [{ field: "confirm", detail: t("type_the_name") }] });
    }
    await ask("DELETE", path);
    toast(t("was_removed", { name: agent.name }));
    onClose();
    onDone();
  });
  return html`<${Dialog} title=${t("remove_question", { name: agent.name })} onClose=${onClose}>
    <form class="form stack" onSubmit=${onSubmit} noValidate>
      <p>${t("remove_consequence")}</p>
      <${Fault} problem=${problem} fields=${["confirm"]} />
      <${Field} name="confirm" label=${t("type_to_confirm", { name: agent.name })} fault=${problem?.of("confirm")} autocomplete="off" />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-danger" disabled=${busy}>${t("remove_user")}</button>
      </p>
    </form>
  <//>`;
}

/**
 * Where conversations go, and that customers are unstuck.
 * @param {{ slug: string, agent: AgentRecord, open: number, sticky: number }} props
 */
export function Plan({ slug, agent, open, sticky }) {
  const others = agents.value.filter(({ assignable, id }) => assignable && id !== agent.id);
  return html`<div class="notice stack" role="alert" tabindex="-1">
    <p>${t("still_has", { open, sticky })}</p>
    ${
      open > 0 &&
      html`<${Select} name="transfer_to" label=${t("transfer_to")}
        options=${[["queue", t("assign_to_nobody")], ...others.map((one) => [one.id, agentWords(one)])]} />`
    }
    ${sticky > 0 && html`<label class="switch"><input type="checkbox" name="unstick" defaultChecked /> ${t("unstick")}</label>`}
    ${
      may("status_board.view") &&
      html`<p>${t("one_by_one")} <a href=${`/app/${slug}/status/${agent.id}`}>${t("agent_status")}</a></p>`
    }
  </div>`;
}
