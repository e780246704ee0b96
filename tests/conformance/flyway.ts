// Brings the real Flyway from Maven Central into a cache and makes tools of it: the command line of 11.20.3, the newest
// whose parts are all published, and the engine of 13.12.0 through its Java API.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program, type Tool } from "./tools.ts";

export const ELEVEN = "11.20.3";
export const THIRTEEN = "13.12.0";

/** Listed one by one, because the command line's own list brings the drivers of every database. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  [ELEVEN]: [
    `org.flywaydb:flyway-commandline:${ELEVEN}`,
    `org.flywaydb:flyway-core:${ELEVEN}`,
    `org.flywaydb:flyway-database-postgresql:${ELEVEN}`,
    // Without the reports a failing migrate ends with exit code 0: it is their module that throws again.
    `org.flywaydb:flyway-reports:${ELEVEN}`,
    `org.flywaydb:flyway-command-test-connection:${ELEVEN}`,
    "com.fasterxml.jackson.core:jackson-annotations:2.19.1",
    "com.fasterxml.jackson.core:jackson-core:2.19.1",
    "com.fasterxml.jackson.core:jackson-databind:2.19.1",
    "com.fasterxml.jackson.dataformat:jackson-dataformat-toml:2.19.1",
    "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.19.1",
    "org.postgresql:postgresql:42.7.7",
    "org.apache.commons:commons-text:1.10.0",
    "org.apache.commons:commons-lang3:3.12.0",
  ],
  [THIRTEEN]: [
    `org.flywaydb:flyway-core:${THIRTEEN}`,
    `org.flywaydb:flyway-database-postgresql:${THIRTEEN}`,
    "tools.jackson.core:jackson-databind:3.1.0",
    "tools.jackson.core:jackson-core:3.1.0",
    "com.fasterxml.jackson.core:jackson-annotations:2.21",
    "org.postgresql:postgresql:42.7.7",
  ],
};

/** The JVM lives for half a second: compiling well takes longer than it saves. */
// A shared archive that does not fit any more (another folder, another Java) is left out; the JVM would say so on stdout.
const QUICK = [
  "-XX:TieredStopAtLevel=1",
  "-XX:+UseSerialGC",
  "-Xshare:auto",
  "-Xlog:disable",
  "-Xlog:all=off",
];

export interface Flyways {
  readonly eleven: Tool;
  readonly thirteen: Tool;
}

/** A sentence instead of the tools when Java or Maven is missing, or the jars can not be had. */
export function findFlyways(cache: string, runnerSource: string): Flyways | string {
  for (const need of ["java", "javac", "mvn"]) {
    if (spawnSync("which", [need]).status !== 0) return `${need} is not installed`;
  }
  try {
    const eleven = fetchJars(cache, ELEVEN);
    const thirteen = fetchJars(cache, THIRTEEN);
    const classes = compile(cache, runnerSource, thirteen);
    return {
      eleven: java(`flyway ${ELEVEN}`, cache, ELEVEN, eleven, "org.flywaydb.commandline.Main"),
      thirteen: java(`flyway ${THIRTEEN}`, cache, THIRTEEN, [classes, ...thirteen], "EngineRunner"),
    };
  } catch (failure) {
    return failure instanceof Error ? failure.message : String(failure);
  }
}

function fetchJars(cache: string, version: string): readonly string[] {
  const folder = join(cache, version);
  const coordinates = PARTS[version] ?? [];
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const pom = join(partial, "pom.xml");
    writeFileSync(pom, pomOf(version, coordinates));
    run("mvn", ["-B", "-q", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${partial}`]);
    renameSync(partial, folder);
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(folder, name));
}

function pomOf(version: string, coordinates: readonly string[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, v] = coordinate.split(":");
    const all =
      "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>";
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${v}</version>${all}</dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>godwit.conformance</groupId><artifactId>flyway</artifactId><version>${version}</version><packaging>pom</packaging>
<dependencies>${dependencies.join("\n")}</dependencies></project>`;
}

function compile(cache: string, source: string, jars: readonly string[]): string {
  const folder = join(cache, "runner");
  const made = join(folder, "EngineRunner.class");
  if (!existsSync(made) || statSync(made).mtimeMs < statSync(source).mtimeMs) {
    run("javac", ["-d", folder, "-cp", jars.join(":"), source]);
    rmSync(join(cache, `${THIRTEEN}.jsa`), { force: true });
  }
  // A folder on the class path forbids the shared archive, a jar does not.
  const jar = join(folder, "runner.jar");
  if (!existsSync(jar) || statSync(jar).mtimeMs < statSync(made).mtimeMs) {
    run("jar", ["--create", "--file", jar, "-C", folder, "EngineRunner.class"]);
  }
  return jar;
}

/** Classes that were loaded once are kept in an archive, which halves the start of the JVM. */
function java(name: string, cache: string, version: string, jars: readonly string[], main: string): Tool {
  const archive = join(cache, `${version}.jsa`);
  const classPath = ["-cp", jars.join(":")];
  if (!existsSync(archive)) {
    spawnSync(
      "java",
      [
        ...QUICK,
        `-XX:ArchiveClassesAtExit=${archive}`,
        ...classPath,
        main,
        "-url=jdbc:postgresql://127.0.0.1:1/x",
        "info",
      ],
      { stdio: "ignore", cwd: cache },
    );
  }
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  return program(name, "java", [...QUICK, ...shared, ...classPath, main]);
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} failed: ${(done.stderr || done.stdout).slice(0, 500)}`);
}
