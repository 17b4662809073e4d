// The customer's page, live: what the server rendered goes on without reloading. Without this script the page works by
// its forms alone.
import { LiveSocket } from "../live/socket.js";
import { carryFiles } from "./files.js";
import { element, showHeading } from "./heading.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { storage } from "./storage.js";
import { within } from "./within.js";

const TYPING_LASTS = 5_000;
const TYPING_EVERY = 2_000;

const page = element("conversation");
const form = /** @type {HTMLFormElement} */ (element("add"));
const text = /** @type {HTMLTextAreaElement} */ (element("body"));
const words = JSON.parse(page.dataset.words ?? "{}");
const api = `/api/public/conversations/${page.dataset.id}`;
const draftKey = `edgedesk-draft-${page.dataset.id}`;
const filesPath = `${api}/files`;
const log = new Log(element("log"), words, {
  files: filesPath,
  head: Number(page.dataset.head),
  closed: page.dataset.closed === "true",
});

const files = carryFiles(form, filesPath, words.files);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingEnds;
let typingSentAt = 0;
let isStale = false;
/** Why the link opens nothing any more, if it does not. */
let dead = "";
let readSent = log.head;
let readByCompany = Number(page.dataset.read);

const outbox = new Outbox(`${api}/messages`, `edgedesk-out-${page.dataset.id}`, {
  onWaiting: (one) => log.notePending(one.client_id, words.waiting),
  onSent(one, { seq, event }) {
    // What came in between is still on its way: the socket brings both, in order.
    if (log.add(event) || seq <= log.head) log.dropPending(one.client_id);
  },
  onRefused(one) {
    log.dropPending(one.client_id);
    text.value = [text.value, one.body].filter(Boolean).join("\n");
    files.put(one.attachments);
    keepDraft();
    notice(`${words.refused} ${dead}`);
  },
});

text.value ||= storage.getItem(draftKey) ?? "";
text.addEventListener("input", () => {
  keepDraft();
  if (Date.now() - typingSentAt > TYPING_EVERY && live.send({ type: "typing" })) typingSentAt = Date.now();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim() || files.any()) files.whenReady(send);
});
for (const occasion of ["visibilitychange", "looking"])
  document.addEventListener(occasion, () => {
    tellRead();
    refresh();
  });
for (const one of outbox.waiting) log.addPending(one, words.waiting);
outbox.run();

const live = new LiveSocket({
  path: () => `${api}/live?after=${log.head}`,
  onFrame,
  onState(state) {
    if (state === "open") {
      notice("");
      outbox.run();
      tellRead();
    } else if (state === "closed") {
      die(words.dead);
      askWhyItIsDead();
    } else if (state === "waiting") {
      askWhyItIsDead();
      notice(navigator.onLine ? words.lost : words.offline);
    }
  },
});
addEventListener("offline", () => notice(words.offline));

/** @param {any} frame */
function onFrame(frame) {
  if (frame.type === "event") {
    if (log.add(frame.event) && frame.event.by.kind === "agent") showTyping("");
    if (frame.conversation) showHeading(frame.conversation, words);
    log.showRead(readByCompany);
    tellRead();
  } else if (frame.type === "typing") {
    if (frame.by === "agent") showTyping(frame.who);
  } else if (frame.type === "read") {
    readByCompany = Math.max(readByCompany, frame.seq);
    log.showRead(readByCompany);
  } else if (frame.type === "translation") {
    log.translate(frame.translation);
  } else if (frame.type === "hello") {
    // Events that were missed come again, but without what became of the conversation.
    isStale = frame.head > log.head;
    refresh();
  } else if (frame.type === "resync") {
    location.reload();
  }
}

function send() {
  const one = {
    client_id: crypto.randomUUID(),
    body: text.value,
    attachments: files.take(),
    at: new Date().toISOString(),
  };
  text.value = "";
  keepDraft();
  log.addPending(one, words.sending);
  outbox.send(one);
  text.focus();
}

/** How it stands, after the line was down. To ask for it is to look at it, so a page in the background waits. */
async function refresh() {
  if (!isStale || !isSeen()) return;
  isStale = false;
  const response = await fetch(api).catch(() => undefined);
  if (response?.ok) showHeading(await response.json(), words);
}

/** A line that does not come back may be one whose link was replaced, as it is when two conversations are joined. */
async function askWhyItIsDead() {
  const response = await fetch(`${api}/events?after=${log.head}`).catch(() => undefined);
  if (response?.status === 410) die(words.moved);
  else if (response?.status === 404) die(words.dead);
}

/** What was written stays in the field, to be copied. @param {string} why */
function die(why) {
  dead = why;
  live.end();
  notice(why);
}

/** Whether somebody looks at the page. Where it is in a chat window, only that knows whether it is open. */
function isSeen() {
  return !document.hidden && document.documentElement.dataset.looking !== "false";
}

/** What is on the screen of a page that somebody looks at is read. */
function tellRead() {
  if (!isSeen() || log.head <= readSent) return;
  if (live.send({ type: "read", seq: log.head })) readSent = log.head;
}

function keepDraft() {
  if (text.value) storage.setItem(draftKey, text.value);
  else storage.removeItem(draftKey);
}

/** @param {string} who */
function showTyping(who) {
  clearTimeout(typingEnds);
  element("typing").textContent = who ? within(words.typing, who) : "";
  if (who) typingEnds = setTimeout(() => showTyping(""), TYPING_LASTS);
}

/** @param {string} content */
function notice(content) {
  const place = element("connection");
  place.hidden = content === "";
  if (place.textContent !== content) place.textContent = content;
}
