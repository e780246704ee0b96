// The package as it would be published: what is in it, that it runs from an empty folder, that its types resolve.
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifest, ROOT, run, stagePackage } from "../support/package.ts";

let home = "";
let packed: readonly string[] = [];

/** Packs a build of its own and installs it into an empty folder, with no other package and no network. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-package-"));
  const stage = join(home, "stage");
  stagePackage(stage);
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", home], stage);
  const archive = readdirSync(home).find((name) => name.endsWith(".tgz")) ?? "";
  const app = join(home, "app");
  mkdirSync(app);
  const quiet = ["--omit=optional", "--no-audit", "--no-fund", "--silent"];
  run("npm", ["install", "--offline", ...quiet, "--cache", join(home, "cache"), join(home, archive)], app);
  packed = filesBelow(join(app, "node_modules/godwit"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

const app = (): string => join(home, "app");
const text = (path: string): string => readFileSync(join(app(), "node_modules/godwit", path), "utf8");

describe("the package", () => {
  const EXPECTED = [
    /^(FORMATS|README)\.md$/,
    /^LICENSE$/,
    /^package\.json$/,
    /^schemas\/lint\.json$/,
    /^templates\/(gitlab-ci\.yml|pre-commit)$/,
    /^dist\/((cli|import)\.cjs|(index|gate|lint)\.js)$/,
    /^dist\/cli\/(info|lint|migrate|validate|full|part-[\w-]+)\.cjs$/,
    /^dist\/cli\/package\.json$/,
    /^dist\/THIRD_PARTY_LICENSES$/,
    /^dist\/chunks\/(index|gate)-[\w-]+-[A-Z0-9]{8}\.js$/,
    /^dist\/cli\/libpg-query\.wasm$/,
    /^dist\/types\/(base|cli|config|engine|library|server|migrations|catalog|lint|history|sql|tree)\/[\w-]+\.d\.ts$/,
    /^dist\/types\/(index|lint-door)\.d\.ts$/,
  ];

  it("holds the program, the library, its types and the documents, and nothing else", () => {
    expect(packed.filter((file) => !EXPECTED.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "dist/THIRD_PARTY_LICENSES",
        "dist/cli.cjs",
        "dist/index.js",
        "dist/lint.js",
      ]),
    );
  });

  it("holds no source of tests and no path of the machine that built it", () => {
    const code = packed.filter((file) => /\.(c?js|ts)$/.test(file));
    const bad = code.filter((file) => {
      const content = text(file);
      return content.includes(ROOT) || content.includes(home) || /vitest|sourceMappingURL=/.test(content);
    });
    expect(bad).toEqual([]);
  });

  it("publishes the licence of every package whose code it holds", () => {
    const licences = text("dist/THIRD_PARTY_LICENSES");
    const named = [...licences.matchAll(/^-{80}\n(\S+) /gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(["pg", "pg-protocol", "pg-types", "smol-toml"]));
    // Each has a text of its own, not only a name.
    const texts = licences.split(`\n${"-".repeat(80)}\n`).slice(1);
    expect(texts.filter((one) => one.length < 400 || !/copyright|\(c\)/i.test(one))).toEqual([]);
  });

  it("depends on no package that is not optional", () => {
    const installed: { readonly dependencies?: object } = JSON.parse(text("package.json"));
    expect(installed.dependencies ?? {}).toEqual({});
    expect(readdirSync(join(app(), "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "godwit",
    ]);
  });

  it("runs as godwit and as flyway from an empty folder", () => {
    const said = `godwit ${manifest.version}\n`;
    expect(run("npx", ["--no-install", "godwit", "version"], app())).toMatch(said);
    expect(run("npx", ["--no-install", "flyway", "-v"], app())).toMatch(said);
    expect(run("npx", ["--no-install", "godwit", "help", "migrate"], app())).toMatch("godwit migrate");
  });

  it("runs the commands whose code is loaded on demand", () => {
    const url = "-url=postgresql://nobody@127.0.0.1:1/none";
    const { status, stdout } = spawnSync("npx", ["--no-install", "godwit", url, "doctor"], {
      cwd: app(),
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^Configuration\n[\s\S]*problem {2}connect /),
    ]);
    const json = spawnSync("npx", ["--no-install", "godwit", url, "-outputType=json", "doctor"], {
      cwd: app(),
    });
    expect([json.status, JSON.parse(json.stdout.toString("utf8"))]).toEqual([
      1,
      expect.objectContaining({ operation: "doctor", status: "problem" }),
    ]);
  });

  it("judges SQL with the parser that it ships", () => {
    const folder = join(home, "judged", "db", "migration");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "V1__Agents.sql"), "create tabel agents ();\n");
    const cli = join(app(), "node_modules/godwit/dist/cli.cjs");
    const { status, stdout } = spawnSync(process.execPath, [cli, "lint", "-format=line"], {
      cwd: join(home, "judged"),
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([1, expect.stringContaining("V1__Agents.sql:1:8: error: syntax-error")]);
  });

  it("completes without reading a configuration, which may be broken", () => {
    const folder = join(home, "broken");
    mkdirSync(folder);
    writeFileSync(join(folder, "flyway.conf"), "flyway.noSuchSetting=1\n");
    const cli = join(app(), "node_modules/godwit/dist/cli.cjs");
    expect(run(process.execPath, [cli, "completion", "bash"], folder)).toMatch(
      /^# Completion of godwit for bash/,
    );
  });

  it("is imported by name, and leaves the process alone", () => {
    const program = `
      import { createGodwit, GodwitError, VERSION } from "godwit";
      const before = process.eventNames().length;
      const godwit = await createGodwit({ url: "postgresql://127.0.0.1:1/none", env: {} });
      const error = await godwit.info().catch((e) => e);
      console.log(error instanceof GodwitError, error.code, VERSION, typeof createGodwit);
      console.log(process.eventNames().length === before, process.exitCode);
    `;
    expect(run(process.execPath, ["--input-type=module", "-e", program], app())).toBe(
      `true DB_CONNECTION ${manifest.version} function\ntrue undefined\n`,
    );
  });

  it("judges and writes files as a library, and loads PostgreSQL's parser no sooner than it needs it", () => {
    const folder = join(home, "judged-by-library");
    mkdirSync(join(folder, "sql"), { recursive: true });
    writeFileSync(join(folder, "sql/V1__Agents.sql"), "create tabel agents ();\n");
    const program = `
      import { createRequire } from "node:module";
      import { createGodwit } from "godwit";
      const parsers = () =>
        Object.keys(createRequire(import.meta.url).cache).filter((file) => /part-parser/.test(file)).length;
      const godwit = await createGodwit({
        workingDirectory: ${JSON.stringify(folder)}, locations: "filesystem:sql", env: {},
      });
      const { path } = await godwit.add({ description: "Add notes" });
      const { rules } = await godwit.rules();
      console.log(path, rules.length > 120, parsers());
      const { findings, summary } = await godwit.lint({ files: ["sql/V1__Agents.sql"], rules: ["syntax-error"] });
      console.log(findings.map((f) => f.rule).join(), summary.files, parsers());
    `;
    expect(run(process.execPath, ["--input-type=module", "-e", program], app())).toBe(
      "sql/V2__Add_notes.sql true 0\nsyntax-error 1 1\n",
    );
  });
});

const CONSUMER = `
import {
  type AddOutcome,
  createGodwit,
  type ErrorCode,
  GodwitError,
  type GodwitOptions,
  type LintFinding,
  type LintReport,
  type MigrationContext,
  type MigrateOutcome,
  type Preset,
  type RebaseOutcome,
  type RunEvent,
} from "godwit";

const options: GodwitOptions = {
  url: "postgresql://localhost/app",
  schemas: ["app"],
  placeholders: { owner: "app" },
  outOfOrder: true,
  lockTimeout: "5s",
  environments: { test: { url: "postgresql://localhost/test" } },
};
export async function main(signal: AbortSignal): Promise<MigrateOutcome> {
  await using godwit = await createGodwit(options);
  const ended: string[] = [];
  const outcome = await godwit.migrate({
    signal,
    settings: { target: "24" },
    onEvent: (event: RunEvent) => {
      if (event.type === "migration-end") ended.push(event.migration.version);
    },
  });
  const { sql } = await godwit.dryRun("undo");
  const undone: number = (await godwit.dryRun("undo")).outcome.migrationsUndone;
  console.log(sql.length + undone);
  try {
    await godwit.info({ states: ["PENDING"] });
  } catch (error) {
    if (error instanceof GodwitError) {
      const code: ErrorCode = error.code;
      console.log(code, error.advice, error.sql?.sqlState);
    }
  }
  return outcome;
}
export async function gate(presets: readonly Preset[]): Promise<readonly LintFinding[]> {
  const godwit = await createGodwit({ locations: "filesystem:sql" });
  const added: AddOutcome = await godwit.add({ description: "Add notes", template: "add-column", table: "t", column: "c" });
  const report: LintReport = await godwit.lint({ files: [added.path], presets, fix: true, signal: AbortSignal.abort() });
  const moved: RebaseOutcome = await godwit.rebase({ dryRun: true });
  const { rules } = await godwit.rules();
  console.log(moved.moves.map((m) => m.to), rules.map((r) => r.lock), report.summary.errors, report.patch);
  return report.findings.filter(({ severity }) => severity === "error");
}
// @ts-expect-error no preset
export const preset: Preset = "all";
export async function up({ query, signal }: MigrationContext): Promise<void> {
  const [row] = await query<{ n: string | null }>("select count(*) as n from t where a = $1", [1]);
  console.log(row?.n, signal.aborted);
}
// @ts-expect-error a setting that there is not
export const typo: GodwitOptions = { outOfOder: true };
// @ts-expect-error not a connection
export const odd: GodwitOptions = { client: { url: "" } };
`;

const WITH_PG = `
import pg from "pg";
import { createGodwit } from "godwit";
export const client = createGodwit({ client: new pg.Client() });
export const pool = createGodwit({ client: new pg.Pool() });
`;

describe("the types", () => {
  const check = (name: string, source: string, options: object, linked: readonly string[]): void => {
    const folder = join(home, name);
    mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
    symlinkSync(join(app(), "node_modules/godwit"), join(folder, "node_modules/godwit"));
    for (const other of linked)
      symlinkSync(join(ROOT, "node_modules", other), join(folder, "node_modules", other));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "main.ts"), source);
    const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, ...options };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    expect(
      spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], {
        encoding: "utf8",
      }).stdout,
    ).toBe("");
  };
  const node16 = { module: "node16", moduleResolution: "node16", target: "ES2022" };
  const bundler = { module: "ESNext", moduleResolution: "bundler", target: "ES2022" };
  const withNode = { types: ["node"], lib: ["ES2022"], skipLibCheck: false };
  const NODE_TYPES = ["@types/node", "undici-types"];

  it("resolve under moduleResolution node16", () => {
    check("node16", CONSUMER, { ...node16, ...withNode }, NODE_TYPES);
  });

  it("resolve under moduleResolution bundler", () => {
    check("bundler", CONSUMER, { ...bundler, ...withNode }, NODE_TYPES);
  });

  it("need neither the types of Node nor those of pg", () => {
    check("plain", CONSUMER, { ...node16, types: [], lib: ["ESNext", "DOM"], skipLibCheck: false }, []);
  });

  it("take clients and pools by the types of pg", () => {
    const linked = [...NODE_TYPES, "@types/pg", "pg-types", "pg-protocol"];
    check("with-pg", WITH_PG, { ...node16, types: ["node"], skipLibCheck: true }, linked);
  });
});
