// Shows what an agent is told of while no page of ours is open, and leads him there. It handles nothing else: no request
// goes through it. A classic script without imports, for every browser takes that; so its words are here.

const WORDS = {
  en: {
    new_conversation: "#{number} waits for an agent",
    assigned: "#{number} is yours",
    answered: "#{number}: the customer answered",
    mentioned: "#{number}: you were mentioned",
    escalated: "#{number} has waited for too long",
    followed: "#{number}: somebody wrote",
    something: "Something happened at your desk",
  },
  fr: {
    new_conversation: "La n° {number} attend un agent",
    assigned: "La n° {number} est à vous",
    answered: "N° {number} : le client a répondu",
    mentioned: "N° {number} : vous êtes mentionné",
    escalated: "La n° {number} attend depuis trop longtemps",
    followed: "N° {number} : quelqu’un a écrit",
    something: "Il s’est passé quelque chose à votre accueil",
  },
};

const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS) ?? "en";
const words = WORDS[language];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(tell(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data?.path ?? "/app"));
});

/** What we were sent; browsers want to show something whatever it is. */
function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function tell({ kind, company, number, path, at, tag, contact, subject }) {
  // Whoever looks at the desk sees it there.
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const desk = company && `/app/${company.slug}`;
  const looks = (one) => one.visibilityState === "visible" && isBelow(new URL(one.url).pathname, desk);
  if (desk && windows.some(looks)) return;
  const title = (words[kind] ?? words.something).replace("{number}", number);
  const body = [contact, subject, company?.name].filter(Boolean).join(" · ");
  await self.registration.showNotification(title, {
    body,
    tag,
    lang: language,
    icon: "/icon.svg",
    timestamp: Date.parse(at) || Date.now(),
    data: { path },
  });
}

/** To the conversation, in a window of the desk that is open, or in a new one. */
async function lead(path) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const desk = path.split("/").slice(0, 3).join("/");
  const open = windows.find((one) => isBelow(new URL(one.url).pathname, desk));
  if (!open) return self.clients.openWindow(path);
  open.postMessage({ type: "go", path });
  return open.focus();
}

function isBelow(path, desk) {
  return path === desk || path.startsWith(`${desk}/`);
}
