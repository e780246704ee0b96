// The version that follows another, in its own style: integers, dotted numbers, times.

/** Flyway's numbering: one more in the last number, keeping its zeros; a time is replaced by now. */
export function nextVersion(last: string | undefined, timestamp: string, now: Date): string {
  const time = timeText(now);
  if (last === undefined) return timestamp === "always" ? `001_${time}` : "001";
  const parts = last.split(/([._])/);
  const timeAt = parts.findIndex((p) => /^\d{14}$/.test(p));
  const withoutTime = timeAt === -1 ? parts : parts.slice(0, Math.max(0, timeAt - 1));
  if (timeAt === 0) return timestamp === "never" ? "001" : time;
  const number = withoutTime.at(-1) ?? "0";
  const next = (BigInt(number) + 1n).toString().padStart(number.length, "0");
  const base = [...withoutTime.slice(0, -1), next].join("");
  const wantsTime = timestamp === "always" || (timestamp === "auto" && timeAt !== -1);
  return wantsTime ? `${base}${parts[timeAt - 1] ?? "_"}${time}` : base;
}

/** Flyway's times have 14 digits; those of 12 are told from plain numbers by their month and day. */
const TIME = /^(?:\d{14}|\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4})$/;

/**
 * The next version above another that may lie in the future or have been given out a moment ago: now where that is
 * later, else one more. Times of 12 digits count minutes.
 */
export function versionAbove(last: string, now: Date): string {
  if (!TIME.test(last)) return nextVersion(last, "auto", now);
  const time = timeText(now).slice(0, last.length);
  return BigInt(time) > BigInt(last) ? time : oneLater(last);
}

function oneLater(time: string): string {
  const at = (from: number): number => Number(time.slice(from, from + 2) || "0");
  const [unit, step] = time.length === 14 ? [at(12), 1] : [0, 60];
  const later = new Date(Number(time.slice(0, 4)), at(4) - 1, at(6), at(8), at(10), unit + step);
  const text = timeText(later).slice(0, time.length);
  // 24:61 is no time, but may be a version.
  return BigInt(text) > BigInt(time) ? text : (BigInt(time) + 1n).toString();
}

function timeText(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
