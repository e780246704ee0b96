// How a statement of a file that runs outside a transaction is to be run, so that a break at any point can be mended.

import type { Statement } from "../sql/statement.ts";
import { transactionNeed } from "../sql/transactional.ts";
import { createIndexProbe } from "./probes/create-index.ts";
import { detachProbe } from "./probes/detach.ts";
import { dropIndexProbe } from "./probes/drop-index.ts";
import { enumValueProbe, objectProbe, subscriptionProbe } from "./probes/objects.ts";
import { preparedProbe } from "./probes/prepared.ts";
import { type Probe, type ProbeMaker, REPEATABLE } from "./probes/probe.ts";
import { reindexProbe } from "./probes/reindex.ts";
import { Reader } from "./probes/tokens.ts";

export type Way =
  /** In a transaction of its own, with its mark: done and marked, or neither. */
  | { readonly kind: "wrapped" }
  /** Changes nothing but the session: a later session needs it again, if it is worth a replay. */
  | { readonly kind: "session"; readonly replay: boolean }
  /** On its own; the catalog tells afterwards whether it was done. */
  | { readonly kind: "probed"; readonly probe: Probe }
  /** On its own; nothing tells. */
  | { readonly kind: "unknown" };

const WRAPPED: Way = { kind: "wrapped" };
const SESSION: Way = { kind: "session", replay: true };
export const UNKNOWN: Way = { kind: "unknown" };

/** By first word; the first that fits. */
const PROBES: Readonly<Record<string, readonly ProbeMaker[]>> = {
  CREATE: [createIndexProbe, objectProbe],
  DROP: [dropIndexProbe, objectProbe],
  ALTER: [detachProbe, enumValueProbe, subscriptionProbe, repeatableAlter],
  REINDEX: [reindexProbe],
  COMMIT: [preparedProbe],
  ROLLBACK: [preparedProbe],
  VACUUM: [() => REPEATABLE],
  CLUSTER: [() => REPEATABLE],
};

function repeatableAlter({ words }: Statement): Probe | undefined {
  return words[1] === "SYSTEM" || words[1] === "DATABASE" ? REPEATABLE : undefined;
}

const SESSION_WORDS: ReadonlySet<string> = new Set([
  ...["SET", "RESET", "DISCARD", "LOAD", "LISTEN", "UNLISTEN", "PREPARE", "DEALLOCATE"],
]);
/** Of no effect once they are over. */
const PASSING_WORDS: ReadonlySet<string> = new Set([
  ...["SHOW", "DECLARE", "FETCH", "MOVE", "CLOSE", "CHECKPOINT", "NOTIFY"],
]);

/** What a body may hold that ends transactions, or calls what may. */
const ENDS_TRANSACTIONS = /\b(?:commit|rollback|call)\b/i;

/** The way of each statement of a file. Those with a transaction control of their own have none: they are sent as they are. */
export function waysOf(statements: readonly Statement[], serverVersion: number): readonly Way[] {
  const temporary = new Set<string>();
  return statements.map((statement) => {
    const made = temporaryName(statement);
    if (made !== undefined) temporary.add(made);
    return made !== undefined || changesOneOf(temporary, statement)
      ? SESSION
      : wayOf(statement, serverVersion);
  });
}

function wayOf(statement: Statement, serverVersion: number): Way {
  const { words, text } = statement;
  const first = words[0] ?? "";
  if (PASSING_WORDS.has(first)) return { kind: "session", replay: false };
  if (SESSION_WORDS.has(first)) return { kind: "session", replay: !PASSING_SETS.has(words[1] ?? "") };
  if (first === "SELECT" && SETS_CONFIG.test(text)) return SESSION;
  if (first === "CALL") return UNKNOWN;
  if (first === "DO") return ENDS_TRANSACTIONS.test(text) ? UNKNOWN : WRAPPED;
  if (transactionNeed(statement, serverVersion).kind === "transactional") return WRAPPED;
  for (const make of PROBES[first] ?? []) {
    const probe = make(statement);
    if (probe !== undefined) return { kind: "probed", probe };
  }
  return UNKNOWN;
}

/** SET LOCAL and its kin end with their transaction. */
const PASSING_SETS: ReadonlySet<string> = new Set(["LOCAL", "CONSTRAINTS", "TRANSACTION"]);

/** SELECT set_config('search_path', '', false), as pg_dump writes it. */
const SETS_CONFIG = /^SELECT\s+(?:pg_catalog\s*\.\s*)?set_config\s*\([^()]*\)$/i;

/** CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP | TEMPORARY TABLE | VIEW | SEQUENCE [IF NOT EXISTS] name: the name. */
function temporaryName({ text, words }: Statement): string | undefined {
  if (words[0] !== "CREATE" || !(words.includes("TEMP") || words.includes("TEMPORARY"))) return undefined;
  const reader = new Reader(text);
  reader.take("CREATE");
  reader.take("OR", "REPLACE");
  if (!reader.take("GLOBAL")) reader.take("LOCAL");
  if (!reader.take("TEMP") && !reader.take("TEMPORARY")) return undefined;
  if (!reader.take("TABLE") && !reader.take("VIEW")) reader.take("SEQUENCE");
  reader.take("IF", "NOT", "EXISTS");
  return reader.name()?.parts.at(-1);
}

/** True for what changes nothing but a temporary table of the file's: filling it, indexing it. */
function changesOneOf(temporary: ReadonlySet<string>, { text, words }: Statement): boolean {
  if (temporary.size === 0) return false;
  const reader = new Reader(text);
  const found =
    reader.take("INSERT", "INTO") ||
    reader.take("UPDATE") ||
    reader.take("DELETE", "FROM") ||
    reader.take("COPY") ||
    reader.take("ANALYZE") ||
    reader.take("TRUNCATE") ||
    reader.take("ALTER", "TABLE") ||
    (words[0] === "CREATE" && words.includes("INDEX") && reader.skipTo("ON"));
  if (!found) return false;
  reader.take("TABLE");
  reader.take("ONLY");
  const name = reader.name();
  return name?.parts.length === 1 && temporary.has(name.parts[0] ?? "");
}

/** True for what lets go of the session's advisory locks, the migration lock among them. */
export const dropsLocks = (statement: Statement): boolean =>
  (statement.words[0] === "DISCARD" && statement.words[1] === "ALL") ||
  /\bpg_advisory_unlock_all\b/i.test(statement.text);
