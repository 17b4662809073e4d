// A page in the chat window on a company's own site: what it tells the site, and what the site tells it. The two trust
// each other with little: the site hears how many answers are unread, the page hears that it is looked at, and a name and
// an address to begin with.

/** @typedef {{ origins: string[], colour: string, position: string, company: string, slug: string }} Settings */

const meta = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="edgedesk-widget"]'));
const settings = /** @type {Settings} */ (JSON.parse(meta.content));
const log = document.getElementById("log");
/** Tells one conversation from another, and no more. */
const which = document.getElementById("conversation")?.dataset.id?.slice(0, 8) ?? "";
const ASK_EVERY = 30_000;

/** The site's origin, once it has shown itself to be one that the company allows. */
let site = "";
let looking = false;
/** The last answer that was seen. The site keeps it: a browser may keep this page from keeping anything. */
let seen = 0;
/** @type {ReturnType<typeof setInterval> | undefined} */
let asking;

look(false);
// The site has a main part of its own.
document.querySelector("main")?.setAttribute("aria-label", settings.company);
for (const time of document.querySelectorAll("main .hint time"))
  localise(/** @type {HTMLTimeElement} */ (time));

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === window || !settings.origins.includes(origin)) return;
  site = origin;
  if (data?.edgedesk === "hello") {
    if (data.which === which && Number.isInteger(data.seen)) seen = Math.max(seen, data.seen);
    tell({ edgedesk: "ready", ...appearance() });
    report();
    fill("name", data.name);
    fill("email", data.email);
    if (data.open) show();
  } else if (data?.edgedesk === "shown") {
    show();
    focusFirst();
  } else if (data?.edgedesk === "hidden") {
    look(false);
    clearInterval(asking);
  }
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) tell({ edgedesk: "close" });
});

if (log) {
  new MutationObserver(() => {
    if (looking) see();
    report();
  }).observe(log, { childList: true });
}
document.addEventListener("visibilitychange", () => {
  if (looking && !document.hidden) show();
});

/** What the button on the site has to know. */
function appearance() {
  const { colour, position, company } = settings;
  return { colour, position, company };
}

/** @param {object} message */
function tell(message) {
  if (site) parent.postMessage(message, site);
}

/** The rest of the page hears of it as well. @param {boolean} now */
function look(now) {
  looking = now;
  document.documentElement.dataset.looking = String(now);
  document.dispatchEvent(new Event("looking"));
}

function show() {
  look(true);
  if (log) {
    see();
    log.lastElementChild?.scrollIntoView({ block: "nearest" });
  } else {
    ask();
    clearInterval(asking);
    asking = setInterval(ask, ASK_EVERY);
  }
  report();
}

function focusFirst() {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll("form input:not([type=hidden]), form textarea")
  );
  ([...fields].find(({ value }) => !value) ?? fields[0])?.focus();
}

/** Agents' messages, by their place in the log. */
const answers = () =>
  [...(log?.querySelectorAll('.said[data-by="agent"]') ?? [])].map((item) =>
    Number(/** @type {HTMLElement} */ (item).dataset.seq),
  );

function see() {
  if (!document.hidden) seen = Math.max(seen, ...answers());
}

function report() {
  tell({ edgedesk: "unread", unread: answers().filter((seq) => seq > seen).length, which, seen });
}

/** A hint of the site's; what somebody typed stays. @param {string} name @param {unknown} value */
function fill(name, value) {
  const field = document.querySelector(`#chat input[name="${name}"]`);
  if (field instanceof HTMLInputElement && !field.value && typeof value === "string")
    field.value = value.slice(0, field.maxLength);
}

/** Whether somebody is there may change while the form is open. */
async function ask() {
  const notice = document.getElementById("availability");
  const answer = await fetch(`/api/public/companies/${settings.slug}/availability`).catch(() => undefined);
  if (!notice || !answer?.ok) return;
  const { available, open } = await answer.json();
  const { here, nobody, closed } = notice.dataset;
  const words = (available ? here : open ? nobody : closed) ?? "";
  notice.dataset.available = String(available);
  if (notice.textContent !== words) notice.textContent = words;
}

/** @param {HTMLTimeElement} time */
function localise(time) {
  const at = new Date(time.dateTime);
  const parts = /** @type {const} */ ({ weekday: "long", hour: "2-digit", minute: "2-digit" });
  if (!Number.isNaN(at.getTime()))
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, parts).format(at);
}
