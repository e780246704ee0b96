// Names of tables are all plural or all singular.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "table-name-form",
  family: "shape",
  aliases: ["rg18", "rg19"],
  severity: "info",
  presets: [],
  summary: "Names of tables are all plural, or all singular",
  why: "With both, nobody knows without looking whether it is user or users.",
  instead: "Choose one form: lint.table-name-form.form=plural or singular. Without it nothing is asked.",
  options: [
    { name: "form", default: "any", doc: "plural (the name ends in s), singular (it does not), or any." },
  ],
  bad: [
    { sql: "CREATE TABLE app.account (b int);", options: { form: "plural" } },
    { sql: "CREATE TABLE app.accounts (b int);", options: { form: "singular" } },
  ],
  good: [
    { sql: "CREATE TABLE app.accounts (b int);", options: { form: "plural" } },
    { sql: "CREATE TABLE app.address (b int);", options: { form: "singular" } },
    "CREATE TABLE app.account (b int);",
    { sql: "CREATE TEMPORARY TABLE account (b int);", options: { form: "plural" } },
    { sql: "CREATE TABLE app.account (b int);", options: { form: "singular" } },
  ],
  on: {
    "create-table": (action, { report, option }) => {
      const form = option("form");
      const { name, start } = action.name;
      if (!runs(action) || action.temporary) return;
      const isPlural = name.endsWith("s") && !name.endsWith("ss");
      if ((form === "plural" && !/s$/.test(name)) || (form === "singular" && isPlural))
        report({ start }, `The table ${name} has no ${form} name.`);
    },
  },
});
