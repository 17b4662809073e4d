// Files on their way into a conversation: sent at once, kept with the draft they belong to until it is sent.
import { computed, effect, signal } from "@preact/signals";
import { FILE_BYTES, MOST_BYTES, MOST_FILES, upload } from "../live/upload.js";
import { ask, at, Problem } from "./api.js";
import { draftFiles, keepDraftFiles } from "./drafts.js";
import { t } from "./i18n.js";
import { leave, slug } from "./session.js";

/** @import { Attachment } from "./types.js" */
/**
 * @typedef {object} Upload
 * @property {string} key
 * @property {string} name
 * @property {number} size
 * @property {"waiting" | "sending" | "ready" | "failed"} state
 * @property {number} part of it that has arrived, from 0 to 1
 * @property {Attachment} [attachment] once it is there
 * @property {string} [fault]
 * @property {boolean} [again] whether it may work another time
 * @property {File} [file] until it is there
 */

const AT_ONCE = 3;

/** They go on while somebody looks at another conversation. @type {Map<string, Uploads>} */
const all = new Map();

/** The files of a draft. @param {string} id of the conversation @param {"message" | "note"} mode */
export function uploadsOf(id, mode) {
  const key = `${slug.peek()}/${id}/${mode}`;
  const known = all.get(key) ?? new Uploads(id, mode);
  all.set(key, known);
  return known;
}

/** Where a file of a conversation is. @param {string} conversation @param {string} file */
export const fileUrl = (conversation, file) =>
  `${at(slug.value ?? "")}/conversations/${conversation}/files/${file}`;

export class Uploads {
  id;
  files = signal(/** @type {Upload[]} */ ([]));
  /** What was just refused without being tried. */
  fault = signal("");
  /** Whether a message waits for its files. */
  awaited = signal(false);
  isEmpty = computed(() => this.files.value.length === 0);

  #path;
  /** @type {Map<string, () => void>} */
  #cancels = new Map();
  /** @type {(() => void) | undefined} */
  #then;

  /** @param {string} id @param {import("./thread.js").Mode} mode */
  constructor(id, mode) {
    this.id = id;
    this.#path = `${at(slug.peek() ?? "")}/conversations/${id}/files`;
    this.files.value = /** @type {Attachment[]} */ (draftFiles(id, mode)).map(ready);
    effect(() => {
      const there = this.files.value.flatMap(({ attachment }) => attachment ?? []);
      keepDraftFiles(id, mode, there);
    });
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.fault.value = "";
    for (const file of files) {
      const fault = this.#faultOf(file);
      if (fault) this.fault.value = fault;
      else {
        const { name, size } = file;
        const one = {
          key: crypto.randomUUID(),
          name,
          size,
          state: /** @type {const} */ ("waiting"),
          part: 0,
          file,
        };
        this.files.value = [...this.files.peek(), one];
      }
    }
    this.#next();
  }

  /** @param {Upload} one */
  retry({ key }) {
    this.#change(key, { state: "waiting", part: 0, fault: undefined });
    this.#next();
  }

  /** Cancels what is on its way, takes back what is there. @param {Upload} one */
  remove({ key, attachment }) {
    this.fault.value = "";
    this.#cancels.get(key)?.();
    this.files.value = this.files.peek().filter((other) => other.key !== key);
    // Should that fail, it expires.
    if (attachment) ask("DELETE", fileUrl(this.id, attachment.id)).catch(() => {});
    this.#settle();
  }

  /** Does something as soon as all files are there; nothing if one of them fails. @param {() => void} then */
  whenReady(then) {
    this.#then = then;
    this.awaited.value = true;
    this.#settle();
  }

  /** Whoever waited for the files does not any more. */
  forgetWaiting() {
    this.#then = undefined;
    this.awaited.value = false;
  }

  /** The files, which go with a message now. @returns {Attachment[]} */
  take() {
    const taken = this.files.peek().flatMap(({ attachment }) => attachment ?? []);
    this.files.value = [];
    this.fault.value = "";
    return taken;
  }

  /** @param {File} file */
  #faultOf({ name, size }) {
    const known = this.files.peek();
    if (size === 0) return t("file_empty", { name });
    if (size > FILE_BYTES) return t("file_too_large", { name });
    if (known.length >= MOST_FILES) return t("too_many_files");
    const together = known.reduce((sum, one) => sum + one.size, size);
    return together > MOST_BYTES ? t("files_too_large") : "";
  }

  #next() {
    const files = this.files.peek();
    const free = AT_ONCE - files.filter(({ state }) => state === "sending").length;
    for (const one of files.filter(({ state }) => state === "waiting").slice(0, free)) this.#send(one);
  }

  /** @param {Upload} one */
  async #send({ key, file }) {
    if (!file) return;
    this.#change(key, { state: "sending" });
    const { done, cancel } = upload(this.#path, file, (part) => this.#change(key, { part }));
    this.#cancels.set(key, cancel);
    const { status, body } = await done;
    this.#cancels.delete(key);
    if (status === 201) {
      this.#change(key, { ...ready(body), key });
    } else if (status === 401) {
      leave();
    } else {
      const problem = new Problem(status, body);
      const again = status === 0 || status === 400 || status === 429 || status >= 500;
      this.#change(key, { state: "failed", fault: problem.message || t("file_not_sent"), again });
    }
    this.#next();
    this.#settle();
  }

  #settle() {
    const states = this.files.peek().map(({ state }) => state);
    const then = this.#then;
    if (!then || states.some((state) => state === "waiting" || state === "sending")) return;
    this.forgetWaiting();
    if (!states.includes("failed")) then();
  }

  /** @param {string} key @param {Partial<Upload>} change */
  #change(key, change) {
    this.files.value = this.files.peek().map((one) => (one.key === key ? { ...one, ...change } : one));
  }
}

/** @param {Attachment} attachment @returns {Upload} */
function ready(attachment) {
  const { id, name, size } = attachment;
  return { key: id, name, size, state: "ready", part: 1, attachment, file: undefined };
}
