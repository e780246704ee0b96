// What is code, comment and string in application code, and what of it is DDL.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ddlIn } from "../../../src/lint/application.ts";
import { type Language, readApplication } from "../../../src/lint/application-text.ts";

const parts = (text: string, language: Language) => {
  const { comments, strings, code } = readApplication(text, language);
  return {
    comments: comments.map((c) => text.slice(c.start, c.end)),
    strings: strings.map((s) => s.value),
    code,
  };
};

const found = (path: string, text: string): readonly string[] =>
  ddlIn(path, text).map(({ start, end, what }) => `${text.slice(start, end)}: ${what}`);

describe("application code", () => {
  it("is read as Python", () => {
    const text = `"""Doc # no comment"""\nx = 'it\\'s' # c "q"\nf("""a\n"b" """, rb'\\d')\nif x:\n    'alone'\n`;
    expect(parts(text, "python")).toEqual({
      comments: ['"""Doc # no comment"""', '# c "q"', "'alone'"],
      strings: ["it\\'s", 'a\n"b" ', "\\d"],
      code: `${" ".repeat(23 - 1)}\nx = '     '        \nf(""" \n    """, rb'  ')\nif x:\n           \n`,
    });
    expect(parts('x = \\\n  "joined"\ny = (\n  "inside"\n)\n', "python").strings).toEqual([
      "joined",
      "inside",
    ]);
    expect(parts("x = 'cut off\ny = 'b'\n", "python").strings).toEqual(["b"]);
  });

  it("is read as JavaScript and TypeScript", () => {
    const text =
      "a = `x ${b ? `y${'}'}` : \"`\"} z`; // c '\nr = /['\"`]/g; /* d\n*/ e = 'f' / g / 'h';\n<p>Don't</p>;\n";
    expect(parts(text, "script")).toMatchObject({
      comments: ["// c '", "/* d\n*/"],
      strings: ["x ${b ? `y${'}'}` : \"`\"} z", "f", "h"],
    });
  });

  it("is read as Java, Go and lines", () => {
    expect(parts('String a = """\n  "x" // y\n  """; // "z"', "java")).toMatchObject({
      comments: ['// "z"'],
      strings: ['\n  "x" // y\n  '],
    });
    expect(parts('a := `x\\`; b := "c"', "go").strings).toEqual(["x\\", "c"]);
    expect(parts("a=b#c # d\n# e", "lines").comments).toEqual(["# d", "# e"]);
  });

  it("is read to its end, whatever it holds, and keeps every offset", () => {
    const alphabet = fc.constantFrom(
      "'",
      '"',
      "`",
      "/",
      "*",
      "#",
      "\\",
      "\n",
      "$",
      "{",
      "}",
      "(",
      ")",
      "a",
      " ",
      "-",
    );
    const text = fc.array(alphabet, { maxLength: 60 }).map((list) => list.join(""));
    const language = fc.constantFrom<Language>("python", "script", "java", "go", "lines", "json", "xml");
    fc.assert(
      fc.property(text, language, (source, one) => {
        const { code, strings, comments } = readApplication(source, one);
        expect(code.length).toBe(source.length);
        for (const { start, end, value, valueStart } of strings) {
          expect(source.slice(valueStart, valueStart + value.length)).toBe(value);
          expect(start < end && end <= source.length).toBe(true);
        }
        for (const { start, end } of comments) expect(start < end && end <= source.length).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("DDL in application code", () => {
  it("stands at the words that cause it", () => {
    expect(
      found("a.py", 'x = 1\nc.execute("""\n  -- note\n  ALTER TABLE app.a\n  ADD COLUMN b int""")'),
    ).toEqual(["ALTER TABLE app.a\n  ADD : SQL in a string changes the schema (ALTER TABLE app.a ADD)"]);
    expect(found("a.py", 'c.execute("BEGIN; DROP TABLE a, b CASCADE")')).toEqual([
      "DROP TABLE a,: SQL in a string changes the schema (DROP TABLE a)",
    ]);
    expect(found("a.py", "db.create_all()")).toEqual([
      "db.create_all: create_all() makes tables from the models",
    ]);
  });

  it("is told once for a migration of another tool", () => {
    const text =
      'from alembic import op\nop.add_column("a", b)\nop.drop_column("a", "c")\nop.execute("DROP TYPE t")\n';
    expect(found("v.py", text)).toEqual(["op.add_column(: Alembic changes the schema, 2 times in this file"]);
    expect(found("v.py", text.replace("alembic", "shop"))).toHaveLength(1);
  });

  it("is SQL that is run or written in capitals, joined or not", () => {
    const yes = [
      'db.query("create table a (id int)")',
      'const SETUP = "CREATE TABLE a (id int)"',
      'run("CREATE TABLE " + name + " (id int)")',
      "sql`CREATE TABLE ${name} (id int)`",
      "await client.query<Row>(`DROP INDEX CONCURRENTLY IF EXISTS i`)",
      'client.query("CREATE UNIQUE INDEX i ON a (b)")',
      'client.query("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1 $$")',
      "client.query(\"ALTER TYPE t ADD VALUE 'x'\")",
    ];
    for (const text of yes) expect(found("a.ts", text), text).toHaveLength(1);
    const no = [
      'const title = "Create table users"',
      'label("create table a (id int)")',
      'console.log("CREATE TABLE a (id int)")',
      'throw new Error("DROP TABLE a")',
      'if (sql.startsWith("DROP TABLE a")) go();',
      '{ description: "DROP TABLE a" }',
      "db.query(\"SELECT * FROM a WHERE note = 'x'\")",
      'client.query("CREATE TEMPORARY TABLE a (id int)"); client.query("CREATE INDEX ON a (id)")',
      'client.query("TRUNCATE a")',
      '// db.query("DROP TABLE a")',
    ];
    for (const text of no) expect(found("a.ts", text), text).toEqual([]);
  });

  it("is in settings and scripts", () => {
    expect(found("persistence.xml", '<property name="hibernate.hbm2ddl.auto" value="update"/>')).toHaveLength(
      1,
    );
    expect(
      found("persistence.xml", '<!-- <property name="hibernate.hbm2ddl.auto" value="update"/> -->'),
    ).toEqual([]);
    expect(found("application.yml", "spring:\n  jpa:\n    hibernate:\n      ddl-auto: update")).toHaveLength(
      1,
    );
    expect(found("application.properties", "spring.jpa.hibernate.ddl-auto=none")).toEqual([]);
    expect(found("Db.java", 'p.put("hibernate.hbm2ddl.auto", "create-drop");')).toHaveLength(1);
    expect(found("Dockerfile", "CMD npx prisma db push && node .\n# prisma db push")).toHaveLength(1);
    expect(found("other.json", '{ "a": "prisma db push" }')).toEqual([]);
  });
});
