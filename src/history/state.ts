// Files x rows -> the state of each migration. Pure; the one place where states are decided, for every verb.
// Follows flyway-core 13.12 MigrationInfoServiceImpl/MigrationInfoImpl step by step, with the paid edition's undo.
import { GodwitError } from "../base/errors.ts";
import type { IgnorePattern, Target } from "../config/settings.ts";
import type { ResolvedMigration, Version } from "../migrations/migration.ts";
import { compareVersions, equalVersions, parseVersion } from "../migrations/version.ts";
import { type HistoryRow, isBaseline, isSynthetic, isUndo } from "./row.ts";

export type StateCode =
  | "PENDING"
  | "ABOVE_TARGET"
  | "BELOW_BASELINE"
  | "BASELINE_IGNORED"
  | "BASELINE"
  | "IGNORED"
  | "MISSING_SUCCESS"
  | "MISSING_FAILED"
  | "SUCCESS"
  | "UNDONE"
  | "AVAILABLE"
  | "FAILED"
  | "OUT_OF_ORDER"
  | "FUTURE_SUCCESS"
  | "FUTURE_FAILED"
  | "OUTDATED"
  | "SUPERSEDED"
  | "DELETED";

interface StateFacts {
  readonly display: string;
  /** As ignoreMigrationPatterns calls it. */
  readonly pattern: string;
  readonly applied: boolean;
  readonly resolved: boolean;
  readonly failed: boolean;
}

const fact = (display: string, resolved: boolean, applied: boolean, failed = false): StateFacts => ({
  display,
  pattern: display.toLowerCase(),
  resolved,
  applied,
  failed,
});

/** Display names and properties (flyway-core api/MigrationState). */
export const STATES: Readonly<Record<StateCode, StateFacts>> = {
  PENDING: fact("Pending", true, false),
  ABOVE_TARGET: fact("Above Target", true, false),
  BELOW_BASELINE: fact("Below Baseline", true, false),
  BASELINE_IGNORED: fact("Ignored (Baseline)", true, false),
  BASELINE: fact("Baseline", true, true),
  IGNORED: fact("Ignored", true, false),
  MISSING_SUCCESS: fact("Missing", false, true),
  MISSING_FAILED: fact("Failed (Missing)", false, true, true),
  SUCCESS: fact("Success", true, true),
  UNDONE: fact("Undone", true, true),
  AVAILABLE: fact("Available", true, false),
  FAILED: fact("Failed", true, true, true),
  OUT_OF_ORDER: fact("Out of Order", true, true),
  FUTURE_SUCCESS: fact("Future", false, true),
  FUTURE_FAILED: fact("Failed (Future)", false, true, true),
  OUTDATED: fact("Outdated", true, true),
  SUPERSEDED: fact("Superseded", true, true),
  DELETED: fact("Deleted", false, true),
};

export interface Entry {
  readonly row: HistoryRow | undefined;
  readonly migration: ResolvedMigration | undefined;
  /** The undo file of this version, if there is one. */
  readonly undo: ResolvedMigration | undefined;
  readonly version: Version | undefined;
  readonly description: string;
  /** Type of the row, else of the file. */
  readonly type: HistoryRow["type"];
  readonly state: StateCode;
}

export interface StateInput {
  readonly migrations: readonly ResolvedMigration[];
  readonly undos: readonly ResolvedMigration[];
  readonly rows: readonly HistoryRow[];
  readonly target: Target | undefined;
  readonly outOfOrder: boolean;
  readonly cherryPick: readonly string[];
  /** Version that baselineOnMigrate is about to write; `info` shows what the coming migrate will see (13.11). */
  readonly presumedBaseline?: Version;
}

export interface States {
  /** In the order of info. */
  readonly entries: readonly Entry[];
  /** The entry that stands for the schema's version; its version is undefined for a repeatable or SCHEMA row. */
  readonly current: Entry | undefined;
  readonly pending: readonly Entry[];
  readonly appliedBaseline: Version | undefined;
  readonly lastResolved: Version | undefined;
}

interface Applied {
  readonly row: HistoryRow;
  deleted: boolean;
  undone: boolean;
  outOfOrder: boolean;
}

interface Draft {
  readonly applied: Applied | undefined;
  readonly migration: ResolvedMigration | undefined;
}

/** @throws GodwitError when the target version does not exist or the history contradicts itself. */
export function computeStates(input: StateInput): States {
  const versioned = input.migrations.filter((m) => m.kind === "versioned" || m.kind === "baseline");
  const repeatables = new Map(
    input.migrations.filter((m) => m.kind === "repeatable").map((m) => [m.description, m]),
  );
  const history = readHistory(input.rows);
  const appliedBaseline = input.presumedBaseline ?? history.appliedBaseline;
  const lastResolved = highest(versioned);
  const drafts = [
    ...versionedDrafts(versioned, history.versioned),
    ...repeatableDrafts(repeatables, history.repeatable),
  ];
  const pendingBaseline = highest(
    drafts.flatMap(({ applied, migration }) =>
      applied === undefined && migration?.kind === "baseline" ? [migration] : [],
    ),
  );
  requireTarget(input.target, drafts);
  const latestRuns = latestRepeatableRuns(history.repeatable);
  const context: Context = {
    appliedBaseline,
    lastApplied: input.presumedBaseline ?? history.lastApplied,
    pendingBaseline,
    lastResolved,
    latestRuns,
    outOfOrder: input.outOfOrder,
    picks: cherryPicks(input),
    target: undefined,
  };
  const undoOf = new Map(input.undos.map((u) => [versionKey(u.version), u]));
  const finish = (target: Version | undefined): readonly Entry[] =>
    drafts
      .map((draft) => toEntry(draft, { ...context, target }, undoOf))
      .sort((a, b) => compareEntries(a, b, context.picks));
  const entries = resolveTarget(input.target, history.lastApplied, finish);
  return {
    entries,
    current: currentEntry(entries),
    pending: entries.filter((e) => e.state === "PENDING"),
    appliedBaseline,
    lastResolved,
  };
}

// --- history rows ------------------------------------------------------------------------------------------

interface History {
  readonly versioned: readonly Applied[];
  readonly repeatable: readonly Applied[];
  readonly appliedBaseline: Version | undefined;
  readonly lastApplied: Version | undefined;
}

function readHistory(rows: readonly HistoryRow[]): History {
  const versioned: Applied[] = [];
  const repeatable: Applied[] = [];
  let appliedBaseline: Version | undefined;
  for (const row of rows) {
    const applied: Applied = { row, deleted: false, undone: false, outOfOrder: false };
    if (row.version === undefined) {
      if (row.type === "DELETE" && row.success) markDeletedRepeatable(repeatable, row);
      repeatable.push(applied);
      continue;
    }
    if (row.type === "DELETE" && row.success) {
      markDeleted(versioned, row, row.version);
      continue;
    }
    if (isUndo(row.type)) markUndone(versioned, row, row.version);
    if (isBaseline(row.type)) appliedBaseline = later(appliedBaseline, row.version);
    versioned.push(applied);
  }
  return { versioned, repeatable, appliedBaseline, lastApplied: markOutOfOrder(versioned) };
}

function markDeleted(versioned: readonly Applied[], row: HistoryRow, version: Version): void {
  const target = versioned.findLast((a) => !isSynthetic(a.row.type) && equalVersions(a.row.version, version));
  if (target === undefined) return;
  if (target.deleted) {
    throw new GodwitError(
      "DUPLICATE_DELETED_MIGRATION",
      `The history marks version ${version.text} as deleted twice (rank ${row.installedRank} is the second time).`,
      { advice: "Remove the second DELETE row of that version by hand, then run info again." },
    );
  }
  target.deleted = true;
}

function markDeletedRepeatable(repeatable: readonly Applied[], row: HistoryRow): void {
  const target = repeatable.findLast(
    (a) => !isSynthetic(a.row.type) && a.row.description === row.description,
  );
  if (target !== undefined) target.deleted = true;
}

function markUndone(versioned: readonly Applied[], row: HistoryRow, version: Version): void {
  if (!row.success) return;
  const target = versioned.findLast(
    (a) =>
      !a.undone && !isSynthetic(a.row.type) && !isUndo(a.row.type) && equalVersions(a.row.version, version),
  );
  if (target !== undefined) target.undone = true;
}

/** Flags rows that came after a higher version; gives the highest version applied. */
function markOutOfOrder(versioned: readonly Applied[]): Version | undefined {
  let last: Version | undefined;
  for (const applied of versioned) {
    const { type, version } = applied.row;
    if (version === undefined || isUndo(type)) continue;
    if (last === undefined || compareVersions(version, last) > 0) {
      if (!applied.deleted && !applied.undone && type !== "DELETE") last = version;
    } else {
      applied.outOfOrder = true;
    }
  }
  return last;
}

/** Rank of the latest run of each repeatable description. */
function latestRepeatableRuns(repeatable: readonly Applied[]): ReadonlyMap<string, number> {
  const runs = new Map<string, number>();
  for (const { row, deleted } of repeatable) {
    if (deleted && row.type === "DELETE") continue;
    runs.set(row.description, Math.max(row.installedRank, runs.get(row.description) ?? -1));
  }
  return runs;
}

// --- pairing rows with files ---------------------------------------------------------------------------------

/**
 * Where all went well the rows stand in the order of the files, so that the file behind the last row's is looked at
 * first: finding thousands by key takes its time.
 */
function versionedDrafts(files: readonly ResolvedMigration[], applied: readonly Applied[]): readonly Draft[] {
  const drafts: Draft[] = [];
  const done = new Uint8Array(files.length);
  let places: ReadonlyMap<string | number, number> | undefined;
  let next = 0;
  for (const entry of applied) {
    let at: number | undefined = next;
    if (!isPair(entry.row, files[at])) {
      places ??= new Map(files.map((m, i) => [pairKey(m.version, m.type), i]));
      at = places.get(pairKey(entry.row.version, entry.row.type));
    }
    drafts.push({ applied: entry, migration: at === undefined ? undefined : files[at] });
    if (at === undefined) continue;
    next = at + 1;
    if (!entry.deleted && !entry.undone) done[at] = 1;
  }
  for (let i = 0; i < files.length; i++)
    if (done[i] === 0) drafts.push({ applied: undefined, migration: files[i] });
  return drafts;
}

const isPair = (row: HistoryRow, file: ResolvedMigration | undefined): boolean =>
  file !== undefined && row.type === file.type && equalVersions(row.version, file.version);

function repeatableDrafts(
  files: ReadonlyMap<string, ResolvedMigration>,
  applied: readonly Applied[],
): readonly Draft[] {
  const latest = latestRepeatableRuns(applied);
  const current = new Set<string>();
  const drafts: Draft[] = [];
  for (const entry of applied) {
    const migration = files.get(entry.row.description);
    drafts.push({ applied: entry, migration });
    const isLatest = latest.get(entry.row.description) === entry.row.installedRank;
    if (
      migration !== undefined &&
      isLatest &&
      !entry.deleted &&
      entry.row.type !== "DELETE" &&
      checksumMatches(entry.row, migration)
    ) {
      current.add(entry.row.description);
    }
  }
  for (const [description, migration] of files) {
    if (!current.has(description)) drafts.push({ applied: undefined, migration });
  }
  return drafts;
}

/**
 * Flyway pairs a row with a file of the same version and the same type (13: (version, type)). Most are SQL whose version
 * is one number, which is a key by itself: making texts of thousands takes its time.
 */
function pairKey(version: Version | undefined, type: string): string | number {
  const [first, second] = version?.parts ?? [];
  if (typeof first === "number" && second === undefined && type === "SQL") return first;
  return `${versionKey(version)} ${type}`;
}

function versionKey(version: Version | undefined): string {
  if (version === undefined) return "";
  return version.special ?? version.parts.join(".");
}

/** Equal to the file's checksum, or to its second accepted one. */
export function checksumMatches(row: HistoryRow, migration: ResolvedMigration): boolean {
  return row.checksum === migration.checksum || matchesWithoutBeingIdentical(row, migration);
}

export function matchesWithoutBeingIdentical(row: HistoryRow, migration: ResolvedMigration): boolean {
  return (
    migration.equivalentChecksum !== undefined &&
    row.checksum === migration.equivalentChecksum &&
    row.checksum !== migration.checksum
  );
}

// --- the target --------------------------------------------------------------------------------------------

function requireTarget(target: Target | undefined, drafts: readonly Draft[]): void {
  if (target?.kind !== "version" || !target.failIfMissing) return;
  const wanted = parseVersion(target.text);
  const found = drafts.some((d) => equalVersions(d.applied?.row.version ?? d.migration?.version, wanted));
  if (found) return;
  throw new GodwitError("ERROR", `There is no migration with the target version ${wanted.text}.`, {
    advice: `Check -target and the locations, or write -target=${wanted.text}? to allow a version that does not exist.`,
  });
}

function resolveTarget(
  target: Target | undefined,
  lastApplied: Version | undefined,
  finish: (target: Version | undefined) => readonly Entry[],
): readonly Entry[] {
  switch (target?.kind) {
    case undefined:
    case "latest":
      return finish(undefined);
    case "current":
      return finish(lastApplied ?? EMPTY);
    case "version":
      return finish(parseVersion(target.text));
    case "next": {
      const open = finish(undefined);
      const next = open.find((e) => e.state === "PENDING")?.version;
      return next === undefined ? open : finish(next);
    }
  }
}

const EMPTY: Version = { text: "<< Empty Schema >>", raw: "", parts: [], special: "empty" };

// --- cherryPick ------------------------------------------------------------------------------------------------

/** Position of each picked file in the order given; undefined when nothing is picked. */
function cherryPicks(input: StateInput): ReadonlyMap<ResolvedMigration, number> | undefined {
  if (input.cherryPick.length === 0) return undefined;
  const picks = new Map<ResolvedMigration, number>();
  input.cherryPick.forEach((item, index) => {
    const found = input.migrations.filter((m) => isPick(m, item));
    if (found.length === 0) {
      throw new GodwitError(
        "ERROR",
        `cherryPick names "${item}", but no migration has that version or description.`,
        {
          advice: "List the ids with `info -migrationIds` and pick from them.",
        },
      );
    }
    for (const migration of found) if (!picks.has(migration)) picks.set(migration, index);
  });
  return picks;
}

function isPick(migration: ResolvedMigration, item: string): boolean {
  if (migration.version === undefined) return migration.description === item.replaceAll("_", " ");
  const wanted = item.replaceAll("_", ".");
  return /^\d+(\.\d+)*$/.test(wanted)
    ? equalVersions(migration.version, parseVersion(wanted))
    : migration.description === item.replaceAll("_", " ");
}

// --- states ------------------------------------------------------------------------------------------------

interface Context {
  readonly appliedBaseline: Version | undefined;
  readonly lastApplied: Version | undefined;
  readonly pendingBaseline: Version | undefined;
  readonly lastResolved: Version | undefined;
  readonly latestRuns: ReadonlyMap<string, number>;
  readonly outOfOrder: boolean;
  readonly picks: ReadonlyMap<ResolvedMigration, number> | undefined;
  readonly target: Version | undefined;
}

function toEntry(draft: Draft, context: Context, undoOf: ReadonlyMap<string, ResolvedMigration>): Entry {
  const row = draft.applied?.row;
  const version = row === undefined ? draft.migration?.version : row.version;
  return {
    row,
    migration: draft.migration,
    undo: version === undefined || undoOf.size === 0 ? undefined : undoOf.get(versionKey(version)),
    version,
    description: row?.description ?? draft.migration?.description ?? "",
    type: row?.type ?? draft.migration?.type ?? "SQL",
    state:
      draft.applied === undefined
        ? openState(draft.migration, context)
        : appliedState(draft.applied, draft.migration, context),
  };
}

function openState(migration: ResolvedMigration | undefined, context: Context): StateCode {
  if (migration === undefined) return "PENDING";
  if (context.picks !== undefined) return context.picks.has(migration) ? "PENDING" : "IGNORED";
  if (migration.config.shouldExecute?.value === false) return "IGNORED";
  const state = versionedOpenState(migration, context);
  return migration.kind === "baseline" ? baselineFileState(state, migration, context) : state;
}

function versionedOpenState(migration: ResolvedMigration, context: Context): StateCode {
  const version = migration.version;
  if (version === undefined) return "PENDING";
  const reference = context.lastApplied === undefined ? context.pendingBaseline : context.appliedBaseline;
  if (reference !== undefined) {
    const order = compareVersions(version, reference);
    if (order < 0) return "BELOW_BASELINE";
    if (order === 0) return "BASELINE_IGNORED";
  }
  if (context.target !== undefined && compareVersions(version, context.target) > 0) return "ABOVE_TARGET";
  if (
    context.lastApplied !== undefined &&
    compareVersions(version, context.lastApplied) < 0 &&
    !context.outOfOrder
  ) {
    return "IGNORED";
  }
  return "PENDING";
}

/** B files run only on a database where nothing was applied. */
function baselineFileState(state: StateCode, migration: ResolvedMigration, context: Context): StateCode {
  const somethingExists = context.appliedBaseline !== undefined || context.lastApplied !== undefined;
  if (state === "PENDING") return somethingExists ? "IGNORED" : "PENDING";
  if (state === "BASELINE_IGNORED" && equalVersions(migration.version, context.pendingBaseline)) {
    return somethingExists ? "BASELINE_IGNORED" : "PENDING";
  }
  return state;
}

function appliedState(
  applied: Applied,
  migration: ResolvedMigration | undefined,
  context: Context,
): StateCode {
  const { row } = applied;
  if (applied.undone) return "UNDONE";
  if (applied.deleted) return "DELETED";
  if (isUndo(row.type)) return row.success ? "SUCCESS" : "FAILED";
  if (row.type === "SQL_BASELINE" || row.type === "JDBC_BASELINE") {
    if (!row.success) return "FAILED";
    return unresolvedState(applied, migration, context) ?? "BASELINE";
  }
  if (row.type === "DELETE") return "SUCCESS";
  if (row.type === "BASELINE") return "BASELINE";
  const unresolved = unresolvedState(applied, migration, context);
  if (unresolved !== undefined) return unresolved;
  if (!row.success) return "FAILED";
  if (row.type === "SCHEMA") return "SUCCESS";
  if (row.version === undefined) return repeatableState(row, migration, context);
  return applied.outOfOrder ? "OUT_OF_ORDER" : "SUCCESS";
}

function unresolvedState(
  { row }: Applied,
  migration: ResolvedMigration | undefined,
  context: Context,
): StateCode | undefined {
  if (migration !== undefined) return undefined;
  if (row.version === undefined && !isLatestRun(row, context)) return undefined;
  if (row.type === "SCHEMA") return "SUCCESS";
  const missing =
    row.version === undefined ||
    (context.lastResolved !== undefined && compareVersions(row.version, context.lastResolved) < 0);
  if (missing) return row.success ? "MISSING_SUCCESS" : "MISSING_FAILED";
  return row.success ? "FUTURE_SUCCESS" : "FUTURE_FAILED";
}

function repeatableState(
  row: HistoryRow,
  migration: ResolvedMigration | undefined,
  context: Context,
): StateCode {
  if (!isLatestRun(row, context)) return "SUPERSEDED";
  return migration !== undefined && checksumMatches(row, migration) ? "SUCCESS" : "OUTDATED";
}

const isLatestRun = (row: HistoryRow, context: Context): boolean =>
  context.latestRuns.get(row.description) === row.installedRank;

// --- order and the current version -----------------------------------------------------------------------------

function compareEntries(
  a: Entry,
  b: Entry,
  picks: ReadonlyMap<ResolvedMigration, number> | undefined,
): number {
  if (a.row !== undefined && b.row !== undefined) return a.row.installedRank - b.row.installedRank;
  if (a.row === undefined && b.row === undefined) return compareOpen(a, b, picks);
  const open = a.row === undefined ? a : b;
  const openFirst = open.state === "BELOW_BASELINE" || open.state === "BASELINE_IGNORED";
  return (open === a) === openFirst ? -1 : 1;
}

function compareOpen(a: Entry, b: Entry, picks: ReadonlyMap<ResolvedMigration, number> | undefined): number {
  if (picks !== undefined && a.migration !== undefined && b.migration !== undefined) {
    const place =
      (picks.get(a.migration) ?? Number.MAX_SAFE_INTEGER) -
      (picks.get(b.migration) ?? Number.MAX_SAFE_INTEGER);
    if (place !== 0) return place;
  }
  if (a.version !== undefined && b.version !== undefined) {
    const order = compareVersions(a.version, b.version);
    return order !== 0
      ? order
      : Number(a.migration?.kind === "baseline") - Number(b.migration?.kind === "baseline");
  }
  if (a.version !== undefined) return -1;
  if (b.version !== undefined) return 1;
  return compareCodeUnits(a.description, b.description);
}

/** Java's String.compareTo: UTF-16 code units. */
const compareCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The entry that says which version the schema is at; a repeatable when nothing has a version. */
export function currentEntry(entries: readonly Entry[]): Entry | undefined {
  let best: Entry | undefined;
  let unversioned: Entry | undefined;
  for (const entry of entries) {
    if (!counts(entry)) continue;
    if (entry.version === undefined) unversioned = entry;
    else if (best?.version === undefined || compareVersions(entry.version, best.version) > 0) best = entry;
  }
  return best ?? unversioned;
}

const counts = ({ state, type }: Entry): boolean =>
  STATES[state].applied && state !== "DELETED" && state !== "UNDONE" && type !== "DELETE" && !isUndo(type);

function highest(migrations: readonly ResolvedMigration[]): Version | undefined {
  let best: Version | undefined;
  for (const { version } of migrations) best = version === undefined ? best : later(best, version);
  return best;
}

const later = (a: Version | undefined, b: Version): Version =>
  a === undefined || compareVersions(b, a) > 0 ? b : a;

// --- ignore patterns -------------------------------------------------------------------------------------------

/** True when a pattern covers the entry: type fits and the state's display name is the pattern's. */
export function isIgnored(entry: Entry, patterns: readonly IgnorePattern[]): boolean {
  const state = STATES[entry.state].pattern;
  const kind = entry.version === undefined ? "repeatable" : "versioned";
  for (const p of patterns)
    if ((p.state === "*" || p.state === state) && (p.type === "*" || p.type === kind)) return true;
  return false;
}

/** True when a state is ignored for both kinds of migration (flyway-core ValidatePatternUtils). */
export function ignoresState(
  state: "pending" | "ignored" | "missing" | "future",
  patterns: readonly IgnorePattern[],
): boolean {
  const covers = (kind: "versioned" | "repeatable"): boolean =>
    patterns.some((p) => (p.type === "*" || p.type === kind) && (p.state === "*" || p.state === state));
  return (
    patterns.some((p) => p.type === "*" && p.state === state) || (covers("versioned") && covers("repeatable"))
  );
}
