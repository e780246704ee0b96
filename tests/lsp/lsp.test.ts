// The language server as an editor meets it: the built program as a process, spoken with over its streams.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { CodeAction, Diagnostic } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { RULES } from "../../src/lint/rules/index.ts";
import { ALL_ABLE, editor, type Files, files } from "../support/editor.ts";

const TABLE = `-- Migration V1: a
-- Description: a
CREATE TABLE IF NOT EXISTS app.a (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at timestamptz,
  updated_at timestamptz
);
COMMENT ON TABLE app.a IS 'a';
`;
const CHECK = `-- Migration V2: b
-- Description: 😀 b
SET LOCAL lock_timeout = '3s';
/* 𝒳 😀 */ ALTER TABLE app.a ADD COLUMN "🐘" text, ADD CONSTRAINT c CHECK (id IS NOT NULL);
DROP TABLE /* 😀 */ app.gone;
`;
const CONF = "flyway.schemas=app\n";
const V1 = "db/migration/V1__Create_a.sql";
const V2 = "db/migration/V2__Check_a.sql";
const project = (more: Readonly<Record<string, string>> = {}): Files =>
  files({ "flyway.conf": CONF, [V1]: TABLE, [V2]: CHECK, ...more });

interface Brief {
  readonly rule: unknown;
  readonly line: number;
  readonly column: number;
  readonly message: unknown;
  readonly severity: unknown;
}

/** Lines and columns as lint counts them: from 1, in code points. */
function brief(text: string, diagnostics: readonly Diagnostic[]): readonly Brief[] {
  const document = TextDocument.create("", "sql", 0, text);
  return diagnostics.map(({ code, range: { start }, message, severity }) => ({
    rule: code,
    line: start.line + 1,
    column:
      [...text.slice(document.offsetAt({ line: start.line, character: 0 }), document.offsetAt(start))]
        .length + 1,
    message,
    severity: ["error", "warning", "info"][(severity ?? 0) - 1],
  }));
}

/** What the command line finds in one file that is named, or in a run over the folder. */
function linted(project: Files, file: string, run: "file" | "folder" = "file"): readonly Brief[] {
  const { stdout } = project.godwit("lint", "--format=json", ...(run === "file" ? [file] : []));
  const { findings }: { findings: readonly (Brief & { readonly file: string })[] } = JSON.parse(stdout);
  return findings
    .filter((f) => f.file === file)
    .map(({ rule, line, column, message, severity }) => ({ rule, line, column, message, severity }));
}

const titles = (actions: readonly CodeAction[]): readonly string[] => actions.map((a) => a.title);

describe("diagnostics", () => {
  it("are the findings of lint, at UTF-16 positions, for the text that the editor has", async () => {
    using p = project({ [V2]: "-- something else\n" });
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    const found = await e.diagnostics(p.uri(V2));
    const column = CHECK.split("\n")[3]?.indexOf("ADD CONSTRAINT");
    expect(found.find((d) => d.code === "check-not-valid")?.range).toEqual({
      start: { line: 3, character: column },
      end: { line: 3, character: (CHECK.split("\n")[3]?.length ?? 0) - 1 },
    });
    p.write({ [V2]: CHECK });
    expect(brief(CHECK, found)).toEqual(linted(p, V2));
    expect(brief(CHECK, found)).toEqual(linted(p, V2, "folder"));
    expect(found.length).toBeGreaterThan(2);
  });

  it("follow the text as it is typed, through invalid SQL too", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    const uri = p.uri(V2);
    await e.open(uri, CHECK);
    const texts = [
      "ADD CONSTRAINT c CHECK (id",
      "ADD CONSTRAINT c",
      "COPY app.a FROM stdin;\n1\n",
      "SELECT '",
    ];
    let before = "ADD CONSTRAINT c CHECK (id IS NOT NULL)";
    for (const text of [...texts, "ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID"]) {
      await e.change(uri, text, { from: before });
      before = text;
      const found = await e.diagnostics(uri);
      p.write({ [V2]: e.text(uri) });
      expect(brief(e.text(uri), found), text).toEqual(linted(p, V2));
      expect(found.some((d) => d.code === "syntax-error")).toBe(texts.includes(text));
    }
  });

  it.each(RULES.filter((_, i) => i % 20 === 0).map((rule) => [rule.id, rule]))(
    "are those of lint for the examples of %s",
    async (_, rule) => {
      const examples = rule.bad.flatMap((e) => (typeof e === "string" ? { sql: e } : e));
      using p = project();
      await using e = await editor([p.dir]);
      await e.open(p.uri(V1), TABLE);
      await e.open(p.uri(V2), "");
      for (const { before = "", sql = "" } of examples) {
        await e.change(p.uri(V1), before);
        await e.change(p.uri(V2), sql);
        const found = await e.diagnostics(p.uri(V2));
        p.write({ [V1]: before, [V2]: sql });
        expect(brief(sql, found)).toEqual(linted(p, V2));
      }
    },
  );

  it("take the unsaved text of earlier files for what is there, in other open documents too", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    const has = (rule: string) => (told: (uri: string) => readonly Diagnostic[] | undefined) =>
      told(p.uri(V2))?.some((d) => d.code === rule) === true;
    await e.until(has("check-not-valid"));
    await e.open(p.uri(V1), TABLE);
    await e.change(p.uri(V1), "app.b", { from: "app.a" });
    await e.until((told) => has("made-before-use")(told));
    await e.close(p.uri(V1));
    await e.until((told) => has("check-not-valid")(told) && !has("made-before-use")(told));
  });

  it("come for a file that is not saved yet, and not for files that are no migrations", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    const fresh = p.uri("db/migration/deeper/V3__New.sql");
    const other = p.uri("notes/V9__Not_here.sql");
    const misnamed = p.uri("db/migration/notes.sql");
    for (const uri of [other, misnamed, "untitled:Untitled-1"]) await e.open(uri, "DROP TABLE app.a;");
    await e.open(fresh, "DROP TABLE app.a;");
    expect((await e.diagnostics(fresh)).map((d) => d.code)).toContain("no-drop-table");
    for (const uri of [other, misnamed]) expect(await e.diagnostics(uri)).toEqual([]);
    expect(await e.actions(other)).toEqual([]);
    expect(await e.hover(other, "app.a", 5)).toBeUndefined();
    expect(e.shown).toEqual([]);
  });

  it("follow the nearest configuration, with several folders in the workspace", async () => {
    using p = files({
      "one/flyway.conf": "flyway.locations=filesystem:sql\ngodwit.lint.no-drop-table=info\n",
      "two/flyway.toml": '[flyway]\nlocations = ["filesystem:sql"]\n[flyway.lint]\nno-drop-table = "off"\n',
      "two/inner/flyway.conf": "flyway.locations=filesystem:sql\n",
    });
    await using e = await editor([p.path("one"), p.path("two")]);
    const severities: unknown[] = [];
    for (const name of ["one", "two", "two/inner"]) {
      const uri = p.uri(`${name}/sql/V1__A.sql`);
      await e.open(uri, "DROP TABLE app.a;");
      severities.push((await e.diagnostics(uri)).find((d) => d.code === "no-drop-table")?.severity);
    }
    expect(severities).toEqual([3, undefined, 1]);
  });

  it("take settings of the command line for all folders", async () => {
    using p = files({ "sql/V1__A.sql": "" });
    await using e = await editor([p.dir], ALL_ABLE, ["-locations=filesystem:sql"]);
    await e.open(p.uri("sql/V1__A.sql"), "DROP TABLE app.a;");
    expect(await e.diagnostics(p.uri("sql/V1__A.sql"))).not.toEqual([]);
  });

  it("leave out what the baseline knows and what a comment ignores", async () => {
    using p = project();
    p.godwit("lint", "--update-baseline");
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    expect(await e.diagnostics(p.uri(V2))).toEqual([]);
    await e.change(
      p.uri(V2),
      `${CHECK}DROP TABLE app.b;\n-- godwit-ignore no-drop-table: why\nDROP TABLE app.c;\n`,
    );
    const found = await e.diagnostics(p.uri(V2));
    expect(found.filter((d) => d.code === "no-drop-table").map((d) => d.range.start.line)).toEqual([5]);
  });
});

describe("diagnostics that are asked for", () => {
  const ABLE = {
    ...ALL_ABLE,
    workspace: { ...ALL_ABLE.workspace, diagnostics: { refreshSupport: true } },
    textDocument: { ...ALL_ABLE.textDocument, diagnostic: {} },
  };

  it("are the same, are not told beside, and are not sent twice", async () => {
    using p = project();
    await using e = await editor([p.dir], ABLE);
    const uri = p.uri(V2);
    const ask = (
      previousResultId?: string,
    ): Promise<{ kind: string; resultId: string; items: Diagnostic[] }> =>
      e.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri }, previousResultId });
    await e.open(uri, CHECK);
    const first = await ask();
    expect(brief(CHECK, first.items)).toEqual(linted(p, V2));
    expect(await ask(first.resultId)).toEqual({ kind: "unchanged", resultId: first.resultId });
    await e.change(uri, "-- nothing\n");
    const second = await ask(first.resultId);
    expect(second.kind).toBe("full");
    expect(second.items.map((d) => d.code)).not.toContain("check-not-valid");
    await expect(
      Promise.race([e.until((told) => told(uri) !== undefined), ask(second.resultId)]),
    ).resolves.toEqual({ kind: "unchanged", resultId: second.resultId });
  });

  it("are asked for again when another document changed them", async () => {
    using p = project();
    await using e = await editor([p.dir], ABLE);
    await e.open(p.uri(V2), CHECK);
    await e.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri: p.uri(V2) } });
    await e.open(p.uri(V1), TABLE.replaceAll("app.a", "app.b"));
    await e.until(() => e.refreshes() > 0);
  });

  it("may be given up", async () => {
    using p = project();
    await using e = await editor([p.dir], ABLE);
    await e.open(p.uri(V2), CHECK);
    const { CancellationTokenSource } = await import("vscode-languageserver-protocol/node");
    const source = new CancellationTokenSource();
    const asked = e.connection.sendRequest(
      "textDocument/diagnostic",
      { textDocument: { uri: p.uri(V2) } },
      source.token,
    );
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: -32800 });
    expect(await e.hover(p.uri(V2), "app.a", 5)).toContain("app.a");
  });
});

describe("code actions", () => {
  it("fix the file as lint --fix does", async () => {
    using p = project({ [V2]: "" });
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    const [all, ...more] = await e.actions(p.uri(V2), ["source.fixAll"]);
    expect(more).toEqual([]);
    if (all === undefined) throw new Error("there is no such action");
    await e.apply(all);
    p.write({ [V2]: CHECK });
    p.godwit("lint", "--fix", V2);
    expect(e.text(p.uri(V2))).toBe(p.read(V2));
    expect(e.text(p.uri(V2))).not.toBe(CHECK);
    expect(await e.actions(p.uri(V2), ["source.fixAll"])).toEqual([]);
  });

  it("fix one finding, or ignore it with a reason", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    const uri = p.uri(V2);
    await e.open(uri, CHECK);
    const found = (await e.diagnostics(uri)).find((d) => d.code === "check-not-valid");
    const actions = await e.actions(uri, ["quickfix"], found);
    const here = titles(actions).filter((title) => title.includes("check-not-valid"));
    expect(here).toEqual([
      "Fix check-not-valid",
      "Ignore check-not-valid here, with a reason",
      "Ignore check-not-valid in this file, with a reason",
    ]);
    const named = (title: string): CodeAction => {
      const action = actions.find((a) => a.title === title);
      if (action === undefined) throw new Error(title);
      return action;
    };
    expect(named("Fix check-not-valid").diagnostics).toEqual([found]);
    await e.apply(named("Fix check-not-valid"));
    expect(e.text(uri)).toBe(CHECK.replace("NOT NULL);", "NOT NULL) NOT VALID;"));
    await e.change(uri, CHECK);
    await e.apply(named("Ignore check-not-valid here, with a reason"));
    expect((await e.diagnostics(uri)).map((d) => d.code)).toContain("ignore-with-reason");
    await e.change(uri, "check-not-valid: it is small\n", { from: "check-not-valid: \n" });
    expect((await e.diagnostics(uri)).map((d) => d.code)).not.toContain("check-not-valid");
  });

  it("put the cursor at the reason where the client knows snippets", async () => {
    using p = project();
    const able = {
      ...ALL_ABLE,
      workspace: {
        ...ALL_ABLE.workspace,
        workspaceEdit: { documentChanges: true, snippetEditSupport: true },
      },
    };
    await using e = await editor([p.dir], able);
    await e.open(p.uri(V2), "DROP TABLE app.a;\n");
    const actions = await e.actions(p.uri(V2));
    const ignore = actions.find((a) => a.title === "Ignore no-drop-table here, with a reason");
    expect(ignore?.edit?.documentChanges).toEqual([
      {
        textDocument: { uri: p.uri(V2), version: 1 },
        edits: [
          {
            range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
            snippet: { kind: "snippet", value: "-- godwit-ignore no-drop-table: ${1:reason}\n" },
          },
        ],
      },
    ]);
  });

  it("change no file that the main branch has, of which an edit is a finding", async () => {
    using p = project();
    p.git("init", "-q");
    p.git("add", ".");
    p.git("commit", "-qm", "a");
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    expect((await e.diagnostics(p.uri(V2))).map((d) => d.code)).not.toContain("applied-file-unchanged");
    expect(titles(await e.actions(p.uri(V2))).filter((title) => title.startsWith("Fix"))).toEqual([]);
    await e.change(p.uri(V2), `${CHECK}SELECT 1;\n`);
    expect((await e.diagnostics(p.uri(V2))).map((d) => d.code)).toContain("applied-file-unchanged");
  });

  it("are edits by URI for a client without document changes", async () => {
    using p = project();
    await using e = await editor([p.dir], {});
    await e.open(p.uri(V2), CHECK);
    const [fix] = await e.actions(p.uri(V2), ["quickfix"]);
    expect(Object.keys(fix?.edit?.changes ?? {})).toEqual([p.uri(V2)]);
  });
});

describe("hovers", () => {
  it("explain the rule of a finding", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    expect(await e.hover(p.uri(V2), "ADD CONSTRAINT", 2)).toBe(
      `**check-not-valid** (error, lock): ${RULES.find((r) => r.id === "check-not-valid")?.summary}

ADD CHECK reads all of app.a while it holds ACCESS EXCLUSIVE: all reads and writes wait.

${RULES.find((r) => r.id === "check-not-valid")?.why}

Instead: ADD CONSTRAINT ... CHECK (...) NOT VALID now, VALIDATE CONSTRAINT in the next file.

Lock: \`ACCESS EXCLUSIVE\`, which stops all reads and writes.`,
    );
  });

  it("show what the earlier files made of a table, a column, a type", async () => {
    using p = project({
      "db/migration/V3__More.sql": `CREATE TYPE app.mood AS ENUM ('glad', 'sad');
CREATE TABLE app.b (
  a_id uuid NOT NULL CONSTRAINT b_a REFERENCES app.a (id),
  mood app.mood DEFAULT 'glad'
);
CREATE INDEX b_mood ON app.b (mood) WHERE mood = 'sad';
ALTER TABLE app.b ENABLE ROW LEVEL SECURITY;
`,
    });
    await using e = await editor([p.dir]);
    const uri = p.uri("db/migration/V4__Use.sql");
    await e.open(
      uri,
      `ALTER TABLE app.b ADD COLUMN IF NOT EXISTS late int;
SELECT x.mood, late FROM app.b AS x WHERE 'sad'::app.mood = x.mood;
DROP TABLE app.b;
SELECT 1 FROM app.b;
`,
    );
    expect(await e.hover(uri, "app.b", 5)).toBe(`**table** \`app.b\`, made in V3__More.sql, line 2

| column | type | | made in |
| --- | --- | --- | --- |
| \`a_id\` | uuid | not null | V3__More.sql, line 2 |
| \`mood\` | app.mood | with a default | V3__More.sql, line 2 |

Indexes:
- \`b_mood\` (mood) partial

Constraints:
- \`b_a\` foreign key (a_id) to \`app.a\` (id)

Row level security is enabled.`);
    expect(
      await e.hover(uri, "x.mood", 3),
    ).toBe(`**column** \`app.b.mood\` app.mood, with a default, made in V3__More.sql, line 2

Indexes:
- \`b_mood\` (mood) partial`);
    expect(await e.hover(uri, "late FROM", 1)).toBe(
      "**column** `app.b.late` integer, made in V4__Use.sql, line 1",
    );
    expect(await e.hover(uri, "app.mood =", 5)).toBe(
      "**enum** `app.mood`: `'glad'`, `'sad'`, made in V3__More.sql, line 1",
    );
    expect(await e.hover(uri, "x WHERE", 0)).toContain("| `late` | integer |  | V4__Use.sql, line 1 |");
    expect(await e.hover(uri, "SELECT 1 FROM app.b", 18)).toBeUndefined();
  });

  it("say nothing of a text that cannot be split, and blame nobody for it", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), "COPY app.a FROM stdin;\n1\n");
    expect(await e.hover(p.uri(V2), "COPY", 1)).toContain("**syntax-error**");
    expect(await e.hover(p.uri(V2), "app.a", 5)).toBeUndefined();
    expect(e.shown).toEqual([]);
  });

  it("are plain where the client shows no Markdown", async () => {
    using p = project();
    await using e = await editor([p.dir], {});
    await e.open(p.uri(V2), "SELECT 1 FROM app.a;");
    expect(await e.hover(p.uri(V2), "app.a", 5)).toMatch(
      /^table app\.a, made in V1__Create_a\.sql, line 3\n\ncolumn {2}type {4}made in\nid {2}uuid {2}not null/,
    );
  });
});

describe("a configuration that cannot be used", () => {
  it("is told once and marked in its file, until it is mended", async () => {
    using p = project({ "flyway.conf": "flyway.schemas=app\nflyway.locatoins=sql\nflyway.group=perhaps\n" });
    await using e = await editor([p.dir]);
    const conf = p.uri("flyway.conf");
    await e.open(p.uri(V2), CHECK);
    await e.until((told) => told(conf)?.length === 2);
    expect(await e.diagnostics(p.uri(V2))).toEqual([]);
    await e.change(p.uri(V2), `${CHECK}\n`);
    expect(await e.diagnostics(p.uri(V2))).toEqual([]);
    expect(e.shown).toHaveLength(1);
    expect(e.shown[0]).toContain("flyway.conf:2: ");
    p.write({ "flyway.conf": CONF });
    await e.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: conf, type: 2 }],
    });
    await e.until((told) => told(conf)?.length === 0 && (told(p.uri(V2))?.length ?? 0) > 0);
  });

  it.each([
    [
      "an unknown rule",
      { "flyway.conf": "godwit.lint.no-such-rule=error\n" },
      /There is no lint rule "no-such-rule"/,
    ],
    ["a baseline that is none", { "godwit-lint-baseline.json": "{}" }, /is no baseline of lint/],
    ["TOML that is none", { "flyway.toml": "[flyway\n" }, /flyway\.toml/],
  ])("may be %s", async (_, more, message) => {
    using p = project(more);
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    await e.until(() => e.shown.length > 0);
    expect(e.shown).toEqual([expect.stringMatching(message)]);
    expect(e.shown[0]).not.toMatch(/\n\s+at /);
    expect(await e.actions(p.uri(V2))).toEqual([]);
    expect(await e.hover(p.uri(V2), "app.a", 5)).toBeUndefined();
  });

  it("may be a file that is not in its encoding", async () => {
    using p = project({ "flyway.conf": `${CONF}flyway.encoding=US-ASCII\n` });
    await using e = await editor([p.dir]);
    await e.open(p.uri(V1), TABLE);
    await e.until((told) => e.shown.length > 0 && (told(p.uri(V2))?.length ?? 0) > 0);
    expect(e.shown[0]).toContain(V2);
  });
});

describe("the server", () => {
  it("says what it can do and asks for files to be watched", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    await e.until(() => e.watched());
    expect(e.initialized).toEqual({
      serverInfo: { name: "godwit", version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      capabilities: {
        positionEncoding: "utf-16",
        textDocumentSync: { openClose: true, change: 2, save: true },
        diagnosticProvider: {
          identifier: "godwit",
          interFileDependencies: true,
          workspaceDiagnostics: false,
        },
        codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.godwit"] },
        hoverProvider: true,
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    });
  });

  it("sees files that come and go on the disk", async () => {
    using p = project();
    await using e = await editor([p.dir]);
    await e.open(p.uri(V2), CHECK);
    await e.until((told) => told(p.uri(V2))?.some((d) => d.code === "check-not-valid") === true);
    p.write({ [V1]: TABLE.replaceAll("app.a", "app.b") });
    const changes = [{ uri: p.uri(V1), type: 2 }];
    await e.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
    await e.until((told) => told(p.uri(V2))?.some((d) => d.code === "made-before-use") === true);
  });

  it("ends with 0 after a shutdown, and with 1 without one or when the editor is gone", async () => {
    using p = project();
    const proper = await editor([p.dir]);
    await proper.connection.sendRequest("shutdown");
    expect(await proper.exit()).toBe(0);
    const abrupt = await editor([p.dir]);
    expect(await abrupt.exit()).toBe(1);
    const gone = await editor([p.dir]);
    const code = new Promise((resolve) => gone.process.once("exit", resolve));
    gone.process.stdin?.end();
    expect(await code).toBe(1);
  });

  it("ends when the process of the editor is gone", async () => {
    using p = project();
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const e = await editor([p.dir], ALL_ABLE, [`--clientProcessId=${gone}`]);
    expect(await new Promise((resolve) => e.process.once("exit", resolve))).toBe(1);
  });

  it("is not for a number that is none, nor without an editor", () => {
    using p = project();
    const { status, stdout } = p.godwit("lsp", "--stdio", "--clientProcessId=x");
    expect([status, stdout]).toEqual([1, ""]);
  });

  it("ends when it is told to by a signal", async () => {
    using p = project();
    const e = await editor([p.dir]);
    const code = new Promise((resolve) => e.process.once("exit", resolve));
    e.process.kill("SIGTERM");
    expect(await code).toBe(130);
  });
});
