// A team's own rule: what its file exports, checked, into a rule as ours are. What it throws later is told with its file.
import { GodwitError, messageOf } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import { suggest } from "../base/suggest.ts";
import { ACTION_KINDS } from "../tree/action.ts";
import { FAMILIES } from "./finding.ts";
import { LOCK_MODES } from "./locks.ts";
import { PRESETS, type Rule, type TeamRule } from "./rule.ts";

export interface TeamSource {
  /** Path as the user knows it. */
  readonly file: string;
  readonly text: string;
  /** Where in the file a stack last was. */
  readonly placeIn: (stack: string | undefined) => Place | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
/** What is wrong with a value, or undefined. */
type Judge = (value: unknown) => string | undefined;

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Judge = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : "is no text with something in it";
const oneOf =
  (values: readonly string[]): Judge =>
  (value) =>
    values.some((v) => v === value) ? undefined : `is none of ${values.join(", ")}`;
const run: Judge = (value) => (typeof value === "function" ? undefined : "is no function");
const listOf =
  (judge: Judge, least = 0): Judge =>
  (value) => {
    if (!Array.isArray(value)) return "is no list";
    if (value.length < least) return "is empty";
    const items: readonly unknown[] = value;
    return items.map(judge).find((fault) => fault !== undefined);
  };

const id: Judge = (value) =>
  typeof value === "string" && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(value)
    ? undefined
    : "is no name of small letters, digits and hyphens, such as no-money";

const example: Judge = (value) => {
  if (typeof value === "string") return undefined;
  if (!isRecord(value)) return "has an example that is neither SQL nor an object";
  const wrong = ["before", "sql", "fixed"].find(
    (key) => value[key] !== undefined && typeof value[key] !== "string",
  );
  if (wrong !== undefined) return `has an example whose ${wrong} is no text`;
  const files = value["files"];
  const isTexts = isRecord(files) && Object.values(files).every((t) => typeof t === "string");
  return files === undefined || isTexts ? undefined : "has an example whose files are no texts by name";
};

const option: Judge = (value) =>
  isRecord(value) && ["name", "default", "doc"].every((key) => typeof value[key] === "string")
    ? undefined
    : "has an option without name, default and doc, all texts";

const fixFacts: Judge = (value) =>
  isRecord(value) && (value["gives"] === "same" || value["gives"] === "other")
    ? undefined
    : 'has no `gives` that is "same" or "other"';

const handlers: Judge = (value) => {
  if (!isRecord(value)) return "is no object of functions by kind of action";
  for (const [kind, handler] of Object.entries(value)) {
    if (!ACTION_KINDS.some((k) => k === kind)) {
      const near = suggest(kind, ACTION_KINDS);
      return `has "${kind}", which is no kind of action${near === undefined ? "" : `; did you mean ${near}?`}`;
    }
    if (typeof handler !== "function") return `has no function for ${kind}`;
  }
  return undefined;
};

const REQUIRED: Readonly<Record<string, Judge>> = {
  id,
  severity: oneOf(["error", "warning", "info"]),
  summary: text,
  why: text,
  instead: text,
  bad: listOf(example, 1),
  good: listOf(example, 1),
};
const HANDLERS: Readonly<Record<string, Judge>> = {
  on: handlers,
  each: run,
  reference: run,
  statement: run,
  file: run,
  end: run,
};
const OPTIONAL: Readonly<Record<string, Judge>> = {
  ...HANDLERS,
  aliases: listOf(id),
  family: oneOf(FAMILIES),
  presets: listOf(oneOf(PRESETS.filter((p) => p !== "strict"))),
  clause: text,
  lock: oneOf(LOCK_MODES),
  options: listOf(option),
  fix: fixFacts,
};

/** @throws GodwitError with file and line when the value is no rule. */
export function teamRule(value: unknown, source: TeamSource): Rule {
  checkTeamRule(value, source);
  const { family = "team", presets = [], ...rest } = value;
  const inForce = value.presets === undefined ? "always" : "presets";
  return guarded({ ...rest, family, presets, team: { file: source.file, inForce } }, source);
}

function checkTeamRule(value: unknown, source: TeamSource): asserts value is TeamRule {
  if (!isRecord(value)) {
    throw new GodwitError("CONFIGURATION", `${source.file} exports no rule.`, {
      place: { file: source.file, line: 1, column: 1 },
      advice:
        "Write `export default defineRule({ ... })`. A file that rules share belongs in a folder below, which is not searched for rules.",
    });
  }
  for (const key of Object.keys(value)) {
    if (key in REQUIRED || key in OPTIONAL) continue;
    const near = suggest(key, [...Object.keys(REQUIRED), ...Object.keys(OPTIONAL)]);
    throw wrong(
      source,
      key,
      "is nothing that a rule has",
      near === undefined ? undefined : `Did you mean ${near}?`,
    );
  }
  for (const [key, judge] of Object.entries(REQUIRED)) {
    if (value[key] === undefined) throw wrong(source, key, "is missing");
    const fault = judge(value[key]);
    if (fault !== undefined) throw wrong(source, key, fault);
  }
  for (const [key, judge] of Object.entries(OPTIONAL)) {
    const fault = value[key] === undefined ? undefined : judge(value[key]);
    if (fault !== undefined) throw wrong(source, key, fault);
  }
  if (Object.keys(HANDLERS).every((key) => value[key] === undefined)) {
    throw wrong(source, "id", `has none of ${Object.keys(HANDLERS).join(", ")}, so it can find nothing`);
  }
}

const wrong = (source: TeamSource, key: string, fault: string, advice?: string): GodwitError =>
  new GodwitError("CONFIGURATION", `${source.file}: "${key}" of the rule ${fault}.`, {
    place: placeOfKey(source, key),
    advice: advice ?? "docs/team-rules.md says what a rule is made of.",
  });

/** The line where the key stands, as far as it can be told from the text. */
export function placeOfKey({ file, text: whole }: Pick<TeamSource, "file" | "text">, key: string): Place {
  const found = new RegExp(`^([ \\t]*)["']?${key}["']?\\s*[:=(]`, "m").exec(whole);
  const line = found === null ? 1 : whole.slice(0, found.index).split("\n").length;
  return { file, line, column: (found?.[1]?.length ?? 0) + 1 };
}

// --- running ---------------------------------------------------------------------------------------------------------

type Handler = (subject: never, context: never) => void;

/** The rule with functions whose errors name its file. */
function guarded(rule: Rule, source: TeamSource): Rule {
  const guard = (handler: Handler | undefined, takesSubject: boolean): Handler | undefined =>
    handler === undefined
      ? undefined
      : (...args: readonly unknown[]) => {
          const context = args[takesSubject ? 1 : 0];
          const checked = checkedContext(context);
          call(rule, source, judgedFile(context), () =>
            Reflect.apply(handler, rule, takesSubject ? [args[0], checked] : [checked]),
          );
        };
  const on = Object.entries(rule.on ?? {}).map(([kind, handler]) => [kind, guard(handler, true)]);
  const made = {
    each: guard(rule.each, true),
    reference: guard(rule.reference, true),
    statement: guard(rule.statement, true),
    file: guard(rule.file, false),
    end: guard(rule.end, false),
  };
  const there = Object.entries(made).filter(([, handler]) => handler !== undefined);
  return {
    ...rule,
    ...(rule.on === undefined ? {} : { on: Object.fromEntries(on) }),
    ...Object.fromEntries(there),
  };
}

function call(rule: Rule, source: TeamSource, judged: string | undefined, handler: () => unknown): void {
  let result: unknown;
  try {
    result = handler();
  } catch (error) {
    throw ruleFailure(rule, source, judged, error);
  }
  if (isRecord(result) && "then" in result)
    throw ruleFailure(rule, source, judged, new Error("a function of it is async, which rules must not be"));
}

function ruleFailure(
  rule: Rule,
  source: TeamSource,
  judged: string | undefined,
  error: unknown,
): GodwitError {
  const where = judged === undefined ? "" : ` on ${judged}`;
  const reason = messageOf(error);
  const place = error instanceof Error ? source.placeIn(error.stack) : undefined;
  return new GodwitError("ERROR", `The rule ${rule.id} failed${where}: ${reason}.`, {
    place: place ?? placeOfKey(source, "id"),
    advice: `Mend ${source.file}, or switch the rule off with lint.${rule.id} = "off".`,
    cause: error,
  });
}

function judgedFile(context: unknown): string | undefined {
  const file = isRecord(context) && isRecord(context["file"]) ? context["file"]["source"] : undefined;
  return isRecord(file) && typeof file["path"] === "string" ? file["path"] : undefined;
}

/** What report() is given in JavaScript may be anything. */
function checkedContext(context: unknown): unknown {
  if (!isRecord(context) || typeof context["report"] !== "function") return context;
  const { report } = context;
  return {
    ...context,
    report: (...args: readonly unknown[]) => {
      const [at, message] = typeof args[0] === "string" ? args.slice(1) : args;
      if (!isRecord(at) || !Number.isFinite(at["start"]))
        throw new TypeError("report() was given no place: an action, or { start, end }");
      if (typeof message !== "string" || message === "") throw new TypeError("report() was given no message");
      Reflect.apply(report, context, args);
    },
  };
}
