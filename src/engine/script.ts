// A SQL file made ready to run: placeholders replaced, statements found, transaction need known, and a way back
// from a server's error position to the file's own line and column.
import { GodwitError } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import { lineColumnsOf, offsetOfCodePoint } from "../base/place.ts";
import type { Settings } from "../config/settings.ts";
import type { ScannedFile, ScriptConfig } from "../migrations/migration.ts";
import { type PlaceholderOptions, replacePlaceholders } from "../sql/placeholders.ts";
import { splitStatements } from "../sql/split.ts";
import type { Statement } from "../sql/statement.ts";
import { transactionNeed } from "../sql/transactional.ts";

export interface PreparedScript {
  readonly file: ScannedFile;
  readonly statements: readonly Statement[];
  /** Text after placeholder replacement. */
  readonly text: string;
  /** False: each statement runs on its own, outside a transaction block. */
  readonly transactional: boolean;
  /** True: the script holds BEGIN, COMMIT, ROLLBACK or a savepoint of its own. */
  readonly ownControl: boolean;
  /** Place in the file of a statement, or of a position (1-based code points) inside it. */
  place(statement: Statement, position?: number): Place;
  /** The statement as the file has it, placeholders and all. */
  source(statement: Statement): string;
}

export interface ScriptSource {
  readonly file: ScannedFile;
  readonly config: ScriptConfig;
  readonly text: string;
}

export interface ScriptOptions {
  readonly settings: Settings;
  readonly serverVersion: number;
  /** Lower-cased names; flyway:filename is added here. */
  readonly placeholders: Readonly<Record<string, string>>;
}

/**
 * @throws GodwitError ERROR for a missing placeholder, an unterminated COPY block, or statements of both kinds
 * in one file while `mixed` is off.
 */
export function prepareScript(source: ScriptSource, options: ScriptOptions): PreparedScript {
  const { settings } = options;
  const replace = source.config.placeholderReplacement ?? settings.placeholderReplacement;
  const replaced = replace
    ? replacePlaceholders(source.text, placeholderOptions(settings, options.placeholders, source.file))
    : { text: source.text, toOriginal: (offset: number) => offset };
  const statements = locate(source.file, () => splitStatements(replaced.text));
  const unchanged = replaced.text === source.text;
  const lineColumn = lineColumnsOf(source.text);
  const place = (statement: Statement, position?: number): Place => {
    if (position === undefined && unchanged) {
      return { file: source.file.configuredPath, line: statement.line, column: statement.column };
    }
    const inside = position === undefined ? 0 : offsetOfCodePoint(statement.text, position - 1);
    const offset = replaced.toOriginal(statement.start + Math.min(inside, statement.text.length));
    return { file: source.file.configuredPath, ...lineColumn(offset) };
  };
  const inFile = (statement: Statement): string =>
    unchanged
      ? statement.text
      : source.text.slice(replaced.toOriginal(statement.start), replaced.toOriginal(statement.end));
  const transactional = decideTransactional(statements, source, options, place);
  const ownControl = statements.some((s) => s.transactionControl !== undefined);
  return {
    file: source.file,
    statements,
    text: replaced.text,
    transactional,
    ownControl,
    place,
    source: inFile,
  };
}

/** The options for replacing placeholders in one file, with that file's name among the values. */
export function placeholderOptions(
  settings: Settings,
  values: Readonly<Record<string, string>>,
  file: { readonly name: string; readonly configuredPath: string },
): PlaceholderOptions {
  return {
    prefix: settings.placeholderPrefix,
    suffix: settings.placeholderSuffix,
    separator: settings.placeholderSeparator,
    values: { ...values, [`flyway${settings.placeholderSeparator}filename`]: file.name },
    file: file.configuredPath,
  };
}

function locate<T>(file: ScannedFile, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GodwitError) || error.place?.file) throw error;
    const place = error.place === undefined ? undefined : { ...error.place, file: file.configuredPath };
    throw new GodwitError(error.code, error.message, {
      ...(error.advice === undefined ? {} : { advice: error.advice }),
      ...(place === undefined ? {} : { place }),
      cause: error,
    });
  }
}

/**
 * Script config first, then the statements themselves, then the global setting. Flyway refuses a file that mixes
 * both kinds unless `mixed`; statements that only PostgreSQL knows to be non-transactional (Flyway does not) never
 * worked in Flyway inside a transaction, so a file with one of those simply runs without.
 */
function decideTransactional(
  statements: readonly Statement[],
  source: ScriptSource,
  options: ScriptOptions,
  place: (statement: Statement) => Place,
): boolean {
  if (source.config.executeInTransaction !== undefined) return source.config.executeInTransaction;
  const needs = statements.map((s) => transactionNeed(s, options.serverVersion));
  const outside = needs.findIndex((n) => n.kind === "non-transactional");
  if (outside === -1) return options.settings.executeInTransaction;
  if (options.settings.mixed || !options.settings.executeInTransaction) return false;
  const known = needs.findIndex((n) => n.kind === "non-transactional" && n.flywayKnows);
  if (known === -1) return false;
  const offending = needs.findIndex(
    (n) => (n.kind === "non-transactional") !== (needs[0]?.kind === "non-transactional"),
  );
  const statement = statements[offending];
  if (statement === undefined) return false;
  const cannot = needs[offending]?.kind === "non-transactional" ? statement : statements[known];
  throw new GodwitError(
    "ERROR",
    `${source.file.name} mixes statements that need a transaction with ${cannot === undefined ? "one" : firstWords(cannot)} which cannot run in one.`,
    {
      place: place(statement),
      advice:
        "Move the statement that cannot run in a transaction to a file of its own, or set mixed=true to run the whole file without a transaction.",
      details: { nonTransactional: needs[offending]?.kind === "non-transactional" },
    },
  );
}

const firstWords = (statement: Statement): string => statement.words.slice(0, 3).join(" ");
