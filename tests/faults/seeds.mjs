// How much is tried: little among the other tests, as much as is wanted by `make faults SEEDS=100`.

const { SEEDS, SEED } = process.env;

/**
 * The seeds to try.
 *
 * @param {number} few as many as are tried when it is not said
 * @returns {number[]}
 */
export const seeds = (few) =>
  SEED ? [Number(SEED)] : Array.from({ length: Number(SEEDS ?? few) }, (_, n) => n + 1);
