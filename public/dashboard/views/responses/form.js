// Writing an automated response: its words, whose it is, and how it will look.
import { useEffect, useRef, useState } from "preact/hooks";
import { at, Problem, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { may, me, teams } from "../../session.js";
import { explain } from "../../toast.js";
import { replace } from "../composer/editing.js";
import { Fault, Field, Select } from "../fields.js";
import { LANGUAGES } from "../settings/languages.js";

/** @import { AutomatedResponse, Sharing } from "../../responses.js" */

const PLACEHOLDERS = /** @type {const} */ ([
  ["{{contact.first_name}}", "ph_first_name"],
  ["{{contact.name}}", "ph_contact_name"],
  ["{{agent.name}}", "ph_agent_name"],
  ["{{agent.signature}}", "signature"],
  ["{{company.name}}", "company"],
  ["{{conversation.number}}", "ph_number"],
  ["{{conversation.subject}}", "ph_subject"],
]);
const PREVIEW_AFTER = 250;

/**
 * @param {{ slug: string, initial: Partial<AutomatedResponse>, onDone: () => unknown, onCancel: () => void }} props
 */
export function ResponseForm({ slug, initial, onDone, onCancel }) {
  const [body, setBody] = useState(initial.body ?? "");
  const [scope, setScope] = useState(/** @type {Sharing} */ (initial.scope ?? "private"));
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const path = `${at(slug)}/responses`;
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const sent = {
      name: text(form, "response_name"),
      shortcut: text(form, "shortcut").replace(/^\//, ""),
      language: text(form, "response_language") || null,
      body,
      scope,
      ...(scope === "team" ? { team_id: text(form, "response_team") } : {}),
    };
    await (initial.id ? patch(`${path}/${initial.id}`, sent) : post(path, sent));
    await onDone();
  });
  const preview = usePreview(path, body);
  const shares = sharings(initial);
  const own = ownTeams();
  const taken = problem?.code === "shortcut_taken" ? problem.message : undefined;
  const fault = problem?.of("body") ?? preview.fault;
  return html`<form class="form form-wide response-form" onSubmit=${onSubmit} noValidate>
    <${Fault} problem=${taken ? undefined : problem} fields=${["name", "shortcut", "body", "team_id"]} />
    <${Field} name="response_name" label=${t("name")} initial=${initial.name} fault=${problem?.of("name")} autocomplete="off" />
    <${Field} name="shortcut" label=${t("shortcut")} hint=${t("shortcut_hint")} initial=${initial.shortcut} optional
      fault=${problem?.of("shortcut") ?? taken} autocomplete="off" />
    <div class="field">
      <label for="response-body">${t("response_text")}</label>
      <textarea id="response-body" ref=${field} rows="6" maxlength="20000" value=${body} aria-invalid=${fault ? "true" : undefined}
        aria-describedby=${fault ? "response-body-fault" : "placeholders-hint"}
        onInput=${(/** @type {any} */ { target }) => setBody(target.value)}></textarea>
      ${fault && html`<p class="fault" id="response-body-fault" role="alert">${fault}</p>`}
      <div class="placeholders" role="group" aria-label=${t("placeholders")}>
        ${PLACEHOLDERS.map(
          ([written, name]) => html`<button type="button" key=${written} class="chip" title=${written}
            onClick=${() => field.current && replace(field.current, field.current.selectionStart, field.current.selectionEnd, written)}>
            ${t(name)}</button>`,
        )}
      </div>
      <p class="hint" id="placeholders-hint">${t("placeholders_hint")}</p>
    </div>
    ${
      preview.body &&
      html`<figure class="preview-card"><figcaption>${t("preview")}</figcaption><p>${preview.body}</p></figure>`
    }
    <${Select} name="response_scope" label=${t("shared_with")} options=${shares} initial=${scope}
      onChange=${(/** @type {any} */ { target }) => setScope(target.value)} />
    ${
      scope === "team" &&
      html`<${Select} name="response_team" label=${t("team")} initial=${initial.team?.id ?? own[0]?.[0]} options=${own}
        fault=${problem?.of("team_id")} />`
    }
    <${Select} name="response_language" label=${t("language")} initial=${initial.language ?? ""}
      options=${[["", t("any_language")], ...LANGUAGES]} />
    <p class="form-actions">
      <button class="button button-primary" disabled=${busy}>${t("save")}</button>
      <button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button>
    </p>
  </form>`;
}

/** With whom the person may share it. @param {Partial<AutomatedResponse>} initial @returns {[string, string][]} */
function sharings({ id, scope, owner }) {
  const everybody = (me.value?.capabilities["template.create"] ?? []).includes("all");
  const his = !id || scope === "private" || owner?.id === me.value?.id;
  const shares = /** @type {[Sharing, string, unknown][]} */ ([
    ["private", t("scope_private"), his],
    ["team", t("scope_team"), scope === "team" || ownTeams().length > 0],
    ["company", t("scope_company"), scope === "company" || everybody],
  ]);
  return shares.filter(([, , open]) => open).map(([value, words]) => [value, words]);
}

/** @returns {[string, string][]} */
function ownTeams() {
  const every = may("team.manage") && me.value?.capabilities["team.manage"]?.includes("all");
  return teams.value
    .filter(({ agents }) => every || agents.some(({ id }) => id === me.value?.id))
    .map(({ id, name }) => [id, name]);
}

/** How the text looks filled in, a moment after it was typed. @param {string} path @param {string} body */
function usePreview(path, body) {
  const [preview, setPreview] = useState(/** @type {{ body?: string, fault?: string }} */ ({}));
  useEffect(() => {
    if (!body.trim()) return setPreview({});
    let asked = true;
    const timer = setTimeout(async () => {
      const answer = await post(`${path}/rendering`, { body }).catch((error) => error);
      if (!asked) return;
      if (answer instanceof Problem) {
        setPreview({ fault: answer.of("body") ?? (answer.status ? explain(answer) : undefined) });
      } else setPreview({ body: answer.body });
    }, PREVIEW_AFTER);
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }, [path, body]);
  return preview;
}
