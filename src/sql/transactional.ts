// Which statements cannot run inside a transaction block. Two lists: what Flyway knows (flyway-database-postgresql
// PostgreSQLParser), which decides whether a file "mixes"; and what PostgreSQL itself refuses (PreventInTransactionBlock
// in src/backend/tcop/utility.c and the commands' pages), so that godwit never sends such a statement into one.
import type { Statement } from "./statement.ts";

export type TransactionNeed =
  | { readonly kind: "transactional" }
  | {
      readonly kind: "non-transactional";
      /** The command, such as "CREATE INDEX CONCURRENTLY". */
      readonly reason: string;
      /** False: Flyway would send it into a transaction, where it fails. */
      readonly flywayKnows: boolean;
    };

const TRANSACTIONAL: TransactionNeed = { kind: "transactional" };

interface Pattern {
  readonly words: RegExp;
  readonly reason: string;
  readonly flywayKnows: boolean;
  /** Only on servers older than this server_version_num. */
  readonly before?: number;
}

const known = (words: RegExp, reason: string, before?: number): Pattern =>
  before === undefined ? { words, reason, flywayKnows: true } : { words, reason, flywayKnows: true, before };
const unknown = (words: RegExp, reason: string): Pattern => ({ words, reason, flywayKnows: false });

/** By first word; tried on the plain words outside parentheses, joined by blanks. */
const PATTERNS: Readonly<Record<string, readonly Pattern[]>> = {
  CREATE: [
    known(/^CREATE( UNIQUE)? INDEX CONCURRENTLY\b/, "CREATE INDEX CONCURRENTLY"),
    known(/^CREATE (DATABASE|TABLESPACE|SUBSCRIPTION)\b/, "CREATE DATABASE, TABLESPACE or SUBSCRIPTION"),
  ],
  DROP: [
    known(/^DROP INDEX CONCURRENTLY\b/, "DROP INDEX CONCURRENTLY"),
    known(/^DROP (DATABASE|TABLESPACE|SUBSCRIPTION)\b/, "DROP DATABASE, TABLESPACE or SUBSCRIPTION"),
  ],
  ALTER: [
    known(/^ALTER SYSTEM\b/, "ALTER SYSTEM"),
    known(/^ALTER TYPE .*\bADD VALUE\b/, "ALTER TYPE ... ADD VALUE before PostgreSQL 12", 120000),
    unknown(
      /^ALTER TABLE .*\bDETACH PARTITION .*\b(CONCURRENTLY|FINALIZE)$/,
      "DETACH PARTITION CONCURRENTLY",
    ),
    unknown(/^ALTER DATABASE .*\bSET TABLESPACE\b/, "ALTER DATABASE ... SET TABLESPACE"),
    unknown(
      /^ALTER SUBSCRIPTION .*\b(REFRESH|SET PUBLICATION|ADD PUBLICATION|DROP PUBLICATION)\b/,
      "ALTER SUBSCRIPTION ... REFRESH",
    ),
  ],
  REINDEX: [
    known(/^REINDEX( VERBOSE)? (SCHEMA|DATABASE|SYSTEM)\b/, "REINDEX SCHEMA, DATABASE or SYSTEM"),
    unknown(/^REINDEX( VERBOSE)? (INDEX|TABLE) CONCURRENTLY\b/, "REINDEX ... CONCURRENTLY"),
  ],
  VACUUM: [known(/^VACUUM\b/, "VACUUM")],
  DISCARD: [known(/^DISCARD ALL\b/, "DISCARD ALL")],
  CLUSTER: [unknown(/^CLUSTER( VERBOSE)?$/, "CLUSTER without a table")],
  COMMIT: [unknown(/^COMMIT PREPARED\b/, "COMMIT PREPARED")],
  ROLLBACK: [unknown(/^ROLLBACK PREPARED\b/, "ROLLBACK PREPARED")],
};

/** The options in parentheses count as words here: REINDEX (CONCURRENTLY) TABLE t. */
const CONCURRENT_OPTION = /^\s*REINDEX\s*\([^)]*\bCONCURRENTLY\b(?!\s*(?:FALSE|OFF|0))[^)]*\)/i;

export function transactionNeed(
  statement: Pick<Statement, "words" | "text">,
  serverVersion: number,
): TransactionNeed {
  const patterns = PATTERNS[statement.words[0] ?? ""];
  if (patterns === undefined) return TRANSACTIONAL;
  const words = statement.words.join(" ");
  for (const pattern of patterns) {
    if (pattern.before !== undefined && serverVersion >= pattern.before) continue;
    if (pattern.words.test(words)) {
      return { kind: "non-transactional", reason: pattern.reason, flywayKnows: pattern.flywayKnows };
    }
  }
  if (statement.words[0] === "REINDEX" && CONCURRENT_OPTION.test(statement.text)) {
    return { kind: "non-transactional", reason: "REINDEX (CONCURRENTLY)", flywayKnows: false };
  }
  return TRANSACTIONAL;
}
