// What the record of a file says to a person: where a run goes on, what to do after a failure, how far info finds it.
import { quoteLiteral } from "../base/quote.ts";
import type { Engine } from "./engine.ts";
import type { ProgressRecord, Recorded } from "./progress-record.ts";
import type { PreparedScript } from "./script.ts";
import type { RecordedFile } from "./settle.ts";

/** A statement that failed and was mended is the plain case, and nothing to speak of. */
export function tellVoid(engine: Engine, script: PreparedScript, voided: readonly Recorded[]): void {
  const [first] = voided;
  if (first === undefined || voided.every((row) => row.state === "failed")) return;
  const done = voided.filter((row) => row.state === "done");
  const begun = voided.find((row) => row.state === "begun");
  const { name } = script.file;
  const parts = [
    `${name} was edited since a run of it broke off: from statement ${first.statement} on it is another.`,
    done.length === 0
      ? ""
      : ` ${done.length} of its old statements were done after that, and those that stand there now are run all the same.`,
    begun === undefined
      ? ""
      : ` Of the old statement ${begun.statement} (${begun.summary}) nobody knows what it left.`,
  ];
  engine.emit({ type: "log", level: "warn", code: "EDITED_AFTER_BREAK", message: parts.join("") });
}

/** Says from where this run goes on; false when it begins at the beginning. */
export function tellResumption(engine: Engine, script: PreparedScript, record: ProgressRecord): boolean {
  const { statements } = script;
  const done = statements.flatMap((_, index) => (record.at(index)?.state === "done" ? [index + 1] : []));
  const [first] = done;
  if (first === undefined) return false;
  const last = done.at(-1) ?? first;
  const which = done.length === 1 ? `statement ${first}` : `statements ${first} to ${last}`;
  engine.emit({
    type: "log",
    level: "info",
    code: "RESUMED",
    message: `${script.file.name}: an earlier run did ${which} of ${statements.length}; this one goes on from there.`,
  });
  return true;
}

/** After a failure: how to go on where something of the file was done, as `ran` says when nothing is recorded. */
export function adviceToGoOn({ engine, record, script }: RecordedFile, ran: boolean): string | undefined {
  if (!record.isKept) {
    if (!ran) return undefined;
    return "What was done of it could not be recorded, and the next run begins with it again: undo it by hand first.";
  }
  const isDone = (index: number): boolean => record.at(index)?.state === "done";
  const done = script.statements.filter((_, index) => isDone(index)).length;
  if (done === 0 || record.table === "") return undefined;
  const next = script.statements.findIndex((_, index) => !isDone(index)) + 1;
  const what = `${done} of ${script.statements.length} statements are done and recorded`;
  const name = quoteLiteral(record.script);
  if (!engine.settings.transactionalLock) {
    // Flyway's failed row stands there in this mode, and stops every run.
    return (
      `${what}. To go on at statement ${next}, mend it and run: DELETE FROM ${engine.history.qualified} WHERE script = ${name} AND NOT success; then migrate again. ` +
      "To have the whole file run again instead, undo them by hand, then repair and migrate."
    );
  }
  return (
    `${what}; the next migrate goes on at statement ${next}. ` +
    `To have the whole file run again instead, undo them by hand and run: DELETE FROM ${record.table} WHERE script = ${name};`
  );
}

/** "2 of 5 statements done, statement 3 at line 7 was interrupted", or is running where a run is under way. */
export function progressText(rows: readonly Recorded[], isUnderWay: boolean): string | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const done = rows.filter((row) => row.state === "done").length;
  const stopped = rows.find((row) => row.state !== "done");
  const how = stopped?.state === "failed" ? "failed" : isUnderWay ? "is running" : "was interrupted";
  const last = Math.max(...rows.map((row) => row.statement));
  const next =
    stopped !== undefined
      ? `, statement ${stopped.statement} at line ${stopped.line} ${how}`
      : isUnderWay
        ? ", a run is under way"
        : last < first.total
          ? `, migrate goes on at statement ${last + 1}`
          : ", only its history row is missing";
  return `${done} of ${first.total} ${first.total === 1 ? "statement" : "statements"} done${next}`;
}

/** How a person tells the record what happened to a statement. */
export function handMade(
  record: ProgressRecord,
  index: number,
): { readonly done: string; readonly again: string } {
  const where = `WHERE script = ${quoteLiteral(record.script)} AND statement = ${index + 1}`;
  return {
    done: `UPDATE ${record.table} SET state = 'done' ${where};`,
    again: `DELETE FROM ${record.table} ${where};`,
  };
}
