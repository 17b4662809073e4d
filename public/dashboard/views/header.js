// The bar on top: the company, the Dispenser, and the person's own menu.
import { at, patch } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { companies, company, may, me, refreshMe, signOut } from "../session.js";
import { choose, theme } from "../theme.js";
import { attempt } from "../toast.js";
import { sections } from "./settings/settings.js";
import { Face } from "./settings/users.js";

/** @param {{ inbox: import("../inbox.js").Inbox, onNext: () => void }} props */
export function Header({ inbox, onNext }) {
  const lost = inbox.connection.value === "waiting";
  const waiting = inbox.counters.value?.unassigned ?? 0;
  return html`<header class="bar">
    <a class="brand" href=${`/app/${inbox.slug}`}>${company.value?.name}</a>
    <p class="lost" role="status">${lost ? t("offline") : ""}</p>
    ${
      may("conversation.assign_self") &&
      me.value?.assignable &&
      html`<button class="button button-primary" onClick=${onNext}>
        ${t("next_waiting")} <span class="count">${waiting}</span>
      </button>`
    }
    <${ProfileMenu} />
  </header>`;
}

function ProfileMenu() {
  const person = me.value;
  const here = company.value;
  if (!person || !here) return null;
  return html`<div>
    <button class="avatar-button" popovertarget="profile" aria-label=${`${t("profile_menu")}: ${person.name}`}>
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
      <fieldset>
        <legend>${t("availability")}</legend>
        ${
          /** @type {const} */ (["online", "away", "busy"]).map(
            (
              name,
            ) => html`<label><input type="radio" name="availability" checked=${person.availability === name}
              onChange=${() => say(here.slug, name)} /> ${t(`presence_${name}`)}</label>`,
          )
        }
      </fieldset>
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
      <button class="item" onClick=${() => attempt(signOut())}>${t("sign_out")}</button>
    </div>
  </div>`;
}

/** Whether I am there, by my own word. @param {string} slug @param {"online" | "away" | "busy"} availability */
function say(slug, availability) {
  return attempt(patch(`${at(slug)}/me`, { availability }).then(refreshMe));
}

function closeMenu() {
  document.getElementById("profile")?.hidePopover();
}
