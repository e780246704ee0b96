// What a verb did, in words. One function a verb; what is told while it runs is live.ts, what went wrong is failure.ts.
// An outcome's warnings are not repeated here: the engine tells each as a log event when it meets it.
import type {
  BaselineOutcome,
  CleanOutcome,
  MigrateOutcome,
  Outcome,
  RepairOutcome,
  TestConnectionOutcome,
  UndoOutcome,
} from "../engine/outcome.ts";
import { renderInfo, type WhereSettings } from "./info.ts";
import { info, type Line, warn } from "./line.ts";
import { renderSkipped } from "./skipped.ts";
import { marks, paint, type Style, textWidth } from "./style.ts";
import { renderValidate } from "./validation.ts";
import { harmless, wrap } from "./width.ts";
import { count, duration, listed } from "./words.ts";

export interface TextContext {
  /** The default schema, for sentences; the outcome has only the configured ones. */
  readonly schema?: string;
  /** Shown by info (and migrate) when there are no files. */
  readonly where?: WhereSettings;
  /** -X: lists are not cut. */
  readonly debug?: boolean;
  /** Nothing was executed: the outcome says what would have been done. */
  readonly dryRun?: boolean;
}

/** The report of a verb, for a terminal or a pipe. */
export function renderOutcome(outcome: Outcome, style: Style, context: TextContext = {}): readonly Line[] {
  switch (outcome.operation) {
    case "info":
      return renderInfo(outcome, style, context.where);
    case "migrate":
      return renderMigrate(outcome, style, context);
    case "validate":
      return renderValidate(outcome, style);
    case "baseline":
      return renderBaseline(outcome, style);
    case "repair":
      return renderRepair(outcome, style, context);
    case "clean":
      return renderClean(outcome, style, context);
    case "undo":
      return renderUndo(outcome, style, context);
    case "testConnection":
      return renderTestConnection(outcome, style);
  }
}

function done(style: Style, sentence: string): Line {
  return info(
    style.layout === "terminal" ? `${paint(style, "green", marks(style).done)} ${sentence}` : sentence,
  );
}

const schemaOf = (outcome: { readonly schemaName: string }, context: TextContext): string => {
  if (context.schema !== undefined) return `Schema "${harmless(context.schema)}"`;
  if (outcome.schemaName === "") return "The database";
  const names = outcome.schemaName.split(", ").map((s) => `"${harmless(s)}"`);
  return names.length === 1 ? `Schema ${names[0]}` : `The first of the schemas ${listed(names)}`;
};

function renderMigrate(outcome: MigrateOutcome, style: Style, context: TextContext): readonly Line[] {
  const schema = schemaOf(outcome, context);
  const lines: Line[] = [];
  const would = context.dryRun === true;
  if (outcome.migrationsExecuted === 0) {
    const at = outcome.initialSchemaVersion;
    const where =
      at === null ? `${schema} holds no version` : `${schema} is at version ${paint(style, "bold", at)}`;
    lines.push(done(style, `${where}; there is nothing to apply.`));
  } else {
    const head = `${would ? "Would apply" : "Applied"} ${count(outcome.migrationsExecuted, "migration")}`;
    const time = would ? "" : ` in ${duration(outcome.totalMigrationTime)}`;
    const now =
      outcome.targetSchemaVersion === null || would
        ? ""
        : ` ${schema} is now at version ${paint(style, "bold", outcome.targetSchemaVersion)}.`;
    lines.push(done(style, `${head}${time}.${now}`));
  }
  return [...renderSkipped(outcome.skipNotices ?? [], style, context.debug === true), ...lines];
}

const renderBaseline = (outcome: BaselineOutcome, style: Style): readonly Line[] =>
  outcome.successfullyBaselined
    ? [
        done(
          style,
          `The history starts at version ${paint(style, "bold", harmless(outcome.baselineVersion))}: files up to it count as applied.`,
        ),
      ]
    : [warn(`The database was not baselined at version ${harmless(outcome.baselineVersion)}.`)];

function renderRepair(outcome: RepairOutcome, style: Style, context: TextContext): readonly Line[] {
  const removed = outcome.migrationsRemoved.length;
  const deleted = outcome.migrationsDeleted.length;
  const aligned = outcome.migrationsAligned.length;
  if (removed + deleted + aligned === 0) return [done(style, "The history needs no repair.")];
  const parts = [
    ...(removed > 0 ? [`${count(removed, "failed row")} removed`] : []),
    ...(deleted > 0 ? [`${deleted} marked as deleted`] : []),
    ...(aligned > 0 ? [`${aligned} aligned with ${aligned === 1 ? "its file" : "their files"}`] : []),
  ];
  const head = context.dryRun === true ? "Would repair the history" : "Repaired the history";
  const lines = [done(style, `${head}: ${listed(parts)}.`)];
  if (deleted > 0) {
    lines.push(
      info(
        wrap(
          "What the deleted files once made is still in the database. Drop it in a new migration, or move it into one.",
          textWidth(style),
        ).join("\n"),
      ),
    );
  }
  return lines;
}

function renderClean(outcome: CleanOutcome, style: Style, context: TextContext): readonly Line[] {
  const emptied = outcome.schemasCleaned.length;
  const dropped = outcome.schemasDropped.length;
  if (emptied + dropped === 0) return [done(style, "There was nothing to clean.")];
  const parts = [
    ...(emptied > 0 ? [`${count(emptied, "schema")} emptied`] : []),
    ...(dropped > 0 ? [`${count(dropped, "schema")} dropped`] : []),
  ];
  const head = context.dryRun === true ? "Would clean the database" : "Cleaned the database";
  return [done(style, `${head}: ${listed(parts)}.`)];
}

function renderUndo(outcome: UndoOutcome, style: Style, context: TextContext): readonly Line[] {
  if (outcome.migrationsUndone === 0) return [done(style, "There is nothing to undo.")];
  const time = outcome.undoneMigrations.reduce((sum, m) => sum + m.executionTime, 0);
  const schema = schemaOf(outcome, context);
  const now =
    outcome.targetSchemaVersion === null
      ? `${schema} holds no version now`
      : `${schema} is now at version ${paint(style, "bold", outcome.targetSchemaVersion)}`;
  const head = context.dryRun === true ? "Would undo" : "Undid";
  return [
    ...renderSkipped(outcome.skipNotices ?? [], style, context.debug === true),
    done(
      style,
      context.dryRun === true
        ? `${head} ${count(outcome.migrationsUndone, "migration")}.`
        : `${head} ${count(outcome.migrationsUndone, "migration")} in ${duration(time)}. ${now}.`,
    ),
  ];
}

const renderTestConnection = (outcome: TestConnectionOutcome, style: Style): readonly Line[] => [
  done(style, `Connected to ${harmless(outcome.server)}.`),
];

export interface VersionFacts {
  readonly godwit: string;
  /** The release whose behaviour, files and JSON godwit shares. */
  readonly flyway: string;
  readonly node: string;
  readonly platform: string;
}

export const renderVersion = (facts: VersionFacts, style: Style): readonly Line[] => [
  info(paint(style, "bold", `godwit ${facts.godwit}`)),
  info(`compatible with Flyway ${facts.flyway}; Node.js ${facts.node}, ${facts.platform}`),
];
