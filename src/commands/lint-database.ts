// What the configured database knows of the files: which it has applied, which are pending; and, on request, what it
// holds, as the truth that pending files are judged against.
import { readSchema } from "../catalog/read.ts";
import type { Schema } from "../catalog/schema.ts";
import { readTableSizes, type TableSize } from "../catalog/table-sizes.ts";
import { statesOf } from "../engine/common.ts";
import { readHistory, tellHistoriesElsewhere, type World } from "../engine/engine.ts";
import { checksumMatches, type Entry, STATES } from "../history/state.ts";

import { catalogOf } from "../lint/from-schema.ts";
import type { AppliedFile, Project } from "../lint/source.ts";
import type { Truth } from "../lint/truth.ts";
import type { Parser } from "../tree/parser.ts";
import { withEngine } from "./with-engine.ts";

export interface DatabaseFacts {
  /** PostgreSQL's major version. */
  readonly major: number;
  /** Files that migrate would apply, by absolute path. */
  readonly pending: ReadonlySet<string>;
  /** By absolute path. */
  readonly applied: ReadonlyMap<string, AppliedFile>;
  readonly searchPath: readonly string[];
  /** Read only where it was asked for. */
  readonly holds: { readonly schema: Schema; readonly sizes: readonly TableSize[] } | undefined;
}

export function readDatabase(world: World, withCatalog: boolean): Promise<DatabaseFacts> {
  return withEngine(world, async (engine) => {
    const { session, facts, defaultSchema } = engine;
    const history = await readHistory(engine);
    if (!history.exists) await tellHistoriesElsewhere(engine);
    const { entries } = statesOf(engine, history.rows);
    const holds = withCatalog
      ? { schema: await readSchema(session), sizes: await readTableSizes(session) }
      : undefined;
    return {
      major: Math.trunc(session.serverVersion / 10_000),
      pending: new Set(entries.filter(isPending).flatMap((e) => e.migration?.file.path ?? [])),
      applied: appliedIn(entries),
      searchPath: pathOf(defaultSchema, facts.searchPath, facts.user),
      holds,
    };
  });
}

const isPending = ({ state }: Entry): boolean => state === "PENDING" || state === "OUTDATED";

/** Files whose effect the database holds: those it has run, and those that its baseline stands for. */
function appliedIn(entries: readonly Entry[]): ReadonlyMap<string, AppliedFile> {
  const found = new Map<string, AppliedFile>();
  for (const { row, migration, state } of entries) {
    if (migration === undefined) continue;
    const { applied, failed } = STATES[state];
    if (state === "BELOW_BASELINE") found.set(migration.file.path, { on: "", isChanged: false });
    else if (row !== undefined && applied && !failed && state !== "UNDONE") {
      const isChanged =
        row.checksum !== undefined && migration.checksum !== undefined && !checksumMatches(row, migration);
      found.set(migration.file.path, { on: row.installedOn.slice(0, 10), isChanged });
    }
  }
  for (const entry of entries) if (isPending(entry)) found.delete(entry.migration?.file.path ?? "");
  return found;
}

/** The path that files meet: the default schema in front, as the engine puts it there. */
function pathOf(defaultSchema: string, searchPath: string, user: string): readonly string[] {
  const names = searchPath
    .split(",")
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"))
    .filter((name) => name !== "")
    .map((name) => (name === "$user" ? user : name));
  return [...new Set([defaultSchema, ...names])];
}

/** What the database holds is what the first file meets that it has not applied. */
export function databaseTruth(
  { schema, sizes }: NonNullable<DatabaseFacts["holds"]>,
  project: Project,
  parser: Parser,
): Truth {
  const { applied, searchPath, files } = project;
  const judgesApplied = files.some((f) => f.judged && applied.has(f.path));
  let isGiven = false;
  return {
    failures: new Map(),
    catalog: (source) => {
      if (isGiven || applied.has(source.path)) return Promise.resolve(undefined);
      isGiven = true;
      return Promise.resolve(catalogOf({ schema, sizes, searchPath, parser }));
    },
    advance: (source) => Promise.resolve(!judgesApplied && applied.has(source.path)),
  };
}
