// godwit beside the programs that people use for the same work, each as its users call it, on one server over TCP.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { findFlyways } from "../tests/conformance/flyway.ts";

/** A server as all of them reach it: TCP, no password. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

export interface Peer {
  readonly name: string;
  /** Applies what is pending; its folder must have been made ready. */
  readonly command: (database: string, folder: string) => readonly string[];
  readonly env?: (database: string) => Readonly<Record<string, string>>;
  /** What godwit applied is applied for it too, which saves the minutes that Flyway takes for thousands of files. */
  readonly sharesHistory?: true;
  /** Writes its own files beside `sql/`. */
  readonly prepare?: (folder: string) => void;
}

const require = createRequire(resolve("bench/peers/package.json"));
const NODE = process.execPath;

/** Those that can be had; `missing` gets a line for each of the others. */
export function findPeers(server: Server, missing: (line: string) => void): readonly Peer[] {
  const url = (database: string): string =>
    `postgres://${server.user}@${server.host}:${server.port}/${database}?sslmode=disable`;
  const peers: Peer[] = [
    {
      name: "godwit migrate",
      command: (database) => [
        NODE,
        resolve("dist/cli.cjs"),
        `-url=${url(database)}`,
        "-locations=filesystem:sql",
        "-q",
        "migrate",
      ],
    },
  ];
  const flyways = findFlyways(
    resolve(".cache/conformance"),
    resolve("tests/conformance/java/EngineRunner.java"),
  );
  if (typeof flyways === "string") missing(`Flyway: ${flyways}`);
  else {
    peers.push({
      name: flyways.eleven.name,
      sharesHistory: true,
      command: (database, folder) => [
        ...flyways.eleven.command,
        `-url=jdbc:postgresql://${server.host}:${server.port}/${database}`,
        `-user=${server.user}`,
        `-locations=filesystem:${folder}/sql`,
        "-q",
        "migrate",
      ],
    });
  }
  if (!hasPackages()) {
    missing("dbmate, node-pg-migrate, knex: run `npm ci` in bench/peers");
    return peers;
  }
  return [
    ...peers,
    {
      name: "dbmate",
      command: (database, folder) => [
        require.resolve(`@dbmate/${process.platform}-${process.arch}/bin/dbmate`),
        `--url=${url(database)}`,
        `--migrations-dir=${folder}/dbmate`,
        "--no-dump-schema",
        "migrate",
      ],
      prepare: (folder) =>
        convert(folder, "dbmate", ".sql", (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`),
    },
    {
      name: "node-pg-migrate",
      command: (_, folder) => [
        NODE,
        require.resolve("node-pg-migrate/bin/node-pg-migrate"),
        "up",
        `--migrations-dir=${folder}/npm`,
      ],
      env: (database) => ({ DATABASE_URL: url(database) }),
      prepare: (folder) =>
        convert(folder, "npm", ".sql", (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`),
    },
    {
      name: "knex",
      command: (_, folder) => [
        NODE,
        require.resolve("knex/bin/cli.js"),
        "migrate:latest",
        `--knexfile=${folder}/knexfile.cjs`,
      ],
      env: (database) => ({ DATABASE_URL: url(database) }),
      prepare: (folder) => {
        // knex looks for itself beside the knexfile.
        rmSync(join(folder, "node_modules"), { force: true });
        symlinkSync(resolve("bench/peers/node_modules"), join(folder, "node_modules"));
        convert(
          folder,
          "knex",
          ".cjs",
          (sql) => `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});\nexports.down = () => {};\n`,
        );
        writeFileSync(
          join(folder, "knexfile.cjs"),
          `module.exports = {
  client: "pg",
  connection: process.env.DATABASE_URL,
  migrations: { directory: ${JSON.stringify(join(folder, "knex"))}, loadExtensions: [".cjs"] },
};
`,
        );
      },
    },
  ];
}

function hasPackages(): boolean {
  try {
    require.resolve("knex/bin/cli.js");
    return true;
  } catch {
    return false;
  }
}

/** The files of `sql/` as another program wants them, numbered so that they sort by their names. */
function convert(folder: string, to: string, suffix: string, wrap: (sql: string) => string): void {
  const target = join(folder, to);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(join(folder, "sql"))) {
    const [, version = "", description = ""] = /^V(\d+)__(.*)\.sql$/.exec(name) ?? [];
    const sql = readFileSync(join(folder, "sql", name), "utf8");
    writeFileSync(join(target, `${20_000_000_000_000 + Number(version)}_${description}${suffix}`), wrap(sql));
  }
}
