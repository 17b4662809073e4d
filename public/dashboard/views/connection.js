// What is said while the line to the server is down: since when, and what becomes of what one says meanwhile.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { unsent, wake } from "../outbox.js";

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" });

/** @param {{ inbox: import("../inbox.js").Inbox }} props */
export function Connection({ inbox }) {
  const since = inbox.lostAt.value;
  const again = () => {
    inbox.again();
    wake();
  };
  return html`<div class="connection" data-lost=${Boolean(since)}>
    <p role="status">
      ${
        since &&
        html`<strong>${t("offline")}</strong> ${t("as_of", { at: clock.format(since) })}
        ${unsent.value > 0 && ` ${t(unsent.value === 1 ? "unsent_one" : "unsent_many", { count: unsent.value })}`}`
      }
    </p>
    ${since && html`<button class="button" onClick=${again}>${t("try_now")}</button>`}
  </div>`;
}
