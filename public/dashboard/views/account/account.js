// My agent account: how I am called, how I am told of things, and how I prove who I am.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { company, isConfined } from "../../session.js";
import { useCurrentInSight } from "../current.js";
import { screens } from "../screens.js";
import { NotificationChoices } from "./notifications.js";
import { Password } from "./password.js";
import { Profile } from "./profile.js";
import { SecondFactor } from "./second-factor.js";
import { Sessions } from "./sessions.js";

const SECTIONS = /** @type {const} */ (["profile", "notifications", "security"]);

/** @param {{ slug: string, section?: string }} props */
export function Account({ slug, section }) {
  // In the orders section nobody is told of anything yet.
  const sections = SECTIONS.filter((name) => name !== "notifications" || !isConfined());
  const current = sections.find((name) => name === section) ?? "profile";
  document.title = `${t("my_account")} · ${company.value?.name}`;
  const menu = useCurrentInSight(current);
  return html`<main class="settings">
    <nav class="sidebar" ref=${menu} aria-label=${t("my_account")}>
      <a class="back" href=${`/app/${slug}`}>← ${t(screens()[0]?.name ?? "conversations")}</a>
      <h2>${t("my_account")}</h2>
      <ul>
        ${sections.map(
          (name) => html`<li key=${name}>
            <a href=${`/app/${slug}/account/${name}`} aria-current=${name === current ? "page" : undefined}>
              <span>${t(`account_${name}`)}</span></a></li>`,
        )}
      </ul>
    </nav>
    <div class="screen">
      <header class="screen-head"><h1>${t(`account_${current}`)}</h1></header>
      ${current === "profile" && html`<${Profile} slug=${slug} />`}
      ${current === "notifications" && html`<${NotificationChoices} slug=${slug} />`}
      ${current === "security" && html`<${Password} /><${SecondFactor} /><${Sessions} />`}
    </div>
  </main>`;
}
