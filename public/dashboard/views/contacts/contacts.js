// Everybody who has written, as far as I may know of them; and one of them, with all his conversations.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { at, get, Problem } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useResource } from "../../resource.js";
import { company } from "../../session.js";
import { complain, explain } from "../../toast.js";
import { Known } from "./card.js";
import { Earlier } from "./earlier.js";
import { ContactPrivacy, mayTakeOut } from "./privacy.js";

/** @import { ContactRecord } from "../../types.js" */

/** Keys that follow each other closely are one search. */
const PAUSE = 200;

/** @param {{ slug: string, id?: string }} props */
export function Contacts({ slug, id }) {
  document.title = `${t("contacts")} · ${company.value?.name}`;
  return html`<main class="screen" id="main">
    ${id ? html`<${One} key=${id} slug=${slug} id=${id} />` : html`<${All} slug=${slug} />`}
  </main>`;
}

/** @param {{ slug: string }} props */
function All({ slug }) {
  const words = useSignal("");
  const found = useSignal(
    /** @type {{ items: ContactRecord[], next: string | null } | undefined} */ (undefined),
  );
  const trouble = useSignal(/** @type {Problem | undefined} */ (undefined));
  const path = (/** @type {string | null} */ cursor) => {
    const query = new URLSearchParams({ q: words.value.trim(), ...(cursor ? { cursor } : {}) });
    return `${at(slug)}/contacts?${query}`;
  };
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(async () => {
      try {
        const page = await get(path(null));
        if (!stale) found.value = page;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (!stale) trouble.value = error;
      }
    }, found.peek() && PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [words.value]);
  const more = async () => {
    const known = found.peek();
    if (!known) return;
    try {
      const page = await get(path(known.next));
      found.value = { items: [...known.items, ...page.items], next: page.next };
    } catch (error) {
      complain(error);
    }
  };
  const items = found.value?.items;
  return html`
    <header class="screen-head"><h1>${t("contacts")}</h1></header>
    <div class="field narrow">
      <label for="search-contacts">${t("contacts_search")}</label>
      <input id="search-contacts" type="search" maxlength="100" value=${words.value} onInput=${(
        /** @type {any} */ event,
      ) => {
        words.value = event.target.value;
      }} />
    </div>
    ${trouble.value && html`<p role="alert">${explain(trouble.value)}</p>`}
    ${!items && !trouble.value && html`<p role="status">${t("loading")}</p>`}
    ${items && html`<${Table} slug=${slug} items=${items} />`}
    ${items?.length === 0 && html`<p class="hint" role="status">${t(words.value.trim() ? "no_such_contact" : "no_contacts")}</p>`}
    ${found.value?.next && html`<p><button class="button" onClick=${more}>${t("load_more")}</button></p>`}
  `;
}

/** @param {{ slug: string, items: ContactRecord[] }} props */
function Table({ slug, items }) {
  if (items.length === 0) return null;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("contacts")}>
    <table>
      <thead><tr>
        <th scope="col">${t("name")}</th><th scope="col">${t("email")}</th>
        <th scope="col">${t("organisation")}</th><th scope="col">${t("sticky_agent")}</th>
      </tr></thead>
      <tbody>${items.map(
        ({ id, name, email, organisation, sticky_agent_name }) => html`<tr key=${id}>
          <th scope="row"><a href=${`/app/${slug}/contacts/${id}`}>${name}</a></th>
          <td>${email}</td><td>${organisation || "–"}</td><td>${sticky_agent_name ?? "–"}</td>
        </tr>`,
      )}</tbody>
    </table>
  </div>`;
}

/** @param {{ slug: string, id: string }} props */
function One({ slug, id }) {
  const { data, problem, reload } = useResource(`${at(slug)}/contacts/${id}`);
  const back = html`<p><a href=${`/app/${slug}/contacts`}>← ${t("contacts")}</a></p>`;
  if (problem) return html`${back}<p role="alert">${explain(problem)}</p>`;
  if (!data) return html`${back}<p role="status">${t("loading")}</p>`;
  return html`${back}
    <header class="screen-head"><h1>${data.name}</h1></header>
    <section class="card" aria-label=${t("contact")}><${Known} contact=${data} slug=${slug} reload=${reload} /></section>
    <section class="card" aria-label=${t("conversations")}>
      <h2>${t("conversations")}</h2><${Earlier} slug=${slug} contact=${id} none=${t("contact_never_wrote")} />
    </section>
    ${
      mayTakeOut() &&
      html`<section class="card" aria-label=${t("personal_data")}>
        <h2>${t("personal_data")}</h2><${ContactPrivacy} slug=${slug} contact=${data} />
      </section>`
    }`;
}
