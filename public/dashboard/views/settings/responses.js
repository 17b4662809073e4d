// Automated responses: found, written, shared, deleted.
import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, at, get } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { may } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { ResponseForm } from "../responses/form.js";

/** @import { AutomatedResponse } from "../../responses.js" */

const SEARCH_AFTER = 200;
const SCOPES = /** @type {const} */ (["private", "team", "company"]);

/** @param {{ slug: string }} props */
export function Responses({ slug }) {
  const [q, setQ] = useState("");
  const [scope, setScope] = useState("");
  const [editing, setEditing] = useState(/** @type {string | undefined} */ (undefined));
  const asked = useLater(q);
  const query = new URLSearchParams({ limit: "50" });
  if (asked.trim()) query.set("q", asked.trim());
  if (scope) query.set("scope", scope);
  const path = `${at(slug)}/responses`;
  const { items, more, problem, reload } = useList(path, query.toString());
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  const stop = () => setEditing(undefined);
  const done = async () => {
    stop();
    toast(t("saved"));
    await reload();
  };
  const searched = asked.trim() !== "" || scope !== "";
  return html`
    <header class="screen-head">
      <h1>${t("automated_responses")}</h1>
      ${may("template.create") && html`<button class="button button-primary" onClick=${() => setEditing("new")}>${t("write_response")}</button>`}
    </header>
    <p class="hint">${t("responses_hint")}</p>
    <form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label><span class="visually-hidden">${t("search_responses")}</span>
        <input type="search" class="input" placeholder=${t("search_responses")} value=${q}
          onInput=${(/** @type {any} */ { target }) => setQ(target.value)} /></label>
      <label><span class="visually-hidden">${t("shared_with")}</span>
        <select class="input" value=${scope} onChange=${(/** @type {any} */ { target }) => setScope(target.value)}>
          <option value="">${t("scope_any")}</option>
          ${SCOPES.map((name) => html`<option key=${name} value=${name}>${t(`scope_${name}`)}</option>`)}
        </select></label>
    </form>
    ${
      editing === "new" &&
      html`<div class="card"><h2>${t("write_response")}</h2>
        <${ResponseForm} slug=${slug} initial=${{}} onDone=${done} onCancel=${stop} /></div>`
    }
    ${!items && html`<p role="status">${t("loading")}</p>`}
    ${items?.length === 0 && editing !== "new" && html`<p class="hint" role="status">${t(searched ? "no_response_found" : "no_responses_yet")}</p>`}
    <ul class="cards responses">
      ${items?.map((one) =>
        editing === one.id
          ? html`<li key=${one.id} class="card"><h2>${one.name}</h2>
              <${ResponseForm} slug=${slug} initial=${one} onDone=${done} onCancel=${stop} /></li>`
          : html`<${Item} key=${one.id} path=${path} response=${one} onEdit=${() => setEditing(one.id)} onGone=${reload} />`,
      )}
    </ul>
    ${more && html`<button class="button" onClick=${() => attempt(more())}>${t("load_more")}</button>`}
  `;
}

/** @param {{ path: string, response: AutomatedResponse, onEdit: () => void, onGone: () => void }} props */
function Item({ path, response, onEdit, onGone }) {
  const asking = useSignal(false);
  const { id, name, shortcut, body, scope, team, owner, uses, last_used_at, language } = response;
  const asks = (/** @type {boolean} */ now) => () => {
    asking.value = now;
  };
  const remove = async () => {
    asking.value = false;
    await attempt(
      ask("DELETE", `${path}/${id}`).then(() => {
        toast(t("response_deleted", { name }));
        onGone();
      }),
    );
  };
  const used =
    uses > 0 && last_used_at
      ? html`<span title=${inFull(last_used_at)}>${t(uses === 1 ? "response_used_once" : "response_used", { count: uses, at: moment(last_used_at) })}</span>`
      : t("response_unused");
  return html`<li class="card response">
    <div class="response-words">
    <div class="response-head">
      <h2>${name}</h2>
      ${shortcut && html`<code>/${shortcut}</code>`}
      <span class="tag">${scope === "team" ? team?.name : t(`scope_${scope}`)}</span>
      ${language && html`<span class="tag">${language}</span>`}
    </div>
    <p class="response-body">${body}</p>
    <small>${t("written_by", { name: owner.name })} · ${used}</small>
    </div>
    <p class="form-actions">
      ${response.may_edit && html`<button class="button" onClick=${onEdit} aria-label=${`${t("edit")}: ${name}`}>${t("edit")}</button>`}
      ${response.may_delete && html`<button class="button button-danger" onClick=${asks(true)} aria-label=${`${t("delete")}: ${name}`}>${t("delete")}</button>`}
    </p>
    ${
      asking.value &&
      html`<${Confirm} title=${t("delete_question", { name })} action=${t("delete")} onConfirm=${remove} onClose=${asks(false)}>
        <p>${t(scope === "private" ? "delete_response_own" : "delete_response_shared")}</p><//>`
    }
  </li>`;
}

/** A list that is fetched in parts. @param {string} path @param {string} query */
function useList(path, query) {
  const { data, problem, reload } = useResource(`${path}?${query}`);
  const [rest, setRest] = useState(
    /** @type {{ of?: unknown, items: AutomatedResponse[], next: string | null }} */ ({
      items: [],
      next: null,
    }),
  );
  const [before, setBefore] = useState(/** @type {AutomatedResponse[] | undefined} */ (undefined));
  useEffect(() => {
    if (data) setBefore(data.items);
  }, [data]);
  const mine = data && rest.of === data ? rest : undefined;
  const next = mine ? mine.next : data?.next;
  const more = async () => {
    const page = await get(`${path}?${query}&cursor=${next}`);
    setRest({ of: data, items: [...(mine?.items ?? []), ...page.items], next: page.next });
  };
  /** @type {AutomatedResponse[] | undefined} */
  const items = data ? [...data.items, ...(mine?.items ?? [])] : before;
  return { items, more: next ? more : undefined, problem, reload };
}

/** A value once it has stopped changing. @param {string} value */
function useLater(value) {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), SEARCH_AFTER);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
