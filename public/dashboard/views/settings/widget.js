// The chat window on the company's own sites: the line to copy, where it may be, and how it looks.
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { toast } from "../../toast.js";
import { Choices, Fault, Field } from "../fields.js";

/** @param {{ slug: string, company: any, onChange: () => void }} props */
export function Widget({ slug, company, onChange }) {
  const { problem, busy, onSubmit } = useForm(async (form) => {
    await patch(at(slug), {
      widget_origins: text(form, "widget_origins").split(/\s+/).filter(Boolean),
      widget_colour: text(form, "widget_colour"),
      widget_greeting: text(form, "widget_greeting"),
      widget_position: text(form, "widget_position"),
    });
    toast(t("saved"));
    onChange();
  });
  const line = `<script src="${location.origin}/widget.js" data-company="${company.slug}" async></script>`;
  const copy = async () => {
    await navigator.clipboard.writeText(line);
    toast(t("copied"));
  };
  const site = problem?.body.errors?.find((/** @type {{ field: string }} */ { field }) =>
    field.startsWith("widget_origins"),
  );
  return html`<section class="card" aria-labelledby="widget-title">
    <h2 id="widget-title">${t("widget")}</h2>
    <p class="hint">${t("widget_hint")}</p>
    <div class="snippet">
      <code tabindex="0" aria-label=${t("widget_line")} role="group">${line}</code>
      <button class="button" type="button" onClick=${copy}>${t("copy")}</button>
    </div>
    <form class="form form-wide" onSubmit=${onSubmit} noValidate>
      <${Fault} problem=${problem} fields=${site ? [site.field, "widget_colour", "widget_greeting"] : ["widget_colour", "widget_greeting"]} />
      <${Field} name="widget_origins" rows=${3} label=${t("widget_origins")} hint=${t("widget_origins_hint")}
        initial=${company.widget_origins.join("\n")} fault=${site && t("widget_origins_fault")} optional />
      <${Field} name="widget_greeting" label=${t("widget_greeting")} hint=${t("widget_greeting_hint")}
        initial=${company.widget_greeting} fault=${problem?.of("widget_greeting")} autocomplete="off" optional />
      <div class="pair">
        <${Field} name="widget_colour" type="color" label=${t("widget_colour")} initial=${company.widget_colour}
          fault=${problem?.of("widget_colour")} />
        <${Choices} legend=${t("widget_position")} name="widget_position" type="radio" chosen=${[company.widget_position]}
          options=${[
            { value: "start", words: t("widget_start") },
            { value: "end", words: t("widget_end") },
          ]} />
      </div>
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
    </form>
  </section>`;
}
