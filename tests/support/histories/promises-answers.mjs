// That what clients were answered is what happened: each conversation is a register that one agent has at a time.

/**
 * @typedef {import("./evidence.mjs").Evidence} Evidence
 * @typedef {import("./evidence.mjs").Told} Told
 * @typedef {import("./notes.mjs").Note} Note
 */

/** Notes whose answer is a conversation as an agent sees it. @param {Note[]} notes */
const views = (notes) =>
  notes.filter(
    ({ status, answer }) =>
      status === 200 && answer?.assignment_epoch !== undefined && answer?.rev !== undefined,
  );

/** @param {any} answer @returns {string | null} */
const assigneeIn = (answer) => answer.assignee?.id ?? null;

/** @param {Note} note */
const tell = ({ deed, agent, status, answer, conversation }) =>
  `"${deed}" of ${agent} about ${answer?.id ?? conversation}, answered ${status}`;

/** Every answer is a moment of its conversation's log, and has the conversation where it was wanted. @param {Evidence} evidence */
export function answersAreInTheLog({ conversations, notes }) {
  const told = new Map(conversations.map((one) => [one.id, one]));
  return views(notes).flatMap((note) => {
    const { rev, assignment_epoch, status } = note.answer;
    const step = told.get(note.answer.id)?.steps[rev - 1];
    const answered = [assignment_epoch, assigneeIn(note.answer), status];
    const stood = [step?.epoch, step?.assignee, step?.status];
    const faults = [];
    if (JSON.stringify(answered) !== JSON.stringify(stood)) {
      faults.push(`${tell(note)}: at ${rev} it stood at ${stood}, and was said to at ${answered}`);
    }
    if (note.wants !== undefined && note.wants !== assigneeIn(note.answer)) {
      faults.push(`${tell(note)}: it was to be with ${note.wants}, and is with ${assigneeIn(note.answer)}`);
    }
    return faults;
  });
}

/** No two answers give one epoch to different agents. @param {Evidence} evidence */
export function epochsHaveOneAssignee({ notes }) {
  /** @type {Map<string, string | null>} */
  const known = new Map();
  return views(notes).flatMap((note) => {
    const epoch = `${note.answer.id} in epoch ${note.answer.assignment_epoch}`;
    const assignee = assigneeIn(note.answer);
    const before = known.get(epoch) ?? assignee;
    known.set(epoch, assignee);
    return before === assignee ? [] : [`${tell(note)}: ${epoch} is with ${assignee}, and with ${before}`];
  });
}

/** Whoever asks after somebody was answered is answered something newer. @param {Evidence} evidence */
export function answersAreInOrder({ notes }) {
  // A repeat is answered as before.
  const all = views(notes).filter(({ again, deed }) => !again || deed === "takes next");
  return all.flatMap((note) => {
    const late = all.find(
      ({ answer, ended }) =>
        answer.id === note.answer.id && ended < note.began && answer.rev > note.answer.rev,
    );
    return late ? [`${tell(note)} at ${note.answer.rev}, after ${tell(late)} at ${late.answer.rev}`] : [];
  });
}

/** Whoever is refused because somebody has it is told who really had it. @param {Evidence} evidence */
export function refusalsAreTrue({ conversations, notes }) {
  const told = new Map(conversations.map((one) => [one.id, one]));
  return notes.flatMap((note) => {
    const { code, assignee, assignment_epoch } = note.answer ?? {};
    const steps = told.get(String(note.conversation))?.steps ?? [];
    if (code === "already_assigned" && !steps.some((step) => step.assignee === assignee?.id)) {
      return [`${tell(note)}: it never was with ${assignee?.id}`];
    }
    const stood = steps.some(
      (step) => step.epoch === assignment_epoch && step.assignee === (assignee?.id ?? null),
    );
    return code === "stale_epoch" && !stood
      ? [`${tell(note)}: epoch ${assignment_epoch} never was with ${assignee?.id}`]
      : [];
  });
}

/** I1: what was said and acknowledged is in the log once, and nothing is in it twice. @param {Evidence} evidence */
export function wordsAreThereOnce({ conversations, notes }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { event } of conversations.flatMap(({ log }) => log)) {
    if (event.body) counts.set(event.body, (counts.get(event.body) ?? 0) + 1);
  }
  return notes.flatMap((note) => {
    if (!note.said) return [];
    const count = counts.get(note.said) ?? 0;
    const least = note.status === 201 ? 1 : 0;
    return count < least || count > 1 ? [`${tell(note)}: "${note.said}" is there ${count} times`] : [];
  });
}

/**
 * When somebody had what he was answered that he has.
 *
 * @param {Told | undefined} conversation
 * @param {Note} note
 */
function span(conversation, { answer, agent }) {
  const steps = conversation?.steps ?? [];
  const n = steps.findIndex(({ epoch }) => epoch === answer.assignment_epoch);
  const end = steps.slice(n).find(({ holder }) => holder !== agent);
  return { from: steps[n]?.at ?? 0, to: end?.at ?? Number.POSITIVE_INFINITY };
}

/** What the Dispenser deals under one name is one conversation, unless he has lost it since. @param {Evidence} evidence */
export function namesDealOne({ conversations, notes }) {
  const told = new Map(conversations.map((one) => [one.id, one]));
  const dealt = views(notes).filter(({ deed, name }) => deed === "takes next" && name);
  return dealt.flatMap((one, n) => {
    const others = dealt
      .slice(0, n)
      .filter(({ name, answer }) => name === one.name && answer.id !== one.answer.id);
    return others.flatMap((other) => {
      const [his, first] = [span(told.get(one.answer.id), one), span(told.get(other.answer.id), other)];
      const both = his.from < first.to && first.from < his.to;
      return both ? [`${tell(one)}: under this name he has ${other.answer.id} at the same time`] : [];
    });
  });
}
