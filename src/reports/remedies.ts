// What usually lies behind a server error in a migration, and what mends it: one entry a SQLSTATE. The server's own
// message, detail and hint are shown beside it and are not repeated here.
import type { GodwitError, SqlErrorFields } from "../base/errors.ts";

export interface Remedy {
  readonly cause: string;
  readonly cure: string;
}

type Entry = Remedy | ((sql: SqlErrorFields) => Remedy);

/** The remedy for a server error, if godwit knows one. */
export function remedyFor(sql: SqlErrorFields): Remedy | undefined {
  const entry = REMEDIES[sql.sqlState] ?? CLASSES[sql.sqlState.slice(0, 2)];
  return typeof entry === "function" ? entry(sql) : entry;
}

/** The same for a failure: what failed on godwit's own way, and not in a statement of a file, has advice that knows more. */
export function remedyOf({ advice, code, place, sql }: GodwitError): Remedy | undefined {
  const isOwn = advice !== undefined && code === "DB_CONNECTION" && place === undefined;
  return sql === undefined || isOwn ? undefined : remedyFor(sql);
}

/** The first name in double quotes in the server's message. */
const quotedName = (sql: SqlErrorFields): string | undefined => /"([^"]+)"/.exec(sql.message)?.[1];

const tableName = (sql: SqlErrorFields): string =>
  sql.table === undefined ? "the table" : sql.schema === undefined ? sql.table : `${sql.schema}.${sql.table}`;

// --- already there -----------------------------------------------------------------------------------------------

/** Kinds of objects that have no IF NOT EXISTS, by the word that begins the server's message. */
const WITHOUT_IF: Readonly<Record<string, string>> = {
  type: "CREATE TYPE knows no IF NOT EXISTS. Write DO $$ BEGIN CREATE TYPE ...; EXCEPTION WHEN duplicate_object THEN NULL; END $$; or look into pg_type first.",
  trigger:
    "Write CREATE OR REPLACE TRIGGER (PostgreSQL 14 and later), or DROP TRIGGER IF EXISTS with exactly this name before it.",
  policy: "CREATE POLICY knows no IF NOT EXISTS. Write DROP POLICY IF EXISTS before it.",
  constraint:
    "ADD CONSTRAINT knows no IF NOT EXISTS. Write DROP CONSTRAINT IF EXISTS before it, or look into pg_constraint by table and name first.",
  extension: "Write CREATE EXTENSION IF NOT EXISTS.",
  role: "Roles belong to the whole server, not to one database. Look into pg_roles first, or make them outside migrations.",
};

function duplicateObject(sql: SqlErrorFields): Remedy {
  const kind = /^\w+/.exec(sql.message)?.[0] ?? "";
  return {
    cause: "An object of this name exists already: another file made it, or somebody by hand.",
    cure:
      WITHOUT_IF[kind] ??
      "If another migration made it, take it out of this file. Otherwise drop it first with DROP ... IF EXISTS, or make it only where it is missing.",
  };
}

function syntaxError(sql: SqlErrorFields): Remedy {
  if (/"NOT"$/i.test(sql.message)) {
    return {
      cause:
        "IF NOT EXISTS was written where PostgreSQL does not know it: it is for schemas, tables, columns, indexes, sequences, materialized views and extensions, not for types, constraints, triggers, policies or functions.",
      cure: "Use CREATE OR REPLACE (functions, triggers, views), DROP ... IF EXISTS before it (policies, constraints), or a DO block that catches duplicate_object (types).",
    };
  }
  return {
    cause:
      "The mistake is at the mark or shortly before it: a missing or superfluous comma, bracket or semicolon, an unclosed quote, a reserved word used as a name.",
    cure: "Mend the statement. To try it without leaving a trace, run it in psql between BEGIN and ROLLBACK.",
  };
}

// --- not there ---------------------------------------------------------------------------------------------------

function undefinedTable(sql: SqlErrorFields): Remedy {
  const name = quotedName(sql);
  const qualified = name?.includes(".") === true;
  return {
    cause: qualified
      ? "No migration before this one made it, or it was made in another schema or under another name."
      : "No migration before this one made it, or it is in a schema that is not on the search_path (a name without a schema is looked for in the default schema of the migrations first).",
    cure: qualified
      ? "Check schema and spelling. If a later file makes the table, the order is wrong: give this file a higher version, or move the table forward."
      : `Write the schema before the name (schema.${name ?? "table"}). If it is there already, check the spelling and whether a later file makes the table.`,
  };
}

function undefinedFunction(sql: SqlErrorFields): Remedy {
  if (/uuid_generate|gen_salt|crypt|digest|similarity/.test(sql.message)) {
    return {
      cause:
        "The function comes with an extension that is not installed, or is installed in a schema off the search_path.",
      cure: "Put CREATE EXTENSION IF NOT EXISTS into an earlier migration (uuid-ossp, pgcrypto, pg_trgm), or for uuids use gen_random_uuid(), which PostgreSQL 13 and later have built in.",
    };
  }
  return {
    cause:
      "No function or operator takes these argument types: another name, another schema, or a type that needs a cast.",
    cure: "Write the schema before the name, and cast arguments whose type is not certain (such as 'x'::text).",
  };
}

function datatypeMismatch(sql: SqlErrorFields): Remedy {
  if (/foreign key|Key columns/i.test(`${sql.message} ${sql.detail ?? ""}`)) {
    return {
      cause:
        "A foreign key needs the same type on both sides, and these differ (uuid against varchar, integer against bigint).",
      cure: "Give the new column the type of the column it refers to. If the column holds data already, change it with ALTER COLUMN ... TYPE ... USING first.",
    };
  }
  return {
    cause:
      "A value, a default or an existing column is of a type that PostgreSQL does not turn into the wanted one by itself.",
    cure: "Say how: ALTER COLUMN ... TYPE new_type USING column::new_type. A default must be dropped before and set again after. For values, write a cast.",
  };
}

// --- rows in the way ---------------------------------------------------------------------------------------------

function foreignKeyViolation(sql: SqlErrorFields): Remedy {
  return {
    cause: `Rows of ${tableName(sql)} refer to rows that are not there (or are still referred to). Often an id in a seed file is that of another database.`,
    cure: "Insert the rows that are referred to first, and look ids up by a natural key instead of writing them down. For old rows: mend or delete the orphans, or add the constraint as NOT VALID now and VALIDATE it in a later file.",
  };
}

function uniqueViolation(sql: SqlErrorFields): Remedy {
  const creating = /could not create/i.test(sql.message);
  return creating
    ? {
        cause: `${tableName(sql)} already holds rows that are equal in these columns.`,
        cure: "Find them with GROUP BY ... HAVING count(*) > 1, decide which to keep, and remove the others in the same file before the index or constraint.",
      }
    : {
        cause: "A row with this key is there already: seed data that ran before, or was entered by hand.",
        cure: "Write INSERT ... ON CONFLICT DO NOTHING (or DO UPDATE), or leave out what exists.",
      };
}

function notNullViolation(sql: SqlErrorFields): Remedy {
  const column = sql.column === undefined ? "the column" : `${tableName(sql)}.${sql.column}`;
  return /contains null values/i.test(sql.message)
    ? {
        cause: `Rows that exist have no value in ${column}.`,
        cure: "Fill it first with UPDATE, then SET NOT NULL. A new column can be added with a DEFAULT, which fills the old rows at once.",
      }
    : {
        cause: `A row was written without a value for ${column}.`,
        cure: "Give a value or a default. If a subquery gives the value, check that it finds a row in this database.",
      };
}

function checkViolation(sql: SqlErrorFields): Remedy {
  return {
    cause: `A row of ${tableName(sql)} does not keep the condition${sql.constraint === undefined ? "" : ` ${sql.constraint}`}.`,
    cure: "Mend the rows first, or add the constraint as NOT VALID (it holds for new rows) and VALIDATE it in a later file.",
  };
}

// --- waiting and stopping ----------------------------------------------------------------------------------------

function cancelled(sql: SqlErrorFields): Remedy {
  return /statement timeout/i.test(sql.message)
    ? {
        cause:
          "The statement took longer than statement_timeout allows. The limit may be set for the role, the database or in the URL.",
        cure: "Raise it for this file with statementTimeout=10min in a file beside it that has its name and .conf behind it, or do the work in smaller pieces.",
      }
    : {
        cause: "Somebody cancelled the statement (pg_cancel_backend, or Ctrl-C).",
        cure: "Run migrate again when the reason is gone.",
      };
}

function objectInUse(sql: SqlErrorFields): Remedy {
  return /pending trigger events/i.test(sql.message)
    ? {
        cause:
          "The file changed rows of this table and then its shape, while deferred checks of those rows were still open.",
        cure: "Put data and shape into two migrations, or write SET CONSTRAINTS ALL IMMEDIATE between them.",
      }
    : {
        cause: "Another session, or this one, is using the object at this moment.",
        cure: "Look into pg_stat_activity for who, end that session or wait, and run migrate again.",
      };
}

function notSupported(sql: SqlErrorFields): Remedy {
  if (/extension .* is not available|control file/i.test(`${sql.message} ${sql.detail ?? ""}`)) {
    return {
      cause: "The extension's files are not installed on the database server.",
      cure: "Install its package on the server, or allow it in your provider's list of extensions; SELECT * FROM pg_available_extensions shows what there is.",
    };
  }
  if (/used by a view|used by a generated|used in a/i.test(sql.message)) {
    return {
      cause: "Something else is defined by this column, and PostgreSQL does not rewrite it.",
      cure: "Drop the view (or rule, trigger, policy, generated column) in this file, change the column, and make it again.",
    };
  }
  return {
    cause: "This server version does not have the feature, or not in this combination.",
    cure: "Compare the version with the manual page of the statement, and write it another way.",
  };
}

function dependents(): Remedy {
  return {
    cause: "Other objects depend on what is to be dropped; the detail lists them.",
    cure: "Drop or change those first, in this file. CASCADE drops them all without asking, also those that other teams use: write it only when the list is what you expect.",
  };
}

const LOST: Remedy = {
  cause: "The server ended the connection: restart, failover, an administrator, or an idle limit on the way.",
  cure: "Run info to see what is applied, then migrate again: godwit goes on where it was.",
};

const REMEDIES: Readonly<Record<string, Entry>> = {
  "08001": {
    cause: "Nothing answers at this host and port, or a firewall stands between.",
    cure: "Check that the server runs and that host and port in the URL are right (in a container, localhost is the container itself).",
  },
  "08003": LOST,
  "08004": {
    cause: "The server refused the connection by its rules.",
    cure: "Check pg_hba.conf on the server for this user, database and address.",
  },
  "08006": LOST,
  "0A000": notSupported,
  "21000": {
    cause: "A subquery that must give one row gave several.",
    cure: "Narrow it by a unique key, or add LIMIT 1 with an ORDER BY.",
  },
  "22001": {
    cause: "A text is longer than its column allows.",
    cure: "Shorten the value or widen the column (making a varchar longer, or text, does not rewrite the table).",
  },
  "22003": {
    cause: "A number does not fit its type.",
    cure: "Use a larger type (integer to bigint, numeric with more digits), or check the value.",
  },
  "22007": {
    cause: "A date or time is not written in a form the server reads.",
    cure: "Write it as 'YYYY-MM-DD HH:MM:SS+00', which does not depend on DateStyle.",
  },
  "22008": {
    cause: "A date or time is outside the calendar, or day and month are swapped.",
    cure: "Write it as 'YYYY-MM-DD', which does not depend on DateStyle.",
  },
  "22012": { cause: "A division by zero.", cure: "Divide by NULLIF(value, 0), or leave such rows out." },
  "22023": {
    cause: "A parameter or argument has a value that is not allowed.",
    cure: "Compare it with the manual page of the function or setting.",
  },
  "22P02": (sql) =>
    /enum/i.test(sql.message)
      ? {
          cause: "The enum type has no such value.",
          cure: "Add it with ALTER TYPE ... ADD VALUE IF NOT EXISTS in an earlier file (a new value can be used only after its transaction is committed), or mend the spelling.",
        }
      : {
          cause: "A text cannot be read as the column's type, such as a word where a uuid or number belongs.",
          cure: "Check the order of columns against the order of values, and the text itself.",
        },
  "22P04": {
    cause: "A line of COPY data has another number of columns than the COPY names.",
    cure: "Check tabs and line ends of the data, and that it ends with a line \\. alone.",
  },
  "22P05": {
    cause: "The text has a character that the encoding of the database does not have.",
    cure: "Write it without that character. SHOW server_encoding says what the database has; only UTF8 has all of them.",
  },
  "23502": notNullViolation,
  "23503": foreignKeyViolation,
  "23505": uniqueViolation,
  "23514": checkViolation,
  "23P01": {
    cause: "Two rows overlap where an exclusion constraint forbids it.",
    cure: "Find and mend the overlapping rows before the constraint is added.",
  },
  "25001": {
    cause:
      "The statement cannot run inside a transaction (CREATE INDEX CONCURRENTLY, VACUUM, CREATE DATABASE, ALTER SYSTEM and others).",
    cure: "Take it out of the function or DO block, and give it a file of its own; godwit then runs it outside a transaction. A file can also say executeInTransaction=false in <file>.conf.",
  },
  "25006": {
    cause: "The connection is read-only: it leads to a standby, or default_transaction_read_only is on.",
    cure: "Connect to the primary (targetServerType=primary in a JDBC URL), or set default_transaction_read_only off for this role.",
  },
  "25P02": {
    cause:
      "An earlier statement of the same transaction failed; the server refuses everything until it ends.",
    cure: "Look for the first error above.",
  },
  "28000": {
    cause: "The server does not accept this user from here.",
    cure: "Check the user name, and pg_hba.conf on the server; some servers ask for TLS (sslmode=require).",
  },
  "28P01": {
    cause: "User or password is wrong.",
    cure: "Check flyway.user and flyway.password and where each came from (environment variables win over files).",
  },
  "2BP01": dependents,
  "3D000": {
    cause: "There is no database of this name on the server.",
    cure: "Create it (createdb), or mend the name at the end of the URL.",
  },
  "3F000": {
    cause: "The schema has not been made, or is spelled differently.",
    cure: "Put CREATE SCHEMA IF NOT EXISTS into an earlier migration, or name the schema in flyway.schemas: migrate then makes it.",
  },
  "40001": {
    cause: "A concurrent transaction changed the same rows.",
    cure: "Run migrate again; the transaction left nothing behind.",
  },
  "40P01": {
    cause: "This migration and another session waited for each other's locks.",
    cure: "Run migrate again, better in a quiet hour. Lock tables in the order the application does, and change one table a migration.",
  },
  "42501": (sql) =>
    /must be owner/i.test(sql.message)
      ? {
          cause: "Only the owner of an object (or a member of that role) may alter or drop it.",
          cure: "Run migrations as the role that made it, GRANT that role to this user, or ALTER ... OWNER TO once as a superuser.",
        }
      : {
          cause: "The user of the migrations lacks a privilege here.",
          cure: "As owner or superuser, GRANT what is missing (CREATE on the schema or database, USAGE on the schema, rights on the table).",
        },
  "42601": syntaxError,
  "42602": {
    cause: "A name is not valid.",
    cure: "Quote it in double quotes, or choose one of letters, digits and underscores.",
  },
  "42701": {
    cause: "The table has a column of this name already.",
    cure: "Write ADD COLUMN IF NOT EXISTS, after checking that the column there has the wanted type; IF NOT EXISTS does not compare.",
  },
  "42702": {
    cause: "A column name fits more than one table, or in PL/pgSQL a variable too.",
    cure: "Write the table or its alias before the column.",
  },
  "42703": {
    cause:
      "The table exists with another shape than the file expects: a column was renamed or comes in a later file, or an earlier CREATE TABLE IF NOT EXISTS was skipped because an older table was there.",
    cure: "Check the spelling, and which columns the table has (\\d in psql). Add what is missing with ALTER TABLE ... ADD COLUMN IF NOT EXISTS.",
  },
  "42704": (sql) => ({
    cause: /^type/i.test(sql.message)
      ? "The type was not made, or is in a schema off the search_path."
      : "The object (type, role, constraint, index, trigger, extension ...) was not made, or is in another schema.",
    cure: "Make it in an earlier migration, write its schema before its name, and check the spelling. When dropping, write IF EXISTS.",
  }),
  "42710": duplicateObject,
  "42723": {
    cause: "A function with this name and these argument types exists already.",
    cure: "Write CREATE OR REPLACE FUNCTION, or keep it in a repeatable migration (R__...).",
  },
  "42725": {
    cause: "The name fits several functions.",
    cure: "Write the argument types: DROP FUNCTION name(type, ...), or cast the arguments.",
  },
  "42804": datatypeMismatch,
  "42809": {
    cause:
      "The name belongs to another kind of object (a view where a table is meant, or the other way round).",
    cure: "Use the statement for that kind, or another name.",
  },
  "42830": {
    cause: "The columns referred to are not the primary key and have no UNIQUE constraint.",
    cure: "Refer to the primary key, or add a UNIQUE constraint on exactly these columns first (a partial or expression index does not count).",
  },
  "42846": {
    cause: "There is no cast between these types.",
    cure: "Go by way of text, or write a USING expression that says how.",
  },
  "42883": undefinedFunction,
  "42P01": undefinedTable,
  "42P06": {
    cause: "The schema exists already; migrate itself makes the schemas of flyway.schemas.",
    cure: "Write CREATE SCHEMA IF NOT EXISTS.",
  },
  "42P07": {
    cause:
      "A table, index, view or sequence of this name exists already: another migration or somebody by hand made it, or this one was applied in part outside a transaction.",
    cure: "If what exists has the wanted shape, write IF NOT EXISTS; it does not compare shapes, so look first. If another migration makes it, take it out of this file.",
  },
  "42P10": {
    cause: "ON CONFLICT names columns that have no unique index, or a column list is wrong.",
    cure: "Add the UNIQUE constraint first, or name exactly the columns of an existing one.",
  },
  "42P13": {
    cause: "CREATE OR REPLACE cannot change a function's result type or the names of its arguments.",
    cure: "DROP FUNCTION IF EXISTS name(types) before it, in the same file; views and triggers that use it must go first.",
  },
  "42P16": {
    cause:
      "The definition contradicts itself or what exists: a second primary key, or a view that would lose or rename columns.",
    cure: "Drop the old constraint or view in this file and make the new one after.",
  },
  "428C9": {
    cause: "The column makes its values itself (identity or generated).",
    cure: "Leave it out of the INSERT, or write OVERRIDING SYSTEM VALUE and set the sequence afterwards.",
  },
  "53100": {
    cause: "The server's disk is full.",
    cure: "Make room on the server (and look for old replication slots that hold back WAL), then run migrate again.",
  },
  "53200": {
    cause:
      "The server has no memory left, or max_locks_per_transaction is too small for so many objects in one transaction.",
    cure: "Split the file, or raise the setting that the hint names.",
  },
  "53300": {
    cause: "All connections of the server or of this role are taken.",
    cure: "Close idle ones, go round a full pool, or raise max_connections; connectRetries makes godwit wait.",
  },
  "54000": {
    cause: "A limit of the server is passed.",
    cure: "Split the statement into smaller ones; the message names the limit.",
  },
  "54001": {
    cause: "Functions or triggers call each other too deep, often a trigger that fires itself.",
    cure: "Break the circle (WHEN on the trigger, or pg_trigger_depth()).",
  },
  "54011": {
    cause: "A table may have at most 1600 columns.",
    cure: "Split the table, or use jsonb for rare ones.",
  },
  "55000": {
    cause: "The object is not in the state that the statement needs.",
    cure: "Read the server's message and hint; often a step before this one is missing.",
  },
  "55006": objectInUse,
  "55P03": {
    cause:
      "Another session holds the lock for longer than lock_timeout allows (a long query, an idle transaction, a vacuum).",
    cure: "Run migrate again later, or let godwit try again by itself with lockTimeoutRetries. pg_stat_activity and pg_blocking_pids() show who holds it.",
  },
  "55P04": {
    cause: "A new value of an enum can be used only after the transaction that added it is committed.",
    cure: "Add the value in one migration and use it in the next.",
  },
  "57014": cancelled,
  "57P01": LOST,
  "57P02": LOST,
  "57P03": {
    cause: "The server is starting, stopping or recovering.",
    cure: "Wait and run again; connectRetries makes godwit wait by itself.",
  },
  "58P01": {
    cause: "The server did not find a file, often the library of an extension.",
    cure: "Install the extension's package on the database server, in the version of the server.",
  },
  P0001: {
    cause: "The SQL itself raised this with RAISE EXCEPTION.",
    cure: "Its text says what is wrong; the place where it was raised is under Where.",
  },
  P0002: {
    cause: "A SELECT INTO STRICT found no row.",
    cure: "Check that the data it looks for exists in this database too, not only in the one it was written on.",
  },
  XX000: (sql) =>
    /concurrently updated/i.test(sql.message)
      ? {
          cause: "Two sessions changed the same catalog entry at once, such as two GRANTs on one object.",
          cure: "Run migrate again.",
        }
      : {
          cause: "An internal error of the server.",
          cure: "Look into the server's log, and update the server to its newest minor version.",
        },
};

/** For a whole class, where no entry fits better. */
const CLASSES: Readonly<Record<string, Entry>> = {
  "08": LOST,
  "53": {
    cause: "The server has run out of a resource.",
    cure: "The message names it; free it or raise the limit, then run migrate again.",
  },
};
