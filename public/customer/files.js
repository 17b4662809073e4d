// Files on the customer's page: sent as soon as they are chosen, dropped or pasted, and carried by the next message.
// Without this script they go with the form.
import { dragsFiles, FILE_BYTES, filesIn, MOST_BYTES, MOST_FILES, upload } from "../live/upload.js";
import { within } from "./within.js";

/** @typedef {import("../live/upload.js").Attachment} Attachment */
/** @typedef {{ item: HTMLElement, size: number, file?: File, attachment?: Attachment, cancel?: () => void, failed?: boolean }} Sent */

/** @typedef {{ attached: string, units: string[], upload_of: string, remove: string, nothing_in: string, is_too_large: string,
 *   too_many: string, too_much: string, too_often: string, failed: string, again: string }} Words */

const tenths = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

const SHOWN = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/**
 * Takes over a form's field for files.
 * @param {HTMLFormElement} form
 * @param {string} path of the conversation's files
 * @param {Words} words
 */
export function carryFiles(form, path, words) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("files"));
  const list = make("ul", "attached");
  const notice = make("p", "fault");
  notice.setAttribute("role", "alert");
  field.after(list, notice);
  field.toggleAttribute("data-emptied", true);
  /** @type {Sent[]} */
  let all = [];
  /** @type {(() => void) | undefined} */
  let then;

  field.addEventListener("change", () => {
    add(field.files ?? []);
    field.value = "";
  });
  takeFiles(form, add);

  /** @param {Iterable<File>} files */
  function add(files) {
    notice.textContent = "";
    for (const file of files) {
      const fault = faultOf(
        file,
        all.length,
        all.reduce((sum, { size }) => sum + size, 0),
        words,
      );
      if (fault) notice.textContent = fault;
      else send(file);
    }
  }

  /** @param {File} file */
  async function send(file) {
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", within(words.upload_of, file.name));
    const one = show(file, bar);
    const { done, cancel } = upload(path, file, (part) => {
      bar.value = part;
    });
    one.cancel = cancel;
    const { status, body } = await done;
    bar.remove();
    one.cancel = undefined;
    if (status === 201) one.attachment = body;
    else fail(one, status === 429 ? words.too_often : words.failed);
    settle();
  }

  /** @param {Sent} one @param {string} why */
  function fail(one, why) {
    one.failed = true;
    one.item.dataset.state = "failed";
    const again = make("button", "button button-plain", words.again);
    again.type = "button";
    again.addEventListener("click", () => {
      forget(one);
      if (one.file) send(one.file);
    });
    one.item.querySelector(".about")?.append(" ", make("span", "fault", why), " ", again);
  }

  /** @param {File | Attachment} file @param {HTMLElement} [bar] @returns {Sent} */
  function show(file, bar) {
    const item = make("li");
    const remove = make("button", "remove", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", within(words.remove, file.name));
    const about = make("span", "about");
    about.append(
      make("span", "name", file.name),
      " ",
      make("small", "", sizeOf(file.size, words)),
      ...(bar ? [bar] : []),
    );
    item.append(kind(file.name), about, remove);
    list.append(item);
    /** @type {Sent} */
    const one = { item, size: file.size, file: file instanceof File ? file : undefined };
    all.push(one);
    remove.addEventListener("click", () => {
      one.cancel?.();
      forget(one);
      if (one.attachment) fetch(`${path}/${one.attachment.id}`, { method: "DELETE" }).catch(() => {});
      field.focus();
      settle();
    });
    return one;
  }

  /** @param {Sent} one */
  function forget(one) {
    one.item.remove();
    all = all.filter((other) => other !== one);
  }

  function settle() {
    if (!then || all.some(({ attachment, failed }) => !attachment && !failed)) return;
    const next = then;
    then = undefined;
    if (!all.some(({ failed }) => failed)) next();
  }

  return {
    /** Whether there are any. */
    any: () => all.length > 0,
    /** Does something as soon as all of them are there. @param {() => void} next */
    whenReady(next) {
      then = next;
      settle();
    },
    /** They go with a message now. @returns {Attachment[]} */
    take() {
      const taken = all.flatMap(({ attachment }) => attachment ?? []);
      for (const one of [...all]) forget(one);
      return taken;
    },
    /** They could not go with it. @param {Attachment[]} attachments */
    put(attachments) {
      for (const attachment of attachments) show(attachment).attachment = attachment;
    },
  };
}

/** The files of a message, as the server renders them. @param {string} path @param {Attachment[]} files @param {Words} words */
export function fileList(path, files, words) {
  const list = make("ul", "files");
  list.setAttribute("aria-label", words.attached);
  for (const { id, name, type, size } of files) {
    const link = make("a", SHOWN.includes(type) ? "picture" : "file");
    link.href = `${path}/${id}`;
    if (SHOWN.includes(type)) {
      link.target = "_blank";
      link.rel = "noopener";
      const image = make("img");
      Object.assign(image, { loading: "lazy", width: 160, height: 120, alt: name, src: link.href });
      link.append(image);
    } else {
      link.download = name;
      link.append(kind(name), " ", make("span", "name", name), " ", make("small", "", sizeOf(size, words)));
    }
    const item = make("li");
    item.append(link);
    list.append(item);
  }
  return list;
}

/** Hands over what is dropped anywhere, or pasted into a form. @param {HTMLFormElement} form @param {(files: File[]) => void} add */
export function takeFiles(form, add) {
  const mark = (/** @type {boolean} */ over) => form.toggleAttribute("data-dropping", over);
  addEventListener("dragover", (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  addEventListener("drop", (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    mark(false);
    add([...(event.dataTransfer?.files ?? [])]);
  });
  form.addEventListener("paste", (event) => {
    const files = filesIn(event.clipboardData);
    if (files.length > 0) event.preventDefault();
    add(files);
  });
}

/** Why a file cannot go with the others. @param {File} file @param {number} count @param {number} bytes @param {Words} words */
export function faultOf({ name, size }, count, bytes, words) {
  if (size === 0) return within(words.nothing_in, name);
  if (size > FILE_BYTES) return within(words.is_too_large, name);
  if (count >= MOST_FILES) return words.too_many;
  return bytes + size > MOST_BYTES ? words.too_much : "";
}

/** @param {number} bytes @param {Words} words */
function sizeOf(bytes, { units }) {
  if (bytes < 1_024) return `${bytes} ${units[0]}`;
  return bytes < 1_048_576
    ? `${Math.floor(bytes / 1_024)} ${units[1]}`
    : `${tenths.format(bytes / 1_048_576)} ${units[2]}`;
}

/** @param {string} name */
function kind(name) {
  const sign = make("span", "kind", /\.([^.]{1,4})$/.exec(name)?.[1] ?? "");
  sign.ariaHidden = "true";
  return sign;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} [className] @param {string} [text]
 */
function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
