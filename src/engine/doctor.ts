// The verb doctor: what is in force, and what is wrong with it. It reads and changes nothing, runs no callbacks, and
// says what is known even when the server cannot be reached.
import { GodwitError } from "../base/errors.ts";
import { checkFiles } from "./doctor-files.ts";
import { checkServer } from "./doctor-server.ts";
import { settingsInForce, variablesInForce } from "./doctor-settings.ts";
import { FLYWAY_VERSION, type World } from "./engine.ts";
import type { DoctorCheck, DoctorOutcome } from "./outcome.ts";

export async function doctor(world: World): Promise<DoctorOutcome> {
  const { settings } = world;
  const checks: readonly DoctorCheck[] = [
    ...configurationChecks(world),
    ...checkFiles(world),
    ...(await connectionChecks(world)),
  ];
  const has = (status: DoctorCheck["status"]): boolean => checks.some((check) => check.status === status);
  return {
    operation: "doctor",
    status: has("problem") ? "problem" : has("warning") ? "warning" : "ok",
    environment: settings.environment,
    configFiles: settings.configFiles,
    variables: variablesInForce(world),
    settings: settingsInForce(settings),
    checks,
    flywayVersion: FLYWAY_VERSION,
    godwitVersion: world.godwitVersion,
  };
}

function configurationChecks({ settings }: World): readonly DoctorCheck[] {
  const environment = settings.environmentDisplayName ?? settings.environment;
  return [
    {
      group: "configuration",
      name: "files",
      status: "ok",
      value: settings.configFiles.length === 0 ? "none" : settings.configFiles.join(", "),
    },
    { group: "configuration", name: "environment", status: "ok", value: environment },
    { group: "configuration", name: "working directory", status: "ok", value: settings.workingDirectory },
    ...settings.warnings.map(
      (message): DoctorCheck => ({
        group: "configuration",
        name: "warning",
        status: "warning",
        value: message,
      }),
    ),
  ];
}

/** Where to, and whether it can be reached; then what is there. */
async function connectionChecks(world: World): Promise<readonly DoctorCheck[]> {
  const target = targetCheck(world);
  try {
    await using session = await world.connect();
    return [...target, ...(await checkServer(world, session))];
  } catch (error) {
    if (!(error instanceof GodwitError) || error.code === "ABORTED") throw error;
    return [
      ...target,
      {
        group: "connection",
        name: "connect",
        status: "problem",
        value: error.message,
        ...(error.advice === undefined ? {} : { advice: error.advice }),
      },
    ];
  }
}

function targetCheck({ settings, embedded }: World): readonly DoctorCheck[] {
  const group = "connection";
  const { connection } = settings;
  if (connection === undefined) {
    const value = embedded ? "none: the embedded PostgreSQL is used" : "a connection that was lent";
    return [
      {
        group,
        name: "url",
        status: embedded ? "warning" : "ok",
        value,
        ...(embedded ? { advice: "Set flyway.url to use a server of your own." } : {}),
      },
    ];
  }
  const hosts = connection.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  const password = connection.password === undefined ? "no password" : "with a password";
  return [
    { group, name: "url", status: "ok", value: connection.displayUrl },
    { group, name: "server", status: "ok", value: hosts },
    { group, name: "login", status: "ok", value: `${connection.user}, ${password}` },
    { group, name: "database", status: "ok", value: connection.database },
  ];
}
