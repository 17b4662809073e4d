// The contact page: files that are dropped or pasted are added to those that were chosen. They go with the form.
import { faultOf, takeFiles } from "./files.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("begin"));
const words = JSON.parse(form.dataset.words ?? "{}");
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("files"));

takeFiles(form, (files) => {
  const chosen = new DataTransfer();
  for (const file of [...(field.files ?? []), ...files]) chosen.items.add(file);
  field.files = chosen.files;
  check();
});
field.addEventListener("change", check);

/** Says what is wrong before it is sent. */
function check() {
  let fault = "";
  let bytes = 0;
  for (const [at, file] of [...(field.files ?? [])].entries()) {
    fault ||= faultOf(file, at, bytes, words);
    bytes += file.size;
  }
  field.setCustomValidity(fault);
  field.reportValidity();
}
