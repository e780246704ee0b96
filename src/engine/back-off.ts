// How long to wait before a file or statement that met lock_timeout is tried again.

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;

/** Doubling, with jitter between half and the whole, so that several runners do not come back together. */
export const backOff = (retry: number, random: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1)) * (0.5 + random / 2);
