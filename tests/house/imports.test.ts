// The layers of CONTRIBUTING.md, held: a file imports from its own folder and from those its row names.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");

/** folder -> folders it may import from; "types:x" allows only `import type`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  config: ["base"],
  sql: ["base"],
  tree: ["base", "sql"],
  server: ["base", "config"],
  migrations: ["base", "config", "sql"],
  history: ["base", "config", "server", "migrations"],
  catalog: ["base", "sql", "server"],
  models: ["base", "types:catalog"],
  lint: ["base", "config", "sql", "tree", "migrations", "types:catalog"],
  engine: ["base", "config", "sql", "tree", "server", "migrations", "history", "catalog"],
  reports: ["base", "types:engine", "types:lint"],
  lsp: ["base", "sql", "lint", "types:tree"],
  commands: [
    "base",
    "config",
    "sql",
    "tree",
    "server",
    "migrations",
    "history",
    "catalog",
    "models",
    "lint",
    "lsp",
    "engine",
  ],
  library: ["base", "config", "server", "migrations", "types:lint", "engine", "commands", "cli"],
  cli: ["base", "config", "commands", "reports", "types:engine", "server"],
};

/** Packages and builtins that only some files may touch. */
const OUTSIDE: readonly { readonly module: RegExp; readonly only: RegExp }[] = [
  { module: /^pg$/, only: /^server\// },
  { module: /^node:fs/, only: /^(migrations\/files|config\/read|server\/|cli\/|library\/)/ },
  { module: /^node:child_process/, only: /^(cli\/|server\/|config\/)/ },
  { module: /^libpg-query$/, only: /^tree\// },
  { module: /^smol-toml$/, only: /^config\/toml/ },
  { module: /^vscode-languageserver/, only: /^lsp\// },
  { module: /^@clack\/prompts$/, only: /^cli\/ask/ },
];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function sources(folder = SRC): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

function importsOf(path: string): readonly Import[] {
  const text = readFileSync(path, "utf8");
  const file = relative(SRC, path).split(sep).join("/");
  const found: Import[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm)) {
    found.push({ file, target: m[2] ?? "", typeOnly: m[1] !== undefined });
  }
  for (const m of text.matchAll(/(typeof )?import\("([^"]+)"\)/g)) {
    found.push({ file, target: m[2] ?? "", typeOnly: m[1] !== undefined });
  }
  return found;
}

const everyImport = sources().flatMap(importsOf);

function breaksLayer({ file, target, typeOnly }: Import): boolean {
  if (!target.startsWith(".")) return false;
  const to = relative(SRC, resolve(SRC, dirname(file), target))
    .split(sep)
    .join("/");
  const from = file.includes("/") ? (file.split("/")[0] ?? "") : "root";
  const folder = to.includes("/") ? (to.split("/")[0] ?? "") : "root";
  if (from === folder || from === "root") return false;
  const allowed = ALLOWED[from] ?? [];
  return !allowed.includes(folder) && !(typeOnly && allowed.includes(`types:${folder}`));
}

describe("imports", () => {
  it("go only to the folders that the layer table allows", () => {
    expect(everyImport.filter(breaksLayer).map((i) => `${i.file} -> ${i.target}`)).toEqual([]);
  });

  it("touch packages and builtins of the outside world only where the table says", () => {
    const wrong = everyImport.filter((i) =>
      OUTSIDE.some((o) => o.module.test(i.target) && !o.only.test(i.file)),
    );
    expect(wrong.filter((i) => !i.typeOnly).map((i) => `${i.file} -> ${i.target}`)).toEqual([]);
  });

  it("make no cycle", () => {
    const graph = new Map<string, string[]>();
    for (const { file, target, typeOnly } of everyImport) {
      if (typeOnly || !target.startsWith(".")) continue;
      const to = relative(SRC, resolve(SRC, dirname(file), target))
        .split(sep)
        .join("/");
      graph.set(file, [...(graph.get(file) ?? []), to]);
    }
    expect(findCycle(graph)).toBeUndefined();
  });

  it("are found at all", () => {
    expect(everyImport.length).toBeGreaterThan(100);
  });
});

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(" -> ");
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
