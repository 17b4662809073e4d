// Pictures of figures, drawn as SVG in the size that there is, each with the same figures as a table under it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { number } from "../../reports.js";

/**
 * @typedef {{ name: string, values: (number | null)[] }} Line figures, one for each label; null: there is none
 * @typedef {(value: number) => string} Write
 */

const HEIGHT = 200;
/** What is left free for the writing at the axes. */
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 8, 8, 24];

/** A picture with its title, and its figures as a table. @param {{ title: string, head: string[], rows: string[][], children?: any }} props */
export function Picture({ title, head, rows, children }) {
  return html`<figure class="drawn card">
    <figcaption>${title}</figcaption>
    ${children}
    <details>
      <summary>${t("as_table")}<span class="visually-hidden">: ${title}</span></summary>
      <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
        <table>
          <thead><tr>${head.map((words) => html`<th scope="col">${words}</th>`)}</tr></thead>
          <tbody>${rows.map(
            ([first, ...others]) =>
              html`<tr><th scope="row">${first}</th>${others.map((words) => html`<td>${words}</td>`)}</tr>`,
          )}</tbody>
        </table>
      </div>
    </details>
  </figure>`;
}

/** How wide something is, now and after every change. */
function useWidth() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(640);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(Math.round(entry.contentRect.width), 240));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

/** Round numbers up to one that is no smaller. @param {number} most @param {number[]} steps that may be made */
function ticks(most, steps) {
  const step = steps.find((one) => most / one <= 4) ?? 10 ** Math.ceil(Math.log10(most / 4));
  const last = Math.max(Math.ceil(most / step), 1);
  return Array.from({ length: last + 1 }, (_, n) => n * step);
}

const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
const SPANS = [15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 432_000, 864_000];

/**
 * Lines over time.
 * @param {{ title: string, first: string, labels: string[], lines: Line[], write?: Write, spans?: boolean }} props
 */
export function Lines({ title, first, labels, lines, write = number, spans = false }) {
  const { element, width } = useWidth();
  const most = Math.max(...lines.flatMap(({ values }) => values.map((value) => value ?? 0)), 1);
  const marks = ticks(most, spans ? SPANS : COUNTS);
  const top = marks.at(-1) ?? 1;
  const inner = width - LEFT - RIGHT;
  const x = (/** @type {number} */ place) =>
    LEFT + (labels.length > 1 ? (place * inner) / (labels.length - 1) : inner / 2);
  const y = (/** @type {number} */ value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const path = (/** @type {(number | null)[]} */ values) =>
    values
      .map((value, place) => {
        if (value === null) return "";
        return `${values[place - 1] === null || place === 0 ? "M" : "L"}${x(place)} ${y(value)}`;
      })
      .join("");
  const every = Math.max(Math.ceil(labels.length / Math.max(Math.floor(inner / 80), 1)), 1);
  const rows = labels.map((label, place) => [
    label,
    ...lines.map(({ values }) => {
      const value = values[place];
      return value === null || value === undefined ? "–" : write(value);
    }),
  ]);
  return html`<${Picture} title=${title} head=${[first, ...lines.map(({ name }) => name)]} rows=${rows}>
    ${
      lines.length > 1 &&
      html`<ul class="legend">${lines.map(({ name }, n) => html`<li><svg width="24" height="10" aria-hidden="true"><line class=${`line-${n}`} x1="0" x2="24" y1="5" y2="5" /></svg> ${name}</li>`)}</ul>`
    }
    <div ref=${element} class="drawing">
      <svg role="img" aria-label=${title} viewBox=${`0 0 ${width} ${HEIGHT}`} width=${width} height=${HEIGHT}>
        ${marks.map(
          (mark) => html`<g><line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(mark)} y2=${y(mark)} />
            <text class="end" x=${LEFT - 6} y=${y(mark) + 4}>${write(mark)}</text></g>`,
        )}
        ${labels.map(
          (label, place) =>
            place % every === 0 &&
            html`<text class=${place === 0 ? "start" : place > labels.length - every ? "end" : "middle"} x=${x(place)} y=${HEIGHT - 6}>${label}</text>`,
        )}
        ${lines.map(
          ({ name, values }, n) => html`<g><path class=${`line-${n}`} d=${path(values)} />
            ${values.map(
              (value, place) =>
                value !== null &&
                html`<circle class=${`dot-${n}`} cx=${x(place)} cy=${y(value)} r=${labels.length > 90 ? 1.5 : 3}><title>${`${labels[place]}: ${name} ${write(value)}`}</title></circle>`,
            )}</g>`,
        )}
      </svg>
    </div>
  <//>`;
}

/**
 * Bars that lie beside their names.
 * @param {{ title: string, first: string, measure: string, bars: [name: string, value: number][], write?: Write }} props
 */
export function Bars({ title, first, measure, bars, write = number }) {
  const most = Math.max(...bars.map(([, value]) => value), 1);
  return html`<${Picture} title=${title} head=${[first, measure]} rows=${bars.map(([name, value]) => [name, write(value)])}>
    <ul class="bars">
      ${bars.map(
        ([name, value]) => html`<li><span>${name}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * value) / most} height="10" rx="0.5" /></svg>
          <strong>${write(value)}</strong></li>`,
      )}
    </ul>
  <//>`;
}

/**
 * Hours across, days down: the fuller, the more.
 * @param {{ title: string, first: string, days: string[], cells: number[][] }} props
 */
export function Heat({ title, first, days, cells }) {
  const { element, width } = useWidth();
  const most = Math.max(...cells.flat(), 1);
  const left = 40;
  const size = (width - left) / 24;
  const high = Math.min(Math.max(size, 16), 26);
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  const every = size < 18 ? 6 : 3;
  return html`<${Picture} title=${title} head=${[first, ...hours]} rows=${days.map((day, n) => [day, ...(cells[n] ?? []).map(number)])}>
    <div ref=${element} class="drawing">
      <svg role="img" aria-label=${title} viewBox=${`0 0 ${width} ${7 * high + 20}`} width=${width} height=${7 * high + 20}>
        ${days.map(
          (day, row) => html`<g>
            <text class="start" x="0" y=${row * high + high / 2 + 4}>${day}</text>
            ${(cells[row] ?? []).map(
              (
                count,
                hour,
              ) => html`<rect class="cell" x=${left + hour * size + 0.5} y=${row * high + 0.5} width=${size - 1} height=${high - 1} rx="2"
                fill-opacity=${count === 0 ? 0.06 : 0.2 + (0.8 * count) / most}><title>${`${day} ${hours[hour]}:00: ${number(count)}`}</title></rect>`,
            )}
          </g>`,
        )}
        ${hours.map((hour, n) => n % every === 0 && html`<text class="start" x=${left + n * size} y=${7 * high + 15}>${hour}</text>`)}
      </svg>
    </div>
  <//>`;
}

/** A line without words, where they stand beside it. @param {{ values: number[] }} props */
export function Sparkline({ values }) {
  const most = Math.max(...values, 1);
  const points = values.map(
    (value, n) => `${(n * 100) / Math.max(values.length - 1, 1)},${22 - (20 * value) / most}`,
  );
  return html`<svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
    <polyline points=${points.join(" ")} vector-effect="non-scaling-stroke" />
  </svg>`;
}
