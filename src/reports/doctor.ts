// The outcome of doctor in words: checks by group, the settings with their origins, and a sentence at the end.
import type { DoctorCheck, DoctorOutcome, DoctorSetting } from "../engine/outcome.ts";
import { info, type Line } from "./line.ts";
import { type Hue, paint, type Style, textWidth } from "./style.ts";
import { displayWidth, harmless, padTo, wrap } from "./width.ts";
import { count, listed } from "./words.ts";

export function renderDoctor(outcome: DoctorOutcome, style: Style): readonly Line[] {
  const groups = [...new Set(outcome.checks.map(({ group }) => group))];
  return [
    ...groups.map((group) =>
      info(
        section(
          group,
          outcome.checks.filter((check) => check.group === group),
          style,
        ),
      ),
    ),
    info(settingsSection(outcome, style)),
    info(conclusion(outcome, style)),
  ];
}

const MARKS: Readonly<Record<DoctorCheck["status"], readonly [word: string, hue: Hue | undefined]>> = {
  ok: ["ok", "green"],
  warning: ["warning", "yellow"],
  problem: ["problem", "red"],
  unknown: ["unknown", "dim"],
};
const MARK_WIDTH = 9;
/** A name longer than this does not push the others to the right. */
const NAME_WIDTH = 24;

function section(group: string, checks: readonly DoctorCheck[], style: Style): string {
  const names = checks.map(({ name }) => displayWidth(name)).filter((width) => width <= NAME_WIDTH);
  const column = Math.max(8, ...names) + 2;
  return [heading(group, style), ...checks.flatMap((check) => checkLines(check, column, style)), ""].join(
    "\n",
  );
}

function checkLines(check: DoctorCheck, column: number, style: Style): readonly string[] {
  const [word, hue] = MARKS[check.status];
  const indent = " ".repeat(2 + MARK_WIDTH + column);
  const head = `  ${paint(style, hue, padTo(word, MARK_WIDTH))}${padTo(harmless(check.name), column)}`;
  const width = textWidth(style) - indent.length;
  const room = Number.isFinite(width) ? Math.max(20, width) : width;
  const said = check.value.split("\n").flatMap((line) => wrap(harmless(line), room));
  const advice = check.advice === undefined ? [] : wrap(harmless(check.advice), room);
  const lines = [...said, ...advice.map((line) => paint(style, "cyan", line))];
  return lines.map((line, i) => `${i === 0 ? head : indent}${line}`.trimEnd());
}

const heading = (text: string, style: Style): string =>
  paint(style, "bold", text.charAt(0).toUpperCase() + text.slice(1));

function settingsSection({ settings, variables }: DoctorOutcome, style: Style): string {
  const column = (pick: (setting: DoctorSetting) => string): number =>
    Math.max(0, ...settings.map((setting) => displayWidth(harmless(pick(setting))))) + 2;
  const widths = [column((s) => s.key), column((s) => s.value)] as const;
  const rows = settings.map(
    ({ key, origin, value }) =>
      `  ${padTo(harmless(key), widths[0])}${padTo(harmless(value), widths[1])}${paint(style, "dim", harmless(origin))}`,
  );
  return [
    heading("settings", style),
    ...(rows.length === 0 ? ["  all as they are by default"] : rows),
    ...(variables.length === 0 ? [] : [`  environment variables in force: ${variables.join(", ")}`]),
    "",
  ].join("\n");
}

function conclusion({ checks }: DoctorOutcome, style: Style): string {
  const number = (status: DoctorCheck["status"]): number => checks.filter((c) => c.status === status).length;
  const [problems, warnings] = [number("problem"), number("warning")];
  if (problems + warnings === 0) return paint(style, "green", "Everything is in its place.");
  const parts = [
    ...(problems === 0 ? [] : [paint(style, "red", count(problems, "problem"))]),
    ...(warnings === 0 ? [] : [paint(style, "yellow", count(warnings, "warning"))]),
  ];
  return `${listed(parts)}.`;
}
