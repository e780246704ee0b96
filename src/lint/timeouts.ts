// Fixes that set a timeout, or another value of one.
import { hasNoControl } from "./alone.ts";
import { before, type Edits, isReadable, replacement, type Span, spansOf } from "./edits.ts";
import type { RuleContext } from "./rule.ts";
import { behind } from "./shapes.ts";
import type { Project } from "./source.ts";

/** Callbacks whose settings the session of the migrations has. */
const BEFORE = /^(?:afterConnect|beforeMigrate|beforeEachMigrate)(?:__|\.)/i;

const KNOWN = new WeakMap<Project, Map<string, boolean>>();

/** The session has a value of it already when a migration begins: a callback sets one. Found once. */
export function isSetByCallback(project: Project, variable: string): boolean {
  const known = KNOWN.get(project) ?? new Map<string, boolean>();
  KNOWN.set(project, known);
  const found =
    known.get(variable) ??
    project.files.some((f) => BEFORE.test(f.name) && setsVariable(f.text ?? "", variable));
  known.set(variable, found);
  return found;
}

/** A setting for more than a transaction, and not of zero. */
export const setsVariable = (sql: string, variable: string): boolean =>
  new RegExp(String.raw`\bset\s+(?:session\s+)?${variable}\s*(?:=|\bto\b)\s*'?[1-9]`, "i").test(sql);

/** Sets a variable for the file, in front of its first statement. */
export function setFirst({ file, project }: RuleContext, variable: string, value: string): Edits {
  const [first] = spansOf(file);
  const { source, transactional, script } = file;
  if (first === undefined || source.kind === "callback" || !hasNoControl(file) || !isReadable(script))
    return undefined;
  // SET beside a statement that cannot run in a transaction makes a mixture, which migrate refuses.
  const isForced = source.executeInTransaction === false || !project.executeInTransaction;
  if (!transactional && !isForced) return undefined;
  const scope = transactional ? "LOCAL " : "";
  return before(script, first, [first], `SET ${scope}${variable} = '${value}';`);
}

/** Another value in SET lock_timeout = ... and SELECT set_config('lock_timeout', ...). */
export function otherValue(script: string, span: Span | undefined, variable: string, value: string): Edits {
  if (span === undefined) return undefined;
  const set = new RegExp(String.raw`set\s+(?:session\s+|local\s+)?${variable}\s*(?:=|\bto\b)\s*`, "i");
  const start = behind(script, span.start, set);
  if (start !== undefined) return replacement({ start, end: span.end }, `'${value}'`);
  const call = new RegExp(String.raw`select\s+set_config\s*\(\s*'${variable}'\s*,\s*`, "i");
  const argument = behind(script, span.start, call);
  const end = argument === undefined ? undefined : behind(script, argument, /'[^']*'/);
  return argument === undefined || end === undefined
    ? undefined
    : replacement({ start: argument, end }, `'${value}'`);
}
