// The lines of an order, being typed: names, quantities, prices and taxes, and what they come to.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { money, typed } from "../../money.js";
import { isConfined } from "../../session.js";
import { PickItem } from "../catalog/pick.js";
import { draftOfItem, emptyLine, isEmpty, MOST_LINES, totalOf, totalsOf } from "./drafts.js";

/** @import { DraftLine, LineFaults } from "./drafts.js" */

/**
 * @param {{ slug: string, lines: DraftLine[], currency: string, faults: Map<string, LineFaults>, fault?: string,
 *   onChange: (lines: DraftLine[]) => void }} props
 */
export function LinesEditor({ slug, lines, currency, faults, fault, onChange }) {
  const picking = useSignal(false);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const full = lines.length >= MOST_LINES;
  const change = (/** @type {DraftLine} */ line) =>
    onChange(lines.map((other) => (other.key === line.key ? line : other)));
  const add = (/** @type {DraftLine} */ line) => onChange([...lines.filter((one) => !isEmpty(one)), line]);
  // What the focus goes to as soon as it is there: the next key is for it.
  const focusOn = useRef("");
  useLayoutEffect(() => {
    const element = focusOn.current && list.current?.querySelector(focusOn.current);
    focusOn.current = "";
    if (element instanceof HTMLElement) element.focus();
  }, [lines]);
  const addEmpty = () => {
    focusOn.current = "li:last-child input";
    onChange([...lines, emptyLine(lines.at(-1)?.tax)]);
  };
  const remove = (/** @type {number} */ place) => {
    focusOn.current = `li:nth-child(${Math.max(1, place)}) .line-remove`;
    onChange(lines.length === 1 ? [emptyLine()] : lines.filter((_, other) => other !== place));
  };
  return html`<fieldset class="lines" aria-describedby=${fault ? "lines-fault" : undefined}>
    <legend>${t("order_lines")}</legend>
    <ol ref=${list}>
      ${lines.map(
        (line, place) => html`<${Line} key=${line.key} line=${line} place=${place + 1} currency=${currency}
          faults=${faults.get(line.key) ?? {}} onChange=${change} onRemove=${() => remove(place)} />`,
      )}
    </ol>
    ${fault && html`<p class="fault" id="lines-fault">${fault}</p>`}
    <p class="form-actions">
      <button type="button" class="button" disabled=${full} onClick=${addEmpty}>${t("line_add")}</button>
      ${
        !isConfined() &&
        html`<button type="button" class="button" disabled=${full} onClick=${() => {
          picking.value = true;
        }}>${t("line_add_item")}</button>`
      }
    </p>
    <${Totals} lines=${lines} currency=${currency} />
    ${
      picking.value &&
      html`<${PickItem} slug=${slug} currency=${currency} onPick=${(/** @type {any} */ item) => add(draftOfItem(item))}
        onClose=${() => {
          picking.value = false;
        }} />`
    }
  </fieldset>`;
}

/** @param {{ line: DraftLine, place: number, currency: string, faults: LineFaults, onChange: (line: DraftLine) => void, onRemove: () => void }} props */
function Line({ line, place, currency, faults, onChange, onRemove }) {
  const total = totalOf(line, currency);
  /** @param {"name" | "quantity" | "price" | "tax"} name @param {string} label @param {object} [more] */
  const cell = (name, label, more = {}) => {
    const id = `line-${line.key}-${name}`;
    return html`<div class=${`field line-${name}`}>
      <label for=${id}>${label}<span class="visually-hidden"> (${t("line_place", { place })})</span></label>
      <input id=${id} value=${line[name]} autocomplete="off" aria-invalid=${faults[name] ? "true" : undefined}
        aria-describedby=${faults[name] ? `${id}-fault` : undefined} ...${more}
        onInput=${(/** @type {any} */ { target }) => onChange({ ...line, [name]: target.value })} />
      ${faults[name] && html`<p class="fault" id=${`${id}-fault`}>${faults[name]}</p>`}
    </div>`;
  };
  return html`<li class="order-line">
    ${cell("name", t("line_name"), { maxlength: 200 })}
    ${cell("quantity", t("line_quantity"), { inputmode: "numeric" })}
    ${cell("price", t("line_price_in", { currency }), { inputmode: "decimal", placeholder: typed({ amount: 0, currency }) })}
    ${cell("tax", t("line_tax_percent"), { inputmode: "decimal" })}
    <output class="line-total">${total ? money({ amount: total.total, currency }) : "–"}</output>
    <button type="button" class="button button-plain line-remove" onClick=${onRemove}
      aria-label=${t("line_remove", { place })} title=${t("line_remove", { place })}>×</button>
  </li>`;
}

/** @param {{ lines: DraftLine[], currency: string }} props */
function Totals({ lines, currency }) {
  const { net, tax, total } = totalsOf(lines, currency);
  const sums = /** @type {const} */ ([
    ["order_net", net],
    ["order_tax", tax],
    ["order_total", total],
  ]);
  return html`<dl class="line-totals" aria-live="polite">
    ${sums.map(([name, amount]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${money({ amount, currency })}</dd></div>`)}
  </dl>`;
}
