// The dashboard's beginning: which screen the address names.
import { computed, effect } from "@preact/signals";
import { render } from "preact";
import { html } from "./html.js";
import { path } from "./router.js";
import { enter, slug } from "./session.js";
import { applyTheme } from "./theme.js";
import { Desk } from "./views/desk.js";
import { lazily } from "./views/lazy.js";

const Register = lazily(async () => (await import("./views/register.js")).Register);
const Invitation = lazily(async () => (await import("./views/invitation.js")).Invitation);
const MustChange = lazily(async () => (await import("./views/forgotten.js")).MustChange);
const NewPassword = lazily(async () => (await import("./views/forgotten.js")).NewPassword);
const Forgotten = lazily(async () => (await import("./views/forgotten.js")).Forgotten);
const SignIn = lazily(async () => (await import("./views/sign-in.js")).SignIn);

const inApp = computed(() => path.value === "/app" || path.value.startsWith("/app/"));

function App() {
  if (path.value === "/register") return html`<${Register} />`;
  if (path.value.startsWith("/invitation/")) return html`<${Invitation} token=${path.value.slice(12)} />`;
  if (path.value === "/password/change") return html`<${MustChange} />`;
  if (path.value.startsWith("/password/reset/"))
    return html`<${NewPassword} token=${path.value.slice(16)} />`;
  if (path.value === "/password") return html`<${Forgotten} />`;
  if (inApp.value) return html`<${Desk} />`;
  return html`<${SignIn} />`;
}

applyTheme();
effect(() => {
  // Read here, so that another company is entered as well.
  void slug.value;
  if (inApp.value) enter();
});
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${App} />`, root);
