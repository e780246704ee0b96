// Runs the guide's workflow on a copy of the insurance example and shows the table that comes of it.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { connect } from "../src/server/connect.ts";
import { startEmbedded } from "../src/server/embedded.ts";

const root = process.cwd();
const home = resolve(root, ".cache/demo");
const cli = join(root, "dist/cli.cjs");

function say(text: string): void {
  process.stdout.write(`\n\u001b[1m${text}\u001b[0m\n`);
}

/** Runs a command of the guide as it is written there. The URL of its flyway.conf names a server; here it is embedded. */
function flyway(...args: readonly string[]): number {
  process.stdout.write(`\n$ flyway ${args.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, [cli, ...args], {
    cwd: home,
    stdio: "inherit",
    env: { ...process.env, FLYWAY_URL: "embedded:" },
  });
  return status ?? 1;
}

function expect(status: number, wanted: number): void {
  if (status === wanted) return;
  process.stderr.write(`The demo stops: exit code ${status} instead of ${wanted}.\n`);
  process.exit(1);
}

rmSync(home, { recursive: true, force: true });
cpSync(resolve(root, "examples/insurance"), home, { recursive: true });

await using server = await startEmbedded({ dir: join(home, ".godwit"), mode: "persistent" });
// One open connection keeps the server up between the commands.
await using session = await connect(server.target, {
  connectRetries: 0,
  connectRetriesInterval: 1,
  timeZone: "UTC",
});

say("1. Check current version");
expect(flyway("-configFiles=flyway.conf", "info"), 0);
say("   Nothing is applied yet: build the database from the 24 versions and the seeds");
expect(flyway("-configFiles=flyway.conf", "migrate"), 0);

say("2. Create migration file");
process.stdout.write("\n$ cat > db/migration/V25__Create_example_table.sql\n");
cpSync(
  join(home, "workflow/V25__Create_example_table.sql"),
  join(home, "db/migration/V25__Create_example_table.sql"),
);

say("3. Validate migration (a pending file is a finding, in Flyway too, unless you say otherwise)");
expect(flyway("-configFiles=flyway.conf", "validate"), 1);
expect(flyway("-configFiles=flyway.conf", "validate", "-ignoreMigrationPatterns=*:pending"), 0);

say("4. Apply migration");
expect(flyway("-configFiles=flyway.conf", "migrate"), 0);

say("5. Verify");
expect(flyway("-configFiles=flyway.conf", "info"), 0);

say("   The table lic_schema.example_table:");
const columns = await session.query(
  `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
          coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS standard
   FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = 'lic_schema.example_table'::regclass AND a.attnum > 0 ORDER BY a.attnum`,
);
for (const column of columns) {
  const required = column["required"] === "t" ? "not null" : "";
  process.stdout.write(
    `  ${(column["name"] ?? "").padEnd(12)} ${(column["type"] ?? "").padEnd(30)} ${required.padEnd(9)} ${column["standard"]}\n`,
  );
}
expect(columns.length, 3);
say(
  "Done. The project is in .cache/demo; try: cd .cache/demo && FLYWAY_URL=embedded: node ../../dist/cli.cjs info",
);
