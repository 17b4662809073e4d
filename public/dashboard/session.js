// Who is signed in, at which company, and what he may do there.
import { computed, signal } from "@preact/signals";
import { ask, at, get, Problem } from "./api.js";
import { claimDrafts, forgetDrafts } from "./drafts.js";
import { closeOutbox, emptyOutbox, openOutbox } from "./outbox.js";
import { forgetResponses } from "./responses.js";
import { go, path, replace, search } from "./router.js";

/** @import { Company, Me, AgentRecord, Folder, Tag, Team } from "./types.js" */

/** The person's companies; none until they are known. */
export const companies = signal(/** @type {Company[] | undefined} */ (undefined));
/** The person's membership at the company of the address. */
export const me = signal(/** @type {Me | undefined} */ (undefined));
/** The company's people, to give conversations to. */
export const agents = signal(/** @type {AgentRecord[]} */ ([]));
/** The company's folders, and what the person may do in each. */
export const folders = signal(/** @type {Folder[]} */ ([]));
/** The company's groups and business units. */
export const teams = signal(/** @type {Team[]} */ ([]));
/** The company's tags. */
export const tags = signal(/** @type {Tag[]} */ ([]));
/** Why there is nothing to see. */
export const trouble = signal(/** @type {Problem | undefined} */ (undefined));

/** The slug of the address `/app/{slug}/…`. */
export const slug = computed(() => path.value.match(/^\/app\/([^/]+)/)?.[1]);
/** The company of the address. */
export const company = computed(() => companies.value?.find((one) => one.slug === slug.value));

/** Whether the person may do something, to anything at all. @param {string} capability */
export const may = (capability) => (me.value?.capabilities[capability] ?? []).length > 0;

/**
 * Whether the person is kept to the orders section: there are no conversations for him, no colleagues and no contacts.
 */
export function isConfined() {
  const held = Object.keys(me.value?.capabilities ?? {}).filter(may);
  return (
    may("order.view") && held.every((name) => /^((order|payment)\.|report\.(payments|export)$)/.test(name))
  );
}

/**
 * Whether the person may do something to a conversation; the server has the last word.
 * @param {string} capability
 * @param {import("./types.js").Conversation} conversation
 */
export function mayTo(capability, conversation) {
  // It is closed for good: there is nothing left to do but read.
  if (conversation.merged_into) return false;
  const scopes = me.value?.capabilities[capability] ?? [];
  const own = conversation.assignee?.id === me.value?.id;
  const insiders = [...conversation.participants, ...(conversation.followers ?? [])];
  const participating = insiders.some((agent) => agent.id === me.value?.id);
  const folder = folders.value.find(({ id }) => id === conversation.folder?.id);
  const team = conversation.team ?? conversation.business_unit;
  const ofTeam =
    team && teams.value.find(({ id }) => id === team.id)?.agents.some(({ id }) => id === me.value?.id);
  return scopes.some(
    (scope) =>
      scope === "all" ||
      (scope === "folder" && folder?.see_incoming) ||
      (scope === "folder_assign" && folder?.assign) ||
      (scope === "team" && ofTeam) ||
      (scope === "own" && own) ||
      (scope === "participating" && participating) ||
      (scope === "unassigned" && !conversation.assignee),
  );
}

/** Finds out who is here; sends strangers to the door. */
export async function enter() {
  trouble.value = undefined;
  try {
    // Asked for at once with the companies. What goes wrong is said where it is awaited.
    const membership = Promise.resolve(slug.peek() && get(`${at(slug.peek() ?? "")}/me`));
    membership.catch(() => undefined);
    // Not read as a dependency: that somebody left is no reason to enter again.
    if (!companies.peek()) companies.value = (await get("/api/companies")).items;
    if (!path.peek().startsWith("/app")) return;
    const here = company.peek();
    if (!here) {
      const first = companies.peek()?.[0];
      if (slug.peek()) trouble.value = new Problem(404, {});
      if (first && !slug.peek()) replace(`/app/${first.slug}`);
      if (!first) trouble.value = new Problem(403, { code: "no_company" });
      return;
    }
    const person = await membership;
    claimDrafts(person.email);
    me.value = person;
    openOutbox(person.id, here.slug);
    if (isConfined()) return;
    await Promise.all([refreshAgents(), refreshFolders(), refreshTeams(), refreshTags()]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave();
    else if (error.code === "password_change_required") replace("/password/change");
    else trouble.value = error;
  }
}

/** What is asked of the company of the address; nothing where the person may not know. @param {string} rest */
const here = (rest) =>
  get(`${at(slug.peek() ?? "")}${rest}`).catch((error) => {
    if (error instanceof Problem && error.status > 401) return { items: [] };
    throw error;
  });

export async function refreshMe() {
  me.value = await get(`${at(slug.peek() ?? "")}/me`);
}

export async function refreshAgents() {
  agents.value = may("agent.list") ? (await here("/agents?status=active")).items : [];
}

/** Who is here, myself and the others, once more; where it cannot be had, what is known stays. */
export async function refreshPeople() {
  try {
    await Promise.all([refreshAgents(), refreshMe()]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave();
  }
}

export async function refreshFolders() {
  folders.value = (await here("/folders")).items;
}

export async function refreshTeams() {
  const [groups, units] = await Promise.all([here("/teams"), here("/business-units")]);
  teams.value = [...groups.items, ...units.items];
}

export async function refreshTags() {
  tags.value = (await here("/tags")).items;
}

export async function refreshCompanies() {
  companies.value = (await get("/api/companies")).items;
}

export async function signOut() {
  try {
    await ask("DELETE", "/api/session");
  } catch (error) {
    // Whoever could not be signed out must not believe that he was.
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  forgetDrafts();
  emptyOutbox();
  leave();
}

/** Forgets the person; whoever comes next starts afresh. */
export function leave() {
  if (path.peek().startsWith("/app")) {
    sessionStorage.setItem("edgedesk-back", path.peek() + search.peek());
  }
  closeOutbox();
  go("/sign-in");
  companies.value = undefined;
  me.value = undefined;
  agents.value = [];
  folders.value = [];
  teams.value = [];
  tags.value = [];
  forgetResponses();
}

/** Goes where the person wanted to, before he had to sign in. @param {string | undefined} first */
export function enterAfterSigningIn(first) {
  const back = sessionStorage.getItem("edgedesk-back");
  sessionStorage.removeItem("edgedesk-back");
  companies.value = undefined;
  const known = back && first && back.startsWith(`/app/${first}`);
  go(known ? back : first ? `/app/${first}` : "/app");
}
