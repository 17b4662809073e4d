// Files for conversations: bringing them, having them, and what is left of them.

import { randomUUID } from "node:crypto";

/**
 * @typedef {import("./actors.mjs").Actor} Actor
 * @typedef {import("./desk.mjs").Desk} Desk
 */

/**
 * Brings a file into a conversation.
 *
 * @param {Actor} who
 * @param {string} path of the conversation
 * @param {Uint8Array | string} bytes
 * @param {string} [name]
 * @param {Record<string, string | undefined>} [headers]
 */
export const bring = (who, path, bytes, name = "lamp.txt", headers = {}) =>
  who.request("POST", `${path}/files?name=${encodeURIComponent(name)}`, bytes, {
    "content-type": "application/octet-stream",
    ...headers,
  });

/**
 * A file that is there.
 *
 * @param {Actor} who
 * @param {string} path of the conversation
 * @param {Uint8Array | string} bytes
 * @param {string} [name]
 * @returns {Promise<{ id: string, name: string, type: string, size: number }>}
 */
export const brought = async (who, path, bytes, name) => (await bring(who, path, bytes, name)).good(201);

/** Words with files. @param {string[]} attachments @param {string} [body] */
export const carrying = (attachments, body = "See here") => ({ client_id: randomUUID(), body, attachments });

/**
 * A file as its bytes.
 *
 * @param {Actor} who
 * @param {string} path
 * @param {Record<string, string>} [headers]
 */
export async function fetched(who, path, headers = {}) {
  const response = await fetch(who.desk.url + path, {
    headers: /** @type {Record<string, string>} */ ({ ...who.headers, ...headers }),
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** The keys of what is stored of a conversation's files. @param {Desk} desk @param {string} conversation */
export async function stored(desk, conversation) {
  const bucket = /** @type {any} */ (await desk.runtime.mf.getR2Bucket("FILES"));
  /** @type {{ objects: { key: string }[] }} */
  const { objects } = await bucket.list();
  return objects.map(({ key }) => key).filter((key) => key.includes(conversation));
}

/**
 * A form with files, as browsers send it without a script.
 *
 * @param {Record<string, string>} fields
 * @param {[name: string, bytes: Uint8Array | string, type?: string][]} files
 */
export function formOf(fields, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, bytes, type] of files) {
    const part = typeof bytes === "string" ? bytes : new Uint8Array(bytes);
    form.append("files", new Blob([part], { type }), name);
  }
  return form;
}
