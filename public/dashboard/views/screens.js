// The dashboard's screens, and the way from each to the others.
import { html } from "../html.js";
import { t } from "../i18n.js";
import { path } from "../router.js";
import { may } from "../session.js";

/** What each is called, and what one has to be allowed for it, any of these. Without a path: the conversations. */
const SCREENS = /** @type {const} */ ([
  { path: "", name: "conversations", needs: ["conversation.view"] },
  { path: "orders", name: "orders", needs: ["order.view"] },
  { path: "contacts", name: "contacts", needs: ["conversation.view"] },
  { path: "catalog", name: "catalog", needs: ["catalog.manage"] },
  { path: "reports", name: "reports", needs: ["report.conversations", "report.payments"] },
  { path: "monitoring", name: "monitoring", needs: ["monitor.view"] },
  { path: "status", name: "agent_status", needs: ["status_board.view"] },
]);

/** Below these one is no longer among the conversations. */
const OTHERS = ["orders", "contacts", "catalog", "reports", "monitoring", "status", "account", "settings"];

/** The screens that the person may enter. */
export const screens = () => SCREENS.filter(({ needs }) => needs.some(may));

/** Whether an address shows conversations. @param {string} screen the part of it after the company */
export const inConversations = (screen) => !OTHERS.includes(screen);

/** @param {{ slug: string, onGo?: () => void }} props */
export function Screens({ slug, onGo }) {
  const [, , , here = ""] = path.value.split("/");
  const current = inConversations(here) ? "" : here;
  const all = screens();
  if (all.length < 2) return null;
  return html`<nav class="screens" aria-label=${t("screens")}>
    ${all.map(
      (
        one,
      ) => html`<a key=${one.path} class="item" href=${`/app/${slug}${one.path && `/${one.path}`}`} onClick=${onGo}
        aria-current=${one.path === current ? "page" : undefined}>${t(one.name)}</a>`,
    )}
  </nav>`;
}
