/** A sentence with a word in its place. @param {string} sentence @param {string} word */
export const within = (sentence, word) => sentence.split("{}").join(word);
