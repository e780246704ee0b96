// The real file system behind the lookup of configuration files.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeConfigFiles } from "../../../src/config/read.ts";
import { readSettings } from "../../../src/config/settings-read.ts";

const root = mkdtempSync(join(tmpdir(), "godwit-config-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("the file system", () => {
  it("answers what the config layer asks", () => {
    const file = join(root, "file");
    writeFileSync(file, "text");
    chmodSync(file, 0o640);
    const files = nodeConfigFiles();
    expect(Buffer.from(files.readFile(file) ?? []).toString()).toBe("text");
    expect([files.isFile(file), files.isDirectory(file), files.exists(file)]).toEqual([true, false, true]);
    expect([files.isFile(root), files.isDirectory(root), files.exists(root)]).toEqual([false, true, true]);
    expect((files.permissions(file) ?? 0) & 0o777).toBe(0o640);
    expect(files.readFile(join(root, "none"))).toBeUndefined();
    expect(() => files.readFile(root)).toThrow();
    const below = join(file, "below");
    expect([files.isFile(below), files.exists(below), files.permissions(below)]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  it("holds a project", async () => {
    const cwd = join(root, "project");
    mkdirSync(join(cwd, "db/migration"), { recursive: true });
    writeFileSync(
      join(cwd, "flyway.toml"),
      '[environments.default]\nurl = "jdbc:postgresql://h/app?user=a"\n',
    );
    const settings = await readSettings({ options: [], env: {}, cwd, home: root, osUser: "u" });
    expect([
      settings.locations,
      settings.connection?.database,
      settings.configFiles,
      settings.origins["url"],
    ]).toEqual([["filesystem:db/migration"], "app", [join(cwd, "flyway.toml")], "flyway.toml:2"]);
  });
});
