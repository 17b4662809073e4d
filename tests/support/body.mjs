// A body that each route with one accepts, so that a refusal has one reason only.

import { randomUUID } from "node:crypto";
import { firstWords, PASSWORD, signUp, words } from "./world.mjs";

/** @type {Record<string, () => unknown>} by the end of `METHOD path` */
const BODIES = {
  "POST /api/signup": () => signUp(),
  "POST /api/session": () => ({ email: "nobody@people.example", password: PASSWORD }),
  "POST /api/tokens": () => ({ email: "nobody@people.example", password: PASSWORD }),
  "POST /api/invitations/{token}": () => ({ password: PASSWORD }),
  "POST /api/companies": () => ({ company: signUp().company }),
  "PATCH /api/companies/{company}": () => ({ description: "Lamps" }),
  "PATCH /me": () => ({ function: "Support" }),
  "POST /agents": () => ({ email: signUp().email, roles: ["agent"] }),
  "POST /next": () => ({}),
  "POST /claim": () => ({}),
  "POST /messages": () => words("Hello?"),
  "POST /notes": () => words("Hm."),
  "PUT /assignee": () => ({ agent_id: null }),
  "PUT /status": () => ({ status: "closed" }),
  "POST /conversations": () => firstWords(),
  "POST /{company}": () => new URLSearchParams({ ...firstWords(), client_id: randomUUID() }),
  "POST /{company}/conversations/{id}/messages": () => new URLSearchParams(words("Hello?")),
  "POST /{company}/conversations/{id}/status": () => new URLSearchParams({ status: "closed" }),
};

/**
 * @param {import("./routes.mjs").Route} route
 * @returns {unknown} undefined where there is none
 */
export function bodyFor({ method, path }) {
  const exact = BODIES[`${method} ${path}`];
  const last = `${method} /${path.split("/").at(-1)}`;
  const make = exact ?? (path.startsWith("/api/") ? BODIES[last] : undefined);
  return make?.();
}
