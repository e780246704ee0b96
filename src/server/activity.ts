// What another session is doing, from pg_stat_activity, as a value and in words.

export interface Activity {
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** Address of the client; "local" over a Unix socket. */
  readonly client: string;
  /** "active", "idle in transaction", ...; "" when it is not told. */
  readonly state: string;
  /** Seconds since the transaction began, or since the last change of state outside one. */
  readonly seconds: number;
  /** The running statement, or the last one; one line, cut at 200 characters. */
  readonly query: string;
  /** What it waits for: "Lock: relation"; "" when it does not wait. */
  readonly wait: string;
}

/** The columns that activityOf reads; `pid` and `alias` are SQL. */
export const activityColumns = (pid: string, alias: string): string =>
  `${pid} AS pid, coalesce(${alias}.application_name, '') AS application,
   coalesce(${alias}.usename::text, '') AS username, coalesce(host(${alias}.client_addr), 'local') AS client,
   coalesce(${alias}.state, '') AS state,
   coalesce(round(extract(epoch FROM clock_timestamp() - coalesce(${alias}.xact_start, ${alias}.state_change,
     ${alias}.backend_start))), 0)::bigint AS seconds,
   left(btrim(regexp_replace(coalesce(${alias}.query, ''), '\\s+', ' ', 'g')), 200) AS query,
   coalesce(${alias}.wait_event_type || ': ' || ${alias}.wait_event, '') AS wait`;

export function activityOf(row: Readonly<Record<string, string | null>>): Activity {
  const text = (name: string): string => row[name] ?? "";
  return {
    pid: Number(row["pid"] ?? 0),
    application: text("application"),
    user: text("username"),
    client: text("client"),
    state: text("state"),
    seconds: Number(row["seconds"] ?? 0),
    query: text("query"),
    // A client that says nothing is the rule, not a wait worth telling.
    wait: text("wait").startsWith("Client") ? "" : text("wait"),
  };
}

/**
 * "pid 123 (flyway, app@10.0.0.5), for 12 s: idle in transaction, last statement: SELECT 1". Who holds locks without a
 * session is a prepared transaction.
 */
export function activityText(activity: Activity): string {
  const { application, client, pid, query, seconds, state, user } = activity;
  if (pid === 0) return "a prepared transaction";
  const who = [application, user === "" ? "" : `${user}@${client}`].filter((part) => part !== "").join(", ");
  const doing = [
    state === "active" || state === "" ? "" : state,
    query === "" ? "" : state === "active" ? query : `last statement: ${query}`,
  ].filter((part) => part !== "");
  const said = doing.length === 0 ? "" : `: ${doing.join(", ")}`;
  return `pid ${pid}${who === "" ? "" : ` (${who})`}, for ${spanText(seconds)}${said}`;
}

/** "12 s", "3 min 5 s", "2 h 10 min". */
export function spanText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.trunc(minutes / 60)} h ${minutes % 60} min`;
}
