// lint on a scratch PostgreSQL: the files are run one after the other, and each is judged against what the server holds
// before it.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier } from "../base/quote.ts";
import { readSchema } from "../catalog/read.ts";
import type { ConnectionTarget } from "../config/connection-target.ts";
import type { MigrationFailure } from "../engine/attempt.ts";
import type { Engine, World } from "../engine/engine.ts";
import { type OneByOne, oneByOne } from "../engine/one-by-one.ts";
import { openEngine } from "../engine/open.ts";
import { catalogOf } from "../lint/from-schema.ts";
import type { Catalog } from "../lint/model.ts";
import type { FileFailure, Project, SourceFile } from "../lint/source.ts";
import type { Truth } from "../lint/truth.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { connect } from "../server/connect.ts";
import { type EmbeddedServer, startEmbedded } from "../server/embedded.ts";
import type { Parser } from "../tree/parser.ts";
import { openWorld } from "./world.ts";

export interface Scratch extends AsyncDisposable {
  readonly truth: Truth;
  /** What is worth saying when all is done. */
  readonly notes: readonly string[];
}

/** Starts the server of that major, or of the one there is. It goes with this process, however that ends. */
export async function startScratch(world: World, pg: number | undefined): Promise<EmbeddedServer> {
  const options = { mode: "scratch", env: world.env } as const;
  if (pg === undefined) return startEmbedded(options);
  try {
    return await startEmbedded({ ...options, majors: [pg] });
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    return startEmbedded(options);
  }
}

const DATABASE = "lint";

const NOBODY = (): void => {};

/** An empty database on it. Scripts and modules do not run, be they migrations or callbacks: they may reach further than the server. */
export async function openScratch(
  world: World,
  server: EmbeddedServer,
  project: Project,
  parser: Parser,
): Promise<Scratch> {
  const { runProcess, writeDryRun, env, signal, godwitVersion: version } = world;
  const settings = {
    ...world.settings,
    connection: await emptyDatabase(server.target),
    createSchemas: true,
    skipExecutingMigrations: false,
    initSql: undefined,
    target: undefined,
    cherryPick: [],
  };
  const opened = openWorld({
    settings,
    emit: NOBODY,
    env,
    signal,
    runProcess,
    writeDryRun,
    version,
    embedded: true,
  });
  try {
    const engine = await openEngine(opened.world, { sqlOnly: true });
    const runner = await oneByOne(engine);
    const scratch = new ScratchTruth(engine, runner, project, parser);
    return {
      truth: scratch,
      notes: scratch.notes,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

/** Made anew, as lint --fix judges several times. */
async function emptyDatabase(target: ConnectionTarget): Promise<ConnectionTarget> {
  await using admin = await connect(target, {
    connectRetries: 0,
    connectRetriesInterval: 1,
    timeZone: "UTC",
  });
  await admin.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  return { ...target, database: DATABASE };
}

class ScratchTruth implements Truth {
  readonly failures = new Map<string, FileFailure>();
  readonly notes: string[] = [];
  readonly #engine: Engine;
  readonly #runner: OneByOne;
  readonly #project: Project;
  readonly #parser: Parser;
  readonly #migrations: ReadonlyMap<string, ResolvedMigration>;
  /** A script or module was passed over. */
  #isPartial = false;
  /** The first file that could not be run: from there on the files are replayed. */
  #stoppedAt: SourceFile | undefined;

  constructor(engine: Engine, runner: OneByOne, project: Project, parser: Parser) {
    this.#engine = engine;
    this.#runner = runner;
    this.#project = project;
    this.#parser = parser;
    this.#migrations = new Map(engine.folder.migrations.map((m) => [m.file.configuredPath, m]));
  }

  async catalog(source: SourceFile): Promise<Catalog | undefined> {
    if (this.#stoppedAt !== undefined && this.#stoppedAt !== source) return undefined;
    const schema = await readSchema(this.#engine.session);
    // Rows of a scratch database say nothing about those of any other.
    const { searchPath } = this.#project;
    const catalog = catalogOf({ schema, sizes: [], searchPath, parser: this.#parser });
    catalog.isPartial = this.#isPartial;
    return catalog;
  }

  async advance(source: SourceFile): Promise<boolean> {
    if (this.#stoppedAt !== undefined) return false;
    const migration = this.#migrations.get(source.path);
    if (migration === undefined || (source.kind !== "versioned" && source.kind !== "repeatable")) return true;
    if (migration.language !== "sql") {
      this.notes.push(`${source.name} is no SQL and was not run on the scratch server.`);
      this.#isPartial = true;
      return true;
    }
    const failure = await this.#apply(migration);
    if (failure === undefined) return true;
    this.#stoppedAt = source;
    this.failures.set(source.path, failureOf(failure));
    this.notes.push(
      `${source.name} does not run on the scratch server; the files behind it were replayed into the model of the schema instead.`,
    );
    return false;
  }

  /** Roles are made outside of the folder as a rule, so that one which is missing is made here. */
  async #apply(migration: ResolvedMigration): Promise<MigrationFailure | undefined> {
    for (let last = ""; ; ) {
      const failure = await this.#runner.apply(migration);
      const role = missingRole(failure);
      if (role === undefined || role === last) return failure;
      last = role;
      await this.#engine.session.query(`CREATE ROLE ${quoteIdentifier(role)}`);
      this.notes.push(`No file makes the role ${role}; it was made on the scratch server.`);
    }
  }
}

/** SQLSTATE 42704 has the name in its message only, which the scratch server writes in English. */
function missingRole(failure: MigrationFailure | undefined): string | undefined {
  if (failure?.sql?.sqlState !== "42704") return undefined;
  return /^role "(.+)" does not exist$/.exec(failure.sql.message)?.[1];
}

function failureOf({ message, sql, place, statementLine }: MigrationFailure): FileFailure {
  const { line, column } = place ?? { line: statementLine, column: 1 };
  return {
    message: sql?.message ?? message.replace(/\.$/, ""),
    place: line === undefined || line < 1 ? undefined : { line, column: column ?? 1 },
    sqlState: sql?.sqlState,
  };
}
