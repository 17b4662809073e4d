// The person's own menu: his companies, whether he is there, his account, the company's settings, and the way out.
import { useSignal } from "@preact/signals";
import { at, patch } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { unsent } from "../outbox.js";
import { isFull, ownPresence } from "../presence.js";
import { companies, company, isConfined, me, refreshMe, signOut } from "../session.js";
import { choose, theme } from "../theme.js";
import { attempt } from "../toast.js";
import { Confirm } from "./dialog.js";
import { Face } from "./face.js";
import { PresenceWord } from "./presence.js";
import { Screens } from "./screens.js";
import { sections } from "./settings/sections.js";

export function ProfileMenu() {
  const asking = useSignal(false);
  const person = me.value;
  const here = company.value;
  if (!person || !here) return null;
  const presence = ownPresence();
  const load = ownLoad(person);
  const out = () => {
    closeMenu();
    if (unsent.value > 0) asking.value = true;
    else attempt(signOut());
  };
  return html`<div>
    <button class="avatar-button" popovertarget="profile">
      <span class="visually-hidden">${`${t("profile_menu")}: ${person.name},`}</span>
      <span class="own-presence">${!isConfined() && html`<${PresenceWord} presence=${presence} />`}${load && html`<small>${t("load_of", load)}</small>`}</span>
      <${Face} name=${person.name} photo=${person.photo_url} />
    </button>
    <div id="profile" popover class="menu">
      <p><strong>${person.name}</strong><small>${person.email}</small></p>
      <nav aria-labelledby="companies-title">
        <h2 id="companies-title">${t("switch_company")}</h2>
        ${companies.value?.map(
          (one) => html`<a class="item" href=${`/app/${one.slug}`} onClick=${closeMenu}
            aria-current=${one.slug === here.slug ? "true" : undefined}>${one.name}</a>`,
        )}
      </nav>
      ${!isConfined() && html`<${Availability} slug=${here.slug} />`}
      <${Screens} slug=${here.slug} onGo=${closeMenu} />
      <a class="item" href=${`/app/${here.slug}/account`} onClick=${closeMenu}>${t("my_account")}</a>
      ${
        sections().length > 0 &&
        html`<a class="item" href=${`/app/${here.slug}/settings`} onClick=${closeMenu}>${t("account_settings")}</a>`
      }
      <fieldset>
        <legend>${t("appearance")}</legend>
        ${
          /** @type {const} */ (["system", "light", "dark"]).map(
            (name) => html`<label><input type="radio" name="theme" checked=${theme.value === name}
            onChange=${() => choose(name)} /> ${t(name)}</label>`,
          )
        }
      </fieldset>
      <a class="item" href=${`/${here.slug}`} target="_blank">${t("contact_page")}</a>
      <button class="item" onClick=${out}>${t("sign_out")}</button>
    </div>
    ${
      asking.value &&
      html`<${Confirm} title=${t("sign_out_unsent_title")} action=${t("sign_out_anyway")}
        onConfirm=${() => attempt(signOut())} onClose=${() => {
          asking.value = false;
        }}>
        <p>${t(unsent.value === 1 ? "sign_out_unsent_one" : "sign_out_unsent_many", { count: unsent.value })}</p>
      <//>`
    }
  </div>`;
}

/** Whether I am there, by my own word; and what my hands being full makes of it. @param {{ slug: string }} props */
function Availability({ slug }) {
  const person = me.value;
  const load = person && ownLoad(person);
  const say = (/** @type {string} */ availability) =>
    attempt(patch(`${at(slug)}/me`, { availability }).then(refreshMe));
  return html`<fieldset>
    <legend>${t("availability")}</legend>
    ${
      /** @type {const} */ (["online", "away", "busy"]).map(
        (name) => html`<label><input type="radio" name="availability" checked=${person?.availability === name}
          onChange=${() => say(name)} /> ${t(`presence_${name}`)}</label>`,
      )
    }
    ${load && html`<small class="explained">${t(isFull(load) ? "busy_at_limit" : "busy_when_full", load)}</small>`}
  </fieldset>`;
}

/**
 * How many conversations I have; nothing for whoever is never given any.
 * @param {import("../types.js").Me} person
 * @returns {import("../types.js").Load | undefined}
 */
export function ownLoad({ assignable, open, limit }) {
  return assignable ? { open, limit } : undefined;
}

function closeMenu() {
  document.getElementById("profile")?.hidePopover();
}
