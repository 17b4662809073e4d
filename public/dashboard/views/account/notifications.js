// Of what I am told, and how.
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { useForm } from "../../resource.js";
import { may, me, refreshMe } from "../../session.js";
import { toast } from "../../toast.js";
import { Choices, Fault } from "../fields.js";

const OCCASIONS = /** @type {const} */ (["new_conversation", "assigned", "answered", "escalated"]);
const WAYS = /** @type {const} */ (["email", "browser"]);

/** @param {{ slug: string }} props */
export function NotificationChoices({ slug }) {
  const chosen = me.value?.notifications;
  // Only whoever may do something about it is told that a customer waits.
  const occasions = OCCASIONS.filter((occasion) => occasion !== "escalated" || may("status_board.act"));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const way = (/** @type {"email" | "browser"} */ name) => ({
      ...chosen?.[name],
      ...Object.fromEntries(occasions.map((occasion) => [occasion, form.getAll(name).includes(occasion)])),
    });
    if (form.getAll("browser").length > 0 && "Notification" in window) await Notification.requestPermission();
    await patch(`${at(slug)}/me`, { notifications: { email: way("email"), browser: way("browser") } });
    await refreshMe();
    toast(t("saved"));
  });
  if (!chosen) return null;
  const blocked = "Notification" in window && Notification.permission === "denied";
  return html`<form class="card form form-wide" onSubmit=${onSubmit}>
    <${Fault} problem=${problem} />
    ${WAYS.map(
      (way) => html`<${Choices} key=${way} legend=${t(`notify_${way}`)} name=${way}
        options=${occasions.map((occasion) => ({ value: occasion, words: t(`notify_${occasion}`) }))}
        chosen=${occasions.filter((occasion) => chosen[way][occasion])} />`,
    )}
    ${blocked && html`<p class="notice">${t("notifications_blocked")}</p>`}
    <p class="hint">${t("notifications_hint")}</p>
    <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
  </form>`;
}
