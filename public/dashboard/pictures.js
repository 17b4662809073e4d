// Pictures on their way to the server: made small here, which also takes off what a camera wrote into them.
import { Problem } from "./api.js";

/**
 * A picture whose longer side has at most so many pixels.
 * @param {Blob} file
 * @param {number} side
 * @returns {Promise<Blob>}
 */
export async function shrink(file, side) {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  // What is no picture is sent as it is: the server says why it does not take it.
  if (!bitmap) return file;
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/png"));
}

/** @param {string} path @param {Blob} file @returns {Promise<any>} */
export async function upload(path, file) {
  const options = { method: "PUT", body: file, headers: { "content-type": "application/octet-stream" } };
  const response = await fetch(path, options).catch(() => undefined);
  if (!response) throw new Problem(0, {});
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}
