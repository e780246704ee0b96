// What stands in the way of new numbers: files that a database has applied, and files that need each other in the old
// order.
import { join } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import { type HistoryAlone, readHistoryAlone, rowsInForce } from "../engine/history-alone.ts";
import { dependenciesOf, type Inversion, inversions } from "../lint/dependencies.ts";
import type { Obstacle } from "../lint/move.ts";
import type { SourceFile } from "../lint/source.ts";
import { readTextIfThere } from "../migrations/files-write.ts";
import type { Version } from "../migrations/migration.ts";
import { compareVersions, equalVersions } from "../migrations/version.ts";
import { withParser } from "../tree/parser.ts";
import { sessionPath } from "./lint-files.ts";
import type { Folder, Item } from "./rebase-items.ts";
import type { NewNumber } from "./rebase-plan.ts";
import { EMBEDDED_FOLDER } from "./world.ts";

export async function appliedObstacles(
  world: World,
  offline: boolean,
  items: readonly Item[],
  notes: string[],
): Promise<readonly Obstacle[]> {
  if (offline) {
    notes.push("No database was asked what it has applied (--offline).");
    return [];
  }
  if (!hasDatabase(world)) {
    notes.push("No database is configured, so none was asked what it has applied.");
    return [];
  }
  const history = await askHistory(world);
  const rows = rowsInForce(history.rows);
  return items.flatMap((item) => {
    const row = rows.get(item.script);
    const isRun = row !== undefined && equalVersions(row.version, item.version);
    const isBegun = history.begun.includes(item.script);
    if (!isRun && !isBegun) return [];
    const done = !isRun ? "has begun" : row.success ? "was applied" : "failed half-way";
    return [
      {
        kind: "applied",
        file: item.path,
        line: null,
        column: null,
        object: null,
        other: null,
        message: `${item.path} ${done} in the database: its number is in the history.`,
      },
    ];
  });
}

/** A project that has never used its embedded database has applied nothing there. */
const hasDatabase = ({ settings, embedded }: World): boolean =>
  settings.connection !== undefined ||
  !embedded ||
  readTextIfThere(join(settings.workingDirectory, EMBEDDED_FOLDER, ".gitignore")) !== undefined;

async function askHistory(world: World): Promise<HistoryAlone> {
  try {
    return await readHistoryAlone(world);
  } catch (error) {
    if (!(error instanceof GodwitError) || error.code === "ABORTED") throw error;
    throw new GodwitError(
      error.code,
      `What the database has applied is not known, so no file was moved. ${error.message}`,
      {
        advice:
          "Make the database reachable. If the files were applied nowhere that matters, go by git alone: --offline.",
        cause: error,
      },
    );
  }
}

export async function inversionObstacles(
  world: World,
  folder: Folder,
  numbers: readonly NewNumber<Item>[],
): Promise<readonly Obstacle[]> {
  const all = [...folder.own, ...folder.main];
  const written = inOrder(all, (item) => item.version);
  const known = inOrder(
    all.filter((item) => !item.isNews),
    (item) => item.version,
  );
  const renewed = new Map(numbers.map((n) => [n.file, n.version] as const));
  const after = inOrder(all, (item) => renewed.get(item) ?? item.version);
  const own = new Set(folder.own.map((i) => i.source));
  const moved = new Set(numbers.map((n) => n.file.source));
  const dependencies = await withParser((parser) =>
    dependenciesOf(parser, written, sessionPath(world.settings)),
  );
  return inversions(
    dependencies,
    // Whoever wrote a file here did not know what the main branch got since.
    (source) => (own.has(source) ? known : written),
    after,
    (source) => moved.has(source),
  ).map(obstacleOf);
}

/** Of two with one version, that of this branch comes first: it was there when its successors were written. */
const inOrder = (items: readonly Item[], versionOf: (item: Item) => Version): readonly SourceFile[] =>
  [...items]
    .sort((a, b) => compareVersions(versionOf(a), versionOf(b)) || Number(b.isOwn) - Number(a.isOwn))
    .map((item) => item.source);

function obstacleOf({ user, line, column, object, other, how }: Inversion): Obstacle {
  const rest =
    how === "made-later"
      ? `which ${other.path} makes: with the new numbers that runs only behind it`
      : `which ${other.path} takes away: with the new numbers that runs before it`;
  return {
    kind: how,
    file: user.path,
    line,
    column,
    object,
    other: other.path,
    message: `${user.path} uses ${object}, ${rest}.`,
  };
}
