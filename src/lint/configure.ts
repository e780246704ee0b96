// Which rules are in force, and how severe: presets, then lint.* settings over them.
import { GodwitError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import type { Severity } from "./finding.ts";
import { PRESETS, type Preset, type Rule } from "./rule.ts";

export interface ActiveRule {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly options: Readonly<Record<string, string>>;
}

/** Settings without `lint.`: "preset", "fk-columns-indexed" = "error", "small-files.lines" = "400". */
export type LintSettings = Readonly<Record<string, string>>;

/** Settings of lint that are no rules. */
export const LINT_KEYS = ["preset", "failOn", "set", "pg", "baseline"] as const;

const SEVERITIES: Readonly<Record<string, Severity | "off">> = {
  error: "error",
  warning: "warning",
  warn: "warning",
  info: "info",
  off: "off",
  false: "off",
};

export const DEFAULT_PRESETS: readonly Preset[] = ["guide", "recommended"];

/** @throws GodwitError CONFIGURATION for rules, presets and severities that do not exist. */
export function activeRules(
  rules: readonly Rule[],
  settings: LintSettings,
  only?: readonly string[],
): readonly ActiveRule[] {
  const presets = presetsOf(settings["preset"]);
  const byName = new Map(
    rules.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])].map((name) => [name, rule] as const)),
  );
  const severities = new Map<Rule, Severity | "off">();
  const options = new Map<Rule, Record<string, string>>();
  for (const [key, value] of Object.entries(settings)) {
    const [name = "", option] = key.split(".", 2);
    if (LINT_KEYS.some((k) => k === name)) continue;
    const rule = byName.get(name.toLowerCase());
    if (rule === undefined) throw unknownRule(name, [...byName.keys()]);
    if (option !== undefined) {
      options.set(rule, { ...options.get(rule), [option]: value });
      continue;
    }
    const severity = SEVERITIES[value.toLowerCase()];
    if (severity === undefined) {
      throw new GodwitError("CONFIGURATION", `lint.${name} has the value "${value}".`, {
        advice: "A rule is error, warning, info or off.",
      });
    }
    severities.set(rule, severity);
  }
  const wanted = only?.map(
    (name) => byName.get(name.toLowerCase()) ?? fail(unknownRule(name, [...byName.keys()])),
  );
  return rules.flatMap((rule) => {
    const chosen = severities.get(rule);
    if (wanted !== undefined ? !wanted.includes(rule) : chosen === undefined && !isIn(rule, presets))
      return [];
    if (chosen === "off") return [];
    const defaults = Object.fromEntries((rule.options ?? []).map((o) => [o.name, o.default]));
    return [{ rule, severity: chosen ?? rule.severity, options: { ...defaults, ...options.get(rule) } }];
  });
}

const isIn = (rule: Rule, presets: readonly Preset[]): boolean =>
  presets.some((preset) => preset === "strict" || rule.presets.some((p) => p === preset));

function presetsOf(text: string | undefined): readonly Preset[] {
  if (text === undefined || text.trim() === "") return DEFAULT_PRESETS;
  return text.split(",").map((word) => {
    const name = word.trim().toLowerCase();
    const preset = PRESETS.find((p) => p === name);
    if (preset !== undefined) return preset;
    throw new GodwitError("CONFIGURATION", `There is no preset "${name}" of lint rules.`, {
      advice: `The presets are ${PRESETS.join(", ")}.`,
    });
  });
}

export function unknownRule(name: string, names: readonly string[]): GodwitError {
  const near = suggest(name, names);
  return new GodwitError("CONFIGURATION", `There is no lint rule "${name}".`, {
    advice: near === undefined ? "godwit rules lists them." : `Did you mean ${near}?`,
  });
}

function fail(error: GodwitError): never {
  throw error;
}
