// Times that hold at any hour of the day.

/** A time zone in which it is about noon, and its date: a session that is running now begins and ends on the same day. */
export function noon(now = new Date()) {
  const offset = 12 - now.getUTCHours();
  const zone = offset >= 0 ? `Etc/GMT-${offset}` : `Etc/GMT+${-offset}`;
  const date = new Date(now.getTime() + offset * 3_600_000).toISOString().slice(0, 10);
  return { zone, date };
}
