// Writes a folder of migrations as projects have them, for lint: tables with comments, keys and indexes, changes of
// them, functions, DO blocks, policies, seeds; 5 KB a file.
//   node script/run-ts.mjs bench/make-lint.ts FOLDER FILES
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", count = "5000"] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "sql"), { recursive: true });

const FILE_BYTES = 5_000;
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join(",\n");

const table = (n: number): string => `
CREATE TABLE IF NOT EXISTS app.orders_${n} (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id UUID NOT NULL REFERENCES app.orders_${Math.max(0, n - 1)} (id) ON DELETE CASCADE,
${lines(12, (i) => `    attribute_${i} ${["TEXT", "INTEGER NOT NULL DEFAULT 0", "NUMERIC(12, 2)", "BOOLEAN DEFAULT FALSE", "JSONB"][i % 5]}`)},
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT orders_${n}_positive CHECK (attribute_1 >= 0 AND attribute_2 > 0)
);
COMMENT ON TABLE app.orders_${n} IS 'Orders, number ${n}';
COMMENT ON COLUMN app.orders_${n}.attribute_0 IS 'What was ordered';
CREATE INDEX IF NOT EXISTS idx_orders_${n}_customer ON app.orders_${n} (customer_id);
CREATE INDEX IF NOT EXISTS idx_orders_${n}_open ON app.orders_${n} (attribute_0, created_at DESC) WHERE attribute_3;
`;

const change = (n: number): string => `
ALTER TABLE app.orders_${n}
    ADD COLUMN IF NOT EXISTS note TEXT,
    ADD COLUMN IF NOT EXISTS state VARCHAR(20) NOT NULL DEFAULT 'new';
ALTER TABLE app.orders_${n} ADD CONSTRAINT orders_${n}_state CHECK (state IN ('new', 'open', 'done')) NOT VALID;
ALTER TABLE app.orders_${n} VALIDATE CONSTRAINT orders_${n}_state;
UPDATE app.orders_${n} SET state = 'open' WHERE attribute_3 AND created_at < now() - interval '1 day';
`;

const code = (n: number): string => `
CREATE OR REPLACE FUNCTION app.touch_${n}() RETURNS TRIGGER AS $$
DECLARE
    total INTEGER;
BEGIN
    SELECT count(*) INTO total FROM app.orders_${n} WHERE customer_id = NEW.customer_id;
    IF total > 100 THEN
        UPDATE app.orders_${n} SET attribute_1 = attribute_1 + 1 WHERE id = NEW.id;
    END IF;
    NEW.updated_at = now();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS touch_${n} ON app.orders_${n};
CREATE TRIGGER touch_${n} BEFORE UPDATE ON app.orders_${n} FOR EACH ROW EXECUTE FUNCTION app.touch_${n}();
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE policyname = 'orders_${n}_owner') THEN
        EXECUTE 'CREATE POLICY orders_${n}_owner ON app.orders_${n} FOR SELECT USING (customer_id IS NOT NULL)';
    END IF;
END;
$$;
ALTER TABLE app.orders_${n} ENABLE ROW LEVEL SECURITY;
`;

const seed = (n: number): string => `
INSERT INTO app.orders_${n} (customer_id, attribute_0, attribute_1, attribute_2, attribute_3) VALUES
${lines(12, (i) => `    ('00000000-0000-0000-0000-0000000000${10 + i}', 'thing number ${i} of ${n}', ${i}, ${i}.50, ${i % 2 === 0})`)};
`;

const PARTS = [table, change, code, seed];
let part = 0;

for (let n = 1; n <= Number(count); n++) {
  let text = `-- Migration V${n}: number ${n}\n-- Description: file ${n} of ${count}\n`;
  while (text.length < FILE_BYTES) {
    text += PARTS[part % PARTS.length]?.(Math.trunc(part / PARTS.length)) ?? "";
    part++;
  }
  writeFileSync(join(folder, "sql", `V${n}__Change_number_${n}.sql`), text);
}
