// How fast text becomes statements, in MB/s; the best of several runs, in processor time, on one thread:
//   node --single-threaded bench/splitter.mjs
// The yardstick is a look at every character, in the same process: ratios hold on other machines, MB/s do not.
import { build } from "esbuild";

const bundle = await build({
  stdin: {
    contents:
      'export { splitStatements } from "./split.ts"; export { Lexer } from "./lex.ts"; export { StatementStream } from "./stream.ts";',
    resolveDir: new URL("../src/sql", import.meta.url).pathname,
  },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString("base64");
const { splitStatements, Lexer, StatementStream } = await import(`data:text/javascript;base64,${code}`);

const DDL = `-- tables of tenant NN
CREATE TABLE IF NOT EXISTS app.customer_NN (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(200) NOT NULL,
  note text DEFAULT 'it''s fine',
  created_at timestamptz NOT NULL DEFAULT now() -- when
);
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_customer_NN_name ON app.customer_NN (lower(name));
COMMENT ON TABLE app.customer_NN IS 'Customers; one row each';
CREATE OR REPLACE FUNCTION app.touch_NN() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  NEW.updated_at := now();
  IF NEW.name IS NULL THEN RAISE EXCEPTION 'no name'; END IF;
  RETURN NEW;
END;
$fn$;
ALTER TABLE app.customer_NN ADD CONSTRAINT ck_NN CHECK (length(name) > 0) NOT VALID;
`;
const ROW = "(NN, 'Customer NN', 'a note of some length that says nothing NN', now())";

const repeat = (make) => {
  const parts = [];
  for (let i = 0, length = 0; length < 10e6; i++) {
    const part = make(i);
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
};

const texts = {
  "mixed DDL": repeat((i) => DDL.replaceAll("NN", String(i))),
  INSERTs: repeat(
    (i) => `INSERT INTO app.customer (id, name, note, at) VALUES ${ROW.replaceAll("NN", String(i))};\n`,
  ),
  "one INSERT": `INSERT INTO t VALUES\n${repeat((i) => `${ROW.replaceAll("NN", String(i))},\n`)}(0);`,
  "COPY data": `COPY t FROM STDIN;\n${repeat((i) => `${i}\tCustomer ${i}\ta note\n`)}\\.\n`,
};

const actions = {
  "every character": (text) => {
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum = (sum + text.charCodeAt(i)) | 0;
    return sum;
  },
  tokens: (text) => {
    const lexer = new Lexer(text);
    let count = 0;
    while (lexer.next()) count++;
    return count;
  },
  statements: (text) => splitStatements(text).length,
  stream: (text) => {
    const stream = new StatementStream();
    let count = 0;
    for (let at = 0; at < text.length; at += 65536) count += stream.push(text.slice(at, at + 65536)).length;
    return count + stream.finish().length;
  },
};

function best(action, text) {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 10; run++) {
    const before = process.cpuUsage();
    action(text);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return text.length / least;
}

for (const [name, text] of Object.entries(texts)) {
  const flat = Buffer.from(text).toString("latin1");
  const figures = Object.entries(actions).map(([action, run]) => `${action} ${best(run, flat).toFixed(0)}`);
  console.log(`${name}, ${(flat.length / 1e6).toFixed(0)} MB: ${figures.join(", ")} MB/s`);
}
