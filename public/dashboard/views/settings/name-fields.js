// How somebody is called, what he does, and his language: the same fields about oneself and about others.
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { company } from "../../session.js";
import { Field, Select } from "../fields.js";
import { LANGUAGES } from "./languages.js";

/**
 * @typedef {{ name: string, public_name: string | null, function: string, language: string | null }} Names
 * @param {{ own?: boolean, initial: Names, fault: (field: string) => string | undefined }} props
 */
export function NameFields({ own, initial, fault }) {
  return html`
    <div class="pair">
      <${Field} name="name" label=${t(own ? "nickname" : "name")} hint=${t("name_hint")} initial=${initial.name} fault=${fault("name")}
        autocomplete=${own ? "nickname" : "off"} />
      <${Field} name="public_name" label=${t("public_name")} hint=${t("public_name_hint")} initial=${initial.public_name}
        fault=${fault("public_name")} optional autocomplete="off" />
    </div>
    <div class="pair">
      <${Field} name="function" label=${t("function")} initial=${initial.function} fault=${fault("function")} optional
        autocomplete=${own ? "organization-title" : "off"} />
      <${Select} name="language" label=${t("language")} initial=${initial.language}
        options=${[["", t("language_of_company", { company: company.value?.name ?? "" })], ...LANGUAGES]} />
    </div>
  `;
}
