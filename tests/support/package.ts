// The package as it is built now, for tests that use it as others do: from a folder, by its name.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export const manifest: { readonly files: readonly string[]; readonly version: string } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);

/** Runs a program to its end and gives what it printed. */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? status}\n${stdout}\n${stderr}`);
}

/** Puts what would be published into the folder, which is made. */
export function stagePackage(folder: string, options: readonly string[] = []): void {
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", ...manifest.files.filter((name) => !/^!?dist/.test(name))]) {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  run(process.execPath, [join(ROOT, "script/build.mjs"), join(folder, "dist"), ...options], ROOT);
}

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line of a staged package, with nothing of this process's environment but the PATH. */
export function runStaged(
  folder: string,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Ran {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(folder, "dist/cli.cjs"), ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  return { exitCode: status, stdout, stderr };
}
