// What became of a statement that a run began and broke off in: the catalog is asked, and what it cannot tell is said.
import { GodwitError } from "../base/errors.ts";
import { summarize } from "../sql/summary.ts";
import { type MigrationFailure, plainFailure } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import type { Probe, Verdict } from "./probes/probe.ts";
import type { ProgressRecord } from "./progress-record.ts";
import { handMade } from "./progress-words.ts";
import type { PreparedScript } from "./script.ts";

export interface RecordedFile {
  readonly engine: Engine;
  readonly script: PreparedScript;
  readonly record: ProgressRecord;
}

/** Time between two looks at what another session is doing. */
const POLL_MS = 250;

/** "V2__i.sql, statement 3 (CALL app.batch())". */
export function statementName({ file, statements }: PreparedScript, index: number): string {
  const statement = statements[index];
  return `${file.name}, statement ${index + 1}${statement === undefined ? "" : ` (${summarize(statement.text, 60)})`}`;
}

/** Asks the probe until it knows; another session's work is waited for. */
export async function settle(
  { engine, record, script }: RecordedFile,
  index: number,
  probe: Probe,
): Promise<Exclude<Verdict, { kind: "wait" }>> {
  const { clock, sleep, signal } = engine.world;
  const name = statementName(script, index);
  const since = clock();
  for (;;) {
    const verdict = await probe.settle({
      session: engine.session,
      note: record.at(index)?.note,
      warn: (code, message) =>
        engine.emit({ type: "log", level: "warn", code, message: `${name}: ${message}` }),
    });
    if (verdict.kind !== "wait") return verdict;
    const waitedMs = clock() - since;
    engine.emit({ type: "lock-wait", what: "table-lock", waitedMs, holder: verdict.holder });
    const { lockTimeoutMs } = engine.settings;
    if (lockTimeoutMs !== undefined && waitedMs > lockTimeoutMs) {
      throw new GodwitError(
        "ERROR",
        `${name}: another session has been at work on ${verdict.table} for longer than lockTimeout allows (${verdict.holder ?? "who, is not told"}).`,
        { advice: "Wait for it to end, then migrate again; or raise lockTimeout." },
      );
    }
    await sleep(POLL_MS, signal);
  }
}

export function tellFoundDone({ engine, script }: RecordedFile, index: number, because: string): void {
  const message = `${statementName(script, index)} was begun by a run that broke off, and is done: ${because}.`;
  engine.emit({ type: "log", level: "info", code: "FOUND_DONE", message });
}

/** Nobody but a person can tell how it ended; `verdict`: what its probe knows, if it has one. */
export function unknownEnd(
  { record, script }: Pick<RecordedFile, "record" | "script">,
  index: number,
  verdict?: Verdict & { readonly kind: "unknown" },
): MigrationFailure {
  const statement = script.statements[index];
  const since = record.at(index)?.since ?? "";
  const { done, again } = handMade(record, index);
  const known = verdict?.known ?? "nothing in the catalog tells whether it was done";
  const look = verdict?.look ?? "Look at what it does whether that was done";
  return {
    ...plainFailure(undefined, false),
    message: `${statementName(script, index)} was begun at ${since} by a run that broke off, and ${known}.`,
    place: statement === undefined ? undefined : script.place(statement),
    statementLine: statement?.line ?? -1,
    advice: `${look}. If it was, run: ${done} If it must run again, run: ${again} Then migrate goes on from there.`,
  };
}
