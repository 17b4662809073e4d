// Languages to choose from, in their own words.
const CODES = "en fr de es it pt pt-BR nl pl sv da nb fi cs el ro hu tr uk ru ar he hi ja ko zh".split(" ");

/** @type {[value: string, words: string][]} */
export const LANGUAGES = CODES.map((code) => {
  const own = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return [code, own.charAt(0).toLocaleUpperCase(code) + own.slice(1)];
});
