// Compares what two tools did in one scenario. Keys that only the second one has are allowed in JSON documents, as
// godwit adds its own; everything else must be equal.
import type { Json } from "./normalise.ts";
import type { Contents, Recording, StepRecord } from "./play.ts";

export interface Difference {
  /** Where: `step 3 (migrate) json.error.errorCode`, `catalog`. */
  readonly at: string;
  readonly expected: string;
  readonly actual: string;
}

export function compare(expected: Recording, actual: Recording): readonly Difference[] {
  return [
    ...compareValues(
      "source (record again when the folder changed)",
      expected.source ?? null,
      actual.source ?? null,
    ),
    ...expected.steps.flatMap((step, i) =>
      compareSteps(`step ${i + 1} (${shorten(step.step)})`, step, actual.steps[i]),
    ),
    ...compareContents("", expected, actual),
  ];
}

function compareContents(at: string, expected: Contents, actual: Contents): readonly Difference[] {
  const { dump } = actual;
  return [
    ...compareLines(`${at}catalog`, expected.catalog, actual.catalog),
    ...compareLines(`${at}rows`, expected.rows, actual.rows),
    ...(expected.dump === undefined || dump === undefined
      ? []
      : compareLines(`${at}pg_dump`, expected.dump, dump)),
  ];
}

const NOTHING: Contents = { catalog: [], rows: [] };

function compareSteps(
  at: string,
  expected: StepRecord,
  actual: StepRecord | undefined,
): readonly Difference[] {
  if (actual === undefined) return [{ at, expected: "a step", actual: "none" }];
  return [
    ...compareValues(`${at} exit`, expected.exit ?? null, actual.exit ?? null),
    ...compareJson(`${at} json`, expected.json, actual.json),
    ...compareLines(`${at} answer`, expected.answer ?? [], actual.answer ?? []),
    ...compareContents(`${at} `, expected.contents ?? NOTHING, actual.contents ?? NOTHING),
    ...compareValues(`${at} history`, historyJson(expected), historyJson(actual)),
    ...(expected.runs ?? []).flatMap((run, i) => compareSteps(`${at} run ${i + 1}`, run, actual.runs?.[i])),
  ];
}

const historyJson = (record: StepRecord): Json => record.history ?? null;

const compareJson = (
  at: string,
  expected: Json | undefined,
  actual: Json | undefined,
): readonly Difference[] =>
  expected === undefined ? [] : compareValues(at, expected, actual ?? null, "more keys allowed");

function compareValues(
  at: string,
  expected: Json,
  actual: Json,
  keys: "same keys" | "more keys allowed" = "same keys",
): readonly Difference[] {
  if (isList(expected) && isList(actual)) {
    if (expected.length !== actual.length) return [difference(at, expected, actual)];
    return expected.flatMap((item, i) => compareValues(`${at}[${i}]`, item, actual[i] ?? null, keys));
  }
  if (isObject(expected) && isObject(actual)) {
    const unknown = keys === "same keys" ? Object.keys(actual).filter((key) => !(key in expected)) : [];
    return [
      ...Object.entries(expected).flatMap(([key, item]) => {
        const other = actual[key];
        return other === undefined
          ? [{ at: `${at}.${key}`, expected: show(item), actual: "<no key>" }]
          : compareValues(`${at}.${key}`, item, other, keys);
      }),
      ...unknown.map((key) => ({
        at: `${at}.${key}`,
        expected: "<no key>",
        actual: show(actual[key] ?? null),
      })),
    ];
  }
  return expected === actual ? [] : [difference(at, expected, actual)];
}

function compareLines(
  at: string,
  expected: readonly string[],
  actual: readonly string[],
): readonly Difference[] {
  const missing = without(expected, actual);
  const surplus = without(actual, expected);
  if (missing.length === 0 && surplus.length === 0) {
    return expected.join("\n") === actual.join("\n") ? [] : [{ at, expected: "another order", actual: "" }];
  }
  return [{ at, expected: missing.join("\n") || "<nothing>", actual: surplus.join("\n") || "<nothing>" }];
}

/** The lines of the first that the second lacks, counted: a line twice needs one twice. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const n = left.get(line) ?? 0;
    left.set(line, n - 1);
    return n <= 0;
  });
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const show = (value: Json): string => JSON.stringify(value);
const difference = (at: string, expected: Json, actual: Json): Difference => ({
  at,
  expected: show(expected),
  actual: show(actual),
});
const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
