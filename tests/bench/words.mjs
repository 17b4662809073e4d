// What is said: the same words, and so the same number of bytes, to Edgedesk and to the floor.

/** @typedef {import("./http.mjs").LoadRequest} LoadRequest */

/** Stands before the number of a message in its text. */
export const MESSAGE_MARK = "Bench message ";

export const SENTENCE =
  "Good morning, the parcel has not arrived yet. Could you have a look where it is? Thank you.";

/**
 * A message of that number: its name for the request, and its text.
 *
 * @param {number | string} number a number, or the placeholder that load.mjs replaces by one
 * @param {string} [run] eight hexadecimal digits that tell numbers of different runs apart
 */
export function messageText(number, run = "00000000") {
  const digits = typeof number === "number" ? String(number).padStart(12, "0") : number;
  return { client_id: `${run}-0000-7000-8000-${digits}`, body: `${MESSAGE_MARK}${digits}. ${SENTENCE}` };
}

/**
 * A customer who writes for the first time.
 *
 * @type {(company: string, number: string, run: string, subject: string) => LoadRequest}
 */
export function openingRequest(company, number, run, subject) {
  const { client_id } = messageText(number, run);
  const who = { name: `Customer ${number}`, email: `c${number}@example.org` };
  const words = { client_id, ...who, subject: `${subject} ${number}`, body: SENTENCE };
  const path = `/api/public/companies/${company}/conversations`;
  return { method: "POST", path, body: JSON.stringify(words) };
}
