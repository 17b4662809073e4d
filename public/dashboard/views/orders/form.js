// What an order consists of, to be typed: for a new one, and for one that changes.
import { useState } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { text, useForm } from "../../resource.js";
import { Fault, Field } from "../fields.js";
import { draftOf, emptyLine, faultsOfServer, readLines } from "./drafts.js";
import { LinesEditor } from "./editor.js";

/** @import { Order } from "../../types.js" */
/** @import { DraftLine, LineFaults } from "./drafts.js" */
/** @typedef {{ lines: object[], note: string, billing: object, expires_at: string | null }} Written */

const FIELDS = ["note", "billing.name", "billing.address", "billing.country", "billing.vat_id", "expires_at"];

/**
 * @param {{ slug: string, currency: string, order?: Order, before?: any, fields?: string[],
 *   actions: (busy: boolean) => unknown, onWritten: (written: Written, form: FormData, pressed: string) => Promise<unknown> }} props
 *   `before` stands over the lines, `fields` are those in it; what `onWritten` throws is shown
 */
export function OrderForm({ slug, currency, order, before, fields = [], actions, onWritten }) {
  const [lines, setLines] = useState(
    /** @type {() => DraftLine[]} */ (
      () => (order && order.lines.length > 0 ? order.lines.map(draftOf) : [emptyLine()])
    ),
  );
  const [faults, setFaults] = useState(/** @type {Map<string, LineFaults>} */ (new Map()));
  const [noLines, setNoLines] = useState(false);
  const { problem, busy, onSubmit } = useForm(async (form, element) => {
    const { written, faults, body } = readLines(lines, currency);
    setFaults(faults);
    setNoLines(written.length === 0);
    if (!body || written.length === 0) return focusFault(element);
    const expires = text(form, "expires_at");
    const billing = Object.fromEntries(
      ["name", "address", "country", "vat_id"].map((name) => [name, text(form, `billing.${name}`)]),
    );
    const order = { lines: body, note: text(form, "note"), billing };
    try {
      await onWritten(
        { ...order, expires_at: expires ? new Date(expires).toISOString() : null },
        form,
        text(form, "pressed"),
      );
    } catch (error) {
      const { errors = [] } = /** @type {any} */ (error).body ?? {};
      setFaults(faultsOfServer(errors, written));
      throw error;
    }
  });
  const fault = (/** @type {string} */ field) => problem?.of(field);
  const known = [...FIELDS, ...fields, ...(problem?.body.errors ?? []).map(inLines)];
  const { billing } = order ?? {};
  return html`<form class="form form-wide sale-form" onSubmit=${(/** @type {SubmitEvent} */ event) => {
    notePressed(event);
    return onSubmit(event);
  }} novalidate>
    <${Fault} problem=${problem} fields=${known} />
    <input type="hidden" name="pressed" />
    ${before?.(fault)}
    <${LinesEditor} slug=${slug} lines=${lines} currency=${currency} faults=${faults}
      fault=${noLines ? t("lines_missing") : problem?.of("lines")} onChange=${setLines} />
    <${Field} name="note" label=${t("order_note")} hint=${t("order_note_hint")} rows=${3} initial=${order?.note} optional fault=${fault("note")} />
    <details class="billing" open=${Boolean(billing && (billing.name || billing.address))}>
      <summary>${t("billing")}</summary>
      <div class="form form-wide">
        <${Field} name="billing.name" label=${t("billing_name")} initial=${billing?.name} optional fault=${fault("billing.name")} autocomplete="off" />
        <${Field} name="billing.address" label=${t("billing_address")} rows=${3} initial=${billing?.address} optional fault=${fault("billing.address")} autocomplete="off" />
        <${Field} name="billing.country" label=${t("billing_country")} initial=${billing?.country} optional fault=${fault("billing.country")} autocomplete="off" />
        <${Field} name="billing.vat_id" label=${t("billing_vat_id")} initial=${billing?.vat_id} optional fault=${fault("billing.vat_id")} autocomplete="off" />
      </div>
    </details>
    <div class="narrow">
      <${Field} name="expires_at" type="datetime-local" label=${t("order_expires")} hint=${t(order ? "order_expires_hint" : "order_expires_new_hint")}
        initial=${localTime(order?.expires_at)} optional fault=${fault("expires_at")} />
    </div>
    <p class="form-actions">${actions(busy)}</p>
  </form>`;
}

/** Which button sent the form. @param {SubmitEvent} event */
function notePressed({ currentTarget, submitter }) {
  const form = /** @type {HTMLFormElement} */ (currentTarget);
  const pressed = /** @type {HTMLInputElement} */ (form.elements.namedItem("pressed"));
  pressed.value = submitter instanceof HTMLButtonElement ? submitter.value : "";
}

/** A fault of a line is said at the line. @param {{ field: string }} error */
const inLines = ({ field }) => (/^lines(\[|$)/.test(field) ? field : "");

/** @param {HTMLFormElement} element */
function focusFault(element) {
  requestAnimationFrame(() => {
    const fault = element.querySelector("[aria-invalid=true], .lines input");
    if (fault instanceof HTMLElement) fault.focus();
  });
}

/** As a field for local times wants it. @param {string | null | undefined} instant */
function localTime(instant) {
  if (!instant) return undefined;
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
