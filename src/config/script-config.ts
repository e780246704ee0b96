// A script's own configuration file (<script>.conf). Which file belongs to which script is the migrations' part.
import { GodwitError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import { type Property, readProperties, type Variables } from "./properties.ts";
import type { FileTiming } from "./settings.ts";
import { evaluateShouldExecute } from "./should-execute.ts";
import { type Decoded, decodeDuration, decodeInt } from "./values.ts";

/** The same shape as ScriptConfig of migrations/migration.ts, which this layer may not import. */
export interface ScriptConfigValues {
  readonly executeInTransaction: boolean | undefined;
  readonly placeholderReplacement: boolean | undefined;
  readonly encoding: string | undefined;
  readonly shouldExecute: { readonly expression: string; readonly value: boolean } | undefined;
  readonly timing?: FileTiming;
}

export interface ScriptConfigContext {
  readonly env: Variables;
  /** Replaces placeholders in a text; throws for one without a value. */
  readonly replacePlaceholders: (text: string) => string;
}

/** godwit's own, by key; Flyway refuses a file that has them. */
const TIMING = {
  "godwit.lockTimeout": "lockTimeoutMs",
  "godwit.lockTimeoutRetries": "lockTimeoutRetries",
  "godwit.statementTimeout": "statementTimeoutMs",
  "godwit.waitForGap": "waitForGapMs",
} as const satisfies Readonly<Record<string, keyof FileTiming>>;

const KEYS = [
  "executeInTransaction",
  "placeholderReplacement",
  "encoding",
  "shouldExecute",
  ...Object.keys(TIMING),
];

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
    ...timing(properties, problems),
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

function timing(properties: readonly Property[], problems: Problem[]): Pick<ScriptConfigValues, "timing"> {
  const found: Record<string, number> = {};
  for (const { key, value, line } of properties) {
    if (!isTimingKey(key)) continue;
    const decoded: Decoded<number> = key.endsWith("Retries") ? decodeInt(value, 0) : decodeDuration(value);
    if (decoded.ok) found[TIMING[key]] = decoded.value;
    else problems.push({ line, message: `${key} is "${value}"; expected ${decoded.expected}.` });
  }
  return Object.keys(found).length === 0 ? {} : { timing: found };
}

const isTimingKey = (key: string): key is keyof typeof TIMING => Object.hasOwn(TIMING, key);

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
