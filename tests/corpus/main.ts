// Judges a folder of labelled migrations with the built godwit: each hazard must be named, and a safe file must be left
// in peace. The labels are those of MigrationPilot's public corpus (bench/corpus of its repository, MIT): a block comment
// at the top of every file with `id`, `verdict` (dangerous, safe, context-dependent), `hazards` and perhaps `pg_version`.
// The corpus stays where it is; this only reads it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { RULES } from "../../src/lint/rules/index.ts";

/** Which rules name which hazard. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  "access-exclusive-maintenance": ["vacuum-not-full"],
  "check-constraint-scan": ["check-not-valid"],
  "column-type-rewrite": ["no-type-rewrite"],
  "concurrently-in-transaction": ["concurrently-outside-transaction"],
  "ddl-plus-backfill-same-txn": ["no-backfill-under-lock"],
  "disable-trigger-all": ["no-disabled-trigger"],
  "drop-column": ["no-drop-column"],
  "drop-table-cascade": ["no-drop-cascade", "no-drop-table"],
  "enum-add-value-in-transaction": ["enum-value-not-used-at-once", "enum-value-outside-transaction"],
  "fk-without-not-valid": ["fk-not-valid"],
  "invalid-index-retry": ["invalid-index-dropped"],
  "missing-lock-timeout": ["lock-timeout-set"],
  "multi-table-ddl-transaction": ["one-table-locked"],
  "non-concurrent-index": ["create-index-concurrently"],
  "partition-attach": ["attach-with-check", "no-default-partition-scan"],
  "partition-detach": ["detach-concurrently"],
  "rename-column-breakage": ["no-rename-column"],
  "rename-table-breakage": ["no-rename-table"],
  "replication-identity-break": ["no-drop-primary-key"],
  "set-not-null-scan": ["set-not-null-proven"],
  "stored-generated-rewrite": ["no-stored-generated-column"],
  "truncate-cascade": ["no-truncate-cascade"],
  "unbatched-backfill": ["update-with-where", "update-in-batches", "no-backfill-under-lock"],
  "unique-constraint-scan": ["unique-using-index"],
  "volatile-default-rewrite": ["no-volatile-default"],
};

/** Advice about style, names and house rules is no alarm: the corpus asks about hazards. */
const ADVICE = new Set(["guide", "shape", "history"]);

interface Case {
  readonly name: string;
  readonly verdict: string;
  readonly hazards: readonly string[];
  readonly pg: string;
  readonly sql: string;
}

const HEADER = /^\s*\/\*\s*---\r?\n([\s\S]*?)\r?\n---\s*\*\/\r?\n?/;

function caseOf(path: string): Case {
  const text = readFileSync(path, "utf8");
  const header = HEADER.exec(text)?.[1];
  if (header === undefined) throw new Error(`${path} has no header of the corpus.`);
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, "m").exec(header)?.[1]?.replace(/^["']|["']$/g, "") ?? "";
  return {
    name: basename(path),
    verdict: field("verdict"),
    hazards: field("hazards")
      .replace(/[[\]\s]/g, "")
      .split(",")
      .filter((h) => h !== ""),
    pg: field("pg_version") || "17",
    // As a migration has it: without the corpus's comment.
    sql: text.replace(HEADER, ""),
  };
}

const CLI = resolve("dist/cli.cjs");

/** Ids of the rules that speak. The files say BEGIN and COMMIT themselves where they mean a transaction. */
function speaking({ sql, name, pg }: Case, folder: string): readonly string[] {
  const file = join(folder, name);
  writeFileSync(file, sql);
  const run = spawnSync(
    process.execPath,
    [CLI, "lint", file, "-executeInTransaction=false", "--pg", pg, "--format", "json"],
    { cwd: folder, encoding: "utf8" },
  );
  const { findings }: { findings: readonly { readonly rule: string }[] } = JSON.parse(run.stdout);
  return [...new Set(findings.map((f) => f.rule))];
}

const isHazard = (id: string): boolean => !ADVICE.has(RULES.find((r) => r.id === id)?.family ?? "");

const [root] = process.argv.slice(2);
if (root === undefined) {
  console.error("script/corpus FOLDER: the folder bench/corpus of MigrationPilot's repository");
  process.exit(2);
}
const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((p) => p.endsWith(".sql"));
const folder = mkdtempSync(join(tmpdir(), "godwit-corpus-"));
let [named, dangerous, alarms, safe] = [0, 0, 0, 0];
try {
  console.log(
    "| file | verdict | hazards (first one counts) | answer | rules |\n| --- | --- | --- | --- | --- |",
  );
  for (const path of paths.sort()) {
    const one = caseOf(join(root, path));
    const rules = speaking(one, folder).filter(isHazard);
    const isNamed = (hazard: string): boolean => (NAMED_BY[hazard] ?? []).some((id) => rules.includes(id));
    let answer = rules.length === 0 ? "silent" : "speaks";
    if (one.verdict === "dangerous") {
      dangerous++;
      const [first = ""] = one.hazards;
      if (isNamed(first)) named++;
      answer = isNamed(first) ? "named" : "MISSED";
    } else if (one.verdict === "safe") {
      safe++;
      if (rules.length > 0) alarms++;
      answer = rules.length > 0 ? "FALSE ALARM" : "silent";
    }
    const hazards = one.hazards.map((h) => `${h}${isNamed(h) ? "" : " (not named)"}`).join(", ");
    console.log(`| ${one.name} | ${one.verdict} | ${hazards} | ${answer} | ${rules.join(", ")} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\nHazards named: ${named} of ${dangerous}. False alarms: ${alarms} of ${safe} safe files.`);
process.exit(named === dangerous && alarms === 0 ? 0 : 1);
