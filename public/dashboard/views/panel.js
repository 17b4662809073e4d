// Beside the conversation: whose it is, who is in it, and what was done.
import { html } from "../html.js";
import { inFull, moment, t } from "../i18n.js";
import { folders, mayTo, me, teams } from "../session.js";
import { attempt } from "../toast.js";
import { ContactCard } from "./contacts/card.js";
import { CustomersLink, RatingGiven } from "./customer.js";
import { Followers } from "./followers.js";
import { describe } from "./happened.js";
import { lazily, nothing } from "./lazy.js";
import { Marks } from "./marks.js";

const OrdersOf = lazily(async () => (await import("./orders/of-conversation.js")).OrdersOf, nothing);

/** @param {{ thread: import("../thread.js").Thread, conversation: import("../types.js").Conversation, open: boolean }} props */
export function Panel({ thread, conversation, open }) {
  const { contact, participants, assignee } = conversation;
  const actions = thread.events.value.filter(({ kind }) => !["message", "note", "catalog"].includes(kind));
  return html`<aside class="panel" id="panel" data-open=${open} aria-label=${t("details")}>
    <${ContactCard} key=${contact.id} conversation=${conversation} />
    <${RatingGiven} conversation=${conversation} />
    <${OrdersOf} thread=${thread} conversation=${conversation} />
    <${Place} thread=${thread} conversation=${conversation} />
    <${Marks} thread=${thread} conversation=${conversation} />
    ${
      participants.length > 0 &&
      html`<section>
        <h2>${t("agents_involved")}</h2>
        <ul>
          ${participants.map(
            ({ id, name }) =>
              html`<li key=${id}>${name}${id === assignee?.id && html` <span class="tag">${t("in_charge")}</span>`}</li>`,
          )}
        </ul>
      </section>`
    }
    ${!conversation.merged_into && html`<${Followers} thread=${thread} conversation=${conversation} />`}
    <${CustomersLink} thread=${thread} conversation=${conversation} />
    <section>
      <h2>${t("history")}</h2>
      <ol class="history">
        ${actions.map(
          (event) => html`<li key=${event.seq}>
            <span>${describe(event)}</span>
            <time datetime=${event.at} title=${inFull(event.at)}>${moment(event.at)}</time>
          </li>`,
        )}
      </ol>
    </section>
  </aside>`;
}

/** Where it is sorted, and which team has it. @param {{ thread: import("../thread.js").Thread, conversation: import("../types.js").Conversation }} props */
function Place({ thread, conversation }) {
  const { folder } = conversation;
  const team = conversation.team ?? conversation.business_unit;
  const everywhere = (me.value?.capabilities["conversation.assign_folder"] ?? []).includes("all");
  const here = folders.value.filter(({ id, assign }) => everywhere || assign || id === folder?.id);
  const mayLeave = everywhere || folders.value.some(({ id, assign }) => id === folder?.id && assign);
  const maySort = everywhere || (here.some(({ assign }) => assign) && (!folder || mayLeave));
  const mayGive = mayTo("conversation.assign_team", conversation);
  if (folders.value.length === 0 && !mayGive && !folder && !team) return null;
  return html`<section>
    <h2>${t("place")}</h2>
    ${
      maySort
        ? html`<label class="picker">${t("folder")}
          <select class="input" value=${folder?.id ?? ""} onChange=${(/** @type {any} */ { target }) => attempt(thread.sort(target.value || null))}>
            <option value="" disabled=${Boolean(folder) && !mayLeave}>${t("no_folder")}</option>
            ${here.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
          </select></label>`
        : folder && html`<p>${t("folder")}: ${folder.name}</p>`
    }
    ${
      mayGive
        ? html`<label class="picker">${t("team")}
          <select class="input" value=${team?.id ?? ""} onChange=${(/** @type {any} */ { target }) => attempt(thread.giveToTeam(target.value || null))}>
            <option value="">${t("no_team")}</option>
            ${teams.value.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
          </select></label>`
        : team && html`<p>${t("team")}: ${team.name}</p>`
    }
  </section>`;
}
