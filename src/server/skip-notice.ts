// "already exists, skipping" and "does not exist, skipping": what a statement with IF (NOT) EXISTS says when it did
// nothing. Told by state and by the server's own routine, since the text follows lc_messages.

interface Message {
  readonly sqlState: string;
  readonly message: string;
  /** The function of the server that speaks; poolers and products that imitate PostgreSQL may not tell it. */
  readonly routine: string | undefined;
}

/** duplicate_schema, _table, _column, _object: as a notice they come of IF NOT EXISTS alone. */
const EXISTS: ReadonlySet<string> = new Set(["42P06", "42P07", "42701", "42710"]);

/**
 * Who says "does not exist, skipping", which has the state of success (PostgreSQL 13 to 18, src/backend/commands and
 * tcop/utility.c). None of them gives another notice of that state.
 */
const MISSING: ReadonlySet<string> = new Set([
  ...["DropErrorMsgNonExistent", "does_not_exist_skipping", "RemoveUserMapping", "DropRole", "dropdb"],
  ...["DropTableSpace", "DropSubscription", "DropConfigurationMapping", "AlterDomainDropConstraint"],
  ...["ATExecDropColumn", "ATExecDropConstraint", "ATExecDropExpression", "ATExecDropIdentity"],
  ...["ProcessUtilitySlow", "AlterTableNamespace", "AlterSequence", "AlterStatistics"],
  ...["RenameRelation", "RenameConstraint", "renameatt"],
]);

/** RAISE of PL/pgSQL: whatever it says, it is the author's own word. */
const RAISE = "exec_stmt_raise";

export function isSkipNotice({ sqlState, message, routine }: Message): boolean {
  if (routine === RAISE) return false;
  if (EXISTS.has(sqlState)) return true;
  return sqlState === "00000" && (MISSING.has(routine ?? "") || message.endsWith(", skipping"));
}
