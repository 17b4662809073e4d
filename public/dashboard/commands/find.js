// Finding commands by a few of their letters.

/**
 * How well the words of a query are found in a text, in any order; none where one is not. A word is found as it is, or by
 * letters of it that follow in their order: those that begin words or follow each other count most. Shorter texts count
 * a little more.
 * @param {string} query
 * @param {string} text
 * @returns {number | undefined}
 */
export function score(query, text) {
  const searched = plain(text);
  let sum = -searched.length / 100;
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    const points = pointsOf(word, searched);
    if (points === undefined) return undefined;
    sum += points;
  }
  return sum;
}

/** @param {string} word @param {string} text */
function pointsOf(word, text) {
  const whole = text.indexOf(word);
  if (whole >= 0) return word.length * 10 + (isStart(text, whole) ? 10 : 0) - whole / 10;
  let [at, sum, run] = [0, 0, 0];
  for (const letter of word) {
    const found = next(text, letter, at);
    if (found < 0) return undefined;
    run = found === at && at > 0 ? run + 1 : 0;
    sum += 1 + run * 2 + (isStart(text, found) ? 4 : 0);
    at = found + 1;
  }
  return sum;
}

/** Where a letter is next: best where a word begins. @param {string} text @param {string} letter @param {number} from */
function next(text, letter, from) {
  const first = text.indexOf(letter, from);
  if (first === from) return first;
  for (let at = first; at >= 0; at = text.indexOf(letter, at + 1)) if (isStart(text, at)) return at;
  return first;
}

/** @param {string} text @param {number} at */
const isStart = (text, at) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");

/** Without capitals and accents. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
