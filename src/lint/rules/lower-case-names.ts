// Names need no quotes.
import type { Action } from "../../tree/action.ts";
import { type Edits, fixOf, isPlainName, isReadable, mentions, replacement, tokensFrom } from "../edits.ts";
import { type RuleContext, rule } from "../rule.ts";

/** createdAt and CreatedAt are created_at. */
const lowerCase = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();

function lowered(name: string, start: number, action: Action, { file, catalog }: RuleContext): Edits {
  const to = lowerCase(name);
  const { script } = file;
  if (!isPlainName(to) || !isReadable(script) || mentions(script, name) !== 1) return undefined;
  const taken =
    action.kind === "create-table"
      ? action.columns.some((c) => c.name === to) || catalog.table({ ...action.name, name: to }) !== undefined
      : action.kind !== "add-column" || catalog.column(action.table, to) !== undefined;
  if (taken) return undefined;
  for (const token of tokensFrom(script, start, action.end))
    if (token.text === `"${name}"`) return replacement(token, to);
  return undefined;
}

export default rule({
  id: "lower-case-names",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "New tables and columns have lower-case names",
  why: "A name with capitals must be quoted for ever after: without quotes it is another name.",
  instead: "lower_case_with_underscores.",
  bad: [
    {
      sql: 'CREATE TABLE app."Users" (id int);',
      fixed: "CREATE TABLE app.users (id int);",
      differs: [
        '- column app."Users".id integer',
        '- relation r app."Users" owner postgres p',
        "+ column app.users.id integer",
        "+ relation r app.users owner postgres p",
      ],
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: 'ALTER TABLE app.a ADD COLUMN "createdAt" int;',
      fixed: "ALTER TABLE app.a ADD COLUMN created_at int;",
      differs: ['- column app.a."createdAt" integer', "+ column app.a.created_at integer"],
    },
    'CREATE TABLE app.b ("createdAt" int); CREATE INDEX ON app.b ("createdAt");',
    {
      sql: 'CREATE TABLE app.a ("B" int);',
      fixed: "CREATE TABLE app.a (b int);",
      differs: ['- column app.a."B" integer', "+ column app.a.b integer"],
    },
    { sql: 'CREATE TABLE app.a (b int, "B" int);' },
    { before: "CREATE TABLE app.users (id int);", sql: 'CREATE TABLE app."Users" (id int);' },
    { before: "CREATE TABLE app.a (b int);", sql: 'ALTER TABLE app.a ADD COLUMN "B" int;' },
  ],
  good: ["CREATE TABLE app.Users (Id int);"],
  fix: {
    gives: "other",
    note: "Only a name that stands once in the file; what uses it must use the new one, the application too.",
  },
  kinds: ["create-table", "add-column"],
  each: (action, context) => {
    const { report } = context;
    const name =
      action.kind === "create-table"
        ? action.name.name
        : action.kind === "add-column"
          ? action.column.name
          : "";
    const start = action.kind === "create-table" ? action.name.start : action.start;
    if (name !== name.toLowerCase())
      report(
        { start },
        `The name "${name}" needs quotes wherever it is used.`,
        fixOf(
          action,
          lowered(name, action.kind === "add-column" ? action.column.start : start, action, context),
        ),
      );
    if (action.kind !== "create-table") return;
    for (const column of action.columns)
      if (column.name !== column.name.toLowerCase())
        report(
          { start: column.start },
          `The name "${column.name}" needs quotes wherever it is used.`,
          fixOf(action, lowered(column.name, column.start, action, context)),
        );
  },
});
