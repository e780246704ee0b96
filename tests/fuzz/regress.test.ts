// PostgreSQL's own regression SQL, split by us and by its parser. The files come from script/fetch-regress.mjs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Lexer } from "../../src/sql/lex.ts";
import { findMetaCommand } from "../../src/sql/meta-command.ts";
import { splitStatements } from "../../src/sql/split.ts";
import type { Statement } from "../../src/sql/statement.ts";
import { loadJudge, parsedRanges } from "./judge.ts";

const folder = join(import.meta.dirname, "..", "..", ".cache", "regress");
const files = existsSync(folder) ? readdirSync(folder).sort() : [];
if (files.length === 0) console.log("SKIPPED: no .cache/regress. Run: node script/fetch-regress.mjs");

/** They are about psql itself: variables that hold half a statement, \if, pipelines. */
const PSQL_ONLY = new Set(["psql.sql", "psql_crosstab.sql", "psql_pipeline.sql"]);

describe.skipIf(files.length === 0)("PostgreSQL's regression SQL", () => {
  beforeAll(loadJudge);

  it("ends its statements where the parser ends them", { timeout: 300_000 }, () => {
    const total = { files: 0, statements: 0, agreed: 0, refused: 0 };
    const wrong: string[] = [];
    const refused: string[] = [];
    for (const file of files) {
      if (PSQL_ONLY.has(file)) continue;
      const text = withoutPsql(readFileSync(join(folder, file), "utf8"));
      const statements = splitStatements(text);
      const result = compare(text, statements);
      total.files++;
      total.statements += statements.length;
      total.agreed += result.agreed;
      total.refused += result.refused.length;
      wrong.push(...result.wrong.map((w) => `${file}: ${w}`));
      refused.push(...result.refused.map((r) => `${file}: ${r}`));
    }
    console.log(
      `${total.files} files, ${total.statements} statements: ${total.agreed} agreed, ${total.refused} refused by the parser (errors on purpose, psql variables), ${wrong.length} wrong`,
    );
    if (process.env["GODWIT_REGRESS_LIST"] !== undefined) console.log(refused.join("\n"));
    expect(wrong).toEqual([]);
    expect(total.agreed).toBeGreaterThan(0.98 * total.statements);
  });

  it("is given back by its tokens", () => {
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      const lexer = new Lexer(text);
      let end = 0;
      while (lexer.next()) {
        if (lexer.start !== end || lexer.end <= end) throw new Error(`${file}: a gap at ${end}`);
        end = lexer.end;
      }
      expect(end).toBe(text.length);
    }
  });
});

/** A COPY that the server refuses before it asks for data, so that psql reads none; the next statement follows. */
const COPY_WITHOUT_DATA =
  /^copy .* from stdin;.*\n(?=(?:\s*--.*\n|\s*\n)*(?:select|set|reset|copy|drop|create|revoke|grant|insert|begin|rollback)\b)/gim;

interface Comparison {
  readonly agreed: number;
  readonly refused: readonly string[];
  readonly wrong: readonly string[];
}

/**
 * Each statement alone must be one statement; those in a row, given to the parser together, must be the same ones. A
 * statement that the parser refuses must not become good by being joined with those after it.
 */
function compare(text: string, statements: readonly Statement[]): Comparison {
  const refused: string[] = [];
  const wrong: string[] = [];
  let agreed = 0;
  let row: Statement[] = [];
  const closeRow = (): void => {
    const problem = row.length === 0 ? undefined : compareRow(text, row);
    if (problem === undefined) agreed += row.length;
    else wrong.push(problem);
    row = [];
  };
  for (const [i, statement] of statements.entries()) {
    const alone = parsedRanges(statement.text);
    if (alone?.length === 1) {
      if (row.push(statement) === 50 || statement.copyData !== undefined) closeRow();
      continue;
    }
    closeRow();
    if (alone !== undefined) wrong.push(`line ${statement.line}: ${alone.length} statements in one`);
    else if (isGoodWhenJoined(text, statements.slice(i, i + 5)))
      wrong.push(`line ${statement.line}: cut in two`);
    else refused.push(`line ${statement.line}: ${statement.text.slice(0, 70).replace(/\s+/g, " ")}`);
  }
  closeRow();
  return { agreed, refused, wrong };
}

function compareRow(text: string, row: readonly Statement[]): string | undefined {
  const first = row[0];
  const last = row.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const together = parsedRanges(text.slice(first.start, last.end));
  const ours = row.map(({ start, end }) => ({ start: start - first.start, end: end - first.start }));
  return JSON.stringify(together) === JSON.stringify(ours)
    ? undefined
    : `lines ${first.line} to ${last.line}: not the same statements`;
}

function isGoodWhenJoined(text: string, statements: readonly Statement[]): boolean {
  const first = statements[0];
  return statements.slice(1).some((last) => {
    const joined = parsedRanges(text.slice(first?.start ?? 0, last.end));
    return joined !== undefined && joined.length === 1;
  });
}

/**
 * psql's own language out of a file: a command that sends the statement is a semicolon, another is a blank, \; is a
 * semicolon, and a variable is a name or a string.
 */
function withoutPsql(text: string): string {
  // Several statements in one message, COPY among them: the protocol's business, not a splitter's.
  const single = text.replace(/^.*\\;.*\bcopy\b.*$/gim, "").replace(COPY_WITHOUT_DATA, "");
  let rest = single.replace(/\\;/g, " ;").replace(/(?<![:\w[]):(?='[a-z_]+'|"[a-z_]+")/g, " ");
  rest = rest.replace(/(?<![:\w\]'"]):(?=[a-z_]+\b)/gi, " v_");
  // Line by line, so that a quote in the arguments of a command does no harm.
  let from = 0;
  for (;;) {
    const found = firstCommand(rest, from);
    if (found === undefined) return rest;
    const end = rest.indexOf("\n", found.start);
    const sends = /^\\(g|gx|gset|gexec|gdesc|crosstabview|watch|bind|parse|sendpipeline)\b/.test(found.name);
    const until = end === -1 ? rest.length : end;
    rest = `${rest.slice(0, found.start)}${sends ? ";" : " "}${rest.slice(until)}`;
    from = found.start;
  }
}

/** COPY data holds backslashes too: look behind it. */
function firstCommand(text: string, from: number): { start: number; name: string } | undefined {
  const tail = text.slice(from);
  const data = /^\s*copy\b[^;]*\bfrom\s+(?:stdin|stdout)\b[^;]*;[^\n]*\n(?:[\s\S]*?\n)??\\\.$/im.exec(tail);
  const command = findMetaCommand(data === null ? tail : tail.slice(0, data.index));
  if (command !== undefined) return { start: from + command.start, name: command.name };
  return data === null ? undefined : firstCommand(text, from + data.index + data[0].length);
}
