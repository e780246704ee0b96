// What rebase does: files that collide with the main branch get the next free numbers, unless something stands in the
// way.
import { GodwitError } from "../base/errors.ts";
import type { World } from "../engine/engine.ts";
import { scanFiles } from "../engine/files.ts";
import type { RebaseOutcome } from "../lint/move.ts";
import { MOVING_SUFFIX, moveFiles } from "../migrations/files-move.ts";
import { candidateRoots, parseLocation } from "../migrations/locations.ts";
import type { ScannedFile } from "../migrations/migration.ts";
import { versionAbove } from "./next-version.ts";
import { followInIndex, indexEntries, linesWith, readMainBranches } from "./rebase-git.ts";
import { type Choice, readItems } from "./rebase-items.ts";
import { fileMoves, movesOf, undosOf } from "./rebase-names.ts";
import { appliedObstacles, inversionObstacles } from "./rebase-obstacles.ts";
import { planNumbers } from "./rebase-plan.ts";

export interface RebaseOptions extends Choice {
  readonly onto: string | undefined;
  readonly dryRun: boolean;
  readonly offline: boolean;
}

export async function rebase(world: World, options: RebaseOptions): Promise<RebaseOutcome> {
  const { settings } = world;
  const roots = settings.locations.flatMap((l) =>
    candidateRoots(parseLocation(l), settings.workingDirectory),
  );
  const main = await readMainBranches(
    world,
    options.onto,
    roots.map((r) => r.absolute),
  );
  const scan = scanFiles(settings).files;
  refuseLeftovers(scan);
  const folder = await readItems(world, main, scan, options);
  const numbers = planNumbers({
    own: folder.own,
    fixed: folder.main,
    outOfOrder: settings.outOfOrder,
    above: (raw) => versionAbove(raw, world.now()),
  });
  const undos = undosOf(numbers, folder);
  const moves = movesOf(world, numbers, undos, scan);
  const outcome = { operation: "rebase", onto: main.names, dryRun: options.dryRun, moves } as const;
  if (moves.length === 0)
    return { ...outcome, blocked: false, moved: false, obstacles: [], mentions: [], notes: [] };
  const items = [...numbers.map((n) => n.file), ...undos.keys()];
  const notes = numbers
    .filter(({ file }) => file.source.text === undefined)
    .map(({ file }) => `${file.path} is not SQL: what it needs, and what needs it, is not known.`);
  const applied = await appliedObstacles(world, options.offline, items, notes);
  const inverted = await inversionObstacles(world, folder, numbers);
  const files = fileMoves(world, moves, numbers, undos);
  const entries = await indexEntries(
    main.git,
    files.map((f) => f.from),
  );
  const old = items.map((item) => stemOf(item.name));
  const mentions = await linesWith(main.git, old, new Set(files.map((f) => f.from)));
  const blocked = applied.length > 0 || (inverted.length > 0 && !options.force);
  const moved = !blocked && !options.dryRun;
  if (moved) {
    const restore = moveFiles(files);
    try {
      await followInIndex(main.git, files, entries);
    } catch (error) {
      restore();
      throw error;
    }
  }
  return { ...outcome, blocked, moved, obstacles: [...applied, ...inverted], mentions, notes };
}

function refuseLeftovers(scan: readonly ScannedFile[]): void {
  const left = scan.find((f) => f.name.endsWith(MOVING_SUFFIX));
  if (left === undefined) return;
  throw new GodwitError("ERROR", `${left.configuredPath} was left behind by a rebase that was killed.`, {
    advice: `Give such files their names back: take ${MOVING_SUFFIX} off them.`,
  });
}

const stemOf = (name: string): string => name.slice(0, name.lastIndexOf("."));
