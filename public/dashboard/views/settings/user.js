// One person: how he is called and where he belongs, what he may do, his password, and his leaving.
import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { at, Problem, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { number, text, useForm, useResource } from "../../resource.js";
import { may, me, refreshAgents } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Face } from "../face.js";
import { Choices, Fault, Field } from "../fields.js";
import { Access } from "./access.js";
import { HandOver } from "./hand-over.js";
import { Leaving, Plan } from "./leaving.js";
import { NameFields } from "./name-fields.js";
import { PasswordHelp } from "./password-help.js";

/** @import { AgentRecord } from "../../types.js" */

/** @param {{ slug: string, id: string }} props */
export function User({ slug, id }) {
  const path = `${at(slug)}/agents/${id}`;
  const { data: agent, problem, reload } = useResource(path);
  const [handOver, setHandOver] = useState(
    /** @type {{ title: string, hint: string, url: string } | undefined} */ (undefined),
  );
  const back = html`<p><a href=${`/app/${slug}/settings/users`}>← ${t("settings_users")}</a></p>`;
  if (problem)
    return html`${back}<p role="alert">${problem.status === 404 ? t("nobody_here") : explain(problem)}</p>`;
  if (!agent) return html`<p role="status">${t("loading")}</p>`;
  if (handOver) return html`<${HandOver} ...${handOver} onDone=${() => setHandOver(undefined)} />`;
  const changed = () => {
    refreshAgents();
    return reload();
  };
  return html`
    ${back}
    <header class="screen-head">
      <h1 class="person"><${Face} name=${agent.name} photo=${agent.photo_url} /> ${agent.name}
        ${agent.owner && html`<span class="tag">${t("owner")}</span>`}
        ${agent.status !== "active" && html`<span class="tag">${t(`standing_${/** @type {"invited" | "disabled"} */ (agent.status)}`)}</span>`}
      </h1>
    </header>
    <p class="hint">${agent.email}${
      agent.last_seen_at &&
      html` · ${t("last_seen")} <time title=${inFull(agent.last_seen_at)} datetime=${agent.last_seen_at}>${age(agent.last_seen_at, Date.now())}</time>`
    }</p>
    <${About} slug=${slug} agent=${agent} path=${path} onChange=${changed} />
    <${UpdateAccess} slug=${slug} agent=${agent} path=${path} onChange=${changed} />
    ${
      agent.status === "invited"
        ? may("agent.invite") &&
          html`<${InviteAgain} agent=${agent} path=${path} onHandOver=${setHandOver} />`
        : html`<${PasswordHelp} agent=${agent} path=${path} onHandOver=${setHandOver} />`
    }
    <${Leaving} slug=${slug} agent=${agent} path=${path} onChange=${changed} />
  `;
}

/** @param {{ slug: string, agent: AgentRecord, path: string, onChange: () => void }} props */
function About({ slug, agent, path, onChange }) {
  const groups = useResource(`${at(slug)}/teams`).data?.items;
  const units = useResource(`${at(slug)}/business-units`).data?.items;
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(path, {
      name: text(form, "name"),
      public_name: text(form, "public_name"),
      function: text(form, "function"),
      language: text(form, "language") || null,
      phones: { landline: text(form, "landline"), mobile: text(form, "mobile") },
      ...(may("agent.max_chats") ? { max_chats: number(form, "max_chats") } : {}),
      business_units: form.getAll("business_units"),
      teams: form.getAll("teams"),
    });
    toast(t("saved"));
    onChange();
  });
  if (!may("agent.edit")) return null;
  if (!groups || !units) return html`<p role="status">${t("loading")}</p>`;
  const fault = (/** @type {string} */ field) => problem?.of(field);
  const options = (/** @type {any[]} */ items) => items.map(({ id, name }) => ({ value: id, words: name }));
  return html`<section class="card" aria-labelledby="about-title">
    <h2 id="about-title">${t("about_agent")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["name", "public_name", "function", "max_chats", "phones.landline", "phones.mobile", "business_units"]} />
      <${NameFields} initial=${agent} fault=${fault} />
      <div class="pair">
        <${Field} name="landline" type="tel" label=${t("landline")} initial=${agent.phones.landline}
          fault=${fault("phones.landline")} optional autocomplete="off" />
        <${Field} name="mobile" type="tel" label=${t("mobile")} initial=${agent.phones.mobile}
          fault=${fault("phones.mobile")} optional autocomplete="off" />
      </div>
      ${
        may("agent.max_chats") &&
        html`<${Field} name="max_chats" type="number" min=${1} max=${1000} label=${t("max_chats")} hint=${t("max_chats_hint")}
          initial=${agent.max_chats} fault=${fault("max_chats")} optional />`
      }
      <${Choices} legend=${t("settings_units")} name="business_units" options=${options(units)}
        chosen=${agent.business_units.map(({ id }) => id)} fault=${fault("business_units")} />
      ${
        groups.length > 0 &&
        html`<${Choices} legend=${t("settings_groups")} name="teams" options=${options(groups)} chosen=${agent.teams.map(({ id }) => id)} />`
      }
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("update_agent")}</button></p>
    </form>
  </section>`;
}

/** @param {{ slug: string, agent: AgentRecord, path: string, onChange: () => void }} props */
function UpdateAccess({ slug, agent, path, onChange }) {
  const roles = useResource(`${at(slug)}/roles`).data?.items;
  const picked = useSignal(agent.roles);
  const [left, setLeft] = useState(/** @type {Problem | undefined} */ (undefined));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const transfer = text(form, "transfer_to");
    try {
      await patch(path, {
        roles: form.getAll("roles"),
        add_ons: form.getAll("add_ons"),
        ...(me.value?.owner && agent.id !== me.value.id ? { owner: form.get("owner") === "on" } : {}),
        ...(transfer ? { transfer_to: transfer } : {}),
      });
    } catch (error) {
      // Somebody with conversations gets a role that is never given any: say where they go.
      if (error instanceof Problem && error.code.startsWith("has_")) setLeft(error);
      throw error;
    }
    setLeft(undefined);
    toast(t("saved"));
    onChange();
  });
  if (!may("agent.role") || !roles) return null;
  return html`<section class="card" aria-labelledby="access-title">
    <h2 id="access-title">${t("role")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit}>
      <${Fault} problem=${problem} fields=${["roles"]} />
      <${Access} roles=${roles} chosen=${agent.roles} addOns=${agent.add_ons} problem=${problem} picked=${picked.value}
        onPick=${(/** @type {string[]} */ chosen) => {
          picked.value = chosen;
        }} />
      ${
        me.value?.owner &&
        agent.id !== me.value.id &&
        html`<label class="switch"><input type="checkbox" name="owner" defaultChecked=${agent.owner} /> ${t("owner_too")}</label>`
      }
      ${left && html`<${Plan} agent=${agent} open=${left.body.open_conversations} sticky=${left.body.sticky_contacts} slug=${slug} />`}
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("update_access")}</button></p>
    </form>
  </section>`;
}

/** @param {{ agent: AgentRecord, path: string, onHandOver: (link: { title: string, hint: string, url: string }) => void }} props */
function InviteAgain({ agent, path, onHandOver }) {
  const again = (/** @type {boolean} */ send_email) =>
    attempt(
      post(`${path}/invitation`, { send_email }).then(({ invitation_url }) => {
        if (!invitation_url) return toast(t("invitation_sent", { email: agent.email }));
        const title = t("hand_over_invitation", { name: agent.name });
        onHandOver({ title, hint: t("hand_over_invitation_hint"), url: invitation_url });
      }),
    );
  return html`<section class="card" aria-labelledby="invitation-title">
    <h2 id="invitation-title">${t("invitation")}</h2>
    <p>${t("invitation_pending")}</p>
    <p class="form-actions">
      <button class="button" onClick=${() => again(true)}>${t("invite_again")}</button>
      <button class="button" onClick=${() => again(false)}>${t("invitation_link")}</button>
    </p>
  </section>`;
}
