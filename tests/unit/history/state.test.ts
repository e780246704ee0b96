// States from files and rows, as Flyway decides them (flyway-core 13 MigrationInfoServiceImpl).
import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/config/settings.ts";
import type { HistoryRow, RowType } from "../../../src/history/row.ts";
import { computeStates, type StateInput, type States } from "../../../src/history/state.ts";
import type { MigrationKind, ResolvedMigration, ResolvedType } from "../../../src/migrations/migration.ts";
import { parseVersion } from "../../../src/migrations/version.ts";

const TYPES: Readonly<Record<MigrationKind, ResolvedType>> = {
  versioned: "SQL",
  repeatable: "SQL",
  baseline: "SQL_BASELINE",
  undo: "UNDO_SQL",
};

function file(
  name: string,
  options: { checksum?: number; equivalent?: number; run?: boolean } = {},
): ResolvedMigration {
  const [head = "", description = ""] = name.split("__");
  const kind: MigrationKind =
    head[0] === "R" ? "repeatable" : head[0] === "B" ? "baseline" : head[0] === "U" ? "undo" : "versioned";
  const script = `${name}.sql`;
  return {
    kind,
    type: TYPES[kind],
    version: kind === "repeatable" ? undefined : parseVersion(head.slice(1)),
    description: description.replaceAll("_", " "),
    script,
    checksum: options.checksum ?? 1,
    equivalentChecksum: options.equivalent,
    language: "sql",
    file: { path: `/p/${script}`, configuredPath: script, name: script, script },
    encoding: "UTF-8",
    config: {
      executeInTransaction: undefined,
      placeholderReplacement: undefined,
      encoding: undefined,
      shouldExecute: options.run === undefined ? undefined : { expression: "x", value: options.run },
    },
  };
}

let rank = 0;
function row(
  version: string | undefined,
  description: string,
  more: { type?: RowType; checksum?: number; success?: boolean } = {},
): HistoryRow {
  rank++;
  return {
    installedRank: rank,
    version: version === undefined ? undefined : parseVersion(version),
    description,
    type: more.type ?? "SQL",
    script: `${description}.sql`,
    checksum: more.checksum ?? 1,
    installedBy: "u",
    installedOn: "2026-01-01 00:00:00",
    executionTime: 1,
    success: more.success ?? true,
  };
}

function states(
  migrations: readonly ResolvedMigration[],
  rows: readonly HistoryRow[],
  more: Partial<StateInput> = {},
): States {
  rank = 0;
  return computeStates({
    migrations: migrations.filter((m) => m.kind !== "undo"),
    undos: migrations.filter((m) => m.kind === "undo"),
    rows,
    target: undefined,
    outOfOrder: false,
    cherryPick: [],
    ...more,
  });
}

const list = (s: States): readonly string[] =>
  s.entries.map((e) => `${e.version?.text ?? e.description} ${e.type} ${e.state}`);

const version = (text: string, failIfMissing = true): Target => ({ kind: "version", text, failIfMissing });

describe("states of versioned files", () => {
  it("calls a file without a row pending and one with a row a success", () => {
    expect(list(states([file("V1__a"), file("V2__b")], [row("1", "a")]))).toEqual([
      "1 SQL SUCCESS",
      "2 SQL PENDING",
    ]);
  });

  it("ignores a late-comer below the current version, and lists it last", () => {
    const files = [file("V1__a"), file("V2__b"), file("V3__c")];
    expect(list(states(files, [row("1", "a"), row("3", "c")]))).toEqual([
      "1 SQL SUCCESS",
      "3 SQL SUCCESS",
      "2 SQL IGNORED",
    ]);
  });

  it("makes a late-comer pending with outOfOrder", () => {
    const files = [file("V1__a"), file("V2__b"), file("V3__c")];
    const result = states(files, [row("1", "a"), row("3", "c")], { outOfOrder: true });
    expect(result.pending.map((e) => e.version?.text)).toEqual(["2"]);
  });

  it("shows a row that came after a higher one as out of order, whatever the setting", () => {
    const files = [file("V1__a"), file("V2__b"), file("V3__c")];
    const result = states(files, [row("1", "a"), row("3", "c"), row("2", "b")]);
    expect(list(result)).toEqual(["1 SQL SUCCESS", "3 SQL SUCCESS", "2 SQL OUT_OF_ORDER"]);
    expect(result.current?.version?.text).toBe("3");
  });

  it("tells missing from future by the highest file", () => {
    const rows = [row("1", "a"), row("2", "b"), row("3", "c")];
    expect(list(states([file("V1__a"), file("V3__c")], rows))).toEqual([
      "1 SQL SUCCESS",
      "2 SQL MISSING_SUCCESS",
      "3 SQL SUCCESS",
    ]);
    expect(list(states([file("V1__a")], rows))).toEqual([
      "1 SQL SUCCESS",
      "2 SQL FUTURE_SUCCESS",
      "3 SQL FUTURE_SUCCESS",
    ]);
  });

  it("calls everything future when nothing is resolved", () => {
    expect(list(states([], [row("1", "a"), row("2", "b")]))).toEqual([
      "1 SQL FUTURE_SUCCESS",
      "2 SQL FUTURE_SUCCESS",
    ]);
  });

  it("matches versions numerically and keeps the stored text", () => {
    expect(list(states([file("V3__c")], [row("003", "c")]))).toEqual(["003 SQL SUCCESS"]);
  });

  it("does not pair a row with a file of another type", () => {
    expect(list(states([file("V1__a")], [row("1", "a", { type: "JDBC" })]))).toEqual([
      "1 JDBC FUTURE_SUCCESS",
      "1 SQL PENDING",
    ]);
  });

  it("tells failed rows apart by what is resolved", () => {
    expect(list(states([file("V1__a"), file("V3__c")], [row("1", "a", { success: false })]))[0]).toBe(
      "1 SQL FAILED",
    );
    expect(list(states([file("V3__c")], [row("2", "b", { success: false })]))[0]).toBe(
      "2 SQL MISSING_FAILED",
    );
    expect(list(states([file("V3__c")], [row("9", "z", { success: false })]))[0]).toBe("9 SQL FUTURE_FAILED");
  });

  it("leaves out a file whose shouldExecute is false", () => {
    expect(list(states([file("V1__a", { run: false })], []))).toEqual(["1 SQL IGNORED"]);
  });
});

describe("targets", () => {
  const files = [file("V1__a"), file("V2__b"), file("V3__c"), file("R__r")];

  it("puts higher versions above the target and leaves repeatables pending", () => {
    expect(list(states(files, [], { target: version("2") }))).toEqual([
      "1 SQL PENDING",
      "2 SQL PENDING",
      "3 SQL ABOVE_TARGET",
      "r SQL PENDING",
    ]);
  });

  it("refuses a version that nothing has, unless it ends in a question mark", () => {
    expect(() => states(files, [], { target: version("5") })).toThrow(
      "There is no migration with the target version 5.",
    );
    expect(list(states(files, [], { target: version("5", false) })).length).toBe(4);
  });

  it("takes the first pending one for next", () => {
    const first = states(files, [], { target: { kind: "next" } });
    expect(first.pending.map((e) => e.version?.text ?? e.description)).toEqual(["1", "r"]);
  });

  it("takes the version applied last for current", () => {
    const result = states(files, [row("1", "a"), row("2", "b")], { target: { kind: "current" } });
    expect(list(result)).toEqual(["1 SQL SUCCESS", "2 SQL SUCCESS", "3 SQL ABOVE_TARGET", "r SQL PENDING"]);
  });
});

describe("baselines", () => {
  it("puts files below and at a baseline row aside", () => {
    const result = states(
      [file("V1__a"), file("V2__b"), file("V3__c")],
      [row("2", "base", { type: "BASELINE" })],
    );
    expect(list(result)).toEqual([
      "1 SQL BELOW_BASELINE",
      "2 SQL BASELINE_IGNORED",
      "2 BASELINE BASELINE",
      "3 SQL PENDING",
    ]);
  });

  it("runs only the highest baseline file on an empty history", () => {
    const result = states([file("V1__a"), file("B1__x"), file("B2__y"), file("V2__b"), file("V3__c")], []);
    expect(result.pending.map((e) => `${e.type} ${e.version?.text}`)).toEqual(["SQL_BASELINE 2", "SQL 3"]);
  });

  it("ignores a baseline file once something is applied", () => {
    const result = states([file("V1__a"), file("B2__y"), file("V2__b")], [row("1", "a"), row("2", "b")]);
    expect(list(result)).toContain("2 SQL_BASELINE IGNORED");
  });

  it("presumes the baseline that baselineOnMigrate will write", () => {
    const result = states([file("V1__a"), file("V2__b")], [], { presumedBaseline: parseVersion("1") });
    expect(list(result)).toEqual(["1 SQL BASELINE_IGNORED", "2 SQL PENDING"]);
  });
});

describe("repeatables", () => {
  it("shows a changed one as outdated and pending", () => {
    const result = states([file("R__r", { checksum: 2 })], [row(undefined, "r", { checksum: 1 })]);
    expect(list(result)).toEqual(["r SQL OUTDATED", "r SQL PENDING"]);
  });

  it("calls earlier runs superseded", () => {
    const rows = [row(undefined, "r", { checksum: 1 }), row(undefined, "r", { checksum: 2 })];
    expect(list(states([file("R__r", { checksum: 2 })], rows))).toEqual([
      "r SQL SUPERSEDED",
      "r SQL SUCCESS",
    ]);
  });

  it("accepts the checksum before placeholder replacement", () => {
    const result = states(
      [file("R__r", { checksum: 2, equivalent: 1 })],
      [row(undefined, "r", { checksum: 1 })],
    );
    expect(list(result)).toEqual(["r SQL SUCCESS"]);
  });

  it("sorts by UTF-16 code units", () => {
    const result = states([file("R__b_view"), file("R__a_view"), file("R__Zed")], []);
    expect(result.entries.map((e) => e.description)).toEqual(["Zed", "a view", "b view"]);
  });
});

describe("deleted and undone rows", () => {
  it("shows a deleted version once, and its file again as ignored when it comes back", () => {
    const rows = [row("1", "a"), row("2", "b"), row("3", "c"), row("2", "b", { type: "DELETE" })];
    expect(list(states([file("V1__a"), file("V3__c")], rows))).toEqual([
      "1 SQL SUCCESS",
      "2 SQL DELETED",
      "3 SQL SUCCESS",
    ]);
    expect(list(states([file("V1__a"), file("V2__b"), file("V3__c")], rows))).toContain("2 SQL IGNORED");
  });

  it("refuses a history that deletes one version twice", () => {
    const rows = [row("1", "a"), row("1", "a", { type: "DELETE" }), row("1", "a", { type: "DELETE" })];
    expect(() => states([], rows)).toThrow("marks version 1 as deleted twice");
  });

  it("makes an undone version pending again", () => {
    const rows = [row("1", "a"), row("2", "b"), row("2", "b", { type: "UNDO_SQL" })];
    const result = states([file("V1__a"), file("V2__b"), file("U2__b")], rows);
    expect(list(result)).toEqual(["1 SQL SUCCESS", "2 SQL UNDONE", "2 UNDO_SQL SUCCESS", "2 SQL PENDING"]);
    expect(result.current?.version?.text).toBe("1");
  });
});

describe("cherryPick", () => {
  it("takes exactly the named files in the order given", () => {
    const result = states([file("V1__a"), file("V2__b"), file("R__some_view")], [], {
      cherryPick: ["some_view", "2"],
    });
    expect(result.pending.map((e) => e.version?.text ?? e.description)).toEqual(["some view", "2"]);
  });

  it("refuses a name that nothing has", () => {
    expect(() => states([file("V1__a")], [], { cherryPick: ["7"] })).toThrow('cherryPick names "7"');
  });
});
