import { describe, expect, it } from "vitest";
import { GodwitError, type SqlErrorFields } from "../../../src/base/errors.ts";
import { conditionName } from "../../../src/reports/conditions.ts";
import { renderBug, renderFailure, renderThrown } from "../../../src/reports/failure.ts";
import { remedyFor } from "../../../src/reports/remedies.ts";
import { PLAIN } from "../../../src/reports/style.ts";
import { badSource, invalidOutcome, migrationFailure, ref, terminal } from "./samples.ts";

const source = { text: badSource };

describe("a failed migration", () => {
  it("tells in a pipe what scripts look for and what people need", () => {
    expect(renderFailure(migrationFailure, PLAIN, { source })).toEqual({
      level: "error",
      text: `V7__Add_policies.sql: relation "shared.insurance_providers" does not exist

db/migration/V7__Add_policies.sql:4:30
  2 | CREATE TABLE IF NOT EXISTS lic_schema.policies (
  3 |     id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
> 4 |     provider_id UUID REFERENCES shared.insurance_providers (provider_id),
    |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^
  5 |     created_at TIMESTAMP DEFAULT NOW()
  6 | );

SQL State  : 42P01
Condition  : undefined_table
Error Code : 0
Message    : ERROR: relation "shared.insurance_providers" does not exist
Location   : db/migration/V7__Add_policies.sql (/app/db/migration/V7__Add_policies.sql)
Line       : 2

Usual cause: No migration before this one made it, or it was made in another schema or under another name.
What to do: Check schema and spelling. If a later file makes the table, the order is wrong: give this file a higher version, or move the table forward.

State of the database:
  applied      V5 Create users and V6 Index users
  failed       V7 Add policies: rolled back, nothing of it is left; V7 is still pending
  not reached  V8 Seed`,
    });
  });

  it("is shorter and coloured on a terminal", () => {
    expect(renderFailure(migrationFailure, terminal({ width: 72, color: true }), { source }).text).toBe(
      `\x1b[1mV7__Add_policies.sql: relation "shared.insurance_providers" does not\x1b[22m
exist

\x1b[36mdb/migration/V7__Add_policies.sql:4:30\x1b[39m
  \x1b[2m2 │\x1b[22m CREATE TABLE IF NOT EXISTS lic_schema.policies (
  \x1b[2m3 │\x1b[22m     id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
\x1b[31m❱\x1b[39m \x1b[1m4\x1b[22m \x1b[2m│\x1b[22m     provider_id UUID REFERENCES shared.insurance_providers (prov…
    \x1b[2m│\x1b[22m                                 \x1b[31m━━━━━━━━━━━━━━━━━━━━━━━━━━\x1b[39m
  \x1b[2m5 │\x1b[22m     created_at TIMESTAMP DEFAULT NOW()
  \x1b[2m6 │\x1b[22m );

\x1b[2mSQL State  :\x1b[22m 42P01
\x1b[2mCondition  :\x1b[22m undefined_table

\x1b[1mUsual cause:\x1b[22m No migration before this one made it, or it was made in
             another schema or under another name.
\x1b[32mWhat to do:\x1b[39m Check schema and spelling. If a later file makes the table,
            the order is wrong: give this file a higher version, or move
            the table forward.

\x1b[1mState of the database:\x1b[22m
  \x1b[32mapplied    \x1b[39m  V5 Create users and V6 Index users
  \x1b[31mfailed     \x1b[39m  V7 Add policies: rolled back, nothing of it is left; V7
               is still pending
  \x1b[33mnot reached\x1b[39m  V8 Seed`,
    );
  });

  it("shows detail, hint and context of the server, and the advice after the remedy", () => {
    const error = new GodwitError("FAILED_VERSIONED_MIGRATION", "V9__Fk.sql: insert or update violates", {
      advice: "Then migrate again.",
      sql: {
        sqlState: "23503",
        severity: "ERROR",
        message: 'insert or update on table "agents" violates foreign key constraint "fk"',
        detail: 'Key (provider_id)=(1) is not present in table "providers".',
        hint: "Look there.",
        where: "SQL statement one\nPL/pgSQL function two",
        schema: "lic_schema",
        table: "agents",
      },
    });
    expect(renderFailure(error, terminal()).text).toBe(`V9__Fk.sql: insert or update violates

SQL State  : 23503
Condition  : foreign_key_violation
Detail     : Key (provider_id)=(1) is not present in table "providers".
Hint       : Look there.
Where      : SQL statement one
             PL/pgSQL function two

Usual cause: Rows of lic_schema.agents refer to rows that are not there (or are still referred to).
             Often an id in a seed file is that of another database.
What to do: Insert the rows that are referred to first, and look ids up by a natural key instead of
            writing them down. For old rows: mend or delete the orphans, or add the constraint as
            NOT VALID now and VALIDATE it in a later file.
Then: Then migrate again.`);
  });

  const fate = (rolledBack: boolean | undefined, kind = "versioned"): string | undefined =>
    renderFailure(
      new GodwitError("FAILED_VERSIONED_MIGRATION", "failed", {
        place: { file: "V7.sql", line: 12, column: 1 },
        details: { failed: ref("7", "x", kind), rolledBack, applied: [], notReached: [] },
      }),
      PLAIN,
    )
      .text.split("\n")
      .at(-1);

  it("says in what state it left the database", () => {
    expect(fate(true)).toBe("  failed       V7 x: rolled back, nothing of it is left; V7 is still pending");
    expect(fate(false)).toBe(
      "  failed       V7 x: what stands before line 12 stays in the database, because it ran outside a transaction",
    );
    expect(fate(undefined)).toBe(
      "  failed       V7 x: whether it was rolled back is not known; run info to see",
    );
    expect(fate(true, "undo")).toBe("  failed       U7 x: rolled back, the version is still applied");
  });
});

describe("a failed validation", () => {
  it("shows the groups instead of the joined messages", () => {
    const error = new GodwitError("VALIDATE_ERROR", "Validation failed: 4 problems\nmany\nlines", {
      details: { outcome: invalidOutcome },
    });
    const lines = renderFailure(error, PLAIN).text.split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "Validation failed: 4 problems",
      "",
      "2 files were edited after they were applied  CHECKSUM_MISMATCH",
      "  V2 Create tenant schemas  /app/db/migration/V2__Create_tenant_schemas.sql",
    ]);
    expect(lines.length).toBe(22);
  });
});

describe("a failure without SQL", () => {
  const error = new GodwitError("CONFIGURATION", "flyway.conf:3: flyway.sechmas is not a setting.", {
    advice: "Did you mean flyway.schemas?",
    place: { file: "flyway.conf", line: 3, column: 1 },
    cause: new Error("inner"),
  });

  it("is what happened and what to do", () => {
    expect(renderFailure(error, PLAIN).text).toBe(`flyway.conf:3: flyway.sechmas is not a setting.

flyway.conf:3:1

What to do: Did you mean flyway.schemas?`);
  });

  it("shows its causes with -X", () => {
    const lines = renderFailure(error, PLAIN, { debug: true }).text.split("\n");
    expect(lines[6]).toBe("Caused by Error: inner");
  });

  it("takes details of any shape", () => {
    const odd = new GodwitError("ERROR", "odd", {
      details: { failed: 7, applied: "x", outcome: { invalidMigrations: [null, { version: 1 }], error: [] } },
    });
    expect(renderFailure(odd, PLAIN).text).toBe("odd");
  });
});

describe("a bug", () => {
  it("says so, with stack, version and where to report it", () => {
    const error = new TypeError("x is not a function");
    error.stack = "TypeError: x is not a function\n    at here";
    const facts = { version: "0.1.0", runtime: "Node.js 20.15.0, linux x64", reportTo: "the issue tracker" };
    expect(renderThrown(error, PLAIN, facts)).toEqual({
      level: "error",
      text: `This is a bug in godwit, not a mistake of yours.

TypeError: x is not a function
    at here

godwit 0.1.0, Node.js 20.15.0, linux x64
Please report it with the lines above: the issue tracker
What was applied before is kept; run info to see it.`,
    });
    expect(renderBug("a string", facts, PLAIN).text.split("\n")[2]).toBe("a string");
  });
});

describe("remedies", () => {
  const sql = (sqlState: string, message = "", more: Partial<SqlErrorFields> = {}): SqlErrorFields => ({
    sqlState,
    severity: "ERROR",
    message,
    ...more,
  });

  it("exist for what goes wrong in migrations", () => {
    const states =
      "42P07 42710 42701 42P06 42723 23503 42830 42804 3F000 42P01 42703 42883 42704 42501 55P03 57014 23505 23502 23514 25001 25P02 25006 55006 55P04 53100 53200 53300 54000 57P01 40P01 40001 42601 22P02 22001 0A000 2BP01 08006 28P01 3D000 P0001 XX000";
    expect(states.split(" ").filter((s) => remedyFor(sql(s)) === undefined)).toEqual([]);
    expect(remedyFor(sql("ZZ999"))).toBeUndefined();
  });

  it.each([
    ["42710", 'type "status_enum" already exists', /CREATE TYPE knows no IF NOT EXISTS/],
    ["42710", 'policy "p" for table "t" already exists', /DROP POLICY IF EXISTS/],
    ["42710", "der Typ existiert bereits", /DROP \.\.\. IF EXISTS/],
    ["42601", 'syntax error at or near "NOT"', /DO block that catches duplicate_object/],
    ["42601", 'syntax error at or near "cretae"', /between BEGIN and ROLLBACK/],
    ["42P01", 'relation "users" does not exist', /schema\.users/],
    ["42P01", 'relation "app.users" does not exist', /higher version/],
    ["42883", "function uuid_generate_v4() does not exist", /gen_random_uuid/],
    ["23505", 'could not create unique index "u"', /HAVING count/],
    ["23502", 'column "a" of relation "t" contains null values', /SET NOT NULL/],
    ["57014", "canceling statement due to statement timeout", /statementTimeout=10min/],
    ["57014", "canceling statement due to user request", /Run migrate again/],
    ["0A000", 'extension "postgis" is not available', /pg_available_extensions/],
    ["0A000", "cannot alter type of a column used by a view or rule", /Drop the view/],
    [
      "55006",
      'cannot ALTER TABLE "t" because it has pending trigger events',
      /SET CONSTRAINTS ALL IMMEDIATE/,
    ],
    ["42501", "must be owner of table t", /GRANT that role/],
    ["XX000", "tuple concurrently updated", /Run migrate again/],
  ])("of %s look at the message: %s", (state, message, cure) => {
    expect(remedyFor(sql(state, message))?.cure).toMatch(cure);
  });

  it("of a foreign key with two types are about the types", () => {
    const error = sql("42804", 'foreign key constraint "fk" cannot be implemented', {
      detail: 'Key columns "a" and "b" are of incompatible types: character varying and uuid.',
    });
    expect(remedyFor(error)?.cause).toBe(
      "A foreign key needs the same type on both sides, and these differ (uuid against varchar, integer against bigint).",
    );
  });
});

describe("conditionName", () => {
  it.each([
    ["42P01", "undefined_table"],
    ["01000", "warning"],
    ["22P02", "invalid_text_representation"],
    ["25P04", "transaction_timeout"],
    ["XX002", "index_corrupted"],
    ["ZZZZZ", undefined],
  ])("of %s is %s", (state, name) => {
    expect(conditionName(state)).toBe(name);
  });
});
