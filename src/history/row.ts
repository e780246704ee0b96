// A row of the history table, and what its type implies. Not for reading or writing it (table.ts).
import type { Version } from "../migrations/migration.ts";

export type RowType =
  | "SCHEMA"
  | "BASELINE"
  | "DELETE"
  | "SQL"
  | "JDBC"
  | "SCRIPT"
  | "CUSTOM"
  | "UNDO_SQL"
  | "UNDO_JDBC"
  | "UNDO_SCRIPT"
  | "SQL_BASELINE"
  | "JDBC_BASELINE";

export interface HistoryRow {
  readonly installedRank: number;
  readonly version: Version | undefined;
  readonly description: string;
  readonly type: RowType;
  readonly script: string;
  readonly checksum: number | undefined;
  readonly installedBy: string;
  /** As stored: local wall clock "YYYY-MM-DD HH:mm:ss.ffffff" of whoever wrote it. */
  readonly installedOn: string;
  /** Milliseconds. */
  readonly executionTime: number;
  readonly success: boolean;
}

const SYNTHETIC: ReadonlySet<RowType> = new Set(["SCHEMA", "BASELINE", "DELETE"]);
const UNDO: ReadonlySet<RowType> = new Set(["UNDO_SQL", "UNDO_JDBC", "UNDO_SCRIPT"]);
const BASELINES: ReadonlySet<RowType> = new Set(["BASELINE", "SQL_BASELINE", "JDBC_BASELINE"]);

/** Rows that no file stands behind. */
export const isSynthetic = (type: RowType): boolean => SYNTHETIC.has(type);
export const isUndo = (type: RowType): boolean => UNDO.has(type);
export const isBaseline = (type: RowType): boolean => BASELINES.has(type);
