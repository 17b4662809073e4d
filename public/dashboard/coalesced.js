// Work that many things ask for, done now and then.

/** However often it is asked for, it is done once in a while, and soon after it was asked for last. */
export class Coalesced {
  #work;
  #every;
  #startedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #ended = false;

  /** @param {() => unknown} work @param {number} every in milliseconds */
  constructor(work, every) {
    this.#work = work;
    this.#every = every;
  }

  /** It begins now, whoever wanted it. */
  begins() {
    this.#startedAt = Date.now();
  }

  soon() {
    if (this.#ended || this.#timer) return;
    // Not put off by what follows: a steady stream must not keep it waiting for ever.
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#work();
      },
      Math.max(this.#startedAt + this.#every - Date.now(), this.#every / 4),
    );
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
