// The report of info: the table of migrations, and where godwit looked when it found none.
import type { InfoEntry, InfoOutcome } from "../engine/outcome.ts";
import { asciiTable, type BoxColumn, boxTable } from "./ascii-table.ts";
import { info, type Line } from "./line.ts";
import { type Hue, paint, type Style } from "./style.ts";
import { harmless } from "./width.ts";
import { count, fullName, kindOf, listed, listedUpTo } from "./words.ts";

/** The settings that decide which files are found; `Settings` has them all. */
export interface WhereSettings {
  readonly locations: readonly string[];
  readonly callbackLocations: readonly string[];
  readonly workingDirectory: string;
  readonly repeatableSqlMigrationPrefix: string;
  readonly sqlMigrationPrefix: string;
  readonly baselineMigrationPrefix: string;
  readonly sqlMigrationSeparator: string;
  readonly sqlMigrationSuffixes: readonly string[];
}

const COLUMNS: readonly BoxColumn[] = [
  { title: "Category", dispensable: 3 },
  { title: "Version", shrinkTo: 16 },
  { title: "Description", shrinkTo: 16 },
  { title: "Type", dispensable: 2 },
  { title: "Installed On", dispensable: 4 },
  { title: "State" },
  { title: "Undoable", dispensable: 1 },
];
const STATE_COLUMN = 5;
const NOTHING = "No migrations found";

const STATE_HUES: Readonly<Record<string, Hue>> = {
  SUCCESS: "green",
  BASELINE: "green",
  OUT_OF_ORDER: "yellow",
  PENDING: "cyan",
  OUTDATED: "cyan",
  FAILED: "red",
  MISSING_FAILED: "red",
  FUTURE_FAILED: "red",
  MISSING_SUCCESS: "yellow",
  FUTURE_SUCCESS: "yellow",
  IGNORED: "yellow",
};
const FAILED_STATES: ReadonlySet<string> = new Set(["FAILED", "MISSING_FAILED", "FUTURE_FAILED"]);

export function renderInfo(
  outcome: InfoOutcome,
  style: Style,
  where: WhereSettings | undefined,
): readonly Line[] {
  // Applied undo rows are in the JSON only (flyway-core MigrationInfoDumper).
  const entries = outcome.migrations.filter((m) => m.category !== "Undo");
  const version =
    outcome.schemaVersion === null ? "<< Empty Schema >>" : paint(style, "bold", outcome.schemaVersion);
  const lines: Line[] = [info(`Schema version: ${version}`), info("")];
  if (where !== undefined && entries.every((m) => m.filepath === "")) {
    lines.push(...renderWhere(where, style));
  }
  lines.push(info(migrationTable(entries, style)));
  const progress = entries.filter((m) => m.progress !== undefined);
  for (const m of progress) {
    lines.push(info(`${fullName({ ...m, kind: kindOf(m) })}: ${harmless(m.progress ?? "")}`));
  }
  if (style.layout === "terminal") lines.push(...summary(entries, style));
  return lines;
}

function migrationTable(entries: readonly InfoEntry[], style: Style): string {
  const rows = entries.map(tableRow);
  const hue = (r: number): Hue => STATE_HUES[entries[r]?.stateCode ?? ""] ?? "dim";
  if (style.layout === "terminal") {
    if (rows.length === 0) return `${NOTHING}.`;
    return boxTable(COLUMNS, rows, style, (r, c) => (c === STATE_COLUMN ? hue(r) : undefined));
  }
  const titles = COLUMNS.map((c) => c.title);
  return asciiTable(titles, rows, NOTHING, (r, c) =>
    style.color && c === STATE_COLUMN ? (text) => paint(style, hue(r), text) : undefined,
  );
}

const tableRow = (m: InfoEntry): readonly string[] => [
  m.category,
  harmless(m.version),
  harmless(m.description),
  m.type,
  m.installedOn,
  m.state,
  undoable(m),
];

/** The table says nothing where the JSON says No: for deleted and undone rows. */
function undoable(m: InfoEntry): string {
  if (m.version === "" || m.type === "DELETE" || m.type.startsWith("UNDO_")) return "";
  if (m.stateCode === "DELETED" || m.stateCode === "UNDONE") return "";
  return m.undoable === "Yes" && !FAILED_STATES.has(m.stateCode) ? "Yes" : "No";
}

/** What the table comes to, and the command to type next. */
function summary(entries: readonly InfoEntry[], style: Style): readonly Line[] {
  const inState = (...codes: string[]): readonly InfoEntry[] =>
    entries.filter((m) => codes.includes(m.stateCode));
  const names = (of: readonly InfoEntry[]): string =>
    listedUpTo(
      of.map((m) => fullName({ ...m, kind: kindOf(m) })),
      3,
    );
  const failed = inState(...FAILED_STATES);
  const pending = inState("PENDING", "OUTDATED");
  const missing = inState("MISSING_SUCCESS");
  const ignored = inState("IGNORED");
  const applied = entries.filter((m) => m.installedOn !== "" && !failed.includes(m));
  const parts = [
    ...(applied.length > 0 ? [`${applied.length} applied`] : []),
    ...(pending.length > 0 ? [paint(style, "cyan", `${pending.length} pending`)] : []),
    ...(failed.length > 0 ? [paint(style, "red", `${failed.length} failed`)] : []),
  ];
  if (parts.length === 0) return [];
  const lines = [info(`${listed(parts)}.`)];
  if (failed.length > 0) {
    lines.push(info(`Mend what ${names(failed)} left behind, then run repair to remove the failed row.`));
  } else if (pending.length > 0) {
    lines.push(info(`Run migrate to apply ${pending.length === 1 ? "it" : "them"}.`));
  }
  if (missing.length > 0) {
    lines.push(
      info(`${count(missing.length, "applied file is", "applied files are")} gone: ${names(missing)}.`),
    );
  }
  if (ignored.length > 0) {
    lines.push(info(`Passed over, because a higher version is applied: ${names(ignored)}.`));
  }
  return lines;
}

/** Why there may be no migrations: the settings that say where and by what names they are looked for. */
export function renderWhere(where: WhereSettings, style: Style): readonly Line[] {
  const rows = [
    ["locations", where.locations.join(", ")],
    ["callbackLocations", where.callbackLocations.join(", ")],
    ["workingDirectory", where.workingDirectory],
    ["repeatableSqlMigrationPrefix", where.repeatableSqlMigrationPrefix],
    ["sqlMigrationPrefix", where.sqlMigrationPrefix],
    ["baselineMigrationPrefix", where.baselineMigrationPrefix],
    ["sqlMigrationSeparator", where.sqlMigrationSeparator],
    ["sqlMigrationSuffixes", where.sqlMigrationSuffixes.join(", ")],
  ].map((row) => row.map((text) => harmless(text)));
  const table =
    style.layout === "terminal"
      ? boxTable([{ title: "Setting" }, { title: "Value", shrinkTo: 20 }], rows, style)
      : asciiTable(["Setting", "Value"], rows, "");
  return [
    info("There is no migration file where godwit looked. These settings say where that is:"),
    info(table),
  ];
}

/** The answer of `info -migrationIds`: versions, or descriptions of repeatables, without a line end. */
export const migrationIds = (outcome: InfoOutcome): string =>
  outcome.migrations
    .filter((m) => m.category !== "Undo")
    .map((m) => (m.version === "" ? m.description : m.version))
    .join(",");
