// Flyway's advisory lock: its key, and who holds it (flyway-database-postgresql PostgreSQLAdvisoryLockTemplate).
import type { Session } from "./session.ts";

/** The key as decimal text of a bigint. */
export type LockKey = string;

/** The bytes of "Flyway", the F shifted by 40, l by 32, y by 24, w by 16, a by 8, y by 0. */
const MAGIC = 77431708279161n;

/** Key for a quoted, qualified table name such as `"public"."flyway_schema_history"`. */
export function lockKey(qualifiedTable: string): LockKey {
  let hash = 0;
  // Java's String.hashCode over UTF-16 units, 32 bits signed.
  for (let i = 0; i < qualifiedTable.length; i++)
    hash = (Math.imul(31, hash) + qualifiedTable.charCodeAt(i)) | 0;
  return String(MAGIC + BigInt(hash));
}

export interface LockHolder {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  /** For a person: who, from where, since when, doing what. */
  readonly text: string;
}

/** The session that holds the lock; undefined when nobody does. Without pg_read_all_stats its query is not shown. */
export async function whoHolds(session: Session, key: LockKey): Promise<LockHolder | undefined> {
  const [row] = await session.query(
    `SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename::text, '') AS username,
       coalesce(a.client_addr::text, 'local') AS client, coalesce(a.state, '') AS state,
       round(extract(epoch from now() - coalesce(a.xact_start, a.state_change, a.backend_start))) AS seconds,
       left(regexp_replace(coalesce(a.query, ''), '\\s+', ' ', 'g'), 80) AS query
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
       AND l.classid = ((${key}::bigint >> 32) & 4294967295)::bigint::oid AND l.objid = (${key}::bigint & 4294967295)::bigint::oid
       AND l.objsubid = 1 AND l.pid <> pg_backend_pid() LIMIT 1`,
  );
  if (row === undefined) return undefined;
  const pid = Number(row["pid"]);
  const who = [row["application"], `${row["username"]}@${row["client"]}`].filter((p) => p !== "").join(", ");
  const doing = row["query"] === "" ? row["state"] : `${row["state"]}: ${row["query"]}`;
  return {
    pid,
    application: row["application"] ?? "",
    state: row["state"] ?? "",
    text: `pid ${pid} (${who}), for ${row["seconds"]} s, ${doing}`,
  };
}
