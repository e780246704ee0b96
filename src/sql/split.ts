// A whole text into statements.
import { Scanner } from "./scanner.ts";
import type { Statement } from "./statement.ts";

/**
 * The statements of a text, in order, split where PostgreSQL would split them. Comments and empty statements are not
 * statements.
 * @throws GodwitError when the data of COPY ... FROM STDIN has no end.
 */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let copy: Statement | undefined;
  let dataStart = -1;
  let dataEnd = -1;
  const scanner = new Scanner({
    statement: (found, startsCopy) => {
      if (startsCopy) copy = found;
      else statements.push(found);
    },
    copyData: (data, start) => {
      if (dataStart === -1) dataStart = start;
      dataEnd = start + data.length;
    },
    copyEnd: () => {
      if (copy === undefined) return;
      const none = dataStart === -1;
      const copyData = { start: none ? copy.end : dataStart, end: none ? copy.end : dataEnd };
      statements.push({ ...copy, copyData });
      copy = undefined;
      dataStart = -1;
    },
  });
  scanner.push(text);
  scanner.finish();
  return statements;
}
