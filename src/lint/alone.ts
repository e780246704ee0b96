// When a statement may become one that cannot run in a transaction (CONCURRENTLY), and how transactions are taken out of
// a file.
import { transactionNeed } from "../sql/transactional.ts";
import type { Action } from "../tree/action.ts";
import type { ReadStatement } from "../tree/script.ts";
import { type Edits, wholeStatement, without } from "./edits.ts";
import type { Edit } from "./finding.ts";
import type { FileFacts, RuleContext } from "./rule.ts";

type Context = Pick<RuleContext, "file" | "project" | "pg">;

export const needsNoTransaction = ({ statement }: ReadStatement, pg: number): boolean =>
  transactionNeed(statement, pg * 10_000).kind === "non-transactional";

/** The file may run without a transaction: nothing says otherwise, and it shares none with other files. */
const mayRunOutside = ({ file: { source }, project }: Context): boolean =>
  source.kind !== "callback" && source.executeInTransaction !== true && !project.group;

/**
 * Edits for an action, and for those like it beside it, when all that is in the file can then run without a transaction.
 * godwit refuses a file that mixes both kinds, as Flyway does. `edit` gives undefined for what is not alike.
 */
export function concurrently(context: Context, edit: (action: Action) => Edits): Edits {
  const { file, pg } = context;
  if (!mayRunOutside(context)) return undefined;
  const edits: Edit[] = [];
  for (const read of file.statements) {
    if (needsNoTransaction(read, pg) && isConcurrent(read)) continue;
    const [action, ...others] = read.actions;
    if (action === undefined || others.length > 0 || wholeStatement(action, file) === undefined)
      return undefined;
    const found = edit(action);
    if (found === undefined) return undefined;
    edits.push(...found);
  }
  return edits;
}

const isConcurrent = ({ actions }: ReadStatement): boolean =>
  actions.every((a) => "concurrent" in a && a.concurrent);

const BEGIN = /^(?:begin(?:\s+(?:work|transaction))?|start\s+transaction)$/i;
const COMMIT = /^(?:commit|end)(?:\s+(?:work|transaction))?$/i;

/**
 * Takes BEGIN and COMMIT out of a file that is one transaction: nothing but settings before it, nothing behind it, plain
 * words. `inner` says what may stand between them.
 */
export function withoutTransaction(file: FileFacts, inner: (read: ReadStatement) => boolean): Edits {
  const begin = file.statements.findIndex(({ statement }) => BEGIN.test(statement.text));
  const last = file.statements.length - 1;
  const [from, to] = [file.statements[begin], file.statements[last]];
  if (from === undefined || to === undefined || !COMMIT.test(to.statement.text)) return undefined;
  const isSetting = ({ actions }: ReadStatement): boolean => actions.every((a) => a.kind === "set-variable");
  if (!file.statements.slice(0, begin).every(isSetting)) return undefined;
  if (!file.statements.slice(begin + 1, last).every((read) => !isControl(read) && inner(read)))
    return undefined;
  const edits = [without(file.script, from.statement), without(file.script, to.statement)];
  return edits.flatMap((edit) => edit ?? []);
}

const isControl = ({ actions }: ReadStatement): boolean =>
  actions.some((a) => a.kind === "transaction" && !/^(?:savepoint|release|rollback-to)$/.test(a.verb));

/** The file has no BEGIN, COMMIT and the like of its own. */
export const hasNoControl = ({ statements }: FileFacts): boolean => !statements.some(isControl);
