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

  it("leaves out, as Flyway does, no-break spaces and their like where a statement begins, and nowhere else", () => {
    expect(texts("\u00a0select 1;\u00a0\u3000; \u2003-- a\nselect\u00a02;\u00a0\n")).toEqual([
      "select 1",
      "select\u00a02",
    ]);
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

  it.each([
    "create function f() returns int begin atomic select 1; select 2; end",
    "create procedure p() begin atomic insert into t values (1); end",
    "create function f() returns int\nbegin -- c\natomic\nselect case when a then case b when 1 then 2 end end; end",
    "create function begin(x int) returns int begin atomic select x.end, x.case, 1 as end from x; end",
    "create function f() returns int begin atomic end",
    "create function f() returns int begin atomic create rule r as on insert to t do also (select 1; select 2); end",
    "create function begin() returns int language sql as $$ select 1; $$",
    "create schema s create function s.f() returns int begin atomic select 1; end",
  ])("keeps together: %s", (sql) => {
    expect(texts(`${sql}; select 3; begin; end; select case when a then 1 end;`)).toEqual([
      sql,
      "select 3",
      "begin",
      "end",
      "select case when a then 1 end",
    ]);
  });

  it("ends a body whose last semicolon was forgotten, so that the server complains of it alone", () => {
    expect(texts("create function f() returns int begin atomic select 1 end; select 2;")).toEqual([
      "create function f() returns int begin atomic select 1 end",
      "select 2",
    ]);
  });

  it("keeps a string that goes on in the next line", () => {
    expect(texts("select e'a'\n'b\\'; c'; select 2")).toEqual(["select e'a'\n'b\\'; c'", "select 2"]);
  });

  it("sends what is open at the end as it is", () => {
    expect(texts("select 1; select (2; ")).toEqual(["select 1", "select (2;"]);
    expect(texts("select 'a; b")).toEqual(["select 'a; b"]);
    expect(texts("select 1 /* a; b")).toEqual(["select 1 /* a; b"]);
  });

  it("takes an open comment between statements for the end, as Flyway does", () => {
    expect(texts("select 1; /* a; select 2;")).toEqual(["select 1"]);
  });

  it.each([
    ["copy t from stdin", true],
    ["COPY app.t1 (a, b) FROM STDIN WITH (FORMAT csv, DELIMITER ';')", true],
    ["copy \"T\" from stdin null as ''", true],
    ["copy t from stdout", true],
    ["copy (select 1 from stdin) to stdout", false],
    ["copy t to stdin", false],
    ["copy t from '/tmp/f'", false],
    ["copy t from program 'cat stdin'", false],
  ])("knows whether data follows %s", (sql, follows) => {
    const found = splitStatements(`${sql};\n1\n\\.\n`);
    expect(found[0]?.copyData !== undefined).toBe(follows);
  });

  it("refuses a COPY that the file ends in, with or without its semicolon", () => {
    for (const sql of ["copy t from stdin", "copy t from stdin;", "copy t from stdin;\n"]) {
      expect(() => splitStatements(`select 1;\n${sql}`)).toThrow("has no end");
    }
  });

  it("refuses a statement on the line of COPY ... FROM STDIN, which Flyway would drop in silence", () => {
    expect(() => splitStatements("copy t from stdin; select 1;\n1\n\\.\n")).toThrow("behind COPY");
    expect(texts("copy t from stdin; -- rows\n1\n\\.\n")).toEqual(["copy t from stdin"]);
  });

  it("leaves names that hold a dot or a digit out of the words, as Flyway does", () => {
    expect(splitStatements("alter table app.orders add column x1 int, alter a type text")[0]?.words).toEqual([
      "ALTER",
      "TABLE",
      "ADD",
      "COLUMN",
      "INT",
      "ALTER",
      "A",
      "TYPE",
      "TEXT",
    ]);
  });

  it("gives equal statements equal words, whatever came between", () => {
    const many = Array.from(
      { length: 300 },
      (_, i) => `insert into t${i} values (1); update x set ${"y".repeat(i % 20)}z = 1`,
    );
    const words = splitStatements(many.join(";")).map((s) => s.words.join(" "));
    expect(words).toEqual(
      Array.from({ length: 300 }, (_, i) => [
        "INSERT INTO VALUES",
        `UPDATE X SET ${"Y".repeat(i % 20)}Z`,
      ]).flat(),
    );
  });
});
