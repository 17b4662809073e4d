// Asking the server: JSON in, JSON out, problems as errors.
import { forget, takeAhead } from "./ahead.js";

/** A refusal of the server (RFC 9457), or no answer at all (`status` 0). */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(body.detail ?? "");
    this.status = status;
    this.code = /** @type {string} */ (body.code ?? "unreachable");
    this.body = body;
  }

  /** What is wrong with a field of the form that was sent. @param {string} field @returns {string | undefined} */
  of(field) {
    return this.body.errors?.find((/** @type {{ field: string }} */ error) => error.field === field)?.detail;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, signal) {
  const headers = body === undefined ? undefined : { "content-type": "application/json" };
  const options = {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ?? null,
  };
  if (method !== "GET") forget();
  const ahead = method === "GET" ? takeAhead(path) : undefined;
  const response = await (ahead ?? fetch(path, options)).catch(() => undefined);
  if (!response) throw new Problem(0, {});
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

export const get = (/** @type {string} */ path, /** @type {AbortSignal | undefined} */ signal = undefined) =>
  ask("GET", path, undefined, signal);
export const post = (/** @type {string} */ path, /** @type {unknown} */ body = {}) => ask("POST", path, body);
export const patch = (/** @type {string} */ path, /** @type {unknown} */ body) => ask("PATCH", path, body);
export const put = (/** @type {string} */ path, /** @type {unknown} */ body) => ask("PUT", path, body);

/** Where a company's resources are. @param {string} slug */
export const at = (slug) => `/api/companies/${encodeURIComponent(slug)}`;
