// Words that are no names for tables in queries.
import { rule, shown } from "../rule.ts";

export default rule({
  id: "forbidden-alias",
  family: "shape",
  aliases: ["rg23"],
  severity: "info",
  presets: ["flyway"],
  summary: "Queries do not call tables by forbidden words",
  why: "An alias such as t1 says nothing about the table it stands for.",
  instead:
    "Choose a speaking alias. The words are lint.forbidden-alias.words; without them nothing is asked.",
  options: [{ name: "words", default: "", doc: "Forbidden words, with commas between them." }],
  bad: [{ sql: "SELECT t1.b FROM app.a AS t1;", options: { words: "t1,t2" } }],
  good: [
    { sql: "SELECT a.b FROM app.a AS a;", options: { words: "t1,t2" } },
    "SELECT t1.b FROM app.a AS t1;",
  ],
  reference: ({ name, alias }, { report, option }) => {
    const words = option("words")
      .split(",")
      .map((word) => word.trim().toLowerCase());
    if (alias !== undefined && words.includes(alias.toLowerCase()))
      report({ start: name.start }, `${shown(name)} is called ${alias}, which is a forbidden word.`);
  },
});
