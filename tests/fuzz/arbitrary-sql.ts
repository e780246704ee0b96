// Texts to try: soup that no server would take, and statements that PostgreSQL's grammar takes.
import fc from "fast-check";

const PIECES = [
  "'",
  "''",
  '"',
  '""',
  "$$",
  "$a$",
  "$b",
  "$1",
  "$é$",
  "$",
  "--",
  "-",
  "/*",
  "*/",
  "/",
  "*",
  ";",
  ";",
  "(",
  ")",
  "e'",
  "E'",
  "u&'",
  'U&"',
  "b'",
  "X'",
  "n'",
  "\\",
  "\\'",
  "\\.",
  "\\.\n",
  "\n",
  "\n",
  "\r\n",
  "\r",
  " ",
  "\t",
  "\v",
  "a",
  "A1",
  "x$y",
  "é",
  "😀",
  "1",
  "1.5",
  "1e5",
  "1e-",
  "0x1F",
  "..",
  "::",
  ":=",
  "@-",
  "<=",
  "{",
  "}",
  ",",
  "[",
  "]",
  "select ",
  "create ",
  "or ",
  "replace ",
  "function ",
  "procedure ",
  "schema ",
  "begin ",
  "atomic ",
  "BEGIN ATOMIC ",
  "case ",
  "end ",
  "end;",
  "as ",
  "x.end",
  "create function f() ",
  "copy t from stdin;\n",
  "COPY t FROM STDIN",
  "copy ",
  "from ",
  "stdin",
  "${",
  "}",
  "${a}",
  "${ab",
  "\u0000",
  "\u00a0",
  "\ufeff",
];

/** Any text at all, rich in what a lexer may stumble over. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    ),
    { maxLength: 40 },
  )
  // A lone surrogate comes out of no decoder, and cannot be sent to a server.
  .map((pieces) => pieces.join("").replace(/\p{Surrogate}/gu, "\ufffd"));

/** A text and the places to cut it at. */
export const cutText = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  text.chain((whole) =>
    fc.array(fc.nat({ max: Math.max(whole.length, 1) }), { maxLength: 12 }).map((cuts) => {
      const places = [0, ...cuts.filter((c) => c <= whole.length).sort((a, b) => a - b), whole.length];
      return places.slice(1).map((end, i) => whole.slice(places[i], end));
    }),
  );

const word = fc.constantFrom(
  "a",
  "tbl",
  "x1",
  "order_line",
  "é_t",
  '"odd "" name; "',
  '"x--y"',
  'U&"d\\0061"',
  "begin",
  "atomic",
);

const content = fc.string({
  unit: fc.constantFrom("a", ";", "-", "/", "*", '"', " ", "\n", "é", "😀", "(", "$", "b"),
  maxLength: 8,
});

const literal = fc.oneof(
  content.map((c) => `'${c}'`),
  content.map((c) => `'it''s ${c}'`),
  fc.constant("'a\\'"),
  content.map((c) => `E'${c}\\'; \\\\ ${c}'`),
  content.map((c) => `e'${c}'\n  '\\'${c}'`),
  content.map((c) => `U&'${c}'`),
  fc.constantFrom("B'0101'", "x'1F'", "N'n; '", "1", "1.5e-3", "0x1F", "1_000", ".5", "null"),
  content.map((c) => `$q$${c.replaceAll("$q$", "")}; $ $1 $$ $q$`),
  content.map((c) => `$$${c.replaceAll("$", "")};$$`),
);

const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(" ", "\n", "  ", "\t", "\r\n") },
  { weight: 1, arbitrary: content.map((c) => ` -- ${c.replaceAll("\n", "")};'\n`) },
  { weight: 1, arbitrary: content.map((c) => ` /* ${c.replaceAll(/[/*]/g, "")}; ' /* nested */ */ `) },
);

interface Parts {
  readonly e: fc.Arbitrary<string>;
}

const { e: expression } = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    literal,
    word,
    fc
      .tuple(tie("e"), gap, fc.constantFrom("+", "||", "<=", "@>", "=", "*"), gap, tie("e"))
      .map((p) => p.join("")),
    tie("e").map((e) => `(${e})`),
    fc.tuple(tie("e"), tie("e")).map(([a, b]) => `f(${a}, ${b})`),
    fc
      .tuple(gap, tie("e"), tie("e"), tie("e"))
      .map(([g, a, b, c]) => `case${g}when (${a}) then (${b}) else (${c})${g}end`),
    tie("e").map((e) => `(${e})::text`),
  ),
})) satisfies Parts;

const select = fc
  .tuple(gap, expression, gap, word)
  .map(([g, e, h, w]) => `select${g}${e}${h}as ${w === "begin" || w === "atomic" ? `${w}_x` : w}${h}from t`);

const inBody = fc.oneof(
  select,
  fc.tuple(gap, expression).map(([g, e]) => `return${g}${e}`),
  expression.map((e) => `insert into t values (${e})`),
  fc.constantFrom(
    "select t.end, t.case from t",
    "select 1 as end",
    "select case when true then case when true then 1 end end",
  ),
  fc.constant("select begin from t"),
);

const routine = fc
  .tuple(
    fc.constantFrom("create function", "CREATE OR REPLACE FUNCTION", "create or replace procedure"),
    gap,
    word,
    gap,
    fc.array(inBody, { maxLength: 3 }),
    gap,
  )
  .map(([create, g, name, h, body, i]) => {
    const returns = /function/i.test(create) ? `${h}returns int` : "";
    return `${create}${g}${name}(a int default 1)${returns}${h}begin${i}atomic${g}${body.map((s) => `${s};${h}`).join("")}${i}end`;
  });

/** A statement that PostgreSQL 18 parses. */
export const statement: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: select },
  { weight: 2, arbitrary: routine },
  expression.map((e) => `insert into t (a, b) values (${e}, 1), (2, ${e})`),
  fc
    .tuple(word, expression, expression)
    .map(
      ([w, a, b]) => `create rule r as on insert to ${w} do also (select ${a}; delete from t where a = ${b})`,
    ),
  fc.tuple(gap, content).map(([g, c]) => `do${g}$do$ begin ${c.replaceAll("$", "")}; end $do$`),
  fc
    .tuple(word, gap, content)
    .map(
      ([w, g, c]) =>
        `create function${g}${w}() returns void language plpgsql as${g}$f$ begin ${c.replaceAll("$", "")}; end; $f$`,
    ),
  fc.constantFrom(
    "begin",
    "commit",
    "rollback to savepoint a",
    "savepoint a",
    "vacuum",
    "prepare q as select $1::int + $2",
    "select a$b$ from t",
    "create table t (a int, b text)",
  ),
);

/** Statements with their semicolons, and what may stand between them. */
export const script: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.tuple(gap, statement, gap, fc.constantFrom(";", ";;", "; ;\n")), { maxLength: 6 }), gap)
  .map(([list, end]) => `${list.map((p) => p.join("")).join("")}${end}`);
