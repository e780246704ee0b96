// What a statement does to the transaction it runs in, by its first words.
import type { TransactionControl } from "./statement.ts";

type Words = readonly string[];

/** By first word: one look-up for the many statements that are none of these. */
const CONTROLS: ReadonlyMap<string, (words: Words) => TransactionControl | undefined> = new Map<
  string,
  (words: Words) => TransactionControl | undefined
>([
  ["BEGIN", () => "begin"],
  ["START", (words) => (words[1] === "TRANSACTION" ? "begin" : undefined)],
  ["COMMIT", commit],
  ["END", commit],
  ["ROLLBACK", rollback],
  ["ABORT", rollback],
  ["SAVEPOINT", () => "savepoint"],
  ["RELEASE", () => "release"],
  ["PREPARE", (words) => (words[1] === "TRANSACTION" ? "prepare" : undefined)],
]);

export function transactionControl(words: Words): TransactionControl | undefined {
  const first = words[0];
  return first === undefined ? undefined : CONTROLS.get(first)?.(words);
}

function commit(words: Words): TransactionControl | undefined {
  return words[1] === "PREPARED" ? undefined : "commit";
}

/** ROLLBACK [WORK | TRANSACTION] TO [SAVEPOINT] name */
function rollback(words: Words): TransactionControl | undefined {
  if (words[1] === "PREPARED") return undefined;
  const at = words[1] === "WORK" || words[1] === "TRANSACTION" ? 2 : 1;
  return words[at] === "TO" ? "rollback-to" : "rollback";
}
