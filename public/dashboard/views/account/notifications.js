// Of what I am told, and how: by kind and way, by this browser, and summed up by mail.
import { at, patch } from "../../api.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { push, turnOff, turnOn } from "../../push.js";
import { number, text, useForm } from "../../resource.js";
import { may, me, refreshMe } from "../../session.js";
import { attempt, toast } from "../../toast.js";
import { Fault } from "../fields.js";

const KINDS = /** @type {const} */ ([
  "assigned",
  "answered",
  "mentioned",
  "followed",
  "new_conversation",
  "escalated",
]);
const WAYS = /** @type {const} */ (["page", "browser", "email"]);
const EVERY = /** @type {const} */ (["off", "hour", "day"]);

/** @param {{ slug: string }} props */
export function NotificationChoices({ slug }) {
  const chosen = me.value?.notifications;
  // Only whoever may do something about it is told that a customer waits.
  const kinds = KINDS.filter((kind) => kind !== "escalated" || may("status_board.act"));
  const { problem, busy, onSubmit } = useForm(async (form) => {
    const way = (/** @type {string} */ name) =>
      Object.fromEntries(kinds.map((kind) => [kind, form.getAll(name).includes(kind)]));
    const ways = Object.fromEntries(WAYS.map((name) => [name, way(name)]));
    const digest = { every: text(form, "every"), hour: number(form, "hour") ?? 0 };
    const switches = { show_content: form.has("show_content"), sound: form.has("sound") };
    await patch(`${at(slug)}/me`, { notifications: { ...ways, digest, ...switches } });
    await refreshMe();
    toast(t("saved"));
  });
  if (!chosen) return null;
  return html`<${ThisBrowser} slug=${slug} />
  <form class="card form form-wide" onSubmit=${onSubmit}>
    <${Fault} problem=${problem} />
    <div class="table-scroll" tabindex="0" role="region" aria-label=${t("tell_me_when")}>
      <table class="ways">
        <thead><tr>
          <th scope="col">${t("tell_me_when")}</th>
          ${WAYS.map((way) => html`<th scope="col" key=${way}>${t(`way_${way}`)}</th>`)}
        </tr></thead>
        <tbody>
          ${kinds.map(
            (kind) => html`<tr key=${kind}>
              <th scope="row">${t(`notify_${kind}`)}</th>
              ${WAYS.map(
                (way) => html`<td key=${way}><label class="tick">
                  <input type="checkbox" name=${way} value=${kind} defaultChecked=${chosen[way][kind]} />
                  <span class="visually-hidden">${`${t(`notify_${kind}`)}: ${t(`way_${way}`)}`}</span>
                </label></td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">${t("mail_hint")} ${t("notifications_hint")}</p>
    <div class="digest">
      <label class="field"><span>${t("digest")}</span>
        <select name="every" aria-describedby="digest-hint">
          ${EVERY.map((every) => html`<option key=${every} value=${every} selected=${chosen.digest.every === every}>${t(`digest_${every}`)}</option>`)}
        </select>
      </label>
      <label class="field"><span>${t("digest_at")}</span>
        <select name="hour">
          ${Array.from({ length: 24 }, (_, hour) => html`<option key=${hour} value=${hour} selected=${chosen.digest.hour === hour}>${`${String(hour).padStart(2, "0")}:00`}</option>`)}
        </select>
      </label>
      <p class="hint" id="digest-hint">${t("digest_hint")}</p>
    </div>
    <label class="check"><input type="checkbox" name="show_content" defaultChecked=${chosen.show_content} /> <span>${t("show_content")}</span></label>
    <label class="check"><input type="checkbox" name="sound" defaultChecked=${chosen.sound} /> <span>${t("sound")}</span></label>
    <p class="form-actions"><button class="button button-primary" disabled=${busy}>${t("save")}</button></p>
  </form>`;
}

/** Whether this browser tells of things while no page is open. @param {{ slug: string }} props */
function ThisBrowser({ slug }) {
  const agent = me.value?.id;
  const state = push.value;
  if (!agent || state === "unknown") return null;
  return html`<section class="card this-browser" aria-labelledby="this-browser">
    <h2 id="this-browser">${t("this_browser")}</h2>
    <p role="status">${t(`push_${state}`)}</p>
    ${
      state === "asleep" &&
      html`<p><button class="button button-primary" onClick=${() => attempt(turnOn(slug, agent))}>${t("push_turn_on")}</button></p>`
    }
    ${
      state === "on" &&
      html`<p><button class="button" onClick=${() => attempt(turnOff(slug, agent))}>${t("push_turn_off")}</button></p>`
    }
  </section>`;
}
