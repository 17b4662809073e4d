// A list that comes in parts: the next one when somebody asks for it, and all that is there once more when something changed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, Problem } from "./api.js";
import { leave } from "./session.js";

/** @typedef {{ path: string, items?: any[], next: string | null, problem?: Problem }} State */

/** Of one part. */
const PART = 50;

/**
 * @param {string} path with its query, if it has one
 * @returns {{ items: any[] | undefined, next: string | null, problem: Problem | undefined, more: () => Promise<void>,
 *   reload: () => Promise<void> }}
 */
export function usePages(path) {
  const [state, setState] = useState(
    /** @type {{ path: string, items?: any[], next: string | null, problem?: Problem }} */ ({
      path,
      next: null,
    }),
  );
  const known = useRef(state);
  known.current = state;
  const wanted = useRef(path);
  wanted.current = path;
  /** @param {() => Promise<{ items: any[], next: string | null }>} bring */
  const show = async (bring) => {
    try {
      const page = await bring();
      // Whoever asked for another list meanwhile is not shown this one.
      if (wanted.current === path) setState({ path, ...page });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) leave();
      else if (wanted.current === path) setState(withTrouble(known.current, path, error));
    }
  };
  const reload = useCallback(() => {
    const there = known.current.path === path ? (known.current.items?.length ?? 0) : 0;
    return show(() => bringAll(path, there));
  }, [path]);
  const more = useCallback(() => {
    const { items = [], next } = known.current;
    if (!next) return Promise.resolve();
    return show(async () => {
      const page = await bring(path, next);
      const fresh = page.items.filter(
        (/** @type {{ id: string }} */ { id }) => !items.some((one) => one.id === id),
      );
      return { items: [...items, ...fresh], next: page.next };
    });
  }, [path]);
  useEffect(() => {
    reload();
  }, [reload]);
  const current = state.path === path ? state : { items: undefined, next: null, problem: undefined };
  return { items: current.items, next: current.next, problem: current.problem, more, reload };
}

/** What is there stays there while the line is down. @param {State} before @param {string} path @param {Problem} problem @returns {State} */
function withTrouble(before, path, problem) {
  const stays = problem.status === 0 && before.path === path && before.items;
  return stays ? before : { path, next: null, problem };
}

/** @param {string} path @param {number} count at least so many, where there are */
async function bringAll(path, count) {
  const page = await bring(path, null);
  while (page.next && page.items.length < count) {
    const { items, next } = await bring(path, page.next);
    page.items.push(...items);
    page.next = next;
  }
  return page;
}

/** @param {string} path @param {string | null} cursor */
const bring = (path, cursor) =>
  get(
    `${path}${path.includes("?") ? "&" : "?"}limit=${PART}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
  );
