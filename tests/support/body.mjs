// A body that each route with one accepts, so that a refusal has one reason only.

import { createECDH, randomBytes, randomUUID } from "node:crypto";
import { firstWords, PASSWORD, signUp, unique, words } from "./world.mjs";

/** An id that nothing has. */
export const NOBODY = "01999999-0000-7000-8000-000000000000";

/** The smallest picture there is. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** What a rule says, beside its name. */
export const RULE = { trigger: { kind: "assigned" }, actions: [{ kind: "priority", priority: "low" }] };

/** When to send which report. */
export const SCHEDULE = { report: "conversations", every: "week", hour: 8, format: "csv" };

/** A browser's, where nobody is ever told anything. */
export const subscription = () => ({
  endpoint: `https://push.example/${unique("browser")}`,
  keys: {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  },
});

/** @type {Record<string, () => unknown>} by the end of `METHOD path` */
const BODIES = {
  "POST /api/signup": () => signUp(),
  "POST /api/session": () => ({ email: "nobody@people.example", password: PASSWORD }),
  "POST /api/tokens": () => ({ email: "nobody@people.example", password: PASSWORD }),
  "POST /api/invitations/{token}": () => ({ password: PASSWORD }),
  "POST /api/companies": () => ({ company: signUp().company }),
  "PATCH /api/companies/{company}": () => ({ description: "Lamps" }),
  // Neither is what is asked for: nothing is erased.
  "DELETE /api/companies/{company}": () => ({ slug: "another", password: PASSWORD }),
  "DELETE /api/companies/{company}/contacts/{id}": () => ({ confirm: "nobody@people.example" }),
  "POST /reapplication": () => ({}),
  "PATCH /me": () => ({ function: "Support" }),
  "POST /api/password/forgot": () => ({ email: "nobody@people.example" }),
  "POST /api/password/reset": () => ({ token: "none", password: PASSWORD }),
  "PUT /api/password": () => ({ current: PASSWORD, password: `${PASSWORD} again` }),
  "POST /api/second-factor": () => ({ password: PASSWORD }),
  "PUT /api/second-factor": () => ({ code: "000000" }),
  "DELETE /api/second-factor": () => ({ password: PASSWORD, otp: "000000" }),
  "PATCH /api/companies/{company}/agents/{id}": () => ({ function: "Support" }),
  "PUT /disabled": () => ({ transfer_to: "queue", unstick: true }),
  "POST /invitation": () => ({ send_email: true }),
  "POST /password-reset": () => ({ send_email: true }),
  "POST /force-password-change": () => ({}),
  "POST /roles": () => ({ name: unique("Lamp keeper"), base: "agent" }),
  "PATCH /api/companies/{company}/roles/{id}": () => ({ name: unique("Lamp keeper") }),
  "POST /teams": () => ({ name: unique("Sales") }),
  "PATCH /api/companies/{company}/teams/{id}": () => ({ name: unique("Sales") }),
  "POST /business-units": () => ({ name: unique("North") }),
  "PATCH /api/companies/{company}/business-units/{id}": () => ({ name: unique("North") }),
  "POST /folders": () => ({ name: unique("Code") }),
  "PATCH /api/companies/{company}/folders/{id}": () => ({ name: unique("Code") }),
  "POST /tags": () => ({ name: unique("Refund") }),
  "PATCH /api/companies/{company}/tags/{id}": () => ({ name: unique("Refund") }),
  "PUT /merger": () => ({ into: NOBODY }),
  "PUT /priority": () => ({ priority: "high" }),
  "PUT /{tag_id}": () => ({}),
  "POST /bulk": () => ({ ids: [NOBODY], action: { kind: "close" } }),
  "POST /responses": () => ({ name: unique("Hours"), body: "We open at nine." }),
  "PATCH /api/companies/{company}/responses/{id}": () => ({ name: unique("Hours") }),
  "POST /api/companies/{company}/responses/rendering": () => ({ body: "Hello {{contact.name}}" }),
  "POST /api/companies/{company}/responses/{id}/rendering": () => ({ conversation_id: NOBODY }),
  "PUT /{agent_id}": () => ({}),
  "POST /automations": () => ({ name: unique("Rule"), ...RULE }),
  "PATCH /api/companies/{company}/automations/{id}": () => ({ name: unique("Rule") }),
  "POST /report-schedules": () => ({ name: unique("Report"), ...SCHEDULE }),
  "PATCH /api/companies/{company}/report-schedules/{id}": () => ({ hour: 9 }),
  "PUT /order": () => ({ ids: [] }),
  "POST /dry-run": () => ({ limit: 1, rule: RULE }),
  "PUT /rights": () => [{ role: "agent", see_incoming: true, assign: false }],
  "PUT /sticky": () => ({ agent_id: NOBODY }),
  "POST /rebuild": () => ({}),
  "POST /api/restorations/{id}/lines": () => Buffer.from('{"kind":"end"}\n'),
  "POST /opening": () => ({}),
  "PUT /logo": () => PNG,
  "PUT /photo": () => PNG,
  "PUT /description-file": () => PNG,
  "POST /files": () => PNG,
  "PUT /folder": () => ({ folder_id: null }),
  "PUT /team": () => ({ team_id: null }),
  "POST /agents": () => ({ email: signUp().email, roles: ["agent"] }),
  "POST /next": () => ({}),
  "POST /claim": () => ({}),
  "POST /messages": () => words("Hello?"),
  "POST /notes": () => words("Hm."),
  "PUT /assignee": () => ({ agent_id: null }),
  "POST /link": () => ({}),
  "PUT /rating": () => ({ score: 5 }),
  "PUT /status": () => ({ status: "closed" }),
  "POST /api/companies/{company}/conversations": () => ({
    ...{ client_id: randomUUID(), subject: "Hello", body: "Good morning!" },
    contact: { email: "lars@people.example" },
  }),
  "PATCH /api/companies/{company}/contacts/{id}": () => ({ phone: "1" }),
  "POST /api/companies/{company}/catalog": () => ({ name: unique("Lamp"), price: 1 }),
  "PATCH /api/companies/{company}/catalog/{id}": () => ({ tax_rate: 0 }),
  "PUT /picture": () => PNG,
  "POST /api/companies/{company}/conversations/{id}/catalog": () => ({
    ...{ client_id: randomUUID(), item_ids: [NOBODY] },
  }),
  "PUT /order-settings": () => ({ currency: "EUR", bank_details: "", expires_after: null }),
  "POST /api/companies/{company}/orders": () => ({
    lines: [{ name: "Lamp", quantity: 1, unit_price: 1 }],
    contact: { email: "lars@people.example" },
  }),
  "PATCH /api/companies/{company}/orders/{id}": () => ({ note: "Two weeks" }),
  "POST /api/companies/{company}/orders/{id}/comments": () => ({ body: "Hm." }),
  "POST /api/companies/{company}/orders/{id}/payments": () => ({ method: "transfer" }),
  "POST /reconciliations": () => ({ csv: "Date;Reference;Amount\n" }),
  "POST /api/webhooks/stripe": () => Buffer.from("{}"),
  ...Object.fromEntries(
    ["offer", "confirmation", "cancellation", "restoration", "receipt", "rejection", "reopening"].map(
      (step) => [`POST /${step}`, () => ({})],
    ),
  ),
  "POST /reconciliation": () => ({}),
  "POST /api/public/conversations/{id}/orders": () => ({
    ...{ client_id: randomUUID(), item_id: NOBODY, quantity: 1 },
  }),
  "PUT /answer": () => ({ answer: "declined", rev: 1 }),
  "POST /api/public/conversations/{id}/orders/{order}/payments": () => ({ method: "transfer" }),
  "PUT /read": () => ({ all: true }),
  "POST /push-subscriptions": () => subscription(),
  "POST /conversations": () => firstWords(),
  "POST /{company}": () => new URLSearchParams({ ...firstWords(), client_id: randomUUID() }),
  "POST /{company}/conversations/{id}/messages": () => new URLSearchParams(words("Hello?")),
  "POST /{company}/chat": () =>
    new URLSearchParams({ name: "Kim", email: "kim@people.example", body: "Hello?" }),
  "POST /{company}/link": () => new URLSearchParams({ email: "nobody@people.example" }),
  "POST /{company}/conversations/{id}/status": () => new URLSearchParams({ status: "closed" }),
  "POST /{company}/conversations/{id}/rating": () => new URLSearchParams({ score: "5" }),
  "POST /{company}/conversations/{id}/orders": () =>
    new URLSearchParams({ client_id: randomUUID(), item_id: NOBODY, quantity: "1" }),
  "POST /{company}/conversations/{id}/orders/{order}/answer": () =>
    new URLSearchParams({ answer: "declined", rev: "1" }),
  "POST /{company}/conversations/{id}/orders/{order}/payments": () =>
    new URLSearchParams({ method: "transfer" }),
  "POST /dev/pay/{session}": () => new URLSearchParams({ outcome: "pay" }),
  "POST /{company}/conversations/{id}/language": () => new URLSearchParams({ language: "fr" }),
};

/**
 * What a route needs in its address: the name of an upload, the words of a search.
 *
 * @param {{ method: string, path: string }} route
 */
export function queryFor({ method, path }) {
  if (path.endsWith("/search")) return "?q=lamp";
  if (path.endsWith("/lines")) return "?after=1";
  const named = path.endsWith("/description-file") || path.endsWith("/files");
  return named && method !== "GET" && method !== "DELETE" ? "?name=lamp.png" : "";
}

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
