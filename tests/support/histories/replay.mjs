// A conversation's log, told once more: who had it after each entry. Written from the contract, not from the code.

/**
 * @typedef {object} Step how things stood after an entry
 * @property {number} seq
 * @property {number} at
 * @property {string} status
 * @property {number} epoch
 * @property {string | null} assignee
 * @property {string | null} holder the assignee, while it is neither closed nor put aside
 * @property {boolean} forced that the holder got it beyond his limit
 *
 * @typedef {{ steps: Step[], faults: string[] }} Replay
 */

const ASIDE = new Set(["closed", "snoozed"]);

/**
 * @param {any[]} log
 * @returns {Replay}
 */
export function replay(log) {
  /** @type {string[]} */
  const faults = [];
  /** @type {Step[]} */
  const steps = [];
  let [publicly, at] = [0, 0];
  let step = { status: "new", epoch: 0, assignee: /** @type {string | null} */ (null), forced: false };
  for (const [n, entry] of log.entries()) {
    const { seq, pub_seq = null, event } = entry;
    const time = Date.parse(entry.at);
    if (seq !== n + 1 || entry.row.seq !== seq) faults.push(`entry ${n + 1} is numbered ${seq}`);
    if (pub_seq !== null && pub_seq !== ++publicly)
      faults.push(`entry ${seq} is publicly numbered ${pub_seq}`);
    if (pub_seq !== entry.row.pub_seq) faults.push(`entry ${seq} has two public numbers`);
    if (time < at) faults.push(`entry ${seq} is older than the one before`);
    at = Math.max(at, time);
    if (event.kind === "status") {
      if (event.from !== step.status)
        faults.push(`entry ${seq} comes from ${event.from} instead of ${step.status}`);
      const [was, is] = [ASIDE.has(step.status), ASIDE.has(event.to)];
      const epoch = step.epoch + (was === is ? 0 : 1);
      // Taken up again, it is nobody's until it is given to somebody.
      step = { ...step, status: event.to, epoch, assignee: was && !is ? null : step.assignee };
    }
    if (event.kind === "assignment") {
      const from = event.from?.id ?? null;
      if (from !== step.assignee)
        faults.push(`entry ${seq} takes it from ${from} instead of ${step.assignee}`);
      if (event.epoch !== step.epoch + 1)
        faults.push(`entry ${seq} has epoch ${event.epoch} after ${step.epoch}`);
      const assignee = event.to?.id ?? null;
      if (assignee === from) faults.push(`entry ${seq} changes nothing`);
      step = { ...step, epoch: event.epoch, assignee, forced: event.forced === true };
    }
    const holder = ASIDE.has(step.status) ? null : step.assignee;
    steps.push({ ...step, seq, at: time, holder });
  }
  return { steps, faults };
}
