// The customer's page, live: what the server rendered goes on without reloading. Without this script the page works by
// its forms alone.
import { LiveSocket } from "../live/socket.js";
import { storage } from "./storage.js";

/** @typedef {{ seq: number, at: string, by: { kind: string, name?: string }, kind: string, body?: string, to?: string,
 *   agent?: string | null }} PublicEvent */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const page = element("conversation");
const log = element("log");
const form = /** @type {HTMLFormElement} */ (element("add"));
const text = /** @type {HTMLTextAreaElement} */ (element("body"));
const api = `/api/public/conversations/${page.dataset.id}`;
const draftKey = `edgedesk-draft-${page.dataset.id}`;

let head = Number(page.dataset.head);
let closed = page.dataset.closed === "true";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingEnds;
let typingSentAt = 0;

for (const time of document.querySelectorAll("time")) localise(time);
text.value ||= storage.getItem(draftKey) ?? "";
text.addEventListener("input", () => {
  storage.setItem(draftKey, text.value);
  if (Date.now() - typingSentAt > 2_000 && live.send({ type: "typing" })) typingSentAt = Date.now();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim()) send();
});

const live = new LiveSocket({
  path: () => `${api}/live?after=${head}`,
  onFrame,
  onState(state) {
    const notice = element("connection");
    notice.hidden = state === "open" || state === "connecting";
    notice.textContent =
      state === "closed"
        ? "This link is not valid any more. Open the newest one from your mails."
        : "The connection was lost. Coming back…";
  },
});

/** @param {any} frame */
function onFrame(frame) {
  if (frame.type === "event") {
    if (frame.seq > head) {
      head = frame.seq;
      show(frame.event);
      if (frame.event.by.kind !== "customer") live.send({ type: "read", seq: head });
    }
    if (frame.conversation) showHeading(frame.conversation);
  } else if (frame.type === "typing") {
    showTyping(frame.who);
  } else if (frame.type === "resync") {
    location.reload();
  }
}

/** Sends what is in the field, and keeps at it: the name of the message makes repeats harmless. */
async function send() {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("client_id"));
  const body = text.value;
  const message = { client_id: field.value, body };
  field.value = crypto.randomUUID();
  text.value = "";
  storage.removeItem(draftKey);
  const pending = line({
    seq: 0,
    at: new Date().toISOString(),
    by: { kind: "customer" },
    kind: "message",
    body,
  });
  pending.dataset.state = "sending";
  log.append(pending);
  pending.scrollIntoView({ block: "nearest" });
  for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
    const response = await fetch(`${api}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    }).catch(() => undefined);
    if (response?.ok) {
      const { seq, event } = await response.json();
      pending.remove();
      if (seq === head + 1) {
        head = seq;
        show(event);
      } else if (seq > head) {
        // Something came in between that is still on its way: the socket brings both, in order.
        log.append(pending);
        pending.dataset.seq = String(seq);
      }
      return;
    }
    if (response && response.status < 500 && response.status !== 429) {
      const problem = await response.json().catch(() => ({ detail: "This did not work." }));
      pending.dataset.state = "failed";
      pending.append(paragraph("fault", `${problem.detail} Your text is back in the field.`));
      text.value = text.value || body;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** @param {PublicEvent} event */
function show(event) {
  if (event.kind === "status") {
    // Whose turn it is follows from who spoke last: only closing and opening again are news.
    const wasClosed = closed;
    closed = event.to === "closed";
    if (closed === wasClosed) return;
  }
  const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 160;
  log.querySelector(`[data-seq="${event.seq}"]`)?.remove();
  const sending = log.querySelector('[data-state="sending"]');
  const mine =
    event.by.kind === "customer" && sending?.querySelector(".text")?.textContent?.trim() === event.body;
  if (mine) sending?.remove();
  const item = line(event);
  log.append(item);
  if (event.by.kind === "agent") showTyping("");
  if (atEnd) item.scrollIntoView({ block: "nearest" });
}

/** @param {PublicEvent} event */
function line(event) {
  const item = document.createElement("li");
  item.dataset.by = event.by.kind;
  item.dataset.seq = String(event.seq);
  const time = document.createElement("time");
  time.dateTime = event.at;
  localise(time);
  if (event.kind === "message") {
    item.className = "said";
    const who = paragraph("who", "");
    const name = document.createElement("strong");
    name.textContent = event.by.kind === "customer" ? "You" : (event.by.name ?? "");
    who.append(name, " ", time);
    item.append(who, paragraph("text", event.body ?? ""));
  } else {
    item.className = "happened";
    const what = document.createElement("span");
    what.textContent = happened(event);
    item.append(what, " ", time);
  }
  return item;
}

/** @param {PublicEvent} event */
function happened(event) {
  if (event.kind === "assignment")
    return event.agent ? `${event.agent} is now in charge` : "Looking for an agent";
  if (event.kind !== "status") return "Conversation started";
  return event.to === "closed" ? "Conversation closed" : "Conversation opened again";
}

/** @param {{ status: string, agents: Agent[] }} conversation */
function showHeading({ status, agents }) {
  const current = status === "closed" ? 3 : status === "pending" ? 2 : agents.length > 0 ? 1 : 0;
  for (const [at, step] of [...element("progress").children].entries()) {
    if (!(step instanceof HTMLElement)) continue;
    step.dataset.state = at < current ? "done" : at === current ? "current" : "todo";
    if (at === current) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  element("summary").textContent = summary(status, agents[0]?.name);
  element("people").hidden = agents.length === 0;
  element("agents").replaceChildren(...agents.map(agentItem));
  const button = element("status").querySelector("button");
  if (button) {
    button.value = status === "closed" ? "open" : "closed";
    button.textContent = status === "closed" ? "Open it again" : "This is solved: close it";
  }
}

/** @param {string} status @param {string | undefined} who */
function summary(status, who) {
  if (status === "closed") return "This conversation is closed. Write again whenever you need to.";
  if (status === "pending")
    return who ? `${who} answered. It is your turn, if anything is open.` : "You have an answer.";
  return who ? `${who} is taking care of it.` : "We have your message. Somebody will take care of it.";
}

/** @typedef {{ name: string, function: string, photo_url?: string | null }} Agent */
/** @param {Agent} agent */
function agentItem(agent) {
  const item = document.createElement("li");
  const avatar = document.createElement(agent.photo_url ? "img" : "span");
  avatar.className = "avatar";
  if (agent.photo_url) {
    avatar.setAttribute("src", agent.photo_url);
    avatar.setAttribute("alt", "");
  } else {
    avatar.ariaHidden = "true";
    avatar.textContent = [...agent.name][0] ?? "?";
  }
  const name = document.createElement("strong");
  name.textContent = agent.name;
  const about = document.createElement("span");
  about.append(name);
  if (agent.function) {
    const role = document.createElement("small");
    role.textContent = agent.function;
    about.append(" ", role);
  }
  item.append(avatar, " ", about);
  return item;
}

/** @param {string} who */
function showTyping(who) {
  clearTimeout(typingEnds);
  element("typing").textContent = who ? `${who} is writing…` : "";
  if (who) typingEnds = setTimeout(() => showTyping(""), 5_000);
}

/** @param {string} name @param {string} content */
function paragraph(name, content) {
  const p = document.createElement("p");
  p.className = name;
  p.textContent = content;
  return p;
}

/** @param {HTMLTimeElement} time */
function localise(time) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  time.textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(
    at,
  );
}
