// Runs a TypeScript file of this repository: node script/run-ts.mjs FILE [ARGUMENT ...]
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [file, ...args] = process.argv.slice(2);
// Inside the repository, so that packages resolve as they do for the source.
const folder = resolve(import.meta.dirname, "../.cache/run-ts");
mkdirSync(folder, { recursive: true });
const outfile = join(folder, `${process.pid}.mjs`);
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
process.argv.splice(1, process.argv.length - 1, resolve(file), ...args);
process.on("exit", () => rmSync(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
