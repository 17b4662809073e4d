// What a screen shows of the server's: fetched, fetched again, and why it could not be; and forms that change it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, Problem } from "./api.js";
import { leave } from "./session.js";

/**
 * @param {string | undefined} path none: nothing is fetched
 * @returns {{ data: any, problem: Problem | undefined, reload: () => Promise<void> }}
 */
export function useResource(path) {
  const [state, setState] = useState(
    /** @type {{ path?: string, data?: any, problem?: Problem }} */ ({ path }),
  );
  const reload = useCallback(async () => {
    if (!path) return;
    try {
      const data = await get(path);
      setState({ path, data });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) leave();
      // What is there stays there while the line is down.
      else
        setState((before) =>
          error.status === 0 && before.path === path && before.data ? before : { path, problem: error },
        );
    }
  }, [path]);
  useEffect(() => {
    reload();
  }, [reload]);
  const current = state.path === path;
  return {
    data: current ? state.data : undefined,
    problem: current ? state.problem : undefined,
    reload,
  };
}

/**
 * A form's life: what is wrong with it, whether it is on its way, and what happens when it is sent.
 * @param {(form: FormData, element: HTMLFormElement) => Promise<unknown>} work
 */
export function useForm(work) {
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  // Known at once: a second click may come before anything is drawn.
  const sending = useRef(false);

  /** @param {Event} event */
  const onSubmit = async (event) => {
    event.preventDefault();
    if (sending.current) return;
    sending.current = true;
    const element = /** @type {HTMLFormElement} */ (event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    try {
      await work(new FormData(element), element);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      requestAnimationFrame(() => {
        const fault = element.querySelector("[aria-invalid=true], [role=alert]");
        if (fault instanceof HTMLElement) fault.focus();
      });
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return { problem, busy, onSubmit };
}

/** A text of a form, without the blanks around it. @param {FormData} form @param {string} name */
export const text = (form, name) => String(form.get(name) ?? "").trim();

/** A number of a form; null where there is none. @param {FormData} form @param {string} name */
export const number = (form, name) => (text(form, name) === "" ? null : Number(text(form, name)));
