// FORMATS.md and the code say the same: its tables are read and compared.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/base/errors.ts";
import { recordTable } from "../../src/engine/progress-record.ts";
import { createStatements, historyTable } from "../../src/history/table.ts";
import { checksumOfText } from "../../src/migrations/checksum.ts";
import { CALLBACK_EVENTS } from "../../src/migrations/events.ts";
import { ordered } from "../../src/reports/json.ts";
import { lockHalves, lockKey } from "../../src/server/lock.ts";
import { invalidOutcome, migrateOutcome, otherOutcomes, referenceInfo } from "../unit/reports/samples.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../FORMATS.md"), "utf8");

function section(title: string): string {
  const from = page.indexOf(`\n## ${title}\n`);
  if (from === -1) throw new Error(`FORMATS.md has no section "${title}"`);
  const next = page.indexOf("\n## ", from + 1);
  return page.slice(from, next === -1 ? undefined : next);
}

/** The cells of the table whose first column has this title. */
function table(title: string, firstColumn: string): readonly (readonly string[])[] {
  const lines = section(title).split("\n");
  const head = lines.findIndex((line) => line.startsWith(`| ${firstColumn} |`));
  if (head === -1) throw new Error(`"${title}" has no table that begins with "${firstColumn}"`);
  const rows: string[][] = [];
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith("|")) break;
    rows.push(
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((c) => c.trim()),
    );
  }
  return rows;
}

const inCode = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? "");

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", "\\r": "\r", "\\ufeff": "\ufeff" };
const unescaped = (text: string): string => text.replace(/\\(?:ufeff|n|r)/g, (e) => ESCAPES[e] ?? e);

describe("FORMATS.md", () => {
  it("gives checksums as the code computes them", () => {
    const rows = table("Checksums", "content");
    expect(rows.length).toBeGreaterThan(5);
    for (const [content = "", checksum = ""] of rows) {
      const text = unescaped(content.replace(/^`|`$/g, ""));
      expect([content, `\`${checksumOfText(text)}\``]).toEqual([content, checksum]);
    }
  });

  it("gives the history table as it is made", () => {
    const sql = /```sql\n([\s\S]*?)```/.exec(section("History table"))?.[1];
    const made = createStatements(historyTable("public", "flyway_schema_history"));
    expect(sql).toBe(made.map((statement) => `${statement};\n`).join(""));
  });

  it("gives the progress table as it is made", () => {
    const sql = /```sql\n([\s\S]*?)```/.exec(section("Progress table"))?.[1];
    const source = readFileSync(resolve(import.meta.dirname, "../../src/engine/progress-record.ts"), "utf8");
    const made = /CREATE TABLE IF NOT EXISTS \$\{table\}[^`]*/.exec(source)?.[0];
    const table = recordTable(historyTable("public", "flyway_schema_history"));
    expect(sql).toBe(`${made?.replace("${table}", table)};\n`);
  });

  it("gives lock keys as the code computes them", () => {
    const rows = table("Advisory lock", "history table").map(([name = "", key]) => [name, key]);
    expect(rows).toEqual(rows.map(([name = ""]) => [name, `\`${lockKey(name.slice(1, -1))}\``]));
    const { classid, objid } = lockHalves(lockKey('"public"."flyway_schema_history"'));
    expect(section("Advisory lock")).toContain(`classid = ${classid} AND objid = ${objid}`);
  });

  it("names every callback event", () => {
    const named = table("Callbacks", "verb").flatMap(([, events = ""]) => inCode(events));
    expect([...named].sort()).toEqual([...CALLBACK_EVENTS].sort());
  });

  it("names the keys of every JSON result, godwit's own last", () => {
    const outcomes = [referenceInfo, migrateOutcome, invalidOutcome, ...Object.values(otherOutcomes)];
    const documented = new Map(
      table("JSON results", "operation").map(([name = "", theirs = "", own = ""]) => [
        name.slice(1, -1),
        [...inCode(theirs), ...inCode(own)],
      ]),
    );
    for (const outcome of outcomes) {
      expect([outcome.operation, Object.keys(ordered(outcome) as object)]).toEqual([
        outcome.operation,
        documented.get(outcome.operation),
      ]);
    }
    expect([...documented.keys()].sort()).toEqual([...new Set(outcomes.map((o) => o.operation))].sort());
  });

  it("names every exit code of an error", () => {
    const codes = table("Exit codes", "code").map(([code = ""]) => Number(code.slice(1, -1)));
    expect(Object.values(ERROR_CODES).filter(({ exit }) => !codes.includes(exit))).toEqual([]);
  });
});
