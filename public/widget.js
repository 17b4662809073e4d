// The chat window on a company's own site. One tag brings it:
//   <script src="https://desk.example.com/widget.js" data-company="acme" async></script>
// It adds a button and an iframe to the desk, in a shadow tree that neither takes the site's styles nor leaves any of its
// own. What is written in the window never passes through the site.
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript ?? document.querySelector('script[data-company][src*="/widget.js"]')
  );
  const company = script?.dataset.company?.trim();
  if (!script || !company) {
    console.warn('Edgedesk: the script tag of the chat window needs data-company="…".');
    return;
  }
  const page = /** @type {any} */ (window);
  if (page.Edgedesk) return;

  const DESK = new URL(script.src).origin;
  const ANSWERS_WITHIN = 4_000;
  const OPEN_KEY = `edgedesk-open-${company}`;
  const SEEN_KEY = `edgedesk-seen-${company}`;
  const lang = script.dataset.language || document.documentElement.lang || navigator.language;
  const words = /^fr\b/i.test(lang)
    ? {
        open: "Ouvrir la discussion",
        close: "Fermer la discussion",
        with: "Discussion avec ",
        unread: [" message non lu", " messages non lus"],
      }
    : {
        open: "Open the chat",
        close: "Close the chat",
        with: "Chat with ",
        unread: [" unread message", " unread messages"],
      };

  const STYLES = `
:host { all: initial; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.chat { font: 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color-scheme: light dark; }
button { font: inherit; cursor: pointer; border: 0; padding: 0; background: none; color: inherit; }
:focus-visible { outline: 3px solid var(--on); outline-offset: -6px; }
.launcher { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
  display: grid; place-items: center; inline-size: 56px; block-size: 56px; border-radius: 50%;
  background: var(--colour); color: var(--on); box-shadow: 0 4px 16px rgb(0 0 0 / 0.28), 0 0 0 1px rgb(255 255 255 / 0.25); }
.launcher svg { inline-size: 26px; block-size: 26px; }
.badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; block-size: 22px;
  padding-inline: 5px; border-radius: 11px; background: #b3261e; color: #fff; font-size: 13px; font-weight: 650;
  line-height: 22px; text-align: center; }
.panel { position: fixed; inset-block-end: 88px; inset-inline-end: 20px; z-index: 2147483000; display: flex;
  flex-direction: column; inline-size: min(384px, calc(100vw - 40px)); block-size: min(640px, calc(100dvh - 108px));
  overflow: hidden; border-radius: 14px; background: Canvas; color: CanvasText;
  box-shadow: 0 8px 40px rgb(0 0 0 / 0.32), 0 0 0 1px rgb(128 128 128 / 0.3); animation: in 0.16s ease-out; }
.start .launcher, .start .panel { inset-inline: 20px auto; }
.head { display: flex; align-items: center; gap: 12px; padding: 8px 8px 8px 16px; background: var(--colour); color: var(--on); }
.head p { flex: 1; margin: 0; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.head button { display: grid; place-items: center; inline-size: 40px; block-size: 40px; border-radius: 8px; }
.head svg { inline-size: 20px; block-size: 20px; }
iframe { flex: 1; min-block-size: 0; inline-size: 100%; border: 0; }
@media (max-width: 480px) {
  .panel, .start .panel { inset: 0; inline-size: auto; block-size: auto; border-radius: 0; }
  .open .launcher { display: none; }
}
@media (prefers-reduced-motion: reduce) { .panel { animation: none; } }
@media (forced-colors: active) { .launcher, .head { border: 1px solid; } }
@media print { .chat { display: none; } }
@keyframes in { from { opacity: 0; translate: 0 12px; } }
`;

  let hints = { name: script.dataset.name, email: script.dataset.email };
  let opened = false;
  let ready = false;
  /** Whether it is to be opened as soon as it is there. */
  let wanted = kept("sessionStorage", OPEN_KEY) === "1";
  let unread = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;

  const host = document.createElement("edgedesk-chat");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];

  const all = make("section", "chat");
  const launcher = make("button", "launcher", [icon("M4 5h16v11H9l-5 4z"), make("span", "badge")]);
  const badge = /** @type {HTMLElement} */ (launcher.lastElementChild);
  const title = make("p", "");
  const closer = make("button", "", [icon("M6 6l12 12M18 6L6 18")]);
  const frame = /** @type {HTMLIFrameElement} */ (make("iframe", ""));
  const panel = make("div", "panel", [make("div", "head", [title, closer]), frame]);
  all.hidden = true;
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.id = "panel";
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.setAttribute("aria-controls", "panel");
  closer.setAttribute("aria-label", words.close);
  launcher.addEventListener("click", () => (opened ? close() : open()));
  closer.addEventListener("click", close);
  root.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Escape" && opened) close();
  });
  all.append(launcher, panel);
  root.append(all);

  frame.addEventListener("load", () => {
    // Each page in the frame is greeted: it answers only where the company allows this site.
    greet();
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (!ready) giveUp();
    }, ANSWERS_WITHIN);
  });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== DESK) return;
    if (data?.edgedesk === "ready") begin(data);
    else if (data?.edgedesk === "unread") hear(data);
    else if (data?.edgedesk === "close") close();
  });

  page.Edgedesk = {
    open,
    close,
    /** What the site knows of its visitor: a hint, which he can change. @param {{ name?: string, email?: string }} who */
    identify({ name, email }) {
      hints = { name, email };
      greet();
    },
  };

  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });

  /** The site comes first. */
  function later() {
    const start = () => {
      const language = encodeURIComponent(lang);
      frame.src = `${DESK}/${encodeURIComponent(/** @type {string} */ (company))}/chat?lang=${language}`;
      // Beside the body, where a site that exchanges its body leaves it alone.
      document.documentElement.append(host);
    };
    if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: 2_000 });
    else setTimeout(start, 200);
  }

  /** @param {{ colour: string, position: string, company: string }} look */
  function begin({ colour, position, company: name }) {
    ready = true;
    all.style.setProperty("--colour", colour);
    all.style.setProperty("--on", isDark(colour) ? "#fff" : "#000");
    all.classList.toggle("start", position === "start");
    title.textContent = name;
    frame.title = words.with + name;
    panel.setAttribute("aria-label", words.with + name);
    all.setAttribute("aria-label", words.with + name);
    all.hidden = false;
    count(unread);
    // A window that was open on the last page is open on this one, and takes nobody's focus.
    if (wanted && !opened) show();
    wanted = false;
  }

  function open() {
    if (!ready) {
      wanted = true;
      return;
    }
    if (!opened) show();
    frame.focus();
    tell({ edgedesk: "shown" });
  }

  function show() {
    opened = true;
    keep("sessionStorage", OPEN_KEY, "1");
    panel.hidden = false;
    all.classList.add("open");
    count(0);
    greet();
  }

  function close() {
    wanted = false;
    if (!opened) return;
    opened = false;
    keep("sessionStorage", OPEN_KEY, "");
    panel.hidden = true;
    all.classList.remove("open");
    count(unread);
    tell({ edgedesk: "hidden" });
    launcher.focus();
  }

  /** @param {unknown} number */
  function count(number) {
    unread = opened ? 0 : Math.min(Number(number) || 0, 99);
    badge.hidden = unread === 0;
    badge.textContent = String(unread);
    const news = unread ? `: ${unread}${words.unread[unread === 1 ? 0 : 1]}` : "";
    launcher.setAttribute("aria-label", (opened ? words.close : words.open) + news);
    launcher.setAttribute("aria-expanded", String(opened));
  }

  function giveUp() {
    host.remove();
    console.warn(
      `Edgedesk: the chat window of "${company}" cannot be shown on ${location.origin}. Either ${DESK} cannot be reached, ` +
        "or this site is not among those that the company allows: an administrator adds it under Account Settings, " +
        "Company, Chat window.",
    );
  }

  /** @param {object} message */
  function tell(message) {
    if (frame.src) frame.contentWindow?.postMessage(message, DESK);
  }

  function greet() {
    const [which, seen] = (kept("localStorage", SEEN_KEY) ?? "").split(" ");
    tell({ edgedesk: "hello", ...hints, open: opened, which, seen: Number(seen) });
  }

  /** @param {{ unread: unknown, which: unknown, seen: unknown }} news */
  function hear({ unread: number, which, seen }) {
    count(number);
    keep("localStorage", SEEN_KEY, `${which} ${seen}`);
  }

  /** @param {"localStorage" | "sessionStorage"} where @param {string} key */
  function kept(where, key) {
    try {
      return window[where].getItem(key);
    } catch {
      return null;
    }
  }

  /** @param {"localStorage" | "sessionStorage"} where @param {string} key @param {string} value */
  function keep(where, key, value) {
    try {
      window[where].setItem(key, value);
    } catch {
      // A site without storage: the window is closed on its next page, and what was read counts as unread there.
    }
  }

  /** Whether white is easier to read on a colour than black (WCAG's relative luminance). @param {string} colour */
  function isDark(colour) {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.179;
  }

  /** @param {string} tag @param {string} className @param {Element[]} [inside] @returns {HTMLElement} */
  function make(tag, className, inside = []) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (element instanceof HTMLButtonElement) element.type = "button";
    element.append(...inside);
    return element;
  }

  /** @param {string} path */
  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const looks = { fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linejoin": "round" };
    for (const [name, value] of Object.entries({ ...looks, "stroke-linecap": "round", d: path }))
      line.setAttribute(name, value);
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  }
})();
