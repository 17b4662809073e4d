// That nobody hears what is not for him. Each history's words are its own, so that they can be told apart anywhere.

/** @typedef {import("./evidence.mjs").Evidence} Evidence */

/** Words as they stand in a text, of whatever kind it is. */
const WORDS = /Word \d+\./g;

/** @param {string[]} texts */
const wordsIn = (texts) => new Set(texts.flatMap((text) => text.match(WORDS) ?? []));

/** What each one has heard, seen, and been answered. @param {Evidence} evidence */
const everythingHeard = ({ heard, notes }) => [
  ...heard,
  ...notes.map(({ deed, actor, path, answer }) => ({
    who: `who ${deed} (${actor.constructor.name})`,
    outside: path.startsWith("/api/public/"),
    texts: [JSON.stringify(answer ?? null)],
  })),
];

/** I5: no comment of agents' is heard by a customer. @param {Evidence} evidence */
export function commentsStayInside(evidence) {
  const comments = evidence.notes.filter(({ path, said }) => said && path.endsWith("/notes"));
  const inside = new Set(comments.map(({ said }) => said));
  return everythingHeard(evidence)
    .filter(({ outside }) => outside)
    .flatMap(({ who, texts }) =>
      [...wordsIn(texts)].filter((word) => inside.has(word)).map((word) => `${who} has heard "${word}"`),
    );
}

/** I6: nothing is heard at one company that was said at another. @param {Evidence} evidence */
export function companiesStayApart(evidence) {
  const own = new Set(evidence.notes.map(({ said }) => said));
  return everythingHeard(evidence).flatMap(({ who, texts }) =>
    [...wordsIn(texts)]
      .filter((word) => !own.has(word))
      .map((word) => `${who} has heard "${word}" of others`),
  );
}

/** I2: no customer hears an event twice on one socket, or misses one, or hears them out of order. @param {Evidence} evidence */
export function eventsAreHeardInOrder({ heard }) {
  return heard
    .filter(({ outside }) => outside)
    .flatMap(({ who, texts }) => {
      const frames = texts.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text));
      const events = frames.filter(({ type }) => type === "event");
      const wrong = events.find(({ seq }, n) => n > 0 && seq !== events[n - 1].seq + 1);
      return wrong ? [`${who} has heard ${events.map(({ seq }) => seq).join()}`] : [];
    });
}
