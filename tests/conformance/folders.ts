// Whole folders of migrations as scenarios: the everyday life of a project, with the accidents that happen to it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { edit, type FileContent, look, run, type Scenario, type Step, sql, text, write } from "./scenario.ts";

interface Versioned {
  readonly path: string;
  readonly version: string;
  readonly parts: readonly bigint[];
}

/** Our own example, as its configuration file has it. */
export const exampleScenario = (root: string): Scenario =>
  folderScenario("insurance", join(root, "examples/insurance/db/migration"), [
    "-schemas=lic_schema",
    "-baselineOnMigrate=true",
  ]);

/**
 * A folder with its arguments: `conformance.args` (one argument a line) and `conformance.sql` (sent to the empty
 * database first) may lie beside the migrations.
 */
export function folderScenario(name: string, folder: string, more: readonly string[] = []): Scenario {
  const files = readFolder(folder);
  const args = [...readLines(join(folder, "conformance.args")), ...more];
  const setup = existsSync(join(folder, "conformance.sql"))
    ? readFileSync(join(folder, "conformance.sql"), "utf8")
    : undefined;
  return {
    id: `folder-${name}`,
    title: `lives through the life of ${Object.keys(files).length} files`,
    files,
    args,
    countRows: true,
    source: digestOf(files),
    ...(setup === undefined ? {} : { setup }),
    steps: lifeOf(
      files,
      argument("schemas", args)?.split(",")[0] ?? "public",
      argument("sqlMigrationPrefix", args) ?? "V",
    ),
  };
}

function digestOf(files: Readonly<Record<string, FileContent>>): string {
  const hash = createHash("sha256");
  for (const [path, content] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\n`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

const argument = (name: string, args: readonly string[]): string | undefined =>
  args.find((arg) => arg.startsWith(`-${name}=`))?.slice(name.length + 2);

function lifeOf(
  files: Readonly<Record<string, FileContent>>,
  schema: string,
  prefix: string,
): readonly Step[] {
  const versioned = versionedFiles(files, prefix);
  const at = (share: number) =>
    versioned[Math.min(versioned.length - 1, Math.floor(versioned.length * share))];
  const [edited, middle, removed, renamed] = [at(0.25), at(0.4), at(0.5), at(0.75)];
  if (edited === undefined || middle === undefined || removed === undefined || renamed === undefined)
    return [];
  return [
    run("info"),
    run(`migrate -target=${middle.version}`),
    run("info"),
    run("validate"),
    text("validate"),
    run("migrate"),
    run("validate"),
    text("validate"),
    edit({
      write: { [edited.path]: `${String(files[edited.path])}\n-- edited\n` },
      remove: removed === edited ? [] : [removed.path],
      move: renamed === removed ? {} : { [renamed.path]: renamed.path.replace(/\.sql$/, "_renamed.sql") },
    }),
    write({ [`sql/${prefix}${middle.version}.0.1__late_comer.sql`]: "create table late_comer(id int);\n" }),
    run("info"),
    run("validate"),
    text("validate"),
    run("migrate"),
    text("migrate"),
    run("repair"),
    run("info"),
    run("migrate -outOfOrder=true"),
    run("info"),
    run("validate"),
    look,
    run("clean -cleanDisabled=false"),
    sql(`create schema if not exists "${schema}"; create table "${schema}".used(id int);`),
    run(`baseline -baselineVersion=${middle.version}`),
    run("info"),
    run("validate"),
  ];
}

function versionedFiles(files: Readonly<Record<string, FileContent>>, prefix: string): readonly Versioned[] {
  return Object.keys(files)
    .flatMap((path) => {
      const name = basename(path);
      const found = name.startsWith(prefix) ? /^([\d._]+?)__/.exec(name.slice(prefix.length)) : null;
      const version = found?.[1]?.replaceAll("_", ".");
      return version === undefined ? [] : [{ path, version, parts: version.split(".").map(BigInt) }];
    })
    .sort((a, b) => compareParts(a.parts, b.parts));
}

function compareParts(a: readonly bigint[], b: readonly bigint[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0n) - (b[i] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

function readFolder(folder: string, below = folder): Readonly<Record<string, FileContent>> {
  return Object.assign(
    {},
    ...readdirSync(below)
      .filter((name) => !name.startsWith("conformance."))
      .map((name) => {
        const path = join(below, name);
        if (statSync(path).isDirectory()) return readFolder(folder, path);
        return { [`sql/${relative(folder, path)}`]: readFileSync(path) };
      }),
  );
}

const readLines = (path: string): readonly string[] =>
  existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
