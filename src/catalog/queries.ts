// The questions to the catalog, one a kind of object. They run in one transaction with an empty search_path, so that
// every name in an answer has its schema. An answer is one value, a list of lists (read.ts says what is at which place).

import { hasFeature } from "../server/features.ts";
import type { Session } from "../server/session.ts";

type Server = Pick<Session, "serverVersion">;

/** Schemas that are not the server's own. */
const OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

const noMember = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** An array of names, options or grants, as a list of texts. */
const list = (array: string): string => `(${array})::text[]`;

/** All rows in one value: JSON is read several times faster than as many rows of the protocol. */
const rows = (columns: string, from: string, order?: string): string =>
  `SELECT json_agg(json_build_array(${columns})${order === undefined ? "" : ` ORDER BY ${order}`}) ${from}`;

/** Tables, views, sequences, and the rows that stand for composite types. */
const RELATIONS = rows(
  `c.oid, n.nspname, c.relname, pg_get_userbyid(c.relowner), ${list("c.relacl")}, c.relkind,
    c.relpersistence = 'u', c.relrowsecurity, c.relforcerowsecurity, c.relreplident, ${list("c.reloptions")},
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    pg_get_expr(c.relpartbound, c.oid),
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END`,
  `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't' AND ${OWN} AND ${noMember("pg_class", "c.oid")}`,
  `n.nspname, c.relname`,
);

const COLUMNS = rows(
  `a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
    a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END, NOT a.attislocal`,
  `FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relpersistence <> 't' AND ${OWN}`,
  `a.attrelid, a.attnum`,
);

const CONSTRAINTS = rows(
  `o.conrelid, o.contypid, o.oid, o.conname, o.contype, pg_get_constraintdef(o.oid),
    array_to_string(o.conkey, ' '), o.convalidated, o.confrelid, array_to_string(o.confkey, ' '),
    CASE WHEN o.contype = 'c' AND o.conrelid <> 0 THEN pg_get_expr(o.conbin, o.conrelid) END,
    o.conparentid <> 0 OR NOT o.conislocal`,
  `FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
  WHERE ${OWN}`,
  `o.conname`,
);

/**
 * pg_get_indexdef is by far the dearest question of all, so it is asked only of indexes with something out of the
 * ordinary: expressions, a condition, DESC, an operator class, a collation or storage options.
 */
const indexes = (server: Server): string =>
  rows(
    `i.indrelid, i.indexrelid, x.relname,
    CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR x.reloptions IS NOT NULL OR 0 <> ANY (i.indoption::int2[])
      OR i.indclass::oid[] && (SELECT array_agg(oid) FROM pg_opclass WHERE NOT opcdefault)
      OR i.indrelid IN (SELECT attrelid FROM pg_attribute WHERE attnum > 0 AND attcollation NOT IN (0, 100))
      OR NOT i.indcollation::oid[] <@ ARRAY[0, 100]::oid[]
      ${hasFeature(server, "nullsNotDistinct") ? "OR i.indnullsnotdistinct" : ""}
      THEN pg_get_indexdef(i.indexrelid) END,
    i.indisunique, m.amname, i.indkey::text, i.indnkeyatts, pg_get_expr(i.indpred, i.indrelid), i.indisvalid, o.conname`,
    `FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace JOIN pg_am m ON m.oid = x.relam
  LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.conrelid = i.indrelid AND o.contype IN ('p', 'u', 'x')
  WHERE ${OWN} AND x.relpersistence <> 't'`,
    `x.relname`,
  );

const TRIGGERS = rows(
  `t.tgrelid, t.oid, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled, t.tgparentid <> 0`,
  `FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT t.tgisinternal AND ${OWN}`,
  `t.tgname`,
);

const POLICIES = rows(
  `p.polrelid, p.oid, p.polname, p.polpermissive, p.polcmd,
    (SELECT ${list("array_agg(r.rolname ORDER BY r.rolname)")} FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)`,
  `FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${OWN}`,
  `p.polname`,
);

const RULES = rows(
  `r.ev_class, r.rulename, pg_get_ruledef(r.oid)`,
  `FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE r.rulename <> '_RETURN' AND ${OWN}`,
  `r.rulename`,
);

const INHERITANCE = rows(
  `i.inhrelid, i.inhparent`,
  `FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND ${OWN}`,
  `i.inhrelid, i.inhseqno`,
);

const SEQUENCES = rows(
  `s.seqrelid, format_type(s.seqtypid, NULL), s.seqstart::text, s.seqincrement::text, s.seqmin::text, s.seqmax::text, s.seqcache::text, s.seqcycle,
    d.refobjid, d.refobjsubid`,
  `FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  WHERE ${OWN}`,
);

const TYPES = rows(
  `t.oid, n.nspname, t.typname, pg_get_userbyid(t.typowner), ${list("t.typacl")}, t.typtype, t.typrelid,
    format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
    (SELECT ${list("array_agg(e.enumlabel ORDER BY e.enumsortorder)")} FROM pg_enum e WHERE e.enumtypid = t.oid),
    (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)`,
  `FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND ${OWN} AND ${noMember("pg_type", "t.oid")}`,
  `n.nspname, t.typname`,
);

const ROUTINES = rows(
  `p.oid, n.nspname, p.proname, pg_get_userbyid(p.proowner), ${list("p.proacl")}, p.prokind,
    pg_get_function_identity_arguments(p.oid), CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, p.provolatile`,
  `FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE ${OWN} AND ${noMember("pg_proc", "p.oid")}`,
  `n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) COLLATE "C"`,
);

const NAMESPACES = rows(
  `n.oid, n.nspname, pg_get_userbyid(n.nspowner), ${list("n.nspacl")}`,
  `FROM pg_namespace n WHERE ${OWN} AND ${noMember("pg_namespace", "n.oid")}`,
  `n.nspname`,
);

const EXTENSIONS = rows(
  `x.extname, x.extversion, n.nspname`,
  `FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace`,
  `x.extname`,
);

/** Of everything that initdb did not make, and of schema public (oid 2200). */
const COMMENTS = rows(
  "d.classoid::regclass, d.objoid, d.objsubid, d.description",
  "FROM pg_description d WHERE d.objoid >= 16384 OR d.objoid = 2200",
);

export const queries = (server: Server) => ({
  relations: RELATIONS,
  columns: COLUMNS,
  constraints: CONSTRAINTS,
  indexes: indexes(server),
  triggers: TRIGGERS,
  policies: POLICIES,
  rules: RULES,
  inheritance: INHERITANCE,
  sequences: SEQUENCES,
  types: TYPES,
  routines: ROUTINES,
  namespaces: NAMESPACES,
  extensions: EXTENSIONS,
  comments: COMMENTS,
});

export type QueryName = keyof ReturnType<typeof queries>;
