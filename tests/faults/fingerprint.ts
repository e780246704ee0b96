// What a database holds, as lines that can be compared: the catalog by name, the rows, and the history without times.
import type { Session } from "../../src/server/session.ts";

const USER_SCHEMAS = `n.nspname !~ '^(pg_|information_schema$)'`;

/** Each gives one column of text. */
const CATALOG: readonly string[] = [
  `SELECT 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') FROM pg_namespace n WHERE ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.relpersistence, c.relowner::regrole, c.relacl, c.reloptions,
     c.relrowsecurity, c.relispopulated, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid), obj_description(c.oid, 'pg_class'))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
     pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attisdropped, col_description(a.attrelid, a.attnum))
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'index', indexrelid::regclass, pg_get_indexdef(indexrelid), 'valid', indisvalid, indisready, indislive, indisclustered)
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${USER_SCHEMAS} OR NOT i.indisvalid`,
  `SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(k.oid), convalidated)
     FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'inherits', inhparent::regclass, inhrelid::regclass, to_jsonb(i) ->> 'inhdetachpending') FROM pg_inherits i`,
  `SELECT concat_ws(' ', 'function', p.oid::regprocedure, md5(prosrc), prosecdef, proacl) FROM pg_proc p
     JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'view', c.oid::regclass, md5(pg_get_viewdef(c.oid))) FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'type', t.oid::regtype, typtype, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typrelid = 0 AND t.typelem = 0 AND ${USER_SCHEMAS}`,
  `SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t WHERE NOT tgisinternal`,
  `SELECT concat_ws(' ', 'policy', polrelid::regclass, polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy`,
  `SELECT concat_ws(' ', 'sequence', c.oid::regclass, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle) FROM pg_sequence s
     JOIN pg_class c ON c.oid = s.seqrelid`,
  `SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension`,
  `SELECT concat_ws(' ', 'subscription', subname, subenabled, subpublications) FROM pg_subscription
     WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  `SELECT concat_ws(' ', 'prepared', gid) FROM pg_prepared_xacts WHERE database = current_database()`,
];

/** Of the whole cluster, what bears the trial's tag. */
const SHARED = (tag: string): readonly string[] => [
  `SELECT concat_ws(' ', 'database', replace(datname, '${tag}', 'TAG'), datallowconn, datconnlimit) FROM pg_database WHERE datname LIKE '${tag}%'`,
  `SELECT concat_ws(' ', 'tablespace', replace(spcname, '${tag}', 'TAG')) FROM pg_tablespace WHERE spcname LIKE '${tag}%'`,
  `SELECT concat_ws(' ', 'role', replace(rolname, '${tag}', 'TAG')) FROM pg_roles WHERE rolname LIKE '${tag}%'`,
];

const TABLES = `SELECT c.oid::regclass::text AS name, n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relname !~ '^flyway_schema_history' AND ${USER_SCHEMAS} ORDER BY 1`;

const historyRows = (
  schema: string,
): string => `SELECT concat_ws('|', 'history', installed_rank, version, description, type, script, checksum, installed_by, success)
  FROM ${schema}.flyway_schema_history ORDER BY installed_rank`;

export interface FingerprintOptions {
  readonly tag: string;
  /** Of the history. */
  readonly schema: string;
  /** Compare the rows themselves; otherwise only how many there are (seeds with now() and random ids differ). */
  readonly rows: boolean;
}

export async function fingerprint(session: Session, options: FingerprintOptions): Promise<readonly string[]> {
  const { tag } = options;
  const lines: string[] = [];
  const results = await session.pipeline([...CATALOG, ...SHARED(tag)], { keepRows: true });
  for (const result of results) {
    if (!result.ok) throw new Error(`fingerprint: ${result.error.message}`);
    lines.push(...(result.result?.rows ?? []).map((row) => (row[0] ?? "").replaceAll(tag, "TAG")));
  }
  lines.sort();
  for (const { name } of await session.query(TABLES)) {
    const digest = options.rows ? `md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))` : "'-'";
    const [row] = await session.query(`SELECT count(*) AS rows, ${digest} AS digest FROM ${name} t`);
    lines.push(`rows ${name} ${row?.["rows"]} ${row?.["digest"]}`);
  }
  const history = await session.query(historyRows(options.schema));
  return [...lines, ...history.map((row) => Object.values(row)[0] ?? "")];
}

/** Lines of one that the other lacks, marked - and +. */
export function difference(wanted: readonly string[], found: readonly string[]): readonly string[] {
  const count = (lines: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const [a, b] = [count(wanted), count(found)];
  return [
    ...[...a].filter(([line, n]) => (b.get(line) ?? 0) < n).map(([line]) => `- ${line}`),
    ...[...b].filter(([line, n]) => (a.get(line) ?? 0) < n).map(([line]) => `+ ${line}`),
  ];
}
