// What the bank's file says of the payments: looked at first, reconciled after.
import { useRef, useState } from "preact/hooks";
import { at, post } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { CURRENCIES } from "../../money.js";
import { text, useForm, useResource } from "../../resource.js";
import { toast } from "../../toast.js";
import { Fault, Field, Select } from "../fields.js";
import { Report } from "./report.js";

/** @import { StatementReport } from "./report.js" */
/** @typedef {{ csv: string, currency: string }} BankFile */

/** Of a file, at most. */
const BYTES = 60_000;

/** @param {{ slug: string }} props */
export function Statement({ slug }) {
  const path = `${at(slug)}/payments/reconciliations`;
  const [looked, setLooked] = useState(
    /** @type {{ file: BankFile, report: StatementReport } | undefined} */ (undefined),
  );
  const [done, setDone] = useState(/** @type {StatementReport | undefined} */ (undefined));
  const look = async (/** @type {BankFile} */ file) => {
    setDone(undefined);
    setLooked({ file, report: await post(path, { ...file, dry_run: true }) });
  };
  const startAgain = () => {
    setLooked(undefined);
    setDone(undefined);
  };
  if (done) {
    return html`<${Report} slug=${slug} report=${done}>
      <p><button class="button" onClick=${startAgain}>${t("statement_another")}</button></p>
    <//>`;
  }
  if (looked) {
    return html`<${Report} slug=${slug} report=${looked.report}>
      <${Go} path=${path} looked=${looked} onDone=${setDone} onBack=${startAgain} />
    <//>`;
  }
  return html`<${Bring} slug=${slug} onFile=${look} />`;
}

/** @param {{ slug: string, onFile: (file: BankFile) => Promise<void> }} props */
function Bring({ slug, onFile }) {
  const { data: settings } = useResource(`${at(slug)}/order-settings`);
  const [tooLarge, setTooLarge] = useState(false);
  const field = useRef(/** @type {HTMLFormElement | null} */ (null));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const csv = String(form.get("csv") ?? "");
    setTooLarge(new Blob([csv]).size > BYTES);
    if (new Blob([csv]).size <= BYTES) await onFile({ csv, currency: text(form, "currency") });
  });
  const read = async (/** @type {any} */ { target }) => {
    const [file] = target.files;
    target.value = "";
    const area = field.current?.elements.namedItem("csv");
    if (!file || !(area instanceof HTMLTextAreaElement)) return;
    setTooLarge(file.size > BYTES);
    if (file.size <= BYTES) area.value = await readText(file);
  };
  return html`<div class="card">
    <h2>${t("statement_title")}</h2>
    <p>${t("statement_hint")}</p>
    <form class="form form-wide" ref=${field} onSubmit=${onSubmit} novalidate>
      <${Fault} problem=${problem} fields=${["csv"]} />
      <p><label class="button">${t("statement_choose")}<input type="file" accept=".csv,.txt,text/csv,text/plain" class="visually-hidden" onChange=${read} /></label></p>
      <${Field} name="csv" label=${t("statement_paste")} rows=${8} hint=${t("statement_columns")}
        fault=${tooLarge ? t("statement_too_large") : problem?.of("csv")} />
      <div class="narrow">
        <${Select} key=${settings?.currency} name="currency" label=${t("statement_currency")} initial=${settings?.currency}
          options=${CURRENCIES.map((code) => [code, code])} />
      </div>
      <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("statement_look")}</button></p>
    </form>
  </div>`;
}

/** @param {{ path: string, looked: { file: BankFile, report: StatementReport }, onDone: (report: StatementReport) => void, onBack: () => void }} props */
function Go({ path, looked: { file, report }, onDone, onBack }) {
  // One name for this file, however often it is sent.
  const client_id = useRef(crypto.randomUUID());
  const { problem, busy, onSubmit } = useForm(async () => {
    /** @type {StatementReport | undefined} */
    let all;
    // A long file is taken in parts.
    for (;;) {
      const part = await post(path, { ...file, client_id: client_id.current });
      all = all ? { ...part, matched: [...all.matched, ...part.matched] } : part;
      if (!part.remaining || part.matched.length === 0) break;
      client_id.current = crypto.randomUUID();
    }
    toast(countOf(all?.matched.length ?? 0));
    if (all) onDone(withoutOwn(all));
  });
  const count = report.matched.length;
  return html`<form onSubmit=${onSubmit}>
    <${Fault} problem=${problem} />
    <p class="form-actions">
      <button class="button button-primary" disabled=${busy || count === 0}>${t("statement_go", { count })}</button>
      <button type="button" class="button" onClick=${onBack}>${t("statement_back")}</button>
    </p>
  </form>`;
}

/** What this run reconciled itself is no news in its later parts. @param {StatementReport} report @returns {StatementReport} */
function withoutOwn(report) {
  const rows = new Set(report.matched.map(({ row }) => row));
  return { ...report, unmatched: report.unmatched.filter(({ row }) => !rows.has(row)) };
}

/** @param {number} count */
export const countOf = (count) => t(count === 1 ? "statement_done_one" : "statement_done", { count });

/** Banks write files in UTF-8, or as Windows does. @param {Blob} file */
async function readText(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
