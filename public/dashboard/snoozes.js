// Until when things are put aside.

/** The usual choices, each with its name. */
export function snoozes() {
  const tomorrow = new Date();
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(9, 0, 0, 0);
  return /** @type {const} */ ([
    ["snooze_hours", new Date(Date.now() + 3 * 3_600_000)],
    ["snooze_tomorrow", tomorrow],
    ["snooze_week", new Date(Date.now() + 7 * 86_400_000)],
  ]);
}
