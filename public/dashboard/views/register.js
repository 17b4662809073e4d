import { useEffect, useState } from "preact/hooks";
import { get, Problem, post } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { enterAfterSigningIn } from "../session.js";
import { explain } from "../toast.js";
import { Door, Field, values } from "./fields.js";

/** How long somebody pauses before we look whether the address is free. */
const PAUSE = 250;

export function Register() {
  const [company, setCompany] = useState("");
  const [wanted, setWanted] = useState(/** @type {string | undefined} */ (undefined));
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  const address = useAddress(wanted ?? company);
  document.title = `${t("register")} · Edgedesk`;

  /** @param {Event} event */
  const submit = async (event) => {
    const { accept_terms, slug, ...fields } = values(event);
    const chosen = slug ?? address?.suggestion ?? address?.slug;
    setBusy(true);
    try {
      const body = { ...fields, ...(chosen ? { slug: chosen } : {}), accept_terms: accept_terms === "on" };
      const founded = await post("/api/signup", body);
      enterAfterSigningIn(founded.company.slug);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "slug_taken") setWanted(chosen);
      setProblem(error);
      setBusy(false);
    }
  };

  const faults = (/** @type {string} */ field) => problem?.of(field);
  const general = problem && !problem.body.errors && problem.code !== "slug_taken";
  return html`<${Door} title=${t("register_title")}>
    <form class="form" onSubmit=${submit} noValidate>
      ${general && html`<p class="notice notice-error" role="alert">${explain(problem)}</p>`}
      <div class="pair">
        <${Field} name="first_name" label=${t("first_name")} autocomplete="given-name" fault=${faults("first_name")} />
        <${Field} name="last_name" label=${t("last_name")} autocomplete="family-name" fault=${faults("last_name")} />
      </div>
      <${Field} name="company" label=${t("company")} autocomplete="organization" fault=${faults("company")}
        onInput=${(/** @type {any} */ event) => setCompany(event.target.value)} />
      <${Address} address=${address} wanted=${wanted} setWanted=${setWanted} problem=${problem} />
      <${Field} name="email" label=${t("email")} type="email" autocomplete="username" fault=${faults("email")} />
      <${Field} name="password" label=${t("password")} type="password" autocomplete="new-password"
        hint=${t("password_hint")} fault=${faults("password")} />
      <div>
        <label><input type="checkbox" name="accept_terms" aria-describedby="terms-fault" /> ${t("accept_terms")}${" "}
          <a href="/terms" target="_blank">${t("terms")}</a></label>
        ${faults("accept_terms") && html`<p class="fault" id="terms-fault">${faults("accept_terms")}</p>`}
      </div>
      <button class="button button-primary" disabled=${busy}>${t("create_desk")}</button>
    </form>
    <p>${t("have_account")} <a href="/sign-in">${t("sign_in")}</a></p>
  <//>`;
}

/**
 * The desk's address: made from the company's name until somebody wants another.
 * @param {{ address: any, wanted: string | undefined, setWanted: (slug: string) => void, problem?: Problem }} props
 */
function Address({ address, wanted, setWanted, problem }) {
  if (wanted === undefined) {
    const slug = address?.available ? address.slug : (address?.suggestion ?? address?.slug);
    if (!slug) return null;
    return html`<p class="address">
      ${t("url_will_be")} <strong>${location.host}/${slug}</strong>${" "}
      <button type="button" class="link" onClick=${() => setWanted(slug)}>${t("change_url")}</button>
    </p>`;
  }
  const taken = address?.slug === wanted && !address.available;
  const suggestion = address?.suggestion ?? problem?.body.suggestion;
  const fault = problem?.of("slug") ?? (taken ? t("url_taken") : undefined);
  return html`<div>
    <${Field} name="slug" label=${`${t("url")} · ${location.host}/`} value=${wanted} fault=${fault}
      hint=${!fault && address?.available ? t("url_free") : undefined}
      onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
    ${
      taken &&
      suggestion &&
      html`<button type="button" class="link" onClick=${() => setWanted(suggestion)}>
        ${t("url_suggestion", { slug: suggestion })}
      </button>`
    }
  </div>`;
}

/** Whether an address is free, asked when the typing pauses. @param {string} text */
function useAddress(text) {
  const [address, setAddress] = useState(/** @type {any} */ (undefined));
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      if (!text.trim()) return setAddress(undefined);
      const found = await get(`/api/slugs/${encodeURIComponent(text)}`).catch(() => undefined);
      if (current) setAddress(found);
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return address;
}
