// Transactions that have been open for a while, with the relations that they hold locks on: whoever asks for a strong
// lock on one of those queues behind them, and everybody else behind that.
import { type Activity, activityColumns, activityOf, activityText } from "./activity.ts";
import type { Session } from "./session.ts";

export interface LongTransaction extends Activity {
  /** Names without schema of the tables, views and sequences it holds locks on. */
  readonly relations: readonly string[];
  readonly text: string;
}

/**
 * The longest first. Other sessions' transactions older than `ageMs`, and prepared ones of any age. Autovacuum is not
 * counted, since it gives way (deadlock_timeout), unless it works against wraparound.
 */
export async function longTransactions(session: Session, ageMs: number): Promise<readonly LongTransaction[]> {
  const rows = await session.query(
    `SELECT ${activityColumns("h.pid", "a")}, h.relations
       FROM (SELECT l.pid, string_agg(DISTINCT c.relname, E'\\n') AS relations
               FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
              WHERE l.locktype = 'relation' AND l.granted
                AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
                AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
                AND c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S') AND c.relpersistence <> 't'
                AND c.relnamespace <> 'pg_catalog'::regnamespace
              GROUP BY l.pid) h
       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid
      WHERE h.pid IS NULL
         OR a.xact_start < clock_timestamp() - ${Math.trunc(ageMs)} * interval '1 ms'
        AND (a.backend_type <> 'autovacuum worker' OR a.query LIKE '%to prevent wraparound%')
      ORDER BY seconds DESC, h.pid`,
  );
  return rows.map((row) => {
    const activity = activityOf(row);
    return {
      ...activity,
      relations: (row["relations"] ?? "").split("\n"),
      text: activityText(activity),
    };
  });
}
