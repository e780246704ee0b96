// Two files for one migration: which count once, and the refusal of the others.
import { type ErrorCode, GodwitError } from "../base/errors.ts";
import type { MigrationKind, ResolvedMigration } from "./migration.ts";
import { compareVersions } from "./version.ts";

/** Files that claim the same version, or the same description of a repeatable. */
export interface Duplicate {
  readonly kind: MigrationKind;
  readonly migrations: readonly ResolvedMigration[];
}

const KIND_ORDER: Readonly<Record<MigrationKind, number>> = {
  versioned: 0,
  baseline: 1,
  undo: 2,
  repeatable: 3,
};

/** By version, a baseline after the regular one and an undo last; repeatables by description in UTF-16 order. */
export function byOrder(a: ResolvedMigration, b: ResolvedMigration): number {
  if (a.version !== undefined && b.version !== undefined) {
    return compareVersions(a.version, b.version) || KIND_ORDER[a.kind] - KIND_ORDER[b.kind];
  }
  if (a.version !== undefined) return -1;
  if (b.version !== undefined) return 1;
  return a.description < b.description ? -1 : a.description > b.description ? 1 : 0;
}

/** Splits sorted migrations into those to keep and those that claim the same place. */
export function findDuplicates(sorted: readonly ResolvedMigration[]): {
  readonly migrations: readonly ResolvedMigration[];
  readonly duplicates: readonly Duplicate[];
} {
  const migrations: ResolvedMigration[] = [];
  const duplicates: Duplicate[] = [];
  for (let i = 0; i < sorted.length; ) {
    const first = sorted[i];
    if (first === undefined) break;
    let end = i + 1;
    for (let next = sorted[end]; next !== undefined && byOrder(first, next) === 0; next = sorted[++end]);
    if (end === i + 1) migrations.push(first);
    else {
      const distinct = withoutCopies(sorted.slice(i, end));
      for (const one of distinct) migrations.push(one);
      if (distinct.length > 1) duplicates.push({ kind: first.kind, migrations: distinct });
    }
    i = end;
  }
  return { migrations, duplicates };
}

/** The same script with the same content in two locations is one migration (Flyway 13: a set of values). */
function withoutCopies(group: readonly ResolvedMigration[]): readonly ResolvedMigration[] {
  const seen = new Set<string>();
  return group.filter((one) => {
    const key = [one.type, one.checksum, one.equivalentChecksum, one.script].join(" ");
    return !seen.has(key) && seen.add(key);
  });
}

const CODES: Readonly<Record<MigrationKind, ErrorCode>> = {
  versioned: "DUPLICATE_VERSIONED_MIGRATION",
  baseline: "DUPLICATE_VERSIONED_MIGRATION",
  undo: "DUPLICATE_UNDO_MIGRATION",
  repeatable: "DUPLICATE_REPEATABLE_MIGRATION",
};

/** Refuses duplicates: all of them are named, the code is that of the first. */
export function duplicatesError(duplicates: readonly Duplicate[]): GodwitError | undefined {
  const [first] = duplicates;
  if (first === undefined) return undefined;
  return new GodwitError(CODES[first.kind], duplicates.map(sentence).join("\n"), {
    advice: adviceFor(first),
    details: {
      duplicates: duplicates.map(({ kind, migrations }) => ({
        kind,
        version: migrations[0]?.version?.text ?? "",
        description: migrations[0]?.description ?? "",
        files: migrations.map(({ file }) => file.path),
      })),
    },
  });
}

function sentence({ kind, migrations }: Duplicate): string {
  const [first] = migrations;
  const files = migrations.map(({ file, type }) => `${file.configuredPath} (${type})`).join(", ");
  if (kind === "repeatable") {
    return `${migrations.length} repeatable migrations have the description "${first?.description}": ${files}.`;
  }
  const what = { versioned: "migrations", baseline: "baseline migrations", undo: "undo migrations" }[kind];
  return `${migrations.length} ${what} have version ${first?.version?.text}: ${files}.`;
}

function adviceFor({ kind, migrations }: Duplicate): string {
  const scripts = new Set(migrations.map(({ script }) => script));
  if (scripts.size === 1) {
    return "The locations hold files of one name with different content: make them equal, or keep only one.";
  }
  if (kind === "repeatable") return "Rename one of them, or delete it.";
  return "Keep the version for the file that has been applied anywhere; give the other the next free version.";
}
