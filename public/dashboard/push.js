// Being told by this browser, also while no page is open: a service worker, and a subscription of it that the desk knows.
import { signal } from "@preact/signals";
import { ask, at, get, post } from "./api.js";
import { go } from "./router.js";

/**
 * `off`: the desk has no key. `unable`: the browser cannot. `blocked`: its person does not let it. `asleep`: nobody asked
 * for it yet.
 * @typedef {"unknown" | "off" | "unable" | "blocked" | "asleep" | "on"} PushState
 */
export const push = signal(/** @type {PushState} */ ("unknown"));

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Whether the person asked for it in this browser. @param {string} agent */
const asked = (agent) => `edgedesk-push:${agent}`;

// Scripts of workers come from our own address, and there is one.
const scripts = /** @type {any} */ (window).trustedTypes?.createPolicy("edgedesk-worker", {
  createScriptURL: () => "/sw.js",
});

if ("serviceWorker" in navigator)
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.type === "go") go(data.path);
  });

/** Finds out how things are; where the person asked for it before, says that he is still here. @param {string} slug @param {string} agent */
export async function lookAtPush(slug, agent) {
  push.value = "unknown";
  if (!able()) {
    push.value = "unable";
    return;
  }
  const { key } = await get(`${at(slug)}/push-key`);
  if (!key) push.value = "off";
  else if (Notification.permission === "denied") push.value = "blocked";
  else if (Notification.permission === "granted" && localStorage.getItem(asked(agent)))
    await subscribe(slug, agent, key).catch(sleep);
  else push.value = "asleep";
}

/** Asks the browser, then tells the desk. @param {string} slug @param {string} agent */
export async function turnOn(slug, agent) {
  const { key } = await get(`${at(slug)}/push-key`);
  if ((await Notification.requestPermission()) !== "granted") {
    push.value = Notification.permission === "denied" ? "blocked" : "asleep";
    return;
  }
  await subscribe(slug, agent, key);
}

/** This browser is told of nothing more at this company. @param {string} slug @param {string} agent */
export async function turnOff(slug, agent) {
  const { items } = await get(`${at(slug)}/push-subscriptions`);
  const here = items.filter((/** @type {any} */ { current }) => current);
  for (const { id } of here) await ask("DELETE", `${at(slug)}/push-subscriptions/${id}`);
  localStorage.removeItem(asked(agent));
  push.value = "asleep";
}

/** Closes what the browser still shows of a conversation. @param {string} id */
export async function closeShown(id) {
  if (!able()) return;
  const registration = await navigator.serviceWorker.getRegistration("/");
  const shown = (await registration?.getNotifications({ tag: id })) ?? [];
  for (const one of shown) one.close();
}

/** The browser's word that it cannot be reached now: the person may ask again. @param {unknown} error */
function sleep(error) {
  if (!(error instanceof DOMException)) throw error;
  push.value = "asleep";
}

/** @param {string} slug @param {string} agent @param {string} key */
async function subscribe(slug, agent, key) {
  const registration = await navigator.serviceWorker.register(
    scripts ? scripts.createScriptURL("") : "/sw.js",
    {
      updateViaCache: "none",
    },
  );
  await navigator.serviceWorker.ready;
  const subscription = await subscriptionWith(registration.pushManager, key);
  const { endpoint, keys } = subscription.toJSON();
  await post(`${at(slug)}/push-subscriptions`, { endpoint, keys });
  localStorage.setItem(asked(agent), "1");
  push.value = "on";
}

/** One for our key; one for a key that we had before is no use any more. @param {PushManager} manager @param {string} key */
async function subscriptionWith(manager, key) {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const known = await manager.getSubscription();
  const its = known?.options.applicationServerKey;
  if (known && its && base64url(its) === key) return known;
  await known?.unsubscribe();
  return manager.subscribe(options);
}

/** @param {ArrayBuffer} bytes */
function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
