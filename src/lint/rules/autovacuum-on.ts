// Autovacuum stays on.
import type { Action } from "../../tree/action.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

const isOff = (options: readonly (readonly [name: string, value: string])[]): boolean =>
  options.some(
    ([name, value]) =>
      /^(?:toast\.)?autovacuum_enabled$/.test(name) && /^(?:false|off|no|0|f|n)$/i.test(value),
  );

const optionsOf = (action: Action) =>
  action.kind === "set-options"
    ? { table: action.table, options: action.options }
    : action.kind === "create-table"
      ? { table: action.name, options: action.options }
      : undefined;

export default rule({
  id: "autovacuum-on",
  family: "data",
  severity: "warning",
  presets: ["recommended"],
  summary: "Autovacuum is not switched off",
  why: "Without it the table bloats, its statistics grow old, and in the end the server stops everything to keep transaction ids from running out.",
  instead: "Tune autovacuum_vacuum_scale_factor and its like for this table.",
  bad: [
    "ALTER TABLE app.a SET (autovacuum_enabled = false);",
    "CREATE TABLE app.a (b int) WITH (autovacuum_enabled = off);",
  ],
  good: [
    "ALTER TABLE app.a SET (autovacuum_enabled = true);",
    "ALTER TABLE app.a SET (autovacuum_vacuum_scale_factor = 0.01);",
    "ALTER TABLE app.a SET (vacuum_truncate = false);",
  ],
  kinds: ["set-options", "create-table"],
  each: (action, { report }) => {
    const found = optionsOf(action);
    if (found !== undefined && runs(action) && isOff(found.options))
      report(action, `Autovacuum is switched off for ${shown(found.table)}.`);
  },
});
