// The first questions to the server, asked by the address alone: their answers come while the modules do that want them.

/** Asked ahead and not wanted for so long, an answer is of another time. */
const GOOD_FOR = 30_000;
const CONVERSATION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Screens on which the last part of the address names something else. */
const OTHERS = ["account", "contacts", "orders", "settings", "status"];

/** @type {Map<string, Promise<Response>>} */
const asked = new Map();

const [, app, slug, screen = "", id = ""] = location.pathname.split("/");
if (app === "app") {
  const company = slug && `/api/companies/${slug}`;
  ask("/api/companies");
  if (company) ask(`${company}/me`);
  if (company && CONVERSATION.test(id) && !OTHERS.includes(screen)) {
    ask(`${company}/conversations/${id}`);
    ask(`${company}/conversations/${id}/events?after=0&limit=1000`);
  }
  setTimeout(forget, GOOD_FOR);
}

/** @param {string} path */
function ask(path) {
  const answer = fetch(path);
  // What goes wrong is said where it is awaited.
  answer.catch(() => undefined);
  asked.set(path, answer);
}

/** The answer that is on its way already, if it is: once. @param {string} path */
export function takeAhead(path) {
  const answer = asked.get(path);
  asked.delete(path);
  return answer;
}

/** Whatever is changed, signing in to begin with, makes what was asked before a thing of the past. */
export function forget() {
  asked.clear();
}
