// What clean drops in a schema, kind by kind and in Flyway's order. Each query gives the DROP statements as text,
// quoted by the server.
import { quoteIdentifier, quoteLiteral } from "../base/quote.ts";

export interface CleanStep {
  readonly kind: string;
  /** The SELECT, with :schema where the schema's literal goes; column "drop", and for types "name" and "category". */
  readonly query: string;
  /** Types of categories P and U are made again as shells, so that routines that hang on them can be dropped. */
  readonly shellsAfter?: boolean;
}

const notOfExtension = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

const TYPES = `SELECT format('DROP TYPE IF EXISTS %I.%I CASCADE', n.nspname, t.typname) AS "drop", t.typname AS name, t.typcategory AS category
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE n.nspname = :schema AND t.typtype <> 'd' AND (t.typrelid = 0 OR c.relkind = 'c')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid)
    AND ${notOfExtension("pg_type", "t.oid")}
  ORDER BY t.typname`;

export const CLEANABLE: readonly CleanStep[] = [
  {
    kind: "materialized views",
    query: `SELECT format('DROP MATERIALIZED VIEW IF EXISTS %I.%I CASCADE', n.nspname, c.relname) AS "drop"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relkind = 'm' ORDER BY c.relname`,
  },
  {
    kind: "views",
    query: `SELECT format('DROP VIEW IF EXISTS %I.%I CASCADE', n.nspname, c.relname) AS "drop"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relkind = 'v' AND ${notOfExtension("pg_class", "c.oid")} ORDER BY c.relname`,
  },
  {
    kind: "tables",
    query: `SELECT format('DROP TABLE %I.%I CASCADE', n.nspname, c.relname) AS "drop"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
        AND ${notOfExtension("pg_class", "c.oid")} ORDER BY c.relname`,
  },
  { kind: "types", query: TYPES, shellsAfter: true },
  {
    kind: "routines",
    query: `SELECT format('DROP %s IF EXISTS %I.%I(%s) CASCADE',
        CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
        n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) AS "drop"
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = :schema AND ${notOfExtension("pg_proc", "p.oid")} ORDER BY p.proname, p.oid`,
  },
  {
    kind: "enums",
    query: `SELECT format('DROP TYPE %I.%I', n.nspname, t.typname) AS "drop"
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = :schema AND t.typtype = 'e' AND ${notOfExtension("pg_type", "t.oid")} ORDER BY t.typname`,
  },
  {
    kind: "domains",
    query: `SELECT format('DROP DOMAIN IF EXISTS %I.%I CASCADE', n.nspname, t.typname) AS "drop"
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = :schema AND t.typtype = 'd' AND ${notOfExtension("pg_type", "t.oid")} ORDER BY t.typname`,
  },
  {
    kind: "sequences",
    query: `SELECT format('DROP SEQUENCE IF EXISTS %I.%I', n.nspname, c.relname) AS "drop"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = :schema AND c.relkind = 'S' AND ${notOfExtension("pg_class", "c.oid")} ORDER BY c.relname`,
  },
  { kind: "types again", query: TYPES },
  {
    kind: "collations",
    query: `SELECT format('DROP COLLATION IF EXISTS %I.%I CASCADE', n.nspname, c.collname) AS "drop"
      FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
      WHERE n.nspname = :schema AND ${notOfExtension("pg_collation", "c.oid")} ORDER BY c.collname`,
  },
  {
    kind: "extensions",
    query: `SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', e.extname) AS "drop"
      FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
      JOIN pg_catalog.pg_roles r ON r.oid = e.extowner
      WHERE n.nspname = :schema AND r.rolname = current_user ORDER BY e.extname`,
  },
];

export const dropsOf = (step: CleanStep, schema: string): string =>
  step.query.replaceAll(":schema", () => quoteLiteral(schema));

export function recreatedShells(
  rows: readonly Readonly<Record<string, string | null>>[],
  schema: string,
): readonly string[] {
  return rows
    .filter((r) => r["category"] === "P" || r["category"] === "U")
    .map((r) => `CREATE TYPE ${quoteIdentifier(schema)}.${quoteIdentifier(r["name"] ?? "")}`);
}
