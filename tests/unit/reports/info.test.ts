import { describe, expect, it } from "vitest";
import { asciiTable, boxTable } from "../../../src/reports/ascii-table.ts";
import { migrationIds } from "../../../src/reports/info.ts";
import { PLAIN } from "../../../src/reports/style.ts";
import { renderOutcome } from "../../../src/reports/text.ts";
import { displayWidth, stripEscapes } from "../../../src/reports/width.ts";
import { entry, everyState, infoOutcome, pending, referenceInfo, terminal, where } from "./samples.ts";

const text = (...args: Parameters<typeof renderOutcome>): string =>
  renderOutcome(...args)
    .map((l) => `${l.text}\n`)
    .join("");

describe("info in a pipe", () => {
  it("prints Flyway's table byte for byte", () => {
    expect(text(referenceInfo, PLAIN)).toBe(`Schema version: 1.1

+------------+---------+----------------+------+---------------------+---------+----------+
| Category   | Version | Description    | Type | Installed On        | State   | Undoable |
+------------+---------+----------------+------+---------------------+---------+----------+
| Versioned  | 1       | First          | SQL  | 2026-07-20 10:06:01 | Success | No       |
| Versioned  | 1.1     | View           | SQL  | 2026-07-20 10:06:01 | Success | Yes      |
| Versioned  | 1.2     | Populate table | SQL  |                     | Pending | No       |
| Repeatable |         | Grants         | SQL  |                     | Pending |          |
+------------+---------+----------------+------+---------------------+---------+----------+

`);
  });

  it("pads by UTF-16 units, as Flyway does", () => {
    const outcome = infoOutcome([entry({ description: "顧客" }), entry({ version: "2", description: "🎉" })]);
    const rows = text(outcome, PLAIN).split("\n").slice(2, -2);
    expect(new Set(rows.map((r) => r.length))).toEqual(new Set([rows[0]?.length]));
  });

  it("says that there are no migrations, and where it looked", () => {
    expect(text(infoOutcome([], null), PLAIN, { where })).toBe(`Schema version: << Empty Schema >>

There is no migration file where godwit looked. These settings say where that is:
+------------------------------+-------------------------+
| Setting                      | Value                   |
+------------------------------+-------------------------+
| locations                    | filesystem:db/migration |
| callbackLocations            |                         |
| workingDirectory             | /app                    |
| repeatableSqlMigrationPrefix | R                       |
| sqlMigrationPrefix           | V                       |
| baselineMigrationPrefix      | B                       |
| sqlMigrationSeparator        | __                      |
| sqlMigrationSuffixes         | .sql                    |
+------------------------------+-------------------------+

+----------+---------+-------------+------+--------------+-------+----------+
| Category | Version | Description | Type | Installed On | State | Undoable |
+----------+---------+-------------+------+--------------+-------+----------+
| No migrations found                                                       |
+----------+---------+-------------+------+--------------+-------+----------+

`);
  });

  it("leaves out undo rows, and says nothing of undoing what is deleted or undone", () => {
    const outcome = infoOutcome([
      entry({ version: "1", state: "Undone", stateCode: "UNDONE", undoable: "No" }),
      entry({ version: "1", category: "Undo", type: "UNDO_SQL" }),
      entry({ version: "2", state: "Deleted", stateCode: "DELETED", undoable: "No" }),
      entry({ version: "3", state: "Failed", stateCode: "FAILED", undoable: "Yes" }),
    ]);
    const rows = text(outcome, PLAIN)
      .split("\n")
      .filter((r) => r.startsWith("| Versioned") || r.startsWith("| Undo"));
    expect(rows.map((r) => r.split("|").map((c) => c.trim()))).toEqual([
      ["", "Versioned", "1", "First", "SQL", "2026-07-20 10:06:01", "Undone", "", ""],
      ["", "Versioned", "2", "First", "SQL", "2026-07-20 10:06:01", "Deleted", "", ""],
      ["", "Versioned", "3", "First", "SQL", "2026-07-20 10:06:01", "Failed", "No", ""],
    ]);
  });

  it("colours the state without moving the columns when colour is forced", () => {
    const coloured = text(referenceInfo, { ...PLAIN, color: true });
    expect(coloured).toContain("| \x1b[32mSuccess\x1b[39m | No       |");
    expect(stripEscapes(coloured)).toBe(text(referenceInfo, PLAIN));
  });
});

describe("info on a terminal", () => {
  it("draws a box and says what to do next", () => {
    expect(text(referenceInfo, terminal())).toBe(`Schema version: 1.1

╭────────────┬─────────┬────────────────┬──────┬─────────────────────┬─────────┬──────────╮
│ Category   │ Version │ Description    │ Type │ Installed On        │ State   │ Undoable │
├────────────┼─────────┼────────────────┼──────┼─────────────────────┼─────────┼──────────┤
│ Versioned  │ 1       │ First          │ SQL  │ 2026-07-20 10:06:01 │ Success │ No       │
│ Versioned  │ 1.1     │ View           │ SQL  │ 2026-07-20 10:06:01 │ Success │ Yes      │
│ Versioned  │ 1.2     │ Populate table │ SQL  │                     │ Pending │ No       │
│ Repeatable │         │ Grants         │ SQL  │                     │ Pending │          │
╰────────────┴─────────┴────────────────┴──────┴─────────────────────┴─────────┴──────────╯
2 applied and 2 pending.
Run migrate to apply them.
`);
  });

  it("uses plain characters where the locale is not UTF-8", () => {
    const outcome = infoOutcome([entry({ description: "A description of some length" })]);
    expect(text(outcome, terminal({ unicode: false, width: 70 }))).toBe(`Schema version: 1.1

+---------+--------------------------+---------------------+---------+
| Version | Description              | Installed On        | State   |
+---------+--------------------------+---------------------+---------+
| 1       | A description of some... | 2026-07-20 10:06:01 | Success |
+---------+--------------------------+---------------------+---------+
1 applied.
`);
  });

  it.each([30, 45, 60, 80, 100, 132])("fits %i columns with every script", (width) => {
    const table = text(everyState, terminal({ width }))
      .split("\n")
      .filter((r) => /^[╭│├╰]/.test(r));
    expect(table.length).toBe(15);
    const widths = new Set(table.map(displayWidth));
    expect(widths.size).toBe(1);
    expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(width, 42));
  });

  it("puts the cursor where the cell ends behind text that terminals measure differently", () => {
    const outcome = infoOutcome([entry({ description: "हिन्दी" })]);
    const row =
      text(outcome, terminal({ color: true }))
        .split("\n")
        .find((r) => r.includes("हिन्दी")) ?? "";
    expect(row).toContain("हिन्दी        \x1b[36G ");
    expect(displayWidth(row.slice(0, row.indexOf("\x1b[36G")))).toBe(35);
  });

  it("cannot be steered by a description from the history table", () => {
    const outcome = infoOutcome([entry({ description: "evil\x1b[2J\nname" })]);
    expect(text(outcome, terminal())).toContain("│ evil\\x1b[2J name │");
  });

  it("tells of failures, missing and ignored files, and of work half done", () => {
    const outcome = infoOutcome([
      entry({ version: "1", description: "Gone", state: "Missing", stateCode: "MISSING_SUCCESS" }),
      entry({
        version: "2",
        description: "Index",
        state: "Failed",
        stateCode: "FAILED",
        progress: "2 of 3 statements are done",
      }),
      entry({ version: "3", description: "Late", ...pending, state: "Ignored", stateCode: "IGNORED" }),
    ]);
    expect(text(outcome, terminal()).split("\n").slice(-6)).toEqual([
      "V2 Index: 2 of 3 statements are done",
      "1 applied and 1 failed.",
      "Mend what V2 Index left behind, then run repair to remove the failed row.",
      "1 applied file is gone: V1 Gone.",
      "Passed over, because a higher version is applied: V3 Late.",
      "",
    ]);
  });
});

describe("tables", () => {
  it("cut the text for no rows to their width", () => {
    expect(asciiTable(["a"], [], "No rows returned")).toBe("+---+\n| a |\n+---+\n| N |\n+---+\n");
  });

  it("may be many rows long", () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
    expect(asciiTable(["n"], rows, "").length).toBe(11 * 200_004);
    expect(boxTable([{ title: "n" }], rows, terminal()).split("\n").length).toBe(200_004);
  });
});

describe("migrationIds", () => {
  it("joins versions and descriptions of repeatables", () => {
    expect(migrationIds(referenceInfo)).toBe("1,1.1,1.2,Grants");
  });
});
