// A customer's other conversations, as far as I may see them.
import { at } from "../../api.js";
import { html } from "../../html.js";
import { age, inFull, t } from "../../i18n.js";
import { useResource } from "../../resource.js";

/** @import { Conversation } from "../../types.js" */

const SHOWN = 10;

/** @param {{ slug: string, contact: string, current?: string, none?: string }} props `none` is what to say of no others */
export function Earlier({ slug, contact, current, none }) {
  const { data } = useResource(`${at(slug)}/conversations?contact=${contact}&limit=${SHOWN + 1}`);
  const others = /** @type {Conversation[]} */ (data?.items ?? []).filter(({ id }) => id !== current);
  if (others.length === 0) return data && none ? html`<p class="hint">${none}</p>` : null;
  return html`<details class="earlier" open>
    <summary>${t("other_conversations", { count: others.length > SHOWN ? `${SHOWN}+` : others.length })}</summary>
    <ul>
      ${others.slice(0, SHOWN).map(
        ({ id, number, subject, status, last_event_at }) => html`<li key=${id}>
          <a href=${`/app/${slug}/all/${id}`}>${subject}</a>
          <small>#${number} · ${t(`status_${status}`)} ·
            <time datetime=${last_event_at} title=${inFull(last_event_at)}>${age(last_event_at, Date.now())}</time></small>
        </li>`,
      )}
    </ul>
  </details>`;
}
