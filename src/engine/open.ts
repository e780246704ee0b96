// Opening an engine: connect, look round, resolve the files, run afterConnect callbacks.
import { GodwitError } from "../base/errors.ts";
import type { Emit } from "../base/event.ts";
import type { Finding } from "../base/finding.ts";
import type { Settings } from "../config/settings.ts";
import { historyTable } from "../history/table.ts";
import { beforeConnectScripts, type Scan } from "../migrations/files.ts";
import type { ResolvedFolder } from "../migrations/migration.ts";
import type { Session } from "../server/session.ts";
import { runCallbacks } from "./callbacks.ts";
import { type Engine, type Facts, isPooled, localTimestamp, type World } from "./engine.ts";
import { resolveFiles, scanFiles } from "./files.ts";
import { type EarlyLook, lookAway, lookEarly } from "./first-look.ts";
import { runScriptFile } from "./interpreter.ts";
import { CHECK_INTERVAL, CHECK_MS } from "./session-settings.ts";
import { type Activity, followActivity } from "./watch.ts";

export interface OpenOptions {
  /** Callbacks that are scripts are left out: they may reach further than the server. */
  readonly sqlOnly?: true;
  /** The action looks at the history first, so that it may be asked for early. */
  readonly looks?: true;
}

/**
 * Connects, runs afterConnect callbacks and resolves the files.
 * @throws GodwitError for everything that is wrong with connection, settings or files.
 */
export async function openEngine(world: World, options: OpenOptions = {}): Promise<Engine> {
  refuseReservedPlaceholders(world.settings);
  const scan = scanFiles(world.settings);
  if (options.sqlOnly !== true) await runBeforeConnect(world, scan);
  const session = await world.connect();
  try {
    return await describe(world, session, scan, options);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Scripts only: there is no connection yet that SQL could run on. Built-in placeholders of the server are not known. */
export async function runBeforeConnect(world: World, scan: Scan): Promise<void> {
  for (const file of beforeConnectScripts(scan, world.settings)) {
    world.emit({
      type: "callback",
      event: "beforeConnect",
      description: file.description,
      language: "script",
      transactional: false,
    });
    await runScriptFile(world, file.file, world.settings.placeholders);
  }
}

async function describe(
  world: World,
  session: Session,
  scan: Scan,
  { sqlOnly, looks }: OpenOptions,
): Promise<Engine> {
  const { settings } = world;
  const activity: Activity = {
    migration: undefined,
    statement: "",
    since: world.clock(),
    holder: undefined,
  };
  const emit: Emit = (event) => {
    followActivity(activity, event, world.clock);
    world.emit(event);
  };
  emit({
    type: "connected",
    environment: settings.environment,
    ...(settings.environmentDisplayName === undefined
      ? {}
      : { environmentDisplayName: settings.environmentDisplayName }),
    url: settings.connection?.displayUrl ?? (world.embedded ? "embedded" : "a connection that was lent"),
    product: session.product,
    serverVersion: session.serverVersionText,
    embedded: world.embedded,
  });
  let facts = await readFacts(session);
  warnOfPooler(emit, session, facts);
  const base = {
    world,
    settings,
    emit,
    session,
    warnings: [] as string[],
    skipNotices: [] as Finding[],
    activity,
  };
  const place = (f: Facts) => {
    const defaultSchema = chooseDefaultSchema(settings, f);
    return {
      facts: f,
      defaultSchema,
      schemas: settings.schemas.includes(defaultSchema)
        ? settings.schemas
        : [defaultSchema, ...settings.schemas],
      history: historyTable(defaultSchema, settings.table, settings.tablespace),
      placeholders: commandPlaceholders(world, f, defaultSchema),
    };
  };
  let engine: Engine = { ...base, ...place(facts), folder: EMPTY_FOLDER };
  const early = looks === true ? await lookEarly(engine) : undefined;
  const all = await resolveBeside(engine, scan, early);
  const folder =
    sqlOnly === true ? { ...all, callbacks: all.callbacks.filter((c) => c.language === "sql") } : all;
  engine = { ...engine, folder, early: folder.callbacks.length === 0 ? early : undefined };
  if (await runCallbacks(engine, session, "afterConnect")) {
    facts = { ...facts, user: (await readFacts(session)).user };
    engine = { ...base, ...place(facts), folder };
  }
  return engine;
}

/** Reads the files while the server is at work on the early look. */
async function resolveBeside(
  engine: Engine,
  scan: Scan,
  early: EarlyLook | undefined,
): Promise<ResolvedFolder> {
  try {
    return resolveFiles(engine, scan);
  } catch (error) {
    if (early !== undefined) await lookAway(engine, early);
    throw error;
  }
}

const EMPTY_FOLDER: ResolvedFolder = {
  migrations: [],
  undos: [],
  callbacks: [],
  invalidNames: [],
  remarks: [],
};

function warnOfPooler(emit: Emit, session: Session, facts: Facts): void {
  if (!isPooled({ session, facts })) return;
  emit({
    type: "log",
    level: "warn",
    code: "POOLER",
    message:
      "A connection pooler (such as PgBouncer) stands before the server. In transaction mode it may give each transaction another backend: settings made by SET and locks held between transactions are then lost, so files that cannot run in a transaction are not safe from other runners. Connect to the server itself for migrations.",
  });
}

/**
 * Asks for them; and has the server look for its client while it is at work, which costs no question of its own.
 */
export async function readFacts(session: Session): Promise<Facts> {
  const [row] = await session.query(
    "SELECT current_database() AS database, current_user AS \"user\", current_setting('search_path') AS search_path, " +
      "current_schema() AS current_schema, current_setting('transaction_read_only') AS read_only, pg_backend_pid() AS pid, " +
      `${checkClient(session)} AS checks`,
  );
  return {
    database: row?.["database"] ?? "",
    user: row?.["user"] ?? "",
    searchPath: row?.["search_path"] ?? "",
    currentSchema: row?.["current_schema"] ?? undefined,
    isReadOnly: row?.["read_only"] === "on",
    backendPid: Number(row?.["pid"] ?? 0),
  };
}

/**
 * A backend whose client is gone goes on until its statement ends, a rewrite of a large table say, and keeps its locks
 * and the migration lock from the next run. Left alone where somebody has set it; where the server lacks it (before
 * PostgreSQL 14) or refuses it (14 elsewhere than on Linux); and behind a pooler, whose other clients would get it.
 */
const checkClient = ({ backendPid }: Session): string =>
  `CASE WHEN current_setting('${CHECK_INTERVAL}', true) = '0' AND pg_backend_pid() = ${backendPid} ` +
  `AND version() LIKE 'PostgreSQL%linux%' THEN set_config('${CHECK_INTERVAL}', '${CHECK_MS}', false) END`;

/** defaultSchema, else the first of schemas, else the session's; a path of missing schemas is taken as a name (Flyway 13). */
export function chooseDefaultSchema(settings: Settings, facts: Facts): string {
  const schema = settings.defaultSchema ?? settings.schemas[0] ?? facts.currentSchema ?? facts.searchPath;
  // The server writes an empty path as an empty name.
  if (!/^(?:\s|"")*$/.test(schema)) return schema;
  throw new GodwitError("ERROR", "No schema to work in: the session's search_path is empty.", {
    advice: "Set flyway.schemas or flyway.defaultSchema, or currentSchema=... in the URL.",
  });
}

function commandPlaceholders(
  world: World,
  facts: Facts,
  defaultSchema: string,
): Readonly<Record<string, string>> {
  const { settings } = world;
  const separator = settings.placeholderSeparator;
  const builtIn = (name: string): string => `flyway${separator}${name}`.toLowerCase();
  return {
    ...settings.placeholders,
    [builtIn("defaultSchema")]: defaultSchema,
    [builtIn("user")]: facts.user,
    [builtIn("database")]: facts.database,
    [builtIn("timestamp")]: localTimestamp(world.now()),
    [builtIn("workingDirectory")]: settings.workingDirectory,
    [builtIn("table")]: settings.table,
    [builtIn("environment")]: settings.environment,
  };
}

function refuseReservedPlaceholders(settings: Settings): void {
  const reserved = `flyway${settings.placeholderSeparator}`.toLowerCase();
  const wrong = Object.keys(settings.placeholders).filter((key) => key.startsWith(reserved));
  if (wrong.length === 0) return;
  throw new GodwitError(
    "ERROR",
    `Placeholder names must not begin with "${reserved}": ${wrong.join(", ")}.`,
    {
      advice: "Those names are filled in by godwit itself; give your placeholders other names.",
    },
  );
}
