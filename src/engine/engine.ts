// What every verb starts from: a connection, what the server says about it, the files, and the history table's name.
// Nothing is decided here; states are history/state.ts, steps are the verbs' own.
import { GodwitError } from "../base/errors.ts";
import type { Emit } from "../base/event.ts";
import type { Finding } from "../base/finding.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../base/quote.ts";
import type { Settings } from "../config/settings.ts";
import type { HistoryRow } from "../history/row.ts";
import { type HistoryTable, readRows } from "../history/table.ts";
import type { ResolvedFolder } from "../migrations/migration.ts";
import type { Session } from "../server/session.ts";
import type { EarlyLook } from "./first-look.ts";
import type { ProcessRunner } from "./process.ts";
import { type Activity, watched } from "./watch.ts";

/** The outside world, given by whoever runs a verb: the command line, the library or a test. */
export interface World {
  readonly settings: Settings;
  readonly emit: Emit;
  /** Opens one more connection to the database of the run. */
  readonly connect: () => Promise<Session>;
  readonly runProcess: ProcessRunner;
  /** Adds text to the file of dryRunOutput ("-": standard output). */
  readonly writeDryRun: (path: string, text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall clock. */
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** True when the target is the embedded PostgreSQL. */
  readonly embedded: boolean;
  /** True when connect() gives the same connection again: it must not be called while that one is at work. */
  readonly hasOneConnection?: boolean;
  readonly godwitVersion: string;
}

export interface Engine {
  readonly world: World;
  readonly settings: Settings;
  readonly emit: Emit;
  /** The connection for everything but event callbacks. */
  readonly session: Session;
  readonly facts: Facts;
  readonly folder: ResolvedFolder;
  readonly history: HistoryTable;
  /** Default schema first, then the configured ones. */
  readonly schemas: readonly string[];
  readonly defaultSchema: string;
  /** Placeholder values of this command, keys lower-cased, without flyway:filename. */
  readonly placeholders: Readonly<Record<string, string>>;
  readonly warnings: string[];
  /** "Already exists, skipping" and its kin, as they are met. */
  readonly skipNotices: Finding[];
  /** What the run is at; watch.ts looks at it. */
  readonly activity: Activity;
  /** What was asked of the history at the start; undefined where it may have changed since. */
  readonly early?: EarlyLook | undefined;
}

/** What the server said about the session when it began. */
export interface Facts {
  readonly database: string;
  /** current_user after afterConnect callbacks: the role that is put back before each migration (Flyway 13.11). */
  readonly user: string;
  readonly searchPath: string;
  readonly currentSchema: string | undefined;
  readonly isReadOnly: boolean;
  readonly backendPid: number;
}

/** The pid that the connection was told at its start is a pooler's invention when the backend has another one. */
export const isPooled = ({ session, facts }: Pick<Engine, "session" | "facts">): boolean =>
  session.backendPid !== 0 && facts.backendPid !== session.backendPid;

export const FLYWAY_VERSION = "13.12.0";

/** "yyyy-MM-dd HH:mm:ss" in local time. */
export function localTimestamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

// --- history and schemas as the server has them now ----------------------------------------------------------

/** True when the history table exists as an ordinary table (a view of that name does not count, as in Flyway). */
export const historyExists = async (engine: Pick<Engine, "session" | "history">): Promise<boolean> =>
  (await findHistory(engine)) !== undefined;

export interface FoundHistory {
  /** Triggers may keep rows out. Rules need not be asked for: the server refuses INSERT ... RETURNING then. */
  readonly hasTriggers: boolean;
}

export async function findHistory(
  engine: Pick<Engine, "session" | "history">,
): Promise<FoundHistory | undefined> {
  const [found] = await engine.session.query(
    `SELECT c.relrowsecurity AS rls, c.relhastriggers AS triggers FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ` +
      `WHERE n.nspname = ${quoteLiteral(engine.history.schema)} AND c.relname = ${quoteLiteral(engine.history.name)} ` +
      `AND c.relkind = 'r'`,
  );
  if (found?.["rls"] === "t") await refuseHiddenRows(engine);
  return found === undefined ? undefined : { hasTriggers: found["triggers"] === "t" };
}

/** An expression: true when the table is there. (to_regclass fails without USAGE on the schema.) */
export const tableExists = ({ schema, name }: Pick<HistoryTable, "schema" | "name">): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ` +
  `WHERE n.nspname = ${quoteLiteral(schema)} AND c.relname = ${quoteLiteral(name)})`;

/** Rows that a policy hides would be files that seem pending, and run again. */
async function refuseHiddenRows({ session, history }: Pick<Engine, "session" | "history">): Promise<void> {
  const table = quoteLiteral(history.qualified);
  const [row] = await session.query(
    `SELECT pg_catalog.row_security_active(${table}) AS active, current_user AS "user"`,
  );
  if (row?.["active"] !== "t") return;
  throw new GodwitError(
    "DB_CONNECTION",
    `Row level security may hide rows of ${history.qualified} from "${row["user"]}", so what is applied cannot be known.`,
    {
      advice: `Run as its owner: ALTER TABLE ${history.qualified} DISABLE ROW LEVEL SECURITY; or connect as its owner, or as a role with BYPASSRLS.`,
    },
  );
}

export interface HistoryState {
  readonly exists: boolean;
  readonly hasTriggers: boolean;
  readonly rows: readonly HistoryRow[];
}

/** Schemas with a table of the history's name, other than the one in force: traces of another flyway.schemas setting. */
export async function historiesElsewhere(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.session.query(
    `SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ` +
      `WHERE c.relname = ${quoteLiteral(engine.history.name)} AND c.relkind = 'r' ` +
      `AND n.nspname <> ${quoteLiteral(engine.history.schema)} ORDER BY n.nspname LIMIT 10`,
  );
  return rows.map((r) => r["nspname"] ?? "");
}

/** Tells of histories in other schemas when there is none where this run looks. */
export async function tellHistoriesElsewhere(engine: Engine): Promise<void> {
  const schemas = await historiesElsewhere(engine);
  if (schemas.length === 0) return;
  const list = schemas.map((s) => quoteQualified(s, engine.history.name)).join(", ");
  engine.emit({
    type: "log",
    level: "warn",
    code: "HISTORY_ELSEWHERE",
    message: `There is no history in ${engine.history.qualified}, but there is one in ${list}. If this database was migrated with another flyway.schemas or flyway.defaultSchema, set it as it was; otherwise every file would run again.`,
  });
}

/** Existence and rows; role put back first, as an earlier migration may have changed it. */
export async function readHistory(engine: Engine): Promise<HistoryState> {
  const found = await findHistory(engine);
  if (found === undefined) return { exists: false, hasTriggers: false, rows: [] };
  const rows = await watched(engine, () => readRows(engine.session, engine.history));
  return { exists: true, hasTriggers: found.hasTriggers, rows };
}

/** The configured schemas that exist. Where there was a history when the run began, its schema is one. */
export async function existingSchemas(engine: Engine): Promise<readonly string[]> {
  if (engine.early !== undefined && engine.schemas.length === 1) return engine.schemas;
  const list = engine.schemas.map((s) => quoteLiteral(s)).join(", ");
  const rows = await engine.session.query(
    `SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN (${list})`,
  );
  const found = new Set(rows.map((r) => r["nspname"]));
  return engine.schemas.filter((s) => found.has(s));
}

/**
 * Of the given schemas those that hold something, by Flyway's rule (flyway-database-postgresql PostgreSQLSchema):
 * a relation of kind r, v, S or t, a type outside the categories A and C, or a routine, extension members apart.
 */
export async function nonEmptySchemas(
  engine: Engine,
  schemas: readonly string[],
): Promise<readonly string[]> {
  if (schemas.length === 0) return [];
  const list = schemas.map((s) => quoteLiteral(s)).join(", ");
  const rows = await engine.session.query(
    `SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname IN (${list}) AND (
      EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'S', 't')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
      OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace = n.oid AND t.typcategory NOT IN ('A', 'C')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'))
      OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')))`,
  );
  const found = new Set(rows.map((r) => r["nspname"]));
  return schemas.filter((s) => found.has(s));
}

// --- session state -----------------------------------------------------------------------------------------------

/** Puts the original role back (Flyway does so before every migration, callback and history access). */
export const resetRoleStatement = (engine: Engine): string => `SELECT ${resetRoleCall(engine)}`;

export const resetRoleCall = (engine: Engine): string =>
  `set_config('role', ${quoteLiteral(engine.facts.user)}, false)`;

/**
 * Puts the default schema in front of the recorded search_path; undefined where Flyway leaves the path alone:
 * the recorded path already begins with it, or the schema does not exist.
 */
export function searchPathStatement(engine: Engine, schemaExists: boolean): string | undefined {
  const call = searchPathCall(engine, schemaExists);
  return call === undefined ? undefined : `SELECT ${call}`;
}

export function searchPathCall(engine: Engine, schemaExists: boolean): string | undefined {
  const { defaultSchema, facts } = engine;
  const already = facts.searchPath === defaultSchema || facts.searchPath.startsWith(`${defaultSchema},`);
  if (already || !schemaExists) return undefined;
  const path = `${quoteIdentifier(defaultSchema)},${facts.searchPath}`;
  return `set_config('search_path', ${quoteLiteral(path)}, false)`;
}

export async function resetSession(engine: Engine, session: Session, schemaExists: boolean): Promise<void> {
  const path = searchPathStatement(engine, schemaExists);
  const results = await session.pipeline([resetRoleStatement(engine), ...(path === undefined ? [] : [path])]);
  for (const result of results) {
    if (!result.ok) {
      throw new GodwitError(
        "DB_CONNECTION",
        `The session could not be put back to its original state: ${result.error.message}.`,
        {
          sql: result.error,
          advice: `Check that the user may SET ROLE ${quoteIdentifier(engine.facts.user)}.`,
        },
      );
    }
  }
}
