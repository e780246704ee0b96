// waitForGap: a migration whose strong lock would queue behind a long transaction makes everybody else queue behind it.
// So it waits, before it asks for any lock, until no such transaction is at work on a table that it names.
import type { ResolvedMigration } from "../migrations/migration.ts";
import { type LongTransaction, longTransactions } from "../server/long-transactions.ts";
import { type MigrationFailure, plainFailure } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import { readText } from "./files.ts";
import { isStreamed } from "./streamed.ts";

/** A transaction that is younger is likely to end before anybody notices. */
const LONG_MS = 1000;
const LOOK_EVERY_MS = 250;

/**
 * Waits for as long as waitForGap allows; does nothing without it. Gives the failure when the time is over. Of what the
 * files do only the names in their texts are known: a table that they reach in other ways is not looked after.
 */
export async function waitForGap(
  engine: Engine,
  migrations: readonly ResolvedMigration[],
): Promise<MigrationFailure | undefined> {
  const { waitForGapMs, skipExecutingMigrations } = engine.settings;
  if (waitForGapMs === undefined || skipExecutingMigrations) return undefined;
  const { clock, signal, sleep } = engine.world;
  const since = clock();
  let words: ReadonlySet<string> | undefined;
  for (;;) {
    const open = await longTransactions(engine.session, LONG_MS);
    if (open.length === 0) return undefined;
    words ??= wordsOf(engine, migrations);
    const inTheWay = firstOn(words, open);
    if (inTheWay === undefined) return undefined;
    const waitedMs = clock() - since;
    if (waitedMs >= waitForGapMs) return noGap(inTheWay, words, waitedMs);
    engine.emit({ type: "lock-wait", what: "gap", waitedMs, holder: inTheWay.text });
    await sleep(Math.min(LOOK_EVERY_MS, waitForGapMs - waitedMs), signal);
  }
}

const firstOn = (words: ReadonlySet<string>, open: readonly LongTransaction[]): LongTransaction | undefined =>
  open.find(({ relations }) => relations.some((name) => names(words, name)));

/** Words of the texts in lower case; ANY when a text is too large to look through. */
function wordsOf(engine: Engine, migrations: readonly ResolvedMigration[]): ReadonlySet<string> {
  if (migrations.some((migration) => isStreamed(engine, migration))) return ANY;
  return new Set(migrations.flatMap((migration) => wordsIn(readText(migration))));
}

const wordsIn = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];

/** Stands for all words: every table counts. */
const ANY: ReadonlySet<string> = new Set();

/** Every word of the name, as a quoted name may be "of several words". */
function names(words: ReadonlySet<string>, relation: string): boolean {
  if (words === ANY) return true;
  const parts = wordsIn(relation);
  return parts.length > 0 && parts.every((part) => words.has(part));
}

function noGap(found: LongTransaction, words: ReadonlySet<string>, waitedMs: number): MigrationFailure {
  const table = found.relations.find((name) => names(words, name)) ?? "";
  const seconds = Math.round(waitedMs / 1000);
  return {
    ...plainFailure(undefined, true),
    message: `In ${seconds} s there was no moment without a long transaction on ${table}: ${found.text}.`,
    advice:
      "Nothing of the file was run, so nobody had to wait for it. Run the same command at a quieter time, end that transaction (pg_terminate_backend(pid)), or raise waitForGap.",
  };
}
