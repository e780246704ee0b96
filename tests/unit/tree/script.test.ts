import { describe, expect, it } from "vitest";
import { loadParser } from "../../../src/tree/parser.ts";
import { type ReadStatement, readScript } from "../../../src/tree/script.ts";

const parser = await loadParser();
const read = (text: string): readonly ReadStatement[] => [...readScript(parser, text)];
const actions = (text: string) => read(text).flatMap((s) => s.actions);
/** kind and the text it stands for. */
const spans = (text: string) => actions(text).map((a) => `${a.kind}: ${text.slice(a.start, a.end)}`);
const names = (text: string) =>
  read(text).flatMap((s) =>
    s.references.map(
      (r) =>
        `${r.kind} ${r.use} ${r.name.schema ?? "-"}.${r.name.name} at ${text.slice(r.name.start, r.name.start + 6)}`,
    ),
  );

describe("readScript", () => {
  it("gives each subcommand of ALTER TABLE its own place", () => {
    const text =
      'ALTER TABLE ONLY app.a\n  ADD COLUMN b numeric(5, 2) DEFAULT 1,\n  DROP c, -- a, b\n  ALTER "d,e" SET NOT NULL;';
    expect(spans(text)).toEqual([
      "add-column: ADD COLUMN b numeric(5, 2) DEFAULT 1",
      "drop-column: DROP c",
      'set-not-null: ALTER "d,e" SET NOT NULL',
    ]);
  });

  it("reads DO bodies, with the IFs round each statement", () => {
    const text =
      "DO $$\nDECLARE n int := 1;\nBEGIN\n  IF NOT EXISTS (SELECT 1 FROM app.x) THEN\n    ALTER TABLE app.a ADD b int;\n  END IF;\nEND $$;";
    const added = actions(text).find((a) => a.kind === "add-column");
    expect(added?.inside).toEqual({
      body: "do",
      dynamic: false,
      depth: 1,
      guard: "NOT EXISTS (SELECT 1 FROM app.x)",
    });
    expect(text.slice(added?.start, added?.end)).toBe("ADD b int");
  });

  it("reads the strings of EXECUTE, and knows their places through doubled quotes", () => {
    const text = "DO $$ BEGIN EXECUTE 'ALTER TABLE app.a ADD b text DEFAULT ''x'', DROP c'; END $$;";
    expect(spans(text).slice(1)).toEqual(["add-column: ADD b text DEFAULT ''x''", "drop-column: DROP c"]);
  });

  it("puts a mark where only the run tells what EXECUTE runs", () => {
    const found = actions(
      "DO $$ BEGIN EXECUTE format('DROP TABLE app.%I', t); EXECUTE 'DROP INDEX ' || i; EXECUTE q; END $$;",
    );
    expect(found.map((a) => (a.kind === "drop" ? `${a.objectKind} ${a.object.name}` : a.kind))).toEqual([
      "do",
      "table __dynamic__",
      "index __dynamic__",
      "dynamic",
    ]);
  });

  it("says that the body of a function is not run", () => {
    const found = actions(
      "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.a; END $$;",
    );
    expect(found.map((a) => [a.kind, a.inside.body])).toEqual([
      ["create-function", "none"],
      ["delete", "function"],
    ]);
  });

  it("takes variables of SELECT INTO and of RETURNING INTO for no tables", () => {
    expect(
      names(
        "DO $$ DECLARE v int; BEGIN SELECT id INTO STRICT v FROM app.a; INSERT INTO app.b VALUES (1) RETURNING id INTO v; END $$;",
      ),
    ).toEqual(["relation uses app.a at app.a;", "relation uses app.b at app.b "]);
  });

  it("leaves common table expressions out of the references", () => {
    expect(names("WITH q AS (SELECT * FROM app.a) SELECT * FROM q JOIN b ON true")).toEqual([
      "relation uses app.a at app.a)",
      "relation uses -.b at b ON t",
    ]);
  });

  it("counts places in UTF-16 units behind text of several bytes", () => {
    const text =
      "COMMENT ON TABLE app.a IS '\u20b9\ud83d\ude00'; INSERT INTO app.a VALUES ('\u0939\ud83d\ude00', (SELECT 1 FROM zz));";
    const last = read(text)[1]?.references.at(-1);
    expect(text.slice(last?.name.start, (last?.name.start ?? 0) + 2)).toBe("zz");
  });

  it("finds the place of an error in PL/pgSQL, which its parser does not say", () => {
    const text =
      "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$\nDECLARE\n  current_user int;\nBEGIN\n  current_user := 1;\nEND $$;";
    const [problem] = read(text).flatMap((s) => s.problems);
    expect(problem).toEqual({
      message: 'syntax error at or near "current_user"',
      start: text.lastIndexOf("current_user"),
    });
  });

  it("says what the handlers of a block catch", () => {
    const text =
      "DO $$ BEGIN\n  BEGIN\n    CREATE TABLE app.a (id int);\n  EXCEPTION WHEN duplicate_table OR others THEN\n    IF true THEN NULL; END IF;\n  END;\n  CREATE TABLE app.b (id int);\nEND $$;";
    expect(
      actions(text).flatMap((a) => (a.kind === "create-table" ? [[a.name.name, a.inside.guard]] : [])),
    ).toEqual([
      ["a", "EXCEPTION WHEN duplicate_table OR others"],
      ["b", ""],
    ]);
  });

  describe("with many rows of plain values", () => {
    const row = "(1, 'it''s', -2.5, NULL, TRUE, DEFAULT), ";
    const many = row.repeat(40);
    const insert = (tail: string): string => `SELECT 1; INSERT INTO app.a (b) VALUES ${many}${tail}`;
    const summary = (text: string) => {
      const { actions = [], references = [], problems = [] } = read(text)[1] ?? {};
      const placed = references.map((r) => text.slice(r.name.start, r.name.start + 5));
      return { rows: actions.map((a) => (a.kind === "insert" ? a.rows : a.kind)), placed, problems };
    };

    it("counts them all, and knows the end and what stands behind them", () => {
      const text = insert("(9, '', 0, 0, 0, 0) ON CONFLICT (b) DO UPDATE SET b = (SELECT x FROM app.z)");
      expect(summary(text)).toEqual({ rows: [41], placed: ["app.a", "app.z"], problems: [] });
      expect(read(text)[1]?.actions[0]?.end).toBe(text.length);
    });

    it("reads the first row that is not plain, and all behind it", () => {
      const text = insert(`((SELECT y FROM app.y), 1, 1, 1, 1, 1), ${row}(1, 'x'::app.t, 1, 1, 1, 1)`);
      expect(summary(text)).toEqual({ rows: [43], placed: ["app.a", "app.y", "app.t"], problems: [] });
    });

    it.each([
      ["(1, 'a' 'b')", "'b'"],
      ["(1 2)", "2"],
      ["(1,, 2)", ","],
      ["(- - 'x' y)", "y"],
      ["(1), ON", "ON"],
    ])("tells what is wrong with a row: %s", (bad, near) => {
      const text = insert(bad);
      expect(summary(text).problems).toMatchObject([{ message: `syntax error at or near "${near}"` }]);
      expect(text.startsWith(near, read(text)[1]?.problems[0]?.start)).toBe(true);
    });
  });

  it("tells syntax errors with their place and goes on", () => {
    const text = "SELECT 1;\nSELECT '\ud83d\ude00' FROM WHERE;\nSELECT 2;";
    const problems = read(text).flatMap((s) => s.problems);
    expect(problems).toEqual([{ message: 'syntax error at or near "WHERE"', start: text.indexOf("WHERE") }]);
  });

  it("survives a statement that is nested too deeply", () => {
    const text = `SELECT ${"(".repeat(30000)}1${")".repeat(30000)}; SELECT 2;`;
    expect(read(text).map((s) => s.problems.length)).toEqual([1, 0]);
  });
});
