import { describe, expect, it } from "vitest";
import { readProperties } from "../../../src/config/properties.ts";

const pairs = (text: string, env: Record<string, string> = {}) =>
  readProperties(text, env).map(({ key, value, line }) => [key, value, line]);

describe("the syntax of .conf files", () => {
  it.each([
    ["an equals sign separates", "flyway.a=b", [["flyway.a", "b", 1]]],
    ["a colon separates", "flyway.a:b", [["flyway.a", "b", 1]]],
    ["a blank separates", "flyway.a b c", [["flyway.a", "b c", 1]]],
    ["blanks round the separator are dropped", "  flyway.a  =  b  ", [["flyway.a", "b", 1]]],
    ["only the first separator counts", "flyway.url=jdbc:x=y", [["flyway.url", "jdbc:x=y", 1]]],
    ["a second separator behind the first belongs to the value", "flyway.a==b", [["flyway.a", "=b", 1]]],
    [
      "a key may have no value",
      "flyway.a=\nflyway.b",
      [
        ["flyway.a", "", 1],
        ["flyway.b", "", 2],
      ],
    ],
    ["comments begin with # or !", "# a=b\n ! c=d\nflyway.e=f", [["flyway.e", "f", 3]]],
    ["a # inside a value is no comment", "flyway.a=b # c", [["flyway.a", "b # c", 1]]],
    [
      "all line ends count",
      "a=1\r\nb=2\rc=3",
      [
        ["a", "1", 1],
        ["b", "2", 2],
        ["c", "3", 3],
      ],
    ],
    ["a byte order mark is dropped", "\uFEFFa=1", [["a", "1", 1]]],
    [
      "a repeated key comes twice",
      "a=1\na=2",
      [
        ["a", "1", 1],
        ["a", "2", 2],
      ],
    ],
  ])("%s", (_, text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });
});

describe("backslashes in .conf files", () => {
  it.each([
    [
      "are literal",
      "flyway.locations=filesystem:C:\\db\\new\\t",
      [["flyway.locations", "filesystem:C:\\db\\new\\t", 1]],
    ],
    [
      "continue the line at its end",
      "flyway.schemas=a,\\\n   b,\\\n c\nx=1",
      [
        ["flyway.schemas", "a,b,c", 1],
        ["x", "1", 4],
      ],
    ],
    [
      "do not continue before a blank line",
      "a=C:\\dir\\\n\nb=1",
      [
        ["a", "C:\\dir\\", 1],
        ["b", "1", 3],
      ],
    ],
    [
      "do not continue before the next setting",
      "flyway.a=C:\\dir\\\nflyway.b=1",
      [
        ["flyway.a", "C:\\dir\\", 1],
        ["flyway.b", "1", 2],
      ],
    ],
    ["do not continue at the end of the text", "a=C:\\dir\\", [["a", "C:\\dir\\", 1]]],
    ["keep all but the last of several", "a=x\\\\\ny", [["a", "x\\y", 1]]],
    [
      "continue before a word that starts like a setting but has no equals sign",
      "a=x,\\\nflyway.y",
      [["a", "x,flyway.y", 1]],
    ],
    [
      "continue before the rest of a boolean expression",
      "shouldExecute=a==b && \\\nflyway.c==d",
      [["shouldExecute", "a==b && flyway.c==d", 1]],
    ],
    [
      "continue before an inequality",
      "shouldExecute=a==b || \\\nflyway.c!=d",
      [["shouldExecute", "a==b || flyway.c!=d", 1]],
    ],
    ["do not make a comment continue", "# note \\\na=1", [["a", "1", 2]]],
    ["join a line that looks like a comment", "a=1\\\n#2", [["a", "1#2", 1]]],
  ])("%s", (_, text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });
});

describe("environment variables in .conf files", () => {
  const env = { APP_URL: "jdbc:x", EMPTY: "", WIN: "C:\\a", TWO: "1\nb=2", KEY: "flyway.k" };
  it.each([
    ["are put in", "a=${APP_URL}/${APP_URL}", [["a", "jdbc:x/jdbc:x", 1]]],
    ["are put into keys", "${KEY}=1", [["flyway.k", "1", 1]]],
    ["become nothing when unset", "a=<${NOPE}>", [["a", "<>", 1]]],
    ["keep their backslashes", "a=${WIN}", [["a", "C:\\a", 1]]],
    [
      "may bring settings of their own",
      "a=${TWO}",
      [
        ["a", "1", 1],
        ["b", "2", 1],
      ],
    ],
    ["are not names with other characters", "a=${env.X} ${a-b} ${", [["a", "${env.X} ${a-b} ${", 1]]],
  ])("%s", (_, text, expected) => {
    expect(pairs(text, env)).toEqual(expected);
  });

  it("stay as they are when no environment is given", () => {
    expect(readProperties("a=${X}", undefined)).toEqual([{ key: "a", value: "${X}", line: 1 }]);
  });
});
