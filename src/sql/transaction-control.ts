// What a statement does to the transaction it runs in, by its first words.
import type { TransactionControl } from "./statement.ts";

export function transactionControl(words: readonly string[]): TransactionControl | undefined {
  switch (words[0]) {
    case "BEGIN":
      return "begin";
    case "START":
      return words[1] === "TRANSACTION" ? "begin" : undefined;
    case "COMMIT":
    case "END":
      return words[1] === "PREPARED" ? undefined : "commit";
    case "ROLLBACK":
    case "ABORT":
      if (words[1] === "PREPARED") return undefined;
      return isRollbackTo(words) ? "rollback-to" : "rollback";
    case "SAVEPOINT":
      return "savepoint";
    case "RELEASE":
      return "release";
    case "PREPARE":
      return words[1] === "TRANSACTION" ? "prepare" : undefined;
    default:
      return undefined;
  }
}

/** ROLLBACK [WORK | TRANSACTION] TO [SAVEPOINT] name */
const isRollbackTo = (words: readonly string[]): boolean =>
  words[1] === "TO" || ((words[1] === "WORK" || words[1] === "TRANSACTION") && words[2] === "TO");
