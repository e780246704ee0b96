// Files in pieces. That they give what whole files give is tests/fuzz/sql.test.ts.
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { StatementStream, type StreamItem } from "../../../src/sql/stream.ts";

const shown = (items: readonly StreamItem[]): readonly string[] =>
  items.map((item) => {
    if (item.kind === "copy-end") return "copy-end";
    if (item.kind === "copy-data") return `data ${JSON.stringify(item.text)}`;
    const { line, column } = item.statement.placeInFile();
    return `${line}:${column} ${item.statement.text}`;
  });

const options = {
  prefix: "${",
  suffix: "}",
  separator: ":",
  values: { t: "app.t", lines: "a\nb" },
  file: "V1__a.sql",
};

describe("a stream of statements", () => {
  it("gives each statement as soon as it ends", () => {
    const stream = new StatementStream();
    expect(shown(stream.push("select 1; sel"))).toEqual(["1:1 select 1"]);
    expect(shown(stream.push("ect 2"))).toEqual([]);
    expect(shown(stream.push(";\nselect 3"))).toEqual(["1:11 select 2"]);
    expect(shown(stream.finish())).toEqual(["2:1 select 3"]);
  });

  it("gives COPY data without waiting for its end, or for the end of a long line", () => {
    const stream = new StatementStream();
    expect(shown(stream.push("copy t from stdin; -- rows\r\n1\n\\"))).toEqual([
      "1:1 copy t from stdin",
      'data "1\\n"',
    ]);
    expect(shown(stream.push("N\nlong"))).toEqual(['data "\\\\N\\nlong"']);
    expect(shown(stream.push(" line\n\\."))).toEqual(['data " line\\n"']);
    expect(shown(stream.push("\r\nselect 1"))).toEqual(["copy-end"]);
    expect(shown(stream.finish())).toEqual(["6:1 select 1"]);
  });

  it("replaces placeholders that a piece cuts, and tells places in the file", () => {
    const stream = new StatementStream(options);
    const items = ["insert into ${", "t} values ('${lines}'); dele", "te from $", "{t} where x"].flatMap(
      (piece) => stream.push(piece),
    );
    items.push(...stream.finish());
    expect(shown(items)).toEqual(["1:1 insert into app.t values ('a\nb')", "1:39 delete from app.t where x"]);
    const [first, second] = items.map((item) => (item.kind === "statement" ? item.statement : undefined));
    expect([first?.placeInFile(29), first?.placeInFile(31), second?.placeInFile(25), second?.line]).toEqual([
      { line: 1, column: 27 },
      { line: 1, column: 35 },
      { line: 1, column: 62 },
      2,
    ]);
  });

  it.each<[string, string, number]>([
    ["select ${nope}", "The placeholder ${nope} has no value.", 8],
    ["select ${t", "A placeholder begins with ${ but never ends with }.", 8],
    [
      "copy t from stdin;\n1\n",
      "The data of COPY ... FROM STDIN has no end: there is no line \\. after it.",
      1,
    ],
  ])("fails for %s with its place", (text, message, column) => {
    const stream = new StatementStream(options);
    try {
      for (const character of text) stream.push(character);
      stream.finish();
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof GodwitError)) throw error;
      expect([error.message, error.place?.line, error.place?.column]).toEqual([message, 1, column]);
    }
  });
});
