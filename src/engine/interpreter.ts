// Script migrations and script callbacks: which program runs which file, and what it finds in its environment
// (flyway-core 13 ScriptMigrationExecutor).
import { GodwitError } from "../base/errors.ts";
import type { ScannedFile } from "../migrations/migration.ts";
import type { World } from "./engine.ts";

/** Runs one script file to its end. @throws GodwitError when it exits with another code than 0. */
export async function runScriptFile(
  world: World,
  file: ScannedFile,
  placeholders: Readonly<Record<string, string>>,
): Promise<void> {
  const [command, ...args] = interpreter(file, world.settings.powershellExecutable);
  const result = await world.runProcess({
    command: command ?? file.path,
    arguments: args,
    env: scriptEnvironment(world, file, placeholders),
    cwd: world.settings.workingDirectory,
    signal: world.signal,
    onOutput: (text) => world.emit({ type: "script-output", text }),
  });
  if (result.exitCode === 0) return;
  throw new GodwitError("ERROR", `${file.configuredPath} ended with exit code ${result.exitCode}.`, {
    advice: "Mend the script and run migrate again. What it did outside the database cannot be rolled back.",
    place: { file: file.configuredPath, line: 1, column: 1 },
    details: { output: result.output, exitCode: result.exitCode },
  });
}

function interpreter(file: ScannedFile, powershell: string | undefined): readonly string[] {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase();
  switch (extension) {
    case "sh":
      return ["sh", file.path];
    case "bash":
      return ["bash", file.path];
    case "py":
      return ["python", file.path];
    case "ps1":
      return [powershell ?? "pwsh", "-File", file.path];
    case "cmd":
    case "bat":
      return ["cmd", "/c", file.path];
    default:
      return [file.path];
  }
}

function scriptEnvironment(
  world: World,
  file: ScannedFile,
  placeholders: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { settings } = world;
  const target = settings.connection;
  const env: Record<string, string> = {};
  if (target !== undefined) {
    env["FLYWAY_URL"] = target.jdbcUrl;
    if (target.user !== "") env["FLYWAY_USER"] = target.user;
    if (target.password !== undefined) env["FLYWAY_PASSWORD"] = target.password.reveal();
    // So that psql in a script finds the same database without parsing a JDBC URL.
    env["PGHOST"] = target.hosts[0]?.host ?? "localhost";
    env["PGPORT"] = String(target.hosts[0]?.port ?? 5432);
    env["PGDATABASE"] = target.database;
    env["PGUSER"] = target.user;
    if (target.password !== undefined) env["PGPASSWORD"] = target.password.reveal();
  }
  const all = { ...placeholders, [`flyway${settings.placeholderSeparator}filename`]: file.name };
  for (const [name, value] of Object.entries(all)) {
    const key = displayName(name).replaceAll(settings.placeholderSeparator, "_");
    env[`${settings.scriptPlaceholderPrefix}${key}${settings.scriptPlaceholderSuffix}`] = value;
  }
  return env;
}

/** Built-in names keep their capitals in the environment (`FP__flyway_defaultSchema__`). */
const CAPITALS: Readonly<Record<string, string>> = {
  defaultschema: "defaultSchema",
  workingdirectory: "workingDirectory",
};

function displayName(name: string): string {
  const match = /^flyway(.+?)(defaultschema|workingdirectory)$/.exec(name);
  return match?.[2] === undefined ? name : `flyway${match[1]}${CAPITALS[match[2]]}`;
}
