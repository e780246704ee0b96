// How much is in a table, in words.
import type { ModelTable } from "./model.ts";

/** Below both a table is small: whatever is done to it is over soon. */
const MANY_ROWS = 10_000;
const MANY_BYTES = 10 * 1024 * 1024;

/** " (about 1.2 million rows, 3.4 GB)", or "" for a table that is small or not known. */
export function sizeText(size: ModelTable["size"]): string {
  if (size === undefined || ((size.rows ?? 0) < MANY_ROWS && size.bytes < MANY_BYTES)) return "";
  const rows = size.rows === undefined ? [] : [`about ${countText(size.rows)} rows`];
  return ` (${[...rows, bytesText(size.bytes)].join(", ")})`;
}

const COUNTS = [
  [1e9, " billion"],
  [1e6, " million"],
] as const;

function countText(count: number): string {
  const [unit, name] = COUNTS.find(([least]) => count >= least) ?? [1, ""];
  return unit === 1 ? String(Math.round(count)) : `${(count / unit).toFixed(1)}${name}`;
}

/** As pg_size_pretty counts: powers of 1024. */
function bytesText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
