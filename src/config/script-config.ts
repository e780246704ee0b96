// A script's own configuration file (<script>.conf). Which file belongs to which script is the migrations' part.
import { GodwitError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import { type Property, readProperties, type Variables } from "./properties.ts";
import { evaluateShouldExecute } from "./should-execute.ts";

/** The same shape as ScriptConfig of migrations/migration.ts, which this layer may not import. */
export interface ScriptConfigValues {
  readonly executeInTransaction: boolean | undefined;
  readonly placeholderReplacement: boolean | undefined;
  readonly encoding: string | undefined;
  readonly shouldExecute: { readonly expression: string; readonly value: boolean } | undefined;
}

export interface ScriptConfigContext {
  readonly env: Variables;
  /** Replaces placeholders in a text; throws for one without a value. */
  readonly replacePlaceholders: (text: string) => string;
}

const KEYS = ["executeInTransaction", "placeholderReplacement", "encoding", "shouldExecute"];

/** Reads a script configuration file. Throws one CONFIGURATION failure with everything that is wrong in it. */
export function readScriptConfig(
  text: string,
  file: string,
  context: ScriptConfigContext,
): ScriptConfigValues {
  const properties = readProperties(context.replacePlaceholders(text), context.env);
  const problems: Problem[] = unknownKeys(properties);
  const last = (key: string) => properties.findLast((property) => property.key === key);
  const bool = (key: string): boolean | undefined => {
    const property = last(key);
    const lower = property?.value.toLowerCase();
    if (property === undefined || lower === "true" || lower === "false") return property && lower === "true";
    problems.push({ line: property.line, message: `${key} is "${property.value}"; expected true or false.` });
    return undefined;
  };
  const config = {
    executeInTransaction: bool("executeInTransaction"),
    placeholderReplacement: bool("placeholderReplacement"),
    encoding: last("encoding")?.value || undefined,
    shouldExecute: shouldExecute(text, last("shouldExecute"), problems),
  };
  if (problems.length > 0) throw failure(file, problems);
  return config;
}

interface Problem {
  readonly line: number;
  readonly message: string;
}

function unknownKeys(properties: readonly Property[]): Problem[] {
  return properties
    .filter(({ key }) => !KEYS.includes(key))
    .map(({ key, line }) => {
      const meant = suggest(key.replace(/^flyway\./, ""), KEYS);
      return {
        line,
        message: `${key} is not a setting of a script.${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
      };
    });
}

/** The expression is kept as it was written; info shows it. */
function shouldExecute(
  text: string,
  property: Property | undefined,
  problems: Problem[],
): ScriptConfigValues["shouldExecute"] {
  if (property === undefined) return undefined;
  const result = evaluateShouldExecute(property.value);
  if (!result.ok) {
    problems.push({
      line: property.line,
      message: `shouldExecute cannot be evaluated: ${result.message} (at character ${result.position} of: ${property.value}).`,
    });
    return undefined;
  }
  const raw = readProperties(text, undefined).findLast(({ key }) => key === "shouldExecute");
  return { expression: raw?.value ?? property.value, value: result.value };
}

function failure(file: string, problems: readonly Problem[]): GodwitError {
  const [first] = problems;
  const lines = problems.map(({ line, message }) => `${file}:${line}: ${message}`);
  const message =
    lines.length === 1 ? (lines[0] ?? "") : `${lines.length} things are wrong:\n  ${lines.join("\n  ")}`;
  return new GodwitError("CONFIGURATION", message, {
    advice: `A script's configuration knows ${KEYS.join(", ")}.`,
    ...(first === undefined ? {} : { place: { file, line: first.line, column: 1 } }),
  });
}
