// Who keeps a session waiting for a lock. Asked over a second connection, as the first one waits.
import { type Activity, activityColumns, activityOf, activityText } from "./activity.ts";
import type { Session } from "./session.ts";

export interface Blocker extends Activity {
  /** True when it is itself kept waiting by another. */
  readonly isBlocked: boolean;
  readonly text: string;
}

export interface Blockade {
  /** What is waited for: "AccessExclusiveLock on app.users"; "" when nothing is. */
  readonly waitsFor: string;
  /** The longest transaction first. */
  readonly blockers: readonly Blocker[];
}

/** Empty when the session of that pid waits for nobody. Prepared transactions appear with pid 0. */
export async function blockersOf(session: Session, pid: number): Promise<Blockade> {
  const backend = Math.trunc(pid);
  const rows = await session.query(
    `SELECT ${activityColumns("b.pid", "a")}, (cardinality(pg_catalog.pg_blocking_pids(b.pid)) > 0) AS blocked
       FROM (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids(${backend})) AS pid) b
       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
      ORDER BY seconds DESC, b.pid`,
  );
  if (rows.length === 0) return { waitsFor: "", blockers: [] };
  return { waitsFor: await waitOf(session, backend), blockers: rows.map(blockerOf) };
}

function blockerOf(row: Readonly<Record<string, string | null>>): Blocker {
  const activity = activityOf(row);
  const isBlocked = row["blocked"] === "t";
  const text = activityText(activity);
  return { ...activity, isBlocked, text: isBlocked ? `${text} (waits for another itself)` : text };
}

async function waitOf(session: Session, backend: number): Promise<string> {
  const [row] = await session.query(
    `SELECT mode, locktype, coalesce(relation::regclass::text, '') AS relation
       FROM pg_catalog.pg_locks WHERE pid = ${backend} AND NOT granted LIMIT 1`,
  );
  if (row === undefined) return "";
  return row["relation"] === ""
    ? `${row["mode"]} (${row["locktype"]})`
    : `${row["mode"]} on ${row["relation"]}`;
}

/** "pid 7 (app, bob@local), for 3 s: ALTER TABLE ...; and 2 more" */
export function blockadeText({ blockers }: Blockade): string | undefined {
  const [first, ...more] = blockers;
  if (first === undefined) return undefined;
  return more.length === 0 ? first.text : `${first.text}; and ${more.length} more`;
}
