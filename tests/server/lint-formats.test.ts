// The formats of lint on a real folder, and the exit codes of the command line itself.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, runStaged, stagePackage } from "../support/package.ts";
import { sarifFaults } from "../support/sarif.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "godwit-formats-"));
  stagePackage(join(home, "godwit"), ["--no-types"]);
  cpSync(join(ROOT, "examples/insurance"), join(home, "app/insurance"), { recursive: true });
  mkdirSync(join(home, "small/sql"), { recursive: true });
  writeFileSync(join(home, "small/sql/V1__a.sql"), "CREATE TABLE app.a (b int);\n");
  writeFileSync(join(home, "small/flyway.toml"), '[flyway]\nlocations = ["filesystem:sql"]\n');
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function godwit(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runStaged(join(home, "godwit"), join(home, folder), args, env);
}

const lint = (format: string, env: Readonly<Record<string, string>> = {}): string =>
  godwit("app/insurance", ["lint", "--preset", "strict", "--format", format], env).stdout;
const read = (path: string): object => JSON.parse(readFileSync(path, "utf8"));

describe("lint of a whole folder", () => {
  it("gives JSON by the schema in the package", () => {
    const document = JSON.parse(lint("json"));
    const validate = new Ajv2020({ allErrors: true }).compile(read(join(home, "godwit/schemas/lint.json")));
    expect([validate(document), validate.errors]).toEqual([true, null]);
    expect(document.findings.length).toBeGreaterThan(20);
    const { errors, warnings, infos } = document.summary;
    expect(errors + warnings + infos).toBe(document.findings.length);
  });

  it("gives SARIF by the schema of SARIF, well-formed JUnit, and GitLab's fingerprints once each", () => {
    expect(sarifFaults(lint("sarif"))).toEqual([]);
    expect(XMLValidator.validate(lint("junit"))).toBe(true);
    const prints = JSON.parse(lint("gitlab")).map((r: { fingerprint: string }) => r.fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });

  it("names files from the top of the repository where the CI service says where that is", () => {
    const path = "insurance/db/migration/V1__Create_shared_schema.sql";
    expect(lint("github", { GITHUB_WORKSPACE: join(home, "app") })).toContain(`file=${path},`);
    expect(JSON.parse(lint("gitlab", { CI_PROJECT_DIR: join(home, "app") }))[0].location.path).toMatch(
      /^insurance\/db\/migration\//,
    );
    expect(lint("line", { GITHUB_WORKSPACE: join(home, "app") })).toMatch(/^db\/migration\//);
  });
});

describe("the exit code of lint", () => {
  const code = (...args: readonly string[]): number | null => godwit("small", ["lint", ...args]).exitCode;

  it("is 0 without findings at the threshold and 1 with them", () => {
    expect(code("--rule", "no-truncate")).toBe(0);
    expect(code("--rule", "table-primary-key")).toBe(1);
    expect(code("--rule", "table-primary-key", "--fail-on", "error")).toBe(0);
    expect(code("--rule", "table-primary-key", "-outputType=json")).toBe(1);
  });

  it("is 2 when it could not run, in JSON too", () => {
    expect(code("--preset", "nosuch")).toBe(2);
    expect(code("-locations=filesystem:none")).toBe(2);
    expect(code("nosuch.sql")).toBe(2);
    expect(code("--nosuch")).toBe(2);
    const { exitCode, stdout } = godwit("small", ["lint", "--rule", "nosuch", "--format", "json"]);
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      2,
      { error: expect.objectContaining({ errorCode: "CONFIGURATION" }) },
    ]);
  });
});
