// How the conversation stands: the steps, the summary, who is in charge, and what can be done.
import { within } from "./within.js";

/** @typedef {{ name: string, function: string, photo_url?: string | null, in_charge: boolean }} Agent */
/** @typedef {{ status: string, agents: Agent[] }} Conversation */

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const element = (id) => /** @type {T} */ (document.getElementById(id));

/** @param {Conversation} conversation @param {any} words */
export function showHeading({ status, agents }, words) {
  const holder = agents.find(({ in_charge }) => in_charge);
  const current = status === "closed" ? 3 : status === "pending" ? 2 : holder ? 1 : 0;
  for (const [at, step] of [...element("progress").children].entries()) {
    const state = at < current ? "done" : at === current ? "current" : "todo";
    /** @type {HTMLElement} */ (step).dataset.state = state;
    const says = step.querySelector(".visually-hidden");
    if (says) says.textContent = state === "current" ? "" : ` (${words.steps[state]})`;
    if (state === "current") step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  element("summary").textContent = summary(status, holder?.name, words);
  showPeople("in-charge", holder ? [holder] : []);
  showPeople(
    "took-part",
    agents.filter(({ in_charge }) => !in_charge),
  );
  element("rating").hidden = status !== "closed";
  const button = element("status").querySelector("button");
  if (button) {
    button.value = status === "closed" ? "open" : "closed";
    button.textContent = status === "closed" ? words.reopen : words.close;
  }
}

/** @param {string} status @param {string | undefined} who @param {any} words */
function summary(status, who, words) {
  if (status === "closed") return words.is_closed;
  if (status === "pending") return who ? within(words.answered_by, who) : words.answered;
  return who ? within(words.with, who) : words.received;
}

/** @param {string} id @param {Agent[]} agents */
function showPeople(id, agents) {
  element(id).hidden = agents.length === 0;
  element(id)
    .querySelector("ul")
    ?.replaceChildren(...agents.map(person));
}

/** @param {Agent} agent */
function person(agent) {
  const item = document.createElement("li");
  const avatar = document.createElement(agent.photo_url ? "img" : "span");
  avatar.className = "avatar";
  if (agent.photo_url) {
    avatar.setAttribute("src", agent.photo_url);
    avatar.setAttribute("alt", "");
  } else {
    avatar.ariaHidden = "true";
    avatar.textContent = agent.name
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0])
      .join("");
  }
  const about = document.createElement("span");
  const name = document.createElement("strong");
  name.textContent = agent.name;
  about.append(name);
  if (agent.function) {
    const role = document.createElement("small");
    role.textContent = agent.function;
    about.append(" ", role);
  }
  item.append(avatar, " ", about);
  return item;
}
