// The types of the doors: what tsc declares, and of that only what they lead to.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** What a consumer may be without. */
const FOREIGN = /\bNodeJS\.|\bBuffer\b|from "(?!\.)|import\("(?!\.)/;

/** Files right in src/ that the package exports. */
const DOORS = ["index", "lint-door"];

export function buildTypes(root, outdir) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const scratch = mkdtempSync(join(root, ".cache/types-"));
  try {
    declare(root, scratch);
    for (const [path, text] of reachable(
      join(scratch, "out"),
      DOORS.map((door) => `${door}.d.ts`),
    )) {
      const foreign = FOREIGN.exec(text);
      if (foreign !== null) throw new Error(`the types of src/${path} need ${foreign[0]}`);
      const file = join(outdir, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function declare(root, scratch) {
  const config = {
    extends: relative(scratch, join(root, "tsconfig.json")),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // Checking is npm run check.
      noCheck: true,
      stripInternal: true,
      rootDir: join(root, "src"),
      outDir: "out",
    },
    include: [],
    files: [...DOORS.map((door) => join(root, `src/${door}.ts`)), join(root, "src/server/pg-client.d.ts")],
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stderr, stdout } = spawnSync(process.execPath, [tsc, "-p", scratch], { encoding: "utf8" });
  if (status !== 0) throw new Error(`tsc: ${stdout}${stderr}`);
}

/** The files and all that they import, by path, with imports that end in .js: every resolution takes those. */
function reachable(folder, entries) {
  const found = new Map();
  const visit = (path) => {
    if (found.has(path)) return;
    const file = join(folder, path);
    const text = readFileSync(file, "utf8").replace(
      /(from |import\()"(\.[^"]*?)(?:\.d)?\.[jt]s"/g,
      (_, before, target) => `${before}"${target}.js"`,
    );
    found.set(path, text);
    for (const [, target] of text.matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g)) {
      visit(
        relative(folder, resolve(dirname(file), `${target}.d.ts`))
          .split(sep)
          .join("/"),
      );
    }
  };
  for (const entry of entries) visit(entry);
  return found;
}
