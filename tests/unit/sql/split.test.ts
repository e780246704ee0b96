// Where statements end.
import { describe, expect, it } from "vitest";
import { splitStatements } from "../../../src/sql/split.ts";

const texts = (sql: string): readonly string[] => splitStatements(sql).map((s) => s.text);

describe("splitting", () => {
  it("ends a statement at a semicolon and leaves the semicolon out", () => {
    expect(texts("select 1; select 2")).toEqual(["select 1", "select 2"]);
  });

  it("drops comments between statements and empty statements", () => {
    expect(texts("-- a ;\n/* b ; /* c ; */ */ ;; select 1; -- d ;\n;;")).toEqual(["select 1"]);
  });

  it("keeps comments inside a statement", () => {
    expect(texts("select /* a; */ 1 -- b;\n + 2;")).toEqual(["select /* a; */ 1 -- b;\n + 2"]);
  });

  it("reads strings as the server does", () => {
    expect(
      texts("select 'a;''b'; select e'it\\'s; ok'; select E'\\\\'; select 'c:\\'; select U&'d\\;'"),
    ).toEqual([
      "select 'a;''b'",
      "select e'it\\'s; ok'",
      "select E'\\\\'",
      "select 'c:\\'",
      "select U&'d\\;'",
    ]);
  });

  it("reads dollar strings with legal tags only", () => {
    expect(texts("select $a$ x;y $b$ $a$; select $1::int; select '$2b$12$x;'; select a$b$;")).toEqual([
      "select $a$ x;y $b$ $a$",
      "select $1::int",
      "select '$2b$12$x;'",
      "select a$b$",
    ]);
  });

  it("keeps parentheses together and forgives a stray one", () => {
    expect(
      texts("create rule r as on insert to t do also (select 1; select 2); select 3);select 4;"),
    ).toEqual(["create rule r as on insert to t do also (select 1; select 2)", "select 3)", "select 4"]);
  });

  it("keeps the body of BEGIN ATOMIC together, nested CASE included", () => {
    const body =
      "create or replace function f(x int) returns int begin atomic select case when x > 0 then case x when 1 then 1 end end; select 2; end";
    expect(texts(`${body}; select 3; begin; commit;`)).toEqual([body, "select 3", "begin", "commit"]);
  });

  it("gives line and column of each statement", () => {
    const places = splitStatements("-- é\nselect 1;  /* 😀 */ select 2;\r\n\r\nselect 3").map((s) => [
      s.line,
      s.column,
    ]);
    expect(places).toEqual([
      [2, 1],
      [2, 20],
      [4, 1],
    ]);
  });

  it("gives the offsets of COPY data, CRLF or not", () => {
    const sql = "copy t (a) from stdin with (format csv);\n1;2\n3\n\\.\nselect 1;";
    const [copy, select] = splitStatements(sql);
    expect(copy?.copyData && sql.slice(copy.copyData.start, copy.copyData.end)).toBe("1;2\n3\n");
    expect(select?.text).toBe("select 1");
    const crlf = sql.replaceAll("\n", "\r\n");
    const data = splitStatements(crlf)[0]?.copyData;
    expect(data && crlf.slice(data.start, data.end)).toBe("1;2\r\n3\r\n");
  });

  it("allows COPY data without rows, and a terminator at the very end", () => {
    expect(splitStatements("copy t from stdin;\n\\.")).toMatchObject([{ text: "copy t from stdin" }]);
  });

  it("refuses COPY data without its end", () => {
    expect(() => splitStatements("select 1;\ncopy t from stdin;\n1\n2\n")).toThrow("has no end");
  });

  it("collects plain words outside parentheses, ten at most", () => {
    expect(splitStatements('create unique index concurrently "x" on t (a, b)')[0]?.words).toEqual([
      "CREATE",
      "UNIQUE",
      "INDEX",
      "CONCURRENTLY",
      "ON",
      "T",
    ]);
  });

  it("knows what a statement does to the transaction", () => {
    const controls = splitStatements(
      "begin; start transaction; commit; end; rollback; abort; rollback to savepoint a; savepoint a; release a; prepare transaction 'x'; commit prepared 'x'; select 1",
    ).map((s) => s.transactionControl);
    expect(controls).toEqual([
      "begin",
      "begin",
      "commit",
      "commit",
      "rollback",
      "rollback",
      "rollback-to",
      "savepoint",
      "release",
      "prepare",
      undefined,
      undefined,
    ]);
  });
});
