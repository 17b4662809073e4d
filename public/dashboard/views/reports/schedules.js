// Reports that are sent to me: which, when, and having another one sent.
import { useSignal } from "@preact/signals";
import { ask, at, post } from "../../api.js";
import { html } from "../../html.js";
import { inFull, moment, t } from "../../i18n.js";
import { about } from "../../reports.js";
import { useForm, useResource } from "../../resource.js";
import { me } from "../../session.js";
import { attempt, explain, toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Fault, Field, Select } from "../fields.js";

/** @import { Wanted } from "../../reports.js" */
/** @import { Key } from "../../i18n.js" */

/** @typedef {{ id: string, name: string, report: string, every: string, hour: number, format: string, next_at: string, paused: string | null }} Schedule */

/** @param {{ slug: string, subject: string, wanted: Wanted }} props */
export function Schedules({ slug, subject, wanted }) {
  const open = useSignal(false);
  return html`<button type="button" class="button" onClick=${() => {
    open.value = true;
  }}>${t("schedules")}</button>
  ${
    open.value &&
    html`<${Dialog} title=${t("schedules")} onClose=${() => {
      open.value = false;
    }}><${Content} slug=${slug} subject=${subject} wanted=${wanted} onClose=${() => {
      open.value = false;
    }} /><//>`
  }`;
}

/** @param {{ slug: string, subject: string, wanted: Wanted, onClose: () => void }} props */
function Content({ slug, subject, wanted, onClose }) {
  const path = `${at(slug)}/report-schedules`;
  const { data, problem, reload } = useResource(path);
  const form = useForm(async (values) => {
    await post(path, {
      name: values.get("name"),
      report: subject,
      wanted: about(wanted, subject),
      every: values.get("every"),
      hour: Number(values.get("hour")),
      format: values.get("format"),
    });
    toast(t("schedule_made"));
    await reload();
  });
  const hours = Array.from(
    { length: 24 },
    (_, hour) => /** @type {[string, string]} */ ([String(hour), `${String(hour).padStart(2, "0")}:00`]),
  );
  const items = /** @type {Schedule[]} */ (data?.items ?? []);
  return html`<div class="stack">
    <section aria-labelledby="schedule-list">
      <h3 id="schedule-list">${t("schedule_list")}</h3>
      ${problem && html`<p role="alert">${explain(problem)}</p>`}
      ${data && items.length === 0 && html`<p class="hint">${t("schedule_none")}</p>`}
      <ul class="schedules">${items.map((one) => html`<li key=${one.id}><${One} one=${one} path=${path} reload=${reload} /></li>`)}</ul>
    </section>
    <form class="stack" onSubmit=${form.onSubmit} aria-labelledby="schedule-new">
      <h3 id="schedule-new">${t("schedule_new")}</h3>
      <p class="hint">${t("schedule_what")} ${t("schedule_to", { email: me.value?.email ?? "" })}</p>
      <${Field} name="name" label=${t("schedule_name")} initial=${t(/** @type {Key} */ (`report_${subject}`))} fault=${form.problem?.of("name")} />
      <div class="filters">
        <${Select} name="every" label=${t("schedule_every")} initial="week"
          options=${["day", "week", "month"].map((name) => [name, t(/** @type {Key} */ (`every_${name}`))])} />
        <${Select} name="hour" label=${t("schedule_hour")} initial="8" options=${hours} />
        <${Select} name="format" label=${t("schedule_format")} initial="xlsx" options=${[
          ["xlsx", t("export_xlsx")],
          ["csv", t("export_csv_file")],
        ]} />
      </div>
      <${Fault} problem=${form.problem} fields=${["name"]} />
      <p class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="button button-primary" disabled=${form.busy}>${t("schedule_send")}</button>
      </p>
    </form>
  </div>`;
}

/** @param {{ one: Schedule, path: string, reload: () => Promise<void> }} props */
function One({ one, path, reload }) {
  const stop = () =>
    attempt(
      ask("DELETE", `${path}/${one.id}`).then(() => {
        toast(t("schedule_gone"));
        return reload();
      }),
    );
  return html`<span><strong>${one.name}</strong> <small>${t(/** @type {Key} */ (`every_${one.every}`))}, ${one.format.toUpperCase()}.
      ${
        one.paused
          ? t("schedule_paused", { reason: t("no_permission") })
          : html`<time datetime=${one.next_at} title=${inFull(one.next_at)}>${t("schedule_next", { when: moment(one.next_at) })}</time>`
      }</small></span>
    <button type="button" class="button" aria-label=${t("schedule_stop", { name: one.name })} onClick=${stop}>${t("delete")}</button>`;
}
