// Who is signed in, at which company, and what he may do there.
import { computed, signal } from "@preact/signals";
import { ask, at, get, Problem } from "./api.js";
import { go, path, replace } from "./router.js";

/** @import { Company, Me, Agent } from "./types.js" */

/** The person's companies; none until they are known. */
export const companies = signal(/** @type {Company[] | undefined} */ (undefined));
/** The person's membership at the company of the address. */
export const me = signal(/** @type {Me | undefined} */ (undefined));
/** The company's people, to give conversations to. */
export const agents = signal(/** @type {Agent[]} */ ([]));
/** Why there is nothing to see. */
export const trouble = signal(/** @type {Problem | undefined} */ (undefined));

/** The slug of the address `/app/{slug}/…`. */
export const slug = computed(() => path.value.match(/^\/app\/([^/]+)/)?.[1]);
/** The company of the address. */
export const company = computed(() => companies.value?.find((one) => one.slug === slug.value));

/** Whether the person may do something, to anything at all. @param {string} capability */
export const may = (capability) => (me.value?.capabilities[capability] ?? []).length > 0;

/**
 * Whether the person may do something to a conversation; the server has the last word.
 * @param {string} capability
 * @param {import("./types.js").Conversation} conversation
 */
export function mayTo(capability, conversation) {
  const scopes = me.value?.capabilities[capability] ?? [];
  const own = conversation.assignee?.id === me.value?.id;
  const participating = conversation.participants.some((agent) => agent.id === me.value?.id);
  return scopes.some(
    (scope) =>
      scope === "all" ||
      (scope === "own" && own) ||
      (scope === "participating" && participating) ||
      (scope === "unassigned" && !conversation.assignee),
  );
}

/** Finds out who is here; sends strangers to the door. */
export async function enter() {
  trouble.value = undefined;
  try {
    companies.value ??= (await get("/api/companies")).items;
    const here = company.peek();
    if (!here) {
      const first = companies.value?.[0];
      if (slug.peek()) trouble.value = new Problem(404, {});
      if (first && !slug.peek()) replace(`/app/${first.slug}`);
      if (!first) trouble.value = new Problem(403, { code: "no_company" });
      return;
    }
    me.value = await get(`${at(here.slug)}/me`);
    agents.value = may("agent.list") ? (await get(`${at(here.slug)}/agents`)).items : [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) leave();
    else trouble.value = error;
  }
}

export async function signOut() {
  try {
    await ask("DELETE", "/api/session");
  } catch (error) {
    // Whoever could not be signed out must not believe that he was.
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  leave();
}

/** Forgets the person; whoever comes next starts afresh. */
export function leave() {
  companies.value = undefined;
  me.value = undefined;
  agents.value = [];
  if (path.peek().startsWith("/app")) sessionStorage.setItem("edgedesk-back", path.peek());
  go("/sign-in");
}

/** Goes where the person wanted to, before he had to sign in. @param {string | undefined} first */
export function enterAfterSigningIn(first) {
  const back = sessionStorage.getItem("edgedesk-back");
  sessionStorage.removeItem("edgedesk-back");
  companies.value = undefined;
  const known = back && first && back.startsWith(`/app/${first}`);
  go(known ? back : first ? `/app/${first}` : "/app");
}
