// Indexes as the probes see them: found by name or by table, being built or not, and how to drop an invalid one.
import { quoteLiteral, quoteQualified } from "../../base/quote.ts";
import { activityColumns, activityOf, activityText } from "../../server/activity.ts";
import type { Session } from "../../server/session.ts";

export interface Index {
  readonly oid: string;
  readonly table: string;
  /** Quoted and qualified. */
  readonly qualified: string;
  readonly name: string;
  readonly isValid: boolean;
  readonly isToast: boolean;
}

/** Indexes that fit a condition on i (pg_index), c (the index) and t (its table). Partitioned ones do not count. */
export async function findIndexes(session: Session, where: string): Promise<readonly Index[]> {
  const rows = await session.query(
    `SELECT i.indexrelid::text AS oid, i.indrelid::text AS "table", n.nspname, c.relname, i.indisvalid AS valid
       FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
      WHERE c.relkind = 'i' AND (${where})
      ORDER BY c.relname`,
  );
  return rows.map((row) => ({
    oid: row["oid"] ?? "",
    table: row["table"] ?? "",
    qualified: quoteQualified(row["nspname"] ?? "", row["relname"] ?? ""),
    name: row["relname"] ?? "",
    isValid: row["valid"] === "t",
    isToast: row["nspname"] === "pg_toast",
  }));
}

/** The oid of a relation as text; "0" when there is none. Quoted names, search_path and all are the server's to read. */
export const regclass = (name: string): string =>
  `coalesce(pg_catalog.to_regclass(${quoteLiteral(name)})::oid, 0)`;

/**
 * Another session that holds what a concurrent build holds on its table from beginning to end (ShareUpdateExclusive,
 * "Building Indexes Concurrently"). VACUUM and its kin hold it too: then a build would have to wait for them anyway.
 */
export async function whoWorksOn(session: Session, tableOid: string): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT ${activityColumns("l.pid", "a")}
       FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'relation' AND l.relation = ${quoteLiteral(tableOid)}::oid AND l.granted
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
        AND l.mode = 'ShareUpdateExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      LIMIT 1`,
  );
  return row === undefined ? undefined : activityText(activityOf(row));
}

/** Drops an invalid index without keeping anybody from the table. */
export async function dropInvalid(session: Session, index: Index): Promise<void> {
  // The server refuses CONCURRENTLY in pg_toast ("cannot drop indexes on system catalogs concurrently" in index_drop).
  await session.query(`DROP INDEX ${index.isToast ? "" : "CONCURRENTLY "}IF EXISTS ${index.qualified}`);
}
