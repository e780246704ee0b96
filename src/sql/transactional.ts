// Which statements cannot run inside a transaction block. Two lists: what Flyway knows (flyway-database-postgresql 13
// PostgreSQLParser), which decides whether a file "mixes"; and what PostgreSQL itself refuses with 25001 (its calls of
// PreventInTransactionBlock), so that godwit never sends such a statement into one.
//
// Not told here, because the text does not say it: CLUSTER, REINDEX TABLE and REINDEX INDEX of something partitioned,
// and a DO or CALL that commits (2D000).
import { Kind, Lexer } from "./lex.ts";
import type { Statement } from "./statement.ts";

export type TransactionNeed =
  | { readonly kind: "transactional" }
  | {
      readonly kind: "non-transactional";
      /** The command, such as "CREATE INDEX CONCURRENTLY". */
      readonly reason: string;
      /** False: Flyway would send it into a transaction, where it fails. */
      readonly flywayKnows: boolean;
    };

type Words = readonly string[];

const TRANSACTIONAL: TransactionNeed = { kind: "transactional" };
const known = (reason: string): TransactionNeed => ({ kind: "non-transactional", reason, flywayKnows: true });
const unknown = (reason: string): TransactionNeed => ({
  kind: "non-transactional",
  reason,
  flywayKnows: false,
});

type Judge = (words: Words, text: string, serverVersion: number) => TransactionNeed;

/** By first word. */
const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ["CREATE", create],
  ["DROP", drop],
  ["ALTER", alter],
  ["REINDEX", reindex],
  ["CLUSTER", cluster],
  ["VACUUM", () => known("VACUUM")],
  ["DISCARD", (words) => (words[1] === "ALL" ? known("DISCARD ALL") : TRANSACTIONAL)],
  ["COMMIT", prepared],
  ["ROLLBACK", prepared],
  ["CALL", call],
]);

/** `serverVersion` is server_version_num; 0 when it is not known. */
export function transactionNeed(
  statement: Pick<Statement, "words" | "text">,
  serverVersion: number,
): TransactionNeed {
  const { words, text } = statement;
  const first = words[0] ?? "";
  const judge = JUDGES.get(first);
  if (judge === undefined) return TRANSACTIONAL;
  return judge(NAMES_MATTER.has(first) ? outerWords(text) : words, text, serverVersion);
}

/** Commands that are told apart by the names in them, which are not all among a statement's words. */
const NAMES_MATTER: ReadonlySet<string> = new Set(["CALL", "CLUSTER"]);

const CLUSTER_WIDE = ["DATABASE", "TABLESPACE", "SUBSCRIPTION"];

function create(words: Words, text: string): TransactionNeed {
  const [, second = ""] = words;
  if (CLUSTER_WIDE.includes(second)) return known(`CREATE ${second}`);
  const index = second === "UNIQUE" ? 2 : 1;
  if (words[index] === "INDEX" && words[index + 1] === "CONCURRENTLY")
    return known("CREATE INDEX CONCURRENTLY");
  // TimescaleDB fills a continuous aggregate in transactions of its own.
  if (
    second === "MATERIALIZED" &&
    /\btimescaledb\.continuous\b/i.test(text) &&
    !/\bNO\s+DATA\s*$/i.test(text)
  ) {
    return unknown("CREATE MATERIALIZED VIEW of a continuous aggregate WITH DATA");
  }
  return TRANSACTIONAL;
}

function drop([, second = "", third]: Words): TransactionNeed {
  if (CLUSTER_WIDE.includes(second)) return known(`DROP ${second}`);
  return second === "INDEX" && third === "CONCURRENTLY" ? known("DROP INDEX CONCURRENTLY") : TRANSACTIONAL;
}

function alter(words: Words, text: string, serverVersion: number): TransactionNeed {
  switch (words[1]) {
    case "SYSTEM":
      return known("ALTER SYSTEM");
    case "TYPE":
      return serverVersion < 120000 && follows(words, 2, "ADD", "VALUE")
        ? known("ALTER TYPE ... ADD VALUE before PostgreSQL 12")
        : TRANSACTIONAL;
    case "TABLE":
      return words.includes("DETACH", 2) && outerWords(text).at(-1) === "CONCURRENTLY"
        ? unknown("ALTER TABLE ... DETACH PARTITION CONCURRENTLY")
        : TRANSACTIONAL;
    case "DATABASE":
      return outerWords(text)
        .slice(3, 5)
        .some(
          (word, i, next) => word === "TABLESPACE" && (i === 0 || next[0] === "SET" || next[0] === "WITH"),
        )
        ? unknown("ALTER DATABASE ... SET TABLESPACE")
        : TRANSACTIONAL;
    case "SUBSCRIPTION":
      return alterSubscription(words, text);
    default:
      return TRANSACTIONAL;
  }
}

/** What refreshes asks the publisher at once and cannot be taken back; so do changes of the slot (17 and 18). */
function alterSubscription(words: Words, text: string): TransactionNeed {
  if (words.includes("REFRESH", 2)) return unknown("ALTER SUBSCRIPTION ... REFRESH PUBLICATION");
  const options = parenthesised(text);
  const changesList = ["SET", "ADD", "DROP"].some((verb) => follows(words, 2, verb, "PUBLICATION"));
  if (changesList && !isOff(options.get("REFRESH")))
    return unknown("ALTER SUBSCRIPTION ... PUBLICATION with refresh");
  const changesSlot = !changesList && (options.has("FAILOVER") || options.has("TWO_PHASE"));
  return changesSlot ? unknown("ALTER SUBSCRIPTION ... SET (failover or two_phase)") : TRANSACTIONAL;
}

function reindex(words: Words, text: string): TransactionNeed {
  const target = words[words[1] === "VERBOSE" ? 2 : 1] ?? "";
  if (["SCHEMA", "DATABASE", "SYSTEM"].includes(target)) return known(`REINDEX ${target}`);
  const option = parenthesised(text).get("CONCURRENTLY");
  const isConcurrent = words.includes("CONCURRENTLY", 2) || (option !== undefined && !isOff(option));
  return isConcurrent ? unknown(`REINDEX ${target} CONCURRENTLY`) : TRANSACTIONAL;
}

/** Without a table it works through all of them, a transaction each. */
function cluster(words: Words): TransactionNeed {
  return words.slice(1).every((word) => word === "VERBOSE")
    ? unknown("CLUSTER without a table")
    : TRANSACTIONAL;
}

function prepared(words: Words): TransactionNeed {
  return words[1] === "PREPARED" ? unknown(`${words[0]} PREPARED`) : TRANSACTIONAL;
}

/** TimescaleDB's procedure commits as it goes. */
function call(words: Words): TransactionNeed {
  return words.includes("REFRESH_CONTINUOUS_AGGREGATE")
    ? unknown("CALL refresh_continuous_aggregate")
    : TRANSACTIONAL;
}

/** Two words next to each other, the first at `from` or later. */
const follows = (words: Words, from: number, first: string, second: string): boolean =>
  words.some((word, at) => at >= from && word === first && words[at + 1] === second);

/** Words and quoted names outside parentheses: the former in upper case, the latter as written. */
function outerWords(text: string): Words {
  const lexer = new Lexer(text);
  const words: string[] = [];
  let depth = 0;
  while (lexer.next()) {
    if (lexer.kind === Kind.open) depth++;
    else if (lexer.kind === Kind.close) depth--;
    else if (depth > 0) continue;
    else if (lexer.kind === Kind.word) words.push(lexer.slice().toUpperCase());
    else if (lexer.kind === Kind.quotedName) words.push(lexer.slice());
  }
  return words;
}

/** Options in parentheses, (name [=] value, ...): names in upper case, values as written, "" where there is none. */
function parenthesised(text: string): ReadonlyMap<string, string> {
  const lexer = new Lexer(text);
  const options = new Map<string, string>();
  let depth = 0;
  let name = "";
  while (lexer.next()) {
    if (lexer.kind === Kind.open) depth++;
    else if (lexer.kind === Kind.close) depth--;
    if (lexer.kind === Kind.open || lexer.kind === Kind.close || lexer.kind === Kind.punctuation) name = "";
    else if (depth > 0 && lexer.kind > Kind.blockComment && lexer.kind !== Kind.operator) {
      if (name === "") {
        name = lexer.slice().toUpperCase();
        options.set(name, "");
      } else options.set(name, lexer.slice());
    }
  }
  return options;
}

/** As defGetBoolean reads a value. */
const isOff = (value: string | undefined): boolean =>
  value !== undefined && /^'?(false|off|0)'?$/i.test(value);
