// What a database holds, as sorted lines: a digest by our own queries, which needs no pg_dump and reads the same on
// every version of the server, and pg_dump itself where there is one.
import { spawnSync } from "node:child_process";
import type { Cluster } from "./cluster.ts";

const OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
const NOT_OF_EXTENSION = (object: string, catalog: string) =>
  `not exists (select from pg_depend x where x.classid = '${catalog}'::regclass and x.objid = ${object} and x.deptype = 'e')`;
const RELATION = "format('%I.%I', n.nspname, c.relname)";

/** NOT NULL constraints are read from the columns: servers before 18 have no rows for them. */
const PARTS: readonly string[] = [
  `select format('schema %I owner %s', n.nspname, n.nspowner::regrole) from pg_namespace n where ${OURS}`,
  `select format('extension %s in %s', e.extname, n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace where ${OURS}`,
  `select format('relation %s %s owner %s %s %s', c.relkind, ${RELATION}, c.relowner::regrole, c.relpersistence, c.relacl)
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r','p','v','m','S','f','c') and ${NOT_OF_EXTENSION("c.oid", "pg_class")}`,
  `select format('column %s.%I %s%s%s%s%s', ${RELATION}, a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' end, ' default ' || pg_get_expr(d.adbin, d.adrelid),
          ' identity ' || nullif(a.attidentity::text, ''), ' generated ' || nullif(a.attgenerated::text, ''))
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${OURS} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r','p','v','m','f','c')`,
  `select format('constraint %s.%I %s%s', ${RELATION}, k.conname, pg_get_constraintdef(k.oid), case when k.convalidated then '' else ' invalid' end)
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and k.contype not in ('n', 't')`,
  `select format('index %s%s', pg_get_indexdef(i.indexrelid), case when i.indisvalid then '' else ' invalid' end)
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  `select format('trigger %s', pg_get_triggerdef(t.oid))
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and not t.tgisinternal`,
  `select format('policy %s.%I %s %s %s using %s check %s', ${RELATION}, p.polname, p.polcmd, p.polpermissive,
          p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
     from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  `select format('rule %s', pg_get_ruledef(r.oid)) from pg_rewrite r join pg_class c on c.oid = r.ev_class
     join pg_namespace n on n.oid = c.relnamespace where ${OURS} and r.rulename <> '_RETURN'`,
  `select format('view %s %s', ${RELATION}, pg_get_viewdef(c.oid)) from pg_class c
     join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('v','m') and ${NOT_OF_EXTENSION("c.oid", "pg_class")}`,
  `select format('function %s %I.%I(%s) %s %s', p.prokind, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid),
          pg_get_function_result(p.oid), md5(case when p.prokind in ('f','p') then pg_get_functiondef(p.oid) else p.prosrc end))
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS} and ${NOT_OF_EXTENSION("p.oid", "pg_proc")}`,
  `select format('type %s %I.%I %s', t.typtype, n.nspname, t.typname,
          coalesce((select string_agg(quote_literal(l.enumlabel), ',' order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid),
                   format_type(nullif(t.typbasetype, 0), t.typtypmod)))
     from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where ${OURS} and t.typtype in ('e','d','r','p') and ${NOT_OF_EXTENSION("t.oid", "pg_type")}`,
  `select format('collation %I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace where ${OURS}`,
  `select format('comment %s: %s', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
     from pg_description d where d.classoid = 'pg_class'::regclass and d.objoid in
          (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS})`,
];

/** godwit's own bookkeeping beside a history table, of which Flyway knows nothing. */
const BOOKKEEPING = "_godwit";
const isBookkeeping = (line: string): boolean => line.includes(BOOKKEEPING);

const DIGEST = `select line from (${PARTS.join("\nunion all\n")}) as lines(line)`;

/** Servers from 16 on print a view's columns without their table where they can; those from 17 on grant MAINTAIN. */
function portable(line: string): string {
  if (line.startsWith("view ")) {
    const [head = "", name = "", ...text] = line.split(" ");
    return [head, name, text.join(" ").replace(/\b\w+\.(?=\w)/g, "")].join(" ");
  }
  return line.replace(/=([a-zA-Z*]+)\//g, (_, rights: string) => `=${rights.replace(/m\*?/, "")}/`);
}

export const catalogDigest = (cluster: Cluster, database: string): Promise<readonly string[]> =>
  catalogLines((sql) => cluster.query(database, sql));

/** The same of any connection. */
export async function catalogLines(
  query: (sql: string) => Promise<readonly Record<string, unknown>[]>,
): Promise<readonly string[]> {
  const rows = await query(DIGEST);
  return rows
    .map((row) => portable(String(row["line"]).replace(/\s+/g, " ").trim()))
    .filter((line) => !isBookkeeping(line))
    .sort();
}

/** Schema and name, quoted, of the tables that hold a migration history. */
async function historyTables(cluster: Cluster, database: string): Promise<readonly string[]> {
  const rows = await cluster.query(
    database,
    `select format('%I.%I', n.nspname, c.relname) as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace where a.attname = 'installed_rank' and c.relkind = 'r' order by 1`,
  );
  return rows.map((row) => String(row["name"]));
}

/** The history rows, times apart, as `rank|version|description|type|script|checksum|user|success`. */
export async function historyRows(
  cluster: Cluster,
  database: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await historyTables(cluster, database);
  const found = await Promise.all(
    tables.map(async (table) => {
      const rows = await cluster.query(
        database,
        `select concat_ws('|', installed_rank, coalesce(version, ''), description, type, script, coalesce(checksum::text, ''),
                installed_by, success) as line from ${table} order by installed_rank`,
      );
      return [table, rows.map((row) => String(row["line"]))] as const;
    }),
  );
  return Object.fromEntries(found);
}

const FEW = 100;

/** The rows of small tables, the number of rows of others; history tables apart. */
export async function tableRows(
  cluster: Cluster,
  database: string,
  counts: boolean | undefined,
): Promise<readonly string[]> {
  const history = await historyTables(cluster, database);
  const tables = await cluster.query(
    database,
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${OURS} and c.relkind = 'r' order by 1`,
  );
  const lines: string[] = [];
  for (const name of tables
    .map((row) => String(row["name"]))
    .filter((table) => !history.includes(table) && !isBookkeeping(table))) {
    const [row] = await cluster.query(database, `select count(*)::int as n from ${name}`);
    const n = Number(row?.["n"]);
    if (counts === true || n > FEW) lines.push(`${name}: ${n} rows`);
    else {
      const rows = await cluster.query(database, `select row_to_json(t)::text as line from ${name} t`);
      lines.push(...rows.map((each) => `${name}: ${String(each["line"])}`).sort());
    }
  }
  return lines;
}

/** `pg_dump -s` without comments, blank lines and session settings; undefined where there is no pg_dump. */
export function schemaDump(cluster: Cluster, database: string): readonly string[] | undefined {
  if (cluster.pgDump === undefined) return undefined;
  const done = spawnSync(
    cluster.pgDump,
    [
      "-s",
      `--exclude-table=*${BOOKKEEPING}`,
      "-h",
      cluster.host,
      "-p",
      String(cluster.port),
      "-U",
      cluster.user,
      "-d",
      database,
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (done.status !== 0) throw new Error(`pg_dump failed: ${done.stderr}`);
  return done.stdout
    .split("\n")
    .filter((line) => !/^(--|SET |SELECT pg_catalog.set_config|\\(un)?restrict|$)/.test(line));
}
