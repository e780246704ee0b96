// The new names of rebase: of migrations, and of what goes along with them.
import { resolve } from "node:path";
import type { World } from "../engine/engine.ts";
import { headerVersion } from "../lint/header.ts";
import type { Move } from "../lint/move.ts";
import { type FileMove, readBytes } from "../migrations/files-move.ts";
import type { ScannedFile } from "../migrations/migration.ts";
import { equalVersions } from "../migrations/version.ts";
import { type Folder, type Item, shownPath } from "./rebase-items.ts";
import { type NewNumber, renumbered } from "./rebase-plan.ts";

type Numbers = readonly NewNumber<Item>[];

/** Undo files go with the file of their version; where two have it, with the one of their description. */
export function undosOf(numbers: Numbers, { ownUndos, main }: Folder): ReadonlyMap<Item, NewNumber<Item>> {
  const found = new Map<Item, NewNumber<Item>>();
  for (const undo of ownUndos) {
    const moving = numbers.filter(({ file }) => equalVersions(file.version, undo.version));
    const byName = moving.find(({ file }) => file.description === undo.description);
    const isOthers = main.some(
      (m) => equalVersions(m.version, undo.version) && m.description === undo.description,
    );
    const owner = byName ?? (isOthers ? undefined : moving[0]);
    if (owner !== undefined) found.set(undo, owner);
  }
  return found;
}

export function movesOf(
  world: World,
  numbers: Numbers,
  undos: ReadonlyMap<Item, NewNumber<Item>>,
  scan: readonly ScannedFile[],
): readonly Move[] {
  const paths = new Set(scan.map((f) => f.path));
  const move = (
    item: Item,
    number: NewNumber<Item>,
    why: Pick<Move, "reason" | "because">,
  ): readonly Move[] => {
    const from = shownPath(world, item.absolute);
    const to = from.slice(0, from.length - item.name.length) + renumbered(item, number.version);
    const config = { from: `${from}.conf`, to: `${to}.conf`, reason: "belongs", because: from } as const;
    return [{ from, to, ...why }, ...(paths.has(`${item.absolute}.conf`) ? [config] : [])];
  };
  return numbers
    .flatMap((number) => [
      ...move(number.file, number, number),
      ...[...undos].flatMap(([undo, owner]) =>
        owner === number
          ? move(undo, number, { reason: "belongs", because: shownPath(world, number.file.absolute) })
          : [],
      ),
    ])
    .map(({ from, to, reason, because }) => ({ from, to, reason, because }));
}

export function fileMoves(
  world: World,
  moves: readonly Move[],
  numbers: Numbers,
  undos: ReadonlyMap<Item, NewNumber<Item>>,
): readonly FileMove[] {
  const versions = new Map<string, readonly [Item, NewNumber<Item>]>();
  for (const number of numbers) versions.set(number.file.absolute, [number.file, number]);
  for (const [undo, number] of undos) versions.set(undo.absolute, [undo, number]);
  return moves.map((move) => {
    const from = resolve(world.settings.workingDirectory, move.from);
    const to = resolve(world.settings.workingDirectory, move.to);
    const [item, number] = versions.get(from) ?? [];
    const bytes = item === undefined || number === undefined ? undefined : withHeader(item, number);
    return { from, to, ...(bytes === undefined ? {} : { bytes }) };
  });
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** The file with the new version in its header. Read as bytes, so that nothing else changes whatever the encoding. */
function withHeader(item: Item, { version }: NewNumber<Item>): Buffer | undefined {
  const bytes = readBytes(item.absolute).toString("latin1");
  const mark = bytes.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const text = bytes.slice(mark);
  const found = headerVersion(text, item.prefix);
  if (found === undefined || found.said.replaceAll("_", ".") !== item.version.text) return undefined;
  return Buffer.from(
    bytes.slice(0, mark) + text.slice(0, found.start) + version.raw + text.slice(found.end),
    "latin1",
  );
}
