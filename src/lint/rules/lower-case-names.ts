// Names need no quotes.
import { rule } from "../rule.ts";

export default rule({
  id: "lower-case-names",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "New tables and columns have lower-case names",
  why: "A name with capitals must be quoted for ever after: without quotes it is another name.",
  instead: "lower_case_with_underscores.",
  bad: [
    'CREATE TABLE app."Users" (id int);',
    'ALTER TABLE app.a ADD COLUMN "createdAt" int;',
    'CREATE TABLE app.a ("B" int);',
  ],
  good: ["CREATE TABLE app.Users (Id int);"],
  each: (action, { report }) => {
    const name =
      action.kind === "create-table"
        ? action.name.name
        : action.kind === "add-column"
          ? action.column.name
          : "";
    const start = action.kind === "create-table" ? action.name.start : action.start;
    if (name !== name.toLowerCase())
      report({ start }, `The name "${name}" needs quotes wherever it is used.`);
    if (action.kind !== "create-table") return;
    for (const column of action.columns)
      if (column.name !== column.name.toLowerCase())
        report({ start: column.start }, `The name "${column.name}" needs quotes wherever it is used.`);
  },
});
