// That each log is whole, and that the index and everybody's limits go by it.

/** @typedef {import("./evidence.mjs").Evidence} Evidence */
/** @typedef {import("./replay.mjs").Step} Step */

/** I2: numbered without gaps, and each change follows from the one before, up to the present. @param {Evidence} evidence */
export function logsReplay({ conversations }) {
  return conversations.flatMap(({ id, state, steps, faults }) => {
    const last = steps.at(-1);
    const told = [last?.seq, last?.status, last?.epoch, last?.assignee];
    const stands = [state.head, state.status, state.assignment_epoch, state.assignee?.id ?? null];
    const differs = JSON.stringify(told) !== JSON.stringify(stands);
    return [...faults, ...(differs ? [`it tells ${told}, and stands at ${stands}`] : [])].map(
      (f) => `${id}: ${f}`,
    );
  });
}

/** I7: index and feed say what the conversations say, and owe nothing. @param {Evidence} evidence */
export function indexAgrees({ stored, conversations, notes }) {
  const faults = [];
  const openings = new Set(
    notes.filter(({ deed, status }) => deed === "opens" && status === 201).map(({ name }) => name),
  );
  for (const { id, state, indexedRev, mails } of conversations) {
    const row = stored.index.get(id);
    const view = row ? JSON.parse(row.view) : {};
    const has = [
      row?.rev,
      row?.status,
      row?.assignee_id,
      view.rev,
      view.assignment_epoch,
      row?.folder_id,
      row?.team_id,
    ];
    const stands = [
      ...[state.head, state.status, state.assignee?.id ?? null, state.head, state.assignment_epoch],
      ...[state.folder?.id ?? null, state.team?.id ?? null],
    ];
    if (JSON.stringify(has) !== JSON.stringify(stands))
      faults.push(`${id} is ${stands}, in the index ${has}`);
    if (indexedRev !== state.head) faults.push(`${id} owes the index ${indexedRev} to ${state.head}`);
    if (stored.desk.feed.get(id) !== state.head)
      faults.push(`${id} is in the feed at ${stored.desk.feed.get(id)}`);
    if (mails > 0) faults.push(`${id} owes ${mails} mails`);
  }
  for (const [id, { client_id, rev }] of stored.index) {
    // An opening that nobody was told of may have got no further than its name.
    if (stored.conversations.has(id) || (rev === 0 && !openings.has(client_id))) continue;
    faults.push(`${id} is in the index, and nowhere else`);
  }
  return faults;
}

/**
 * The spans in which agents had conversations by their own limits, or the Desk's word.
 *
 * @param {Step[]} steps
 */
function spans(steps) {
  const found = [];
  for (const [n, { holder, forced, at, epoch }] of steps.entries()) {
    if (!holder || steps[n - 1]?.epoch === epoch) continue;
    const end = steps.slice(n).find((later) => later.holder !== holder || later.epoch !== epoch);
    found.push({ holder, forced, from: at, to: end?.at ?? Number.POSITIVE_INFINITY });
  }
  return found;
}

/** I4: nobody ever had more at once than the most he ever might have, unless by force. @param {Evidence} evidence */
export function limitsHold({ conversations, limits }) {
  const all = conversations.flatMap(({ steps }) => spans(steps)).filter(({ forced }) => !forced);
  return [...limits].flatMap(([agent, limit]) => {
    const his = all.filter(({ holder, from, to }) => holder === agent && from < to);
    const counts = his.map(({ from }) => his.filter((other) => other.from <= from && from < other.to).length);
    const most = Math.max(0, ...counts);
    return most > limit ? [`${agent} had ${most} at once, and never might have more than ${limit}`] : [];
  });
}

/** Whatever was to happen by now has happened. @param {Evidence} evidence */
export function nothingIsOverdue({ conversations, at }) {
  return conversations.flatMap(({ id, state }) => {
    const due = [state.snoozed_until, state.closes_at].find((instant) => instant && Date.parse(instant) < at);
    return due ? [`${id} is ${state.status}, and was to change at ${due}`] : [];
  });
}
