// npm's script prepare: builds dist/ before packing, after an install here, and when godwit is installed from git, which
// is what pre-commit does. For a global install from git npm leaves the devDependencies out (its own npm install in the
// clone goes by npm_config_global and installs elsewhere), so they are fetched here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

if (!existsSync(join(root, "node_modules/esbuild"))) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_config_(?:global|location|prefix|local_prefix)$/i.test(name),
    ),
  );
  const npm = process.env["npm_execpath"] ?? "npm";
  const [command, ...before] = npm.endsWith(".js") ? [process.execPath, npm] : [npm];
  const args = [
    ...before,
    "ci",
    "--include=dev",

    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
await import("./build.mjs");
