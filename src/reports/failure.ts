// A failure in words: what happened, where in the file, what the server said, what usually mends it, and in what state
// the database is. Bugs have their own page at the end.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import { codeFrame, type SourceText } from "./code-frame.ts";
import { conditionName } from "./conditions.ts";
import { type FailureFacts, factsOf } from "./failure-facts.ts";
import type { Line } from "./line.ts";
import { remedyOf } from "./remedies.ts";
import { type Hue, paint, type Style, textWidth } from "./style.ts";
import { validationBlocks } from "./validation.ts";
import { harmless, wrap } from "./width.ts";
import { fullName, listedUpTo, placeText, shortName } from "./words.ts";

export interface FailureContext {
  /** The text of the file of `error.place`, or the part of it round the place. */
  readonly source?: SourceText;
  /** -X: causes and stacks are shown. */
  readonly debug?: boolean;
}

/** The whole failure as one piece; the terminal writes its prefix before the first line. */
export function renderFailure(error: GodwitError, style: Style, context: FailureContext = {}): Line {
  const facts = factsOf(error);
  const sections = [
    headline(error, facts, style),
    frame(error.place, style, context.source),
    error.sql === undefined ? [] : serverSaid(error.sql, error.place, facts, style),
    facts.invalid.length === 0 ? [] : validationBlocks(facts.invalid, style).slice(1),
    whatToDo(error, style),
    stateOfDatabase(error, facts, style),
    context.debug === true ? causes(error.cause) : [],
  ];
  const text = sections.filter((s) => s.length > 0).map((s) => s.join("\n"));
  return { level: "error", text: text.join("\n\n") };
}

function headline(error: GodwitError, facts: FailureFacts, style: Style): readonly string[] {
  // The findings that follow say more than their joined text in the message.
  const message = facts.invalid.length > 0 ? firstLine(error.message) : error.message;
  const [first = "", ...rest] = wrap(harmless(message, true), textWidth(style));
  return [paint(style, "bold", first), ...rest];
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;

function frame(place: Place | undefined, style: Style, source: SourceText | undefined): readonly string[] {
  if (place === undefined) return [];
  const rows = source === undefined ? [] : codeFrame(source, place, style);
  return [paint(style, "cyan", placeText(place)), ...rows];
}

// --- what the server said ------------------------------------------------------------------------------------------

const LABEL_WIDTH = 11;

/** Labels as in Flyway's error block, which scripts cut by. */
function serverSaid(
  sql: SqlErrorFields,
  place: Place | undefined,
  facts: FailureFacts,
  style: Style,
): readonly string[] {
  const pipe = style.layout === "pipe";
  const line = facts.statementLine ?? place?.line;
  const name = conditionName(sql.sqlState);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["SQL State", sql.sqlState],
    ["Condition", name],
    ["Error Code", pipe ? "0" : undefined],
    ["Message", pipe ? `${sql.severity}: ${sql.message}` : undefined],
    ["Detail", sql.detail],
    ["Hint", sql.hint],
    ["Where", sql.where],
    ["Query", sql.internalQuery],
    ["Location", pipe && place !== undefined ? location(place, facts) : undefined],
    ["Line", pipe && line !== undefined ? String(line) : undefined],
    ["Callback", facts.callback],
  ];
  return rows.flatMap(([label, value]) => {
    if (value === undefined || value === "") return [];
    const [first = "", ...rest] = wrap(harmless(value, true), textWidth(style) - LABEL_WIDTH - 2);
    const head = `${paint(style, "dim", `${label.padEnd(LABEL_WIDTH)}:`)} ${first}`;
    return [head, ...rest.map((r) => `${" ".repeat(LABEL_WIDTH + 2)}${r}`)];
  });
}

const location = (place: Place, facts: FailureFacts): string =>
  facts.path === undefined || facts.path === place.file ? place.file : `${place.file} (${facts.path})`;

// --- what to do ------------------------------------------------------------------------------------------------------

function whatToDo(error: GodwitError, style: Style): readonly string[] {
  const remedy = remedyOf(error);
  return [
    ...(remedy === undefined ? [] : labelled("Usual cause", remedy.cause, undefined, style)),
    ...(remedy === undefined ? [] : labelled("What to do", remedy.cure, "green", style)),
    ...(error.advice === undefined
      ? []
      : labelled(remedy === undefined ? "What to do" : "Then", error.advice, "green", style)),
  ];
}

function labelled(label: string, text: string, hue: Hue | undefined, style: Style): readonly string[] {
  const [first = "", ...rest] = wrap(harmless(text, true), textWidth(style) - label.length - 2);
  const indent = " ".repeat(Number.isFinite(style.width) ? label.length + 2 : 2);
  return [`${paint(style, hue ?? "bold", `${label}:`)} ${first}`, ...rest.map((r) => indent + r)];
}

// --- the state of the database ---------------------------------------------------------------------------------------

const NAMES_SHOWN = 5;

function stateOfDatabase(error: GodwitError, facts: FailureFacts, style: Style): readonly string[] {
  const { failed, applied, notReached } = facts;
  if (failed === undefined) return [];
  const undo = failed.kind === "undo";
  const rows: readonly (readonly [string, string])[] = [
    ...(applied.length === 0
      ? []
      : [[undo ? "undone" : "applied", listedUpTo(applied.map(fullName), NAMES_SHOWN)] as const]),
    ["failed", `${fullName(failed)}: ${fate(error, facts)}`],
    ...(notReached.length === 0
      ? []
      : [["not reached", listedUpTo(notReached.map(fullName), NAMES_SHOWN)] as const]),
  ];
  const title = paint(style, "bold", "State of the database:");
  const width = textWidth(style) - 15;
  return [
    title,
    ...rows.flatMap(([label, text]) => {
      const hue: Hue = label === "failed" ? "red" : label === "not reached" ? "yellow" : "green";
      const [first = "", ...rest] = wrap(text, width);
      return [
        `  ${paint(style, hue, label.padEnd(11))}  ${first}`,
        ...rest.map((r) => `${" ".repeat(15)}${r}`),
      ];
    }),
  ];
}

function fate(error: GodwitError, facts: FailureFacts): string {
  const name = facts.failed === undefined ? "it" : shortName(facts.failed);
  switch (facts.rolledBack) {
    case true:
      return facts.failed?.kind === "undo"
        ? "rolled back, the version is still applied"
        : `rolled back, nothing of it is left; ${name === "R" ? "it" : name} is still pending`;
    case false:
      return error.place === undefined
        ? "part of it stays in the database, because it ran outside a transaction"
        : `what stands before line ${facts.statementLine ?? error.place.line} stays in the database, because it ran outside a transaction`;
    case undefined:
      return "whether it was rolled back is not known; run info to see";
  }
}

function causes(cause: unknown): readonly string[] {
  const lines: string[] = [];
  for (let next = cause; next instanceof Error && lines.length < 50; next = next.cause) {
    lines.push(...harmless(`Caused by ${next.stack ?? next.message}`, true).split("\n"));
  }
  return lines;
}

// --- bugs --------------------------------------------------------------------------------------------------------------

export interface BugFacts {
  /** godwit's version. */
  readonly version: string;
  /** Such as "Node.js 20.15.0, linux x64". */
  readonly runtime: string;
  /** Where reports are read. */
  readonly reportTo: string;
}

/** Anything thrown that is not a GodwitError. */
export function renderBug(error: unknown, facts: BugFacts, style: Style): Line {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const nested = error instanceof Error ? causes(error.cause) : [];
  return {
    level: "error",
    text: [
      paint(style, "bold", "This is a bug in godwit, not a mistake of yours."),
      "",
      ...harmless(stack, true).split("\n"),
      ...nested,
      "",
      `godwit ${facts.version}, ${facts.runtime}`,
      `Please report it with the lines above: ${facts.reportTo}`,
      "What was applied before is kept; run info to see it.",
    ].join("\n"),
  };
}

/** A thrown value as the report it deserves. */
export const renderThrown = (
  error: unknown,
  style: Style,
  bug: BugFacts,
  context: FailureContext = {},
): Line =>
  error instanceof GodwitError ? renderFailure(error, style, context) : renderBug(error, bug, style);
