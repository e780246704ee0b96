import { describe, expect, it } from "vitest";
import { exampleProject } from "../../../src/lint/example.ts";
import { allSteps, schemaAt } from "../../../src/lint/run.ts";
import { meaningOf, nameAt, scriptOffset } from "../../../src/lsp/name-at.ts";
import { replacePlaceholders } from "../../../src/sql/placeholders.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

describe("the name at a place", () => {
  const at = (script: string, mark = script.indexOf("|")) => {
    const name = nameAt(script.replace("|", ""), mark);
    return name === undefined ? undefined : [name.parts, name.index];
  };

  it("is a chain and the part in it", () => {
    expect(at("SELECT ap|p.a.b FROM x")).toEqual([["app", "a", "b"], 0]);
    expect(at("SELECT app.|a.b FROM x")).toEqual([["app", "a", "b"], 1]);
    expect(at("SELECT app.a.b| FROM x")).toEqual([["app", "a", "b"], 2]);
  });

  it("folds to lower case unless it is quoted", () => {
    expect(at('SELECT App."Ta""ble".Ö|l')).toEqual([["app", 'Ta"ble', "öl"], 2]);
  });

  it("is none between names", () => {
    expect(at("SELECT 1 | + 2")).toBeUndefined();
    expect(at("")).toBeUndefined();
    expect(at("|\n")).toBeUndefined();
  });
});

describe("what a name means", () => {
  const BEFORE = `CREATE TABLE app.a (id int, status text);
CREATE TABLE app.status (name text);
CREATE TABLE b (a_id int);
CREATE INDEX by_id ON app.a (id);
CREATE TYPE app.mood AS ENUM ('glad');`;

  /** The mark stands in front of the name. */
  function meaning(marked: string): string | undefined {
    const offset = marked.indexOf("|");
    const script = marked.replace("|", "");
    const project = exampleProject({ before: BEFORE, sql: script });
    const found = allSteps(schemaAt({ parser, project }, "V2__Example.sql", offset));
    const name = nameAt(script, offset);
    const is = found === undefined || name === undefined ? undefined : meaningOf(found, name);
    switch (is?.kind) {
      case "table":
        return `${is.table.schema}.${is.table.name}`;
      case "column":
        return `${is.table.name}.${is.column.name}`;
      case "type":
        return `type ${is.type.name}`;
      case "index":
        return `index ${is.index.name}`;
      default:
        return undefined;
    }
  }

  it.each([
    ["SELECT 1 FROM app.|a;", "app.a"],
    ["SELECT 1 FROM |b;", "app.b"],
    ["DROP TABLE app.|a;", "app.a"],
    ["ALTER TABLE app.a DROP COLUMN |status;", "a.status"],
    ["CREATE INDEX ON app.a (|status);", "a.status"],
    ["SELECT 1 FROM app.|status;", "app.status"],
    ["SELECT x.|id FROM app.a AS x;", "a.id"],
    ["SELECT |x.id FROM app.a x JOIN b ON true;", "app.a"],
    ["SELECT |a_id FROM app.a x JOIN b ON true;", "b.a_id"],
    ["SELECT 1 FROM app.a WHERE |where;", undefined],
    ["CREATE TABLE app.|fresh (|id int);".replace("(|", "("), "app.fresh"],
    ["ALTER TABLE app.a ADD COLUMN |later int;", "a.later"],
    ["SELECT NULL::app.|mood;", "type mood"],
    ["DROP INDEX app.|by_id;", "index by_id"],
    ["DO $$ BEGIN\n  DELETE FROM app.|a;\nEND $$;", "app.a"],
    ["-- about app.|a\nSELECT 1;", "app.a"],
    ["SELECT 1 FROM app.|gone;", undefined],
    ["DROP TABLE app.a; SELECT 1 FROM app.|a;", undefined],
  ])("in %s", (marked, wanted) => {
    expect(meaning(marked)).toBe(wanted);
  });
});

describe("the offset in the script", () => {
  it("is that behind the placeholders before it", () => {
    const text = "SELECT ${s}.a, ${s}.b";
    const replaced = replacePlaceholders(text, {
      prefix: "${",
      suffix: "}",
      separator: ":",
      values: { s: "long_name" },
      file: "V2__Example.sql",
    });
    const [source] = exampleProject(text).files;
    if (source === undefined) throw new Error("there is no file");
    const found = scriptOffset({ ...source, replaced }, text.indexOf(".b") + 1);
    expect(replaced.text.slice(found)).toBe("b");
    expect(scriptOffset(source, 5)).toBe(5);
  });
});
