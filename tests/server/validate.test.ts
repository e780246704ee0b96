// What validate tells beyond Flyway.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { testDatabase } from "../support/database.ts";
import { project } from "../support/project.ts";

describe("validate", () => {
  it("shows the changed lines of an edited file when git still has the applied text", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table a(\n  id int,\n  note text\n);\n" });
    const git = (...args: readonly string[]): void => {
      const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
        cwd: p.dir,
        encoding: "utf8",
      });
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    };
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "one");
    await p.run("migrate");
    p.write({ "V1__a.sql": "create table a(\n  id bigint,\n  note text\n);\n-- é\n" });
    git("commit", "-q", "-a", "-m", "two");
    const outcome = await p.run("validate");
    const message =
      "invalidMigrations" in outcome ? outcome.invalidMigrations[0]?.errorDetails.errorMessage : "";
    expect(message?.split("\n").map((l) => l.replace(/commit \w+ of [\d-]+/, "commit X"))).toEqual([
      "Version 1: the checksum differs. The file was edited after it was applied.",
      expect.stringContaining("in the database:"),
      expect.stringContaining("in the file:"),
      "  changed since commit X, whose text was applied:",
      "  - 2:   id int,",
      "  + 2:   id bigint,",
      "  + 5: -- é",
      expect.stringMatching(/^Put the file back as it was/),
    ]);
  });

  it("says where another history lies when there is none in this schema", async () => {
    await using db = await testDatabase();
    using p = project(db, { "V1__a.sql": "create table a(id int);" });
    await p.run("migrate", { schemas: ["old"] });
    await p.run("info", { schemas: ["new"] });
    const warning = p.events.find((e) => e.type === "log" && e.code === "HISTORY_ELSEWHERE");
    expect(warning?.type === "log" ? warning.message : "").toContain(
      'there is one in "old"."flyway_schema_history"',
    );
  });
});
