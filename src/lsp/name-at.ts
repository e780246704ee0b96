// The name under the cursor and what it means there: a table, a column, a type or an index of the catalog model.
import type { Catalog, ModelColumn, ModelIndex, ModelTable, ModelType } from "../lint/model.ts";
import type { SchemaAt } from "../lint/run.ts";
import type { SourceFile } from "../lint/source.ts";
import type { ObjectName } from "../tree/action.ts";
import type { ReadStatement } from "../tree/script.ts";

/** Dotted names as written; `index` is the part under the cursor. Offsets are those of the script. */
export interface NameAt {
  readonly parts: readonly string[];
  readonly index: number;
  /** Of the first part. */
  readonly first: number;
  readonly start: number;
  readonly end: number;
}

const PART = String.raw`(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)`;
const CHAIN = new RegExp(String.raw`${PART}(?:\.${PART})*`, "gu");

export function nameAt(script: string, offset: number): NameAt | undefined {
  const lineStart = offset === 0 ? 0 : script.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = script.indexOf("\n", offset);
  const line = script.slice(lineStart, lineEnd === -1 ? script.length : lineEnd);
  for (const { 0: chain, index: from } of line.matchAll(CHAIN)) {
    const first = lineStart + from;
    if (offset < first || offset > first + chain.length) continue;
    let start = first;
    const written = chain.match(new RegExp(PART, "gu")) ?? [];
    for (const [index, part] of written.entries()) {
      const end = start + part.length;
      if (offset <= end) return { parts: written.map(folded), index, first, start, end };
      start = end + 1;
    }
  }
  return undefined;
}

/** Names fold to lower case unless quoted. */
const folded = (part: string): string =>
  part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();

/** The offset in the script of an offset in the file: the first that leads back to it. */
export function scriptOffset({ replaced }: SourceFile, offset: number): number {
  if (replaced === undefined) return offset;
  let low = 0;
  let high = replaced.text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (replaced.toOriginal(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type Meaning =
  | { readonly kind: "table"; readonly table: ModelTable }
  | { readonly kind: "column"; readonly table: ModelTable; readonly column: ModelColumn }
  | { readonly kind: "type"; readonly type: ModelType }
  | { readonly kind: "index"; readonly table: ModelTable; readonly index: ModelIndex };

/** What the name means before the statement, or else behind it, when the statement makes it. */
export function meaningOf(at: SchemaAt, name: NameAt): Meaning | undefined {
  return meaningIn(at.catalog, at, name) ?? meaningIn(at.after(), at, name);
}

function meaningIn(catalog: Catalog, at: SchemaAt, name: NameAt): Meaning | undefined {
  const { parts, index } = name;
  const part = parts[index] ?? "";
  const relation: ObjectName = { schema: parts[index - 1], name: part, start: name.start };
  const statement = at.statement;
  const isRelation = namesOf(statement).some((n) => n.start === name.first && n.name === part);
  const asTable = (): Meaning | undefined => tableMeaning(catalog, relation);
  if (isRelation) return asTable();
  if (index > 0) {
    const owner: ObjectName = { schema: parts[index - 2], name: parts[index - 1] ?? "", start: name.start };
    const table = catalog.table(owner) ?? aliased(catalog, at, owner.name);
    return columnMeaning(table, part) ?? asTable() ?? otherMeaning(catalog, relation);
  }
  if (parts.length > 1) {
    const table = aliased(catalog, at, part);
    return table === undefined ? asTable() : { kind: "table", table };
  }
  for (const named of namesOf(statement)) {
    const found = columnMeaning(catalog.table(named), part);
    if (found !== undefined) return found;
  }
  const alias = aliased(catalog, at, part);
  return alias === undefined
    ? (asTable() ?? otherMeaning(catalog, relation))
    : { kind: "table", table: alias };
}

function tableMeaning(catalog: Catalog, name: ObjectName): Meaning | undefined {
  const table = catalog.table(name);
  return table === undefined ? undefined : { kind: "table", table };
}

function columnMeaning(table: ModelTable | undefined, name: string): Meaning | undefined {
  const column = table?.columns.get(name);
  return table === undefined || column === undefined ? undefined : { kind: "column", table, column };
}

function otherMeaning(catalog: Catalog, name: ObjectName): Meaning | undefined {
  const type = catalog.type(name);
  if (type !== undefined) return { kind: "type", type };
  const found = catalog.index(name);
  return found === undefined ? undefined : { kind: "index", ...found };
}

/** The relations that a statement names. */
const namesOf = (statement: ReadStatement | undefined): readonly ObjectName[] => [
  ...(statement?.references ?? []).flatMap(({ kind, name }) => (kind === "relation" ? [name] : [])),
  ...(statement?.actions ?? []).flatMap((action) => {
    if ("table" in action && action.table !== undefined) return [action.table];
    return "object" in action && action.object !== undefined ? [action.object] : [];
  }),
];

/** Words that may stand behind a table and are no alias. */
const NO_ALIAS =
  /^(?:add|alter|and|as|cascade|cross|drop|enable|for|from|full|group|having|if|inner|join|left|limit|natural|offset|on|only|or|order|owner|rename|returning|right|select|set|union|using|validate|values|where|with)$/i;

/** The table that another name stands for in the statement: FROM accounts AS a. */
function aliased(catalog: Catalog, { script, statement }: SchemaAt, alias: string): ModelTable | undefined {
  for (const name of namesOf(statement)) {
    const behind = new RegExp(String.raw`^${PART}(?:\.${PART})*\s+(?:as\s+)?(${PART})`, "iu").exec(
      script.slice(name.start, name.start + 400),
    )?.[1];
    if (behind !== undefined && !NO_ALIAS.test(behind) && folded(behind) === alias)
      return catalog.table(name);
  }
  return undefined;
}
