// PREPARE TRANSACTION in a file: what is in the transaction is not committed there, so no mark can be in it, and a break
// right behind it must not run it all again. So a mark that names the transaction is written over another connection
// just before, and the next run asks the server what became of it.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import { type MigrationFailure, plainFailure } from "./attempt.ts";
import { type Engine, resetRoleStatement } from "./engine.ts";
import { prepareProbe } from "./probes/prepared.ts";
import { handMade } from "./progress-words.ts";
import { type RecordedFile, settle, statementName, tellFoundDone, unknownEnd } from "./settle.ts";

/** The file's transaction is open meanwhile, and holds its locks. */
const MARK_TIMEOUT_MS = 5000;

/**
 * Inside the transaction, right before its PREPARE. Gives why it must not be run: when the server takes no connections
 * any more, it is likely to go down, and nobody would know of the transaction. Where there can be but one connection,
 * nothing is written, and a break is met as an identifier that is already in use.
 */
export async function markBeforePrepare(
  file: RecordedFile,
  index: number,
): Promise<MigrationFailure | undefined> {
  const { engine, record, script } = file;
  const statement = script.statements[index];
  const probe = statement === undefined ? undefined : prepareProbe(statement);
  if (statement === undefined || probe === undefined || engine.world.hasOneConnection === true)
    return undefined;
  const note = await probe.before(engine.session);
  const marks = record.marks([index], "begun", note);
  if (marks.length === 0) return undefined;
  const name = statementName(script, index);
  try {
    const refusal = await writeElsewhere(engine, marks);
    if (refusal === undefined) record.marked([index], "begun", note);
    else tellNotRecorded(engine, name, refusal);
    return undefined;
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    if (error.sql?.sqlState === TOO_MANY_CONNECTIONS) {
      tellNotRecorded(engine, name, error.message);
      return undefined;
    }
    return {
      ...plainFailure(error.sql, false),
      message: `${name} was not run, as it could not be recorded before: ${error.message}`,
      place: script.place(statement),
      statementLine: statement.line,
      advice: "Its transaction was rolled back. Run the same command again when the server can be reached.",
      cause: error,
    };
  }
}

/** Gives why not, when the server refuses. @throws GodwitError when it cannot be asked. */
async function writeElsewhere(engine: Engine, marks: readonly string[]): Promise<string | undefined> {
  await using second = await engine.world.connect();
  const results = await second.pipeline([
    "BEGIN",
    `SET LOCAL lock_timeout = ${MARK_TIMEOUT_MS}`,
    resetRoleStatement(engine),
    ...marks,
    "COMMIT",
  ]);
  const bad = results.find((result) => !result.ok);
  return bad === undefined || bad.ok ? undefined : bad.error.message;
}

const TOO_MANY_CONNECTIONS = "53300";

function tellNotRecorded({ emit }: Engine, name: string, reason: string): void {
  const message =
    `${name} could not be recorded before it is run: ${reason.replace(/\.$/, "")}. ` +
    "It runs all the same; but should the run break off right behind it, end the prepared transaction by hand before the next one.";
  emit({ type: "log", level: "warn", code: "NOT_RECORDED", message });
}

/**
 * What became of the prepared transactions of a run that broke off: where one is prepared, all before it has run too.
 * Gives what only a person can tell.
 */
export async function settlePrepared(file: RecordedFile): Promise<MigrationFailure | undefined> {
  const { record, script } = file;
  for (const [index, statement] of script.statements.entries()) {
    if (statement.transactionControl !== "prepare" || record.at(index)?.state !== "begun") continue;
    const probe = prepareProbe(statement);
    if (probe === undefined) continue;
    const verdict = await settle(file, index, probe);
    if (verdict.kind === "unknown") return unknownEnd(file, index, verdict);
    if (verdict.kind === "run") continue;
    tellFoundDone(file, index, verdict.because);
    const isOpen = (i: number): boolean => record.at(i)?.state !== "done";
    await record.mark([...script.statements.keys()].slice(0, index + 1).filter(isOpen), "done");
  }
  return undefined;
}

/** What to do when the server has a transaction of that name already, or none. */
export function adviceOnPrepared(
  { record, script }: Pick<RecordedFile, "record" | "script">,
  index: number,
  { sqlState }: SqlErrorFields,
): string | undefined {
  const words = script.statements[index]?.words ?? [];
  if (words[0] === "PREPARE" && words[1] === "TRANSACTION" && sqlState === IN_USE) {
    return "pg_prepared_xacts tells since when it is prepared, and by whom. If a run that broke off has left it, end it with ROLLBACK PREPARED and run the same command again.";
  }
  if (words[1] !== "PREPARED" || sqlState !== NO_SUCH || record.table === "") return undefined;
  return `No transaction of that name is prepared. If somebody has ended it as the file wants, run: ${handMade(record, index).done} Then the next run goes on behind it.`;
}

/** duplicate_object: "transaction identifier ... is already in use". */
const IN_USE = "42710";
/** undefined_object: "prepared transaction with identifier ... does not exist". */
const NO_SUCH = "42704";
