// Privacy: how long conversations are kept, what was erased, and the company as a whole.
import { useState } from "preact/hooks";
import { at, get, patch, post } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { number, useForm, useResource } from "../../resource.js";
import { may, me } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Confirm } from "../dialog.js";
import { Fault, Field } from "../fields.js";
import { WholeCompany } from "./whole-company.js";

/**
 * @typedef {{ id: string, kind: "contact" | "retention" | "company", at: string, by_name: string | null, by_id: string | null,
 *   state: "under_way" | "done", conversations: number }} Erasure
 */

/** @param {{ slug: string }} props */
export function Privacy({ slug }) {
  const { data, problem, reload } = useResource(at(slug));
  if (problem) return html`<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`<p role="status">${t("loading")}</p>`;
  return html`
    <header class="screen-head"><h1>${t("settings_privacy")}</h1></header>
    <p class="hint">${t("privacy_hint")}</p>
    ${may("tenant.settings") && html`<${Retention} slug=${slug} company=${data} onChange=${reload} />`}
    ${may("contact.erase") && html`<${Ledger} slug=${slug} />`}
    ${me.value?.owner && html`<${WholeCompany} slug=${slug} company=${data} />`}
  `;
}

/** @param {{ slug: string, company: any, onChange: () => void }} props */
function Retention({ slug, company, onChange }) {
  const [asked, setAsked] = useState(/** @type {number | undefined} */ (undefined));
  const save = async (/** @type {number | null} */ retention_days) => {
    await patch(at(slug), { retention_days });
    toast(t("saved"));
    onChange();
  };
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const days = number(form, "retention_days");
    const before = company.retention_days ?? Number.POSITIVE_INFINITY;
    // What is kept for a shorter time than before is gone soon; what is no number of days, the server says.
    if (days !== null && days >= 30 && days < before) setAsked(days);
    else await save(days);
  });
  const sure = () => {
    setAsked(undefined);
    return attempt(save(asked ?? null));
  };
  return html`<section class="card" aria-labelledby="retention-title">
    <h2 id="retention-title">${t("retention")}</h2>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${["retention_days"]} />
      <${Field} name="retention_days" type="number" min=${30} max=${36_500} label=${t("retention_days")} hint=${t("retention_days_hint")}
        initial=${company.retention_days} fault=${problem?.of("retention_days")} optional />
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
    </form>
    ${
      asked !== undefined &&
      html`<${Confirm} title=${t("retention_question", { days: asked })} action=${t("retention_sure")} onConfirm=${sure}
        onClose=${() => setAsked(undefined)}><p>${t("retention_consequence")}</p><//>`
    }
  </section>`;
}

/** @param {{ slug: string }} props */
function Ledger({ slug }) {
  const path = `${at(slug)}/erasures`;
  const { data, problem, reload } = useResource(path);
  const [older, setOlder] = useState(
    /** @type {{ items: Erasure[], next?: string | null }} */ ({ items: [] }),
  );
  const [asking, setAsking] = useState(false);
  const next = older.items.length > 0 ? older.next : data?.next;
  const more = () =>
    attempt(
      get(`${path}?cursor=${next}`).then((page) =>
        setOlder({ items: [...older.items, ...page.items], next: page.next }),
      ),
    );
  const again = () => {
    setAsking(false);
    return attempt(
      post(`${path}/reapplication`).then(({ erasures }) => {
        toast(t("erase_again_started", { count: erasures }));
        setOlder({ items: [] });
        return reload();
      }),
    );
  };
  const lines = /** @type {Erasure[]} */ ([...(data?.items ?? []), ...older.items]);
  return html`<section class="card" aria-labelledby="ledger-title">
    <h2 id="ledger-title">${t("ledger")}</h2>
    <p class="hint">${t("ledger_hint")}</p>
    ${problem && html`<p role="alert">${explain(problem)}</p>`}
    ${data && lines.length === 0 && html`<p class="hint">${t("ledger_empty")}</p>`}
    ${lines.length > 0 && html`<${Lines} lines=${lines} />`}
    <p class="form-actions">
      ${next && html`<button class="button" onClick=${more}>${t("load_more")}</button>`}
      <button class="button" onClick=${() => setAsking(true)}>${t("erase_again")}</button>
    </p>
    ${
      asking &&
      html`<${Confirm} title=${t("erase_again_question")} action=${t("erase_again")} onConfirm=${again}
        onClose=${() => setAsking(false)}><p>${t("erase_again_consequence")}</p><//>`
    }
  </section>`;
}

/** @param {{ lines: Erasure[] }} props */
const Lines = ({
  lines,
}) => html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("ledger_lines")}><table>
  <thead><tr><th scope="col">${t("when")}</th><th scope="col">${t("who")}</th><th scope="col">${t("ledger_of")}</th>
    <th scope="col">${t("erasure_amount")}</th><th scope="col">${t("erasure_state")}</th></tr></thead>
  <tbody>${lines.map(
    ({ id, at: when, by_id, by_name, kind, conversations, state }) => html`<tr key=${id}>
      <td><time datetime=${when} title=${inFull(when)}>${moment(when)}</time></td>
      <td>${by_id ? (by_name ?? "–") : t("erasure_nobody")}</td>
      <td>${t(`erasure_${kind}`)}</td>
      <td>${conversations}</td>
      <td>${t(`erasure_${state}`)}</td>
    </tr>`,
  )}</tbody>
</table></div>`;
