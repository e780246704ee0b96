// A clock that never jumps.

/** Milliseconds since some moment in the past. `performance` would load node:perf_hooks: 3 ms of a start-up. */
export function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
