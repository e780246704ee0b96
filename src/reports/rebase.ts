// rebase for people: each new name with its reason, what is in the way, and where old names are still written.
import type { Move, Obstacle, RebaseOutcome } from "../lint/move.ts";
import { info, type Line, warn } from "./line.ts";
import { marks, paint, type Style } from "./style.ts";
import { harmless } from "./width.ts";
import { count, listed } from "./words.ts";

/** Mentions that are shown; all are in the JSON. */
const MOST_MENTIONS = 10;

export function renderRebase(outcome: RebaseOutcome, style: Style): readonly Line[] {
  const { moves, obstacles, mentions, notes, onto } = outcome;
  if (moves.length === 0) return [info(`Nothing collides with ${listed(onto)}.`)];
  return [
    ...moves.map((move) => info(moveLine(move, style))),
    ...obstacles.map((obstacle) => warn(`${place(obstacle)}${harmless(obstacle.message)}`)),
    ...mentionLines(mentions),
    ...notes.map((note) => info(harmless(note))),
    info(closing(outcome)),
  ];
}

function moveLine({ from, to, reason, because }: Move, style: Style): string {
  const why = {
    "version-taken": `the version of ${because}`,
    "out-of-order": `lower than ${because}`,
    "keeps-order": `stays behind ${because}`,
    belongs: `goes with ${because}`,
  }[reason];
  return `${harmless(from)} ${marks(style).arrow} ${harmless(to)}  ${paint(style, "dim", harmless(why))}`;
}

const place = ({ line, column }: Obstacle): string => (line === null ? "" : `Line ${line}:${column ?? 1}: `);

function mentionLines(mentions: RebaseOutcome["mentions"]): readonly Line[] {
  if (mentions.length === 0) return [];
  const shown = mentions.slice(0, MOST_MENTIONS).map((m) => `  ${m.file}:${m.line}: ${harmless(m.text)}`);
  const more = mentions.length - shown.length;
  return [
    info("Old names are still written in:"),
    ...shown.map(info),
    ...(more > 0 ? [info(`  and ${count(more, "line")} more`)] : []),
  ];
}

function closing({ moves, obstacles, moved, blocked }: RebaseOutcome): string {
  const files = count(moves.length, "file");
  if (moved) return `Renamed ${files}.`;
  if (!blocked) return `Would rename ${files}. Nothing was changed.`;
  if (obstacles.some((o) => o.kind === "applied"))
    return "Nothing was renamed: an applied file keeps its number. Undo it there first, or give --offline if that database can be thrown away.";
  return "Nothing was renamed: the files need each other in the old order. Mend them, or rename them all the same with --force.";
}
