// A whole text into statements.
import { type FoundStatement, Scanner } from "./scanner.ts";
import type { Statement } from "./statement.ts";

/**
 * The statements of a text, in order, split where PostgreSQL would split them. Comments and empty statements are not
 * statements.
 * @throws GodwitError when the data of COPY ... FROM STDIN has no end.
 */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let copying: { found: FoundStatement; start: number; end: number } | undefined;
  const scanner = new Scanner({
    statement: (found) => {
      if (found.startsCopy) copying = { found, start: -1, end: -1 };
      else statements.push(toStatement(found, undefined));
    },
    copyData: (data, start) => {
      if (copying === undefined) return;
      if (copying.start === -1) copying.start = start;
      copying.end = start + data.length;
    },
    copyEnd: () => {
      if (copying === undefined) return;
      const { found, start, end } = copying;
      const data = start === -1 ? { start: found.end, end: found.end } : { start, end };
      statements.push(toStatement(found, data));
      copying = undefined;
    },
  });
  scanner.push(text);
  scanner.finish();
  return statements;
}

const toStatement = (
  { startsCopy: _, ...found }: FoundStatement,
  copyData: Statement["copyData"],
): Statement => ({ ...found, copyData });
