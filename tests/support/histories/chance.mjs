// Chance that can be had again: the same seed, the same choices.

/** A generator of choices (mulberry32). */
export class Chance {
  /** @param {number} seed */
  constructor(seed) {
    this.state = Math.imul(seed, 0x9e3779b1) >>> 0;
  }

  /** From 0 to just below 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. @param {number} from @param {number} to */
  between(from, to) {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** @param {number} probability */
  happens(probability) {
    return this.next() < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} things
   * @returns {T | undefined} none of none
   */
  of(things) {
    return things[Math.floor(this.next() * things.length)];
  }

  /**
   * One of several, each as likely as its weight says.
   *
   * @template T
   * @param {readonly (readonly [number, T])[]} weighed
   * @returns {T}
   */
  weighed(weighed) {
    let left = this.next() * weighed.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, thing] of weighed) {
      left -= weight;
      if (left < 0) return thing;
    }
    throw new Error("nothing to choose from");
  }

  /** Another generator, which goes its own way. @param {number} number */
  branch(number) {
    return new Chance(this.between(0, 2 ** 31) ^ Math.imul(number + 1, 0x85ebca6b));
  }

  /** A name for a request. */
  uuid() {
    const digits = (/** @type {number} */ count) =>
      Array.from({ length: count }, () => this.between(0, 15).toString(16)).join("");
    return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
  }
}
