// How far a running statement is, where the server keeps count (PostgreSQL documentation, "Progress Reporting").
import { type Feature, hasFeature } from "./features.ts";
import type { Session } from "./session.ts";

export interface StatementProgress {
  /** Such as "building index: loading tuples in tree, 40 %". */
  readonly text: string;
  /** 0 to 1 of the present phase; undefined where the server has no total. */
  readonly fraction: number | undefined;
}

interface View {
  readonly feature: Feature;
  readonly sql: string;
}

/** Each gives: what, phase, done, total. Blocks where tuples are not counted; bytes for COPY. */
const VIEWS: readonly View[] = [
  {
    feature: "progressOfIndexes",
    sql: `SELECT 'index build' AS what, phase, CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END AS done,
            CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END AS total
          FROM pg_catalog.pg_stat_progress_create_index WHERE pid = :pid`,
  },
  {
    feature: "progressOfIndexes",
    sql: `SELECT lower(command), phase, CASE WHEN heap_blks_total > 0 THEN heap_blks_scanned ELSE 0 END, heap_blks_total
          FROM pg_catalog.pg_stat_progress_cluster WHERE pid = :pid`,
  },
  {
    feature: "progressOfVacuum",
    sql: `SELECT 'vacuum', phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = :pid`,
  },
  {
    feature: "progressOfAnalyze",
    sql: `SELECT 'analyze', phase, sample_blks_scanned, sample_blks_total FROM pg_catalog.pg_stat_progress_analyze WHERE pid = :pid`,
  },
  {
    feature: "progressOfCopy",
    sql: `SELECT 'copy', tuples_processed || ' rows', bytes_processed, bytes_total FROM pg_catalog.pg_stat_progress_copy WHERE pid = :pid`,
  },
];

/** Progress of what that backend runs; undefined when the server does not count it. */
export async function progressOf(session: Session, pid: number): Promise<StatementProgress | undefined> {
  const known = VIEWS.filter((v) => hasFeature(session, v.feature));
  if (known.length === 0) return undefined;
  const sql = known.map((v) => v.sql.replaceAll(":pid", String(Math.trunc(pid)))).join("\nUNION ALL\n");
  const [row] = await session.query(sql);
  if (row === undefined) return undefined;
  const total = Number(row["total"] ?? 0);
  const fraction = total > 0 ? Math.min(1, Number(row["done"] ?? 0) / total) : undefined;
  const percent = fraction === undefined ? "" : `, ${Math.round(fraction * 100)} %`;
  return { text: `${row["what"]}: ${row["phase"]}${percent}`, fraction };
}
