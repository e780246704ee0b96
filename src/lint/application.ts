// DDL in application code: calls that make or change tables from classes, other migration tools, and SQL in strings.
import { type ApplicationText, languageOf, readApplication, type StringLiteral } from "./application-text.ts";

export interface ApplicationDdl {
  readonly start: number;
  readonly end: number;
  /** What is done, as the subject of a sentence. */
  readonly what: string;
}

/** Words, in any case, one of which is in every file with something to find: what a quick search may look for. */
export const WORDS_OF_DDL: readonly string[] = [
  "create ",
  "alter ",
  "drop ",
  "create_all",
  "drop_all",
  "__table__",
  "alembic",
  "django.db",
  ".sync",
  "synchronize",
  ".schema",
  "queryrunner",
  "automigrate",
  ".migrator",
  "ddl-auto",
  "hbm2ddl",
  "schema-generation",
  "generate-ddl",
  "hibernate-orm.database",
  "prisma db",
  "drizzle-kit",
  "schema:sync",
];

const SQL_WORDS =
  /\b(?:create|alter|drop)\s+(?:unique|unlogged|table|index|type|schema|view|materialized|function|procedure|trigger|constraint|sequence|domain|policy|extension|or\s+replace)\b/i;

/** In order of place. */
export function ddlIn(path: string, text: string): readonly ApplicationDdl[] {
  const language = languageOf(path);
  if (language === undefined) return [];
  const isCode = language !== "lines" && language !== "json" && language !== "xml";
  const known = isCode ? CALLS[language] : COMMANDS;
  // Telling comments from code takes its time; most files need not be asked.
  const mayHold =
    (isCode && SQL_WORDS.test(text)) ||
    [...known, ...SETTINGS].some(({ pattern }) => text.search(pattern) !== -1);
  if (!mayHold) return [];
  const source = readApplication(text, language);
  const found = isCode
    ? inCode(path, text, source, known)
    : matchesOutside(text, source, [...SETTINGS, ...known]);
  return [...found].sort((a, b) => a.start - b.start);
}

function inCode(
  path: string,
  text: string,
  source: ApplicationText,
  known: readonly Call[],
): readonly ApplicationDdl[] {
  const found = [...callsIn(text, source, known), ...matchesOutside(text, source, SETTINGS)];
  const isTold = found.some(({ what }) => known.some((call) => call.once && what.startsWith(call.what)));
  return isTold || isForOther(`${path}\n${text}`) ? found : [...found, ...stringsIn(source)];
}

const OTHER_DATABASES =
  /\b(?:aiosqlite|bigquery|cassandra|clickhouse|datastax|duckdb|mariadb|mssql|mysql|oracle|snowflake|sqlite3?|sqlserver)/i;
const POSTGRESQL = /postgres|psycopg|asyncpg|sqlalchemy|\bpgx?\b/i;

/** SQL beside another database, and not a word of PostgreSQL: a cache in SQLite, a store in Cassandra. */
const isForOther = (text: string): boolean => OTHER_DATABASES.test(text) && !POSTGRESQL.test(text);

// --- calls -------------------------------------------------------------------------------------------------------------

interface Call {
  /** Looked for in code without comments and strings. */
  readonly pattern: RegExp;
  readonly what: string;
  /** Must be somewhere in the file. */
  readonly needs?: RegExp;
  /** A migration of another tool is full of them: the first stands for all. */
  readonly once?: true;
}

const PYTHON: readonly Call[] = [
  {
    pattern: /(?<![\w.])[\w.()[\]]{0,80}\.create_all\b(?!\s*=[^=])/g,
    what: "create_all() makes tables from the models",
  },
  { pattern: /(?<![\w.])[\w.()[\]]{0,80}\.drop_all\b(?!\s*=[^=])/g, what: "drop_all() drops tables" },
  { pattern: /\b__table__\.create\s*\(/g, what: "__table__.create() makes a table from its model" },
  { pattern: /\b__table__\.drop\s*\(/g, what: "__table__.drop() drops a table" },
  {
    pattern: /\bop\.(?:(?:create|drop)_\w+|add_column|alter_column|rename_table|batch_alter_table)\s*\(/g,
    what: "Alembic changes the schema",
    needs: /\b(?:from|import)\s+alembic\b/,
    once: true,
  },
  {
    pattern:
      /\bmigrations\.(?:(?:Create|Delete|Rename|Alter)Model\w*|\w+(?:Field|Index|Constraint)|RunSQL)\s*\(/g,
    what: "Django changes the schema",
    needs: /\bfrom\s+django\.db\s+import\b/,
    once: true,
  },
];

const SCRIPT: readonly Call[] = [
  {
    pattern: /\.sync\s*\(\s*\{[^}]*\b(?:force|alter)\s*:\s*true\b[^}]*\}/g,
    what: "sync() changes tables to what the models say",
  },
  {
    pattern: /\bsequelize\.sync\s*\((?!\s*\{[^}]*\b(?:force|alter)\s*:\s*true\b)/gi,
    what: "sync() makes tables from the models",
  },
  {
    pattern: /\bsynchronize\s*:\s*true\b/g,
    what: "synchronize changes tables to what the entities say",
    needs: /\btypeorm\b|\bDataSource\b|\bTypeOrmModule\b/i,
  },
  {
    pattern:
      /\bschema\s*\.\s*(?:createTable\w*|alterTable|dropTable\w*|renameTable|createSchema\w*|dropSchema\w*|createView\w*|dropView\w*|createIndex|dropIndex|createType|dropType)\s*\(/g,
    what: "A schema builder changes the schema",
    once: true,
  },
  {
    pattern:
      /\bqueryRunner\s*\.\s*(?:createTable|dropTable|renameTable|addColumns?|dropColumns?|changeColumn|renameColumn|createIndex|dropIndex|createForeignKeys?|dropForeignKey)\s*\(/g,
    what: "TypeORM changes the schema",
    once: true,
  },
];

const GO: readonly Call[] = [
  { pattern: /\.AutoMigrate\s*\(/g, what: "AutoMigrate() makes and changes tables from the models" },
  {
    pattern:
      /\.Migrator\(\)\s*\.\s*(?:CreateTable|DropTable|AddColumn|DropColumn|AlterColumn|CreateIndex)\s*\(/g,
    what: "GORM changes the schema",
  },
];

const CALLS = { python: PYTHON, script: SCRIPT, go: GO, java: [] } as const;

function callsIn(text: string, { code }: ApplicationText, known: readonly Call[]): readonly ApplicationDdl[] {
  return known.flatMap(({ pattern, what, needs, once }) => {
    if (needs !== undefined && !needs.test(text)) return [];
    const matches = [...code.matchAll(pattern)].map((m) => ({
      start: m.index,
      end: m.index + m[0].length,
      what,
    }));
    const [first] = matches;
    if (once === undefined || first === undefined || matches.length === 1) return matches;
    return [{ ...first, what: `${what}, ${matches.length} times in this file` }];
  });
}

// --- SQL in strings ------------------------------------------------------------------------------------------------------

const NAME = String.raw`(?:[^\s(),;]+)`;
const EXISTS = String.raw`(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`;
const REPLACE = String.raw`(?:OR\s+REPLACE\s+)?`;
const OBJECT = String.raw`(?:TABLE|INDEX|VIEW|MATERIALIZED\s+VIEW|SCHEMA|TYPE|SEQUENCE|FUNCTION|PROCEDURE|TRIGGER|POLICY|DOMAIN|EXTENSION)`;

/** Whole statements as far as their form goes: "Create table failed" is none. Temporary tables are the session's own. */
const FORMS = [
  String.raw`CREATE\s+(?:UNLOGGED\s+)?TABLE\s+${EXISTS}(?<name>${NAME})\s*(?:\(|AS\b|PARTITION\b)`,
  String.raw`CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?${EXISTS}(?:${NAME}\s+)?ON\s+(?:ONLY\s+)?(?<name>${NAME})`,
  String.raw`CREATE\s+(?:TYPE|DOMAIN)\s+(?<name>${NAME})\s+AS\b`,
  String.raw`CREATE\s+(?:SCHEMA|SEQUENCE|EXTENSION)\s+${EXISTS}(?<name>${NAME})\s*(?:$|;|AUTHORIZATION\b|WITH\b|START\b|OWNED\b|AS\b|SCHEMA\b|CASCADE\b|INCREMENT\b)`,
  String.raw`CREATE\s+${REPLACE}(?:MATERIALIZED\s+)?VIEW\s+${EXISTS}(?<name>${NAME})\s*(?:\([^)]*\)\s*)?AS\b`,
  String.raw`CREATE\s+${REPLACE}(?:FUNCTION|PROCEDURE)\s+(?<name>${NAME})\s*\(`,
  String.raw`CREATE\s+${REPLACE}(?:CONSTRAINT\s+)?TRIGGER\s+(?<name>${NAME})\s+(?:BEFORE|AFTER|INSTEAD)\b`,
  String.raw`CREATE\s+POLICY\s+(?<name>${NAME})\s+ON\b`,
  String.raw`ALTER\s+TABLE\s+${EXISTS}(?:ONLY\s+)?(?<name>${NAME})\s+(?:ADD|DROP|ALTER|RENAME|SET|RESET|ENABLE|DISABLE|ATTACH|DETACH|OWNER|VALIDATE|FORCE|REPLICA)\s`,
  String.raw`ALTER\s+(?:TYPE|INDEX|VIEW|MATERIALIZED\s+VIEW|SCHEMA|SEQUENCE|FUNCTION|DOMAIN)\s+${EXISTS}(?<name>${NAME})\s+(?:ADD|RENAME|SET|OWNER|DROP)\s`,
  String.raw`DROP\s+${OBJECT}\s+(?:CONCURRENTLY\s+)?${EXISTS}(?<name>${NAME})\s*(?:$|[;,(]|CASCADE\b|RESTRICT\b|ON\s)`,
];
const BEGIN = String.raw`(?:^|;)(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;
const STATEMENT = FORMS.map((form) => new RegExp(`${BEGIN}(?<sql>${form})`, "i"));
/** The rest of the statement is joined on. */
const CUT_OFF = /^\s*(?<sql>(?:CREATE|ALTER|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?)$/;
const TEMPORARY =
  /CREATE\s+(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(),;]+)/gi;

/** What runs SQL, by the last part of its name. */
const RUNS =
  /(?:execute\w*|exec\w*|query\w*|raw|text|sql|ddl|prepare|unsafe|mustexec|addbatch|fetch\w*|createnativequery|\$\w*raw\w*)$/i;
/** What only speaks of it, or looks for it. */
const SPEAKS =
  /(?:^|\.)(?:log\w*|print\w*|warn\w*|error\w*|info|debug|trace|fatal|critical|\w*exception|\w*error|raise|panic|assert\w*|expect|echo|write|startswith|endswith|includes|contains|indexof|match|search|test|replace|split|equals|describe|it|add_argument|field)$/i;
const SPEAKING_KEY =
  /\b(?:help|description|message|msg|detail|title|label|summary|doc|comment|placeholder|example)s?["']?\s*[:=]\s*[rRuUbBfF]{0,2}$/i;

function stringsIn({ strings: all, code }: ApplicationText): readonly ApplicationDdl[] {
  const temporary = new Set(
    all.flatMap(({ value }) => [...value.matchAll(TEMPORARY)].map((m) => plain(m[1] ?? ""))),
  );
  return all.flatMap((literal) => {
    const found = statementIn(literal, code);
    if (found === undefined || temporary.has(plain(found.name))) return [];
    const callee = calleeBefore(code, literal.start);
    if (SPEAKS.test(callee) || SPEAKING_KEY.test(code.slice(Math.max(0, literal.start - 40), literal.start)))
      return [];
    // In prose the words are not in capitals.
    if (!RUNS.test(callee) && !/^[A-Z]+\s+[A-Z]/.test(found.sql)) return [];
    return [
      {
        start: found.start,
        end: found.start + found.sql.length,
        what: `SQL in a string changes the schema (${shown(found.sql)})`,
      },
    ];
  });
}

interface Found {
  readonly sql: string;
  readonly name: string;
  readonly start: number;
}

function statementIn({ value, valueStart, end }: StringLiteral, code: string): Found | undefined {
  for (const pattern of STATEMENT) {
    const match = pattern.exec(value);
    if (match === null) continue;
    const { sql = "", name = "" } = match.groups ?? {};
    return { sql, name, start: valueStart + match.index + match[0].length - sql.length };
  }
  const cut = CUT_OFF.exec(value)?.groups?.["sql"];
  if (cut === undefined || !/^\s*(?:\+|\.format\b|%|[rRuUbBfF]{0,2}["'])/.test(code.slice(end, end + 40)))
    return undefined;
  return { sql: cut.trimEnd(), name: "", start: valueStart + value.indexOf(cut) };
}

const plain = (name: string): string => name.replace(/["`]/g, "").toLowerCase();
const shown = (sql: string): string =>
  sql
    .replace(/\s+/g, " ")
    .replace(/[\s(,;]+$/, "")
    .slice(0, 60);

/** The function whose argument stands at an offset, or the tag before a template; "" where there is none. */
function calleeBefore(code: string, offset: number): string {
  const from = Math.max(0, offset - 400);
  const before = code.slice(from, offset);
  const tag = /([\w$.]+)(?:<[^<>]*>)?$/.exec(before)?.[1];
  if (tag !== undefined && code[offset] === "`") return tag;
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const c = before[at];
    if (c === ")" || c === "]" || c === "}") depth++;
    else if (c === "(" && depth === 0)
      return /([\w$.]+)\s*(?:<[^<>]*>)?\s*$/.exec(before.slice(0, at))?.[1] ?? "";
    else if (c === "(" || c === "[" || c === "{") depth--;
    if (depth < 0 || (c === ";" && depth === 0)) return "";
  }
  return "";
}

// --- settings and scripts ---------------------------------------------------------------------------------------------

const CHANGES =
  "(?:create(?:-drop|-only)?|update|drop(?:-and-create)?|create-or-extend-tables|drop-and-create-tables)";

const SETTINGS: readonly Call[] = [
  {
    pattern: new RegExp(
      String.raw`(?:\bddl-auto|\bhbm2ddl\.auto|\bschema-generation\.database\.action|\bhibernate-orm\.database\.generation)["']?\s*(?:[=:,]|\bvalue\s*=)\s*["']?${CHANGES}\b`,
      "g",
    ),
    what: "Hibernate changes tables to what the entities say",
  },
  {
    pattern: new RegExp(
      String.raw`\bhbm2ddl\.auto["']\s*>\s*${CHANGES}\b|\bhbm2ddl:\s*\n\s*auto:\s*["']?${CHANGES}\b`,
      "g",
    ),
    what: "Hibernate changes tables to what the entities say",
  },
  { pattern: /\bspring\.jpa\.generate-ddl\s*[=:]\s*true\b/g, what: "Spring makes tables from the entities" },
];

const COMMANDS: readonly Call[] = [
  { pattern: /\bprisma\s+db\s+push\b/g, what: "prisma db push changes the schema to what the models say" },
  { pattern: /\bdrizzle-kit\s+push\b/g, what: "drizzle-kit push changes the schema to what the models say" },
  { pattern: /\bschema:sync\b/g, what: "schema:sync changes the schema to what the entities say" },
];

function matchesOutside(
  text: string,
  { comments }: ApplicationText,
  known: readonly Call[],
): readonly ApplicationDdl[] {
  return known.flatMap(({ pattern, what }) =>
    [...text.matchAll(pattern)].flatMap((m) =>
      comments.some((c) => c.start <= m.index && m.index < c.end)
        ? []
        : [{ start: m.index, end: m.index + m[0].length, what }],
    ),
  );
}
