// The wall clock of history rows as an instant.

/** Of one reader, which keeps what it found out. */
export type UtcReader = (stored: string) => string;

const STORED = /^\d+-\d+-\d+ \d+:\d+:\d+(?:\.\d+)?$/;

/**
 * The instant of a stored wall clock ("YYYY-MM-DD HH:mm:ss.ffffff", local zone of the reader, as Flyway reads it) as
 * ISO text in UTC with the digits that Java's Instant prints: none, three or six. "" for what is no such clock.
 * Dates take long to make, and many rows of a history share their second.
 */
export function utcReader(): UtcReader {
  const known = new Map<string, string>();
  return (stored) => {
    const point = stored.indexOf(".");
    const clock = point < 0 ? stored : stored.slice(0, point);
    let second = known.get(clock);
    if (second === undefined) {
      if (!STORED.test(stored)) return "";
      second = secondInUtc(clock);
      known.set(clock, second);
    }
    return point < 0 ? `${second}Z` : `${second}${shortest(stored.slice(point + 1).padEnd(6, "0"))}Z`;
  };
}

function secondInUtc(clock: string): string {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = clock.split(/[- :]/).map(Number);
  return new Date(year, month - 1, day, hour, minute, second).toISOString().slice(0, 19);
}

function shortest(micros: string): string {
  if (micros === "000000") return "";
  return micros.endsWith("000") ? `.${micros.slice(0, 3)}` : `.${micros}`;
}
