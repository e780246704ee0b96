// Brings PostgreSQL's own regression SQL into .cache/regress, for tests/fuzz/regress.test.ts. It is not ours to commit:
// it comes out of the source package of pglast on PyPI, which carries libpg_query and its test files.
// Without pip, or without a network, it says so and leaves with 0: the test then skips, aloud.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Carries the files of PostgreSQL 18, as the parser in our tests does. */
const PACKAGE = "pglast==8.7";
const INSIDE = "*/libpg_query/test/sql/postgres_regress/*.sql";

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), ".cache", "regress");

function fetch() {
  const work = mkdtempSync(join(tmpdir(), "godwit-regress-"));
  try {
    const options = ["download", "--no-deps", "--no-binary", ":all:", "--quiet", "--dest", work, PACKAGE];
    execFileSync("pip", options, { stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 });
    const archive = readdirSync(work).find((name) => name.endsWith(".tar.gz"));
    if (archive === undefined) throw new Error("pip downloaded no source package");
    mkdirSync(target, { recursive: true });
    const strip = `--strip-components=${INSIDE.split("/").length - 1}`;
    execFileSync("tar", ["-xzf", join(work, archive), "-C", target, strip, "--wildcards", INSIDE]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (existsSync(target) && readdirSync(target).length > 0) {
  console.log(`.cache/regress holds ${readdirSync(target).length} files already.`);
} else {
  try {
    fetch();
    console.log(`.cache/regress: ${readdirSync(target).length} files of PostgreSQL's regression SQL.`);
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    console.log(`PostgreSQL's regression SQL cannot be had here (${reason}); its test will be skipped.`);
  }
}
