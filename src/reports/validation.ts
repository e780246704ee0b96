// What validate found, in groups of one kind, with the advice of a group said once.
import type { ValidateEntry, ValidateOutcome } from "../engine/outcome.ts";
import { info, type Line } from "./line.ts";
import { marks, paint, type Style, textWidth } from "./style.ts";
import { harmless, wrap } from "./width.ts";
import { count, fullName, kindOf } from "./words.ts";

/** Titles by error code, in the order they are shown: what stops a run for good comes first. */
const TITLES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  FAILED_VERSIONED_MIGRATION: ["migration failed when it was run", "migrations failed when they were run"],
  FAILED_BASELINE_MIGRATION: [
    "baseline migration failed when it was run",
    "baseline migrations failed when they were run",
  ],
  FAILED_REPEATABLE_MIGRATION: ["repeatable failed when it was run", "repeatables failed when they were run"],
  CHECKSUM_MISMATCH: ["file was edited after it was applied", "files were edited after they were applied"],
  DESCRIPTION_MISMATCH: [
    "file was renamed after it was applied",
    "files were renamed after they were applied",
  ],
  TYPE_MISMATCH: [
    "file is of another kind than the one applied",
    "files are of another kind than those applied",
  ],
  APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED: [
    "applied migration has no file any more",
    "applied migrations have no file any more",
  ],
  APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED: [
    "applied repeatable has no file any more",
    "applied repeatables have no file any more",
  ],
  RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED: ["file is not applied", "files are not applied"],
  RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED: ["repeatable is not applied", "repeatables are not applied"],
  OUTDATED_REPEATABLE_MIGRATION: [
    "repeatable changed since it was applied",
    "repeatables changed since they were applied",
  ],
};
const ORDER = Object.keys(TITLES);

export function renderValidate(outcome: ValidateOutcome, style: Style): readonly Line[] {
  if (!outcome.validationSuccessful) {
    const head = harmless(outcome.errorDetails?.errorMessage ?? "Files and history do not agree.");
    return [
      { level: "error", text: [head, ...validationBlocks(outcome.invalidMigrations, style)].join("\n") },
    ];
  }
  const mark = style.layout === "terminal" ? `${paint(style, "green", marks(style).done)} ` : "";
  const nothing = outcome.validateCount === 0;
  return [info(nothing ? "There was nothing to validate." : `${mark}Files and history agree.`)];
}

/** The groups, each as lines; for the report of validate and for a migrate that was stopped by it. */
export function validationBlocks(entries: readonly ValidateEntry[], style: Style): readonly string[] {
  const codes = [...new Set(entries.map((e) => e.errorDetails.errorCode))];
  const rank = (code: string): number => (ORDER.includes(code) ? ORDER.indexOf(code) : ORDER.length);
  return codes
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((code) =>
      block(
        code,
        entries.filter((e) => e.errorDetails.errorCode === code),
        style,
      ),
    );
}

function block(code: string, entries: readonly ValidateEntry[], style: Style): readonly string[] {
  const [one, many] = TITLES[code] ?? [code, code];
  const title = `${count(entries.length, one, many)}  ${paint(style, "dim", code)}`;
  const split = entries.map((e) => splitAdvice(e.errorDetails.errorMessage));
  const advices = [...new Set(split.map((s) => s.advice))];
  const [shared] = advices.length === 1 ? advices : [];
  const width = textWidth(style) - 4;
  const indented = (text: string, by: string): readonly string[] =>
    wrap(text, width).map((line) => `${by}${line}`);
  const items = entries.flatMap((entry, i) => {
    const name = paint(style, "bold", fullName({ ...entry, kind: kindOf(entry) }));
    const file = entry.filepath === "" ? "" : `  ${paint(style, "dim", harmless(entry.filepath))}`;
    const { fact = "", advice } = split[i] ?? {};
    return [
      `  ${name}${file}`,
      ...indented(harmless(fact, true), "    "),
      ...(shared === undefined && advice !== undefined ? indented(harmless(advice), "    ") : []),
    ];
  });
  const advice = shared === undefined ? [] : indented(harmless(shared), `  `);
  return ["", paint(style, "yellow", title), ...items, ...advice];
}

/** The engine's messages end with a line that says what to do; the lines before it say what is. */
function splitAdvice(message: string): { readonly fact: string; readonly advice: string | undefined } {
  const at = message.lastIndexOf("\n");
  return at < 0
    ? { fact: message, advice: undefined }
    : { fact: message.slice(0, at), advice: message.slice(at + 1) };
}
