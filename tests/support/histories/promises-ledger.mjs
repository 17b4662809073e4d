// That the Desk and the conversations agree: on slots, on the queue, and on who has what.

import { isAssignable, isUnderWay, isWaiting } from "./evidence.mjs";

/** @typedef {import("./evidence.mjs").Evidence} Evidence */

/** I3: at most one assignee, who may have conversations, and whose slot the conversation names. @param {Evidence} evidence */
export function assigneesMayHaveThem({ stored, conversations }) {
  const members = new Map(stored.members.map((member) => [member.id, member]));
  return conversations.flatMap(({ id, state, tenure }) => {
    const holder = isUnderWay(state) ? state.assignee?.id : undefined;
    const faults = [];
    if (tenure.holder?.agent !== holder) {
      faults.push(`${id} is with ${holder}, by its tenure with ${tenure.holder?.agent}`);
    }
    if (!holder) return faults;
    const member = members.get(holder);
    if (!member) faults.push(`${id} is with ${holder}, who does not work here`);
    else if (!isAssignable(member)) {
      faults.push(`${id} is with ${holder}, who is ${member.status}, ${member.roles.join()}`);
    }
    return faults;
  });
}

/** I7: slots are assignments, each held, and nothing else is. @param {Evidence} evidence */
export function slotsAreAssignments({ stored, conversations }) {
  const faults = [];
  const tenures = new Map(conversations.map(({ id, tenure }) => [id, tenure]));
  for (const [id, { active, record }] of stored.desk.records) {
    const holder = tenures.get(id)?.holder;
    const slots = Object.entries(record.slots ?? {});
    for (const [reservation, { agent, lease_until }] of slots) {
      if (lease_until) faults.push(`${id} has only reserved ${reservation} of ${agent}`);
      if (reservation !== holder?.reservation)
        faults.push(`${id} takes ${reservation} of ${agent} without need`);
      else if (agent !== holder.agent)
        faults.push(`${id} takes a slot of ${agent} instead of ${holder.agent}`);
    }
    const isActive = slots.length > 0 || Boolean(record.waiter);
    if (active !== isActive) faults.push(`${id} is kept as active: ${active}, and is: ${isActive}`);
    if (!tenures.has(id)) faults.push(`${id} is known to the Desk, and nowhere else`);
  }
  for (const [id, { holder }] of tenures) {
    const slots = stored.desk.records.get(id)?.record.slots ?? {};
    if (holder && !slots[holder.reservation]) {
      faults.push(`${id} has no slot of ${holder.agent} by ${holder.reservation}`);
    }
  }
  return faults;
}

/** R6: the Desk has heard how each conversation stands. @param {Evidence} evidence */
export function reportsArrived({ stored, conversations }) {
  return conversations.flatMap(({ id, state, tenure }) => {
    const seen = stored.desk.records.get(id)?.record.seen;
    const faults = [];
    if (tenure.owes_report) faults.push(`${id} owes the Desk a report`);
    if (seen?.epoch !== tenure.epoch)
      faults.push(`${id} is in epoch ${tenure.epoch}, for the Desk in ${seen?.epoch}`);
    if (seen?.rev > state.head) faults.push(`${id} has ${state.head} entries, for the Desk ${seen.rev}`);
    return faults;
  });
}

/** What a conversation waits for. @param {any} state */
function waiterOf(state) {
  const prefers = state.returns_to?.id ?? state.sticky ?? null;
  return {
    since: state.waiting_since ?? state.last_event_at,
    folder: state.folder?.id ?? null,
    team: state.team?.id ?? null,
    language: state.language,
    prefers: prefers === state.avoids ? null : prefers,
    avoids: state.avoids ?? null,
  };
}

/** I7: the queue is what waits. @param {Evidence} evidence */
export function queueIsWhatWaits({ stored, conversations }) {
  return conversations.flatMap(({ id, state }) => {
    const queued = stored.desk.records.get(id)?.record.waiter;
    const waits = isWaiting(state) ? waiterOf(state) : undefined;
    const differs =
      Boolean(queued) !== Boolean(waits) || Object.entries(waits ?? {}).some(([k, v]) => queued[k] !== v);
    return differs
      ? [`${id} waits for ${JSON.stringify(waits)}, by the queue for ${JSON.stringify(queued)}`]
      : [];
  });
}

/** Whether a member sees what comes into a folder. @param {any} colleague @param {string | null} folder */
const seesIn = ({ member }, folder) =>
  folder === null ||
  member.roles.includes("supervisor") ||
  member.folders.some(
    (/** @type {any} */ right) => right.folder === folder && (right.see_incoming || right.assign),
  );

/** R9: nothing waits beside somebody who is there, free, and the one for it. @param {Evidence} evidence */
export function nothingWaitsInVain({ stored, conversations, there }) {
  const { desk, company, members } = stored;
  const load = (/** @type {string} */ id) =>
    conversations.filter(({ tenure }) => tenure.holder?.agent === id).length;
  const isFree = (/** @type {any} */ member) =>
    there.has(member.id) &&
    isAssignable(member) &&
    (desk.chosen.get(member.id) ?? "online") === "online" &&
    load(member.id) < member.limit;
  const free = members.filter(isFree);
  // A team none of whose people may have conversations holds nothing up.
  const belongs = (/** @type {string} */ team) =>
    members.some((member) => isAssignable(member) && member.teams.includes(team));
  return conversations.flatMap(({ id, state }) => {
    if (!isWaiting(state)) return [];
    const { folder, team, prefers } = waiterOf(state);
    const serves = (/** @type {any} */ member) => {
      const known = desk.roster?.colleagues[member.id];
      return (
        known && seesIn(known, folder) && (team === null || !belongs(team) || member.teams.includes(team))
      );
    };
    const automatic = company.assignment_policy !== "off";
    const one = free.find((member) => member.id === prefers || (automatic && serves(member)));
    return one ? [`${id} waits beside ${one.id}, who has ${load(one.id)} of ${one.limit}`] : [];
  });
}

/** The Desk's copy of the people is what D1 has. @param {Evidence} evidence */
export function peopleAreKnown({ stored: { desk, company, members } }) {
  const faults = [];
  const { policy, colleagues = {} } = desk.roster ?? {};
  if (policy !== company.assignment_policy)
    faults.push(`the policy is ${company.assignment_policy}, for the Desk ${policy}`);
  const work = members.filter(({ status }) => status === "active" || status === "disabled");
  for (const id of Object.keys(colleagues)) {
    if (!work.some((member) => member.id === id)) faults.push(`${id} works here, but only for the Desk`);
  }
  for (const { id, status, limit, roles, teams } of work) {
    const known = colleagues[id];
    const stands = { active: status === "active", limit, roles, teams: [...teams].sort() };
    const copied = known && {
      active: known.active,
      limit: known.limit,
      roles: known.member.roles,
      teams: [...known.member.teams].sort(),
    };
    if (JSON.stringify(stands) !== JSON.stringify(copied)) {
      faults.push(`${id} is ${JSON.stringify(stands)}, for the Desk ${JSON.stringify(copied)}`);
    }
  }
  return faults;
}

/** I9: whoever is to be cut off has been. @param {Evidence} evidence */
export function cutsAreMade({ stored: { desk } }) {
  return desk.cuts > 0 ? [`the Desk has yet to tell ${desk.cuts} conversations to close sockets`] : [];
}
