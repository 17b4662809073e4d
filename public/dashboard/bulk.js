// The same for many: a few at a time, with what was refused kept for the end. It can be stopped between two.
import { useRef, useState } from "preact/hooks";
import { Problem } from "./api.js";

/** More at once would only wait in line. */
const AT_ONCE = 4;

/**
 * @template T
 * @typedef {{ thing: T, problem: Problem }} Refused
 */

/**
 * @template T
 * @param {T[]} things
 * @param {(thing: T) => Promise<unknown>} work
 * @param {(done: number) => boolean} goesOn told after each, answers whether to go on
 * @returns {Promise<{ done: T[], refused: Refused<T>[] }>}
 */
export async function toEach(things, work, goesOn) {
  const waiting = [...things];
  const [done, refused] = [/** @type {T[]} */ ([]), /** @type {Refused<T>[]} */ ([])];
  const line = async () => {
    for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift()) {
      try {
        await work(thing);
        done.push(thing);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused.push({ thing, problem: error });
      }
      if (!goesOn(done.length + refused.length)) waiting.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  return { done, refused };
}

/** {@link toEach} with its progress: how many are done, while there is something under way. */
export function useProgress() {
  const [progress, setProgress] = useState(
    /** @type {{ done: number, of: number } | undefined} */ (undefined),
  );
  const stopped = useRef(false);
  /**
   * @template T
   * @param {T[]} things
   * @param {(thing: T) => Promise<unknown>} work
   */
  const run = async (things, work) => {
    stopped.current = false;
    setProgress({ done: 0, of: things.length });
    try {
      return await toEach(things, work, (done) => {
        setProgress({ done, of: things.length });
        return !stopped.current;
      });
    } finally {
      setProgress(undefined);
    }
  };
  const stop = () => {
    stopped.current = true;
  };
  return { progress, run, stop };
}
