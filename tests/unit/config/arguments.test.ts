import { describe, expect, it } from "vitest";
import { argumentsError, optionValue, parseArguments } from "../../../src/config/arguments.ts";

const VERBS = ["migrate", "info", "check", "diff", "generate", "clean", "add", "help", "lint", "drift"];

const parse = (line: string) =>
  parseArguments(line === "" ? [] : line.split(" "), VERBS, {
    options: {
      drift: [
        { name: "ignore", type: "list" },
        { name: "strict", type: "bool" },
      ],
    },
    flags: { lint: ["fix"] },
    wordVerbs: ["lint"],
  });
const options = (line: string) => parse(line).options.map(({ key, value }) => [key, value]);
const problems = (line: string) => parse(line).problems.map(({ message, advice }) => `${message} ${advice}`);

describe("options", () => {
  it.each([
    ["-url=x migrate", [["url", "x"]]],
    ["migrate --url=x", [["url", "x"]]],
    ["migrate -url x", [["url", "x"]]],
    ["migrate --url x", [["url", "x"]]],
    ["migrate -url=", [["url", ""]]],
    ["migrate -url=jdbc:a?b=c&d=e", [["url", "jdbc:a?b=c&d=e"]]],
    ["migrate -outOfOrder", [["outOfOrder", "true"]]],
    ["-outOfOrder migrate", [["outOfOrder", "true"]]],
    [
      "migrate -outOfOrder false -group",
      [
        ["outOfOrder", "false"],
        ["group", "true"],
      ],
    ],
    ["migrate -outoforder=true", [["outOfOrder", "true"]]],
    ["migrate --out-of-order", [["outOfOrder", "true"]]],
    ["migrate --baseline-version 3", [["baselineVersion", "3"]]],
    ["migrate -lockRetryCount -1", [["lockRetryCount", "-1"]]],
    ["migrate -placeholders.Owner=me", [["placeholders.Owner", "me"]]],
    ["migrate -flyway.url=x", [["url", "x"]]],
    ["migrate -godwit.lockTimeout=5s", [["lockTimeout", "5s"]]],
    ["migrate -postgresql.transactional.lock=false", [["postgresql.transactional.lock", "false"]]],
    ["migrate -redgateCompare.filterFile=x.rgf", [["redgateCompare.filterFile", "x.rgf"]]],
    ["migrate -environments.dev.url=x", [["environments.dev.url", "x"]]],
    ["migrate -environments.dev.flyway.outOfOrder", [["environments.dev.flyway.outOfOrder", "true"]]],
    ["migrate -configFiles -", [["configFiles", "-"]]],
    ["migrate --format json", [["outputType", "json"]]],
    ["migrate -json", [["outputType", "json"]]],
    ["migrate -environmentProvisionMode=skip", [["provisionMode", "skip"]]],
    ["migrate -foo=bar", [["foo", "bar"]]],
    ["migrate -color=never -color=always", [["color", "never"]]],
    ["migrate -locations=a -locations=b", [["locations", "a,b"]]],
    ["migrate -url=x -url=x", [["url", "x"]]],
    ["add -description info", [["add.description", "info"]]],
  ])("%s", (line, expected) => {
    expect(parse(line).problems).toEqual([]);
    expect(options(line)).toEqual(expected);
  });

  it("marks what it does not know", () => {
    expect(parse("migrate -foo=bar -url=x").options).toEqual([
      { key: "foo", value: "bar", written: "-foo", kind: "unknown" },
      { key: "url", value: "x", written: "-url", kind: "setting" },
    ]);
  });

  it("belong to a command when the command says so", () => {
    expect(parse("drift -ignore=a --ignore b -strict").options).toEqual([
      { key: "ignore", value: "a,b", written: "-ignore", kind: "command" },
      { key: "strict", value: "true", written: "-strict", kind: "command" },
    ]);
  });

  it("of one command are known before its verb too", () => {
    expect(options("-ignore a drift")).toEqual([["ignore", "a"]]);
  });

  it("can be asked for before configuration is read", () => {
    expect(optionValue(parse("info -outputType=json"), "outputType")).toBe("json");
    expect(optionValue(parse("info"), "outputType")).toBeUndefined();
  });
});

describe("the scope of an option", () => {
  it.each([
    ["is the namespace of its verb", "check -buildUrl=x", [["check.buildUrl", "x"]]],
    [
      "is that of the flag behind the verb",
      "check -code -failOnError=true",
      [["check.code.failOnError", "true"]],
    ],
    ["is no namespace before any verb", "-target=1 diff", [["target", "1"]]],
    [
      "changes with the verb",
      "diff -source=dev -target=schemaModel generate -types=versioned,undo",
      [
        ["diff.source", "dev"],
        ["diff.target", "schemaModel"],
        ["generate.types", "versioned,undo"],
      ],
    ],
    ["is left alone when the verb has no such setting", "check -url=x", [["url", "x"]]],
    ["may be written out", "-check.buildUrl=x check", [["check.buildUrl", "x"]]],
    ["is found in any case", "check -BUILDURL=x", [["check.buildUrl", "x"]]],
    ["ends with the next verb", "check -code info -failOnError=true", [["failOnError", "true"]]],
  ])("%s", (_, line, expected) => {
    expect(options(line)).toEqual(expected);
  });
});

describe("verbs, flags and words", () => {
  it.each([
    ["", [], []],
    ["clean migrate info", ["clean", "migrate", "info"], []],
    ["-X info", ["info"], ["X"]],
    ["info -q -X -q", ["info"], ["q", "X"]],
    ["-v", [], ["version"]],
    ["--version", [], ["version"]],
    ["-? migrate", ["migrate"], ["help"]],
    ["migrate -h", ["migrate"], ["help"]],
    ["--help", [], ["help"]],
    ["help check -drift", ["help", "check"], ["drift"]],
    ["info -migrationIds", ["info"], ["migrationIds"]],
    ["check -drift -changes -dryrun -code", ["check"], ["drift", "changes", "dryrun", "code"]],
    ["-drift check", ["check"], ["drift"]],
    ["lint -fix", ["lint"], ["fix"]],
  ])("%s", (line, verbs, flags) => {
    const parsed = parse(line);
    expect([parsed.verbs, parsed.flags, parsed.problems]).toEqual([verbs, flags, []]);
  });

  it("leave blank arguments out", () => {
    expect(parseArguments(["", " ", "info"], VERBS).verbs).toEqual(["info"]);
  });

  it("accept flags of editions and of prompting without effect", () => {
    const parsed = parse("-n -community -pro -teams -enterprise -skipCheckForUpdate -communityFallback info");
    expect(parsed.ignored).toEqual([
      "-n",
      "-community",
      "-pro",
      "-teams",
      "-enterprise",
      "-skipCheckForUpdate",
      "-communityFallback",
    ]);
    expect(parsed.problems).toEqual([]);
  });

  it("give free words to the verbs that take some", () => {
    expect(parse("lint a.sql b.sql info").words).toEqual([
      { text: "a.sql", verb: "lint" },
      { text: "b.sql", verb: "lint" },
    ]);
  });
});

describe("mistakes in arguments", () => {
  it.each([
    ["migrat", "migrat is not a command. Did you mean migrate?"],
    ["frobnicate", "frobnicate is not a command. godwit help lists the commands."],
    ["migrate -outOfOrdr", "-outOfOrdr is neither a flag nor a setting. Did you mean -outOfOrder?"],
    ["migrate -zzzzzz", "-zzzzzz is neither a flag nor a setting. godwit help lists flags and settings."],
    ["check -drit", "-drit is neither a flag nor a setting. Did you mean -drift?"],
    ["migrate -url", "-url needs a value. Write -url=VALUE."],
    ["migrate -url -X", "-url needs a value, but -X follows. Write -url=VALUE."],
    ["-url migrate", "-url needs a value, but migrate follows. Write -url=VALUE."],
    [
      "migrate -environments.dev=x",
      "-environments.dev names no property of an environment. Write -environments.NAME.KEY=VALUE.",
    ],
    ["migrate -url=a -url=b", "-url is given twice with different values. Leave one of them out."],
    [
      "migrate -table=a -table=b",
      "-table is given twice with different values (the last one is b). Leave one of them out.",
    ],
    [
      "migrate -password=a -password=b",
      "-password is given twice with different values. Leave one of them out.",
    ],
  ])("%s", (line, expected) => {
    expect(problems(line)).toEqual([expected]);
  });

  it("explain a blank before the equals sign", () => {
    expect(problems("migrate -nope = x")).toEqual([
      "There is a blank behind -nope. Write -key=value without blanks.",
      "A lone equals sign follows -nope. Write -key=value without blanks.",
      "x is not a command. godwit help lists the commands.",
    ]);
  });

  it("explain what PowerShell does to dots", () => {
    expect(problems("check -drift .buildUrl=x")).toEqual([
      ".buildUrl=x is not a command; it looks like the rest of -drift. PowerShell cuts arguments at a dot: put the whole argument in double quotes.",
    ]);
  });

  it("become one failure", () => {
    const error = argumentsError(parse("migrat -zzzzzz").problems);
    expect([error.code, error.message, error.advice]).toEqual([
      "ERROR",
      "migrat is not a command.\n-zzzzzz is neither a flag nor a setting.",
      "Did you mean migrate? godwit help lists flags and settings.",
    ]);
  });
});
